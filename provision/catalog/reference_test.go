package catalog_test

import (
	"bytes"
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/catalog"
)

// TestReference keeps docs/reference/steps.md what the schemas say.
func TestReference(t *testing.T) {
	t.Parallel()
	path := filepath.Join("..", "..", "docs", "reference", "steps.md")
	text := reference()
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(have, text) {
		t.Errorf("%s is not what the schemas say; write it anew:\n    go test ./provision/catalog -run TestReference -update", path)
	}
}

func reference() []byte {
	var b bytes.Buffer
	b.WriteString(`# Steps

Made from the catalogue's schemas by ` + "`go test ./provision/catalog -run TestReference -update`" + `; do not edit.

A stage of a lab file holds steps and checks:

` + "```hcl" + `
stage "forest" {
  after = stage.windows
  step "promote" {
    on     = machine.dc01
    domain = "contoso.test"
  }
  check "domain" {
    on    = machine.dc01
    share = ["SYSVOL", "NETLOGON"]
  }
}
` + "```" + `

Every one has ` + "`on`" + `, the machine it is done on (a list of machines where "several machines" is said), and may have
` + "`after`" + `, a list of steps of the same stage that must come first. What a step needs from another machine it waits for
by itself. A value with one of ` + "`\" % ! ^ & | < >`" + `, or with anything but plain ASCII, cannot be written into a script and
is refused, unless the argument says otherwise; the same holds for passwords.

A step is done when its facts have been read back from the guest, whatever its exit code was. The times are what the step
typically takes on a host with KVM; a host without takes several times as long.
`)
	for _, e := range catalog.All() {
		step(&b, e)
	}
	cmdlets(&b)
	shell(&b)
	return b.Bytes()
}

// shell lists the lines that go to the shell of later versions of Exchange.
func shell(b *bytes.Buffer) {
	b.WriteString(`
## Lines for the shell

What a step of Exchange 2007 or later cannot do with a tool that is in the box of every Windows it asks of PowerShell, one line at
a time, after ` + "`Add-PSSnapin`" + ` of the version's own commands. Words in braces become texts in single quotes. No line decides
alone whether a step is done: what it did is read from the directory or from a list.

| step | what for | from | to | line |
|---|---|---|---|---|
`)
	for _, l := range catalog.ShellLines() {
		fmt.Fprintf(b, "| `%s` | %s | %s | %s | `%s` |\n", l.Step, l.Does, l.From, l.To, strings.ReplaceAll(l.Text, "|", `\|`))
	}
}

// cmdlets lists the lines that go to PowerShell of later versions of Windows.
func cmdlets(b *bytes.Buffer) {
	b.WriteString(`
## Lines for PowerShell of Windows

Windows 2012 and later have cmdlets where earlier ones have dcpromo and servermanagercmd. A step gives PowerShell one line at a time.
Words in braces become texts in single quotes; ` + "`{features}` and `{level}`" + ` stand bare.

| step | what for | line |
|---|---|---|
`)
	for _, l := range catalog.Cmdlets() {
		fmt.Fprintf(b, "| `%s` | %s | `%s` |\n", l.Step, l.Does, strings.ReplaceAll(l.Text, "|", `\|`))
	}
}

func step(b *bytes.Buffer, e catalog.Entry) {
	s := e.Schema()
	word := "step"
	if s.Check {
		word = "check"
	}
	fmt.Fprintf(b, "\n## `%s`\n\n%s\n\n", s.Kind, s.Doc)
	several := ""
	if s.Many {
		several = ", on several machines at once"
	}
	fmt.Fprintf(b, "A %s%s. Typical time: %s.\n\n", word, several, spoken(e.Typical()))
	b.WriteString("| argument | type | default | |\n|---|---|---|---|\n")
	args := slices.Clone(s.Args)
	slices.SortStableFunc(args, func(x, y labs.Arg) int { return cmp.Compare(rank(x), rank(y)) })
	for _, a := range args {
		fmt.Fprintf(b, "| `%s` | %s | %s | %s |\n", a.Name, a.Type, shown(a), strings.ReplaceAll(a.Doc, "|", `\|`))
	}
}

// rank puts required arguments first.
func rank(a labs.Arg) int {
	if a.Required {
		return 0
	}
	return 1
}

func shown(a labs.Arg) string {
	switch v := a.Default.(type) {
	case nil:
		if a.Required {
			return "required"
		}
		return ""
	case string:
		return fmt.Sprintf("`%q`", v)
	case time.Duration:
		return fmt.Sprintf("`%q`", spoken(v))
	default:
		return fmt.Sprintf("`%v`", v)
	}
}

