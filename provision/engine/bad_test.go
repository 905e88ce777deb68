package engine_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/doublehop/doublehop/drivers"
	"github.com/doublehop/doublehop/drivers/fake"
	"github.com/doublehop/doublehop/drivers/fake/windows"
	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/engine"
	"github.com/doublehop/doublehop/provision/guest"
)

// A guest that misbehaves ends its step with an error of the right type, the
// checkpoint before stays, and a mended lab goes on from there.
func TestAGuestThatMisbehavesCostsNoCheckpoint(t *testing.T) {
	t.Parallel()
	stalled := func(err error) bool { _, ok := errors.AsType[*guest.Stalled](err); return ok }
	failed := func(err error) bool { _, ok := errors.AsType[*guest.Failed](err); return ok }
	for name, c := range map[string]struct {
		step string
		is   func(error) bool
		says string
		// failed is the step that the status names.
		failed string
	}{
		"it falls silent":            {`command = "fake hang"`, stalled, "silent", ""},
		"it speaks garbage":          {`command = "fake noise"`, stalled, "stalled", ""},
		"its job fails":              {`command = "echo it is broken&& exit /b 5"`, failed, "JOB.CMD ended with 5", "run"},
		"it asks and nobody answers": {"command = \"fake hang\"\n limit = \"90s\"", stalled, "too slow", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bad, good := small(t, "pc01", c.step), small(t, "pc01", `command = "echo well"`)
			inTime(t, windows.Options{}, fake.Options{}, func(t *testing.T, r *rig) {
				err := r.run(r, bad, up(t.Context(), ""))
				step, ok := errors.AsType[*engine.StepError](err)
				if !ok || !c.is(err) || !strings.Contains(err.Error(), c.says) {
					t.Fatalf("got %v", err)
				}
				if step.Stage != "work" || step.Machine != "pc01" || step.Range.Start.Line == 0 || step.Picture == "" {
					t.Errorf("step error %+v", step)
				}
				s := statusOf(t, r, bad)
				if s.Building != "work" || s.Machines[0].Failed != c.failed {
					t.Errorf("status %+v", s)
				}
				if list := manifests(t, r); len(list) != 1 || list[0].Stage != "windows" {
					t.Errorf("checkpoints %v", list)
				}
				must(t, r.run(r, good, up(t.Context(), "")))
				wantWork(t, r, "pc01 setup", "pc01 command", "pc01 command")
				wantNoDiscs(t, r)
			})
		})
	}
}

// A guest that switches itself off in the middle of a job has stalled; the next
// run begins the stage again.
func TestAGuestThatPowersOffInMidJobStalls(t *testing.T) {
	t.Parallel()
	l := small(t, "pc01", `command = "fake poweroff"`)
	inTime(t, windows.Options{}, fake.Options{}, func(t *testing.T, r *rig) {
		err := r.run(r, l, up(t.Context(), ""))
		if s, ok := errors.AsType[*guest.Stalled](err); !ok || s.Why != "the line closed" {
			t.Fatalf("got %v", err)
		}
		if len(manifests(t, r)) != 1 {
			t.Error("the checkpoint before is gone")
		}
		var p []string
		must(t, r.run(r, l, func(e *engine.Engine) error {
			made, err := planned(t.Context(), e, "")
			if err == nil {
				p = []string{string(made.Stages[0].Action), string(made.Stages[1].Action)}
			}
			return err
		}))
		if diff := cmp.Diff([]string{"reuse", "build"}, p); diff != "" {
			t.Error(diff)
		}
	})
}

// A line that ends while the machine runs is opened again, and nothing is done
// twice; one that is taken over for ever stalls the step.
func TestALineThatEndsInMidJobIsOpenedAgain(t *testing.T) {
	t.Parallel()
	l := small(t, "pc01", `command = "fake wait 60000"`)
	steal := func(t *testing.T, r *rig) {
		stolen, err := r.OpenSerial(t.Context(), "dh-demo-pc01")
		must(t, err)
		must(t, stolen.Close())
	}
	inTime(t, windows.Options{}, fake.Options{}, func(t *testing.T, r *rig) {
		done := make(chan error, 1)
		go func() { done <- r.run(r, l, up(t.Context(), "")) }()
		for range 3 {
			<-time.After(19 * time.Second)
			steal(t, r)
		}
		must(t, <-done)
		wantWork(t, r, "pc01 setup", "pc01 command")
		again := slices.DeleteFunc(r.events(), func(e engine.Event) bool {
			return e.Kind != engine.Warn || !strings.Contains(e.Text, "serial line")
		})
		if len(again) != 3 {
			t.Errorf("it was told of %v", again)
		}
	})
	inTime(t, windows.Options{}, fake.Options{}, func(t *testing.T, r *rig) {
		done := make(chan error, 1)
		go func() { done <- r.run(r, small(t, "pc01", `command = "fake hang"`), up(t.Context(), "")) }()
		<-time.After(time.Minute)
		for {
			select {
			case err := <-done:
				if _, ok := errors.AsType[*guest.Stalled](err); !ok {
					t.Errorf("got %v", err)
				}
				return
			case <-time.After(time.Second):
				steal(t, r)
			}
		}
	})
}

