package inf_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/doublehop/doublehop/e2e/standin/platform/inf"
)

func lines(text ...string) []byte { return []byte(strings.Join(text, "\r\n") + "\r\n") }

func TestValuesAreUnquotedAndExpanded(t *testing.T) {
	f, err := inf.Parse(lines(
		"; an answer file", "[Data]", "AutoPartition = 1 ; yes", `Quoted="say ""hi"", 100%%"`, "Name=%who%",
		"[data]", "AutoPartition=0", "List=a, b,\"c d\"", "Empty=", "[Strings]", `who="Contoso Ltd"`))
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string][]string{
		"autopartition": {"1"}, "Quoted": {`say "hi", 100%`}, "Name": {"Contoso Ltd"}, "List": {"a", "b", "c d"}, "Empty": {""}, "None": nil,
	} {
		if diff := cmp.Diff(want, f.Values("DATA", key)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", key, diff)
		}
	}
	if f.Has("Unattended") || !f.Has("DATA") {
		t.Error("Has is wrong about sections")
	}
}

func TestWhatSetupMightMisreadIsRefused(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"a line feed alone":         {"[Data]\nA=1\n", "line 1: ends with LF"},
		"a carriage return alone":   {"[Data]\rA=1\r\n", "line 1: a CR without"},
		"a letter beyond ASCII":     {"[Data]\r\nA=\xc3\xa9\r\n", "line 2: the byte 0xC3"},
		"blanks without quotes":     {"[Data]\r\nA=cmd /c x\r\n", "line 2: \"/c x\" follows a value"},
		"a quote that stays open":   {"[Data]\r\nA=\"x\r\n", "line 2: a quote that is not closed"},
		"a quote in the middle":     {"[Data]\r\nA=x\"y\"\r\n", "line 2: \"\\\"\" inside a value"},
		"one percent sign":          {"[Data]\r\nA=5%\r\n", "line 2: a single %"},
		"a string nobody defined":   {"[Data]\r\nA=%x%\r\n", "line 2: %x% is not in [Strings]"},
		"a key before any section":  {"A=1\r\n", "line 1: stands before"},
		"a header without its end":  {"[Data\r\n", "line 1: a section header without its ]"},
		"a backslash at line's end": {"[Data]\r\nA=C:\\\r\n", "line 2: a \\ at the end"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := inf.Parse([]byte(c.text))
			if err == nil || !strings.HasPrefix(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add("[Data]\r\nA=\"1\",2 ; x\r\n")
	f.Fuzz(func(t *testing.T, text string) {
		file, err := inf.Parse([]byte(text))
		if err == nil && file == nil {
			t.Error("neither a file nor an error")
		}
	})
}
