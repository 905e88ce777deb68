package engine

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/doublehop/doublehop/drivers"
	"github.com/doublehop/doublehop/drivers/vgatext"
	"github.com/doublehop/doublehop/provision/catalog"
	"github.com/doublehop/doublehop/provision/checkpoint"
	"github.com/doublehop/doublehop/provision/guest"
	"github.com/doublehop/doublehop/provision/plan"
)

// bootLimits is how long an installed machine may take from power-on to its
// runner's first word: minutes for Windows, with room for a slow host.
var bootLimits = guest.Patience{Silence: 10 * time.Minute, Limit: 40 * time.Minute} //nolint:gochecknoglobals // a constant that Go cannot write as one

// mostAsks is how often a guest is asked for its proofs over a line that loses
// records.
const mostAsks = 5

// steps does the stage's steps, as many at once as their needs allow. The
// first failure ends the others' waits; their guests are left as they are.
func (r *stageRun) steps(ctx context.Context) error {
	ends := make([]chan struct{}, len(r.stage.Steps))
	for i := range ends {
		ends[i] = make(chan struct{})
	}
	boot := r.booting()
	group, ctx := errgroup.WithContext(ctx)
	for i, s := range r.stage.Steps {
		group.Go(func() error {
			for _, n := range s.Needs {
				select {
				case <-ctx.Done():
					return context.Cause(ctx)
				case <-ends[n]:
				}
			}
			if err := r.step(ctx, i, boot); err != nil {
				return err
			}
			close(ends[i])
			return nil
		})
	}
	return group.Wait()
}

// booting gives a function that waits until a machine's runner is there: in a
// stage whose machines change one another, until all of them are.
func (r *stageRun) booting() func(context.Context, *box) error {
	ready := map[string]func(context.Context) error{}
	for name, b := range r.boxes {
		ready[name] = once(func(ctx context.Context) error {
			if err := b.session.Ready(ctx, guest.Patience{Silence: bootLimits.Silence, Limit: bootLimits.Limit, Alive: b.alive()}); err != nil {
				return r.failed(ctx, b, plan.Step{Name: "boot", Machine: b.machine.Name}, err)
			}
			return nil
		})
	}
	return func(ctx context.Context, b *box) error {
		if !r.stage.Coupled {
			return ready[b.machine.Name](ctx)
		}
		for _, name := range sortedKeys(ready) {
			if err := ready[name](ctx); err != nil {
				return err
			}
		}
		return nil
	}
}

