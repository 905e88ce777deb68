package cli

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/renameio/v2"
	"github.com/rogpeppe/go-internal/diff"
	"github.com/spf13/cobra"

	"github.com/doublehop/doublehop/cmd/view"
	"github.com/doublehop/doublehop/hcl/labfile"
	"github.com/doublehop/doublehop/labs"
)

type formatOptions struct {
	// Paths are files and folders; "-" is standard input.
	Paths []string
	Check bool
	Diff  bool
}

func newFormat(a *app, run func(context.Context, formatOptions) error) *cobra.Command {
	var o formatOptions
	cmd := &cobra.Command{
		Use:   "fmt [PATH ...]",
		Short: "Lay lab files out in the one style",
		Long: "Lay lab files (*.lab.hcl, *.labvars) out in the one style, in the current folder or in the\n" +
			"files and folders that are named, with the folders below. The names of changed files are\n" +
			"written; - reads standard input and writes the result.",
		Example: "  doublehop fmt\n  doublehop fmt --check --diff labs",
		RunE: func(cmd *cobra.Command, args []string) error {
			o.Paths = args
			return run(cmd.Context(), o)
		},
	}
	cmd.Flags().BoolVar(&o.Check, "check", false, "change nothing; exit with 3 when something would change")
	cmd.Flags().BoolVar(&o.Diff, "diff", false, "show what changes")
	a.talkFlags(cmd)
	return cmd
}

func (a *app) format(_ context.Context, o formatOptions) error {
	if len(o.Paths) == 0 {
		o.Paths = []string{"."}
	}
	a.sources = &labs.Sources{}
	var files []string
	for _, path := range o.Paths {
		if path == "-" {
			return a.formatStdin(o)
		}
		found, err := labFiles(path)
		if err != nil {
			return &usageError{text: fmt.Sprintf("%s cannot be formatted: %v", path, reason(err)), help: "doublehop fmt --help"}
		}
		files = append(files, found...)
	}
	answer := view.Formatted{Changed: []string{}}
	var wrong labs.Diagnostics
	for _, path := range files {
		change, list, err := a.formatFile(path, o)
		if err != nil {
			return err
		}
		wrong = append(wrong, list...)
		if change != nil {
			answer.Changed = append(answer.Changed, path)
			answer.Diffs = append(answer.Diffs, view.FileDiff{File: path, Diff: string(change)})
		}
	}
	return a.formatted(answer, wrong, o)
}

// formatted says what was formatted. A person is shown the diffs or the names.
func (a *app) formatted(answer view.Formatted, wrong labs.Diagnostics, o formatOptions) error {
	text := lines(answer.Changed)
	if o.Diff {
		text = a.diffs(answer.Diffs)
	} else {
		answer.Diffs = nil
	}
	answer.Diagnostics = view.DiagnosticsJSON(wrong, a.sources)
	if err := a.answer(text, answer); err != nil {
		return err
	}
	if err := wrong.Err(); err != nil {
		if a.common.output == outputJSON {
			return &answered{Code(err)}
		}
		return err
	}
	if o.Check && len(answer.Changed) > 0 {
		return &answered{Differs}
	}
	return nil
}

// diffs are what changes, coloured for a person at a terminal; as patch reads
// it for anything else.
func (a *app) diffs(list []view.FileDiff) string {
	var text strings.Builder
	for _, d := range list {
		text.WriteString(d.Diff)
	}
	if terminal(a.Out) {
		return a.style(a.Out).Diff(text.String())
	}
	return text.String()
}

func lines(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return strings.Join(list, "\n") + "\n"
}

// reason is an error without the path, which the message names already.
func reason(err error) error {
	if e, ok := err.(*fs.PathError); ok { //nolint:errorlint // the outermost is the one that names the path
		return e.Err
	}
	return err
}

// labFiles lists the lab files at or below a path, in the order of their names.
func labFiles(path string) ([]string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return []string{path}, nil
	}
	var files []string
	err = filepath.WalkDir(path, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		switch {
		case d.IsDir() && p != path && (strings.HasPrefix(name, ".") || name == "testdata"):
			return filepath.SkipDir
		case d.Type().IsRegular() && (strings.HasSuffix(name, labfile.Extension) || strings.HasSuffix(name, labfile.VarsExtension)):
			files = append(files, p)
		}
		return nil
	})
	return files, err
}

// formatFile formats one file, or only looks, and says how it differs; nil when
// it does not.
func (a *app) formatFile(path string, o formatOptions) (change []byte, list labs.Diagnostics, err error) {
	src, err := os.ReadFile(path) //nolint:gosec // the person at the keyboard names it
	if err != nil {
		return nil, nil, err
	}
	a.sources.Add(path, src)
	out, list := labfile.Format(path, src)
	if list.Fatal() || bytes.Equal(src, out) {
		return nil, list, nil
	}
	change = diff.Diff(path, src, path+" (formatted)", out)
	if o.Check {
		return change, list, nil
	}
	info, err := os.Stat(path)
	if err != nil {
		return change, list, err
	}
	return change, list, renameio.WriteFile(path, out, info.Mode().Perm())
}

// formatStdin formats standard input to standard output.
func (a *app) formatStdin(o formatOptions) error {
	if len(o.Paths) > 1 {
		return &usageError{text: "fmt takes - alone", help: "doublehop fmt --help"}
	}
	src, err := io.ReadAll(a.In)
	if err != nil {
		return err
	}
	const name = "standard input"
	a.sources.Add(name, src)
	out, list := labfile.Format(name, src)
	if !o.Check && !o.Diff && a.common.output != outputJSON {
		if err := list.Err(); err != nil {
			return err
		}
		_, err = a.Out.Write(out)
		return err
	}
	answer := view.Formatted{Changed: []string{}}
	if !list.Fatal() && !bytes.Equal(src, out) {
		answer.Changed = append(answer.Changed, name)
		answer.Diffs = append(answer.Diffs, view.FileDiff{File: name, Diff: string(diff.Diff(name, src, name+" (formatted)", out))})
	}
	return a.formatted(answer, list, o)
}
