package faulty_test

import (
	"context"
	"errors"
	"testing"

	"github.com/doublehop/doublehop/drivers"
	"github.com/doublehop/doublehop/drivers/fake"
	"github.com/doublehop/doublehop/drivers/faulty"
)

var errCut = errors.New("cut")

func disk(name string) drivers.VolumeSpec { return drivers.VolumeSpec{Name: name, Capacity: 1 << 20} }

func TestACallThatFailsBeforeDoesNothing(t *testing.T) {
	next := fake.New(fake.Options{})
	d := &faulty.Driver{Next: next, Fail: faulty.At(1, errCut)}
	if err := d.CreateVolume(t.Context(), disk("dh-a")); !errors.Is(err, errCut) {
		t.Errorf("got %v", err)
	}
	if err := d.CreateVolume(t.Context(), disk("dh-b")); err != nil {
		t.Error(err)
	}
	wantVolumes(t, next, "dh-b")
}

func TestALostAnswerHidesWorkThatWasDone(t *testing.T) {
	next := fake.New(fake.Options{})
	d := &faulty.Driver{Next: next, After: faulty.On("CreateVolume", "dh-a", errCut)}
	if err := d.CreateVolume(t.Context(), disk("dh-a")); !errors.Is(err, errCut) {
		t.Errorf("got %v", err)
	}
	wantVolumes(t, next, "dh-a")
}

func TestAKilledProgramDoesNothingMore(t *testing.T) {
	next := fake.New(fake.Options{})
	d := &faulty.Driver{Next: next, Fail: faulty.From(2, errCut)}
	for i, name := range []string{"dh-a", "dh-b", "dh-c"} {
		if err := d.CreateVolume(t.Context(), disk(name)); (err == nil) != (i == 0) {
			t.Errorf("call %d: %v", i+1, err)
		}
	}
	wantVolumes(t, next, "dh-a")
	calls := d.Calls()
	if len(calls) != 3 || calls[1] != (faulty.Call{N: 2, Op: "CreateVolume", Object: "dh-b"}) {
		t.Errorf("calls %v", calls)
	}
}

func TestCapabilitiesAreThoseOfTheNextDriverWithFaults(t *testing.T) {
	d := &faulty.Driver{Next: fake.New(fake.Options{}), Fail: faulty.On("OpenSerial", "", errCut)}
	serial, ok := drivers.As[drivers.Serial](d)
	if !ok {
		t.Fatal("the serial line is not found")
	}
	if _, err := serial.OpenSerial(t.Context(), "dh-x"); !errors.Is(err, errCut) {
		t.Errorf("got %v", err)
	}
	if _, ok := drivers.As[drivers.Watcher](d); !ok {
		t.Error("the watcher is not found")
	}
	bare := &faulty.Driver{Next: withoutAbilities{fake.New(fake.Options{})}}
	if _, ok := drivers.As[drivers.Serial](bare); ok {
		t.Error("a serial line is found that the next driver has not")
	}
}

func TestALostAnswerClosesTheSerialLine(t *testing.T) {
	next := fake.New(fake.Options{Guest: func(_ context.Context, g *fake.Guest) { g.Say("hello") }})
	defer func() { _ = next.Close() }()
	spec := drivers.MachineSpec{Name: "dh-x", UUID: "u", Mark: drivers.Mark{Lab: "l", Instance: "i"}, Memory: 1 << 20, CPUs: 1}
	for _, err := range []error{next.DefineMachine(t.Context(), spec), next.StartMachine(t.Context(), "dh-x", drivers.StartPaused)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	d := &faulty.Driver{Next: next, After: faulty.At(1, errCut)}
	serial, _ := drivers.As[drivers.Serial](d)
	if line, err := serial.OpenSerial(t.Context(), "dh-x"); line != nil || !errors.Is(err, errCut) {
		t.Errorf("got %v and %v", line, err)
	}
	if line, err := serial.OpenSerial(t.Context(), "dh-x"); err != nil || line == nil {
		t.Errorf("the second time: %v", err)
	}
}

func wantVolumes(t *testing.T, d drivers.Driver, want ...string) {
	t.Helper()
	all, err := d.Volumes(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != len(want) {
		t.Fatalf("volumes %v, want %v", all, want)
	}
	for i := range want {
		if all[i].Name != want[i] {
			t.Errorf("volume %s, want %s", all[i].Name, want[i])
		}
	}
}

// withoutAbilities is a driver with the contract's required part only: it has
// the methods of the interface, and none of what is in it.
type withoutAbilities struct{ drivers.Driver }
