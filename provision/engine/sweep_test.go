package engine_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/doublehop/doublehop/drivers"
	"github.com/doublehop/doublehop/drivers/fake"
	"github.com/doublehop/doublehop/drivers/fake/windows"
	"github.com/doublehop/doublehop/drivers/faulty"
	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/checkpoint"
	"github.com/doublehop/doublehop/provision/engine"
)

var errCut = errors.New("cut")

// ways are those in which a run can be cut at its nth call to the hypervisor.
var ways = []struct {
	name string
	cut  func(n int, next drivers.Driver, cancel context.CancelCauseFunc) *faulty.Driver
}{
	{"a call fails", func(n int, next drivers.Driver, _ context.CancelCauseFunc) *faulty.Driver {
		return &faulty.Driver{Next: next, Fail: faulty.At(n, errCut)}
	}},
	{"an answer is lost", func(n int, next drivers.Driver, _ context.CancelCauseFunc) *faulty.Driver {
		return &faulty.Driver{Next: next, After: faulty.At(n, errCut)}
	}},
	{"killed before a call", func(n int, next drivers.Driver, _ context.CancelCauseFunc) *faulty.Driver {
		return &faulty.Driver{Next: next, Fail: faulty.From(n, errCut)}
	}},
	{"killed after a call", func(n int, next drivers.Driver, _ context.CancelCauseFunc) *faulty.Driver {
		return &faulty.Driver{Next: next, Fail: faulty.From(n+1, errCut), After: faulty.At(n, errCut)}
	}},
	{"Ctrl-C at a call", func(n int, next drivers.Driver, cancel context.CancelCauseFunc) *faulty.Driver {
		return &faulty.Driver{Next: next, Delay: func(_ context.Context, c faulty.Call) error {
			if c.N == n {
				cancel(context.Canceled)
			}
			return nil
		}}
	}},
}

// verb is what a process does: with an engine, or with the driver alone.
type verb func(ctx context.Context, d drivers.Driver, e *engine.Engine) error

// in is the verb as rig.run wants it.
func (v verb) in(ctx context.Context, d drivers.Driver) func(*engine.Engine) error {
	return func(e *engine.Engine) error { return v(ctx, d, e) }
}

// sweep cuts a verb at every call, in every way, and sees what comes after.
type sweep struct {
	lab *labs.Lab
	// before makes the world that the verb finds.
	before func(t *testing.T, r *rig)
	// verb is what is cut, and again what is done afterwards, to its end.
	verb, again verb
	// later is how long the guests go on alone before it is done again.
	later time.Duration
	// between happens after the cut; it may be nil.
	between func(t *testing.T, r *rig)
	// after looks at the world after it was done again; uncut is the world as it
	// is after a run that nobody cut.
	after func(t *testing.T, r *rig, uncut state)
	// stride is how many calls lie between two cuts when not all are tried.
	stride int
}

func (s sweep) run(t *testing.T) {
	t.Helper()
	var uncut state
	calls := 0
	synctest.Test(t, func(t *testing.T) {
		r := s.world(t)
		d := &faulty.Driver{Next: r.Driver}
		must(t, r.run(d, s.lab, s.verb.in(t.Context(), d)))
		calls = len(d.Calls())
		must(t, r.run(r, s.lab, s.again.in(t.Context(), r)))
		uncut = stateOf(t, r)
		must(t, r.Close())
	})
	stride := s.stride
	if os.Getenv("E2E_STRICT") != "" || stride == 0 {
		stride = 1
	}
	for w, way := range ways {
		for n := 1 + w%stride; n <= calls+2; n += stride {
			t.Run(fmt.Sprintf("%s %d", way.name, n), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) { s.cutOnce(t, w, n, uncut) })
			})
		}
	}
}

func (s sweep) world(t *testing.T) *rig {
	t.Helper()
	r := newRig(t, windows.Options{Takes: 2 * time.Second}, fake.Options{})
	if s.before != nil {
		s.before(t, r)
	}
	return r
}