func TestAGuestThatNeverSpeaksStallsInItsInstallation(t *testing.T) {
	t.Parallel()
	l := small(t, "mute01", "")
	inTime(t, windows.Options{}, fake.Options{}, func(t *testing.T, r *rig) {
		began := time.Now()
		err := r.run(r, l, up(t.Context(), ""))
		stalled, ok := errors.AsType[*guest.Stalled](err)
		if !ok || stalled.Phase != guest.Silent {
			t.Fatalf("got %v", err)
		}
		if time.Since(began) > 24*time.Hour {
			t.Errorf("after %s", time.Since(began))
		}
	})
}

// Lost lines cost a second question at most, never a failure.
func TestLostLinesAreAskedForAgain(t *testing.T) {
	t.Parallel()
	for _, lose := range []int{11, 23, 37} {
		l := demo(t)
		inTime(t, windows.Options{Lose: lose}, fake.Options{}, func(t *testing.T, r *rig) {
			if err := r.run(r, l, up(t.Context(), "")); err != nil {
				t.Errorf("each %dth lost: %v", lose, err)
			}
			wantWork(t, r, demoWork...)
		})
	}
}

func TestWhatIsNotOursIsRefusedAndLeftAlone(t *testing.T) {
	t.Parallel()
	l := demo(t)
	for _, name := range []string{"dh-demo-ex01", "dh-demo-corp"} {
		inTime(t, windows.Options{}, fake.Options{}, func(t *testing.T, r *rig) {
			plant := r.PlantMachine
			if strings.HasSuffix(name, "corp") {
				plant = r.PlantNetwork
			}
			must(t, plant(name))
			err := r.run(r, l, up(t.Context(), ""))
			if drivers.KindOf(err) != drivers.Conflict || !r.Planted(name) {
				t.Errorf("%s: %v, planted %t", name, err, r.Planted(name))
			}
			must(t, r.run(r, l, destroy(true).in(t.Context(), r)))
			if !r.Planted(name) {
				t.Errorf("destroy touched %s", name)
			}
			for _, v := range stateOf(t, r).Volumes {
				if strings.HasPrefix(v, "dh-layer-") || strings.HasPrefix(v, "dh-run-") {
					t.Errorf("left: %s", v)
				}
			}
		})
	}
}

// A full pool is the host's fault and says so; with room made, it goes on.
func TestAFullPoolIsMissingRoomAndLosesNothing(t *testing.T) {
	t.Parallel()
	l := demo(t)
	const step = 600 << 10
	for room := uint64(step); room < 12*step; room += step {
		inTime(t, windows.Options{}, fake.Options{Room: room}, func(t *testing.T, r *rig) {
			err := r.run(r, l, up(t.Context(), ""))
			if err != nil && drivers.KindOf(err) != drivers.Missing {
				t.Errorf("room for %d: %v", room, err)
			}
			r.SetRoom(0)
			must(t, r.run(r, l, up(t.Context(), "")))
			wantWork(t, r, demoWork...)
			wantNoDiscs(t, r)
		})
	}
}

