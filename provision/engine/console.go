package engine

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/doublehop/doublehop/drivers"
	"github.com/doublehop/doublehop/drivers/vgatext"
	"github.com/doublehop/doublehop/provision/catalog"
	"github.com/doublehop/doublehop/provision/checkpoint"
	"github.com/doublehop/doublehop/provision/guest"
	"github.com/doublehop/doublehop/provision/plan"
)

// look is how often a screen that is waited for is looked at; a picture takes
// some 25 ms.
const look = time.Second

// atConsole is the phase of a machine whose keyboard and screen the host uses.
const atConsole = "console"

// SightError is a screen that did not show in time what a step waits for.
type SightError struct {
	// Expect is what was waited for, for a person.
	Expect string
	// Saw are the lines of the text screen; none when it was no text screen, or empty.
	Saw   []string
	After time.Duration
}

// Error says what was expected, and the first line of what was seen.
func (e *SightError) Error() string {
	saw := "no text"
	for _, line := range e.Saw {
		if line = strings.TrimSpace(line); line != "" {
			saw = fmt.Sprintf("%q", line)
			break
		}
	}
	return fmt.Sprintf("expected %s, and after %s it showed %s", e.Expect, e.After.Round(time.Second), saw)
}

// Unwrap gives the stall that it is.
func (e *SightError) Unwrap() error {
	return &guest.Stalled{Phase: atConsole, After: e.After, Why: "too slow"}
}

// console does a step's acts at the machine's keyboard and screen.
func (r *stageRun) console(ctx context.Context, b *box, s plan.Step, work catalog.Work) ([]checkpoint.Proof, error) {
	b.phase(atConsole)
	began, pressed := time.Now(), 0
	var proofs []checkpoint.Proof
	prove := func(name, value string) {
		r.tell(Event{Kind: Proof, Stage: r.stage.Name, Step: s.Name, Machine: s.Machine, Text: fmt.Sprintf("%s = %s", name, value)})
		proofs = append(proofs, checkpoint.Proof{Machine: s.Machine, Step: s.Name, Name: name, Value: value})
	}
	over := &SightError{Expect: "all keys to be pressed", After: work.Limit}
	in, stop := context.WithTimeoutCause(ctx, work.Limit, over)
	defer stop()
	for _, act := range work.Console {
		var err error
		switch {
		case act.Watch != nil:
			var saw string
			if saw, err = r.wait(in, b, act.Watch, began); err == nil {
				prove("screen", saw)
			}
		case len(act.Press) > 0:
			err = b.press(in, act.Press)
			pressed++
		default:
			err = rest(in, act.Pause)
		}
		if err != nil {
			return nil, err
		}
	}
	if pressed > 0 {
		prove("keys", fmt.Sprintf("%d pressed", pressed))
	}
	return proofs, nil
}

// press presses one chord.
func (b *box) press(ctx context.Context, codes []uint) error {
	keyboard, ok := drivers.As[drivers.Keyer](b.driver)
	if !ok {
		return errors.New("this hypervisor's driver cannot press keys")
	}
	return keyboard.SendKeys(ctx, b.machine.Domain, codes...)
}

// rest waits.
func rest(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}

// view is what a screen shows at one moment.
type view struct {
	// text is nil when the picture shows no text screen.
	text *vgatext.Screen
	// same is equal for equal pictures; on a text screen the cursor and colours
	// make no difference.
	same [sha256.Size]byte
}

func (v view) lines() []string {
	if v.text == nil {
		return nil
	}
	return v.text.Lines()
}

// see looks at the machine's screen.
func (b *box) see(ctx context.Context) (view, error) {
	screen, ok := drivers.As[drivers.Screener](b.driver)
	if !ok {
		return view{}, errors.New("this hypervisor's driver cannot photograph a screen")
	}
	var picture bytes.Buffer
	if _, err := screen.Screenshot(ctx, b.machine.Domain, &picture); err != nil {
		return view{}, err
	}
	text, err := vgatext.Read(bytes.NewReader(picture.Bytes()))
	if err != nil {
		return view{same: sha256.Sum256(picture.Bytes())}, nil //nolint:nilerr // another picture than a text screen
	}
	return view{text: text, same: sha256.Sum256([]byte(text.String()))}, nil
}

// wait looks at the screen until the sight is there, and says what was seen.
func (r *stageRun) wait(ctx context.Context, b *box, sight *catalog.Sight, began time.Time) (string, error) {
	watch := watching(sight)
	var last view
	for {
		now, err := b.see(ctx)
		switch {
		case err == nil:
			last = now
			if saw, there := watch(now, time.Now()); there {
				return r.secrets.mask(saw), nil
			}
		case context.Cause(ctx) == nil && drivers.KindOf(err) != drivers.Transient:
			return "", err
		}
		if err := rest(ctx, look); err != nil {
			if _, over := errors.AsType[*SightError](err); !over {
				return "", err
			}
			return "", &SightError{Expect: sight.Expect, Saw: r.secrets.maskAll(last.lines()), After: time.Since(began)}
		}
	}
}

// watching gives a function that is shown the screen again and again and says
// when the sight is there, and what it was.
func watching(sight *catalog.Sight) func(view, time.Time) (string, bool) {
	switch {
	case sight.Text != "":
		want := flat(sight.Text)
		return func(v view, _ time.Time) (string, bool) {
			return sight.Text, v.text != nil && strings.Contains(flat(v.text.String()), want)
		}
	case sight.Pattern != "":
		expression := regexp.MustCompile("(?m)" + sight.Pattern) // the catalogue has read it
		return func(v view, _ time.Time) (string, bool) {
			found := expression.FindString(strings.Join(v.lines(), "\n"))
			return found, found != ""
		}
	case sight.Change:
		var first *view
		return func(v view, _ time.Time) (string, bool) {
			if first == nil {
				first = &v
			}
			return "changed", v.same != first.same
		}
	}
	var before *view
	var since time.Time
	return func(v view, now time.Time) (string, bool) {
		if before == nil || v.same != before.same {
			before, since = &v, now
		}
		return "still", now.Sub(since) >= sight.Still
	}
}

// flat is a text with one blank between its words. The lines of boxes are blanks.
func flat(text string) string {
	return strings.Join(strings.FieldsFunc(text, func(r rune) bool {
		return r <= ' ' || r >= '─' && r <= '▟'
	}), " ")
}

// shortestMask is the shortest secret that is looked for in what a screen shows:
// a shorter one would hide half of it.
const shortestMask = 4

// mask hides the values of secrets in a text.
func (s *secrets) mask(text string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, v := range s.values {
		if value := v.Reveal(); len(value) >= shortestMask {
			text = strings.ReplaceAll(text, value, strings.Repeat("*", 8))
		}
	}
	return text
}

func (s *secrets) maskAll(lines []string) []string {
	lines = slices.Clone(lines)
	for i := range lines {
		lines[i] = s.mask(lines[i])
	}
	return lines
}