// cutOnce cuts once, goes on, and compares.
func (s sweep) cutOnce(t *testing.T, way, n int, uncut state) {
	r := s.world(t)
	defer func() { must(t, r.Close()) }()
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	d := ways[way].cut(n, r.Driver, cancel)
	err := r.run(d, s.lab, s.verb.in(ctx, d))
	var cut faulty.Call
	if calls := d.Calls(); n <= len(calls) {
		cut = calls[n-1]
	}
	if err != nil && context.Cause(ctx) != nil && !errors.Is(err, context.Canceled) {
		t.Errorf("cut at %v: the error is not that of the cancel: %v", cut, err)
	}
	if s.later > 0 {
		<-time.After(s.later)
	}
	if s.between != nil {
		s.between(t, r)
	}
	if then := r.run(r, s.lab, s.again.in(t.Context(), r)); then != nil {
		t.Fatalf("cut at %v (%v), and then: %v", cut, err, then)
	}
	s.after(t, r, uncut)
	if problems := r.Problems(); len(problems) > 0 {
		t.Errorf("cut at %v: %v", cut, problems)
	}
	if t.Failed() {
		t.Logf("cut at %v: %v", cut, err)
		for i, c := range d.Calls() {
			if i > n-12 && i < n+8 {
				t.Logf("  call %d %s %s", i+1, c.Op, c.Object)
			}
		}
	}
}

// same wants the world to be as after an uncut run, and nothing done twice.
func same(t *testing.T, r *rig, uncut state) {
	t.Helper()
	if diff := cmp.Diff(uncut, stateOf(t, r)); diff != "" {
		t.Errorf("the world differs (-uncut +cut):\n%s", diff)
	}
	done := r.work()
	slices.Sort(done)
	for i := 1; i < len(done); i++ {
		if done[i] == done[i-1] {
			t.Errorf("%s was done twice", done[i])
		}
	}
}

// state is the world as far as two runs must agree about it.
type state struct {
	Volumes, Networks []string
	// Machines are states, marks and drives, by name.
	Machines map[string][]string
	// Disks are what guests wrote to each layer of a checkpoint.
	Disks map[string]map[string]string
	// Checkpoints are stages, by key.
	Checkpoints map[string]string
}

func stateOf(t *testing.T, r *rig) state {
	t.Helper()
	ctx := t.Context()
	s := state{Machines: map[string][]string{}, Disks: map[string]map[string]string{}, Checkpoints: map[string]string{}}
	volumes, err := r.Volumes(ctx)
	must(t, err)
	for _, v := range volumes {
		s.Volumes = append(s.Volumes, v.Name+" over "+v.Backing)
		if strings.HasPrefix(v.Name, "dh-layer-") {
			keys, err := r.VolumeKeys(v.Name)
			must(t, err)
			delete(keys, "runner") // holds the word of the last ask
			s.Disks[v.Name] = keys
		}
	}
	for _, m := range manifests(t, r) {
		s.Checkpoints[m.Key] = m.Stage
	}
	networks, err := r.Networks(ctx, "")
	must(t, err)
	for _, n := range networks {
		s.Networks = append(s.Networks, n.Name)
	}
	machines, err := r.Machines(ctx, "")
	must(t, err)
	for _, m := range machines {
		list := []string{m.State.String()}
		for _, d := range m.Disks {
			list = append(list, d.Target+" "+d.Volume)
		}
		for _, d := range m.Drives {
			list = append(list, d.Target+" "+d.Volume)
		}
		for _, fact := range []string{"stage", "layer", "phase", "failed"} {
			list = append(list, fact+" "+m.Mark.Facts[fact])
		}
		s.Machines[m.Name] = list
	}
	return s
}

// built is the world with the demo lab on its last stage, and a file in each
// guest that was written since.
func built(l *labs.Lab) func(t *testing.T, r *rig) {
	return func(t *testing.T, r *rig) {
		t.Helper()
		must(t, r.run(r, l, up(t.Context(), "")))
		for _, m := range l.Machines {
			must(t, r.run(r, l, func(e *engine.Engine) error {
				_, err := e.Exec(t.Context(), m.Name, `echo since>C:\SINCE.TXT`)
				return err
			}))
		}
	}
}

