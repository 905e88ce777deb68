package labfile_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/doublehop/doublehop/hcl/labfile"
	"github.com/doublehop/doublehop/labs"
)

var update = flag.Bool("update", false, "write golden files anew")

// schemas is a catalogue with an argument of every type.
func schemas() []labs.Schema {
	domain := labs.Arg{Name: "domain", Type: labs.StringType, Required: true, Valid: func(v labs.Value) string {
		return labs.DomainProblem(v.(string))
	}}
	media := labs.Arg{Name: "media", Type: labs.MediaType, Required: true}
	return []labs.Schema{
		{Kind: "install", Many: true, Args: []labs.Arg{{Name: "limit", Type: labs.DurationType, Default: 3 * time.Hour}}},
		{Kind: "run", Many: true, Args: []labs.Arg{
			{Name: "command", Type: labs.StringType, Sensitive: true},
			{Name: "script", Type: labs.PathType},
			{Name: "expect_code", Type: labs.NumberType, Default: int64(0)},
			{Name: "reboot", Type: labs.BoolType},
			{Name: "environment", Type: labs.StringMapType},
			{Name: "limit", Type: labs.DurationType},
			{Name: "space", Type: labs.SizeType},
		}},
		{Kind: "promote", Args: []labs.Arg{
			domain,
			{Name: "netbios", Type: labs.StringType},
			{Name: "safe_mode_password", Type: labs.SecretType},
		}},
		{Kind: "join", Args: []labs.Arg{domain, {Name: "through", Type: labs.MachineType}}},
		{Kind: "forestprep", Args: []labs.Arg{media}},
		{Kind: "domainprep", Args: []labs.Arg{media}},
		{Kind: "exchange_setup", Args: []labs.Arg{media, {Name: "organization", Type: labs.StringType}}},
		{Kind: "check", Check: true, Many: true, Args: []labs.Arg{{Name: "service", Type: labs.StringsType}}},
		{Kind: "mailflow", Check: true},
	}
}

func options() labfile.Options { return labfile.Options{Schemas: schemas(), Folder: "/lab"} }

// load reads a lab of one file.
func load(t *testing.T, src string, opts labfile.Options) (*labs.Lab, *labs.Sources, labs.Diagnostics) {
	t.Helper()
	return labfile.LoadFS(fstest.MapFS{"x.lab.hcl": {Data: []byte(src)}}, "", opts)
}

// mustLoad is load for a lab without any mistake.
func mustLoad(t *testing.T, src string, opts labfile.Options) *labs.Lab {
	t.Helper()
	lab, sources, diags := load(t, src, opts)
	if len(diags) > 0 {
		t.Fatalf("not a good lab:\n%s", told(sources, diags))
	}
	return lab
}

// told writes diagnostics out for a person who reads a failed test.
func told(sources *labs.Sources, diags labs.Diagnostics) string {
	var b strings.Builder
	for _, d := range diags {
		fmt.Fprintf(&b, "%s: %s [%s] %v\n  %s %v\n", d.Severity, d.Summary, d.Addr, d.Subject, d.Detail, d.Values)
		if s, ok := sources.Snippet(d); ok {
			for _, line := range s.Lines {
				fmt.Fprintf(&b, "    %d | %s\n", line.Number, line.Text)
			}
		}
	}
	return b.String()
}

// The labs that ship are formatted. That they are right, provision/plan tests,
// which knows the catalogue.
func TestTheLabsThatShip(t *testing.T) {
	folders, err := filepath.Glob("../../labs/*/*.lab.hcl")
	if err != nil || len(folders) < 2 {
		t.Fatalf("no labs: %v", err)
	}
	for _, file := range folders {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := labfile.Format(file, src); string(got) != string(src) {
			t.Errorf("%s is not formatted:\n%s", file, got)
		}
	}
}
