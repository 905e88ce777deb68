package engine_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/doublehop/doublehop/drivers"
	"github.com/doublehop/doublehop/drivers/fake"
	"github.com/doublehop/doublehop/drivers/fake/windows"
	"github.com/doublehop/doublehop/drivers/faulty"
)

// clocks remembers where the machines' clocks were last started.
type clocks struct {
	*faulty.Driver
	mu     sync.Mutex
	starts map[string]time.Time
}

func (c *clocks) DefineMachine(ctx context.Context, spec drivers.MachineSpec) error {
	c.mu.Lock()
	c.starts[spec.Mark.Object] = spec.Clock.Start
	c.mu.Unlock()
	return c.Driver.DefineMachine(ctx, spec)
}

// A stage's clock sets the lab's time from then on, and a machine's skew shows
// in its own clock only.
func TestAStagesClockAndAMachinesSkew(t *testing.T) {
	t.Parallel()
	l := demo(t)
	forest, _ := l.Stage("forest")
	forest.Clock = time.Date(2007, 1, 1, 0, 0, 0, 0, time.UTC)
	l.Machines[1].ClockSkew = -4 * time.Minute
	inTime(t, windows.Options{}, fake.Options{}, func(t *testing.T, r *rig) {
		must(t, r.run(r, l, up(t.Context(), "windows")))
		if at := statusOf(t, r, l).Machines[0].LabTime; at.Year() != 2006 {
			t.Errorf("stage windows ends at %s", at)
		}
		d := &clocks{Driver: &faulty.Driver{Next: r.Driver}, starts: map[string]time.Time{}}
		must(t, r.run(d, l, up(t.Context(), "")))
		s := statusOf(t, r, l)
		for _, m := range s.Machines {
			if late := m.LabTime.Sub(forest.Clock); late < 0 || late > 24*time.Hour {
				t.Errorf("%s shows %s", m.Name, m.LabTime)
			}
		}
		if apart := d.starts["dc01"].Sub(d.starts["ex01"]); (apart - 4*time.Minute).Abs() > 2*time.Second {
			t.Errorf("the clocks are %s apart: %v", apart, d.starts)
		}
	})
}
