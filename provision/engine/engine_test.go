package engine_test

import (
	"context"
	"errors"
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
	"github.com/doublehop/doublehop/provision/engine"
	"github.com/doublehop/doublehop/provision/plan"
)

// demoWork is what is begun when the demo lab is built from nothing, sorted.
var demoWork = []string{
	"dc01 dcpromo", "dc01 domainprep", "dc01 forestprep", "dc01 setup", "ex01 exchange", "ex01 netdom", "ex01 setup",
}

// inTime runs a test in which hours take no time, on a rig.
func inTime(t *testing.T, guest windows.Options, options fake.Options, test func(t *testing.T, r *rig)) {
	t.Helper()
	if guest.Takes == 0 {
		guest.Takes = time.Minute
	}
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, guest, options)
		test(t, r)
		if problems := r.Problems(); len(problems) > 0 {
			t.Errorf("disks were spoilt: %v", problems)
		}
		must(t, r.Close())
	})
}

func wantWork(t *testing.T, r *rig, want ...string) {
	t.Helper()
	got := r.work()
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("done (-want +got):\n%s", diff)
	}
}

func TestUpBuildsTheDemoAndThenHasNothingToDo(t *testing.T) {
	t.Parallel()
	l := demo(t)
	inTime(t, windows.Options{}, fake.Options{}, func(t *testing.T, r *rig) {
		must(t, r.run(r, l, up(t.Context(), "")))
		wantWork(t, r, demoWork...)
		proofs := map[string]string{}
		for _, m := range manifests(t, r) {
			for _, p := range m.Proofs {
				proofs[p.Machine+" "+p.Step+" "+p.Name] = p.Value
			}
		}
		for name, want := range map[string]string{
			"dc01 promote ad.schema.objectVersion": "30", "dc01 forestprep exchange.schema.rangeUpper": "6870",
			"ex01 exchange_setup exchange.organization.objectVersion": "6903", "ex01 exchange_setup service.MSExchangeIS": "running",
		} {
			if proofs[name] != want {
				t.Errorf("proof %s is %q, not %q; there are %v", name, proofs[name], want, proofs)
			}
		}
		d := &faulty.Driver{Next: r.Driver}
		must(t, r.run(d, l, up(t.Context(), "")))
		wantOnlyLooks(t, d)
		status := statusOf(t, r, l)
		if status.Stage != "exchange" || status.Building != "" || len(status.Checkpoints) != 3 || status.Machines[0].State != "running" {
			t.Errorf("status %+v", status)
		}
	})
}

// wantOnlyLooks wants that no call changed anything.
func wantOnlyLooks(t *testing.T, d *faulty.Driver) {
	t.Helper()
	for _, c := range d.Calls() {
		if !slices.Contains([]string{"Volumes", "Machines", "Networks", "DownloadVolume", "Machine", "Host"}, c.Op) {
			t.Errorf("call %s %s", c.Op, c.Object)
		}
	}
}

func statusOf(t *testing.T, r *rig, l *labs.Lab) engine.Status {
	t.Helper()
	var s engine.Status
	must(t, r.run(r, l, func(e *engine.Engine) (err error) {
		s, err = e.Status(t.Context())
		return err
	}))
	return s
}

func TestAChangedMachineRebuildsWhatItTouches(t *testing.T) {
	t.Parallel()
	l, changed := demo(t), demo(t)
	changed.Machines[1].Memory = 384 << 20
	for i := range l.Media {
		changed.Media[i].Path = l.Media[i].Path
	}
	inTime(t, windows.Options{}, fake.Options{}, func(t *testing.T, r *rig) {
		must(t, r.run(r, l, up(t.Context(), "")))
		must(t, r.run(r, changed, func(e *engine.Engine) error {
			p, err := planned(t.Context(), e, "")
			if err != nil {
				return err
			}
			why := strings.Join(p.Stages[0].Why, " ")
			if p.Stages[0].Layers[0].Action != plan.Reuse || !strings.Contains(why, "memory 256 MiB → 384 MiB") {
				t.Errorf("dc01: %s; why: %s", p.Stages[0].Layers[0].Action, why)
			}
			if diff := cmp.Diff([]string{"dc01", "ex01"}, p.Final.Loses); diff != "" {
				t.Error(diff)
			}
			return e.Up(t.Context(), p)
		}))
		// dc01 is not installed again: its machine changed nothing.
		again := slices.DeleteFunc(slices.Clone(demoWork), func(s string) bool { return s == "dc01 setup" })
		wantWork(t, r, append(again, demoWork...)...)
		if n := len(manifests(t, r)); n != 6 {
			t.Errorf("%d checkpoints: the old ones must stay", n)
		}
		must(t, r.run(r, l, up(t.Context(), ""))) // and back, from the old ones
		wantWork(t, r, append(again, demoWork...)...)
	})
}

