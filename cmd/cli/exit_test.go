package cli_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/doublehop/doublehop/cmd/cli"
	"github.com/doublehop/doublehop/drivers"
	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/engine"
	"github.com/doublehop/doublehop/provision/guest"
)

func TestExitCodes(t *testing.T) {
	step := func(err error) error {
		return fmt.Errorf("up: %w", &engine.StepError{Stage: "forest", Step: "join", Machine: "ex01", Err: err})
	}
	driver := func(kind drivers.Kind) error {
		return fmt.Errorf("plan: %w", &drivers.Error{Kind: kind, Op: "connect to", Object: "qemu:///system", Err: errors.New("no")})
	}
	for what, c := range map[string]struct {
		err  error
		want int
	}{
		"nothing is wrong":              {nil, 0},
		"an error":                      {errors.New("no"), 1},
		"a mistake in a lab file":       {labs.Diagnostics{{Summary: "No"}}.Err(), 1},
		"a request without sense":       {&engine.UsageError{Text: "no"}, 2},
		"a library that is missing":     {driver(drivers.Missing), 4},
		"a socket that may not be used": {driver(drivers.Refused), 4},
		"a foreign machine in the way":  {driver(drivers.Conflict), 1},
		"a disc that is not there":      {&engine.MediaError{Media: "windows", Err: errors.New("no")}, 5},
		"a job that failed":             {step(&guest.Failed{ID: "A"}), 6},
		"a guest that stalled":          {step(&guest.Stalled{}), 6},
		"a proof that is not as wanted": {step(&engine.ProofError{Name: "a", Err: errors.New("no")}), 7},
		"a check that failed":           {step(&engine.ProofError{Name: "a", Check: true, Err: errors.New("no")}), 7},
		"a network with a way out":      {&engine.SealError{Leaks: []string{"no"}}, 7},
		"another run":                   {fmt.Errorf("%w (process 1)", engine.ErrLocked), 8},
		"a run that was stopped":        {step(context.Canceled), 130},
		"a host that failed a step":     {step(driver(drivers.Missing)), 4},
	} {
		if got := cli.Code(c.err); got != c.want {
			t.Errorf("%s: exit code %d, want %d", what, got, c.want)
		}
	}
}

// run runs one command line in this process.
func run(t *testing.T, ctx context.Context, args ...string) (code int, out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	home := t.TempDir()
	code = cli.Main(ctx, args, cli.IO{
		In: strings.NewReader(""), Out: &o, Err: &e,
		Environ: []string{"HOME=" + home, "DOUBLEHOP_FAKE=" + home + "/world"},
		Build:   cli.Build{Version: "v1.2.3", Commit: "abc"},
	})
	return code, o.String(), e.String()
}

// A run that was cancelled before it began is an interrupted one, and says how
// to go on.
func TestACancelledRunSaysHowToGoOn(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(context.Canceled)
	code, _, errs := run(t, ctx, "status", "-f", "../../labs/demo", "--driver=fake", "--name", "mine")
	if code != 130 || !strings.Contains(errs, "doublehop up -f ../../labs/demo --name mine") {
		t.Errorf("exit code %d:\n%s", code, errs)
	}
}

func TestEveryVerbHelps(t *testing.T) {
	_, out, _ := run(t, t.Context(), "--help")
	verbs := 0
	for line := range strings.Lines(out) {
		name, _, ok := strings.Cut(strings.TrimSpace(line), " ")
		if !ok || !strings.HasPrefix(line, "  ") || strings.HasPrefix(line, "   ") || strings.HasPrefix(name, "-") || name == "doublehop" {
			continue
		}
		verbs++
		code, help, errs := run(t, t.Context(), name, "--help")
		if code != 0 || !strings.Contains(help, "Usage:") || errs != "" {
			t.Errorf("%s --help: exit code %d\n%s%s", name, code, help, errs)
		}
	}
	if verbs < 17 {
		t.Errorf("%d verbs in the help:\n%s", verbs, out)
	}
}
