package engine_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/doublehop/doublehop/drivers"
	"github.com/doublehop/doublehop/drivers/fake"
	"github.com/doublehop/doublehop/drivers/fake/windows"
	"github.com/doublehop/doublehop/drivers/faulty"
	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/engine"
)

// instances are those of a lab, as one process works on them.
func (r *rig) instances(d drivers.Driver, lab *labs.Lab) *engine.Instances {
	return engine.NewInstances(d, lab, func(string) engine.Options { return engine.Options{RunDir: r.dir, Digest: digest} })
}

func class(count int) []string {
	names := make([]string, count)
	for i := range names {
		names[i] = fmt.Sprintf("class-%02d", i+1)
	}
	return names
}

// all is a verb's one error, of everything that failed.
func all(outcomes []engine.Outcome, err error) error {
	for _, o := range outcomes {
		err = errors.Join(err, o.Err)
	}
	return err
}

// failed are the instances that failed.
func failed(t *testing.T, outcomes []engine.Outcome, err error) []string {
	t.Helper()
	must(t, err)
	var names []string
	for _, o := range outcomes {
		if o.Err != nil {
			names = append(names, o.Instance)
		}
	}
	return names
}

// forked is the world with the demo lab on its last stage, a file in each of its
// guests, and so many forks of it.
func forked(l *labs.Lab, count int) func(*testing.T, *rig) {
	return func(t *testing.T, r *rig) {
		t.Helper()
		built(l)(t, r)
		must(t, all(r.instances(r, l).Fork(t.Context(), "", class(count))))
	}
}

// inForks runs a test in that world.
func inForks(t *testing.T, count int, test func(*testing.T, *rig, *labs.Lab)) {
	t.Helper()
	l := demo(t)
	inTime(t, windows.Options{Takes: 2 * time.Second}, fake.Options{}, func(t *testing.T, r *rig) {
		forked(l, count)(t, r)
		test(t, r, l)
	})
}

func TestForksAreAlikeInsideAndApartOutside(t *testing.T) {
	t.Parallel()
	inForks(t, 3, func(t *testing.T, r *rig, l *labs.Lab) {
		machines, err := r.Machines(t.Context(), "")
		must(t, err)
		volumes, err := r.Volumes(t.Context())
		must(t, err)
		below := map[string]string{}
		for _, v := range volumes {
			below[v.Name] = v.Backing
		}
		uuids, under := map[string]bool{}, map[string]map[string]bool{}
		for _, m := range machines {
			if m.State != drivers.Running {
				t.Errorf("%s is %v", m.Name, m.State)
			}
			uuids[m.UUID] = true
			if under[m.Mark.Object] == nil {
				under[m.Mark.Object] = map[string]bool{}
			}
			under[m.Mark.Object][below[m.Disks[0].Volume]] = true
		}
		if len(machines) != 8 || len(uuids) != 8 {
			t.Errorf("%d machines with %d UUIDs", len(machines), len(uuids))
		}
		for object, layers := range under {
			if len(layers) != 1 {
				t.Errorf("%s rests on %v", object, layers)
			}
		}
		networks, err := r.Networks(t.Context(), "")
		must(t, err)
		bridges := map[string]bool{}
		for _, n := range networks {
			bridges[n.Bridge] = true
		}
		if len(bridges) != 4 {
			t.Errorf("the bridges are %v", bridges)
		}
		states, err := r.instances(r, l).Status(t.Context(), "*")
		must(t, err)
		if len(states) != 4 {
			t.Errorf("there are %d instances", len(states))
		}
		for _, s := range states {
			if s.Stage != "exchange" || s.Machines[0].Addresses[0] != "10.20.0.10" {
				t.Errorf("%s: %+v", s.Instance, s)
			}
		}
		if list := since(t, r); len(list) != 2 {
			t.Errorf("what one instance wrote is in %v", list)
		}
	})
}

