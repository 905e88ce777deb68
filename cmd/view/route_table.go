package view

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rivo/uniseg"

	"github.com/doublehop/doublehop/provision/estate"
)

// Route draws the first route of an answer with all its steps, and the others
// in a line each; verbose adds how a lab makes the start, and what the warnings
// say.
func (s Style) Route(a RouteAnswer, verbose bool) string {
	var b strings.Builder
	way := a.Routes[0]
	fmt.Fprintf(&b, "%s\n\n", s.draw(strong, fmt.Sprintf("%s to %s: %s, %s%s", a.From.Name, reached(way).Name, count(len(way.Hops), "hop"), count(way.Steps, "step"), lasting(way.Seconds))))
	b.WriteString(s.wrap(chain(way), "  "))
	b.WriteString(s.routeStart(a.Start))
	if verbose {
		for _, step := range a.Start.Steps {
			b.WriteString(s.routeStep(step, widestOn(a.Start.Steps)))
		}
	}
	b.WriteString(s.routeForbidden(a.Forbidden))
	for i, h := range way.Hops {
		b.WriteString(s.routeHop(i+1, h, verbose))
	}
	if len(a.Routes) > 1 {
		b.WriteString("\n" + s.draw(strong, "Other ways") + "\n")
		for _, other := range a.Routes[1:] {
			b.WriteString(s.wrap(fmt.Sprintf("%s: %s%s", chain(other), count(other.Steps, "step"), lasting(other.Seconds)), "  "))
		}
	}
	return b.String()
}

func reached(way RouteWay) RouteRelease { return way.Hops[len(way.Hops)-1].To }

// chain is "Exchange 2003 SP2 → Exchange 2010 SP3".
func chain(way RouteWay) string {
	var b strings.Builder
	b.WriteString(way.Hops[0].From.Name)
	for _, h := range way.Hops {
		arrow := " → "
		if h.InPlace {
			arrow = " ⇒ "
		}
		b.WriteString(arrow + h.To.Name)
	}
	return b.String()
}

func lasting(seconds int) string {
	if seconds == 0 {
		return ""
	}
	return ", about " + about(time.Duration(seconds)*time.Second)
}

func (s Style) routeStart(start RouteStart) string {
	var b strings.Builder
	b.WriteString("\n" + s.draw(strong, "Start") + "  " + s.draw(faint, "another one with --dc, --os, --level, --mode") + "\n")
	widest := 0
	for _, m := range start.Machines {
		widest = max(widest, uniseg.StringWidth(m.Name))
	}
	for _, m := range start.Machines {
		text := m.Windows
		if m.Role != "member" {
			text += "; " + m.Role + " of " + start.Domain + ", forest level " + start.ForestLevel
		}
		if r, ok := estate.FindRelease(m.Exchange); ok {
			text += "; " + r.Name
			if start.Mode != "" {
				text += ", " + start.Mode + " mode"
			}
		}
		b.WriteString(s.hang("  "+pad(m.Name, widest)+"  ", text))
	}
	return b.String()
}

// hang writes text behind a lead, and goes on under the text.
func (s Style) hang(lead, text string) string {
	indent := strings.Repeat(" ", uniseg.StringWidth(lead))
	return lead + strings.TrimPrefix(s.wrap(text, indent), indent)
}

func (s Style) routeForbidden(list []RouteChange) string {
	if len(list) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("\n" + s.draw(strong, "No shorter way") + "\n")
	for _, c := range list {
		var why []string
		for _, r := range c.Rules {
			why = append(why, r.ID+", "+lower(r.Title))
		}
		b.WriteString(s.hang("  "+short(c.From)+" → "+short(c.To)+"  ", strings.Join(why, "; ")))
	}
	return b.String()
}

// lower is a title inside a sentence.
func lower(title string) string {
	if strings.HasPrefix(title, "Exchange") || strings.HasPrefix(title, "Windows") || strings.HasPrefix(title, "Active") || title == "" {
		return title
	}
	return strings.ToLower(title[:1]) + title[1:]
}

// short is a product without its family: "2003".
func short(product string) string {
	tail := strings.TrimPrefix(product, "exchange-")
	if tail == "se" {
		return "SE"
	}
	return tail
}

