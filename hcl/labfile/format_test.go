package labfile_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/doublehop/doublehop/hcl/labfile"
)

func TestFormat(t *testing.T) {
	for name, c := range map[string]struct{ src, want string }{
		"equal signs stand in line": {
			"machine \"m\" {\nos=\"windows-2003\"\n   memory   = \"256MiB\" # small\n}\n",
			"machine \"m\" {\n  os     = \"windows-2003\"\n  memory = \"256MiB\" # small\n}\n",
		},
		"line ends are those of Unix": {"lab \"x\" {\r\n}\r\n", "lab \"x\" {\n}\n"},
		"one line end at the end":     {"lab \"x\" {}\n\n\n", "lab \"x\" {}\n"},
		"a last line without its end": {"lab \"x\" {}", "lab \"x\" {}\n"},
		"an empty file stays empty":   {"\n \n", ""},
		"a byte order mark goes":      {"\xef\xbb\xbflab \"x\" {}\n", "lab \"x\" {}\n"},
		"a heredoc keeps its text": {
			"locals {\na = <<EOT\n  two   spaces\nEOT\n}\n",
			"locals {\n  a = <<EOT\n  two   spaces\nEOT\n}\n",
		},
	} {
		got, diags := labfile.Format("x.lab.hcl", []byte(c.src))
		if diags.Fatal() {
			t.Errorf("%s: %v", name, diags)
		}
		if diff := cmp.Diff(c.want, string(got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestAWrongFileIsNotFormatted(t *testing.T) {
	const src = "lab \"x\" {\n   a = \n}\n"
	got, diags := labfile.Format("x.lab.hcl", []byte(src))
	if string(got) != src || !diags.Fatal() || diags[0].Subject == nil || diags[0].Subject.File != "x.lab.hcl" {
		t.Errorf("%q %v", got, diags)
	}
}
