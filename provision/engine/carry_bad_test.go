package engine_test

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/doublehop/doublehop/drivers"
	"github.com/doublehop/doublehop/drivers/fake"
	"github.com/doublehop/doublehop/drivers/fake/windows"
	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/engine"
)

// damaged is the pool with one byte of a layer flipped, and the layer.
func damaged(t *testing.T, r *rig, stage string) string {
	t.Helper()
	for _, m := range manifests(t, r) {
		if m.Stage != stage {
			continue
		}
		d := m.Machines["dc01"].Disks["system"]
		var b bytes.Buffer
		must(t, r.DownloadVolume(t.Context(), d.Volume, &b))
		bad := b.Bytes()
		bad[len(bad)-2] ^= 0x20
		must(t, r.RemoveVolume(t.Context(), d.Volume))
		must(t, r.UploadDisk(t.Context(), drivers.VolumeSpec{Name: d.Volume, Capacity: d.Capacity, Backing: d.Backing}, int64(len(bad)), bytes.NewReader(bad)))
		return d.Volume
	}
	t.Fatalf("no checkpoint of %s", stage)
	return ""
}

func TestABadBitIsNamedByExportAndHarmsNothing(t *testing.T) {
	t.Parallel()
	carried(t, true, func(t *testing.T, home *rig, l *labs.Lab, _ []byte) {
		bad := damaged(t, home, "forest")
		before := stateOf(t, home)
		for stage, fails := range map[string]bool{"windows": false, "forest": true, "exchange": true} {
			err := home.run(home, l, func(e *engine.Engine) error {
				_, err := e.Export(t.Context(), stage, io.Discard, engine.ExportOptions{Files: labText(t), Sealed: true})
				return err
			})
			known, ok := errors.AsType[*engine.DamageError](err)
			if fails != ok || ok && known.Volume != bad {
				t.Errorf("%s: %v", stage, err)
			}
		}
		if diff := cmp.Diff(before, stateOf(t, home)); diff != "" {
			t.Error(diff)
		}
	})
}

// Whatever is wrong with an archive, nothing of it is seen afterwards, and what
// was there is as it was.
func TestADamagedArchiveLeavesNothingToSee(t *testing.T) {
	t.Parallel()
	carried(t, true, func(t *testing.T, _ *rig, _ *labs.Lab, file []byte) {
		for n := 0; n < len(file); n += len(file)/60 + 1 {
			r := away(t)
			before := stateOf(t, r)
			if _, err := importing(t.Context(), r, file[:n]); err == nil {
				t.Fatalf("cut after %d of %d bytes, it is imported", n, len(file))
			}
			unseen(t, r, before)
			flipped := bytes.Clone(file)
			flipped[n] ^= 4
			if _, err := importing(t.Context(), r, flipped); err != nil {
				unseen(t, r, before)
			} else if err := visible(t.Context(), r, nil); err != nil { // a byte that means nothing
				t.Error(err)
			}
			must(t, r.Close())
		}
	})
}

// unseen demands that there is nothing new but garbage, which prune removes.
func unseen(t *testing.T, r *rig, before state) {
	t.Helper()
	if list := manifests(t, r); len(list) > 0 {
		t.Errorf("to be seen: %v", list)
	}
	must(t, prune(t.Context(), r, nil))
	if diff := cmp.Diff(before, stateOf(t, r)); diff != "" {
		t.Errorf("left: %s", diff)
	}
}

// A layer that was imported and is damaged since is named, and not sent over
// while something rests on it.
func TestADamagedLayerInThePoolIsNamedByImport(t *testing.T) {
	t.Parallel()
	carried(t, true, func(t *testing.T, _ *rig, _ *labs.Lab, file []byte) {
		r := away(t)
		_, err := importing(t.Context(), r, file)
		must(t, err)
		bad := damaged(t, r, "windows")
		before := stateOf(t, r)
		_, err = importing(t.Context(), r, file)
		if known, ok := errors.AsType[*engine.DamageError](err); !ok || known.Volume != bad || !strings.Contains(err.Error(), "checkpoint rm") {
			t.Errorf("got %v", err)
		}
		if diff := cmp.Diff(before, stateOf(t, r)); diff != "" {
			t.Error(diff)
		}
		must(t, r.Close())
	})
}

