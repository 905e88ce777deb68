package libvirt

import (
	"bytes"
	"context"
	"errors"
	"io"
	"sync"
	"time"

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
	// A machine on its way down has a port without an end. Opening that one makes
	// libvirtd forget the stream before it, whose close it then never answers, or
	// drop the whole connection (seen with libvirt 9.0).
	if state, _, err := domain.GetState(); err != nil {
		return nil, err
	} else if state == lv.DOMAIN_SHUTDOWN || state == lv.DOMAIN_SHUTOFF || state == lv.DOMAIN_CRASHED {
		return nil, asConflict(errors.New("the machine has no power any more"))
	}
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
	line := newSerialLine(stream)
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
	// said is what was heard, piece by piece.
	said chan []byte
	// closing is closed by Close, and ended when nobody is inside Recv any more.
	closing, ended chan struct{}
	close          sync.Once
	rest           []byte // of the piece at hand
}

func newSerialLine(stream *lv.Stream) *serialLine {
	s := &serialLine{stream: stream, said: make(chan []byte), closing: make(chan struct{}), ended: make(chan struct{})}
	go s.listen()
	return s
}

// listen takes from libvirt what the guest says.
func (s *serialLine) listen() {
	defer close(s.ended)
	buf := make([]byte, 4096)
	for {
		n, err := s.stream.Recv(buf)
		if err != nil || n <= 0 {
			// A line that was taken over or aborted ends like one whose machine
			// stopped: libvirt has no code of its own for either.
			return
		}
		select {
		case s.said <- bytes.Clone(buf[:n]):
		case <-s.closing:
			return
		}
	}
}

// Read implements io.Reader. It ends with io.EOF when the machine stops, and
// when the line is closed or taken over.
func (s *serialLine) Read(p []byte) (int, error) {
	if len(s.rest) == 0 {
		select {
		case s.rest = <-s.said:
		case <-s.ended:
			return 0, io.EOF
		case <-s.closing:
			return 0, io.EOF
		}
	}
	n := copy(p, s.rest)
	s.rest = s.rest[n:]
	return n, nil
}

// closeLimit is how long libvirtd may take to answer that a line is closed. It
// never does when somebody opened the line of a machine that was going down.
const closeLimit = 3 * time.Second

// Close implements io.Closer. It may be called while another goroutine reads. A
// line that libvirtd does not let go of within closeLimit is left to it.
func (s *serialLine) Close() (err error) {
	s.close.Do(func() {
		close(s.closing)
		done := make(chan error, 1)
		go func() { done <- s.free() }()
		select {
		case err = <-done:
		case <-time.After(closeLimit):
		}
	})
	return err
}

func (s *serialLine) free() error {
	select {
	case <-s.ended:
		_ = s.stream.Finish()
	default:
		_ = s.stream.Abort()
		<-s.ended
	}
	return s.stream.Free()
}

var _ drivers.Serial = (*Driver)(nil)
