package e2e_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/doublehop/doublehop/cmd/cli"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"doublehop": doublehop})
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
			env.Setenv("REPOSITORY", repository(t))
			return os.MkdirAll(filepath.Join(env.WorkDir, "home"), 0o755)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"code": code,
			"json": readsAsJSON,
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

// readsAsJSON demands that a file, stdout or stderr is JSON.
func readsAsJSON(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: json FILE")
	}
	if valid := json.Valid([]byte(ts.ReadFile(args[0]))); valid == neg {
		ts.Fatalf("%s: JSON: %v", args[0], valid)
	}
}