// Back in the pool that it came from, only what is gone is sent.
func TestAnArchiveComesHome(t *testing.T) {
	t.Parallel()
	carried(t, false, func(t *testing.T, home *rig, l *labs.Lab, file []byte) {
		report, err := importing(t.Context(), home, file)
		must(t, err)
		if report.Sent != 0 || report.Kept != 6 || len(report.Checkpoints) != 0 {
			t.Errorf("with all there: %+v", report)
		}
		must(t, home.run(home, l, destroy(false).in(t.Context(), home)))
		must(t, home.run(home, l, func(e *engine.Engine) error {
			_, err := e.Forget(t.Context(), []string{"exchange"}, false)
			return err
		}))
		report, err = importing(t.Context(), home, file)
		must(t, err)
		if report.Sent != 2 || report.Kept != 4 || !slices.Equal(report.Checkpoints, []string{"exchange"}) {
			t.Errorf("with the last stage gone: %+v", report)
		}
		before := len(home.work())
		must(t, home.run(home, l, up(t.Context(), "")))
		if done := home.work(); len(done) != before {
			t.Errorf("done anew: %v", done[before:])
		}
	})
}

// An archive that does not fit into the pool is refused before anything is sent.
func TestAnArchiveThatIsTooLargeIsRefused(t *testing.T) {
	t.Parallel()
	carried(t, true, func(t *testing.T, _ *rig, _ *labs.Lab, file []byte) {
		r := newRig(t, windows.Options{}, fake.Options{Room: 10_000})
		before := stateOf(t, r)
		_, err := importing(t.Context(), r, file)
		if drivers.KindOf(err) != drivers.Missing || !strings.Contains(err.Error(), "room") {
			t.Errorf("got %v", err)
		}
		if diff := cmp.Diff(before, stateOf(t, r)); diff != "" {
			t.Error(diff)
		}
		must(t, r.Close())
	})
}

// With a lab file that makes something else, an archive would be of no use.
func TestACheckpointGoesOnlyWithTheFilesThatMadeIt(t *testing.T) {
	t.Parallel()
	carried(t, true, func(t *testing.T, home *rig, _ *labs.Lab, _ []byte) {
		other := demo(t)
		other.Machines[0].Memory *= 2
		err := home.run(home, other, func(e *engine.Engine) error {
			_, err := e.Export(t.Context(), "exchange", io.Discard, engine.ExportOptions{})
			return err
		})
		if !isUsage(err) || !strings.Contains(err.Error(), "as they are now") {
			t.Errorf("got %v", err)
		}
	})
}

// What an import brings goes with its checkpoint.
func TestAForgottenImportLeavesNothing(t *testing.T) {
	t.Parallel()
	l := demo(t)
	carried(t, true, func(t *testing.T, _ *rig, _ *labs.Lab, file []byte) {
		r := away(t)
		before := stateOf(t, r)
		_, err := importing(t.Context(), r, file)
		must(t, err)
		must(t, r.run(r, l, func(e *engine.Engine) error {
			_, err := e.Forget(t.Context(), []string{"windows", "forest", "exchange"}, false)
			return err
		}))
		must(t, prune(t.Context(), r, nil))
		if diff := cmp.Diff(before, stateOf(t, r)); diff != "" {
			t.Error(diff)
		}
		must(t, r.Close())
	})
}

// The first stage's checkpoint was given up, and with it what knew its disc; its
// disks are still there, since the others rest on them.
func TestACheckpointGoesWithoutThoseBefore(t *testing.T) {
	t.Parallel()
	far := withoutDiscs(t)
	carried(t, true, func(t *testing.T, home *rig, l *labs.Lab, _ []byte) {
		must(t, home.run(home, l, func(e *engine.Engine) error {
			_, err := e.Forget(t.Context(), []string{"windows"}, false)
			return err
		}))
		file := exported(t, home, home, l, "exchange", true)
		r := away(t)
		report, err := importing(t.Context(), r, file)
		must(t, err)
		if report.Sent != 6 || !slices.Equal(report.Checkpoints, []string{"forest", "exchange"}) {
			t.Errorf("%+v", report)
		}
		must(t, r.run(r, far, up(t.Context(), "exchange")))
		if done := r.work(); len(done) > 0 {
			t.Errorf("done anew: %v", done)
		}
		must(t, r.Close())
	})
}
