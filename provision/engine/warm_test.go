package engine_test

import (
	"context"
	"errors"
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
	"github.com/doublehop/doublehop/provision/checkpoint"
	"github.com/doublehop/doublehop/provision/engine"
	"github.com/doublehop/doublehop/provision/plan"
)

// warmLab is one of two machines, which remember a word in a warm stage, and of a
// stage after it that does little.
func warmLab(t *testing.T) *labs.Lab {
	t.Helper()
	return lab(t, `
lab "demo" {
  clock { start = "2006-03-01T08:00:00Z" }
}
variable "discs" { default = "." }
secret "administrator" { generate = true }
media "windows" { path = "${var.discs}/win2003-standin.iso" }
network "corp" { subnet = "10.20.0.0/24" }
`+machineBlock("a", "10.20.0.10")+machineBlock("b", "10.20.0.20")+`
stage "windows" {
  step "install" { on = [machine.a, machine.b] }
}
stage "work" {
  after      = stage.windows
  checkpoint = "warm"
  step "run" {
    on      = [machine.a, machine.b]
    command = "fake remember before"
  }
}
stage "more" {
  after = stage.work
  step "run" {
    on      = machine.a
    command = "fake recall"
  }
}
`)
}

// as is run in the name of another instance.
func (r *rig) as(instance string, d drivers.Driver, l *labs.Lab, work func(*engine.Engine) error) error {
	e := engine.New(d, l, instance, engine.Options{RunDir: r.dir, Digest: digest, Report: func(e engine.Event) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.told = append(r.told, e)
	}})
	defer e.Close()
	return work(e)
}

// recall says what each machine of an instance has in memory, and since which
// writing of the file its disk is.
func recall(t *testing.T, r *rig, instance string, l *labs.Lab) map[string]string {
	t.Helper()
	said := map[string]string{}
	for _, m := range l.Machines {
		must(t, r.as(instance, r, l, func(e *engine.Engine) error {
			out, err := e.Exec(t.Context(), m.Name, "fake recall")
			if err == nil {
				said[m.Name] = strings.Join(out.Output, " ")
			}
			x, _ := r.Machine(t.Context(), plan.Domain(instance, m.Name))
			keys, _ := r.VolumeKeys(x.Disks[0].Volume)
			if keys[`file:C:\SINCE.TXT`] != "" {
				said[m.Name] += " and a file"
			}
			return err
		}))
	}
	return said
}

// change writes to memory and disk of every machine.
func change(t *testing.T, r *rig, l *labs.Lab) {
	t.Helper()
	for _, m := range l.Machines {
		for _, command := range []string{"fake remember after", `echo since>C:\SINCE.TXT`} {
			must(t, r.run(r, l, func(e *engine.Engine) error {
				_, err := e.Exec(t.Context(), m.Name, command)
				return err
			}))
		}
	}
}

func warned(r *rig, text string) bool {
	return slices.ContainsFunc(r.events(), func(e engine.Event) bool { return e.Kind == engine.Warn && strings.Contains(e.Text, text) })
}

var (
	both     = map[string]string{"a": "before", "b": "before"}
	changed  = map[string]string{"a": "after and a file", "b": "after and a file"}
	rebooted = map[string]string{"a": "nothing", "b": "nothing"}
)

func wantRecall(t *testing.T, r *rig, instance string, l *labs.Lab, want map[string]string) {
	t.Helper()
	if diff := cmp.Diff(want, recall(t, r, instance, l)); diff != "" {
		t.Errorf("instance %s (-want +got):\n%s", instance, diff)
	}
}

