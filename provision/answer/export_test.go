package answer

import (
	"fmt"
	"strings"

	"github.com/doublehop/doublehop/labs"
)

// ReferenceTable is the table of WINNT.SIF's keys for the reference page, with
// the values that they have for two machines.
func ReferenceTable(w2003, w2000 Setup) string {
	var b strings.Builder
	b.WriteString("| section | key | Windows 2003 | Windows 2000 | known from |\n|---|---|---|---|---|\n")
	line := func(section, key, new, old, source string) {
		cell := func(v string) string {
			if v == "" {
				return "–"
			}
			return "`" + v + "`"
		}
		fmt.Fprintf(&b, "| `%s` | `%s` | %s | %s | %s |\n", section, key, cell(new), cell(old), source)
	}
	for _, r := range winntRows() {
		values := map[labs.OS]map[string]string{}
		var order []string
		for _, s := range []*Setup{&w2003, &w2000} {
			values[s.OS] = map[string]string{}
			if len(r.only) > 0 && r.only[0] != s.OS {
				continue
			}
			for _, k := range r.values(s) {
				if values[w2003.OS][k.key] == "" {
					order = append(order, k.key)
				}
				values[s.OS][k.key] = k.value.render(true)
			}
		}
		for _, key := range order {
			line(r.section, key, values[w2003.OS][key], values[w2000.OS][key], r.source)
		}
	}
	for _, e := range w2003.network() {
		if e.key != "" {
			line(e.section, e.key, e.value.render(true), e.value.render(true), "TechNet cc773207, cc773380")
		}
	}
	return b.String()
}
