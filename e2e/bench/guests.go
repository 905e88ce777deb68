package main

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/doublehop/doublehop/provision/engine"
)

// span is a time in which a guest was at work on its own.
type span struct{ from, to time.Time }

// guestTime reads the events of a run: how long it took, and how long at least
// one guest was at work on its own. A guest is from its first instruction to
// the runner's hello, from a job's start to its end with the restarts in
// between, and from the end of the job that turns it off to being off.
func guestTime(events string) (wall, guests time.Duration, err error) {
	var begin, end time.Time
	var spans []span
	since := map[string]time.Time{}
	for line := range strings.Lines(events) {
		var e engine.Event
		if json.Unmarshal([]byte(line), &e) != nil {
			continue // a word to the person, not an event
		}
		switch e.Kind {
		case engine.RunBegin:
			begin = e.Time
		case engine.RunEnd:
			end = e.Time
		case engine.Phase:
			if e.Phase == "booting" {
				since[e.Machine] = e.Time
			}
			if at, ok := since[e.Machine]; ok && e.Phase == "frozen" {
				spans = append(spans, span{at, e.Time})
				delete(since, e.Machine)
			}
		case engine.Line:
			verb, text, _ := strings.Cut(e.Text, " ")
			at, working := since[e.Machine]
			switch {
			case verb == "start" && strings.HasPrefix(text, "job"):
				since[e.Machine] = e.Time
			case working && (verb == "hello" || verb == "done" || verb == "fail"):
				spans = append(spans, span{at, e.Time})
				delete(since, e.Machine)
				if e.Step == "" && verb == "done" { // the job that turns it off
					since[e.Machine] = e.Time
				}
			}
		default:
		}
	}
	if begin.IsZero() || end.IsZero() || len(spans) == 0 {
		return 0, 0, errors.New("the run's events do not tell how long its guests took")
	}
	return end.Sub(begin), union(spans), nil
}

// union is the length of all spans together, each instant counted once.
func union(spans []span) time.Duration {
	slices.SortFunc(spans, func(a, b span) int { return a.from.Compare(b.from) })
	var whole time.Duration
	var until time.Time
	for _, s := range spans {
		if s.from.Before(until) {
			s.from = until
		}
		if s.to.After(s.from) {
			whole += s.to.Sub(s.from)
			until = s.to
		}
	}
	return whole
}
