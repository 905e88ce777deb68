package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/doublehop/doublehop/cmd/view"
	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/catalog"
	"github.com/doublehop/doublehop/provision/disc"
	"github.com/doublehop/doublehop/provision/engine"
)

// newMedia is the verb of the user's discs, with verbs of its own.
func newMedia(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "media",
		Short: "Say what install discs are, and what a lab still lacks",
		Long:  "Look into disc images, and say what they are by what is on them. Nothing is changed.",
		Args:  verbless, SuggestionsMinimumDistance: 2,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newMediaScan(a, a.mediaScan), newMediaCheck(a, a.mediaCheck))
	return cmd
}

type scanOptions struct {
	// Digests asks for the SHA-256 of every image.
	Digests bool
}

func newMediaScan(a *app, run func(context.Context, string, scanOptions) error) *cobra.Command {
	var o scanOptions
	cmd := &cobra.Command{
		Use:   "scan [DIR]",
		Short: "List the disc images in a folder: what they are, and what for",
		Long: "Look into every disc image (" + strings.Join(imageNames(), ", ") + ") in a folder and the folders in it, and say which product it\n" +
			"holds, in the words that a media block has for it, and which steps can use it. An image that\n" +
			"cannot be read is listed with the reason, and is no failure.",
		Example:           "  doublehop media scan discs\n  doublehop media scan discs --sha256 -o json",
		Args:              atMostOne("one folder"),
		ValidArgsFunction: folders,
		RunE: func(cmd *cobra.Command, args []string) error {
			return run(cmd.Context(), cmp.Or(strings.Join(args, ""), "."), o)
		},
	}
	cmd.Flags().BoolVar(&o.Digests, "sha256", false, "add the SHA-256 of each, to pin it; it is computed once and remembered")
	a.talkFlags(cmd)
	return cmd
}

// imageNames are the ends of the names of disc images.
func imageNames() []string { return []string{".iso", ".img", ".udf", ".bin"} }

// mostDiscs keeps a scan of a whole file system from going on for ever.
const mostDiscs = 10_000

func (a *app) mediaScan(ctx context.Context, folder string, o scanOptions) error {
	answer := view.Scan{Folder: folder, Discs: []view.Disc{}}
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case context.Cause(ctx) != nil:
			return context.Cause(ctx)
		case err != nil && path == folder:
			return err
		case err != nil:
			answer.Discs = append(answer.Discs, view.Disc{Path: path, Problem: reason(err).Error(), Steps: []string{}})
			return nil
		case entry.IsDir() || !slices.Contains(imageNames(), strings.ToLower(filepath.Ext(path))):
			return nil
		case len(answer.Discs) == mostDiscs:
			return fmt.Errorf("more than %d disc images lie below %s; name a folder with fewer", mostDiscs, folder)
		}
		d, err := scanned(ctx, path, o)
		if d.Identity == nil && strings.ToLower(filepath.Ext(path)) != imageNames()[0] {
			return err // its name says little, and it is no disc image that can be read
		}
		answer.Discs = append(answer.Discs, d)
		return err
	})
	if err != nil {
		return fmt.Errorf("look for discs in %s: %w", folder, err)
	}
	return a.answer(a.style(a.Out).Scan(answer), answer)
}

// scanned looks into one image. What is wrong with it is part of the answer; the
// error is ctx's.
func scanned(ctx context.Context, path string, o scanOptions) (view.Disc, error) {
	d := view.Disc{Path: path, Steps: []string{}}
	fails := func(err error) (view.Disc, error) {
		d.Problem = reason(err).Error()
		return d, context.Cause(ctx)
	}
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return fails(err)
	case !info.Mode().IsRegular():
		return fails(errors.New("it is no plain file"))
	}
	d.Bytes = info.Size()
	f, err := os.Open(path) //nolint:gosec // a file of the user's, below the folder that the user names
	if err != nil {
		return fails(err)
	}
	defer func() { _ = f.Close() }()
	found, err := disc.Open(f, info.Size())
	if image, ok := errors.AsType[*disc.ImageError](err); ok {
		return fails(fmt.Errorf("it %w", image))
	}
	if err != nil {
		return fails(err)
	}
	id := found.Identity()
	d.Identity = &id
	d.Product, d.Sure = catalog.Holds(id)
	steps, note := catalog.Uses(id)
	d.Steps, d.Note = append(d.Steps, steps...), note
	if o.Digests {
		if d.SHA256, err = (disc.Digests{}).Of(ctx, path); err != nil {
			return fails(err)
		}
	}
	return d, nil
}

type checkOptions struct {
	// To is the stage to stand at; empty means all stages of all branches.
	To string
}

func newMediaCheck(a *app, run func(context.Context, checkOptions) error) *cobra.Command {
	var o checkOptions
	cmd := &cobra.Command{
		Use:   "check [LAB]",
		Short: "Say which discs a lab still lacks, and which are the wrong ones",
		Long: "Say for each media block of a lab whether its file is there, whether it is what the block's\n" +
			"product and sha256 say, and whether it is fit for the steps that use it. The exit code is 5\n" +
			"when a disc is missing or wrong. What only may be wrong is said, and is no failure.",
		Example:           "  doublehop media check labs/exchange-2003\n  doublehop media check -f labs/double-hop --to to-2013-removal -o json",
		Args:              a.labArg,
		ValidArgsFunction: folders,
		RunE:              func(cmd *cobra.Command, _ []string) error { return run(cmd.Context(), o) },
	}
	a.labFlags(cmd)
	cmd.Flags().StringVar(&o.To, "to", "", "look only at what is needed to stand at this `STAGE`")
	_ = cmd.RegisterFlagCompletionFunc("to", a.names(stageNames))
	return cmd
}

func (a *app) mediaCheck(ctx context.Context, o checkOptions) error {
	lab, err := a.load()
	if err != nil {
		return err
	}
	var stages []*labs.Stage
	if o.To != "" {
		if _, ok := lab.Stage(o.To); !ok {
			return &usageError{text: fmt.Sprintf("lab %q has no stage %q; its stages are %s", lab.Name, o.To, strings.Join(stageNames(lab), ", "))}
		}
		stages = lab.Path(o.To)
	}
	checked, err := engine.CheckMedia(ctx, lab, stages, func(path string) (string, error) { return disc.Digests{}.Of(ctx, path) })
	if err != nil {
		return err
	}
	answer := view.CheckOf(lab.Name, checked)
	if err := a.answer(a.style(a.Out).MediaCheck(answer), answer); err != nil {
		return err
	}
	if !answer.Ready {
		return &answered{MediaWrong}
	}
	return nil
}
