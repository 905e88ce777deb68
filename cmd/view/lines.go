package view

import (
	"fmt"
	"strings"
	"time"

	"github.com/doublehop/doublehop/provision/engine"
)

// sentence is what an event says in one line, and how it is drawn. It is empty
// for what is not worth a line. verbose adds what the guests say.
func sentence(e engine.Event, verbose bool) (string, ink) {
	switch e.Kind {
	case engine.RunBegin:
		return runBegins(e), plain
	case engine.RunEnd:
		if e.Err != "" {
			return "", plain // what failed is said once, at the end
		}
		return "done in " + Lasting(seconds(e.Seconds)), good
	case engine.StageBegin, engine.StageEnd, engine.StageReused:
		return stageSays(e)
	case engine.StepBegin, engine.StepEnd, engine.Phase, engine.Proof:
		return machineSays(e)
	case engine.Line:
		if !verbose {
			return "", plain
		}
		return who(e) + "| " + said(e.Text), faint
	case engine.Note:
		return who(e) + Clean(e.Text), plain
	case engine.Warn:
		return "warning: " + who(e) + Clean(e.Text), warning
	}
	return "", plain
}

func runBegins(e engine.Event) string {
	if e.Text != "" {
		return Clean(e.Text) + " to stage " + Clean(e.Stage)
	}
	line := "up to stage " + Clean(e.Stage)
	if e.Seconds > 0 {
		line += ", about " + about(seconds(e.Seconds))
	}
	return line
}

func stageSays(e engine.Event) (string, ink) {
	name := "stage " + Clean(e.Stage)
	switch {
	case e.Kind == engine.StageReused:
		return name + ": its checkpoint is reused", faint
	case e.Kind == engine.StageBegin && e.Seconds > 0:
		return name + " begins, about " + about(seconds(e.Seconds)), strong
	case e.Kind == engine.StageBegin:
		return name + " begins", strong
	case e.Err != "":
		return name + " stopped after " + Lasting(seconds(e.Seconds)), bad
	}
	return name + ": checkpoint made, " + Lasting(seconds(e.Seconds)), good
}

func machineSays(e engine.Event) (string, ink) {
	at := who(e)
	if e.Step != "" {
		at += Clean(e.Step) + ": "
	}
	switch {
	case e.Kind == engine.Phase:
		return at + Clean(e.Phase), faint
	case e.Kind == engine.Proof:
		return at + "proof " + Clean(e.Text), plain
	case e.Kind == engine.StepBegin && e.Seconds > 0:
		return at + "begins, about " + about(seconds(e.Seconds)), plain
	case e.Kind == engine.StepBegin:
		return at + "begins", plain
	case e.Err != "":
		return at + "failed after " + Lasting(seconds(e.Seconds)), bad
	}
	return at + "done in " + Lasting(seconds(e.Seconds)), good
}

// who names the machine that an event is about.
func who(e engine.Event) string {
	if e.Machine == "" {
		return ""
	}
	return Clean(e.Machine) + ": "
}

// ofSeveral is a sentence about one of several instances that are worked on at once.
func ofSeveral(e engine.Event, verbose bool) (string, ink) {
	switch {
	case e.Instance == "":
		return sentence(e, verbose)
	case e.Kind == engine.RunBegin:
		return "", plain // all begin together
	case e.Kind == engine.RunEnd && e.Err != "":
		return Clean(e.Instance) + ": failed after " + Lasting(seconds(e.Seconds)), bad
	}
	text, i := sentence(e, verbose)
	if text != "" {
		text = Clean(e.Instance) + ": " + text
	}
	return text, i
}

// said is a guest's line for a person: the runner's own words around a job's
// output are left out.
func said(text string) string {
	text = strings.TrimSpace(Clean(text))
	for _, verb := range []string{"out ", "beat "} {
		if rest, ok := strings.CutPrefix(text, verb); ok {
			return strings.TrimSpace(rest)
		}
	}
	if text == "out" || text == "beat" {
		return ""
	}
	return text
}

// Lines writes each event as a line, with the time since the first one.
type Lines struct {
	style   Style
	verbose bool
	several bool // instances, which each line then names
	began   time.Time
}

// NewLines makes a writer of lines; verbose includes what the guests say.
func NewLines(style Style, verbose bool) *Lines { return &Lines{style: style, verbose: verbose} }

// Line is the event's line with its line end, or nothing.
func (l *Lines) Line(e engine.Event) string {
	if l.began.IsZero() {
		l.began = e.Time
	}
	say := sentence
	if l.several {
		say = ofSeveral
	}
	text, i := say(e, l.verbose)
	if text == "" {
		return ""
	}
	return fmt.Sprintf("[%7s] %s\n", Lasting(e.Time.Sub(l.began)), l.style.draw(i, text))
}