func TestAWarmCheckpointComesBackWithItsMemory(t *testing.T) {
	t.Parallel()
	l := warmLab(t)
	inTime(t, windows.Options{Boots: time.Minute}, fake.Options{}, func(t *testing.T, r *rig) {
		must(t, r.run(r, l, up(t.Context(), "work")))
		wantRecall(t, r, "demo", l, both)
		change(t, r, l)
		wantRecall(t, r, "demo", l, changed)
		must(t, r.run(r, l, func(e *engine.Engine) error { return e.Revert(t.Context(), "work") }))
		wantRecall(t, r, "demo", l, both)

		// Another instance goes on from the same memory, and neither spoils it.
		change(t, r, l)
		must(t, r.as("twin", r, l, up(t.Context(), "work")))
		wantRecall(t, r, "twin", l, both)
		wantRecall(t, r, "demo", l, changed)
		must(t, r.run(r, l, func(e *engine.Engine) error {
			found, err := e.Examine(t.Context(), nil)
			if found.Memories != 2 || len(found.Damaged) > 0 {
				t.Errorf("examined: %+v", found)
			}
			return err
		}))
		if warned(r, "boot from their disks") {
			t.Error("somebody booted")
		}

		// The stage after it needs no boot either.
		must(t, r.as("twin", r, l, up(t.Context(), "more")))
		proofs := r.events()
		if !slices.ContainsFunc(proofs, func(e engine.Event) bool {
			return e.Stage == "more" && e.Machine == "a" && strings.Contains(e.Text, "before")
		}) {
			t.Error("the stage after a warm one began with other memory")
		}
	})
}

// What was shut down since is started from its disks.
func TestAMachineThatWasShutDownBootsAgain(t *testing.T) {
	t.Parallel()
	l := warmLab(t)
	inTime(t, windows.Options{}, fake.Options{}, func(t *testing.T, r *rig) {
		must(t, r.run(r, l, up(t.Context(), "work")))
		change(t, r, l)
		for _, again := range []func(*engine.Engine) error{func(e *engine.Engine) error { return e.Start(t.Context()) }, up(t.Context(), "work")} {
			must(t, r.run(r, l, func(e *engine.Engine) error { return e.Stop(t.Context()) }))
			must(t, r.run(r, l, again))
			wantRecall(t, r, "demo", l, map[string]string{"a": "nothing and a file", "b": "nothing and a file"})
		}
	})
}

// Where memory cannot be loaded, all machines boot from their disks.
func TestMemoryThatCannotBeLoadedIsDoneWithout(t *testing.T) {
	t.Parallel()
	l := warmLab(t)
	for name, spoil := range map[string]func(t *testing.T, r *rig, m checkpoint.Memory) drivers.Driver{
		"gone": func(t *testing.T, r *rig, m checkpoint.Memory) drivers.Driver {
			must(t, r.RemoveVolume(t.Context(), m.Volume))
			return r
		},
		"spoilt": func(t *testing.T, r *rig, m checkpoint.Memory) drivers.Driver {
			must(t, r.RemoveVolume(t.Context(), m.Volume))
			must(t, r.UploadVolume(t.Context(), m.Volume, 4, strings.NewReader("text")))
			return r
		},
		"an older QEMU":       func(_ *testing.T, r *rig, _ checkpoint.Memory) drivers.Driver { return &otherHost{r, "6.2.0", "tcg"} },
		"another accelerator": func(_ *testing.T, r *rig, _ checkpoint.Memory) drivers.Driver { return &otherHost{r, "7.2.22", "kvm"} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inTime(t, windows.Options{}, fake.Options{}, func(t *testing.T, r *rig) {
				must(t, r.run(r, l, up(t.Context(), "work")))
				before := statusOf(t, r, l).Machines[0].LabTime
				for _, m := range manifests(t, r) {
					if m.Stage == "work" {
						d := spoil(t, r, *m.Machines["b"].Memory)
						<-time.After(20 * time.Minute)
						must(t, r.as("twin", d, l, up(t.Context(), "work")))
					}
				}
				wantRecall(t, r, "twin", l, rebooted)
				if !warned(r, "boot from their disks") {
					t.Error("nobody says so")
				}
				var s engine.Status
				must(t, r.as("twin", r, l, func(e *engine.Engine) (err error) {
					s, err = e.Status(t.Context())
					return err
				}))
				if late := s.Machines[0].LabTime.Sub(before); late.Abs() > 5*time.Minute {
					t.Errorf("the lab's clock went on by %s", late)
				}
			})
		})
	}
}