// since lists the machines that still hold the file.
func since(t *testing.T, r *rig) []string {
	t.Helper()
	machines, err := r.Machines(t.Context(), "")
	must(t, err)
	var list []string
	for _, m := range machines {
		keys, err := r.VolumeKeys(m.Disks[0].Volume)
		must(t, err)
		if keys[`file:C:\SINCE.TXT`] != "" {
			list = append(list, m.Mark.Object)
		}
	}
	return list
}

func upTo(target string) verb {
	return func(ctx context.Context, _ drivers.Driver, e *engine.Engine) error { return up(ctx, target)(e) }
}

func revertTo(stage string) verb {
	return func(ctx context.Context, _ drivers.Driver, e *engine.Engine) error { return e.Revert(ctx, stage) }
}

func stop(ctx context.Context, _ drivers.Driver, e *engine.Engine) error { return e.Stop(ctx) }

func start(ctx context.Context, _ drivers.Driver, e *engine.Engine) error { return e.Start(ctx) }

func destroy(forget bool) verb {
	return func(ctx context.Context, _ drivers.Driver, e *engine.Engine) error { return e.Destroy(ctx, forget) }
}

func prune(ctx context.Context, d drivers.Driver, _ *engine.Engine) error {
	_, err := engine.Prune(ctx, d, engine.PruneOptions{Media: true})
	return err
}

func TestUpGoesOnWhereverItIsCut(t *testing.T) {
	t.Parallel()
	sweep{lab: demo(t), verb: upTo(""), again: upTo(""), after: same, stride: 17}.run(t)
}

// The guests go on alone: what they were at has ended when the next run comes.
func TestUpGoesOnLongAfterItWasCut(t *testing.T) {
	t.Parallel()
	sweep{lab: demo(t), verb: upTo(""), again: upTo(""), after: same, later: time.Minute, stride: 29}.run(t)
}

// The host lost its power as well: the stage that was in the middle is begun
// again, and no finished one.
func TestUpGoesOnAfterThePowerWasCut(t *testing.T) {
	t.Parallel()
	l := demo(t)
	sweep{lab: l, verb: upTo(""), again: upTo(""), stride: 29, between: func(t *testing.T, r *rig) {
		stages := map[string]bool{}
		for _, m := range manifests(t, r) {
			stages[m.Stage] = true
		}
		r.mu.Lock()
		r.begun = slices.DeleteFunc(r.begun, func(what string) bool { return !stages[stageOf[strings.Fields(what)[1]]] })
		r.mu.Unlock()
		must(t, r.Blackout())
	}, after: same}.run(t)
}

// stageOf is the demo lab's stage in which a program is begun.
var stageOf = map[string]string{
	"setup": "windows", "dcpromo": "forest", "netdom": "forest",
	"forestprep": "exchange", "domainprep": "exchange", "exchange": "exchange",
}

func TestUpFromCheckpointsGoesOnWhereverItIsCut(t *testing.T) {
	t.Parallel()
	l := demo(t)
	sweep{lab: l, before: func(t *testing.T, r *rig) {
		built(l)(t, r)
		must(t, r.run(r, l, destroy(false).in(t.Context(), r)))
	}, verb: upTo(""), again: upTo(""), after: same, stride: 11}.run(t)
}

func TestRevertGoesOnWhereverItIsCut(t *testing.T) {
	t.Parallel()
	l := demo(t)
	for _, stage := range []string{"exchange", "forest"} {
		t.Run(stage, func(t *testing.T) {
			sweep{lab: l, before: built(l), verb: revertTo(stage), again: revertTo(stage), stride: 11, after: func(t *testing.T, r *rig, uncut state) {
				same(t, r, uncut)
				if list := since(t, r); len(list) > 0 {
					t.Errorf("not reverted: %v", list)
				}
			}}.run(t)
		})
	}
}

