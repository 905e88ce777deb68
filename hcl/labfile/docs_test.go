package labfile_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/doublehop/doublehop/hcl/labfile"
	"github.com/doublehop/doublehop/provision/catalog"
)

const page = "../../docs/reference/language.md"

func TestTheExamplesOfTheReferenceAreOneLab(t *testing.T) {
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	var src strings.Builder
	examples := regexp.MustCompile("(?s)```hcl\n(.*?)```").FindAllStringSubmatch(string(text), -1)
	for _, e := range examples {
		src.WriteString(e[1])
		if got, _ := labfile.Format(page, []byte(e[1])); string(got) != e[1] {
			t.Errorf("an example is not formatted:\n%s", got)
		}
	}
	lab := mustLoad(t, src.String(), options())
	if len(examples) < 8 || len(lab.Stages) != 4 {
		t.Errorf("%d examples, %d stages", len(examples), len(lab.Stages))
	}
}

// The examples of a page on how to do something are one lab, which the real
// catalogue takes.
func TestTheExamplesOfAHowToAreOneLab(t *testing.T) {
	for page, want := range map[string]struct{ machines, stages int }{
		"several-machines.md": {4, 2}, "at-the-console.md": {1, 3},
	} {
		text, err := os.ReadFile("../../docs/how-to/" + page)
		if err != nil {
			t.Fatal(err)
		}
		var src strings.Builder
		for _, e := range regexp.MustCompile("(?s)```hcl\n(.*?)```").FindAllStringSubmatch(string(text), -1) {
			src.WriteString(e[1])
			if got, _ := labfile.Format(page, []byte(e[1])); string(got) != e[1] {
				t.Errorf("%s: an example is not formatted:\n%s", page, got)
			}
		}
		lab := mustLoad(t, src.String(), labfile.Options{Schemas: catalog.Schemas()})
		if len(lab.Machines) != want.machines || len(lab.Stages) != want.stages {
			t.Errorf("%s: %d machines, %d stages", page, len(lab.Machines), len(lab.Stages))
		}
	}
}

func TestTheReferenceNamesEveryFunction(t *testing.T) {
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "\n## Functions")
	section, _, _ := strings.Cut(rest, "\n## ")
	var told []string
	for row := range strings.SplitSeq(section, "\n") {
		if strings.HasPrefix(row, "| ") {
			for _, m := range regexp.MustCompile("`([a-z0-9]+)`").FindAllStringSubmatch(row, -1) {
				told = append(told, m[1])
			}
		}
	}
	slices.Sort(told)
	if real := labfile.Functions(); !slices.Equal(real, told) {
		t.Errorf("the page names\n%v\nand there are\n%v", told, real)
	}
}

func TestTheReferenceNamesEveryBlockAndArgument(t *testing.T) {
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range labfile.Words() {
		if !regexp.MustCompile(`\b` + word + `\b`).Match(text) {
			t.Errorf("the page does not name %q", word)
		}
	}
}
