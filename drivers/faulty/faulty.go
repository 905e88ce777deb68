// Package faulty wraps a driver in one that fails: before a call is made, or
// after it was made so that only its answer is lost, or for ever after as if
// the program had been killed.
//
// It counts the calls, so that a test can cut a run at every one of them. All
// of the contract passes through it, capabilities too: it has those of the next
// driver and no others.
//
// Floor 2. It is used by tests only.
package faulty

import (
	"context"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/doublehop/doublehop/drivers"
)

// Call is one call to the driver.
type Call struct {
	// N counts the calls of this driver from 1.
	N int
	// Op is the method, such as "DefineMachine"; Object the name it is about,
	// empty for lists.
	Op, Object string
}

// Driver is a driver whose calls may fail.
type Driver struct {
	Next drivers.Driver
	// Fail is asked before a call; its error is returned and nothing is done.
	Fail func(Call) error
	// After is asked once a call has succeeded; its error is returned, though the
	// work was done.
	After func(Call) error
	// Delay is called before each call and may wait; its error ends the call.
	Delay func(context.Context, Call) error

	mu    sync.Mutex
	calls []Call
}

var _ drivers.Driver = (*Driver)(nil)

// At is a Fail or After that gives err at call n only.
func At(n int, err error) func(Call) error {
	return func(c Call) error {
		if c.N == n {
			return err
		}
		return nil
	}
}

// From is a Fail that gives err at call n and ever after: the program was
// killed, and even its undoing does nothing.
func From(n int, err error) func(Call) error {
	return func(c Call) error {
		if c.N >= n {
			return err
		}
		return nil
	}
}

// On is a Fail or After that gives err for one method on one object; an empty
// object stands for all.
func On(op, object string, err error) func(Call) error {
	return func(c Call) error {
		if c.Op == op && (object == "" || c.Object == object) {
			return err
		}
		return nil
	}
}

// Calls are the calls so far.
func (d *Driver) Calls() []Call {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]Call(nil), d.calls...)
}

// do makes one call, or not.
func (d *Driver) do(ctx context.Context, op, object string, work func() error) error {
	d.mu.Lock()
	call := Call{N: len(d.calls) + 1, Op: op, Object: object}
	d.calls = append(d.calls, call)
	d.mu.Unlock()
	if d.Delay != nil {
		if err := d.Delay(ctx, call); err != nil {
			return err
		}
	}
	if d.Fail != nil {
		if err := d.Fail(call); err != nil {
			return err
		}
	}
	if err := work(); err != nil || d.After == nil {
		return err
	}
	return d.After(call)
}

// get is do for a call with a result, which is lost with the answer.
func get[T any](ctx context.Context, d *Driver, op, object string, work func() (T, error)) (out T, err error) {
	err = d.do(ctx, op, object, func() error {
		out, err = work()
		return err
	})
	if err != nil {
		var none T
		return none, err
	}
	return out, nil
}

// Close closes the next driver. It is never made to fail, and not counted.
func (d *Driver) Close() error { return d.Next.Close() }

// Host implements drivers.Host.
func (d *Driver) Host(ctx context.Context) (drivers.HostInfo, error) {
	return get(ctx, d, "Host", "", func() (drivers.HostInfo, error) { return d.Next.Host(ctx) })
}

// DefineMachine implements drivers.Machines.
func (d *Driver) DefineMachine(ctx context.Context, spec drivers.MachineSpec) error {
	return d.do(ctx, "DefineMachine", spec.Name, func() error { return d.Next.DefineMachine(ctx, spec) })
}

// StartMachine implements drivers.Machines.
func (d *Driver) StartMachine(ctx context.Context, name string, how drivers.StartMode) error {
	return d.do(ctx, "StartMachine", name, func() error { return d.Next.StartMachine(ctx, name, how) })
}

// ResumeMachine implements drivers.Machines.
func (d *Driver) ResumeMachine(ctx context.Context, name string) error {
	return d.do(ctx, "ResumeMachine", name, func() error { return d.Next.ResumeMachine(ctx, name) })
}

// PauseMachine implements drivers.Machines.
func (d *Driver) PauseMachine(ctx context.Context, name string) error {
	return d.do(ctx, "PauseMachine", name, func() error { return d.Next.PauseMachine(ctx, name) })
}

