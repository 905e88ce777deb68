package view

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/doublehop/doublehop/drivers"
	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/engine"
	"github.com/doublehop/doublehop/provision/estate"
	"github.com/doublehop/doublehop/provision/guest"
)

// Problem is an error as a person needs it: what failed, why, what was kept,
// and what to type next. Its JSON form is the last line of `--progress json`.
type Problem struct {
	What string `json:"what"`
	Why  string `json:"why,omitempty"`
	// Where is a place in a lab file.
	Where string `json:"where,omitempty"`
	// Said are the last lines of the guest or of a command that failed.
	Said []string `json:"said,omitempty"`
	// Picture is the path of a picture of the machine's screen.
	Picture string `json:"picture,omitempty"`
	// Screen is what a text screen showed, line by line.
	Screen []string `json:"screen,omitempty"`
	// Kept says what was not lost.
	Kept string `json:"kept,omitempty"`
	// Next is what to do: sentences, or commands, which begin with two blanks.
	Next []string `json:"next,omitempty"`
}

// Again spells the command line of a verb for the lab and instance in hand:
// "doublehop up -f labs/demo".
type Again func(verb string, args ...string) string

// Explain makes a problem of an error. again may be nil.
func Explain(err error, again Again) Problem {
	if again == nil {
		again = func(verb string, args ...string) string {
			return strings.Join(append([]string{"doublehop", verb}, args...), " ")
		}
	}
	if e, ok := errors.AsType[*engine.StepError](err); ok {
		return explainStep(e, again)
	}
	if e, ok := errors.AsType[*engine.MediaError](err); ok {
		return Problem{
			What: fmt.Sprintf("media %q cannot be used", e.Media), Why: fmt.Sprintf("%s: %v", e.Path, e.Err),
			Where: place(e.Range), Next: remedy(e.Remedy),
		}
	}
	if e, ok := errors.AsType[*engine.SealError](err); ok {
		return Problem{
			What: "the lab's network is not sealed", Said: e.Leaks,
			Kept: "No machine on it was started. Checkpoints are as they were.",
			Next: []string{"  " + again("verify"), "  " + again("doctor")},
		}
	}
	if e, ok := errors.AsType[*engine.PartialError](err); ok {
		return Problem{
			What: fmt.Sprintf("instance %q is not whole", e.Instance), Why: e.Error(), Kept: "Nothing was changed.",
			Next: []string{"Take all of it to one instant:", "  " + again("revert"), "or remove it:", "  " + again("destroy")},
		}
	}
	if p, ok := explainCarried(err, again); ok {
		return p
	}
	if e, ok := errors.AsType[*estate.NoRouteError](err); ok {
		return noRoute(e)
	}
	if e, ok := errors.AsType[*guest.Stalled](err); ok {
		return Problem{
			What: "the guest did not answer", Why: e.Error(), Said: e.Last,
			Next: []string{"  " + again("logs"), "  " + again("status")},
		}
	}
	if errors.Is(err, engine.ErrLocked) {
		return Problem{
			What: err.Error(), Kept: "Nothing was touched.",
			Next: []string{"Wait for it, or look at it:", "  " + again("logs", "--follow")},
		}
	}
	if e, ok := errors.AsType[*drivers.Error](err); ok {
		return explainDriver(e, err, again)
	}
	return Problem{What: err.Error()}
}

func explainStep(e *engine.StepError, again Again) Problem {
	p := Problem{
		What: fmt.Sprintf("step %q of stage %q failed on %s", e.Step, e.Stage, e.Machine), Why: e.Err.Error(),
		Where: place(e.Range), Picture: e.Picture, Screen: e.Screen, Said: e.Said,
		Kept: "Checkpoints of finished stages, and every machine as it stands now.",
	}
	if failed, ok := errors.AsType[*guest.Failed](e.Err); ok && len(failed.Output) > 0 {
		p.Said = failed.Output
	}
	if stalled, ok := errors.AsType[*guest.Stalled](e.Err); ok {
		p.What = fmt.Sprintf("step %q of stage %q stalled on %s", e.Step, e.Stage, e.Machine)
		if len(p.Said) == 0 {
			p.Said = stalled.Last
		}
	}
	if proof, ok := errors.AsType[*engine.ProofError](e.Err); ok {
		what := "proof"
		if proof.Check {
			what = "check"
		}
		p.What = fmt.Sprintf("a %s of step %q of stage %q failed on %s", what, e.Step, e.Stage, e.Machine)
	}
	p.Next = []string{
		"Read all that the guest said:", "  " + again("logs", e.Machine),
		"Mend the cause and go on; finished stages are not done again:", "  " + again("up"),
	}
	return p
}

func explainDriver(e *drivers.Error, err error, again Again) Problem {
	p := Problem{What: err.Error(), Next: remedy(e.Remedy)}
	if len(p.Next) > 0 {
		return p
	}
	switch e.Kind {
	case drivers.Conflict:
		p.Kept = "It was left as it is: Doublehop changes nothing that does not carry its mark."
		p.Next = []string{"Rename or remove what is in the way, or build under another name:", "  " + again("up", "--name", "OTHER")}
	case drivers.Missing, drivers.Refused:
		p.Next = []string{"  " + again("doctor")}
	case drivers.Transient:
		p.Next = []string{"It may work when tried again; nothing that was finished is done twice."}
	case drivers.Other, drivers.NotFound:
	}
	return p
}

// place is a place in a lab file, as a person says it.
func place(r labs.Range) string {
	if !r.Known() {
		return ""
	}
	return fmt.Sprintf("%s line %d", r.File, r.Start.Line)
}

// remedy splits what a driver or the engine advises into lines.
func remedy(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(strings.TrimRight(text, "\n"), "\n")
}

// mostSaid is how many of a guest's last lines an error shows.
const mostSaid = 12

// Problem draws a problem.
func (s Style) Problem(p Problem) string {
	var b strings.Builder
	b.WriteString(s.lead(bad, "Error:", p.What))
	if p.Where != "" {
		b.WriteString("  on " + Clean(p.Where) + "\n")
	}
	if p.Why != "" {
		b.WriteString(s.wrap(p.Why, "  "))
	}
	b.WriteString(s.quote(p.Said[max(len(p.Said)-mostSaid, 0):]))
	if shown := written(p.Screen); len(shown) > 0 {
		b.WriteString("The machine's text screen showed:\n" + s.quote(shown))
	}
	if p.Picture != "" {
		b.WriteString("The screen at that moment: " + Clean(p.Picture) + "\n")
	}
	if p.Kept != "" {
		b.WriteString(s.wrap("Kept: "+p.Kept, ""))
	}
	if len(p.Next) > 0 {
		b.WriteString("\n")
		for _, line := range p.Next {
			if strings.HasPrefix(line, " ") {
				b.WriteString("  " + Clean(line) + "\n")
				continue
			}
			b.WriteString(s.wrap(line, ""))
		}
	}
	return b.String()
}

// quote draws lines that somebody else wrote.
func (s Style) quote(lines []string) string {
	var b strings.Builder
	for _, line := range lines {
		b.WriteString(s.draw(faint, "  │ "+cut(strings.TrimRight(Clean(line), " "), s.width()-4)) + "\n")
	}
	return b.String()
}

// written are the lines that are not empty.
func written(lines []string) []string {
	return slices.DeleteFunc(slices.Clone(lines), func(l string) bool { return strings.TrimSpace(l) == "" })
}