func TestRevertTakesAllMachinesBack(t *testing.T) {
	t.Parallel()
	l := demo(t)
	inTime(t, windows.Options{}, fake.Options{}, func(t *testing.T, r *rig) {
		built(l)(t, r)
		if list := since(t, r); len(list) != 2 {
			t.Fatalf("written on %v", list)
		}
		must(t, r.run(r, l, revertTo("").in(t.Context(), r)))
		if list := since(t, r); len(list) != 0 {
			t.Errorf("still there on %v", list)
		}
		must(t, r.run(r, l, revertTo("windows").in(t.Context(), r)))
		if s := statusOf(t, r, l); s.Stage != "windows" || s.Machines[1].State != "running" {
			t.Errorf("status %+v", s)
		}
		wantWork(t, r, append([]string{"dc01 command", "ex01 command"}, demoWork...)...)
		err := r.run(r, l, revertTo("nowhere").in(t.Context(), r))
		if _, ok := errors.AsType[*engine.UsageError](err); !ok {
			t.Errorf("revert to a stage that is none: %v", err)
		}
	})
}

func TestStopAndStartKeepWhatWasWrittenAndTheLabsTime(t *testing.T) {
	t.Parallel()
	l := demo(t)
	inTime(t, windows.Options{}, fake.Options{}, func(t *testing.T, r *rig) {
		built(l)(t, r)
		before := statusOf(t, r, l).Machines[0].LabTime
		must(t, r.run(r, l, verb(stop).in(t.Context(), r)))
		if s := statusOf(t, r, l); s.Machines[0].State != "off" || s.Machines[1].State != "off" || s.Stage != "exchange" {
			t.Errorf("stopped: %+v", s)
		}
		err := r.run(r, l, func(e *engine.Engine) error {
			_, err := e.Exec(t.Context(), "dc01", "ver")
			return err
		})
		if _, ok := errors.AsType[*engine.UsageError](err); !ok {
			t.Errorf("exec on a machine that is off: %v", err)
		}
		<-time.After(48 * time.Hour)
		must(t, r.run(r, l, verb(start).in(t.Context(), r)))
		s := statusOf(t, r, l)
		if s.Machines[0].State != "running" || s.Machines[0].LabTime.Sub(before) < 48*time.Hour {
			t.Errorf("started: %+v, before %s", s, before)
		}
		if year := before.Year(); year != 2006 {
			t.Errorf("the lab's clock shows %d", year)
		}
		if list := since(t, r); len(list) != 2 {
			t.Errorf("still there on %v", list)
		}
	})
}

// Windows that does not listen has its power cut, and says so.
// A run that was killed while it changed a disc leaves a machine paused; and the
// pause in which a disc is changed is no reason to end a stage.
func TestAPausedMachineGoesOn(t *testing.T) {
	t.Parallel()
	l := small(t, "pc01", `command = "fake wait 60000"`)
	inTime(t, windows.Options{}, fake.Options{}, func(t *testing.T, r *rig) {
		done := make(chan error, 1)
		go func() { done <- r.run(r, l, up(t.Context(), "")) }()
		<-time.After(90 * time.Second)
		for range 20 {
			must(t, r.PauseMachine(t.Context(), "dh-demo-pc01"))
			<-time.After(300 * time.Millisecond)
			must(t, r.ResumeMachine(t.Context(), "dh-demo-pc01"))
			<-time.After(300 * time.Millisecond)
		}
		must(t, <-done)
		must(t, r.PauseMachine(t.Context(), "dh-demo-pc01"))
		must(t, r.run(r, l, verb(start).in(t.Context(), r)))
		if s := statusOf(t, r, l); s.Machines[0].State != "running" {
			t.Errorf("after start: %+v", s)
		}
	})
}

func TestStopCutsThePowerOfAGuestThatDoesNotListen(t *testing.T) {
	t.Parallel()
	l := small(t, "pc01", `command = "echo ok"`)
	inTime(t, windows.Options{}, fake.Options{}, func(t *testing.T, r *rig) {
		must(t, r.run(r, l, up(t.Context(), "")))
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Minute, context.Canceled)
		defer cancel()
		_ = r.run(r, l, func(e *engine.Engine) error {
			_, err := e.Exec(ctx, "pc01", "fake hang")
			return err
		})
		began := time.Now()
		must(t, r.run(r, l, verb(stop).in(t.Context(), r)))
		if s := statusOf(t, r, l); s.Machines[0].State != "off" || time.Since(began) > 6*time.Minute {
			t.Errorf("after %s: %+v", time.Since(began), s)
		}
		if !slices.ContainsFunc(r.events(), func(e engine.Event) bool { return e.Kind == engine.Warn && strings.Contains(e.Text, "power is cut") }) {
			t.Error("nobody was told")
		}
		wantNoDiscs(t, r)
	})
}

