package catalog

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseLDIF(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, text string
		want       []object
		err        string
	}{
		{"nothing", "", nil, ""},
		{"blank lines", "\n \n\t\n", nil, ""},
		{
			"as ldifde writes it", "dn: CN=Schema,CN=Configuration,DC=contoso,DC=test\r\nchangetype: add\r\nobjectVersion: 30\r\n\r\n",
			[]object{{"CN=Schema,CN=Configuration,DC=contoso,DC=test", map[string][]string{"changetype": {"add"}, "objectversion": {"30"}}}},
			"",
		},
		{
			"folded in the middle of a word", "dn: CN=Microsoft Exch\n ange,DC=test\nobjectVersion: 69\n 03\n",
			[]object{{"CN=Microsoft Exchange,DC=test", map[string][]string{"objectversion": {"6903"}}}},
			"",
		},
		{
			"base64", "dn:: " + base64.StdEncoding.EncodeToString([]byte("CN=Zürich")) + "\ncn:: " + base64.StdEncoding.EncodeToString([]byte("Zürich")) + "\n",
			[]object{{"CN=Zürich", map[string][]string{"cn": {"Zürich"}}}},
			"",
		},
		{
			"several values and entries", "version: 1\n\n# a comment\n that goes on\ndn: CN=a\nmember: CN=x\nmember: CN=y\n-\n\ndn: CN=b\n",
			[]object{{"CN=a", map[string][]string{"member": {"CN=x", "CN=y"}}}, {"CN=b", map[string][]string{}}},
			"",
		},
		{"an option", "dn: CN=a\nmember;range=0-1: CN=x\n", nil, `line 2: "member;range=0-1: CN=x" is no attribute`},
		{"empty value", "dn: CN=a\ninfo:\n", []object{{"CN=a", map[string][]string{"info": {""}}}}, ""},
		{"noise", "dn: CN=a\nThe connection cannot be established\n", nil, "line 2"},
		{"value without an entry", "objectVersion: 30\n", nil, "belongs to no entry"},
		{"cut after an entry's end", "dn: CN=a\n\nobjectVersion: 30\n", nil, "line 3"},
		{"bad base64", "dn: CN=a\ncn:: ***\n", nil, "line 2: cn is not base64"},
		{"a URL", "dn: CN=a\njpegPhoto:< file:///etc/passwd\n", nil, "refers to a URL"},
	} {
		got, err := parseLDIF(strings.Split(c.text, "\n"))
		if (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
			t.Errorf("%s: error %v, want %q", c.name, err, c.err)
			continue
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

// writeLDIF is the reverse of parseLDIF for the fuzz test: every value in base64.
func writeLDIF(list []object) []string {
	var lines []string
	for _, o := range list {
		lines = append(lines, "dn:: "+base64.StdEncoding.EncodeToString([]byte(o.DN)))
		for name, values := range o.Values {
			for _, v := range values {
				lines = append(lines, name+":: "+base64.StdEncoding.EncodeToString([]byte(v)))
			}
		}
		lines = append(lines, "")
	}
	return lines
}

// FuzzLDIF holds that no text of a guest makes the reader fall over, and that
// what it reads it reads again from what it would write.
func FuzzLDIF(f *testing.F) {
	for _, seed := range []string{
		"dn: CN=Schema,CN=Configuration,DC=contoso,DC=test\r\nchangetype: add\r\nobjectVersion: 30\r\n\r\n",
		"dn: CN=a\n b\ncn:: eA==\n-\n\ndn: CN=c\n", "version: 1\n\n#\ndn:\n", "dn:: \ndn:: eA\n", ": x\n", " x\n", "dn: a\na:b:c\nA: d\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		list, err := parseLDIF(strings.Split(text, "\n"))
		for _, p := range []Proof{atLeast("n", "F", "objectVersion", 30), called("n", "F", "EX01"), recorded("n", "F", "cn")} {
			if value, err := p.Read(strings.Split(text, "\n")); err == nil && value == "" && p.Expect != "any cn" {
				t.Errorf("%s: an empty value is taken for a fact", p.Expect)
			}
		}
		if err != nil {
			return
		}
		again, err := parseLDIF(writeLDIF(list))
		if err != nil {
			t.Fatalf("what was read cannot be read again: %v", err)
		}
		if diff := cmp.Diff(list, again); diff != "" {
			t.Errorf("read, written and read again (-first +second):\n%s", diff)
		}
	})
}