// once makes f run once; later callers get its answer.
func once(f func(context.Context) error) func(context.Context) error {
	var begun atomic.Bool
	done := make(chan struct{})
	var err error
	return func(ctx context.Context) error {
		if begun.CompareAndSwap(false, true) {
			err = f(ctx)
			close(done)
			return err
		}
		select {
		case <-done:
			return err
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// step does one step on one machine, unless an earlier run has it behind it.
func (r *stageRun) step(ctx context.Context, i int, boot func(context.Context, *box) error) (err error) {
	s := r.stage.Steps[i]
	b, ok := r.boxes[s.Machine]
	if !ok {
		return nil // its layer is there already
	}
	place := r.place(i)
	x, phase, err := r.phaseOf(ctx, b)
	if err != nil {
		return err
	}
	if phase != plan.PhaseBuild || plan.Done(x) > place {
		r.tell(Event{Kind: Note, Stage: r.stage.Name, Step: s.Name, Machine: s.Machine, Text: "done by an earlier run"})
		return nil
	}
	began := time.Now()
	b.at(r.stage.Name, s.Name)
	r.tell(Event{
		Kind: StepBegin, Stage: r.stage.Name, Step: s.Name, Machine: s.Machine,
		Seconds: time.Duration(s.Estimate).Seconds(),
	})
	defer func() {
		r.tell(ended(Event{Kind: StepEnd, Stage: r.stage.Name, Step: s.Name, Machine: s.Machine}, began, err))
	}()
	proofs, err := r.perform(ctx, b, i, boot)
	if err != nil {
		return r.failed(ctx, b, s, r.explained(i, err))
	}
	return r.progress(ctx, b, place+1, proofs)
}

// place counts the steps before this one on its machine.
func (r *stageRun) place(i int) int {
	n := 0
	for _, s := range r.stage.Steps[:i] {
		if s.Machine == r.stage.Steps[i].Machine {
			n++
		}
	}
	return n
}

// perform gives the guest its work and reads the proofs. When lines were lost
// on the way and a proof fails, the guest is asked again: a failed proof costs
// the stage.
func (r *stageRun) perform(ctx context.Context, b *box, i int, boot func(context.Context, *box) error) ([]checkpoint.Proof, error) {
	s, work := r.stage.Steps[i], r.works[i]
	if len(work.Floppy) > 0 {
		if err := r.setup(ctx, b, work); err != nil {
			return nil, err
		}
	} else if !work.Early {
		if err := boot(ctx, b); err != nil {
			return nil, err
		}
	}
	if len(work.Console) > 0 {
		return r.console(ctx, b, s, work)
	}
	if work.Job == nil {
		return nil, nil
	}
	if err := r.media(ctx, b, work); err != nil {
		return nil, err
	}
	job := *work.Job
	job.ID = s.ID
	b.phase("job")
	for asked := 1; ; asked++ {
		result, err := b.deliver(ctx, job, b.patience(work))
		if err != nil {
			return nil, err
		}
		proofs, err := r.believe(s, work.Proofs, result)
		if err == nil || result.Lost == 0 || asked == mostAsks {
			return proofs, err
		}
	}
}

// setup waits for an unattended Setup to end: its last act starts the runner.
func (r *stageRun) setup(ctx context.Context, b *box, work catalog.Work) error {
	b.phase("setup")
	if err := b.session.Ready(ctx, b.patience(work)); err != nil {
		return err
	}
	return b.takeFloppy(ctx, r.floppy(b))
}

// believe reads the proofs out of what the guest said. A step is done when
// every fact is as it should be, whatever its exit code was.
func (r *stageRun) believe(s plan.Step, proofs []catalog.Proof, result guest.Result) ([]checkpoint.Proof, error) {
	var list []checkpoint.Proof
	for _, p := range proofs {
		value, err := p.Read(result.Proofs[p.File])
		if err != nil {
			return nil, &ProofError{Name: p.Name, Expect: p.Expect, Check: s.Source.Check, Err: err}
		}
		r.tell(Event{
			Kind: Proof, Stage: r.stage.Name, Step: s.Name, Machine: s.Machine, Text: fmt.Sprintf("%s = %s", p.Name, value),
		})
		list = append(list, checkpoint.Proof{Machine: s.Machine, Step: s.Name, Name: p.Name, Value: value})
	}
	return list, nil
}

// failed makes a step's failure complete: where, a picture of the screen, and
// a mark so that the next run begins the stage anew instead of going on with
// a guest in an unknown state. A cancelled wait is no failure.
func (r *stageRun) failed(ctx context.Context, b *box, s plan.Step, err error) error {
	if _, done := errors.AsType[*StepError](err); done {
		return err
	}
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	out := &StepError{Stage: r.stage.Name, Step: s.Name, Machine: s.Machine, Err: err, Said: said(err)}
	if s.Source != nil {
		out.Range = s.Source.Range
	}
	if blamed(err) {
		if err := r.note(ctx, b.machine, map[string]string{plan.FactFailed: s.Name}); err != nil {
			r.tell(Event{Kind: Warn, Machine: s.Machine, Text: fmt.Sprintf("the failure could not be marked on the machine: %v", err)})
		}
	}
	out.Picture, out.Screen = r.picture(ctx, b, s)
	if sight, ok := errors.AsType[*SightError](err); ok {
		out.Screen = sight.Saw
	}
	return out
}

// explained puts the sentence of the program's own log that says why it failed
// in front of a failure.
func (r *stageRun) explained(i int, err error) error {
	explain := r.works[i].Explain
	failed, ok := errors.AsType[*guest.Failed](err)
	if explain == nil || !ok {
		return err
	}
	if why := explain(failed.Output); why != "" {
		return fmt.Errorf("%s (%w)", why, err)
	}
	return err
}

// said are the guest's last lines, as far as the error knows them.
func said(err error) []string {
	if f, ok := errors.AsType[*guest.Failed](err); ok {
		return f.Output
	}
	if s, ok := errors.AsType[*guest.Stalled](err); ok {
		return s.Last
	}
	return nil
}

// blamed says whether an error is the guest's: only then is its state in doubt.
func blamed(err error) bool {
	_, failed := errors.AsType[*guest.Failed](err)
	_, proof := errors.AsType[*ProofError](err)
	return failed || proof
}

// picture takes one of the machine's screen into the run's record, and reads the
// text on it: a BIOS, a boot loader and Setup say there why they stopped.
func (r *stageRun) picture(ctx context.Context, b *box, s plan.Step) (path string, text []string) {
	screen, ok := drivers.As[drivers.Screener](r.driver)
	if !ok {
		return "", nil
	}
	var picture bytes.Buffer
	if _, err := screen.Screenshot(ctx, b.machine.Domain, &picture); err != nil {
		return "", nil
	}
	if shown, err := vgatext.Read(bytes.NewReader(picture.Bytes())); err == nil {
		text = r.secrets.maskAll(shown.Lines())
	}
	if r.options.RunDir == "" {
		return "", text
	}
	path = filepath.Join(r.options.RunDir, fmt.Sprintf("%s-%s-%s.png", r.stage.Name, strings.ReplaceAll(s.Name, " ", "-"), b.machine.Name))
	if os.WriteFile(path, picture.Bytes(), 0o600) != nil {
		return "", text
	}
	return path, text
}

// factProofs holds the proofs of a machine's steps of this stage, as JSON, so
// that a run that goes on after a cut still has those of the steps before it.
const factProofs = "proofs"

// progress marks a step of a machine as done, with its proofs.
func (r *stageRun) progress(ctx context.Context, b *box, done int, proofs []checkpoint.Proof) error {
	x, err := r.driver.Machine(ctx, b.machine.Domain)
	if err != nil {
		return err
	}
	all, err := json.Marshal(append(proofsOf(x), proofs...))
	if err != nil {
		return err
	}
	return r.note(ctx, b.machine, map[string]string{plan.FactDone: strconv.Itoa(done), factProofs: string(all)})
}

func proofsOf(x drivers.Machine) []checkpoint.Proof {
	var list []checkpoint.Proof
	_ = json.Unmarshal([]byte(x.Mark.Facts[factProofs]), &list) // none, or ours
	return list
}
