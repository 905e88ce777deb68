package directory_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/doublehop/doublehop/e2e/standin/programs/directory"
)

func TestLDIFIsWrittenAsLdifdeWritesIt(t *testing.T) {
	long := strings.Repeat("0123456789", 9)
	got := directory.WriteLDIF([]directory.Entry{directory.New("CN=a,DC=b", "cn", "a", "info", long, "info", "ä", "info", " x")})
	want := "dn: CN=a,DC=b\r\nchangetype: add\r\ncn: a\r\ninfo: " + long[:74] + "\r\n " + long[74:] + "\r\ninfo:: w6Q=\r\ninfo:: IHg=\r\n\r\n"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func FuzzWhatIsWrittenIsReadBack(f *testing.F) {
	f.Add("CN=a,DC=b", "info", "text", "dn: x\nchangetype: modify\nadd: a\na: b\n-\n")
	f.Fuzz(func(t *testing.T, dn, name, value, text string) {
		_, _ = directory.ParseLDIF(text)
		if dn == "" || strings.ContainsAny(name, " :\r\n#-") || name == "" || strings.EqualFold(name, "changetype") || strings.HasPrefix(strings.ToLower(name), "version") {
			return
		}
		want := directory.New(dn, name, value)
		got, err := directory.ParseLDIF(directory.WriteLDIF([]directory.Entry{want}))
		if err != nil || len(got) != 1 {
			t.Fatalf("%d records, %v", len(got), err)
		}
		if diff := cmp.Diff(want, got[0].Entry); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}
