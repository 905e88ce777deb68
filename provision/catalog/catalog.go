// Package catalog holds the steps that a lab file may name, one file each:
// what a step may be told, what it needs and changes in the estate, the job
// that it gives a guest, and the proofs that end it.
//
// The jobs are the real ones for Windows 2000 and 2003, in the part of cmd and
// the script host that both have. A value from a lab file reaches a script
// through one checked function only; what cmd cannot carry unchanged is a
// diagnostic on its argument, not a broken script. A step believes facts read
// back from the guest and no exit code.
//
// Floor 2. It writes no disc and talks to no guest: provision/engine does.
package catalog

import (
	"time"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/estate"
	"github.com/doublehop/doublehop/provision/guest"
)

// Install is the kind of the step that puts the operating system on a machine.
const Install = "install"

// Call is one step on one machine.
type Call struct {
	Lab     *labs.Lab
	Stage   *labs.Stage
	Step    *labs.Step
	Machine *labs.Machine
	// Estate is the world before this step; no method but Effects changes it.
	Estate *estate.Estate
	// Secret gives a secret by its name in the lab. When a layer's key is made
	// it gives a digest in hex instead.
	Secret func(name string) (labs.SecretValue, error)
	// MAC gives the address of a network card; it may be nil for a machine
	// with one card.
	MAC func(nic int) string
}

// Entry is one kind of step.
type Entry interface {
	// Schema is what the step may be told.
	Schema() labs.Schema
	// Needs are facts that another machine's step must have made before, in
	// this stage or an earlier one. Call.Estate is the world before the stage.
	Needs(call Call) []estate.Fact
	// Makes are facts that hold after the step.
	Makes(call Call) []estate.Fact
	// Effects holds the step against the rules, then changes e as the step will
	// change the world.
	Effects(call Call, e *estate.Estate) []estate.Problem
	// Work is what the guest is given. Equal calls give equal work, byte for
	// byte. Where the estate breaks a rule that Effects reports, it is empty.
	Work(call Call) (Work, labs.Diagnostics)
	// Typical is how long the step takes on a host with KVM, as far as its kind
	// alone tells. [Takes] knows more.
	Typical() time.Duration
}

// Takes is how long a step typically takes on a machine, on a host with KVM.
func Takes(c Call) time.Duration {
	entry, ok := Find(c.Step.Kind)
	if !ok {
		return 0
	}
	if e, ok := entry.(interface{ takes(Call) time.Duration }); ok {
		return e.takes(c)
	}
	return entry.Typical()
}

// Work is what a guest is given to do in a step, and how its end is known.
type Work struct {
	// Floppy is the answer floppy for the machine's first boot; only of an
	// installation.
	Floppy []guest.File
	// Media is the lab's name of the disc that must be in the media drive
	// during the step; empty leaves the drive as it is.
	Media string
	// Job is what the runner does; nil when the step ends with the runner's
	// first word, or is done at the machine's console. Its ID is empty: the
	// planner names it.
	Job *guest.Job
	// Console is what the host does itself at the machine's keyboard and screen,
	// in this order; Job is then nil. With Early it begins at once, without
	// waiting for the runner's first word after a boot.
	Console []Act
	Early   bool
	// Proofs end the step, in this order.
	Proofs []Proof
	// Silence is how long the guest may say and do nothing, Limit how long the
	// step may take at all. Neither changes what the guest becomes.
	Silence, Limit time.Duration
	// Explain finds in the job's last lines the sentence that says why it failed,
	// as setup's own log words it; empty when there is none. It may be nil. It
	// helps with a failed job and with a proof that does not hold.
	Explain func(output []string) string
}

// Act is one thing that the host does at a machine's console. One of its fields
// is set.
type Act struct {
	// Press is a chord of Linux key codes, pressed together and let go.
	Press []uint `json:",omitempty"`
	// Pause is a wait.
	Pause time.Duration `json:",omitempty"`
	// Watch waits for something on the screen.
	Watch *Sight `json:",omitempty"`
}

