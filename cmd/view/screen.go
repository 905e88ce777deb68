package view

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"github.com/muesli/termenv"

	"github.com/doublehop/doublehop/provision/engine"
	"github.com/doublehop/doublehop/provision/plan"
)

// Mode is how a run is shown.
type Mode string

// How a run is shown.
const (
	// Live redraws a line for each machine; it needs a terminal.
	Live Mode = "live"
	// Plain writes a line for each thing that happened.
	Plain Mode = "plain"
	// JSON writes each event as a line of JSON.
	JSON Mode = "json"
	// Quiet writes warnings only.
	Quiet Mode = "quiet"
)

// Screen shows the events of a run while they happen.
type Screen struct {
	w    io.Writer
	opts ScreenOptions

	mu     sync.Mutex
	queue  []engine.Event
	closed bool

	news chan struct{} // holds one word: there is something in the queue
	stop chan struct{}
	done chan struct{}

	lines *Lines
	board *Board
	frame []string // the board as it stands on the terminal
}

// ScreenOptions say how a run is shown; the zero value is plain lines.
type ScreenOptions struct {
	Mode  Mode
	Style Style
	// Plan is what the run walks; nil when there is none.
	Plan *plan.Plan
	// Verbose shows what the guests say, in plain lines.
	Verbose bool
	// Several names the instance in each line.
	Several bool
	// Size is asked before each drawing for the terminal's columns and rows;
	// nil means 80 by 24.
	Size func() (columns, rows int)
	// Every is the pause between two drawings; 0 means 100 ms.
	Every time.Duration
	// Now is the clock for drawings; nil means time.Now.
	Now func() time.Time
}

// mostQueued bounds what a flooding guest can make us hold; past it, its lines
// are left out. The run's record has them.
const mostQueued = 10_000

// NewScreen begins to show a run on w. Close must be called at its end.
func NewScreen(w io.Writer, opts ScreenOptions) *Screen {
	if opts.Every == 0 {
		opts.Every = 100 * time.Millisecond
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.Size == nil {
		opts.Size = func() (int, int) { return usualWidth, 24 }
	}
	s := &Screen{
		w: w, opts: opts, news: make(chan struct{}, 1), stop: make(chan struct{}), done: make(chan struct{}),
		lines: NewLines(opts.Style, opts.Verbose), board: NewBoard(opts.Plan, opts.Style),
	}
	s.lines.several = opts.Several
	go s.show()
	return s
}

// Report takes an event; it never blocks and may be called from several
// goroutines at once.
func (s *Screen) Report(e engine.Event) {
	s.mu.Lock()
	if !s.closed && (len(s.queue) < mostQueued || e.Kind != engine.Line) {
		s.queue = append(s.queue, e)
	}
	s.mu.Unlock()
	select {
	case s.news <- struct{}{}:
	default:
	}
}

// Close shows what is left, takes the board off the terminal and waits until
// all is written.
func (s *Screen) Close() {
	s.mu.Lock()
	again := s.closed
	s.closed = true
	s.mu.Unlock()
	if !again {
		close(s.stop)
	}
	<-s.done
}

// show writes until Close.
func (s *Screen) show() {
	defer close(s.done)
	var tick <-chan time.Time
	news := s.news
	if s.opts.Mode == Live { // many events make one drawing, and time passes without any
		ticker := time.NewTicker(s.opts.Every)
		defer ticker.Stop()
		tick, news = ticker.C, nil
	}
	for {
		select {
		case <-tick:
		case <-news:
		case <-s.stop:
			s.write(false)
			return
		}
		s.write(true)
	}
}

// write shows what is in the queue; in the last one the board is taken away.
func (s *Screen) write(open bool) {
	s.mu.Lock()
	events := s.queue
	s.queue = nil
	s.mu.Unlock()
	var out bytes.Buffer
	for _, e := range events {
		out.WriteString(s.one(e))
	}
	if s.opts.Mode == Live {
		s.redraw(&out, open)
	}
	if out.Len() > 0 {
		_, _ = s.w.Write(out.Bytes()) // a terminal that is gone stops no run
	}
}

// one is what stays written of an event.
func (s *Screen) one(e engine.Event) string {
	switch s.opts.Mode {
	case JSON:
		b, err := json.Marshal(e)
		if err != nil {
			return ""
		}
		return string(b) + "\n"
	case Quiet:
		if e.Kind != engine.Warn {
			return ""
		}
	case Live:
		s.board.Apply(e)
		if e.Kind == engine.Phase || e.Kind == engine.Line || e.Kind == engine.StepBegin || e.Kind == engine.RunBegin {
			s.lines.Line(engine.Event{Time: e.Time}) // the clock starts with the first event
			return ""
		}
	case Plain:
	}
	return s.lines.Line(e)
}

// redraw replaces the board on the terminal; what is in out is put above it.
// Nothing is written when nothing changed.
func (s *Screen) redraw(out *bytes.Buffer, open bool) {
	var frame []string
	if open && !s.board.began.IsZero() {
		columns, rows := s.opts.Size()
		s.board.style.Width = max(columns-1, narrowest) // a full last column makes some terminals wrap
		frame = s.board.Frame(s.opts.Now(), max(rows-2, 2))
	}
	if out.Len() == 0 && slices.Equal(frame, s.frame) {
		return
	}
	above := bytes.Clone(out.Bytes())
	out.Reset()
	if len(s.frame) > 0 {
		fmt.Fprintf(out, termenv.CSI+termenv.CursorUpSeq, len(s.frame))
	}
	out.WriteString("\r" + termenv.CSI + "0J") // erase to the end of the screen
	out.Write(above)
	for _, line := range frame {
		out.WriteString(line + "\n")
	}
	s.frame = frame
}
