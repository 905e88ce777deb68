package view_test

import (
	"bytes"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/doublehop/doublehop/cmd/view"
	"github.com/doublehop/doublehop/provision/engine"
)

func TestARecordedRunAsLines(t *testing.T) {
	for name, verbose := range map[string]bool{"run-plain.txt": false, "run-verbose.txt": true} {
		var out bytes.Buffer
		s := view.NewScreen(&out, view.ScreenOptions{Mode: view.Plain, Verbose: verbose})
		for _, e := range recorded(t) {
			s.Report(e)
		}
		s.Close()
		golden(t, name, out.String())
	}
}

func TestARecordedRunAsJSON(t *testing.T) {
	var out bytes.Buffer
	s := view.NewScreen(&out, view.ScreenOptions{Mode: view.JSON})
	for _, e := range recorded(t) {
		s.Report(e)
	}
	s.Close()
	golden(t, "run-json.jsonl", out.String())
}

func TestAQuietRunWarns(t *testing.T) {
	var out bytes.Buffer
	s := view.NewScreen(&out, view.ScreenOptions{Mode: view.Quiet})
	for _, e := range recorded(t) {
		s.Report(e)
	}
	s.Close()
	if got := out.String(); strings.Count(got, "\n") != 1 || !strings.Contains(got, "warning: dc01: the guest did not shut down") {
		t.Errorf("quiet wrote:\n%s", got)
	}
}

// The board at some instants of the recorded run.
func TestFramesOfARecordedRun(t *testing.T) {
	events := recorded(t)
	var text strings.Builder
	board := view.NewBoard(planned(), view.Style{})
	next := 0
	for _, at := range []time.Duration{0, 2, 30, 70, 89, 190, 201} {
		now := events[0].Time.Add(at * time.Second)
		for next < len(events) && !events[next].Time.After(now) {
			board.Apply(events[next])
			next++
		}
		frame := strings.Join(board.Frame(now, 22), "\n") + "\n"
		fits(t, frame, 80)
		text.WriteString("--- " + view.Lasting(at*time.Second) + "\n" + frame)
	}
	golden(t, "frames.txt", text.String())
}

func TestABoardKnowsNoPlan(t *testing.T) {
	board := view.NewBoard(nil, view.Style{})
	now := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
	board.Apply(engine.Event{Time: now, Kind: engine.RunBegin, Stage: "windows", Text: "revert"})
	board.Apply(engine.Event{Time: now, Kind: engine.Phase, Machine: "dc01", Phase: "removing"})
	got := strings.Join(board.Frame(now.Add(2*time.Second), 22), "\n")
	for _, want := range []string{"stage windows", "dc01", "removing", "0:02"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}

func TestABoardFitsTheTerminal(t *testing.T) {
	board := view.NewBoard(nil, view.Style{Width: 60})
	now := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
	for i := range 40 {
		name := strings.Repeat("very-", i%5) + "machine" + string(rune('a'+i%26))
		board.Apply(engine.Event{Time: now, Kind: engine.StepBegin, Step: "a-step-with-a-long-name", Machine: name, Seconds: 5})
		board.Apply(engine.Event{Time: now, Kind: engine.Phase, Step: "a-step-with-a-long-name", Machine: name, Phase: "waiting for the job disc to be seen"})
		board.Apply(engine.Event{Time: now, Kind: engine.Line, Machine: name, Text: "out " + strings.Repeat("漢字", 60)})
	}
	for rows := 1; rows < 50; rows++ {
		frame := board.Frame(now.Add(time.Hour), rows)
		if len(frame) > max(rows, 2) {
			t.Errorf("%d lines where there is room for %d", len(frame), rows)
		}
		fits(t, strings.Join(frame, "\n"), 60)
	}
}

// A live screen leaves what happened and takes its board away.
func TestALiveScreenLeavesAHistory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var out bytes.Buffer
		s := view.NewScreen(writer(func(p []byte) (int, error) {
			mu.Lock()
			defer mu.Unlock()
			return out.Write(p)
		}), view.ScreenOptions{Mode: view.Live, Plan: planned()})
		for _, e := range recorded(t) {
			s.Report(e)
			time.Sleep(150 * time.Millisecond) //nolint:forbidigo // the bubble's clock, not the world's
		}
		s.Close()
		s.Report(engine.Event{Kind: engine.Note}) // too late, and harmless
		got := screen(out.String())
		golden(t, "run-live.txt", strings.Join(got, "\n"))
	})
}

type writer func([]byte) (int, error)

func (w writer) Write(p []byte) (int, error) { return w(p) }

// screen plays a terminal with lines without end: what stands on it at last.
func screen(stream string) []string {
	var lines []string
	row := 0
	for stream != "" {
		switch {
		case strings.HasPrefix(stream, "\x1b[0J"):
			lines, stream = lines[:min(row, len(lines))], stream[4:]
		case strings.HasPrefix(stream, "\x1b["):
			n, i := 0, 2
			for ; stream[i] != 'A'; i++ {
				n = 10*n + int(stream[i]-'0')
			}
			row, stream = row-n, stream[i+1:]
		case stream[0] == '\r':
			stream = stream[1:]
		default:
			line, rest, _ := strings.Cut(stream, "\n")
			for len(lines) <= row {
				lines = append(lines, "")
			}
			lines[row], stream = line, rest
			row++
		}
	}
	return lines
}

// A writer that is stuck, as a terminal under Ctrl-S, holds nobody up.
func TestReportNeverBlocks(t *testing.T) {
	release := make(chan struct{})
	s := view.NewScreen(writer(func(p []byte) (int, error) { <-release; return len(p), nil }), view.ScreenOptions{Mode: view.Plain, Verbose: true})
	for range 50_000 {
		s.Report(engine.Event{Kind: engine.Line, Machine: "dc01", Text: "out flood"})
	}
	close(release)
	s.Close()
}
