package plan_test

import (
	"os"
	"testing"
	"testing/fstest"

	"github.com/doublehop/doublehop/hcl/labfile"
	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/catalog"
	"github.com/doublehop/doublehop/provision/plan"
)

// FuzzReplay holds that no lab file makes the loader or the replay panic, that
// what is said is said in full, and that a second replay says the same.
func FuzzReplay(f *testing.F) {
	world, err := os.ReadFile("testdata/rules/worlds/all.hcl")
	if err != nil {
		f.Fatal(err)
	}
	for _, text := range corpus(f) {
		f.Add(text)
	}
	schemas := catalog.Schemas()
	f.Fuzz(func(t *testing.T, text string) {
		folder := fstest.MapFS{"case.lab.hcl": {Data: []byte(text)}, "world.lab.hcl": {Data: world}}
		lab, _, diags := labfile.LoadFS(folder, "", labfile.Options{Schemas: schemas, Folder: "/lab"})
		if diags.Fatal() || lab == nil {
			return
		}
		first := plan.Check(lab)
		for _, d := range first {
			if d.Summary == "" || d.Detail == "" {
				t.Errorf("%s: nothing is said: %+v", d.Rule, d)
			}
			wellSaid(t, d)
		}
		if again := plan.Check(lab); !same(first, again) {
			t.Errorf("a second replay says otherwise:\n%+v\n%+v", first, again)
		}
	})
}

// same compares diagnostics by what they say and where.
func same(a, b labs.Diagnostics) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].Rule != b[i].Rule || a[i].Detail != b[i].Detail || a[i].Addr != b[i].Addr {
			return false
		}
	}
	return true
}
