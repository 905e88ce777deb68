package labfile_test

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/doublehop/doublehop/hcl/labfile"
	"github.com/doublehop/doublehop/labs"
)

// Whatever goes wrong around a sensitive value, nobody reads it.
func TestASensitiveValueIsNeverShown(t *testing.T) {
	t.Parallel()
	folder := badLabs(t)["sensitive.lab.hcl"]
	_, opts := wanted(t, folder)
	_, sources, diags := labfile.LoadFS(folder, "", opts)
	if text := told(sources, diags); strings.Contains(strings.ReplaceAll(text, `error_message = "hunter2`, ""), "hunter2") || len(diags) < 10 {
		t.Error(text)
	}
	const src = `
lab "x" {}
variable "v" {
  type      = TYPE
  sensitive = true
}
locals { l = EXPRESSION }
`
	for _, c := range []struct{ kind, value, expression string }{
		{"string", "hunter2", "cidrhost(var.v, 1)"},
		{"string", "hunter2", "{ a = 1 }[var.v]"},
		{"string", "hunter2", "regex(\"[0-9]{5}\", var.v)"},
		{"string", "hunter2", "\"${var.v}\" + 1"},
		{"string", "hunter2", "jsondecode(var.v)"},
		{"string", "hunter2", "file(var.v)"},
		{"string", "hunter2", "format(\"%d\", var.v)"},
		{"string", "hunter2", "tonumber([for x in [var.v] : x][0])"},
		{"list(number)", `["hunter2"]`, "1"},
		{"list(string)", `["hunter2" "x"]`, "1"},
		{"map(string)", `{ hunter2 = "x" }`, "var.v.password"},
		{"number", "hunter2", "1"},
		{"string", "hunter2", "var.v == \"x\" ? machine : var.v + 1"},
		{"string", "hunter2", "{ a = var.v, b = [for m in [machine.hunter] : m[var.v]] }"},
	} {
		opts := options()
		opts.Vars = map[string]string{"v": c.value}
		_, sources, diags := load(t, strings.NewReplacer("TYPE", c.kind, "EXPRESSION", c.expression).Replace(src), opts)
		if text := told(sources, diags); !diags.Fatal() || strings.Contains(text, "hunter2") {
			t.Errorf("%s:\n%s", c.expression, text)
		}
	}
}

// What an author says may be seen can be used anywhere.
func TestASensitiveValueThatMayBeSeen(t *testing.T) {
	t.Parallel()
	lab := mustLoad(t, `
lab "x" { description = nonsensitive(var.v) }
variable "v" {
  sensitive = true
  default   = "seen"
}
media "w" { path = "w.iso" }
secret "pw" { generate = true }
machine "m" {
  os             = "windows-2003"
  memory         = "256MiB"
  install_from   = media.w
  admin_password = nonsensitive(var.v == "seen") ? secret.pw : secret.pw
  disk "system" { size = "2GiB" }
  nic "n" { address = "10.0.0.1" }
}
network "n" { subnet = "10.0.0.0/24" }
stage "s" {
  step "run" {
    on      = machine.m
    command = "echo ${var.v}"
    limit   = "5m"
  }
}
`, options())
	step := lab.Stages[0].Steps[0]
	if lab.Description != "seen" || step.Text("command") != "echo seen" {
		t.Errorf("%q, %q", lab.Description, step.Text("command"))
	}
	if diff := cmp.Diff([]string{"command"}, step.Sensitive); diff != "" {
		t.Error(diff)
	}
}

// The number of copies is bounded for one block and for all.
func TestALabHasNoMillionMachines(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("lab \"x\" {}\nlocals { keys = toset([for p in setproduct(range(25), range(40)) : \"k${p[0]}-${p[1]}\"]) }\n")
	for i := range 11 {
		fmt.Fprintf(&b, "media \"m%d\" {\n  for_each = local.keys\n  path     = \"${each.key}.iso\"\n}\n", i)
	}
	_, sources, diags := load(t, b.String(), options())
	if diff := cmp.Diff([]string{"Too many copies"}, summaries(diags)); diff != "" {
		t.Errorf("%s\n%s", diff, told(sources, diags))
	}
}

func textAt(sources *labs.Sources, r labs.Range) string {
	return string(sources.Text(r.File)[r.Start.Byte:r.End.Byte])
}

// A step that is made by the dozen points at the block that makes it, and an
// argument of a copy at the one place where it is written.
func TestCopiesKnowWhereTheyAreWritten(t *testing.T) {
	t.Parallel()
	lab, sources, diags := labfile.Load("testdata/good/copies", options())
	if lab == nil {
		t.Fatal(told(sources, diags))
	}
	dc, _ := lab.Machine("dc-hq-2")
	forest, _ := lab.Stage("forest")
	for what, c := range map[string]struct{ got, want string }{
		"a copy":             {textAt(sources, dc.Range), `machine "dc"`},
		"its address":        {textAt(sources, dc.Attribute("nic.site-hq.address")), "cidrhost(network.site[each.value.site].subnet, 9 + each.value.number)"},
		"a made card":        {textAt(sources, dc.Attribute("nic.backup.address")), "cidrhost(network.backup.subnet, nic.value)"},
		"a made step":        {textAt(sources, forest.Steps[1].Range), `dynamic "step"`},
		"its argument":       {textAt(sources, forest.Steps[1].Attribute("on")), "step.value"},
		"the name it has":    {forest.Steps[2].Name, "join-hq-2"},
		"the machine it has": {strings.Join(forest.Steps[2].On, " "), "dc-hq-2"},
	} {
		if c.got != c.want {
			t.Errorf("%s is %s, not %s", what, c.got, c.want)
		}
	}
}

// The order of files does not matter, nor how often they are read.
func TestCopiesAreTheSameEveryTime(t *testing.T) {
	t.Parallel()
	var first []byte
	for range 10 {
		lab, _, _ := labfile.LoadFS(os.DirFS("testdata/good/copies"), "", options())
		raw, err := json.Marshal(lab)
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = raw
		}
		if string(first) != string(raw) {
			t.Fatal("two loads of one lab differ")
		}
	}
}
