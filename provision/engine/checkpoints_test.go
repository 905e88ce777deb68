package engine_test

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/doublehop/doublehop/drivers"
	"github.com/doublehop/doublehop/drivers/fake"
	"github.com/doublehop/doublehop/drivers/fake/windows"
	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/checkpoint"
	"github.com/doublehop/doublehop/provision/engine"
)

// shelf is `checkpoint list`.
func shelf(t *testing.T, r *rig, l *labs.Lab, all bool) (s engine.Shelf) {
	t.Helper()
	must(t, r.run(r, l, func(e *engine.Engine) (err error) {
		s, err = e.Checkpoints(t.Context(), all)
		return err
	}))
	return s
}

func TestCheckpointsAreListedWithWhatTheyAreGoodFor(t *testing.T) {
	t.Parallel()
	l, other := demo(t), demo(t)
	other.Machines[0].Memory *= 2
	inTime(t, windows.Options{}, fake.Options{}, func(t *testing.T, r *rig) {
		must(t, r.run(r, l, up(t.Context(), "")))
		type row struct {
			Stage, Fits string
			Instances   []string
			Machines    int
		}
		rows := func(l *labs.Lab) (list []row) {
			for _, k := range shelf(t, r, l, false).Checkpoints {
				if k.Bytes == 0 || k.Made.IsZero() || k.LabTime.IsZero() {
					t.Errorf("%s says nothing: %+v", k.Stage, k)
				}
				list = append(list, row{k.Stage, k.Fits, k.Instances, k.Machines})
			}
			return list
		}
		want := []row{{"windows", "yes", nil, 2}, {"forest", "yes", nil, 2}, {"exchange", "yes", []string{"demo"}, 2}}
		if diff := cmp.Diff(want, rows(l)); diff != "" {
			t.Error(diff)
		}
		for i := range want {
			want[i].Fits = "no"
		}
		if diff := cmp.Diff(want, rows(other)); diff != "" {
			t.Errorf("with other memory: %s", diff)
		}
		strange := *l
		strange.Name = "strange"
		if all, mine := shelf(t, r, &strange, true), shelf(t, r, &strange, false); len(all.Checkpoints) != 3 || len(mine.Checkpoints) != 0 {
			t.Errorf("another lab sees %d of its own and %d in all", len(mine.Checkpoints), len(all.Checkpoints))
		}
	})
}

func TestACheckpointIsNamedByItsStageOrItsKey(t *testing.T) {
	t.Parallel()
	l := demo(t)
	inTime(t, windows.Options{}, fake.Options{}, func(t *testing.T, r *rig) {
		must(t, r.run(r, l, up(t.Context(), "")))
		must(t, r.run(r, l, func(e *engine.Engine) error {
			m, err := e.Checkpoint(t.Context(), "forest")
			must(t, err)
			if m.Stage != "forest" {
				t.Errorf("forest is %q", m.Stage)
			}
			again, err := e.Checkpoint(t.Context(), m.Key[:8])
			must(t, err)
			if again.Key != m.Key {
				t.Errorf("%s is %s", m.Key[:8], again.Key)
			}
			for _, bad := range []string{"nowhere", m.Key[:3], ""} {
				if _, err := e.Checkpoint(t.Context(), bad); !isUsage(err) {
					t.Errorf("%q: %v", bad, err)
				}
			}
			return nil
		}))
	})
}

func isUsage(err error) bool {
	_, ok := errors.AsType[*engine.UsageError](err)
	return ok
}

func TestTwoCheckpointsAreCompared(t *testing.T) {
	t.Parallel()
	l, other := demo(t), demo(t)
	other.Machines[1].Memory *= 2
	inTime(t, windows.Options{}, fake.Options{}, func(t *testing.T, r *rig) {
		must(t, r.run(r, l, up(t.Context(), "")))
		first := shelf(t, r, l, false).Checkpoints
		compared := func(from, to string) (c engine.Comparison) {
			t.Helper()
			must(t, r.run(r, l, func(e *engine.Engine) (err error) {
				c, err = e.Compare(t.Context(), from, to)
				return err
			}))
			return c
		}
		c := compared("windows", "forest")
		want := []engine.MachineComparison{{Machine: "dc01", Done: []string{"promote"}}, {Machine: "ex01", Done: []string{"join"}}}
		if diff := cmp.Diff(want, c.Machines); diff != "" {
			t.Error(diff)
		}
		if !slices.ContainsFunc(c.Proofs, func(s string) bool { return s == "dc01 promote ad.schema.objectVersion (none) → 30" }) || len(c.Estate) == 0 {
			t.Errorf("proofs %q, estate %q", c.Proofs, c.Estate)
		}
		if back := compared("forest", "windows"); back.Machines[0].Undone == nil || back.Machines[0].Done != nil {
			t.Errorf("the other way round: %+v", back.Machines)
		}
		if same := compared("forest", "forest"); len(same.Machines)+len(same.Estate)+len(same.Proofs)+len(same.Media)+len(same.Host) > 0 {
			t.Errorf("with itself: %+v", same)
		}
		must(t, r.run(r, l, func(e *engine.Engine) error { return e.Destroy(t.Context(), false) }))
		must(t, r.run(r, other, up(t.Context(), "windows")))
		second := shelf(t, r, other, false).Checkpoints
		i := slices.IndexFunc(second, func(k engine.Kept) bool { return k.Fits == "yes" })
		c = compared(first[0].Key, second[i].Key)
		if len(c.Machines) != 1 || c.Machines[0].Machine != "ex01" || len(c.Machines[0].Why) != 1 || !strings.HasPrefix(c.Machines[0].Why[0], "memory ") {
			t.Errorf("with other memory: %+v", c.Machines)
		}
	})
}

