package cli

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"filippo.io/age"
	"github.com/google/renameio/v2"
	"github.com/spf13/cobra"

	"github.com/doublehop/doublehop/cmd/view"
	"github.com/doublehop/doublehop/provision/archive"
	"github.com/doublehop/doublehop/provision/engine"
)

type exportOptions struct {
	Checkpoint string
	// File is where the archive goes.
	File string
	Seal sealOptions
}

// sealOptions say for whom an archive is encrypted.
type sealOptions struct {
	// Recipients are age recipients; RecipientFiles hold more.
	Recipients     []string
	RecipientFiles []string
	// Passphrase says where a passphrase comes from.
	Passphrase string
}

func newExport(a *app, run func(context.Context, exportOptions) error) *cobra.Command {
	var o exportOptions
	cmd := &cobra.Command{
		Use:   "export CHECKPOINT -o FILE",
		Short: "Write a checkpoint to one file, for a host without a network",
		Long: "Write a checkpoint to one file that `doublehop import` brings into another pool: its disks with\n" +
			"all that they rest on, the memory of a warm one, the checkpoints of the stages before, the lab\n" +
			"files, and what is needed to find them again. Of your discs only the digests are in it. Each disk\n" +
			"is compared with its SHA-256 on the way.\n\n" +
			"With --recipient or --passphrase the whole file is encrypted with age, and holds the passwords that\n" +
			"the lab generated, so that stages can be built on it. Without, it holds no password and no product\n" +
			"key outside the disks; but the disks have those that the guests log on with, and whoever has the\n" +
			"file can read them there.\n\n" + aCheckpoint,
		Example: "  doublehop export exchange -f labs/demo -o exchange.dharchive --passphrase ask\n" +
			"  doublehop export exchange -o exchange.dharchive --recipient age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p",
		Args:              exactly(1, "one checkpoint"),
		ValidArgsFunction: a.names(stageNames),
		RunE: func(cmd *cobra.Command, args []string) error {
			if o.Checkpoint = args[0]; o.File == "" {
				return &usageError{text: "doublehop export does not know where to write; name a file with -o", help: cmd.CommandPath() + " --help"}
			}
			return run(cmd.Context(), o)
		},
	}
	f := cmd.Flags()
	f.StringVarP(&o.File, "output", "o", "", "the `FILE` to write; it must not be there yet")
	a.quietFlags(cmd)
	choice(cmd, &a.common.output, "report", "", outputTable, []string{outputTable, outputJSON}, "how the answer is written")
	a.runFlags(cmd)
	f.StringArrayVarP(&o.Seal.Recipients, "recipient", "r", nil, "encrypt for this age recipient (`age1…`); may be given several times")
	f.StringArrayVarP(&o.Seal.RecipientFiles, "recipients-file", "R", nil, "encrypt for the age recipients in a `FILE`, one a line")
	passphraseFlag(cmd, &o.Seal.Passphrase)
	return cmd
}

// export writes the archive beside its place and moves it there when it is whole.
func (a *app) export(ctx context.Context, o exportOptions) error {
	a.mode = a.showMode()
	to, err := a.recipients(ctx, o.Seal)
	if err != nil {
		return err
	}
	if _, err := os.Lstat(o.File); err == nil {
		return &usageError{text: fmt.Sprintf("%s is there already; choose another name, or remove it", o.File)}
	}
	s, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	files, left, err := a.carriedFiles(s.lab)
	if err != nil {
		return err
	}
	release, err := s.lockCarry("export.")
	if err != nil {
		return err
	}
	defer release()
	out, err := renameio.NewPendingFile(o.File, renameio.WithPermissions(0o600), renameio.WithStaticPermissions(0o600))
	if err != nil {
		return err
	}
	defer out.Cleanup() //nolint:errcheck // after the move there is nothing to do
	report := view.Exported{File: o.File, Left: left}
	sum := sha256.New()
	err = s.run(ctx, "export", nil, func(ctx context.Context, e *engine.Engine) (err error) {
		options := engine.ExportOptions{Tool: s.Build.Version, Files: files, Sealed: len(to) > 0}
		report.ExportReport, err = sealed(io.MultiWriter(out, sum), to, func(w io.Writer) (engine.ExportReport, error) {
			return e.Export(ctx, o.Checkpoint, w, options)
		})
		return err
	})
	if err != nil {
		return err
	}
	info, err := out.Stat()
	if err != nil {
		return err
	}
	if err := out.CloseAtomicallyReplace(); err != nil {
		return err
	}
	report.Bytes, report.SHA256 = info.Size(), hex.EncodeToString(sum.Sum(nil))
	if !report.Sealed {
		fmt.Fprint(a.Err, a.style(a.Err).InClear())
	}
	return a.answer(a.style(a.Out).Exported(report), report)
}

// sealed gives do what encrypts to w, or w itself when there is nobody to
// encrypt for.
func sealed[T any](w io.Writer, to []age.Recipient, do func(io.Writer) (T, error)) (T, error) {
	if len(to) == 0 {
		return do(w)
	}
	var none T
	lid, err := archive.Seal(w, to)
	if err != nil {
		return none, err
	}
	got, err := do(lid)
	if err = errors.Join(err, lid.Close()); err != nil {
		return none, err
	}
	return got, nil
}

// recipients are those that the flags name.
func (a *app) recipients(ctx context.Context, o sealOptions) ([]age.Recipient, error) {
	var to []age.Recipient
	for _, text := range o.Recipients {
		list, err := parsedRecipients(text)
		if err != nil {
			return nil, &usageError{text: fmt.Sprintf("--recipient %q is no age recipient: they begin with age1, and `age-keygen` prints one", text)}
		}
		to = append(to, list...)
	}
	for _, path := range o.RecipientFiles {
		f, err := os.Open(path) //nolint:gosec // a person named it
		if err != nil {
			return nil, err
		}
		list, err := archive.Recipients(f)
		_ = f.Close()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		to = append(to, list...)
	}
	if o.Passphrase == "" {
		return to, nil
	}
	if len(to) > 0 {
		return nil, &usageError{text: "an archive is encrypted for recipients or with a passphrase, not both: age wants it so"}
	}
	phrase, err := a.passphrase(ctx, o.Passphrase, true)
	if err != nil {
		return nil, err
	}
	one, err := archive.Phrase(phrase, 0)
	return []age.Recipient{one}, err
}

// lockCarryAt keeps prunes away, and other exports or imports: no instance has a
// name with a dot.
func (a *app) lockCarryAt(uri, what string) (release func(), err error) {
	dir, err := a.stateDir()
	if err != nil {
		return nil, err
	}
	return engine.Lock(filepath.Join(dir, "locks"), uri, what)
}

func (s *session) lockCarry(what string) (release func(), err error) {
	return s.lockCarryAt(s.uri, what)
}
