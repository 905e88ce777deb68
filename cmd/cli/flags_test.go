package cli

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"

	"github.com/doublehop/doublehop/provision/engine"
)

// parse runs a verb whose work is replaced, and says what the flags gave it.
func parse[O any](t *testing.T, make func(*app, func(context.Context, O) error) *cobra.Command, line string) (common, O, error) {
	t.Helper()
	a := &app{}
	var got O
	cmd := make(a, func(_ context.Context, o O) error { got = o; return nil })
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	cmd.SetArgs(strings.Fields(line))
	err := cmd.ExecuteContext(t.Context())
	return a.common, got, err
}

func TestFlagsOfUp(t *testing.T) {
	c, o, err := parse(t, newUp, "labs/demo --to forest -y --name two -c qemu:///session --var a=1 --var b=2,3 --var-file v --progress json --on-error stop")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(upOptions{To: "forest", OnError: "stop"}, o); diff != "" {
		t.Error(diff)
	}
	want := common{
		file: "labs/demo", name: "two", connect: "qemu:///session", vars: []string{"a=1", "b=2,3"}, varFiles: []string{"v"},
		driver: "libvirt", output: "table", progress: "json", yes: true,
	}
	if diff := cmp.Diff(want, c, cmp.AllowUnexported(common{})); diff != "" {
		t.Error(diff)
	}
}

func TestFlagsOfOtherVerbs(t *testing.T) {
	if _, o, err := parse(t, newRevert, "forest --no-input"); err != nil || o.Stage != "forest" {
		t.Errorf("revert: %+v, %v", o, err)
	}
	if _, o, err := parse(t, newDestroy, "-f x --checkpoints"); err != nil || !o.Checkpoints {
		t.Errorf("destroy: %+v, %v", o, err)
	}
	if _, o, err := parse(t, newPrune, "-n --media"); err != nil || o != (engine.PruneOptions{DryRun: true, Media: true}) {
		t.Errorf("prune: %+v, %v", o, err)
	}
	if _, o, err := parse(t, newExec, "-f x dc01 net share"); err != nil || o != (execOptions{Machine: "dc01", Command: "net share"}) {
		t.Errorf("exec: %+v, %v", o, err)
	}
	if _, o, err := parse(t, newLogs, "dc01 --follow --run r"); err != nil || o != (logsOptions{Machine: "dc01", Follow: true, Run: "r"}) {
		t.Errorf("logs: %+v, %v", o, err)
	}
	if _, o, err := parse(t, newPlan, "--to a"); err != nil || o.To != "a" {
		t.Errorf("plan: %+v, %v", o, err)
	}
	if _, o, err := parse(t, newFormat, "a b --check --diff"); err != nil || len(o.Paths) != 2 || !o.Check || !o.Diff {
		t.Errorf("fmt: %+v, %v", o, err)
	}
}

func TestTheConnectionIsTheFlagThenTheLabThenTheEnvironment(t *testing.T) {
	a := &app{IO: IO{Environ: []string{"LIBVIRT_DEFAULT_URI=qemu:///env"}}}
	if got := a.uri(nil); got != "qemu:///env" {
		t.Error(got)
	}
	a.common.connect = "qemu:///flag"
	if got := a.uri(nil); got != "qemu:///flag" {
		t.Error(got)
	}
	if got := (&app{}).uri(nil); got != "qemu:///system" {
		t.Error(got)
	}
}

func TestCommandsCanBePasted(t *testing.T) {
	a := &app{common: common{file: "my labs/it's", name: "two", vars: []string{"a=b c"}}}
	want := `doublehop logs -f 'my labs/it'\''s' --name two --var 'a=b c' dc01`
	if got := a.command("logs", "dc01"); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestAVersionThatCanBeCompared(t *testing.T) {
	for version, want := range map[string]string{"v1.2.3": "1.2.3", "v1.2.3-4-gabc": "", "unknown": "", "abc123-dirty": ""} {
		if got := (Build{Version: version}).release(); got != want {
			t.Errorf("%s: %q", version, got)
		}
	}
}

func TestFlagsOfExportAndImport(t *testing.T) {
	c, o, err := parse(t, newExport, "forest -o a.dharchive -r age1x -r age1y -R keys --passphrase ask --report json -q -f labs/demo")
	want := exportOptions{Checkpoint: "forest", File: "a.dharchive", Seal: sealOptions{Recipients: []string{"age1x", "age1y"}, RecipientFiles: []string{"keys"}, Passphrase: "ask"}}
	if diff := cmp.Diff(want, o); err != nil || diff != "" || c.output != outputJSON || !c.quiet || c.file != "labs/demo" {
		t.Errorf("export: %+v, %v, %s", c, err, diff)
	}
	_, i, err := parse(t, newImport, "a.dharchive --lab x -i key.txt --passphrase file:p")
	if diff := cmp.Diff(importOptions{File: "a.dharchive", Lab: "x", Identities: []string{"key.txt"}, Passphrase: "file:p"}, i); err != nil || diff != "" {
		t.Errorf("import: %v, %s", err, diff)
	}
	if _, _, err := parse(t, newExport, "forest"); err == nil {
		t.Error("an export to nowhere is taken")
	}
}
