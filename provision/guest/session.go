package guest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"
)

// Options is how a [Session] is set up.
type Options struct {
	// Report is called for each line as it comes, in order, from inside Read:
	// it must be quick. nil reports nothing.
	Report func(Line)
}

// Session listens to one machine. It is safe for concurrent use; Read may run
// in one goroutine at a time.
type Session struct {
	options Options

	mu sync.Mutex
	// changed is closed and replaced when something worth waking for happens.
	changed chan struct{}
	ready   bool
	closed  bool
	heard   time.Time
	idles   int
	seq     int
	last    tail
	partial []byte // the end of the line at hand
	jobs    []*job
}

const (
	keptLines  = 20  // of everything, for a stalled guest
	keptOutput = 200 // of a job's output
	keptJobs   = 8
	// keptPartial is how much is remembered of a line that has not ended, in bytes.
	keptPartial = 200
	// unseenIdles is how many idle beats, each of about 5 s, a runner may make
	// before a disc in its drive counts as not seen.
	unseenIdles = 24
)

// NewSession starts with a machine that has not spoken.
func NewSession(options Options) *Session {
	return &Session{options: options, changed: make(chan struct{}), last: tail{most: keptLines}, heard: time.Now()}
}

// Read listens to r until it ends, and closes it. It returns nil at the end of
// the stream, which a machine's power-off is, and the cause when ctx is done.
// It may be called again with a new stream of the same machine.
func (s *Session) Read(ctx context.Context, r io.ReadCloser) error {
	var once sync.Once
	shut := func() { once.Do(func() { _ = r.Close() }) } // what was read is all that counts
	stop := context.AfterFunc(ctx, shut)
	defer shut()
	defer stop()
	s.update(func() { s.closed, s.ready, s.seq, s.heard = false, false, 0, time.Now() })
	lines := splitter{emit: s.take}
	defer func() {
		lines.flush()
		s.update(func() { s.closed, s.ready, s.partial = true, false, nil })
	}()
	buf := make([]byte, 4096)
	for {
		n, err := r.Read(buf)
		if n > 0 {
			lines.feed(buf[:n])
			s.mu.Lock()
			s.heard = time.Now()
			s.partial = append(s.partial[:0], lines.held[max(0, len(lines.held)-keptPartial):]...)
			s.mu.Unlock()
		}
		if cause := context.Cause(ctx); cause != nil {
			return cause
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read the serial line: %w", err)
		}
	}
}

// take files one line and reports it.
func (s *Session) take(l Line) {
	s.update(func() {
		s.heard = time.Now()
		if l.Record == nil {
			s.last.add(l.Text)
			return
		}
		l.Lost = s.count(l.Record)
		s.last.add(string(l.Record.Verb) + " " + l.Text)
		s.file(l.Record, l.Lost)
	})
	if s.options.Report != nil {
		s.options.Report(l)
	}
}

// update changes the state and wakes who waits for it.
func (s *Session) update(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
	close(s.changed)
	s.changed = make(chan struct{})
}

// count follows the sequence number and tells how many records are missing. A
// number that falls back is a new runner.
func (s *Session) count(r *Record) int {
	lost := 0
	switch {
	case r.Seq > s.seq && s.seq > 0:
		lost = r.Seq - s.seq - 1
	case r.Verb != Hello && r.Seq <= s.seq:
		lost = r.Seq - 1
	}
	s.seq = r.Seq
	return lost
}

// file gives a record to the job it belongs to.
func (s *Session) file(r *Record, lost int) {
	s.ready = r.Verb != Reboot
	switch r.Verb {
	case Hello:
		s.restarted(r.Text)
	case Idle:
		s.idles++
	default:
		s.idles = 0
	}
	if r.ID != "" {
		j := s.job(r.ID, r.Ask)
		j.lost += lost
		j.take(r)
	} else if len(s.jobs) > 0 {
		s.jobs[len(s.jobs)-1].lost += lost
	}
}

// job finds the job of an id and an ask, and makes room for it when it is new:
// the one that has been quiet longest goes.
func (s *Session) job(id, ask string) *job {
	for i, j := range s.jobs {
		if j.id == id && j.ask == ask {
			s.jobs = append(append(s.jobs[:i:i], s.jobs[i+1:]...), j)
			return j
		}
	}
	if len(s.jobs) == keptJobs {
		s.jobs = s.jobs[1:]
	}
	j := &job{id: id, ask: ask, phase: Unseen, output: tail{most: keptOutput}}
	s.jobs = append(s.jobs, j)
	return j
}

// restarted counts a boot for the job at hand.
func (s *Session) restarted(text string) {
	if len(s.jobs) == 0 || len(text) < 4 || text[:4] != "boot" {
		return
	}
	if j := s.jobs[len(s.jobs)-1]; j.phase != Ended {
		j.rebooted++
	}
}
