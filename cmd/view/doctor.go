package view

import (
	"strings"

	"github.com/doublehop/doublehop/cmd/doctor"
)

// Doctor draws what was found about a host, with what mends it.
func (s Style) Doctor(r doctor.Report) string {
	var b strings.Builder
	for _, c := range r.Checks {
		i := map[doctor.State]ink{doctor.OK: good, doctor.Slow: warning, doctor.Bad: bad, doctor.Skipped: faint}[c.State]
		const before = 7 + 2 + 13 + 2
		says := strings.TrimLeft(s.wrap(c.Says, strings.Repeat(" ", before)), " ")
		b.WriteString(s.draw(i, pad(string(c.State), 7)) + "  " + pad(Clean(c.Name), 13) + "  " + says)
		for _, line := range c.Mend {
			b.WriteString(s.wrap(line, strings.Repeat(" ", before)))
		}
	}
	if r.Ready {
		b.WriteString("\nThis host can run labs.\n")
	} else {
		b.WriteString("\nThis host cannot run labs yet: mend what is bad, from the top.\n")
	}
	return b.String()
}