// spoken is a duration without its empty parts: "2h", "90s".
func spoken(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// TestSchemas holds the schemas to what the reader of lab files expects.
func TestSchemas(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, s := range catalog.Schemas() {
		if seen[s.Kind] {
			t.Errorf("%s is there twice", s.Kind)
		}
		seen[s.Kind] = true
		if e, ok := catalog.Find(s.Kind); !ok || e.Schema().Kind != s.Kind {
			t.Errorf("%s is not found by its name", s.Kind)
		}
		if !strings.HasSuffix(s.Doc, ".") {
			t.Errorf("%s: the doc is no sentence: %q", s.Kind, s.Doc)
		}
		names := map[string]bool{"on": true, "after": true, "allow": true}
		for _, a := range s.Args {
			if names[a.Name] {
				t.Errorf("%s: the argument %s is taken", s.Kind, a.Name)
			}
			names[a.Name] = true
			if !strings.HasSuffix(a.Doc, ".") {
				t.Errorf("%s.%s: the doc is no sentence: %q", s.Kind, a.Name, a.Doc)
			}
			if a.Required && a.Default != nil {
				t.Errorf("%s.%s is required and has a default", s.Kind, a.Name)
			}
			if a.Valid != nil && a.Default != nil {
				if why := a.Valid(a.Default); why != "" {
					t.Errorf("%s.%s: its default is refused: %s", s.Kind, a.Name, why)
				}
			}
		}
	}
	if _, ok := catalog.Find("wizardry"); ok {
		t.Error("a step that is not there is found")
	}
}

func TestWants(t *testing.T) {
	t.Parallel()
	w := newWorld(t, labs.Windows2003)
	w.demo()
	var got []string
	for _, s := range w.stage.Steps {
		for _, want := range catalog.Wants(w.lab, s) {
			got = append(got, s.Kind+" "+want.Media+" "+string(want.Product)+" "+want.Name)
		}
	}
	want := []string{
		"install windows windows-2003 Windows Server 2003", "install windows windows-2003 Windows Server 2003", "promote windows windows-2003 Windows Server 2003", "join windows windows-2003 Windows Server 2003",
		"forestprep exchange exchange-2003 Exchange Server 2003", "domainprep exchange exchange-2003 Exchange Server 2003", "exchange_setup exchange exchange-2003 Exchange Server 2003",
	}
	if !slices.Equal(got, want) {
		t.Errorf("wants %q, want %q", got, want)
	}
}

// TestWantsOfExchange holds what is looked for on the discs of each version.
func TestWantsOfExchange(t *testing.T) {
	t.Parallel()
	w := hop(t)
	got := map[string]string{}
	for _, job := range exchangeJobs() {
		call := w.step(job.kind, job.on, job.args)
		for _, want := range catalog.Wants(w.lab, call.Step) {
			got[job.name] = string(want.Product) + " as " + want.Name
		}
	}
	for name, want := range map[string]string{
		"forestprep-2000": "exchange-2000 as Exchange 2000", "forestprep": "exchange-2003 as Exchange Server 2003", "legacy-permissions": "exchange-2010 as Exchange 2010 SP3",
		"install-se": "exchange-se as Exchange Server SE", "update-2016-cu": "exchange-2016 as Exchange 2016 CU23", "recovery-2019": "exchange-2019 as Exchange 2019 CU15",
		"update-2003": "exchange-2003 as Exchange 2003 SP2", "update-2010-ru": "exchange-2010 as Exchange 2010 SP3 RU22", "update-2000-kb": "exchange-2000 as Exchange 2000 SP3 with KB870540", "remove-2010": "", "move-2003-2010": "",
	} {
		if got[name] != want {
			t.Errorf("%s wants %q, not %q", name, got[name], want)
		}
	}
}

func TestCommand(t *testing.T) {
	t.Parallel()
	job, err := catalog.Command(`dir "C:\Program Files" & ver`)
	if err != nil || len(job.Files) != 2 {
		t.Fatalf("job %v, error %v", job, err)
	}
	if got := string(read(t, job.Files[1])); got != "@echo off\r\ndir \"C:\\Program Files\" & ver\r\n" {
		t.Errorf("the command became %q", got)
	}
	for _, bad := range []string{"", " ", "a\nb", "ä", strings.Repeat("x", 5000)} {
		if _, err := catalog.Command(bad); err == nil {
			t.Errorf("%q is accepted", bad)
		}
	}
}

func BenchmarkWork(b *testing.B) {
	t := &testing.T{}
	w := newWorld(t, labs.Windows2003)
	w.demo()
	call := catalog.Call{Lab: w.lab, Stage: w.stage, Step: w.stage.Steps[3], Machine: w.lab.Machines[1], Estate: w.estate, Secret: secrets}
	entry, _ := catalog.Find("join")
	for b.Loop() {
		_, _ = entry.Work(call)
	}
}
