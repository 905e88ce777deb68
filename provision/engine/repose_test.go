package engine

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/doublehop/doublehop/drivers"
	"github.com/doublehop/doublehop/provision/guest"
)

// stillMeter is a machine whose counters stay as they are.
type stillMeter struct{ busy bool }

// Activity implements drivers.Meter.
func (s stillMeter) Activity(context.Context, string) (drivers.Activity, error) {
	if s.busy {
		return drivers.Activity{DiskBytes: uint64(time.Now().UnixNano())}, nil
	}
	return drivers.Activity{}, nil
}

// A machine at rest is cut off only when its guest has taken the job that shuts
// it down: one that waits for a disc rests, too.
func TestOnlyAGuestThatWasToldToShutDownIsCutOff(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		said guest.Verb
		busy bool
		want bool
	}{
		"it took the job and rests":      {guest.Start, false, true},
		"it took the job and is at work": {guest.Start, true, false},
		"it has not taken the job yet":   {guest.Idle, false, false},
		"it has not, and is at work":     {guest.Idle, true, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := &repose{box: &box{last: guest.Record{Verb: c.said}}, meter: stillMeter{c.busy}}
				over := false
				for began := time.Now(); time.Since(began) < 3*restTime && !over; <-time.After(time.Second) {
					over = r.over(t.Context())
					if over && time.Since(began) < restTime {
						t.Errorf("cut after %v", time.Since(began))
					}
				}
				if over != c.want {
					t.Errorf("cut: %v", over)
				}
			})
		})
	}
}
