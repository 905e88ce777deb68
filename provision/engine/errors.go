package engine

import (
	"errors"
	"fmt"
	"strings"

	"github.com/doublehop/doublehop/labs"
)

// ErrLocked says that another run works on the same instance.
var ErrLocked = errors.New("another run of Doublehop is at work here")

// UsageError is a request that makes no sense for this lab.
type UsageError struct{ Text string }

// Error is the text.
func (e *UsageError) Error() string { return e.Text }

// MediaError is a disc of the user's that is missing, unreadable or wrong.
type MediaError struct {
	Media, Path string
	// Range is where the lab file names the disc.
	Range labs.Range
	// Remedy is what to do about it, in a sentence.
	Remedy string
	Err    error
}

// Error is one line without the remedy.
func (e *MediaError) Error() string {
	return fmt.Sprintf("media %q (%s): %v", e.Media, e.Path, e.Err)
}

// Unwrap gives the reason.
func (e *MediaError) Unwrap() error { return e.Err }

// StepError is a step that failed, stalled, or did not prove what it should.
type StepError struct {
	Stage, Step, Machine string
	// Range is the step's place in the lab file.
	Range labs.Range
	// Picture is the path of a picture of the machine's screen, if one was taken.
	Picture string
	// Screen are the lines of the machine's text screen, exact as far as it has the
	// font of the video BIOS; none when it was empty, or no text screen.
	Screen []string
	// Said are the guest's last lines.
	Said []string
	Err  error
}

// Error is one line: where, and why.
func (e *StepError) Error() string {
	return fmt.Sprintf("stage %q, step %q on %s: %v", e.Stage, e.Step, e.Machine, e.Err)
}

// Unwrap gives the reason: a *guest.Failed, a *guest.Stalled or a *ProofError.
func (e *StepError) Unwrap() error { return e.Err }

// ProofError is a fact read back from a guest that is not as it should be.
type ProofError struct {
	// Name is the fact, Expect what it should be, for a person.
	Name, Expect string
	// Check says that a `check` block asked, and not a step's own end.
	Check bool
	// Err says what was read instead.
	Err error
}

// Error says what was expected and what was read, once where Err has said both.
func (e *ProofError) Error() string {
	if read := e.Err.Error(); strings.Contains(read, e.Expect) {
		return fmt.Sprintf("proof %s: %s", e.Name, read)
	}
	return fmt.Sprintf("proof %s: expected %s: %v", e.Name, e.Expect, e.Err)
}

// Unwrap gives what was read.
func (e *ProofError) Unwrap() error { return e.Err }

// SealError is a network that is not sealed; nothing on it was started.
type SealError struct {
	// Leaks are the ways out, a sentence each.
	Leaks []string
}

// Error names the first leak.
func (e *SealError) Error() string {
	if len(e.Leaks) == 1 {
		return "the lab's network is not sealed: " + e.Leaks[0]
	}
	return fmt.Sprintf("the lab's network is not sealed: %s (and %d more)", e.Leaks[0], len(e.Leaks)-1)
}
