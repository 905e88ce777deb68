package engine_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/doublehop/doublehop/drivers"
	"github.com/doublehop/doublehop/drivers/fake"
	"github.com/doublehop/doublehop/drivers/fake/windows"
	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/archive"
	"github.com/doublehop/doublehop/provision/checkpoint"
	"github.com/doublehop/doublehop/provision/engine"
)

// labText are the files of the demo lab that go into its archives.
func labText(t *testing.T) map[string][]byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "..", "labs", "demo", "demo.lab.hcl"))
	must(t, err)
	return map[string][]byte{"demo.lab.hcl": b}
}

// exported is an archive of a stage's checkpoint.
func exported(t *testing.T, r *rig, d drivers.Driver, l *labs.Lab, stage string, sealed bool) []byte {
	t.Helper()
	var b bytes.Buffer
	must(t, r.run(d, l, func(e *engine.Engine) error {
		report, err := e.Export(t.Context(), stage, &b, engine.ExportOptions{Tool: "v1", Files: labText(t), Sealed: sealed})
		if err == nil && (report.Stage != stage || report.Disks < len(report.Checkpoints) || len(report.Media) == 0) {
			t.Errorf("report %+v", report)
		}
		return err
	}))
	return b.Bytes()
}

// importing is `doublehop import`.
func importing(ctx context.Context, d drivers.Driver, file []byte) (engine.ImportReport, error) {
	r, err := archive.NewReader(bytes.NewReader(file))
	if err != nil {
		return engine.ImportReport{}, err
	}
	defer r.Close()
	return engine.Import(ctx, d, r, engine.ImportOptions{})
}

// away is another host: another key of its pool, another folder, no discs.
func away(t *testing.T) *rig {
	t.Helper()
	r := newRig(t, windows.Options{Takes: 2 * time.Second}, fake.Options{Folder: "/srv/far/away/on/another/host"})
	must(t, r.RemoveVolume(t.Context(), "dh-pool-key"))
	key := bytes.Repeat([]byte("fedcba9876543210"), 2)
	must(t, r.UploadVolume(t.Context(), "dh-pool-key", int64(len(key)), bytes.NewReader(key)))
	return r
}

// carried does something with an archive of the demo lab's last stage, and the
// world that it comes from.
func carried(t *testing.T, sealed bool, do func(t *testing.T, home *rig, l *labs.Lab, file []byte)) {
	t.Helper()
	l := demo(t)
	synctest.Test(t, func(t *testing.T) {
		home := newRig(t, windows.Options{Takes: 2 * time.Second}, fake.Options{})
		must(t, home.run(home, l, up(t.Context(), "")))
		file := exported(t, home, home, l, "exchange", sealed)
		do(t, home, l, file)
		must(t, home.Close())
	})
}

// withoutDiscs is the demo lab where nobody has its discs.
func withoutDiscs(t *testing.T) *labs.Lab {
	t.Helper()
	return read(t, filepath.Join("..", "..", "labs", "demo"), map[string]string{"discs": t.TempDir()})
}

func TestAnImportedCheckpointIsFoundByUpRevertAndOtherInstances(t *testing.T) {
	t.Parallel()
	far := withoutDiscs(t)
	carried(t, true, func(t *testing.T, _ *rig, _ *labs.Lab, file []byte) {
		r := away(t)
		report, err := importing(t.Context(), r, file)
		must(t, err)
		if diff := cmp.Diff([]string{"windows", "forest", "exchange"}, report.Checkpoints); diff != "" || report.Sent != 6 || report.Kept != 0 || !report.Passwords {
			t.Errorf("%s %+v", diff, report)
		}
		if diff := cmp.Diff(labText(t), report.Files); diff != "" {
			t.Error(diff)
		}
		must(t, r.run(r, far, up(t.Context(), "exchange")))
		must(t, r.run(r, far, func(e *engine.Engine) error { return e.Revert(t.Context(), "forest") }))
		must(t, r.run(r, far, func(e *engine.Engine) error {
			s, err := e.Checkpoints(t.Context(), false)
			for _, k := range s.Checkpoints {
				if k.Fits != "yes" {
					t.Errorf("stage %s: fits %q", k.Stage, k.Fits)
				}
			}
			x, examined := e.Examine(t.Context(), nil)
			if len(x.Damaged)+len(x.Unknown) > 0 || x.Disks != 6 {
				t.Errorf("examined: %+v", x)
			}
			return errors.Join(err, examined)
		}))
		other := engine.New(r, far, "class-01", engine.Options{})
		p, err := planned(t.Context(), other, "exchange")
		must(t, err)
		must(t, other.Up(t.Context(), p))
		if done := r.work(); len(done) > 0 {
			t.Errorf("done anew: %v", done)
		}
		must(t, r.Close())
	})
}

