package labfile

import (
	"fmt"
	"slices"
	"strings"

	"github.com/agext/levenshtein"
)

// nearest is the name most like what was written; empty when none is near.
func nearest(written string, names []string) string {
	best, least := "", 3
	if len(written) < 4 {
		least = 2
	}
	for _, name := range names {
		if strings.EqualFold(name, written) {
			return name
		}
		if d := levenshtein.Distance(strings.ToLower(written), name, nil); d < least {
			best, least = name, d
		}
	}
	if best != "" {
		return best
	}
	for _, name := range names {
		if len(written) > 3 && (strings.HasPrefix(name, written) || strings.HasPrefix(written, name) && len(name) > 2) {
			return name
		}
	}
	return ""
}

// didYouMean is a sentence that suggests a name, or lists a few, or is empty.
// It begins with a space.
func didYouMean(written string, names []string) string {
	if name := nearest(written, names); name != "" {
		return fmt.Sprintf(" Did you mean %q?", name)
	}
	if len(names) == 0 || len(names) > 24 {
		return ""
	}
	return " There is: " + strings.Join(slices.Sorted(slices.Values(names)), ", ") + "."
}