// widestOn is the width of the longest machine's name.
func widestOn(steps []RouteStep) int {
	widest := 0
	for _, step := range steps {
		widest = max(widest, uniseg.StringWidth(step.On))
	}
	return widest
}

func (s Style) routeHop(n int, h RouteHop, verbose bool) string {
	var b strings.Builder
	title := fmt.Sprintf("Hop %d: %s on %s → %s on %s", n, h.From.Name, h.Old, h.To.Name, h.New)
	if h.InPlace {
		title = fmt.Sprintf("Hop %d: %s becomes %s in place on %s", n, h.From.Name, h.To.Name, h.New)
	}
	b.WriteString("\n" + s.draw(strong, title) + lasting(h.Seconds) + "\n")
	if h.Tool != "" {
		b.WriteString(s.wrap(fmt.Sprintf("Mailboxes: %s; their users are %s meanwhile.", h.Tool, h.Mode), "  "))
	}
	if text := allowed(h); text != "" {
		b.WriteString(s.wrap(text, "  "))
	}
	widest, phase := widestOn(h.Steps), ""
	for _, step := range h.Steps {
		if step.Phase != phase {
			phase = step.Phase
			b.WriteString("  " + s.draw(faint, phase) + "\n")
		}
		b.WriteString(s.routeStep(step, widest))
	}
	if verbose {
		b.WriteString("  " + s.draw(faint, "becomes") + "\n")
		for _, change := range h.Becomes {
			b.WriteString(cut("       "+Clean(change), s.width()) + "\n")
		}
	}
	if len(h.NoReturn) > 0 {
		b.WriteString("  " + s.draw(warning, "no step takes back") + "\n")
		for _, change := range h.NoReturn {
			b.WriteString(cut("       "+Clean(change), s.width()) + "\n")
		}
	}
	b.WriteString(s.routeWarnings(h, verbose))
	return b.String()
}

// allowed says what is allowed while both versions are there.
func allowed(h RouteHop) string {
	var parts []string
	if span := span(h.Controllers, func(id string) string { return strings.TrimPrefix(id, "windows-") }); span != "" {
		parts = append(parts, "domain controllers with Windows "+span)
	}
	if span := span(h.ForestLevels, func(l string) string { return l }); span != "" {
		parts = append(parts, "forest level "+span)
	}
	if len(parts) == 0 {
		return ""
	}
	return "Beside both versions: " + strings.Join(parts, "; ") + "."
}

func span(list []string, show func(string) string) string {
	switch len(list) {
	case 0:
		return ""
	case 1:
		return show(list[0])
	}
	return show(list[0]) + " to " + show(list[len(list)-1])
}

// routeStep is one line, with the rule at the right edge where it fits, and
// below it where it does not.
func (s Style) routeStep(step RouteStep, widest int) string {
	lead := fmt.Sprintf("  %3d  %s  ", step.Number, pad(Clean(step.On), widest))
	text := Clean(step.What)
	rule := ""
	if len(step.Rules) > 0 && !ofTheModel(step.Rules[0].ID) {
		rule = step.Rules[0].ID
	}
	body := strings.TrimSuffix(s.hang(lead, text), "\n")
	if rule == "" {
		return body + "\n"
	}
	lines := strings.Split(body, "\n")
	gap := s.width() - uniseg.StringWidth(lines[len(lines)-1]+rule)
	if gap < 2 {
		body, gap = body+"\n", s.width()-uniseg.StringWidth(rule)
	}
	return body + strings.Repeat(" ", max(gap, 0)) + s.draw(faint, rule) + "\n"
}

// ofTheModel says that a rule goes without saying: a machine must be installed.
func ofTheModel(id string) bool {
	rule, ok := estate.FindRule(id)
	return ok && rule.Source == "model"
}

func (s Style) routeWarnings(h RouteHop, verbose bool) string {
	var b strings.Builder
	var told []string
	for _, w := range h.Warnings {
		if slices.Contains(told, w.ID) {
			continue
		}
		told = append(told, w.ID)
		b.WriteString("  " + s.draw(warning, "Mind:") + strings.TrimPrefix(s.wrap(fmt.Sprintf("%s (%s, step %d)", w.Title, w.ID, w.Step), "        "), "       "))
		if verbose {
			b.WriteString(s.wrap(w.Detail, "        "))
		}
	}
	return b.String()
}
