package plan_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/doublehop/doublehop/hcl/labfile"
	"github.com/doublehop/doublehop/provision/catalog"
	"github.com/doublehop/doublehop/provision/estate"
	"github.com/doublehop/doublehop/provision/plan"
)

// ways are the migrations that everybody asks for, by the name of the file that
// holds the lab which `route --write` makes of them.
func ways() map[string]estate.RouteRequest {
	return map[string]estate.RouteRequest{
		"2000-2003-inside-out":   {From: "exchange-2000-sp3", To: "exchange-2003-sp2", ServerAfter: "windows-2003", ControllersAfter: "windows-2003"},
		"2003-2007":              {From: "exchange-2003-sp2", To: "exchange-2007"},
		"2003-2010-2013":         {From: "exchange-2003-sp2", To: "exchange-2013", Via: []string{"exchange-2010"}},
		"2003-2010-2016":         {From: "exchange-2003-sp2", To: "exchange-2016", Controllers: []string{"windows-2000", "windows-2003"}},
		"2003-2010-2016-2019-se": {From: "exchange-2003-sp2", To: "exchange-se", Via: []string{"exchange-2010", "exchange-2016", "exchange-2019"}},
		"5-5-2003-2010":          {From: "exchange-5.5-sp4", To: "exchange-2010", Via: []string{"exchange-2003"}},
	}
}

// The lab that is written for a way is accepted as it is: it loads, it is laid
// out as `fmt` does, and replaying it breaks no rule that blocks.
func TestWrittenWays(t *testing.T) {
	t.Parallel()
	for name, request := range ways() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found, err := estate.FindRoutes(request)
			if err != nil {
				t.Fatal(err)
			}
			text := labfile.Write(found.Draft(found.Ways[0]))
			path := filepath.Join("testdata", "routes", name+labfile.Extension)
			if *update {
				if err := os.WriteFile(path, text, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), string(text)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", path, diff)
			}
			if clean, list := labfile.Format(path, text); len(list) > 0 || string(clean) != string(text) {
				t.Errorf("it is not formatted: %v\n%s", list, cmp.Diff(string(text), string(clean)))
			}
			lab, _, list := labfile.Load(path, labfile.Options{Schemas: catalog.Schemas()})
			if list.Fatal() {
				t.Fatalf("it does not load: %v", list.Err())
			}
			for _, d := range append(list, plan.Check(lab)...) {
				if d.Severity == 0 {
					t.Errorf("%s: %s: %s", d.Subject, d.Summary, d.Detail)
				}
			}
		})
	}
}

// The lab of every pair of versions is accepted too.
func TestEveryWayIsALab(t *testing.T) {
	t.Parallel()
	products := estate.Products()
	for i, from := range products {
		for _, to := range products[i+1:] {
			found, err := estate.FindRoutes(estate.RouteRequest{From: from.ID, To: to.ID})
			if err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(t.TempDir(), "way"+labfile.Extension)
			if err := os.WriteFile(path, labfile.Write(found.Draft(found.Ways[0])), 0o644); err != nil {
				t.Fatal(err)
			}
			lab, _, list := labfile.Load(path, labfile.Options{Schemas: catalog.Schemas()})
			if list.Fatal() {
				t.Fatalf("%s to %s does not load: %v", from.Name, to.Name, list.Err())
			}
			if err := plan.Check(lab).Err(); err != nil {
				t.Errorf("%s to %s: %v", from.Name, to.Name, err)
			}
		}
	}
}
