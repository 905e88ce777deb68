package estate

import "strings"

// and lists words as a sentence does.
func and(list []string) string {
	if len(list) < 2 {
		return strings.Join(list, "")
	}
	last := len(list) - 1
	return strings.Join(list[:last], ", ") + " and " + list[last]
}

// quoted lists words as a lab file does.
func quoted(list []string) string { return `"` + strings.Join(list, `", "`) + `"` }
