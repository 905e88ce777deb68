package e2e_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/doublehop/doublehop/cmd/cli"
)

func TestMain(m *testing.M) {
	testscript.Main(swept{m}, map[string]func(){"doublehop": doublehop})
}

// swept are all tests, and a last look at what those on real libvirt left.
type swept struct{ *testing.M }

func (s swept) Run() int {
	return max(s.M.Run(), theHost.clear(os.Stderr))
}

// doublehop is the program as a script runs it, in a process of its own.
func doublehop() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	context.AfterFunc(ctx, stop)
	os.Exit(cli.Main(ctx, os.Args[1:], cli.IO{
		In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Environ: os.Environ(),
		Build: cli.Build{Version: "v0.0.0-script", Commit: "0123456789abcdef0123456789abcdef01234567"},
	}))
}

// The sessions in testdata/script are found, never listed.
func TestScripts(t *testing.T) {
	t.Parallel() // with the tests on real libvirt, which wait for guests
	if found, _ := filepath.Glob("testdata/script/*.txtar"); len(found) == 0 {
		t.Fatal("no script was found")
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		UpdateScripts:       os.Getenv("UPDATE_SCRIPTS") != "",
		Setup: func(env *testscript.Env) error {
			env.Setenv("HOME", filepath.Join(env.WorkDir, "home"))
			env.Setenv("DOUBLEHOP_FAKE", filepath.Join(env.WorkDir, "world"))
			env.Setenv("DOUBLEHOP_DRIVER", "fake")
			env.Setenv("REPOSITORY", repository(t))
			if err := os.MkdirAll(filepath.Join(env.WorkDir, "home"), 0o755); err != nil {
				return err
			}
			return smallDiscs(filepath.Join(env.WorkDir, "discs"))
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"asked": asked,
			"code":  code,
			"json":  readsAsJSON,
			"until": until,
		},
	})
}

func repository(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// code runs a command and demands an exit code: code 2 doublehop validate --bogus.
func code(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: code N COMMAND ARG ...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		exit, ok := errors.AsType[*exec.ExitError](err)
		if !ok {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit code %d, not %d", got, want)
	}
}

// until runs a command again and again until a pattern is in its output: until PATTERN doublehop status.
func until(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: until PATTERN COMMAND ARG ...")
	}
	pattern, err := regexp.Compile(args[0])
	ts.Check(err)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for began := time.Now(); time.Since(began) < 30*time.Second; <-tick.C {
		if err := ts.Exec(args[1], args[2:]...); err == nil && pattern.MatchString(ts.ReadFile("stdout")) {
			return
		}
	}
	ts.Fatalf("no match for %s", pattern)
}

// readsAsJSON demands that a file, stdout or stderr is JSON.
func readsAsJSON(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: json FILE")
	}
	if valid := json.Valid([]byte(ts.ReadFile(args[0]))); valid == neg {
		ts.Fatalf("%s: JSON: %v", args[0], valid)
	}
}
