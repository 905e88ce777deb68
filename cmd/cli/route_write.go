package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/doublehop/doublehop/cmd/view"
	"github.com/doublehop/doublehop/hcl/labfile"
	"github.com/doublehop/doublehop/provision/estate"
)

// readme is the page in the folder of a written lab.
const readme = "README.md"

// writeRoute writes a lab that goes the first way into a folder. Nothing that
// lies there is overwritten.
func (a *app) writeRoute(found *estate.Routes, answer view.RouteAnswer, dir string) error {
	draft := found.Draft(found.Ways[0])
	files := []struct {
		name string
		text []byte
	}{
		{draft.Name + labfile.Extension, labfile.Write(draft)},
		{readme, []byte(view.RouteReadme(answer, draft, quoted(dir)))},
	}
	if others, err := filepath.Glob(filepath.Join(dir, "*"+labfile.Extension)); err == nil && len(others) > 0 {
		return &usageError{text: fmt.Sprintf("%s holds a lab already (%s); a folder is one lab", dir, filepath.Base(others[0])), help: "doublehop route --help"}
	}
	for _, f := range files {
		if _, err := os.Lstat(filepath.Join(dir, f.name)); !errors.Is(err, fs.ErrNotExist) {
			return &usageError{text: fmt.Sprintf("%s is there already, and nothing is overwritten", filepath.Join(dir, f.name)), help: "doublehop route --help"}
		}
	}
	if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // a lab is for its readers
		return fmt.Errorf("make the lab's folder: %w", err)
	}
	for _, f := range files {
		if err := writeNew(filepath.Join(dir, f.name), f.text); err != nil {
			return fmt.Errorf("write the lab: %w", err)
		}
	}
	if !a.common.quiet {
		fmt.Fprintf(a.Err, "Written: %s and %s. What it needs stands in the %s. Next:\n\n  doublehop validate -f %s\n\n", filepath.Join(dir, files[0].name), readme, readme, quoted(dir))
	}
	return nil
}

// writeNew writes a file that must not be there.
func writeNew(path string, text []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644) //nolint:gosec // the person at the keyboard names it, and a lab is for its readers
	if err != nil {
		return err
	}
	if _, err := f.Write(text); err != nil {
		return errors.Join(err, f.Close())
	}
	return errors.Join(f.Sync(), f.Close())
}