func TestALeakStopsBeforeAnythingBoots(t *testing.T) {
	t.Parallel()
	l := demo(t)
	inTime(t, windows.Options{}, fake.Options{}, func(t *testing.T, r *rig) {
		built(l)(t, r)
		must(t, r.run(r, l, verb(stop).in(t.Context(), r)))
		must(t, r.Breach("dh-demo-corp", "eth0", "port eth0 is on the bridge"))
		for name, v := range map[string]verb{"start": start, "up": upTo(""), "revert": revertTo("")} {
			err := r.run(r, l, v.in(t.Context(), r))
			if list := since(t, r); len(list) != 2 {
				t.Errorf("%s: what was written is left on %v only", name, list)
			}
			seal, ok := errors.AsType[*engine.SealError](err)
			if !ok || len(seal.Leaks) != 1 || !strings.Contains(err.Error(), "port eth0 is on the bridge") {
				t.Errorf("%s: %v", name, err)
			}
			machines, err := r.Machines(t.Context(), "")
			must(t, err)
			for _, m := range machines {
				if m.State != drivers.Off {
					t.Errorf("%s: %s is %s", name, m.Name, m.State)
				}
			}
		}
		var leaks []drivers.Leak
		must(t, r.run(r, l, func(e *engine.Engine) (err error) {
			leaks, err = e.Verify(t.Context())
			return err
		}))
		if len(leaks) != 1 {
			t.Errorf("verify: %v", leaks)
		}
	})
}

func TestADiscThatIsMissingOrWrongIsNamed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		spoil func(dir string) error
		says  string
	}{
		"missing": {func(dir string) error { return os.Remove(filepath.Join(dir, "win2003-standin.iso")) }, "there is no such file"},
		"garbage": {func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "win2003-standin.iso"), []byte("no disc"), 0o600)
		}, "no disc image"},
		"another product": {func(dir string) error {
			b, err := os.ReadFile(filepath.Join(dir, "exchange2003-standin.iso"))
			return errors.Join(err, os.WriteFile(filepath.Join(dir, "win2003-standin.iso"), b, 0o600))
		}, "exchange-2003"},
	} {
		l := demo(t)
		must(t, c.spoil(filepath.Dir(l.Media[0].Path)))
		inTime(t, windows.Options{}, fake.Options{}, func(t *testing.T, r *rig) {
			err := r.run(r, l, up(t.Context(), ""))
			media, ok := errors.AsType[*engine.MediaError](err)
			if !ok || !strings.Contains(err.Error(), c.says) || media.Range.Start.Line == 0 || media.Remedy == "" {
				t.Errorf("%s: %v %+v", name, err, media)
			}
			if s := stateOf(t, r); len(s.Machines) > 0 || len(s.Networks) > 0 {
				t.Errorf("%s: made %v", name, s)
			}
		})
	}
}

// A pool's manifest that was cut short is reported and not used; its stage is
// built again over the same names, and what stood on its layers stays.
func TestABrokenManifestIsBuiltAgain(t *testing.T) {
	t.Parallel()
	l := demo(t)
	inTime(t, windows.Options{}, fake.Options{}, func(t *testing.T, r *rig) {
		must(t, r.run(r, l, up(t.Context(), "")))
		for _, m := range manifests(t, r) {
			if m.Stage == "forest" {
				name := "dh-checkpoint-" + m.Key[:32] + ".json"
				must(t, r.RemoveVolume(t.Context(), name))
				must(t, r.UploadVolume(t.Context(), name, 5, strings.NewReader(`{"sha`)))
			}
		}
		if s := statusOf(t, r, l); len(s.Broken) != 1 {
			t.Errorf("broken: %v", s.Broken)
		}
		must(t, r.run(r, l, up(t.Context(), ""))) // the last stage needs nothing of it
		wantWork(t, r, demoWork...)
		must(t, r.run(r, l, up(t.Context(), "forest")))
		wantWork(t, r, append([]string{"dc01 dcpromo", "ex01 netdom"}, demoWork...)...)
		if n := len(manifests(t, r)); n != 3 {
			t.Errorf("%d checkpoints", n)
		}
		must(t, r.run(r, l, revertTo("exchange").in(t.Context(), r)))
	})
}

func TestALockKeepsOthersAway(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	release, err := engine.Lock(dir, "fake:///", "demo")
	must(t, err)
	if _, err := engine.Lock(dir, "fake:///", "demo"); !errors.Is(err, engine.ErrLocked) {
		t.Errorf("a second run: %v", err)
	}
	if _, err := engine.LockPool(dir, "fake:///"); !errors.Is(err, engine.ErrLocked) {
		t.Errorf("prune: %v", err)
	}
	other, err := engine.Lock(dir, "fake:///", "other")
	must(t, err)
	elsewhere, err := engine.Lock(dir, "fake://elsewhere/", "demo")
	must(t, err)
	elsewhere()
	release()
	other()
	pool, err := engine.LockPool(dir, "fake:///")
	must(t, err)
	defer pool()
	if _, err := engine.Lock(dir, "fake:///", "demo"); !errors.Is(err, engine.ErrLocked) {
		t.Errorf("a run while pruning: %v", err)
	}
}

