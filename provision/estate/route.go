package estate

import (
	"fmt"
	"time"

	"github.com/doublehop/doublehop/labs"
)

// RouteRequest says from where a way is wanted, and where to. Its words are
// those of the command line.
type RouteRequest struct {
	// From and To are ids of releases: "exchange-2003-sp2". The bare id of a
	// product means its first release as From, and as To the newest one that
	// can be reached.
	From, To string
	// Controllers are the Windows of the domain controllers at the start, the
	// first one founds the forest: "windows-2003", "windows-2003-sp1",
	// "windows-2003-x64". None means one with the Windows of From's time.
	Controllers []string
	// Level is the functional level of the forest at the start; empty means the
	// lowest that From allows.
	Level string
	// Mode is the organization's at the start, "mixed" or "native"; empty means
	// mixed as long as From knows modes.
	Mode string
	// Server is the Windows under Exchange at the start; empty means that of
	// From's time.
	Server string
	// ServerAfter and ControllersAfter are the oldest Windows that the Exchange
	// server and every domain controller may have in the end; empty leaves them
	// as the way needs them.
	ServerAfter, ControllersAfter string
	// Via are products that the way must pass through: "exchange-2016".
	Via []string
	// KeepOld leaves the server of the last version but one in place.
	KeepOld bool
	// Most is how many ways are wanted; 0 means one.
	Most int
	// Typical says how long a step of a kind takes. Without it, all take the
	// same.
	Typical func(kind string) time.Duration
}

// Routes are the legal ways of a request.
type Routes struct {
	From Release
	// To is what was asked for; a way's last hop says what it reaches.
	To Release
	// Start is the world at the start, and StartSteps are how a lab makes it.
	Start      *Estate
	StartSteps []RouteStep
	// Ways stand with the fewest hops first, then with the shortest time, then
	// with the fewest steps.
	Ways []Route
	// Forbidden are the shorter ways that a rule forbids.
	Forbidden []Change
}

// Route is one legal way.
type Route struct {
	Hops []Hop
	// End is the world at its end.
	End *Estate
	// machines are all that the world has had, in the order of their
	// installation.
	machines []*labs.Machine
}

// Steps counts the steps of all hops.
func (r Route) Steps() int {
	n := 0
	for _, h := range r.Hops {
		n += len(h.Steps)
	}
	return n
}

// all are the steps of all hops.
func (r Route) all() []Step {
	var list []Step
	for _, h := range r.Hops {
		for _, s := range h.Steps {
			list = append(list, s.Step)
		}
	}
	return list
}

// Hop is one change of the version.
type Hop struct {
	From, To Release
	// Old is the machine that Exchange leaves, New the one that it comes to; they
	// are the same where the server is upgraded in place.
	Old, New string
	InPlace  bool
	// Tool moves the mailboxes, Mode says whether their users can work
	// meanwhile: "online", "offline".
	Tool, Mode string
	// Controllers are the versions of Windows that a domain controller may have,
	// and Levels the functional levels that the forest may have, while both
	// versions are there; oldest first.
	Controllers []labs.OS
	Levels      []Level
	Steps       []RouteStep
	// Becomes says what the steps change, NoReturn what of it no step takes back.
	Becomes, NoReturn []string
}

// Phase says what a step of a hop is for.
type Phase string

// What a step is for.
const (
	// PhaseStart builds the world that the way begins in.
	PhaseStart Phase = "start"
	// PhasePrepare makes the directory and the older servers ready.
	PhasePrepare Phase = "prepare"
	// PhaseInstall brings the newer version.
	PhaseInstall Phase = "install"
	// PhaseMove moves mailboxes and public folders.
	PhaseMove Phase = "move"
	// PhaseRemove takes the older version away.
	PhaseRemove Phase = "remove"
	// PhaseFinish is what the request wants beyond the version.
	PhaseFinish Phase = "finish"
)

// RouteStep is a step of a way.
type RouteStep struct {
	Step  Step
	Phase Phase
	// Rules are what breaks when the step is left out: ids, the first one first.
	// None means that the way would not reach its end.
	Rules []string
	// Warnings are the rules that the step breaks and that do not stop it.
	Warnings []Problem
}

// RouteWordError is a word of a request that means nothing.
type RouteWordError struct {
	// What is the field's name: "from", "dc".
	What, Word string
	// Near is what was probably meant, Known what there is.
	Near  string
	Known []string
	// Why says what is wrong with a word that is known.
	Why string
}

// Error says which word.
func (e *RouteWordError) Error() string {
	if e.Why != "" {
		return fmt.Sprintf("%s %s: %s", e.What, e.Word, e.Why)
	}
	text := fmt.Sprintf("%s: there is no %q", e.What, e.Word)
	if e.Near != "" {
		text += fmt.Sprintf("; did you mean %q?", e.Near)
	}
	return text
}

// NoRouteError says why there is no way.
type NoRouteError struct {
	From, To Release
	// Start says that the world at the start is impossible by itself.
	Start bool
	// Stuck are the steps that could not be made legal, the wish first and the
	// deepest reason last.
	Stuck []StuckStep
	// Instead are words of the request without which there is a way: "--dc
	// windows-2016".
	Instead []string
}

// StuckStep is a step that cannot be made legal, and why.
type StuckStep struct {
	Step    Step
	Problem Problem
}

// Error is the first reason.
func (e *NoRouteError) Error() string {
	text := fmt.Sprintf("no way leads from %s to %s", e.From.Name, e.To.Name)
	if e.Start {
		text = "the world at the start cannot be"
	}
	if len(e.Stuck) > 0 {
		p := e.Stuck[0].Problem
		text += fmt.Sprintf(": %s (%s)", p.Summary, p.Rule)
	}
	return text
}
