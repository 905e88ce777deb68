package view_test

import (
	"strings"
	"testing"

	"github.com/doublehop/doublehop/cmd/view"
)

func TestADiffIsColouredAndHarmless(t *testing.T) {
	t.Parallel()
	const diff = "diff a b\n--- a\n+++ b\n@@ -1,2 +1,2 @@\n lab \"x\" {}\n-a=1\n+a = \"\x1b[2J\"\n"
	if got := (view.Style{}).Diff(diff); got != strings.ReplaceAll(diff, "\x1b", "\ufffd") {
		t.Errorf("without colour: %q", got)
	}
	got := view.Style{Color: true}.Diff(diff)
	for _, want := range []string{"\x1b[32m+a = \"\ufffd[2J\"\x1b[0m", "\x1b[31;1m-a=1\x1b[0m", "\n lab \"x\" {}\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in %q", want, got)
		}
	}
}