// However many forks there are, the world is read as often as for one.
func TestTheWorldIsReadOnceForAllForks(t *testing.T) {
	t.Parallel()
	l := demo(t)
	verbs := []func(context.Context, *engine.Instances, []string) error{
		func(ctx context.Context, i *engine.Instances, names []string) error {
			return all(i.Fork(ctx, "", names))
		},
		func(ctx context.Context, i *engine.Instances, names []string) error {
			return all(i.Revert(ctx, names, ""))
		},
		func(ctx context.Context, i *engine.Instances, names []string) error { return all(i.Start(ctx, names)) },
		func(ctx context.Context, i *engine.Instances, names []string) error {
			_, err := i.Status(ctx, names[0][:5]+"*")
			return err
		},
		func(ctx context.Context, i *engine.Instances, names []string) error {
			return all(i.Destroy(ctx, names))
		},
	}
	reads := func(count int) (list []string) {
		inTime(t, windows.Options{}, fake.Options{}, func(t *testing.T, r *rig) {
			must(t, r.run(r, l, up(t.Context(), "")))
			for n, do := range verbs {
				d := &faulty.Driver{Next: r.Driver}
				must(t, do(t.Context(), r.instances(d, l), class(count)))
				for _, c := range d.Calls() {
					if slices.Contains([]string{"Machines", "Networks", "Volumes", "CheckSeal", "DownloadVolume"}, c.Op) {
						list = append(list, fmt.Sprint(n, " ", c.Op))
					}
				}
			}
		})
		slices.Sort(list)
		return list
	}
	if diff := cmp.Diff(reads(1), reads(12)); diff != "" {
		t.Errorf("what is read for 1 instance and for 12 (-1 +12):\n%s", diff)
	}
}

// A fork that cannot be made is named, and the others are made.
func TestAForkThatFailsLeavesTheOthersAlone(t *testing.T) {
	t.Parallel()
	l := demo(t)
	inTime(t, windows.Options{}, fake.Options{}, func(t *testing.T, r *rig) {
		must(t, r.run(r, l, up(t.Context(), "")))
		must(t, r.PlantMachine("dh-class-02-ex01"))
		i := r.instances(r, l)
		outcomes, err := i.Fork(t.Context(), "", class(3))
		if diff := cmp.Diff([]string{"class-02"}, failed(t, outcomes, err)); diff != "" {
			t.Error(diff)
		}
		if e, ok := errors.AsType[*engine.PartialError](outcomes[1].Err); !ok || e.Machine != "ex01" {
			t.Errorf("got %v", outcomes[1].Err)
		}
		if !r.Planted("dh-class-02-ex01") {
			t.Error("the foreign machine was changed")
		}
		if running := runningIn(t, r); running["class-01"] != 2 || running["class-02"] != 0 || running["class-03"] != 2 {
			t.Errorf("running are %v", running)
		}
		names, err := i.Matching(t.Context(), "class-*")
		must(t, err)
		must(t, all(i.Destroy(t.Context(), names)))
		if !r.Planted("dh-class-02-ex01") {
			t.Error("the foreign machine was destroyed")
		}
	})
}

func runningIn(t *testing.T, r *rig) map[string]int {
	t.Helper()
	machines, err := r.Machines(t.Context(), "")
	must(t, err)
	running := map[string]int{}
	for _, m := range machines {
		if m.State == drivers.Running {
			running[m.Mark.Instance]++
		}
	}
	return running
}

// One that is not sealed does not run, and the others do.
func TestAForkWithAWayOutIsNotStarted(t *testing.T) {
	t.Parallel()
	inForks(t, 3, func(t *testing.T, r *rig, l *labs.Lab) {
		i := r.instances(r, l)
		must(t, all(i.Stop(t.Context(), class(3))))
		must(t, r.Breach("dh-class-02-corp", "eth0", "it is a port of the bridge"))
		outcomes, err := i.Start(t.Context(), class(3))
		if diff := cmp.Diff([]string{"class-02"}, failed(t, outcomes, err)); diff != "" {
			t.Error(diff)
		}
		if _, ok := errors.AsType[*engine.SealError](outcomes[1].Err); !ok {
			t.Errorf("got %v", outcomes[1].Err)
		}
		if running := runningIn(t, r); running["class-01"] != 2 || running["class-02"] != 0 || running["class-03"] != 2 {
			t.Errorf("running are %v", running)
		}
	})
}