// otherHost is the rig with another QEMU.
type otherHost struct {
	*rig
	qemu, accelerator string
}

// Host implements drivers.Host.
func (o *otherHost) Host(ctx context.Context) (drivers.HostInfo, error) {
	host, err := o.rig.Host(ctx)
	host.QEMU, host.Accelerator = o.qemu, o.accelerator
	return host, err
}

// A lab's machines show one time, which goes on from the checkpoint's instant
// and not from the host's.
func TestLabTimeGoesOnFromTheCheckpoint(t *testing.T) {
	t.Parallel()
	for _, stage := range []string{"windows", "work"} {
		t.Run(stage, func(t *testing.T) {
			t.Parallel()
			l := warmLab(t)
			inTime(t, windows.Options{}, fake.Options{}, func(t *testing.T, r *rig) {
				must(t, r.run(r, l, up(t.Context(), stage)))
				i := slices.IndexFunc(manifests(t, r), func(m checkpoint.Manifest) bool { return m.Stage == stage })
				at := manifests(t, r)[i].LabTime
				same := func(when string, passed time.Duration) {
					t.Helper()
					guests := map[string]time.Time{}
					for _, m := range statusOf(t, r, l).Machines {
						guests[m.Name] = clockIn(t, r, m.Domain)
						if off := guests[m.Name].Sub(m.LabTime); off.Abs() > time.Second {
							t.Errorf("%s: %s shows %s, and the status says %s", when, m.Name, guests[m.Name], m.LabTime)
						}
						if late := m.LabTime.Sub(at.Add(passed)); late.Abs() > 2*time.Second {
							t.Errorf("%s: %s is %s off", when, m.Name, late)
						}
					}
					if apart := guests["a"].Sub(guests["b"]); apart.Abs() > time.Second {
						t.Errorf("%s: the guests are %s apart", when, apart)
					}
				}
				same("after up", 0)
				<-time.After(10 * time.Minute)
				same("later", 10*time.Minute)
				must(t, r.run(r, l, func(e *engine.Engine) error { return e.Revert(t.Context(), "") }))
				same("after revert", 0)
				must(t, r.run(r, l, func(e *engine.Engine) error { return e.Destroy(t.Context(), false) }))
				<-time.After(1000 * time.Hour)
				must(t, r.run(r, l, up(t.Context(), stage)))
				same("after destroy and up", 0)
			})
		})
	}
}

// clockIn is what a guest's hardware clock shows.
func clockIn(t *testing.T, r *rig, domain string) time.Time {
	t.Helper()
	at, err := r.Clock(domain)
	must(t, err)
	return at
}

func TestMemoryIsPrunedWithItsCheckpoint(t *testing.T) {
	t.Parallel()
	l := warmLab(t)
	inTime(t, windows.Options{}, fake.Options{}, func(t *testing.T, r *rig) {
		memories := func() (n int) {
			volumes, err := r.Volumes(t.Context())
			must(t, err)
			for _, v := range volumes {
				if strings.HasPrefix(v.Name, "dh-memory-") {
					n++
				}
			}
			return n
		}
		must(t, r.run(r, l, up(t.Context(), "work")))
		must(t, prune(t.Context(), r, nil))
		if memories() != 2 {
			t.Errorf("%d memories after prune", memories())
		}
		use, err := engine.Use(t.Context(), r)
		must(t, err)
		if use.Garbage != 0 || use.Labs[0].Bytes == 0 {
			t.Errorf("used %+v", use)
		}
		must(t, r.run(r, l, func(e *engine.Engine) error { return e.Revert(t.Context(), "windows") }))
		must(t, r.run(r, l, func(e *engine.Engine) error {
			_, err := e.Forget(t.Context(), []string{"work"}, false)
			return err
		}))
		if memories() != 0 {
			t.Errorf("%d memories after rm", memories())
		}
		must(t, r.run(r, l, up(t.Context(), "work")))
		must(t, r.run(r, l, destroy(true).in(t.Context(), r)))
		if memories() != 0 {
			t.Errorf("%d memories after destroy --forget", memories())
		}
	})
}

