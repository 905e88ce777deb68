package guest_test

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/doublehop/doublehop/provision/guest"
)

func TestParse(t *testing.T) {
	t.Parallel()
	exit := guest.Record{ID: "FOREST-1", Ask: "0badf00d", Seq: 7, Verb: guest.Exit, Text: "3010"}
	for name, c := range map[string]struct {
		line string
		want *guest.Record
	}{
		"a record":                               {"~DH1 33 FOREST-1 0badf00d 7 exit 3010", nil},
		"its true length":                        {"~DH1 29 FOREST-1 0badf00d 7 exit 3010", &exit},
		"noise before it":                        {"\x00\xffSeaBIOS ~DH1 29 FOREST-1 0badf00d 7 exit 3010\r\n", &exit},
		"a record cut short, then a whole one":   {"~DH1 29 FOREST-1 0bad~DH1 29 FOREST-1 0badf00d 7 exit 3010", &exit},
		"a lost digit":                           {"~DH1 29 FOREST-1 0badf00d 7 exit 310", nil},
		"a lost line end before text":            {"~DH1 29 FOREST-1 0badf00d 7 exit 3010Starting", nil},
		"a lost line end before a record":        {"~DH1 29 FOREST-1 0badf00d 7 exit 3010~DH1 10 - - 8 idle", &exit},
		"no job":                                 {"~DH1 10 - - 8 idle", &guest.Record{Seq: 8, Verb: guest.Idle}},
		"half a job":                             {"~DH1 17 FOREST-1 - 8 idle", nil},
		"an unknown verb":                        {"~DH1 10 - - 8 obey", nil},
		"a lower-case id":                        {"~DH1 24 forest-1 0badf00d 8 idle", nil},
		"a path in the id":                       {"~DH1 22 ../../ 0badf00d 8 idle", nil},
		"no sequence":                            {"~DH1 10 - - 0 idle", nil},
		"a sequence that would overflow":         {"~DH1 21 - - 999999999999 idle", nil},
		"a negative length":                      {"~DH1 -1 - - 8 idle", nil},
		"a length beyond the line":               {"~DH1 1399 - - 8 idle", nil},
		"a length beyond all records":            {"~DH1 9999 - - 8 idle", nil},
		"escapes":                                {"~DH1 24 - - 9 out a~1B[2J~7ez~09", &guest.Record{Seq: 9, Verb: guest.Out, Text: "a\\x1b[2J~z\t"}},
		"a record inside the text of a record":   {"~DH1 28 - - 9 out ~DH1 10 - - 8 idle", &guest.Record{Seq: 9, Verb: guest.Out, Text: "~DH1 10 - - 8 idle"}},
		"text that only looks like an escape":    {"~DH1 16 - - 9 out 5~ ~G1", &guest.Record{Seq: 9, Verb: guest.Out, Text: "5~ ~G1"}},
		"raw bytes of a terminal in a record":    {"~DH1 13 - - 9 out \x1b[m", &guest.Record{Seq: 9, Verb: guest.Out, Text: "\\x1b[m"}},
		"nothing":                                {"", nil},
		"the prefix alone":                       {"~DH1 ", nil},
		"another version of the protocol":        {"~DH2 10 - - 8 idle", nil},
		"text with an empty proof line":          {"~DH1 18 - - 9 proof SCHEMA", &guest.Record{Seq: 9, Verb: guest.Proof, Text: "SCHEMA"}},
		"a record with spaces at the text's end": {"~DH1 13 - - 9 out a  ", &guest.Record{Seq: 9, Verb: guest.Out, Text: "a  "}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, ok := guest.Parse([]byte(c.line))
			if c.want == nil {
				if ok {
					t.Fatalf("obeyed %+v", got)
				}
				return
			}
			if diff := cmp.Diff(*c.want, got); !ok || diff != "" {
				t.Errorf("parsed=%v (-want +got):\n%s", ok, diff)
			}
		})
	}
}

func TestTheExampleInTheDocsIsARecord(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/reference/guest-protocol.md")
	if err != nil {
		t.Fatal(err)
	}
	examples := 0
	for line := range strings.Lines(string(page)) {
		if !strings.HasPrefix(line, "~DH1 ") || strings.HasPrefix(line, "~DH1 <") {
			continue
		}
		examples++
		if _, ok := guest.Parse([]byte(line)); !ok {
			t.Errorf("not a record: %s", line)
		}
	}
	if examples == 0 {
		t.Error("no example found")
	}
}
