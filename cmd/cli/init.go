package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/doublehop/doublehop/labs"
)

type initOptions struct {
	// Folder is where the lab goes; From names the lab that ships.
	Folder, From string
}

// usualLab is what init copies when nobody says.
const usualLab = "exchange-2003"

func newInit(a *app, run func(context.Context, initOptions) error) *cobra.Command {
	o := initOptions{Folder: "."}
	cmd := &cobra.Command{
		Use:   "init [FOLDER]",
		Short: "Begin a lab of your own with a copy of one that ships",
		Long: "Copy a lab that ships into a folder, by default the current one. Nothing that is there is\n" +
			"overwritten. The labs: " + strings.Join(shippedLabs(), ", ") + ".",
		Example: "  doublehop init my-lab\n  doublehop init --from double-hop my-lab",
		Args:    atMostOne("one folder"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				o.Folder = args[0]
			}
			return run(cmd.Context(), o)
		},
		ValidArgsFunction: folders,
	}
	a.talkFlags(cmd)
	choice(cmd, &o.From, "from", "", usualLab, shippedLabs(), "the lab to copy")
	return cmd
}

// shippedLabs lists the labs that ship.
func shippedLabs() []string {
	var names []string
	entries, _ := fs.ReadDir(labs.Shipped(), ".") // what is part of the program can be read
	for _, e := range entries {
		names = append(names, e.Name())
	}
	slices.Sort(names)
	return names
}

func (a *app) init(_ context.Context, o initOptions) error {
	from, err := fs.Sub(labs.Shipped(), o.From)
	if err != nil {
		return err
	}
	var files []string
	err = fs.WalkDir(from, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			files = append(files, name)
		}
		return err
	})
	if err != nil {
		return err
	}
	if err := free(o.Folder, files); err != nil {
		return err
	}
	for _, name := range files {
		text, err := fs.ReadFile(from, name)
		if err != nil {
			return err
		}
		to := filepath.Join(o.Folder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil { //nolint:gosec // a lab is for all to read
			return fmt.Errorf("write the lab: %w", err)
		}
		if err := writeNew(to, text); err != nil {
			return fmt.Errorf("write the lab: %w", err)
		}
	}
	return a.answer(fmt.Sprintf("Lab %s is in %s. Read its README.md for the discs that it needs. Next:\n\n  doublehop validate %s\n", o.From, o.Folder, o.Folder),
		struct {
			Lab    string   `json:"lab"`
			Folder string   `json:"folder"`
			Files  []string `json:"files"`
		}{o.From, o.Folder, files})
}

// free refuses a folder in which one of the files, or another lab, is already:
// a folder is one lab.
func free(folder string, files []string) error {
	there, err := filepath.Glob(filepath.Join(folder, "*.lab.hcl"))
	if err != nil || len(there) > 0 {
		return &usageError{text: fmt.Sprintf("the folder %s holds a lab already, and a folder is one lab", folder), help: "doublehop init --help"}
	}
	for _, name := range files {
		if _, err := os.Lstat(filepath.Join(folder, filepath.FromSlash(name))); !errors.Is(err, fs.ErrNotExist) {
			return &usageError{text: fmt.Sprintf("%s is there already, and nothing is overwritten", path.Join(folder, name)), help: "doublehop init --help"}
		}
	}
	return nil
}
