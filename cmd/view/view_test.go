package view_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/doublehop/doublehop/cmd/view"
	"github.com/doublehop/doublehop/drivers"
	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/checkpoint"
	"github.com/doublehop/doublehop/provision/engine"
	"github.com/doublehop/doublehop/provision/guest"
	"github.com/doublehop/doublehop/provision/plan"
)

const file = "corp.lab.hcl"

// within is the range of the first occurrence of text in src.
func within(src, text string) *labs.Range {
	at := strings.Index(src, text)
	pos := func(b int) labs.Pos {
		start := strings.LastIndexByte(src[:b], '\n') + 1
		return labs.Pos{Line: 1 + strings.Count(src[:b], "\n"), Column: 1 + len([]rune(src[start:b])), Byte: b}
	}
	return &labs.Range{File: file, Start: pos(at), End: pos(at + len(text))}
}

func complaints() (labs.Diagnostics, *labs.Sources) {
	src := "machine \"dc01\" {\n  os     = \"windows-2003\"\n  memory = var.small\n\tcpus = 0 # \x1b[31mred\n" +
		"  note = \"" + strings.Repeat("a long line that goes on ", 8) + "€ here " + strings.Repeat("and on ", 9) + "\"\n}\n" +
		"stage \"a\" {\n  after = stage.b\n}\n"
	var sources labs.Sources
	sources.Add(file, []byte(src))
	return labs.Diagnostics{
		{
			Summary: "Machine memory too small", Addr: "machine.dc01",
			Detail:  "Machine \"dc01\" asks for 32 MiB. No guest boots with less than 64 MiB.",
			Subject: within(src, "var.small"), Context: within(src, `machine "dc01" {`),
			Values: []string{"var.small is 32"},
		},
		{
			Severity: labs.Warning, Summary: "No processor", Addr: "machine.a-machine-with-a-name-that-is-too-long-for-it",
			Detail:  "A machine has 1 processor or more. Leave the argument out, or ask for one, and then see what the machine is:\n\n    doublehop plan --to windows\n\nIt says \x1b[2Jnothing else.",
			Subject: within(src, "0 #"), Context: within(src, `machine "dc01" {`),
		},
		{
			Summary: "Text cannot be written", Detail: "A euro sign has no place in an answer file.",
			Subject: within(src, "€"), Values: []string{"local.one is \"" + strings.Repeat("x", 90) + "\"", "local.two is 2"},
		},
		{Summary: "Circle of stages", Detail: "Stage \"a\" comes after itself.", Subject: within(src, "stage \"a\" {\n  after = stage.b\n}")},
		{Summary: "File elsewhere", Detail: "It was not read.", Subject: &labs.Range{File: "other.lab.hcl", Start: labs.Pos{Line: 7}}},
		{Summary: "Nowhere", Detail: "A diagnostic may have no place."},
	}, &sources
}

func TestDiagnosticsAreDrawnWithTheirLines(t *testing.T) {
	list, sources := complaints()
	got := view.Style{}.Diagnostics(list, sources)
	golden(t, "diagnostics.txt", got)
	fits(t, strings.ReplaceAll(got, "too-long-for-it]", ""), 80)
	if strings.ContainsAny(got, "\x1b\x07") {
		t.Error("a control character of a stranger's file is drawn")
	}
	if text := (view.Style{}).Diagnostics(list, nil); !strings.Contains(text, "line 3") {
		t.Errorf("without sources:\n%s", text)
	}
}

func TestDiagnosticsAsJSON(t *testing.T) {
	list, sources := complaints()
	got, err := json.MarshalIndent(view.VerdictOf(list, sources), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "diagnostics.json", string(got)+"\n")
}

func TestColourSaysNothingElse(t *testing.T) {
	list, sources := complaints()
	colour := view.Style{Color: true}.Diagnostics(list[:1], sources)
	if !strings.Contains(colour, "\x1b[") {
		t.Error("no colour")
	}
	for strings.Contains(colour, "\x1b[") {
		before, after, _ := strings.Cut(colour, "\x1b[")
		_, after, _ = strings.Cut(after, "m")
		colour = before + after
	}
	if want := (view.Style{}).Diagnostics(list[:1], sources); colour != want {
		t.Errorf("with its colour taken off:\n%q\nwant\n%q", colour, want)
	}
}

func TestPlans(t *testing.T) {
	build := planned()
	reuse := planned()
	for i := range reuse.Stages {
		reuse.Stages[i].Action = plan.Reuse
	}
	reuse.Estimate, reuse.Final = 0, plan.Final{Action: plan.Reuse}
	start := planned()
	start.Stages = reuse.Stages[:1]
	start.Machines = start.Machines[:1]
	start.Final = plan.Final{Action: plan.Continue}
	for name, p := range map[string]*plan.Plan{"plan-build.txt": build, "plan-reuse.txt": reuse, "plan-start.txt": start} {
		got := view.Style{}.Plan(p)
		golden(t, name, got)
		fits(t, got, 80)
	}
}

