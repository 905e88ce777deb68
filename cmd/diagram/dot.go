package diagram

import (
	"fmt"
	"strings"
)

// DOT writes the diagram for Graphviz.
func (d Diagram) DOT() string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("digraph lab {")
	line("  graph [label=%s, labelloc=t, fontname=\"Helvetica\", fontsize=16, newrank=true]", dotText(d.Lab))
	line("  node [fontname=\"Helvetica\", fontsize=11, style=\"rounded,filled\", fillcolor=white]")
	line("  edge [fontname=\"Helvetica\", fontsize=10, color=\"#57606a\"]")
	line("  subgraph cluster_machines {\n    label=\"Machines and networks\"; fontsize=12; style=rounded; color=\"#d0d7de\"")
	networks := map[string]int{}
	for i, n := range d.Networks {
		networks[n.Name] = i
		line("    n%d [shape=box, fillcolor=\"#dbeafe\", label=%s]", i, dotText(n.Name, n.Subnet))
	}
	for i, m := range d.Machines {
		line("    m%d [shape=box, label=%s]", i, dotText(m.Name, m.hardware()))
	}
	for i, m := range d.Machines {
		for _, c := range m.Cards {
			line("    n%d -> m%d [dir=none, label=%s]", networks[c.Network], i, dotText(c.Address))
		}
	}
	line("  }\n  subgraph cluster_stages {\n    label=\"Stages\"; fontsize=12; style=rounded; color=\"#d0d7de\"")
	stages := map[string]int{}
	for i, s := range d.Stages {
		stages[s.Name] = i
		line("    s%d [shape=box, label=%s]", i, d.dotStage(s))
	}
	for i, s := range d.Stages {
		if s.After != "" {
			line("    s%d -> s%d", stages[s.After], i)
		}
	}
	line("  }\n}")
	return b.String()
}

// dotStage is the label of a stage: its name, and its steps to the left.
func (d Diagram) dotStage(s Stage) string {
	var b strings.Builder
	b.WriteString(`"` + dotEscape(s.Name) + `\n`)
	for _, st := range s.Steps {
		mark := "•"
		if st.Check {
			mark = "✓"
		}
		b.WriteString(mark + " " + dotEscape(st.label()+": "+d.onWhich(st)) + `\l`)
	}
	return b.String() + `"`
}

// dotText is a quoted label of several lines.
func dotText(lines ...string) string {
	for i := range lines {
		lines[i] = dotEscape(lines[i])
	}
	return `"` + strings.Join(lines, `\n`) + `"`
}

// dotEscape makes one line of text harmless inside quotes.
func dotEscape(text string) string {
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(oneLine(text))
}