// Whoever runs `up` after a revert that was cut finds all machines of one
// instant: all reverted, or none.
func TestUpAfterACutRevertMixesNoInstants(t *testing.T) {
	t.Parallel()
	l := demo(t)
	sweep{lab: l, before: built(l), verb: revertTo("exchange"), again: upTo(""), stride: 11, after: func(t *testing.T, r *rig, uncut state) {
		same(t, r, uncut)
		if list := since(t, r); len(list) == 1 {
			t.Errorf("only %v was not reverted", list)
		}
	}}.run(t)
}

func TestStopGoesOnWhereverItIsCut(t *testing.T) {
	t.Parallel()
	l := demo(t)
	sweep{lab: l, before: built(l), verb: stop, again: stop, after: unspoilt, stride: 7}.run(t)
}

// A power-off disc that a cut stop left in a drive must not switch a machine
// off that was started again.
func TestStartAfterACutStopStaysOn(t *testing.T) {
	t.Parallel()
	l := demo(t)
	sweep{lab: l, before: built(l), verb: stop, later: time.Minute, stride: 7, again: func(ctx context.Context, _ drivers.Driver, e *engine.Engine) error {
		defer func() { <-time.After(time.Minute) }()
		return e.Start(ctx)
	}, after: unspoilt}.run(t)
}

func TestStartGoesOnWhereverItIsCut(t *testing.T) {
	t.Parallel()
	l := demo(t)
	sweep{lab: l, before: func(t *testing.T, r *rig) {
		built(l)(t, r)
		must(t, r.run(r, l, verb(stop).in(t.Context(), r)))
	}, verb: start, again: start, after: unspoilt, stride: 7}.run(t)
}

// unspoilt is same, and what was written since the checkpoint is still there.
func unspoilt(t *testing.T, r *rig, uncut state) {
	t.Helper()
	same(t, r, uncut)
	if list := since(t, r); len(list) != 2 {
		t.Errorf("only %v still have what was written", list)
	}
}

func TestDestroyGoesOnWhereverItIsCut(t *testing.T) {
	t.Parallel()
	l := demo(t)
	for _, forget := range []bool{false, true} {
		t.Run(fmt.Sprintf("forget %t", forget), func(t *testing.T) {
			sweep{lab: l, before: built(l), verb: destroy(forget), again: destroy(forget), after: same, stride: 11}.run(t)
		})
	}
}

// What an up leaves that was cut is all gone after destroy and prune.
func TestDestroyAfterACutUpLeavesNothing(t *testing.T) {
	t.Parallel()
	sweep{lab: demo(t), verb: upTo(""), stride: 29, again: func(ctx context.Context, d drivers.Driver, e *engine.Engine) error {
		return errors.Join(e.Destroy(ctx, true), prune(ctx, d, e))
	}, after: func(t *testing.T, r *rig, _ state) {
		if diff := cmp.Diff([]string{"dh-pool-key over "}, stateOf(t, r).Volumes); diff != "" {
			t.Error(diff)
		}
	}}.run(t)
}

// Half of a lab's layers are garbage, and the rest is in use: whatever of it a
// cut prune has removed, nothing that is needed goes.
func TestPruneGoesOnWhereverItIsCut(t *testing.T) {
	t.Parallel()
	l := demo(t)
	sweep{lab: l, before: func(t *testing.T, r *rig) {
		built(l)(t, r)
		for _, m := range manifests(t, r) {
			if m.Stage == "windows" {
				must(t, r.RemoveVolume(t.Context(), checkpoint.Volume(m.Key)))
			}
		}
		must(t, r.CreateVolume(t.Context(), drivers.VolumeSpec{Name: "dh-layer-a_system_gone.qcow2", Capacity: 1 << 30}))
		must(t, r.CreateVolume(t.Context(), drivers.VolumeSpec{Name: "dh-layer-b_system_gone.qcow2", Backing: "dh-layer-a_system_gone.qcow2"}))
		must(t, r.UploadVolume(t.Context(), "dh-checkpoint-cut.json", 3, strings.NewReader("{\"x")))
	}, verb: prune, again: prune, after: unspoilt, stride: 3}.run(t)
}
