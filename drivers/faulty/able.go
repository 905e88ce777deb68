package faulty

import (
	"context"
	"io"

	"github.com/doublehop/doublehop/drivers"
)

// Unwrap gives a chain of drivers with one capability each, of those that the
// next driver has, so that drivers.As finds exactly these and faults apply to
// them too. Behind the chain is the next driver.
func (d *Driver) Unwrap() drivers.Driver {
	chain := d.Next
	link := func(ability drivers.Driver) { chain = ability }
	if next, ok := drivers.As[drivers.Serial](d.Next); ok {
		link(&serial{chained{chain}, d, next})
	}
	if next, ok := drivers.As[drivers.Screener](d.Next); ok {
		link(&screener{chained{chain}, d, next})
	}
	if next, ok := drivers.As[drivers.Keyer](d.Next); ok {
		link(&keyer{chained{chain}, d, next})
	}
	if next, ok := drivers.As[drivers.Meter](d.Next); ok {
		link(&meter{chained{chain}, d, next})
	}
	if next, ok := drivers.As[drivers.Watcher](d.Next); ok {
		link(&watcher{chained{chain}, d, next})
	}
	if next, ok := drivers.As[drivers.Memory](d.Next); ok {
		link(&memory{chained{chain}, d, next})
	}
	return chain
}

// chained is a driver that only leads on to the next: nobody calls it except
// drivers.As.
type chained struct{ drivers.Driver }

// Unwrap gives the next driver of the chain.
func (c chained) Unwrap() drivers.Driver { return c.Driver }

type serial struct {
	chained
	faults *Driver
	next   drivers.Serial
}

// OpenSerial implements drivers.Serial. When the answer is lost the line is
// closed, as it would be by the end of the program that lost it.
func (s *serial) OpenSerial(ctx context.Context, name string) (io.ReadCloser, error) {
	var opened io.ReadCloser
	err := s.faults.do(ctx, "OpenSerial", name, func() (err error) {
		opened, err = s.next.OpenSerial(ctx, name)
		return err
	})
	if err != nil && opened != nil {
		_ = opened.Close()
		opened = nil
	}
	return opened, err
}

type screener struct {
	chained
	faults *Driver
	next   drivers.Screener
}

// Screenshot implements drivers.Screener.
func (s *screener) Screenshot(ctx context.Context, name string, w io.Writer) (string, error) {
	return get(ctx, s.faults, "Screenshot", name, func() (string, error) { return s.next.Screenshot(ctx, name, w) })
}

type keyer struct {
	chained
	faults *Driver
	next   drivers.Keyer
}

// SendKeys implements drivers.Keyer.
func (k *keyer) SendKeys(ctx context.Context, name string, codes ...uint) error {
	return k.faults.do(ctx, "SendKeys", name, func() error { return k.next.SendKeys(ctx, name, codes...) })
}

type meter struct {
	chained
	faults *Driver
	next   drivers.Meter
}

// Activity implements drivers.Meter.
func (m *meter) Activity(ctx context.Context, name string) (drivers.Activity, error) {
	return get(ctx, m.faults, "Activity", name, func() (drivers.Activity, error) { return m.next.Activity(ctx, name) })
}

type watcher struct {
	chained
	faults *Driver
	next   drivers.Watcher
}

// Watch implements drivers.Watcher.
func (w *watcher) Watch(ctx context.Context, report func(drivers.Change)) error {
	return w.faults.do(ctx, "Watch", "", func() error { return w.next.Watch(ctx, report) })
}

type memory struct {
	chained
	faults *Driver
	next   drivers.Memory
}

// SaveMemory implements drivers.Memory.
func (m *memory) SaveMemory(ctx context.Context, name, volume string) error {
	return m.faults.do(ctx, "SaveMemory", name, func() error { return m.next.SaveMemory(ctx, name, volume) })
}

// StartMemory implements drivers.Memory.
func (m *memory) StartMemory(ctx context.Context, name, volume string) error {
	return m.faults.do(ctx, "StartMemory", name, func() error { return m.next.StartMemory(ctx, name, volume) })
}
