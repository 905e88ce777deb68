package fake

import (
	"bytes"
	"context"
	"image/png"
	"io"
	"os"
	"sync"
	"time"

	"github.com/doublehop/doublehop/drivers"
	"github.com/doublehop/doublehop/drivers/vgatext"
)

// serial is COM1 of one power-on. Without a reader, what is written is lost.
type serial struct {
	mu     sync.Mutex
	reader *reader
	ended  bool
	// kept says that reader is nobody's yet: it keeps what an adopted guest says
	// until the first one opens the line.
	kept bool
}

// keep begins to keep what is said before the line is opened.
func (s *serial) keep() {
	s.open()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kept = true
}

func (s *serial) write(p []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.reader != nil {
		s.reader.put(p)
	}
}

// end gives the reader its EOF once it has read all.
func (s *serial) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ended = true
	if s.reader != nil {
		s.reader.finish()
	}
}

// open takes the line over from the reader before.
func (s *serial) open() *reader {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.kept {
		s.kept = false
		return s.reader
	}
	if s.reader != nil {
		s.reader.finish()
	}
	s.reader = &reader{}
	s.reader.more.L = &s.reader.mu
	if s.ended {
		s.reader.finish()
	}
	return s.reader
}

// reader is one end of the line; it holds what was said and not yet read.
type reader struct {
	mu   sync.Mutex
	more sync.Cond
	said bytes.Buffer
	done bool
}

func (r *reader) put(p []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.done {
		r.said.Write(p)
		r.more.Broadcast()
	}
}

func (r *reader) finish() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.done = true
	r.more.Broadcast()
}

// Read implements io.Reader.
func (r *reader) Read(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for r.said.Len() == 0 && !r.done {
		r.more.Wait()
	}
	if r.said.Len() == 0 {
		return 0, io.EOF
	}
	return r.said.Read(p)
}

// Close implements io.Closer.
func (r *reader) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.done = true
	r.said.Reset()
	r.more.Broadcast()
	return nil
}

// OpenSerial implements drivers.Serial. A machine whose guest runs in another
// process that is alive is Refused.
func (d *Driver) OpenSerial(ctx context.Context, name string) (io.ReadCloser, error) {
	if err := d.adopt(ctx, name); err != nil {
		return nil, err
	}
	p, err := d.here(ctx, "open the serial line of", name)
	if err != nil {
		return nil, err
	}
	return p.serial.open(), nil
}

// here finds the power-on of a machine that runs in this process.
func (d *Driver) here(ctx context.Context, op, name string) (p *power, err error) {
	err = d.view(ctx, op, name, func(w *world) error {
		m, err := w.ours(name)
		if err != nil {
			return err
		}
		if !m.on() {
			return kind(drivers.Conflict, "the machine has no power")
		}
		if m.Owner != os.Getpid() {
			return kind(drivers.Refused, "the fake guest runs in process %d", m.Owner)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if p = d.powered[name]; p == nil {
		return nil, &drivers.Error{Kind: drivers.Conflict, Op: op, Object: name, Err: errPowerCut}
	}
	return p, nil
}

// Screenshot implements drivers.Screener: a text screen of 80 by 25 with what
// the guest shows.
func (d *Driver) Screenshot(ctx context.Context, name string, w io.Writer) (string, error) {
	var lines []string
	err := d.view(ctx, "photograph", name, func(w *world) error {
		m, err := w.ours(name)
		if err == nil && !m.on() {
			err = kind(drivers.Conflict, "the machine has no power")
		}
		if err == nil {
			lines = m.Screen
		}
		return err
	})
	if err != nil {
		return "", err
	}
	quick := png.Encoder{CompressionLevel: png.BestSpeed}
	return "image/png", quick.Encode(w, vgatext.Draw(lines, 80, 25, 9))
}

// SendKeys implements drivers.Keyer.
func (d *Driver) SendKeys(ctx context.Context, name string, codes ...uint) error {
	p, err := d.here(ctx, "press keys on", name)
	if err != nil {
		return err
	}
	select {
	case p.keys <- codes:
	default: // a keyboard's buffer is full: the chord is lost
	}
	return nil
}

// Activity implements drivers.Meter.
func (d *Driver) Activity(ctx context.Context, name string) (out drivers.Activity, err error) {
	err = d.view(ctx, "measure", name, func(w *world) error {
		m, err := w.ours(name)
		if err == nil && m.on() {
			out = drivers.Activity{DiskBytes: m.DiskBytes, NetBytes: m.NetBytes, CPU: time.Duration(m.DiskBytes + m.NetBytes)} //nolint:gosec // any number that grows
		}
		return err
	})
	return out, err
}