func wantNoDiscs(t *testing.T, r *rig) {
	t.Helper()
	volumes, err := r.Volumes(t.Context())
	must(t, err)
	for _, v := range volumes {
		if strings.HasPrefix(v.Name, "dh-disc-") || strings.HasPrefix(v.Name, "dh-floppy-") {
			t.Errorf("left: %s", v.Name)
		}
	}
}

func TestExecGivesOutputAndCode(t *testing.T) {
	t.Parallel()
	l := small(t, "pc01", `command = "echo ok"`)
	inTime(t, windows.Options{}, fake.Options{}, func(t *testing.T, r *rig) {
		must(t, r.run(r, l, up(t.Context(), "")))
		for command, want := range map[string]engine.ExecResult{
			"hostname":    {Output: []string{"PC01"}},
			"exit /b 7":   {Code: 7, Output: []string{}},
			"type C:\\NO": {Code: 1, Output: []string{"The system cannot find the file specified."}},
		} {
			must(t, r.run(r, l, func(e *engine.Engine) error {
				got, err := e.Exec(t.Context(), "pc01", command)
				if got.Code != want.Code || strings.Join(got.Output, "\n") != strings.Join(want.Output, "\n") {
					t.Errorf("%s: %+v", command, got)
				}
				return err
			}))
		}
		wantNoDiscs(t, r)
	})
}

func TestDestroyLeavesOnlyCheckpoints(t *testing.T) {
	t.Parallel()
	l := demo(t)
	inTime(t, windows.Options{}, fake.Options{}, func(t *testing.T, r *rig) {
		built(l)(t, r)
		must(t, r.run(r, l, destroy(false).in(t.Context(), r)))
		s := stateOf(t, r)
		if len(s.Machines)+len(s.Networks) > 0 {
			t.Errorf("left: %v %v", s.Machines, s.Networks)
		}
		for _, v := range s.Volumes {
			kind, _, _ := strings.Cut(strings.TrimPrefix(v, "dh-"), "-")
			if !slices.Contains([]string{"layer", "checkpoint", "media", "pool"}, kind) {
				t.Errorf("left: %s", v)
			}
		}
		must(t, r.run(r, l, up(t.Context(), "")))
		wantWork(t, r, append([]string{"dc01 command", "ex01 command"}, demoWork...)...)
	})
}

func TestDestroyLeavesOtherInstancesAlone(t *testing.T) {
	t.Parallel()
	l := demo(t)
	inTime(t, windows.Options{}, fake.Options{}, func(t *testing.T, r *rig) {
		other := engine.New(r, l, "x-demo", engine.Options{Digest: digest})
		defer other.Close()
		p, err := planned(t.Context(), other, "")
		must(t, err)
		ctx, cancel := context.WithTimeoutCause(t.Context(), 30*time.Second, context.Canceled)
		defer cancel()
		if err := other.Up(ctx, p); !errors.Is(err, context.Canceled) { // it is in the middle of its first stage
			t.Fatal(err)
		}
		before := stateOf(t, r)
		must(t, r.run(r, l, destroy(true).in(t.Context(), r)))
		if diff := cmp.Diff(before, stateOf(t, r)); diff != "" {
			t.Error(diff)
		}
	})
}

// A machine that a later stage brings in is not there any more when the lab
// goes back, and does not stand in the seal's way.
func TestGoingBackRemovesMachinesOfLaterStages(t *testing.T) {
	t.Parallel()
	l := lab(t, smallLab("pc01", "")+machineBlock("pc02", "10.20.0.11")+`
stage "more" {
  after = stage.work
  step "install" { on = machine.pc02 }
}
`)
	for _, back := range []verb{revertTo("work"), upTo("work")} {
		inTime(t, windows.Options{}, fake.Options{}, func(t *testing.T, r *rig) {
			must(t, r.run(r, l, up(t.Context(), "")))
			must(t, r.run(r, l, back.in(t.Context(), r)))
			machines, err := r.Machines(t.Context(), "")
			must(t, err)
			if len(machines) != 1 || machines[0].State != drivers.Running {
				t.Errorf("machines %v", machines)
			}
		})
	}
}
