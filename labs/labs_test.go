package labs_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/doublehop/doublehop/labs"
)

func chain(names ...string) *labs.Lab {
	lab := &labs.Lab{}
	after := ""
	for _, n := range names {
		lab.Stages = append(lab.Stages, &labs.Stage{Name: n, After: after})
		after = n
	}
	return lab
}

func TestPathWalksFromTheRoot(t *testing.T) {
	lab := chain("windows", "forest", "schema")
	lab.Stages = append(lab.Stages, &labs.Stage{Name: "branch", After: "windows"})
	for name, want := range map[string][]string{
		"windows": {"windows"},
		"schema":  {"windows", "forest", "schema"},
		"branch":  {"windows", "branch"},
		"absent":  nil,
	} {
		var got []string
		for _, s := range lab.Path(name) {
			got = append(got, s.Name)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("path to %s (-want +got):\n%s", name, diff)
		}
	}
}

func TestPathOfAWrongLabEnds(t *testing.T) {
	lab := &labs.Lab{Stages: []*labs.Stage{{Name: "a", After: "b"}, {Name: "b", After: "a"}}}
	if got := len(lab.Path("a")); got > 2 {
		t.Errorf("a path in a circle has %d stages", got)
	}
}

func TestFindingByName(t *testing.T) {
	lab := &labs.Lab{
		Machines: []*labs.Machine{{Name: "dc01"}}, Media: []*labs.Media{{Name: "windows"}},
		Networks: []*labs.Network{{Name: "corp"}}, Secrets: []*labs.Secret{{Name: "key"}},
	}
	if _, ok := lab.Machine("dc01"); !ok {
		t.Error("no machine dc01")
	}
	if _, ok := lab.Medium("windows"); !ok {
		t.Error("no media windows")
	}
	if _, ok := lab.Network("corp"); !ok {
		t.Error("no network corp")
	}
	if _, ok := lab.Secret("key"); !ok {
		t.Error("no secret key")
	}
	if _, ok := lab.Machine("windows"); ok {
		t.Error("a machine that is not there was found")
	}
}

func TestAnArgumentLeftOutPointsAtItsBlock(t *testing.T) {
	at := labs.Range{File: "x", Start: labs.Pos{Line: 3}}
	m := &labs.Machine{Range: labs.Range{File: "x"}, Attributes: map[string]labs.Range{"memory": at}}
	if m.Attribute("memory") != at || m.Attribute("cpus") != m.Range {
		t.Errorf("memory at %v, cpus at %v", m.Attribute("memory"), m.Attribute("cpus"))
	}
}

func FuzzName(f *testing.F) {
	for _, seed := range []string{"dc01", "a-b", "-", "a-", "A", "é", "a_b"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if labs.NameProblem(name) != "" {
			return
		}
		if labs.LineProblem(name) != "" || labs.WordProblem(name) != "" {
			t.Errorf("%q is a name and yet no word", name)
		}
	})
}

func TestNames(t *testing.T) {
	for name, c := range map[string]struct {
		problem    func(string) string
		good, evil []string
	}{
		"name": {labs.NameProblem, []string{"a", "dc01", "exchange-2003"}, []string{
			"", "A", "1a", "-a", "a-", "a_b", "a/b", "a b", "é", "../x", "a\x00",
			"a2345678901234567890123456789012345678901",
		}},
		"word": {labs.WordProblem, []string{"windows_key", "a-b"}, []string{
			"", "_a", "a_", "A", "a.b",
			"a2345678901234567890123456789012345678901",
		}},
		"computer": {labs.ComputerProblem, []string{"DC01", "EX-1", "a", "123456789012345"[:14] + "x"}, []string{
			"", "1234567890123456", "DC_01", "-A", "A-", "123", "con", "Administrator", "A B", "DÇ",
		}},
		"domain": {labs.DomainProblem, []string{"contoso.test", "a.b.c", "1.test"}, []string{
			"", "contoso", "contoso.", ".test", "a..b", "a b.test", "a_b.test", "10.20.0.1", "-a.test",
			"a12345678901234567890123456789012345678901234567890123456789012.test",
		}},
		"netbios": {labs.NetBIOSProblem, []string{"CONTOSO", "A1"}, []string{
			"", "CONTOSO.TEST", "1", "WORKGROUP", "A12345678901234X", "A&B",
		}},
		"text": {labs.TextProblem, []string{"", "Contoso Ltd.", "it's (fine), really; #1"}, []string{
			`"quoted"`, "100%", "A & B", "<x>", "a|b", "a^b", "wow!", "caf\u00e9", " x", "x ", "a\nb", "\xff",
			"a123456789012345678901234567890123456789012345678901234567890123",
		}},
		"line":   {labs.LineProblem, []string{"", "caf\u00e9 100%"}, []string{"a\tb", "a\x00", "\u2028", "\xff"}},
		"script": {labs.ScriptProblem, []string{"a\r\n\tb"}, []string{"a\x00", "a\x1bb"}},
	} {
		for _, s := range c.good {
			if p := c.problem(s); p != "" {
				t.Errorf("%s %q: %s", name, s, p)
			}
		}
		for _, s := range c.evil {
			if c.problem(s) == "" {
				t.Errorf("%s %q was taken", name, s)
			}
		}
	}
}