// What is built on an imported checkpoint needs the password that its guests
// have, and comes from an archive in turn.
func TestStagesAreBuiltOnAnImportedCheckpoint(t *testing.T) {
	t.Parallel()
	l := demo(t)
	synctest.Test(t, func(t *testing.T) {
		home := newRig(t, windows.Options{Takes: 2 * time.Second}, fake.Options{})
		must(t, home.run(home, l, up(t.Context(), "forest")))
		for _, sealed := range []bool{false, true} {
			file := exported(t, home, home, l, "forest", sealed)
			r := away(t)
			report, err := importing(t.Context(), r, file)
			must(t, err)
			if report.Passwords != sealed {
				t.Errorf("passwords %t, sealed %t", report.Passwords, sealed)
			}
			_, err = planned(t.Context(), r.engine(r, l), "forest")
			must(t, err)
			err = r.run(r, l, up(t.Context(), "exchange"))
			if !sealed {
				if err == nil || !strings.Contains(err.Error(), "Secret cannot be read") {
					t.Errorf("without passwords: %v", err)
				}
				again := exported(t, home, home, l, "forest", true) // and now with them
				report, err := importing(t.Context(), r, again)
				must(t, err)
				if report.Sent != 0 || report.Kept != 4 || len(report.Checkpoints) != 0 {
					t.Errorf("again: %+v", report)
				}
				must(t, r.run(r, l, up(t.Context(), "exchange")))
			} else {
				must(t, err)
			}
			for _, what := range r.work() {
				if s := stageOf[strings.Fields(what)[1]]; s != "exchange" {
					t.Errorf("%s was done anew", what)
				}
			}
			// From there to a third host.
			file = exported(t, r, r, l, "exchange", true)
			third := away(t)
			_, err = importing(t.Context(), third, file)
			must(t, err)
			must(t, third.run(third, l, up(t.Context(), "exchange")))
			if done := third.work(); len(done) > 0 {
				t.Errorf("done anew on the third host: %v", done)
			}
			must(t, errors.Join(r.Close(), third.Close()))
		}
		must(t, home.Close())
	})
}

// A key that the user brings and that is not the one the guests have is noticed;
// one that is not at hand is not missed by what is finished.
func TestASecretThatTheUserBringsIsCompared(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, "lab.lab.hcl"), []byte(strings.NewReplacer(
		`secret "administrator" { generate = true }`, `secret "administrator" { env = "ADMINISTRATOR" }`).Replace(smallLab("dc01", ""))), 0o600))
	l := read(t, dir, nil)
	synctest.Test(t, func(t *testing.T) {
		home := newRig(t, windows.Options{}, fake.Options{})
		home.env = map[string]string{"ADMINISTRATOR": "Tr0ub4dor"}
		must(t, home.run(home, l, up(t.Context(), "windows")))
		file := exported(t, home, home, l, "windows", true)
		for value, building := range map[string]bool{"": false, "Tr0ub4dor": false, "another1A": true} {
			r := away(t)
			if value != "" {
				r.env = map[string]string{"ADMINISTRATOR": value}
			}
			_, err := importing(t.Context(), r, file)
			must(t, err)
			p, err := planned(t.Context(), r.engine(r, l), "windows")
			must(t, err)
			if p.Building() != building {
				t.Errorf("with %q: building %t", value, p.Building())
			}
			must(t, r.Close())
		}
		must(t, home.Close())
	})
}

