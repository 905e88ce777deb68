package answer

import (
	"github.com/doublehop/doublehop/labs"
)

// Optional writes the file with which sysocmgr of Windows 2000 and 2003 adds
// optional parts to a running system: the sections that Setup takes too
// (TechNet cc773290).
func Optional(os labs.OS, components []string, o Origin) (File, labs.Diagnostics) {
	s := Setup{OS: os, Components: components, Origin: o}
	diags := s.checkOptional()
	var entries []entry
	for section, values := range [][]keyed{componentValues(&s), networkComponentValues(&s)} {
		for _, v := range values {
			entries = append(entries, entry{[]string{"Components", "NetOptionalComponents"}[section], v.key, v.value})
		}
	}
	file, more := write("OPTIONAL.TXT", entries, o)
	return finish(file, append(diags, more...))
}

// checkOptional is [Setup.checkComponents] with the step's words.
func (s *Setup) checkOptional() labs.Diagnostics {
	var diags labs.Diagnostics
	for _, d := range s.checkComponents() {
		again := s.Origin.complaint("add", d.Summary, d.Detail)
		diags = append(diags, again)
	}
	return diags
}

// OptionalKeys are the parts that a file of [Optional] switches on, sorted, as
// Windows calls them: "iis_www".
func OptionalKeys(os labs.OS, components []string) []string {
	s := Setup{OS: os, Components: components}
	var keys []string
	for _, v := range componentValues(&s) {
		keys = append(keys, v.key)
	}
	return keys
}
