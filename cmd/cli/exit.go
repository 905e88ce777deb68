package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/doublehop/doublehop/cmd/view"
	"github.com/doublehop/doublehop/drivers"
	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/archive"
	"github.com/doublehop/doublehop/provision/engine"
	"github.com/doublehop/doublehop/provision/estate"
	"github.com/doublehop/doublehop/provision/guest"
)

// The exit codes.
const (
	Done        = 0
	Failed      = 1
	Usage       = 2
	Differs     = 3 // fmt --check
	HostUnready = 4
	MediaWrong  = 5
	GuestFailed = 6
	CheckFailed = 7
	Locked      = 8
	Interrupted = 130
)

// usageError is a command line that makes no sense.
type usageError struct {
	text string
	// help is the command that says more.
	help string
}

func (e *usageError) Error() string { return e.text }

// answered is an answer that is said already and yet is no success.
type answered struct{ code int }

func (e *answered) Error() string { return fmt.Sprintf("exit code %d", e.code) }

// interrupted is a run that was asked to stop.
type interrupted struct{ cause error }

func (e *interrupted) Error() string { return "interrupted: " + e.cause.Error() }
func (e *interrupted) Unwrap() error { return e.cause }

// Code is the exit code for an error: the one place where it is decided.
func Code(err error) int {
	if err == nil {
		return Done
	}
	if e, ok := errors.AsType[*answered](err); ok {
		return e.code
	}
	if _, ok := errors.AsType[*interrupted](err); ok || errors.Is(err, context.Canceled) {
		return Interrupted
	}
	if errors.Is(err, engine.ErrLocked) {
		return Locked
	}
	if e, ok := errors.AsType[*severalError](err); ok {
		return e.code()
	}
	if code, ok := codeOf(err); ok {
		return code
	}
	if kind := drivers.KindOf(err); kind == drivers.Missing || kind == drivers.Refused {
		return HostUnready
	}
	return Failed
}

// codeOf is the code that an error's type decides.
func codeOf(err error) (int, bool) {
	if _, ok := errors.AsType[*usageError](err); ok {
		return Usage, true
	}
	if _, ok := errors.AsType[*engine.UsageError](err); ok {
		return Usage, true
	}
	if list, ok := labs.DiagnosticsOf(err); ok {
		return codeOfList(list), true
	}
	if _, ok := errors.AsType[*engine.MediaError](err); ok {
		return MediaWrong, true
	}
	if _, ok := errors.AsType[*engine.ProofError](err); ok {
		return CheckFailed, true
	}
	if _, ok := errors.AsType[*engine.SealError](err); ok {
		return CheckFailed, true
	}
	if _, ok := errors.AsType[*engine.PartialError](err); ok {
		return CheckFailed, true
	}
	if _, ok := errors.AsType[*engine.DamageError](err); ok {
		return CheckFailed, true
	}
	if _, ok := errors.AsType[*engine.SecretError](err); ok {
		return CheckFailed, true
	}
	if _, ok := errors.AsType[*archive.Damage](err); ok || errors.Is(err, archive.ErrCut) {
		return CheckFailed, true
	}
	if _, ok := errors.AsType[*estate.NoRouteError](err); ok {
		return CheckFailed, true
	}
	if _, ok := errors.AsType[*guest.Failed](err); ok {
		return GuestFailed, true
	}
	if _, ok := errors.AsType[*guest.Stalled](err); ok {
		return GuestFailed, true
	}
	return 0, false
}

// codeOfList is the code for diagnostics: a lab that is well written and breaks
// rules is another thing than one that cannot be read.
func codeOfList(list labs.Diagnostics) int {
	for _, d := range list {
		if d.Severity == labs.Error && d.Rule == "" {
			return Failed
		}
	}
	return CheckFailed
}

// show says what went wrong, once, on stderr.
func (a *app) show(err error) {
	if err == nil {
		return
	}
	if _, ok := errors.AsType[*answered](err); ok {
		return
	}
	if list, ok := labs.DiagnosticsOf(err); ok {
		a.complain(list)
		return
	}
	if e, ok := errors.AsType[*severalError](err); ok {
		for _, p := range a.explainSeveral(e) {
			a.problem(p, Code(err))
		}
		return
	}
	a.problem(a.explain(err), Code(err))
}

func (a *app) problem(p view.Problem, code int) {
	if a.mode == view.JSON {
		_ = writeLine(a.Err, struct {
			Event string `json:"event"`
			Code  int    `json:"code"`
			view.Problem
		}{"error", code, p})
		return
	}
	fmt.Fprint(a.Err, a.style(a.Err).Problem(p))
}

// explain makes a problem of an error, with what to type next for the lab in hand.
func (a *app) explain(err error) view.Problem {
	if _, ok := errors.AsType[*interrupted](err); ok {
		p := view.Problem{What: "stopped, as asked", Kept: "Every finished stage, and the machines as they stand."}
		if a.spell != nil {
			p.Next = []string{"To go on:", "  " + a.spell("up"), "To clear it away:", "  " + a.spell("destroy")}
		}
		return p
	}
	if e, ok := errors.AsType[*usageError](err); ok {
		p := view.Problem{What: e.text}
		if e.help != "" {
			p.Next = []string{"  " + e.help}
		}
		return p
	}
	return view.Explain(err, a.spell)
}

// complain shows diagnostics on stderr.
func (a *app) complain(list labs.Diagnostics) {
	if len(list) == 0 {
		return
	}
	if a.gathered != nil {
		*a.gathered = append(*a.gathered, list...)
		return
	}
	if a.mode == view.JSON {
		for _, d := range view.DiagnosticsJSON(list, a.sources) {
			_ = writeLine(a.Err, struct {
				Event string `json:"event"`
				view.Diagnostic
			}{"diagnostic", d})
		}
		return
	}
	fmt.Fprint(a.Err, a.style(a.Err).Diagnostics(list, a.sources))
}

func writeJSON(w io.Writer, value any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(value)
}

func writeLine(w io.Writer, value any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e.Encode(value)
}
