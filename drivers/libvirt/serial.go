package libvirt

import (
	"context"
	"errors"
	"io"
	"sync"

	lv "libvirt.org/go/libvirt"

	"github.com/doublehop/doublehop/drivers"
)

// consoles has a connection of its own, so that a busy console and other calls
// never wait for one another.
type consoles struct {
	mu   sync.Mutex
	conn *lv.Connect
}

func (s *consoles) connection(uri string) (*lv.Connect, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.conn != nil {
		if ok, err := s.conn.IsAlive(); err == nil && ok {
			return s.conn, nil
		}
		_, _ = s.conn.Close()
		s.conn = nil
	}
	conn, err := connect(uri)
	s.conn = conn
	return conn, err
}

func (s *consoles) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.conn != nil {
		_, _ = s.conn.Close()
		s.conn = nil
	}
}

// OpenSerial implements drivers.Serial. A machine without power is a Conflict.
func (d *Driver) OpenSerial(ctx context.Context, name string) (io.ReadCloser, error) {
	var line *serialLine
	_, err := call(ctx, d, "open the serial line of", name, func(*lv.Connect) (struct{}, error) {
		opened, err := d.openSerial(ctx, name)
		line = opened
		return struct{}{}, err
	})
	if err != nil {
		return nil, err
	}
	return line, nil
}

func (d *Driver) openSerial(ctx context.Context, name string) (*serialLine, error) {
	c, err := d.serial.connection(d.uri)
	if err != nil {
		return nil, openError(err, d)
	}
	domain, _, err := ours(c, name)
	if err != nil {
		return nil, err
	}
	defer free(domain)
	stream, err := c.NewStream(0)
	if err != nil {
		return nil, err
	}
	// Force takes the line over from a reader that was there before, such as
	// one of a program that hangs.
	if err := domain.OpenConsole("", stream, lv.DOMAIN_CONSOLE_FORCE); err != nil {
		free(stream)
		return nil, powerless(err)
	}
	line := &serialLine{stream: stream}
	if context.Cause(ctx) != nil {
		// The caller is gone and will not close it.
		_ = line.Close()
	}
	return line, nil
}

// serialLine reads a console stream. libvirt frees a stream under a reader's
// feet, so the order is abort, wait for the reader, free.
type serialLine struct {
	stream *lv.Stream

	// reading is held while a read is inside libvirt.
	reading sync.Mutex

	mu     sync.Mutex
	closed bool
	ended  error
}

// Read implements io.Reader. It ends with io.EOF when the machine stops, and
// when the line is closed or taken over.
func (s *serialLine) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	s.reading.Lock()
	defer s.reading.Unlock()
	s.mu.Lock()
	done := s.closed || s.ended != nil
	s.mu.Unlock()
	if done {
		return 0, io.EOF
	}
	n, err := s.stream.Recv(p)
	if err == nil && n > 0 {
		return n, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err == nil {
		err = errors.New("the stream is not a blocking one")
	}
	s.ended = err
	// A line that was taken over or aborted ends like one whose machine stopped:
	// libvirt has no code of its own for either.
	return 0, io.EOF
}

// Close implements io.Closer. It may be called while another goroutine reads.
func (s *serialLine) Close() error {
	s.mu.Lock()
	first := !s.closed
	s.closed = true
	finished := s.ended != nil
	s.mu.Unlock()
	if !first {
		return nil
	}
	if !finished {
		_ = s.stream.Abort()
	}
	s.reading.Lock()
	defer s.reading.Unlock()
	if finished {
		_ = s.stream.Finish()
	}
	return s.stream.Free()
}

var _ drivers.Serial = (*Driver)(nil)