func TestStatusOfAnInstance(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	got := view.Style{}.Status(engine.Status{
		Lab: "demo", Instance: "demo", Stage: "forest", Building: "exchange",
		Machines: []engine.MachineStatus{
			{Name: "dc01", Domain: "dh-demo-dc01", State: "running", Stage: "forest", Phase: "stand", Addresses: []string{"10.20.0.10"}},
			{Name: "ex01", Domain: "dh-demo-ex01", State: "off", Stage: "exchange", Phase: "build", Failed: "exchange_setup", Addresses: []string{"10.20.0.20"}},
			{Name: "cl01", Domain: "dh-demo-cl01", State: "absent"},
		},
		Networks:    []engine.NetworkStatus{{Name: "corp", Subnet: "10.20.0.0/24", Bridge: "dh0123456789", Active: true}},
		Checkpoints: []engine.CheckpointStatus{{Stage: "windows", Key: "0123456789abcdef", Made: now.Add(-3 * time.Hour), Bytes: 300 << 20}},
		Broken:      []checkpoint.Broken{{Volume: "dh-checkpoint-ff.json", Why: "it is cut short"}},
	}, now)
	golden(t, "status.txt", got)
	fits(t, got, 80)
	empty := view.Style{}.Status(engine.Status{Lab: "demo", Instance: "demo"}, now)
	if !strings.Contains(empty, "not built") {
		t.Errorf("an instance that does not exist:\n%s", empty)
	}
}

func TestErrorsSayWhatWhyWhatIsKeptAndWhatNext(t *testing.T) {
	again := func(verb string, args ...string) string {
		return strings.Join(append([]string{"doublehop", verb, "-f", "labs/demo"}, args...), " ")
	}
	at := labs.Range{File: "labs/demo/demo.lab.hcl", Start: labs.Pos{Line: 64, Column: 3}}
	step := func(err error) error {
		return &engine.StepError{Stage: "exchange", Step: "exchange_setup", Machine: "ex01", Range: at, Picture: "/tmp/run/ex01.png", Said: []string{"one", "two"}, Err: err}
	}
	var text strings.Builder
	for _, err := range []error{
		step(&guest.Failed{ID: "EXCHANGE-1", Code: 1, Output: []string{"Setup: the schema was not extended", "\x1b[31mexit 1"}}),
		step(&guest.Stalled{Phase: guest.Silent, Last: []string{"NTLDR is missing"}, After: 20 * time.Minute, Quiet: 19 * time.Minute, Why: "silent"}),
		step(&engine.ProofError{Name: "ad.rangeUpper", Expect: "6870", Err: errors.New("it is 30")}),
		step(&engine.ProofError{Name: "service W3SVC", Check: true, Expect: "running", Err: errors.New("expected running, and it is stopped")}),
		&engine.StepError{
			Stage: "menu", Step: "wait_screen", Machine: "ex01", Range: at, Picture: "/tmp/run/ex01.png",
			Screen: []string{"", "Booting from Hard Disk...", "NTLDR is missing\x1b[2J", "", "║ Press Ctrl+Alt+Del to restart ║"},
			Err:    &engine.SightError{Expect: `the text "Safe Mode" on the screen`, Saw: []string{"", "Booting from Hard Disk..."}, After: 2 * time.Minute},
		},
		&engine.MediaError{Media: "windows", Path: "/labs/discs/win2003.iso", Range: at, Err: errors.New("there is no such file"), Remedy: "Put the disc image there, or say in the lab file or with --var where it is."},
		&engine.SealError{Leaks: []string{"corp: eth0: a port that is not the lab's"}},
		fmt.Errorf("%w (process 42)", engine.ErrLocked),
		&drivers.Error{Kind: drivers.Missing, Op: "connect to", Object: "qemu:///system", Err: errors.New("no such file"), Remedy: "Start libvirt's daemon:\n  sudo systemctl start libvirtd"},
		&drivers.Error{Kind: drivers.Conflict, Op: "define machine", Object: "dh-demo-dc01", Err: errors.New("a machine of that name is not ours")},
		errors.New("something else"),
	} {
		text.WriteString(view.Style{}.Problem(view.Explain(err, again)) + "-----\n")
	}
	golden(t, "problems.txt", text.String())
	fits(t, text.String(), 80)
	if strings.ContainsRune(text.String(), '\x1b') {
		t.Error("a control character of a guest is drawn")
	}
}