// rotten gives a volume with one byte more than it has.
type rotten struct {
	drivers.Driver
	volume string
}

func (d rotten) Unwrap() drivers.Driver { return d.Driver }

// DownloadVolume implements drivers.Volumes.
func (d rotten) DownloadVolume(ctx context.Context, name string, w io.Writer) error {
	err := d.Driver.DownloadVolume(ctx, name, w)
	if err == nil && name == d.volume {
		_, err = w.Write([]byte{1})
	}
	return err
}

func TestADiskThatChangedIsFound(t *testing.T) {
	t.Parallel()
	l := demo(t)
	inTime(t, windows.Options{}, fake.Options{}, func(t *testing.T, r *rig) {
		must(t, r.run(r, l, up(t.Context(), "")))
		examined := func(d drivers.Driver, names ...string) (x checkpoint.Examination) {
			t.Helper()
			must(t, r.run(d, l, func(e *engine.Engine) (err error) {
				x, err = e.Examine(t.Context(), names)
				return err
			}))
			return x
		}
		if x := examined(r); x.Disks != 6 || len(x.Damaged)+len(x.Unknown) > 0 || x.Bytes == 0 {
			t.Errorf("whole: %+v", x)
		}
		var base checkpoint.Disk
		for _, m := range manifests(t, r) {
			if m.Stage == "windows" {
				base = m.Machines["dc01"].Disks["system"]
			}
		}
		bad := rotten{r, base.Volume}
		// The later stage rests on the damaged disk of the earlier one.
		if x := examined(bad, "exchange"); len(x.Damaged) != 1 || x.Damaged[0].Volume != base.Volume || x.Disks != 6 {
			t.Errorf("damaged: %+v", x)
		}
		if x := examined(r, "windows"); x.Disks != 2 {
			t.Errorf("one of them: %+v", x)
		}
	})
}

func TestOnlyCheckpointsThatNobodyStandsOnAreForgotten(t *testing.T) {
	t.Parallel()
	l := demo(t)
	inTime(t, windows.Options{}, fake.Options{}, func(t *testing.T, r *rig) {
		must(t, r.run(r, l, up(t.Context(), "")))
		forget := func(dry bool, names ...string) (report engine.PruneReport, err error) {
			err = r.run(r, l, func(e *engine.Engine) (err error) {
				report, err = e.Forget(t.Context(), names, dry)
				return err
			})
			return report, err
		}
		before := stateOf(t, r)
		if _, err := forget(false, "windows", "exchange"); !isUsage(err) || !strings.Contains(err.Error(), `instance "demo" stands on`) {
			t.Errorf("the one it stands on: %v", err)
		}
		if report, err := forget(true, "windows"); err != nil || len(report.Checkpoints) != 1 || len(report.Volumes) != 1 {
			t.Errorf("a dry run: %+v, %v", report, err) // the layers are needed by the stages after it
		}
		if diff := cmp.Diff(before, stateOf(t, r)); diff != "" {
			t.Errorf("a dry run and a refusal changed: %s", diff)
		}
		must(t, r.run(r, l, func(e *engine.Engine) error { return e.Destroy(t.Context(), false) }))
		report, err := forget(false, "exchange", "exchange")
		must(t, err)
		if len(report.Checkpoints) != 1 || len(report.Volumes) != 3 || report.Bytes == 0 {
			t.Errorf("the last stage: %+v", report)
		}
		var stages []string
		for _, k := range shelf(t, r, l, false).Checkpoints {
			stages = append(stages, k.Stage)
		}
		if diff := cmp.Diff([]string{"windows", "forest"}, stages); diff != "" {
			t.Error(diff)
		}
	})
}