// What another lab has is neither forked over nor in reach of a pattern.
func TestAnotherLabsInstancesAreLeftAlone(t *testing.T) {
	t.Parallel()
	inForks(t, 1, func(t *testing.T, r *rig, l *labs.Lab) {
		before := stateOf(t, r)
		other := lab(t, strings.Replace(smallLab("pc01", ""), `lab "demo"`, `lab "other"`, 1))
		i := r.instances(r, other)
		outcomes, err := i.Fork(t.Context(), "", class(2))
		if _, ok := errors.AsType[*engine.UsageError](err); !ok || outcomes != nil || !strings.Contains(err.Error(), `"class-01" is one of lab "demo"`) {
			t.Errorf("got %v, %v", outcomes, err)
		}
		names, err := i.Matching(t.Context(), "*")
		must(t, err)
		if len(names) > 0 {
			t.Errorf("the pattern found %v", names)
		}
		outcomes, err = i.Destroy(t.Context(), class(1))
		if diff := cmp.Diff(class(1), failed(t, outcomes, err)); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(before, stateOf(t, r)); diff != "" {
			t.Error(diff)
		}
		_, err = i.Matching(t.Context(), "class-[")
		if _, ok := errors.AsType[*engine.UsageError](err); !ok {
			t.Errorf("a pattern that is none: %v", err)
		}
	})
}

// Checkpoints do not go with one instance while others stand on them.
func TestCheckpointsStayWhileOthersStandOnThem(t *testing.T) {
	t.Parallel()
	inForks(t, 1, func(t *testing.T, r *rig, l *labs.Lab) {
		before := stateOf(t, r)
		err := r.run(r, l, func(e *engine.Engine) error { return e.Destroy(t.Context(), true) })
		if !isUsage(err) || !strings.Contains(err.Error(), `instance "class-01" stands on`) {
			t.Errorf("got %v", err)
		}
		if diff := cmp.Diff(before, stateOf(t, r)); diff != "" {
			t.Error(diff)
		}
	})
}

// A lab of which a part is missing, or stands at another instant, is not started
// as if it were whole, nor told to be a fork that is there; a revert heals it.
func TestALabGoesAsAWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	ways := map[string]struct {
		harm func(*testing.T, *rig)
		why  string
	}{
		"a machine is missing": {func(t *testing.T, r *rig) {
			must(t, r.RemoveMachine(t.Context(), "dh-class-01-ex01"))
		}, "is missing"},
		"a disk went back alone": {func(t *testing.T, r *rig) {
			own := diskOf(t, r, "dh-class-01-dc01")
			for _, m := range manifests(t, r) {
				if m.Stage == "forest" {
					must(t, r.StopMachine(t.Context(), "dh-class-01-dc01", drivers.ForceOff))
					must(t, r.RemoveVolume(t.Context(), own))
					must(t, r.CreateVolume(t.Context(), drivers.VolumeSpec{Name: own, Backing: m.Machines["dc01"].Disks["system"].Volume}))
				}
			}
		}, "which is not what it was laid over"},
		"a disk is gone": {func(t *testing.T, r *rig) {
			must(t, r.StopMachine(t.Context(), "dh-class-01-dc01", drivers.ForceOff))
			must(t, r.RemoveVolume(t.Context(), diskOf(t, r, "dh-class-01-dc01")))
		}, "has lost the volume"},
	}
	for name, way := range ways {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inForks(t, 2, func(t *testing.T, r *rig, l *labs.Lab) {
				way.harm(t, r)
				before := stateOf(t, r)
				i := r.instances(r, l)
				for verb, do := range map[string]func() ([]engine.Outcome, error){
					"fork":  func() ([]engine.Outcome, error) { return i.Fork(t.Context(), "", class(2)) },
					"start": func() ([]engine.Outcome, error) { return i.Start(t.Context(), class(2)) },
				} {
					outcomes, err := do()
					if diff := cmp.Diff(class(1), failed(t, outcomes, err)); diff != "" {
						t.Fatalf("%s: %s", verb, diff)
					}
					if e, ok := errors.AsType[*engine.PartialError](outcomes[0].Err); !ok || !strings.Contains(e.Why, way.why) {
						t.Errorf("%s: got %v", verb, outcomes[0].Err)
					}
				}
				one := engine.New(r, l, "class-01", engine.Options{Digest: digest})
				if _, ok := errors.AsType[*engine.PartialError](one.Start(t.Context())); !ok {
					t.Error("the one instance was started")
				}
				if diff := cmp.Diff(before, stateOf(t, r)); diff != "" {
					t.Errorf("something was changed: %s", diff)
				}
				must(t, all(i.Revert(t.Context(), class(2), "")))
				must(t, all(i.Start(t.Context(), class(2))))
			})
		})
	}
}

func diskOf(t *testing.T, r *rig, domain string) string {
	t.Helper()
	m, err := r.Machine(t.Context(), domain)
	must(t, err)
	return m.Disks[0].Volume
}