// Sight is what is waited for on a screen. Text, Pattern, Still or Change is set.
type Sight struct {
	// Text is found in what a text screen shows, with any blanks and line ends
	// between its words.
	Text string `json:",omitempty"`
	// Pattern is a regular expression (RE2) that is found in what a text screen
	// shows; ^ and $ are the ends of lines.
	Pattern string `json:",omitempty"`
	// Still is for how long the picture must not change.
	Still time.Duration `json:",omitempty"`
	// Change: the picture differs from what it was at first.
	Change bool `json:",omitempty"`
	// Expect says for a person what is waited for.
	Expect string `json:"-"`
}

// Proof is a fact that is read back from the guest.
type Proof struct {
	// Name is the fact's name in a run's record: "ad.schema.objectVersion".
	Name string
	// File is NAME of %DHPROOF%\NAME.TXT, which the job's PROOF.CMD writes.
	File string
	// Expect says for a person what is expected: "30 or more".
	Expect string
	// Read takes the fact out of the file's lines. Its error says what was
	// expected and what was read.
	Read func(lines []string) (value string, err error)
}

// named is an entry under the name by which lab files call it.
type named struct {
	kind  string
	entry Entry
}

// entries are all kinds of steps, in the order of the reference.
func entries() []named {
	return []named{
		{Install, install{}},
		{"service_pack", servicePack{}},
		{"components", components{}},
		{"run", run{}},
		{"copy", copyFiles{}},
		{"keys", keys{}},
		{"wait_screen", waitScreen{}},
		{"wizard", wizard{}},
		{"reboot", reboot{}},
		{"name_servers", nameServers{}},
		{"upgrade_windows", upgradeWindows{}},
		{"promote", promote{}},
		{"demote", demote{}},
		{"join", join{}},
		{"adprep", adprep{}},
		{"raise_level", raiseLevel{}},
		{"move_roles", moveRoles{}},
		{"create_users", createUsers{}},
		{"forestprep", forestprep{}},
		{"domainprep", domainprep{}},
		{"exchange_setup", exchangeSetup{}},
		{"exchange_update", exchangeUpdate{}},
		{"native_mode", nativeMode{}},
		{"create_mailboxes", createMailboxes{}},
		{"seed_mail", seedMail{}},
		{"public_folders", publicFolders{}},
		{"prepare_legacy_permissions", prepareLegacy{}},
		{"prepare_schema", prepareSchema{}},
		{"prepare_ad", prepareAD{}},
		{"prepare_domain", prepareDomain{}},
		{"exchange_install", exchangeInstall{}},
		{"move_mailboxes", moveMailboxes{}},
		{"exchange_remove", exchangeRemove{}},
		{"mount_store", mountStore{}},
		{"eseutil", eseutil{}},
		{"disaster_recovery", disasterRecovery{}},
		{"check", check{}},
	}
}

// All lists the catalogue in the order of its reference.
func All() []Entry {
	var list []Entry
	for _, n := range entries() {
		list = append(list, n.entry)
	}
	return list
}

// Find finds an entry by its kind.
func Find(kind string) (Entry, bool) {
	for _, n := range entries() {
		if n.kind == kind {
			return n.entry, true
		}
	}
	return nil, false
}

// Schemas lists what each kind of step may be told, for the reader of lab files.
func Schemas() []labs.Schema {
	var list []labs.Schema
	for _, e := range All() {
		list = append(list, e.Schema())
	}
	return list
}

// Command is a job that runs one command line, for a person who wants to look
// into a running machine. Its exit code is the command's own. A boot in the
// middle of it is its end: a command that restarts or powers off the machine
// would do so again and again if it were run once more after each boot.
func Command(line string) (guest.Job, error) {
	if why := commandProblem(line); why != "" {
		return guest.Job{}, &CommandError{Line: line, Why: why}
	}
	p := &pen{}
	job := guest.Job{Resume: guest.ResumeProof, Files: []guest.File{
		p.script(guest.Script, "exec.job.cmd", nil),
		guest.Text("COMMAND.CMD", "@echo off\n"+line),
	}}
	return job, nil
}

// CommandError is a command line that no batch file can carry.
type CommandError struct{ Line, Why string }

// Error says what is wrong with the command line.
func (e *CommandError) Error() string { return "command cannot be run: " + e.Why }
