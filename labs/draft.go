package labs

import "time"

// Draft is a lab that a program proposes, to be written as a lab file and then
// changed by a person. It knows comments, which a [Lab] does not.
type Draft struct {
	Name, Description string
	// Comment stands above everything, a paragraph each.
	Comment []string
	// Clock is the instant at first power-on, UTC; zero follows the host.
	Clock time.Time
	// Discs is the folder with the disc images, the default of a variable.
	Discs    string
	Secrets  []DraftSecret
	Media    []DraftMedia
	Networks []*Network
	Machines []DraftMachine
	Stages   []DraftStage
}

// DraftSecret is a secret from the environment; without Env it is generated.
type DraftSecret struct{ Name, Env string }

// DraftMedia is a disc image in the folder of discs.
type DraftMedia struct {
	Name string
	// File is the image's name in the folder.
	File string
	// Product is what the disc must hold: "exchange-2010-sp3".
	Product string
}

// DraftMachine is a machine with a comment above it.
type DraftMachine struct {
	*Machine
	Comment string
}

// DraftStage is a stage with a comment above it, a paragraph each.
type DraftStage struct {
	Name, Description, After string
	Comment                  []string
	Steps                    []DraftStep
}

// DraftStep is a step, or a check, with a comment above it.
type DraftStep struct {
	Kind string
	// Name is written when the stage has another step of the kind; of a check it
	// always is.
	Name  string
	Check bool
	// On and After are names of machines and of steps of the same stage.
	On, After []string
	// Args stand in the order written.
	Args    []DraftArg
	Comment string
}

// DraftArg is an argument. Its value is a string, a bool, an int, a []string or
// a reference.
type DraftArg struct {
	Name  string
	Value Value
}
