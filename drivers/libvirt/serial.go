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
	// Force takes the line over from a reader that was there before, such as
	// one of a program that hangs.
	line, err := openLine(c, domain, lv.DOMAIN_CONSOLE_FORCE)
	if err != nil {
		return nil, powerless(err)
	}
	if context.Cause(ctx) != nil {
		// The caller is gone and will not close it.
		_ = line.Close()
	}
	return line, nil
}

// serialLine reads a console stream.
//
// The stream never blocks, and libvirt's event loop says when there is something
// to read. A blocking Recv that finds nothing lets go of the stream before it
// begins to wait, and only for what comes after that: what comes in between is
// kept until the guest says something more (virNetClientStreamRecvPacket, libvirt
// 9.0). A guest whose last word that was, and which waits for an answer, then
// waits for ever (seen in 2 of 45 rounds on a busy host).
type serialLine struct {
	stream *lv.Stream
	// said is what was heard, piece by piece.
	said chan []byte
	// wake says that there is something to read.
	wake chan struct{}
	// closing is closed by Close, and ended when nothing uses the stream any more.
	closing, ended chan struct{}
	close          sync.Once
	rest           []byte // of the piece at hand
	err            error  // of letting the stream go; read it after ended
}

func openLine(c *lv.Connect, domain *lv.Domain, flags lv.DomainConsoleFlags) (*serialLine, error) {
	stream, err := c.NewStream(lv.STREAM_NONBLOCK)
	if err != nil {
		return nil, err
	}
	if err := domain.OpenConsole("", stream, flags); err != nil {
		free(stream)
		return nil, err
	}
	s := &serialLine{
		stream: stream, said: make(chan []byte), wake: make(chan struct{}, 1),
		closing: make(chan struct{}), ended: make(chan struct{}),
	}
	if err := stream.EventAddCallback(lv.STREAM_EVENT_READABLE, s.readable); err != nil {
		_ = stream.Abort()
		free(stream)
		return nil, err
	}
	go s.listen()
	return s, nil
}

// readable runs on libvirt's event loop, which would call it again and again
// until somebody reads; so it asks not to be called before that.
func (s *serialLine) readable(*lv.Stream, lv.StreamEventType) {
	_ = s.stream.EventUpdateCallback(0)
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// listen takes from libvirt what the guest says, and lets the stream go at the end.
func (s *serialLine) listen() {
	defer close(s.ended)
	finish := s.stream.Finish
	if s.heard() {
		finish = s.stream.Abort
	}
	_ = s.stream.EventRemoveCallback()
	_ = finish()
	s.err = s.stream.Free()
}

// heard passes on what the guest says until the stream ends, or until the line is
// closed, which it then says.
func (s *serialLine) heard() (closed bool) {
	buf := make([]byte, 4096)
	for {
		n, err := s.stream.Recv(buf)
		if err != nil || n == 0 {
			// A line that was taken over or aborted ends like one whose machine
			// stopped: libvirt has no code of its own for either.
			return false
		}
		if n < 0 { // nothing at the moment
			if s.stream.EventUpdateCallback(lv.STREAM_EVENT_READABLE) != nil {
				return false
			}
			select {
			case <-s.wake:
				continue
			case <-s.closing:
				return true
			}
		}
		select {
		case s.said <- bytes.Clone(buf[:n]):
		case <-s.closing:
			return true
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
		select {
		case <-s.ended:
			err = s.err
		case <-time.After(closeLimit):
		}
	})
	return err
}

var _ drivers.Serial = (*Driver)(nil)
