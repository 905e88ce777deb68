package engine

import (
	"context"
	"io"
	"sync"
	"time"

	"github.com/doublehop/doublehop/drivers"
)

// A line that ended is opened again after a while, in which a machine that ended
// it is seen to have no power, then less and less often. It is given up when it
// never lasted for reopenLasts during reopenLimit. A restart of libvirtd takes some seconds.
const (
	reopenFirst = time.Second
	reopenMost  = 5 * time.Second
	reopenLasts = 10 * time.Second
	reopenLimit = 2 * time.Minute
)

// wire is a machine's serial line for as long as the machine has power. The line
// itself ends sooner when libvirtd is restarted, when the network to it fails, or
// when somebody takes it over (`virsh console --force`); then it is opened again.
// What was said in between is lost, which the guest's session notices and makes
// good: the runner numbers its records and repeats how its job ended.
type wire struct {
	ctx    context.Context //nolint:containedctx // of whoever reads
	serial drivers.Serial
	box    *box

	mu     sync.Mutex
	line   io.ReadCloser
	closed bool
	opened time.Time
	// troubled is since when the line does not last, and wait how long it is
	// waited before the next try.
	troubled time.Time
	wait     time.Duration
}

// openWire opens a machine's line.
func openWire(ctx context.Context, serial drivers.Serial, b *box) (*wire, error) {
	line, err := serial.OpenSerial(ctx, b.machine.Domain)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	return &wire{ctx: ctx, serial: serial, box: b, line: line, opened: now, troubled: now, wait: reopenFirst}, nil
}

// Read implements io.Reader. It ends with io.EOF when the machine has no power
// any more, or the line stays away.
func (w *wire) Read(p []byte) (int, error) {
	for {
		w.mu.Lock()
		line := w.line
		w.mu.Unlock()
		n, err := line.Read(p)
		if n > 0 || err == nil {
			return n, nil
		}
		if !w.reopen() {
			return 0, err
		}
		w.box.tell(Event{
			Kind: Warn, Machine: w.box.machine.Name,
			Text: "the serial line had ended and is open again; what the guest said meanwhile is lost",
		})
		if len(p) > 1 {
			return copy(p, "\r\n"), nil // half a line is none
		}
	}
}

// reopen opens the line again, unless it ended because the machine did.
func (w *wire) reopen() bool {
	if time.Since(w.opened) > reopenLasts {
		w.troubled, w.wait = time.Now(), reopenFirst
	}
	for context.Cause(w.ctx) == nil && time.Since(w.troubled) < reopenLimit {
		select {
		case <-w.ctx.Done():
			return false
		case <-time.After(w.wait):
		}
		w.wait = min(2*w.wait, reopenMost)
		x, err := w.box.driver.Machine(w.ctx, w.box.machine.Domain)
		if drivers.KindOf(err) == drivers.NotFound || err == nil && (x.State == drivers.Off || x.State == drivers.Crashed) {
			return false
		}
		if err != nil {
			continue
		}
		line, err := w.serial.OpenSerial(w.ctx, w.box.machine.Domain)
		if err != nil {
			continue // it is on its way down, or the hypervisor's daemon is
		}
		return w.replace(line)
	}
	return false
}

// replace puts a line in the place of the one that ended.
func (w *wire) replace(line io.ReadCloser) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	_ = w.line.Close() // it has ended
	w.line, w.opened = line, time.Now()
	if w.closed {
		_ = line.Close()
	}
	return !w.closed
}

// Close implements io.Closer. It may be called while another goroutine reads.
func (w *wire) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return nil
	}
	w.closed = true
	return w.line.Close()
}
