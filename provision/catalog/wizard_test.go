package catalog_test

import (
	"strings"
	"testing"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/catalog"
	"github.com/doublehop/doublehop/provision/estate"
)

// TestForestPrepOfExchange2000KnowsTheOrganization holds that the name which its
// setup asks for comes from the step, or from the lab's servers where they agree.
func TestForestPrepOfExchange2000KnowsTheOrganization(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		how     args
		servers []string // the organizations that the lab's exchange_setup steps name
		there   string   // the organization that stands
		want    string   // among the pages, or in the complaint where there is no job
		fails   bool
	}{
		{args{"organization": "Fabrikam"}, []string{"Contoso"}, "", "type 1 Fabrikam", false},
		{args{}, []string{"Contoso", "CONTOSO"}, "", "type 1 Contoso", false},
		{args{}, []string{"Contoso", "Fabrikam"}, "", "say organization in this step", true},
		{args{}, nil, "", "say organization in this step", true},
		{args{}, nil, "Contoso", "heading Organization Name", false},
	} {
		w := hop(t)
		w.estate.Forests[0].Exchange = nil
		if c.there != "" {
			w.estate.Forests[0].Exchange = &estate.Organization{Name: c.there}
		}
		stage := &labs.Stage{Name: "later"}
		for _, name := range c.servers {
			stage.Steps = append(stage.Steps, &labs.Step{Kind: "exchange_setup", Args: args{"organization": name}})
		}
		w.lab.Stages = append(w.lab.Stages, stage)
		c.how["media"] = labs.MediaRef("exchange-2000")
		entry, _ := catalog.Find("forestprep")
		work, diags := entry.Work(w.step("forestprep", "dc01", c.how))
		said := ""
		for _, d := range diags {
			said += d.Detail
		}
		if work.Job != nil {
			for _, f := range work.Job.Files {
				if f.Path == "PAGES.TXT" {
					said += string(read(t, f))
				}
			}
		}
		if !strings.Contains(said, c.want) || diags.Fatal() != c.fails {
			t.Errorf("%v with %v, there %q: %q, want %q", c.how, c.servers, c.there, said, c.want)
		}
	}
}
