package catalog_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/catalog"
	"github.com/doublehop/doublehop/provision/estate"
	"github.com/doublehop/doublehop/provision/guest"
)

// TestHowSetupIsTold holds that setup has a recorded answer file or the wizard's
// pages, and that no value of the lab is lost where pages do not ask for it.
func TestHowSetupIsTold(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	recorded, pages := filepath.Join(folder, "recorded.ini"), filepath.Join(folder, "pages.txt")
	if err := os.WriteFile(recorded, []byte("[Mine]\nTo=@FOLDER@\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(pages, []byte("title Setup\npage folder\n  heading Folder\n  type 1 @FOLDER@\n  press Next\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		how  args
		file string
		want string // in the file, or in the complaint where there is no file
	}{
		{args{"folder": `D:\Exchsrvr`}, "", "Give pages of your own, with @FOLDER@"},
		{args{"folder": `D:\Exchsrvr`, "pages": pages}, "PAGES.TXT", `type 1 D:\Exchsrvr`},
		{args{"folder": `D:\Exchsrvr`, "unattend": recorded}, "EXSETUP.INI", `To=D:\Exchsrvr`},
		{args{"unattend": recorded}, guest.Script, `SETUP.EXE" /UnattendFile %DHJOB%\EXSETUP.INI`},
		{args{}, guest.Script, "SETUP.EXE\"\r\n"},
		{args{}, "PAGES.TXT", "type 1 Contoso"},
	} {
		c.how["media"], c.how["organization"] = labs.MediaRef("exchange-2003"), "Contoso"
		w := hop(t)
		entry, _ := catalog.Find("exchange_setup")
		work, diags := entry.Work(w.step("exchange_setup", "ex03", c.how))
		said := ""
		for _, d := range diags {
			said += d.Detail
		}
		if work.Job != nil {
			for _, f := range work.Job.Files {
				if f.Path == c.file {
					said += string(read(t, f))
				}
			}
		}
		if !strings.Contains(said, c.want) || (c.file == "") != diags.Fatal() {
			t.Errorf("%v: %q, want %q", c.how, said, c.want)
		}
	}
}

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