// StopMachine implements drivers.Machines.
func (d *Driver) StopMachine(ctx context.Context, name string, how drivers.StopMode) error {
	return d.do(ctx, "StopMachine", name, func() error { return d.Next.StopMachine(ctx, name, how) })
}

// RemoveMachine implements drivers.Machines.
func (d *Driver) RemoveMachine(ctx context.Context, name string) error {
	return d.do(ctx, "RemoveMachine", name, func() error { return d.Next.RemoveMachine(ctx, name) })
}

// MarkMachine implements drivers.Machines.
func (d *Driver) MarkMachine(ctx context.Context, name string, facts map[string]string) error {
	return d.do(ctx, "MarkMachine", name, func() error { return d.Next.MarkMachine(ctx, name, facts) })
}

// Machine implements drivers.Machines.
func (d *Driver) Machine(ctx context.Context, name string) (drivers.Machine, error) {
	return get(ctx, d, "Machine", name, func() (drivers.Machine, error) { return d.Next.Machine(ctx, name) })
}

// Machines implements drivers.Machines.
func (d *Driver) Machines(ctx context.Context, instance string) ([]drivers.Machine, error) {
	return get(ctx, d, "Machines", instance, func() ([]drivers.Machine, error) { return d.Next.Machines(ctx, instance) })
}

// SetMedia implements drivers.Machines.
func (d *Driver) SetMedia(ctx context.Context, name, drive, volume string) error {
	return d.do(ctx, "SetMedia", name, func() error { return d.Next.SetMedia(ctx, name, drive, volume) })
}

// DefineNetwork implements drivers.Networks.
func (d *Driver) DefineNetwork(ctx context.Context, spec drivers.NetworkSpec) error {
	return d.do(ctx, "DefineNetwork", spec.Name, func() error { return d.Next.DefineNetwork(ctx, spec) })
}

// RemoveNetwork implements drivers.Networks.
func (d *Driver) RemoveNetwork(ctx context.Context, name string) error {
	return d.do(ctx, "RemoveNetwork", name, func() error { return d.Next.RemoveNetwork(ctx, name) })
}

// Networks implements drivers.Networks.
func (d *Driver) Networks(ctx context.Context, instance string) ([]drivers.Network, error) {
	return get(ctx, d, "Networks", instance, func() ([]drivers.Network, error) { return d.Next.Networks(ctx, instance) })
}

// CheckSeal implements drivers.Networks.
func (d *Driver) CheckSeal(ctx context.Context, expect map[string][]string) ([]drivers.Leak, error) {
	names := strings.Join(slices.Sorted(maps.Keys(expect)), " ")
	return get(ctx, d, "CheckSeal", names, func() ([]drivers.Leak, error) { return d.Next.CheckSeal(ctx, expect) })
}

// CreateVolume implements drivers.Volumes.
func (d *Driver) CreateVolume(ctx context.Context, spec drivers.VolumeSpec) error {
	return d.do(ctx, "CreateVolume", spec.Name, func() error { return d.Next.CreateVolume(ctx, spec) })
}

// UploadVolume implements drivers.Volumes.
func (d *Driver) UploadVolume(ctx context.Context, name string, size int64, r io.Reader) error {
	return d.do(ctx, "UploadVolume", name, func() error { return d.Next.UploadVolume(ctx, name, size, r) })
}

// UploadDisk implements drivers.Volumes.
func (d *Driver) UploadDisk(ctx context.Context, spec drivers.VolumeSpec, size int64, r io.Reader) error {
	return d.do(ctx, "UploadDisk", spec.Name, func() error { return d.Next.UploadDisk(ctx, spec, size, r) })
}

// DownloadVolume implements drivers.Volumes.
func (d *Driver) DownloadVolume(ctx context.Context, name string, w io.Writer) error {
	return d.do(ctx, "DownloadVolume", name, func() error { return d.Next.DownloadVolume(ctx, name, w) })
}

// RemoveVolume implements drivers.Volumes.
func (d *Driver) RemoveVolume(ctx context.Context, name string) error {
	return d.do(ctx, "RemoveVolume", name, func() error { return d.Next.RemoveVolume(ctx, name) })
}

// Volumes implements drivers.Volumes.
func (d *Driver) Volumes(ctx context.Context) ([]drivers.Volume, error) {
	return get(ctx, d, "Volumes", "", func() ([]drivers.Volume, error) { return d.Next.Volumes(ctx) })
}
