package diagram

import (
	"fmt"
	"strings"
	"unicode"
)

// Mermaid writes the diagram as a Mermaid flowchart, which many wikis and code
// hosts draw.
func (d Diagram) Mermaid() string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("flowchart TB")
	line("  subgraph machines[\"Machines and networks\"]")
	networks := map[string]int{}
	for i, n := range d.Networks {
		networks[n.Name] = i
		line("    n%d{{%s}}", i, mermaidText(n.Name, n.Subnet))
	}
	for i, m := range d.Machines {
		line("    m%d[%s]", i, mermaidText(m.Name, m.hardware()))
		for _, c := range m.Cards {
			line("    n%d ---|%s| m%d", networks[c.Network], mermaidText(c.Address), i)
		}
	}
	line("  end")
	line("  subgraph stages[\"Stages\"]")
	stages := map[string]int{}
	for i, s := range d.Stages {
		stages[s.Name] = i
		lines := []string{s.Name}
		for _, st := range s.Steps {
			mark := "•"
			if st.Check {
				mark = "✓"
			}
			lines = append(lines, mark+" "+st.label()+": "+d.onWhich(st))
		}
		line("    s%d(%s)", i, mermaidText(lines...))
		if s.After != "" {
			line("    s%d --> s%d", stages[s.After], i)
		}
	}
	line("  end")
	return b.String()
}

// mermaidText is a quoted label of several lines. What is not a letter, a digit
// or harmless is written as a character code.
func mermaidText(lines ...string) string {
	var b strings.Builder
	for i, text := range lines {
		if i > 0 {
			b.WriteString("<br/>")
		}
		for _, r := range oneLine(text) {
			switch {
			case r < 0x80 && !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune(" .,:;-_/()", r):
				fmt.Fprintf(&b, "#%d;", r)
			default:
				b.WriteRune(r)
			}
		}
	}
	return `"` + b.String() + `"`
}