func secretLab(t *testing.T, source string) *labs.Lab {
	t.Helper()
	return lab(t, strings.Replace(smallLab("pc01", ""), `secret "administrator" { generate = true }`, `secret "administrator" { `+source+` }`, 1))
}

func TestSecretsComeFromWhereTheLabSays(t *testing.T) {
	t.Parallel()
	const value = "Canary-7Qx9z"
	for name, source := range map[string]string{
		"the environment": `env = "LAB_PASSWORD"`, "a file": `file = "password.txt"`, "a command": `command = ["/bin/echo", "` + value + `"]`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := secretLab(t, source)
			must(t, os.WriteFile(filepath.Join(l.Folder, "password.txt"), []byte(value+"\n"), 0o600))
			r := newRig(t, windows.Options{}, fake.Options{})
			r.env = map[string]string{"LAB_PASSWORD": value}
			floppies := &spy{Driver: r.Driver}
			must(t, r.run(floppies, l, up(t.Context(), "windows")))
			if !floppies.saw([]byte(value)) {
				t.Error("the answer floppy had another password")
			}
			wantUnseen(t, r, value)
		})
	}
}

func TestASecretThatIsMissingNamesItself(t *testing.T) {
	t.Parallel()
	l := secretLab(t, `env = "LAB_PASSWORD"`)
	inTime(t, windows.Options{}, fake.Options{}, func(t *testing.T, r *rig) {
		err := r.run(r, l, up(t.Context(), ""))
		if _, ok := labs.DiagnosticsOf(err); !ok || !strings.Contains(err.Error()+details(err), "LAB_PASSWORD") {
			t.Errorf("got %v", err)
		}
	})
}

func details(err error) string {
	list, _ := labs.DiagnosticsOf(err)
	var b strings.Builder
	for _, d := range list {
		b.WriteString(d.Detail)
	}
	return b.String()
}

// The join's job carries the domain's password, in a stage that is built, cut,
// failed and reverted: it is in no event, log, mark, manifest and leftover disc.
func TestASecretIsSeenNowhere(t *testing.T) {
	t.Parallel()
	const password, key = "Canary-7Qx9z", "CANAR-YKEY1-CANAR-YKEY2-CANAR" //nolint:gosec // bait
	text, err := os.ReadFile(filepath.Join("..", "..", "labs", "demo", "demo.lab.hcl"))
	must(t, err)
	l := lab(t, strings.Replace(string(text), "generate = true", `env = "LAB_PASSWORD"`, 1))
	must(t, os.WriteFile(filepath.Join(l.Folder, "standin.key"), []byte(key), 0o600))
	inTime(t, windows.Options{}, fake.Options{}, func(t *testing.T, r *rig) {
		r.env = map[string]string{"LAB_PASSWORD": password}
		for _, limit := range []time.Duration{90 * time.Second, 150 * time.Second, 200 * time.Second} { // in the middle of a job
			ctx, cancel := context.WithTimeoutCause(t.Context(), limit, context.Canceled)
			_ = r.run(r, l, up(ctx, ""))
			cancel()
		}
		must(t, r.run(r, l, up(t.Context(), "")))
		must(t, r.run(r, l, revertTo("forest").in(t.Context(), r)))
		wantNoDiscs(t, r)
		wantUnseen(t, r, password)
		wantUnseen(t, r, key)
	})
}

// wantUnseen wants a value in nothing that outlives a run but the guests' disks.
func wantUnseen(t *testing.T, r *rig, value string) {
	t.Helper()
	see := func(where, text string) {
		if strings.Contains(text, value) {
			t.Errorf("%s shows the secret", where)
		}
	}
	for _, e := range r.events() {
		see("an event", e.Text+e.Err+e.Phase)
	}
	files, err := filepath.Glob(filepath.Join(r.dir, "*"))
	must(t, err)
	for _, f := range files {
		b, err := os.ReadFile(f)
		must(t, err)
		see(f, string(b))
	}
	machines, err := r.Machines(t.Context(), "")
	must(t, err)
	for _, m := range machines {
		for fact, text := range m.Mark.Facts {
			see("mark "+fact, text)
		}
	}
	volumes, err := r.Volumes(t.Context())
	must(t, err)
	for _, v := range volumes {
		if strings.HasSuffix(v.Name, ".qcow2") {
			continue
		}
		var b bytes.Buffer
		must(t, r.DownloadVolume(t.Context(), v.Name, &b))
		see(v.Name, b.String())
	}
}
