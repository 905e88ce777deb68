package plan_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/doublehop/doublehop/hcl/labfile"
	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/catalog"
	"github.com/doublehop/doublehop/provision/plan"
)

// TestShippedLabs holds every lab that ships to what validate accepts, and to
// a plan that stands in testdata/shipped.
func TestShippedLabs(t *testing.T) {
	t.Parallel()
	folders, err := fs.ReadDir(labs.Shipped(), ".")
	if err != nil || len(folders) < 6 {
		t.Fatalf("%d labs ship: %v", len(folders), err)
	}
	for _, f := range folders {
		t.Run(f.Name(), func(t *testing.T) {
			t.Parallel()
			folder, err := fs.Sub(labs.Shipped(), f.Name())
			if err != nil {
				t.Fatal(err)
			}
			where, err := filepath.Abs(filepath.Join("../../labs", f.Name()))
			if err != nil {
				t.Fatal(err)
			}
			lab, _, diags := labfile.LoadFS(folder, "", labfile.Options{Schemas: catalog.Schemas(), Folder: where})
			if len(diags) > 0 {
				t.Fatalf("%+v", diags)
			}
			for _, d := range plan.Check(lab) {
				if d.Severity == labs.Error {
					t.Errorf("%s: %s: %s", d.Subject, d.Summary, d.Detail)
				}
			}
			if _, err := fs.Stat(folder, "README.md"); err != nil {
				t.Error(err)
			}
			drawn := drawnPlans(t, lab)
			path := filepath.Join("testdata/shipped", f.Name()+".txt")
			if *update {
				if err := os.WriteFile(path, []byte(drawn), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), drawn); diff != "" {
				t.Errorf("plan (-want +got):\n%s", diff)
			}
		})
	}
}

// drawnPlans draws the plan to the end of each branch: stages, steps with what
// they wait for, what the lab becomes, and from what no way leads back.
func drawnPlans(t *testing.T, lab *labs.Lab) string {
	t.Helper()
	parents := map[string]bool{}
	for _, s := range lab.Stages {
		parents[s.After] = true
	}
	var b strings.Builder
	for _, s := range lab.Stages {
		if parents[s.Name] {
			continue
		}
		in := input(lab, s.Name)
		for i, m := range lab.Media {
			in.Media[m.Name] = fmt.Sprintf("%064x", i+1)
		}
		fmt.Fprintf(&b, "to %s\n", s.Name)
		for _, stage := range mustMake(t, in).Stages {
			fmt.Fprintf(&b, "  %s\n", stage.Name)
			for _, step := range stage.Steps {
				fmt.Fprintf(&b, "    %s on %s, after %v\n", step.Name, step.Machine, step.Needs)
			}
			for _, change := range stage.Becomes {
				mark := " "
				for _, final := range stage.NoReturn {
					if final == change {
						mark = "!"
					}
				}
				fmt.Fprintf(&b, "    %s %s\n", mark, change)
			}
			for _, q := range stage.Silenced {
				fmt.Fprintf(&b, "    silenced: %s on %s: %s\n", q.Rule, q.Machine, q.Because)
			}
		}
	}
	return b.String()
}
