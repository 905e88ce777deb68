package labfile_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/doublehop/doublehop/hcl/labfile"
	"github.com/doublehop/doublehop/labs"
)

// TestGoodLabs holds the model of every good lab to its golden file, without
// the ranges, which TestRangesPointAtValues holds.
func TestGoodLabs(t *testing.T) {
	entries, err := os.ReadDir("testdata/good")
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".json") {
			continue
		}
		seen++
		t.Run(e.Name(), func(t *testing.T) {
			path := filepath.Join("testdata/good", e.Name())
			lab, sources, diags := labfile.Load(path, options())
			if len(diags) > 0 {
				t.Fatal(told(sources, diags))
			}
			abs, err := filepath.Abs("testdata/good")
			if err != nil {
				t.Fatal(err)
			}
			golden(t, path+".json", strings.ReplaceAll(model(t, lab), abs, "HERE"))
		})
	}
	if seen < 2 {
		t.Errorf("only %d good labs", seen)
	}
}

// model is a lab as JSON, without ranges.
func model(t *testing.T, lab *labs.Lab) string {
	t.Helper()
	raw, err := json.Marshal(lab)
	if err != nil {
		t.Fatal(err)
	}
	var tree any
	if err := json.Unmarshal(raw, &tree); err != nil {
		t.Fatal(err)
	}
	strip(tree)
	out, err := json.MarshalIndent(tree, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return string(out) + "\n"
}

func strip(tree any) {
	switch v := tree.(type) {
	case map[string]any:
		for _, name := range []string{"Range", "PathRange", "Attributes"} {
			delete(v, name)
		}
		for _, inner := range v {
			strip(inner)
		}
	case []any:
		for _, inner := range v {
			strip(inner)
		}
	}
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

func TestRangesPointAtValues(t *testing.T) {
	lab, sources, diags := labfile.Load("testdata/good/design.lab.hcl", options())
	if lab == nil {
		t.Fatal(told(sources, diags))
	}
	dc01, _ := lab.Machine("dc01")
	ex01, _ := lab.Machine("ex01")
	forest, _ := lab.Stage("forest")
	media, _ := lab.Medium("windows")
	for what, c := range map[string]struct {
		at   labs.Range
		want string
	}{
		"memory":            {dc01.Attribute("memory"), `"512MiB"`},
		"left out":          {dc01.Attribute("components"), `machine "dc01"`},
		"a disk's size":     {dc01.Attribute("disk.system.size"), `"16GiB"`},
		"an address":        {ex01.Attribute("nic.corp.address"), `"10.20.0.20"`},
		"servers":           {ex01.Attribute("nic.corp.dns"), `[machine.dc01.address]`},
		"a card":            {ex01.NICs[0].Range, `nic "corp"`},
		"a disk":            {ex01.Disks[0].Range, `disk "system"`},
		"a stage":           {forest.Range, `stage "forest"`},
		"a step":            {forest.Steps[0].Range, `step "promote"`},
		"a step's argument": {forest.Steps[0].Attribute("domain"), `"contoso.test"`},
		"a step's machine":  {forest.Steps[0].Attribute("on"), `machine.dc01`},
		"a disc":            {media.PathRange, `"${var.discs}/win2003-ent-sp1.iso"`},
		"the clock":         {lab.Clock.Range, `clock`},
		"the lab":           {lab.Range, `lab "exchange-2003"`},
	} {
		text := sources.Text(c.at.File)
		if text == nil {
			t.Errorf("%s is in no file: %v", what, c.at)
			continue
		}
		if got := string(text[c.at.Start.Byte:c.at.End.Byte]); got != c.want {
			t.Errorf("%s is %s, not %s", what, got, c.want)
		}
	}
	if dc01.Range.File != "testdata/good/design.lab.hcl" {
		t.Errorf("the file is called %s", dc01.Range.File)
	}
}

func TestALoadIsTheSameEveryTime(t *testing.T) {
	first := ""
	for range 5 {
		lab, _, _ := labfile.Load("testdata/good/everything", options())
		raw, err := json.Marshal(lab)
		if err != nil {
			t.Fatal(err)
		}
		if first == "" {
			first = string(raw)
		}
		if string(raw) != first {
			t.Fatal("two loads of one lab differ")
		}
	}
	var told1 string
	for range 5 {
		_, sources, diags := labfile.LoadFS(os.DirFS("testdata/bad"), "steps.lab.hcl", options())
		if told1 == "" {
			told1 = told(sources, diags)
		}
		if told(sources, diags) != told1 {
			t.Fatal("two loads of one bad lab complain differently")
		}
	}
}

func TestStagesStandParentsFirst(t *testing.T) {
	lab := mustLoad(t, `
lab "x" {}
stage "d" { after = stage.b }
stage "b" { after = stage.a }
stage "c" { after = stage.a }
stage "a" {}
stage "e" { after = stage.c }
`, options())
	var got []string
	for _, s := range lab.Stages {
		got = append(got, s.Name)
	}
	if diff := cmp.Diff([]string{"a", "b", "d", "c", "e"}, got); diff != "" {
		t.Error(diff)
	}
}