// A revert whose machines could not all be made anew removes none.
func TestARevertThatCannotBeWholeChangesNothing(t *testing.T) {
	t.Parallel()
	inForks(t, 1, func(t *testing.T, r *rig, l *labs.Lab) {
		must(t, r.RemoveMachine(t.Context(), "dh-class-01-ex01"))
		must(t, r.PlantMachine("dh-class-01-ex01"))
		before := stateOf(t, r)
		one := engine.New(r, l, "class-01", engine.Options{Digest: digest})
		err := one.Revert(t.Context(), "forest")
		if e, ok := errors.AsType[*engine.PartialError](err); !ok || e.Machine != "ex01" {
			t.Errorf("got %v", err)
		}
		outcomes, err := r.instances(r, l).Revert(t.Context(), class(1), "forest")
		if diff := cmp.Diff(class(1), failed(t, outcomes, err)); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(before, stateOf(t, r)); diff != "" {
			t.Errorf("something was changed: %s", diff)
		}
	})
}

// together is a verb on several instances, as the sweep cuts it.
func together(l *labs.Lab, do func(context.Context, *engine.Instances) ([]engine.Outcome, error)) verb {
	return func(ctx context.Context, d drivers.Driver, _ *engine.Engine) error {
		return all(do(ctx, engine.NewInstances(d, l, func(string) engine.Options { return engine.Options{Digest: digest} })))
	}
}

func TestForkGoesOnWhereverItIsCut(t *testing.T) {
	t.Parallel()
	l := demo(t)
	fork := together(l, func(ctx context.Context, i *engine.Instances) ([]engine.Outcome, error) {
		return i.Fork(ctx, "", class(2))
	})
	sweep{lab: l, before: built(l), verb: fork, again: fork, after: unspoilt, stride: 5}.run(t)
}

// A class is found by its names for as long as anything of it is there.
func TestDestroyOfAPatternGoesOnWhereverItIsCut(t *testing.T) {
	t.Parallel()
	l := demo(t)
	destroy := together(l, func(ctx context.Context, i *engine.Instances) ([]engine.Outcome, error) {
		names, err := i.Matching(ctx, "class-*")
		if err != nil {
			return nil, err
		}
		return i.Destroy(ctx, names)
	})
	sweep{lab: l, before: forked(l, 2), verb: destroy, again: destroy, after: unspoilt, stride: 5}.run(t)
}

func TestRevertOfAPatternGoesOnWhereverItIsCut(t *testing.T) {
	t.Parallel()
	l := demo(t)
	revert := together(l, func(ctx context.Context, i *engine.Instances) ([]engine.Outcome, error) {
		return i.Revert(ctx, class(2), "forest")
	})
	sweep{lab: l, before: forked(l, 2), verb: revert, again: revert, after: unspoilt, stride: 7}.run(t)
}

func TestStartOfAPatternGoesOnWhereverItIsCut(t *testing.T) {
	t.Parallel()
	l := demo(t)
	start := together(l, func(ctx context.Context, i *engine.Instances) ([]engine.Outcome, error) {
		return i.Start(ctx, class(2))
	})
	sweep{lab: l, before: func(t *testing.T, r *rig) {
		forked(l, 2)(t, r)
		must(t, all(r.instances(r, l).Stop(t.Context(), class(2))))
	}, verb: start, again: start, after: unspoilt, stride: 7}.run(t)
}

// The forks of a warm checkpoint do not boot: each has in its memory what the
// machine had, under its own name, and all their clocks show one time.
func TestForksOfAWarmCheckpointGoOnFromItsMemory(t *testing.T) {
	t.Parallel()
	inTime(t, windows.Options{}, fake.Options{}, func(t *testing.T, r *rig) {
		l := warmLab(t)
		must(t, r.run(r, l, up(t.Context(), "work")))
		change(t, r, l)
		<-time.After(time.Hour)
		i := r.instances(r, l)
		must(t, all(i.Fork(t.Context(), "work", class(3))))
		clocks := map[string]bool{}
		states, err := i.Status(t.Context(), "class-*")
		must(t, err)
		for _, s := range states {
			for _, m := range s.Machines {
				clocks[m.LabTime.Format(time.DateTime)] = true
			}
		}
		if len(clocks) != 1 {
			t.Errorf("the clocks show %v", clocks)
		}
		for _, name := range class(3) {
			wantRecall(t, r, name, l, both)
		}
		must(t, all(i.Revert(t.Context(), class(2), "")))
		wantRecall(t, r, "class-02", l, both)
		wantRecall(t, r, l.Name, l, changed)
	})
}
