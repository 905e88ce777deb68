// Package cli is the command line: verbs, flags, confirmations and exit codes.
//
// stdout is the answer and stderr the progress. Nothing asks a question
// without a terminal: it fails and names the flag. Every error says what
// failed, why, what was kept and what to type next.
//
// Floor 6. It is the only room that knows concrete drivers.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/mattn/go-isatty"
	"github.com/muesli/termenv"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/doublehop/doublehop/cmd/view"
	"github.com/doublehop/doublehop/labs"
)

// IO is what a command line stands on.
type IO struct {
	In       io.Reader
	Out, Err io.Writer
	// Environ is the environment, as of os.Environ.
	Environ []string
	// Build says what this program is.
	Build Build
}

// Env is the value of an environment variable; empty when it is not set.
func (o IO) Env(name string) string {
	v, _ := o.LookupEnv(name)
	return v
}

// LookupEnv is the value of an environment variable, and whether it is set.
func (o IO) LookupEnv(name string) (string, bool) {
	for _, entry := range o.Environ {
		if v, ok := strings.CutPrefix(entry, name+"="); ok {
			return v, true
		}
	}
	return "", false
}

// terminal says whether a stream is one that a person looks at.
func terminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && isatty.IsTerminal(f.Fd())
}

// size is a terminal's columns and rows; 80 by 24 for anything else.
func size(stream any) (columns, rows int) {
	if f, ok := stream.(*os.File); ok {
		if c, r, err := term.GetSize(int(f.Fd())); err == nil && c > 0 {
			return c, r
		}
	}
	return 80, 24
}

// style is how text for a stream is drawn.
func (o IO) style(stream any) view.Style {
	columns, _ := size(stream)
	color := terminal(stream) && o.Env("NO_COLOR") == "" && o.Env("TERM") != "dumb" && !termenv.EnvNoColor()
	return view.Style{Width: min(columns, 120), Color: color}
}

// app is one run of the program.
type app struct {
	IO
	common common
	// sources are the lab files, once they are read.
	sources *labs.Sources
	// spell writes the command line of a verb for the lab in hand.
	spell view.Again
	// mode is how the run is shown.
	mode view.Mode
	// gathered takes complaints that are part of the answer; nil shows them.
	gathered *labs.Diagnostics
}

// Main runs one command line and gives back its exit code. Cancelling ctx is
// Ctrl-C: nothing new is begun, and the code is 130.
func Main(ctx context.Context, args []string, o IO) int {
	a := &app{IO: o, mode: view.Plain}
	root := a.root()
	root.SetArgs(args)
	root.SetIn(o.In)
	root.SetOut(o.Out)
	root.SetErr(o.Err)
	err := root.ExecuteContext(ctx)
	if cause := context.Cause(ctx); cause != nil && err != nil {
		err = errors.Join(&interrupted{cause}, err)
	}
	a.show(err)
	return Code(err)
}

// root is the whole command line.
func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "doublehop",
		Short: "Build disposable labs of legacy Windows servers from your own install discs",
		Long: "Doublehop builds isolated, disposable labs of legacy Windows servers from your own\n" +
			"install discs, so that a migration can be rehearsed before it is done for real.\n\n" +
			"A lab is a folder of *.lab.hcl files. Begin with:\n\n" +
			"  doublehop doctor          is this host ready?\n" +
			"  doublehop validate        is the lab right?\n" +
			"  doublehop plan            what would be done, and why?\n" +
			"  doublehop up              do it, or go on with it",
		Version:                    a.Build.Version,
		SilenceErrors:              true,
		SilenceUsage:               true,
		Args:                       verbless,
		RunE:                       func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		SuggestionsMinimumDistance: 2,
	}
	root.SetVersionTemplate("doublehop {{.Version}}\n")
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return &usageError{text: err.Error(), help: cmd.CommandPath() + " --help"}
	})
	root.AddGroup(
		&cobra.Group{ID: "lab", Title: "Lab files:"},
		&cobra.Group{ID: "run", Title: "Build and use:"},
		&cobra.Group{ID: "host", Title: "This host:"},
	)
	for group, verbs := range map[string][]*cobra.Command{
		"lab":  {newInit(a, a.init), newValidate(a, a.validate), newPlan(a, a.plan), newFormat(a, a.format), newGraph(a, a.graph), newExplain(a, a.explainRule), newRoute(a, a.route)},
		"run":  {newUp(a, a.up), newStatus(a, a.status), newLogs(a, a.logs), newExec(a, a.exec), newFork(a, a.fork), newRevert(a, a.revert), newStop(a, a.stop), newStart(a, a.start), newVerify(a, a.verify), newCheckpoint(a, keeper{a}), newExport(a, a.export), newImport(a, a.importFile), newDestroy(a, a.destroy)},
		"host": {newDoctor(a, a.doctor), newMedia(a), newPrune(a, a.prune), newUsage(a, a.usage), newVersion(a, a.version)},
	} {
		for _, cmd := range verbs {
			cmd.GroupID = group
			root.AddCommand(cmd)
		}
	}
	return root
}

// verbless refuses an argument where a verb is missing or misspelt.
func verbless(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	text := fmt.Sprintf("there is no verb %q", args[0])
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		text += fmt.Sprintf("; did you mean %q?", near[0])
	}
	return &usageError{text: text, help: cmd.CommandPath() + " --help"}
}

// answer writes the answer: text for a person, or value as JSON.
func (a *app) answer(text string, value any) error {
	if a.common.output != outputJSON {
		_, err := io.WriteString(a.Out, text)
		return err
	}
	return writeJSON(a.Out, value)
}