// warmer is the world with the warm lab on its warm stage, changed since.
func warmer(l *labs.Lab) func(t *testing.T, r *rig) {
	return func(t *testing.T, r *rig) {
		t.Helper()
		must(t, r.run(r, l, up(t.Context(), "work")))
		change(t, r, l)
	}
}

// alike wants the world to be as after an uncut run; commands may have been done
// before, too.
func alike(t *testing.T, r *rig, uncut state) {
	t.Helper()
	if diff := cmp.Diff(uncut, stateOf(t, r)); diff != "" {
		t.Errorf("the world differs (-uncut +cut):\n%s", diff)
	}
}

func TestAWarmUpGoesOnWhereverItIsCut(t *testing.T) {
	t.Parallel()
	l := warmLab(t)
	sweep{lab: l, verb: upTo("work"), again: upTo("work"), stride: 7, after: func(t *testing.T, r *rig, uncut state) {
		same(t, r, uncut)
		wantRecall(t, r, "demo", l, both)
	}}.run(t)
}

func TestAStageAfterAWarmOneGoesOnWhereverItIsCut(t *testing.T) {
	t.Parallel()
	l := warmLab(t)
	sweep{lab: l, before: warmer(l), verb: upTo("more"), again: upTo("more"), stride: 11, after: alike}.run(t)
}

func TestAWarmRevertGoesOnWhereverItIsCut(t *testing.T) {
	t.Parallel()
	l := warmLab(t)
	sweep{lab: l, before: warmer(l), verb: revertTo("work"), again: revertTo("work"), stride: 3, after: func(t *testing.T, r *rig, uncut state) {
		alike(t, r, uncut)
		wantRecall(t, r, "demo", l, both)
	}}.run(t)
}

// Whoever types up or start after a warm revert that was cut has all machines
// of one instant: as they were, or as they had been.
func TestUpAfterACutWarmRevertMixesNoInstants(t *testing.T) {
	t.Parallel()
	l := warmLab(t)
	sweep{lab: l, before: warmer(l), verb: revertTo("work"), again: upTo("work"), stride: 3, after: func(t *testing.T, r *rig, uncut state) {
		alike(t, r, uncut)
		got := recall(t, r, "demo", l)
		if !cmp.Equal(got, both) && !cmp.Equal(got, changed) {
			t.Errorf("they recall %v", got)
		}
	}}.run(t)
}

// The power fails as well. A stage that was being saved is made again.
func TestAWarmUpGoesOnAfterThePowerWasCut(t *testing.T) {
	t.Parallel()
	l := warmLab(t)
	sweep{lab: l, verb: upTo("work"), again: upTo("work"), stride: 13, between: func(t *testing.T, r *rig) {
		must(t, r.Blackout())
	}, after: func(t *testing.T, r *rig, uncut state) {
		alike(t, r, uncut)
		if got := recall(t, r, "demo", l); !cmp.Equal(got, both) && !cmp.Equal(got, rebooted) {
			t.Errorf("they recall %v", got)
		}
	}}.run(t)
}

// A machine that somebody lets go while the memory of the others is saved takes
// the stage with it.
func TestAMachineThatRanOnSpoilsAWarmStage(t *testing.T) {
	t.Parallel()
	l := warmLab(t)
	inTime(t, windows.Options{}, fake.Options{}, func(t *testing.T, r *rig) {
		d := &faulty.Driver{Next: r.Driver, Fail: faulty.On("SaveMemory", "dh-demo-b", errCut)}
		if err := r.run(d, l, up(t.Context(), "work")); !errors.Is(err, errCut) {
			t.Fatalf("got %v", err)
		}
		must(t, r.ResumeMachine(t.Context(), "dh-demo-b"))
		must(t, r.run(r, l, up(t.Context(), "work")))
		wantRecall(t, r, "demo", l, both)
		begun := r.work()
		if n := len(slices.DeleteFunc(begun, func(s string) bool { return !strings.HasSuffix(s, "command") })); n < 4 {
			t.Errorf("the stage was not begun again: %v", r.work())
		}
	})
}
