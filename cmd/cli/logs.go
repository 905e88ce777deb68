package cli

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/doublehop/doublehop/cmd/view"
	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/engine"
)

type logsOptions struct {
	// Machine is empty for the run's events.
	Machine string
	// Run is a record's name; empty means the newest.
	Run    string
	List   bool
	Follow bool
}

func newLogs(a *app, run func(context.Context, logsOptions) error) *cobra.Command {
	var o logsOptions
	cmd := &cobra.Command{
		Use:   "logs [MACHINE]",
		Short: "Show what happened in a run, or all that a guest said",
		Long: "Show what happened in the newest run of an instance; with a machine, all that its guest\n" +
			"said on its serial line. The records of the last 30 runs are kept on this computer.",
		Example:           "  doublehop logs -f labs/demo\n  doublehop logs -f labs/demo dc01 --follow\n  doublehop logs -f labs/demo --list",
		Args:              atMostOne("one machine"),
		ValidArgsFunction: a.names(machineNames),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.Machine = strings.Join(args, "")
			return run(cmd.Context(), o)
		},
	}
	a.labFlags(cmd)
	cmd.Flags().StringVar(&a.common.name, "name", "", "`NAME` of the instance (default: the lab's name)")
	cmd.Flags().StringVar(&o.Run, "run", "", "the `RUN`, as --list calls it (default: the newest)")
	cmd.Flags().BoolVar(&o.List, "list", false, "list the runs")
	cmd.Flags().BoolVar(&o.Follow, "follow", false, "go on showing until the run ends")
	return cmd
}

func (a *app) logs(ctx context.Context, o logsOptions) error {
	if o.List && o.Follow {
		return &usageError{text: "--list and --follow do not go together", help: "doublehop logs --help"}
	}
	all, err := a.runsOf()
	if err != nil {
		return err
	}
	runs, err := runsIn(all)
	if err != nil {
		return err
	}
	if o.List {
		return a.listRuns(all, runs)
	}
	name := o.Run
	if problem := labs.NameProblem(o.Machine); o.Machine != "" && problem != "" {
		return &usageError{text: fmt.Sprintf("%q is no machine: %s", o.Machine, problem)}
	}
	file := "events.jsonl"
	if o.Machine != "" {
		file = o.Machine + ".log"
	}
	if name == "" {
		if name = newestWith(all, runs, file); name == "" {
			return &usageError{text: fmt.Sprintf("there is no record of %s here yet", what(o.Machine)), help: a.spell("logs", "--list")}
		}
	}
	if filepath.Base(name) != name {
		return &usageError{text: fmt.Sprintf("there is no run %q", name), help: a.spell("logs", "--list")}
	}
	f, err := os.Open(filepath.Join(all, name, file)) //nolint:gosec // name and file are single names
	if errors.Is(err, os.ErrNotExist) {
		return &usageError{text: fmt.Sprintf("run %q has no record of %s", name, what(o.Machine)), help: a.spell("logs", "--list")}
	}
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	if o.Machine != "" {
		return a.said(ctx, f, filepath.Join(all, name, "events.jsonl"), o.Follow)
	}
	return a.happened(ctx, f, o.Follow)
}

func what(machine string) string {
	if machine == "" {
		return "a run"
	}
	return "machine " + machine
}

// runsOf is the folder with the instance's records.
func (a *app) runsOf() (string, error) {
	state, err := a.stateDir()
	if err != nil {
		return "", err
	}
	a.spell = a.command
	name := a.common.name
	if name == "" {
		lab, err := a.load()
		if err != nil {
			return "", err
		}
		name = lab.Name
	}
	if problem := labs.NameProblem(name); problem != "" {
		return "", &usageError{text: fmt.Sprintf("--name %q cannot name an instance: %s", name, problem)}
	}
	return filepath.Join(state, "runs", name), nil
}

// newestWith is the newest run whose record has a file.
func newestWith(all string, runs []string, file string) string {
	for _, run := range slices.Backward(runs) {
		if _, err := os.Stat(filepath.Join(all, run, file)); err == nil {
			return run
		}
	}
	return ""
}

// listRuns answers with the runs, oldest first, and the folder that holds them.
func (a *app) listRuns(all string, runs []string) error {
	if runs == nil {
		runs = []string{}
	}
	text := strings.Join(runs, "\n") + "\n"
	if len(runs) == 0 {
		text = "No runs yet.\n"
	}
	return a.answer(text, struct {
		Folder string   `json:"folder"`
		Runs   []string `json:"runs"`
	}{all, runs})
}

// happened shows a run's events: as lines, or as the JSON lines that they are.
func (a *app) happened(ctx context.Context, f *os.File, follow bool) error {
	shown, over := view.NewLines(a.style(a.Out), a.common.verbose), false
	return eachLine(ctx, f, func() bool { return follow && !over }, func(line []byte) error {
		var e engine.Event
		if err := json.Unmarshal(line, &e); err != nil {
			return nil //nolint:nilerr // a line cut short by a kill is no event
		}
		over = e.Kind == engine.RunEnd
		text := shown.Line(e)
		if a.common.output == outputJSON {
			text = string(line) + "\n"
		}
		_, err := io.WriteString(a.Out, text)
		return err
	})
}

// said shows what a guest said. Following ends when the run does.
func (a *app) said(ctx context.Context, f *os.File, events string, follow bool) error {
	raw := !terminal(a.Out)
	return eachLine(ctx, f, func() bool { return follow && !ended(events) }, func(line []byte) error {
		text := string(line)
		if !raw {
			text = view.Clean(text)
		}
		if a.common.output == outputJSON {
			return writeLine(a.Out, struct {
				Line string `json:"line"`
			}{text})
		}
		_, err := io.WriteString(a.Out, text+"\n")
		return err
	})
}

// ended says whether a run's events have come to their end.
func ended(events string) bool {
	b, err := os.ReadFile(events) //nolint:gosec // a file of our own record
	return err == nil && bytes.Contains(b, []byte(`"event":"`+string(engine.RunEnd)+`"`))
}

// often is how often a growing file is looked at.
const often = 250 * time.Millisecond

// eachLine gives do each line of a file; at its end it waits for more as long
// as more says so.
func eachLine(ctx context.Context, f *os.File, more func() bool, do func([]byte) error) error {
	r := bufio.NewReader(f)
	var part []byte
	tick := time.NewTicker(often)
	defer tick.Stop()
	for last := false; ; {
		b, err := r.ReadBytes('\n')
		part = append(part, b...)
		switch {
		case err == nil:
			if err := do(bytes.TrimRight(part, "\r\n")); err != nil {
				return err
			}
			part = nil
		case !errors.Is(err, io.EOF):
			return err
		case last && len(part) > 0:
			return do(part)
		case last:
			return nil
		case !more():
			last = true // and look once more: it may have grown meanwhile
		default:
			select {
			case <-ctx.Done():
				return context.Cause(ctx)
			case <-tick.C:
			}
		}
	}
}
