// Package diagram draws a lab: which machine is on which network at which
// address, and the tree of its stages with their steps. One plain value, a
// Diagram, is written as JSON, as text for Graphviz or Mermaid, or as an SVG
// picture that needs no other program.
//
// Names and descriptions come from strangers' files, so each form escapes them
// in its own way, and no form holds more than a few lines of any text. The same
// lab gives the same picture, byte for byte. The value of no argument is in it,
// so that nothing sensitive can be.
//
// Floor 4. It knows the nouns of a lab and the names of Windows, and no plan, no
// terminal and no file.
package diagram

import (
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/estate"
)

// Diagram is what is drawn of a lab. Its JSON form is the output of
// `graph -o json`.
type Diagram struct {
	Lab         string    `json:"lab"`
	Description string    `json:"description,omitempty"`
	Networks    []Network `json:"networks"`
	Machines    []Machine `json:"machines"`
	// Stages stand parents first; siblings in the order written.
	Stages []Stage `json:"stages"`
}

// Network is a network and its subnet.
type Network struct {
	Name   string `json:"name"`
	Subnet string `json:"subnet"`
}

// Machine is a machine with its cards.
type Machine struct {
	Name     string `json:"name"`
	Computer string `json:"computer"`
	// OS is as the lab file names it, System as its maker does.
	OS     string `json:"os"`
	System string `json:"system"`
	Arch   string `json:"arch"`
	// Memory is in bytes.
	Memory uint64 `json:"memory"`
	CPUs   int    `json:"cpus"`
	Cards  []Card `json:"nics"`
}

// Card is a network card.
type Card struct {
	Network string   `json:"network"`
	Address string   `json:"address"`
	Gateway string   `json:"gateway,omitempty"`
	DNS     []string `json:"dns,omitempty"`
}

// Stage is a stage with its steps.
type Stage struct {
	Name        string `json:"name"`
	Description string `json:"description,omitempty"`
	// After is the parent; empty for the first stage.
	After string `json:"after,omitempty"`
	// Clock is the lab's time when the stage begins, RFC 3339, where it is set.
	Clock string `json:"clock,omitempty"`
	Steps []Step `json:"steps"`
}

// Step is a step or a check.
type Step struct {
	Name string `json:"name"`
	Kind string `json:"kind"`
	// Check says that it only looks.
	Check bool `json:"check,omitempty"`
	// On are the machines, and After steps of the same stage that come first.
	On    []string `json:"on"`
	After []string `json:"after,omitempty"`
}

// Of is the diagram of a lab.
func Of(lab *labs.Lab) Diagram {
	d := Diagram{
		Lab: lab.Name, Description: lab.Description,
		Networks: []Network{}, Machines: []Machine{}, Stages: []Stage{},
	}
	for _, n := range lab.Networks {
		d.Networks = append(d.Networks, Network{n.Name, n.Subnet.String()})
	}
	for _, m := range lab.Machines {
		d.Machines = append(d.Machines, machineOf(m))
	}
	for _, s := range lab.Stages {
		stage := Stage{Name: s.Name, Description: s.Description, After: s.After, Steps: []Step{}}
		if !s.Clock.IsZero() {
			stage.Clock = s.Clock.UTC().Format(time.RFC3339)
		}
		for _, st := range s.Steps {
			stage.Steps = append(stage.Steps, Step{st.Name, st.Kind, st.Check, st.On, st.After})
		}
		d.Stages = append(d.Stages, stage)
	}
	return d
}

func machineOf(m *labs.Machine) Machine {
	out := Machine{
		Name: m.Name, Computer: m.Computer, OS: string(m.OS), System: string(m.OS), Arch: string(m.Arch),
		Memory: m.Memory, CPUs: m.CPUs, Cards: []Card{},
	}
	if w, ok := estate.WindowsOf(m.OS); ok {
		out.System = w.Name
	}
	for _, n := range m.NICs {
		card := Card{Network: n.Network, Address: n.Address.String()}
		if n.Gateway.IsValid() {
			card.Gateway = n.Gateway.String()
		}
		for _, a := range n.DNS {
			card.DNS = append(card.DNS, a.String())
		}
		out.Cards = append(out.Cards, card)
	}
	return out
}

// mostNamed is how many machines of a step are named before the rest is counted.
const mostNamed = 3

// onWhich says on which machines a step is done, in a few words.
func (d Diagram) onWhich(s Step) string {
	switch n := len(s.On); {
	case n == len(d.Machines) && n > mostNamed:
		return fmt.Sprintf("all %d machines", n)
	case n > mostNamed:
		return fmt.Sprintf("%s and %d more", strings.Join(s.On[:mostNamed-1], ", "), n-mostNamed+1)
	}
	return strings.Join(s.On, ", ")
}

// called is the kind of a step, and its name where that says more.
func (s Step) called() (kind, name string) {
	switch {
	case s.Name == s.Kind:
		return s.Kind, ""
	case s.Check && s.Kind == "check":
		return s.Name, ""
	}
	return s.Kind, s.Name
}

// label is called in one text.
func (s Step) label() string {
	kind, name := s.called()
	if name == "" {
		return kind
	}
	return kind + " (" + name + ")"
}

// hardware is a machine's system and memory in a few words.
func (m Machine) hardware() string {
	system := m.System
	if m.Arch == string(labs.X64) {
		system += " x64"
	}
	size := labs.FormatSize(m.Memory)
	unit := strings.TrimLeft(size, "0123456789")
	return system + ", " + strings.TrimSuffix(size, unit) + " " + unit
}

// oneLine is text on one line, with U+FFFD for what cannot be seen or would turn
// the text around it.
func oneLine(text string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return unicode.ReplacementChar
		}
		return r
	}, strings.Join(strings.Fields(text), " "))
}