// canaries are all secrets of a lab, with their values.
func TestNoSecretStandsInAnArchiveInClear(t *testing.T) {
	t.Parallel()
	carried(t, false, func(t *testing.T, home *rig, l *labs.Lab, file []byte) {
		seen := 0
		for _, value := range passwords(t, home, l) {
			for name, text := range smallFiles(t, file) {
				seen++
				if bytes.Contains(text, []byte(value)) {
					t.Errorf("%s holds a secret", name)
				}
			}
		}
		if seen < 8 {
			t.Errorf("only %d looks", seen)
		}
		sealed := exported(t, home, home, l, "exchange", true)
		found := false
		for _, value := range passwords(t, home, l) {
			found = found || bytes.Contains(smallFiles(t, sealed)[archive.SecretsName], []byte(value))
		}
		if !found {
			t.Error("the sealed one holds no password either: the test looks for the wrong ones")
		}
		// A lab file that holds one is refused, by its name and not by its value.
		for name, value := range passwords(t, home, l) {
			err := home.run(home, l, func(e *engine.Engine) error {
				files := map[string][]byte{"notes.txt": []byte("it is " + value)}
				_, err := e.Export(t.Context(), "exchange", io.Discard, engine.ExportOptions{Files: files})
				return err
			})
			if known, ok := errors.AsType[*engine.SecretError](err); !ok || known.Secret != name || strings.Contains(err.Error(), value) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

// passwords are the lab's secrets in this pool, from what is in the guests.
func passwords(t *testing.T, r *rig, l *labs.Lab) map[string]string {
	t.Helper()
	key, err := os.ReadFile(filepath.Join(l.Folder, "standin.key"))
	must(t, err)
	found := map[string]string{"windows_key": strings.TrimSpace(string(key))}
	file := exported(t, r, r, l, "exchange", true)
	o, err := checkpoint.DecodeOrigin(smallFiles(t, file)[archive.SecretsName])
	must(t, err)
	found["administrator"] = o.Secrets["administrator"].Value
	if len(found["administrator"]) < 12 {
		t.Fatalf("no password: %+v", o)
	}
	return found
}

// smallFiles are an archive's index, lab files, manifests and what they are found by.
func smallFiles(t *testing.T, file []byte) map[string][]byte {
	t.Helper()
	r, err := archive.NewReader(bytes.NewReader(file))
	must(t, err)
	defer r.Close()
	found := map[string][]byte{}
	for _, f := range r.Index.Files {
		e, err := r.Next()
		must(t, err)
		found[f.Name], err = io.ReadAll(e)
		must(t, err)
	}
	return found
}

// A cut import has made nothing visible; the next one ends as an uncut one.
func TestImportGoesOnWhereverItIsCut(t *testing.T) {
	t.Parallel()
	l := demo(t)
	var file []byte
	carried(t, true, func(_ *testing.T, _ *rig, _ *labs.Lab, b []byte) { file = b })
	bring := func(ctx context.Context, d drivers.Driver, _ *engine.Engine) error {
		_, err := importing(ctx, d, file)
		return err
	}
	sweep{lab: l, verb: bring, again: func(ctx context.Context, d drivers.Driver, e *engine.Engine) error {
		if err := visible(ctx, d, l); err != nil {
			return err
		}
		return bring(ctx, d, e)
	}, after: func(t *testing.T, r *rig, uncut state) {
		same(t, r, uncut)
		must(t, r.run(r, l, func(e *engine.Engine) error {
			x, err := e.Examine(t.Context(), nil)
			if len(x.Damaged)+len(x.Unknown) > 0 || x.Disks != 6 {
				t.Errorf("examined: %+v", x)
			}
			return err
		}))
	}}.run(t)
}

// visible demands that every checkpoint that the pool shows is whole.
func visible(ctx context.Context, d drivers.Driver, _ *labs.Lab) error {
	volumes, err := d.Volumes(ctx)
	if err != nil {
		return err
	}
	whole, broken, err := checkpoint.List(ctx, d, volumes)
	if err != nil {
		return err
	}
	if len(broken) > 0 {
		return errors.New("a broken checkpoint is seen: " + broken[0].Why)
	}
	x, err := checkpoint.Examine(ctx, d, volumes, whole, whole, func(string) {})
	if err == nil && len(x.Damaged)+len(x.Unknown) > 0 {
		err = errors.New("a damaged checkpoint is seen")
	}
	return err
}

// A program that was killed while it sent a disk leaves a part of it, under the
// disk's own name.
func TestAHalfUploadIsReplaced(t *testing.T) {
	t.Parallel()
	carried(t, true, func(t *testing.T, _ *rig, _ *labs.Lab, file []byte) {
		r := away(t)
		_, err := importing(t.Context(), r, file)
		must(t, err)
		want := stateOf(t, r)
		for _, spoil := range []func([]byte) []byte{
			func(b []byte) []byte { return b[:len(b)-3] },
			func(b []byte) []byte { b[len(b)-3] ^= 1; return b },
		} {
			half := away(t)
			m := manifests(t, r)[0]
			d := m.Machines["dc01"].Disks["system"]
			var b bytes.Buffer
			must(t, r.DownloadVolume(t.Context(), d.Volume, &b))
			if d.Backing != "" {
				continue
			}
			part := spoil(b.Bytes())
			must(t, half.UploadDisk(t.Context(), drivers.VolumeSpec{Name: d.Volume, Capacity: d.Capacity}, int64(len(part)), bytes.NewReader(part)))
			report, err := importing(t.Context(), half, file)
			must(t, err)
			if report.Sent != 6 {
				t.Errorf("%d disks were sent", report.Sent)
			}
			if diff := cmp.Diff(want, stateOf(t, half)); diff != "" {
				t.Error(diff)
			}
			must(t, half.Close())
		}
		must(t, r.Close())
	})
}

// slow is a hypervisor that answers short, as while another run writes.
type slow struct {
	drivers.Driver
	short int
}

func (s *slow) Unwrap() drivers.Driver { return s.Driver }

// DownloadVolume implements drivers.Volumes.
func (s *slow) DownloadVolume(ctx context.Context, name string, w io.Writer) error {
	if name == "dh-pool-key" && s.short > 0 {
		s.short--
		return nil
	}
	return s.Driver.DownloadVolume(ctx, name, w)
}

// Two runs that are the first in a pool make one key.
func TestAPoolsKeyIsAwaitedWhileItIsWritten(t *testing.T) {
	t.Parallel()
	l := demo(t)
	inTime(t, windows.Options{}, fake.Options{}, func(t *testing.T, r *rig) {
		must(t, r.run(r, l, func(e *engine.Engine) error { _, err := planned(t.Context(), e, ""); return err }))
		must(t, r.run(&slow{r, 5}, l, func(e *engine.Engine) error { _, err := planned(t.Context(), e, ""); return err }))
		err := r.run(&slow{r, 1000}, l, func(e *engine.Engine) error { _, err := planned(t.Context(), e, ""); return err })
		if err == nil || !strings.Contains(err.Error(), "holds 0 bytes") {
			t.Errorf("a key that never comes: %v", err)
		}
	})
}