func TestForgetGoesOnWhereverItIsCut(t *testing.T) {
	t.Parallel()
	l := demo(t)
	forget := func(ctx context.Context, _ drivers.Driver, e *engine.Engine) error {
		_, err := e.Forget(ctx, []string{"exchange"}, false)
		return err
	}
	again := func(ctx context.Context, d drivers.Driver, e *engine.Engine) error {
		if err := forget(ctx, d, e); err != nil && !isUsage(err) { // it may be gone already
			return err
		}
		return prune(ctx, d, e)
	}
	sweep{lab: l, before: func(t *testing.T, r *rig) {
		built(l)(t, r)
		must(t, r.run(r, l, func(e *engine.Engine) error { return e.Destroy(t.Context(), false) }))
	}, verb: forget, again: again, after: func(t *testing.T, r *rig, uncut state) {
		if diff := cmp.Diff(uncut.Volumes, stateOf(t, r).Volumes); diff != "" {
			t.Error(diff)
		}
	}, stride: 3}.run(t)
}

func TestPruneKeepsTheNewestAndTheYoung(t *testing.T) {
	t.Parallel()
	l, other := demo(t), demo(t)
	other.Machines[0].Memory *= 2
	inTime(t, windows.Options{}, fake.Options{}, func(t *testing.T, r *rig) {
		must(t, r.run(r, l, up(t.Context(), "forest")))
		must(t, r.run(r, l, func(e *engine.Engine) error { return e.Destroy(t.Context(), false) }))
		<-time.After(100 * time.Hour)
		must(t, r.run(r, other, up(t.Context(), "forest")))
		gone := func(o engine.PruneOptions) int {
			t.Helper()
			o.DryRun, o.Now = true, time.Now()
			report, err := engine.Prune(t.Context(), r, o)
			must(t, err)
			return len(report.Checkpoints)
		}
		for _, c := range []struct {
			o    engine.PruneOptions
			want int
		}{
			{engine.PruneOptions{}, 0},
			{engine.PruneOptions{Keep: 1}, 2}, // the older of each stage
			{engine.PruneOptions{Keep: 2}, 0},
			{engine.PruneOptions{Older: 50 * time.Hour}, 2},
			{engine.PruneOptions{Older: time.Nanosecond}, 3}, // not the one that the instance stands on
			{engine.PruneOptions{Older: time.Nanosecond, Keep: 1}, 2},
			{engine.PruneOptions{Older: 500 * time.Hour, Keep: 1}, 0},
		} {
			if got := gone(c.o); got != c.want {
				t.Errorf("%+v: %d checkpoints go, not %d", c.o, got, c.want)
			}
		}
		report, err := engine.Prune(t.Context(), r, engine.PruneOptions{Keep: 1, Now: time.Now()})
		must(t, err)
		if len(report.Checkpoints) != 2 || len(manifests(t, r)) != 2 {
			t.Errorf("%+v", report)
		}
		must(t, r.run(r, other, func(e *engine.Engine) error { return e.Revert(t.Context(), "windows") }))
	})
}

func TestEveryVolumeIsCountedOnce(t *testing.T) {
	t.Parallel()
	l := demo(t)
	inTime(t, windows.Options{}, fake.Options{}, func(t *testing.T, r *rig) {
		must(t, r.run(r, l, up(t.Context(), "")))
		must(t, r.run(r, l, func(e *engine.Engine) error { return e.Stop(t.Context()) })) // its guests write logs
		must(t, r.CreateVolume(t.Context(), drivers.VolumeSpec{Name: "dh-layer-a_system_gone.qcow2", Capacity: 1 << 30}))
		u, err := engine.Use(t.Context(), r)
		must(t, err)
		volumes, err := r.Volumes(t.Context())
		must(t, err)
		var total, sum uint64
		for _, v := range volumes {
			total += v.Allocated
		}
		sum = u.Shared + u.Media + u.Garbage + u.Other
		for _, x := range u.Labs {
			sum += x.Bytes
		}
		for _, x := range u.Instances {
			sum += x.Bytes
		}
		if u.Total != total || sum != total || total == 0 {
			t.Errorf("%d of %d, and %d in all: %+v", sum, total, u.Total, u)
		}
		if len(u.Labs) != 1 || u.Labs[0].Checkpoints != 3 || len(u.Instances) != 1 || u.Instances[0].Machines != 2 || u.Instances[0].Bytes == 0 || u.Garbage == 0 || u.Media == 0 {
			t.Errorf("%+v", u)
		}
	})
}
