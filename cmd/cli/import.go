package cli

import (
	"bufio"
	"context"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/doublehop/doublehop/cmd/view"
	"github.com/doublehop/doublehop/provision/archive"
	"github.com/doublehop/doublehop/provision/engine"
)

type importOptions struct {
	// File is the archive; "-" is standard input.
	File string
	// Lab is the folder for the lab files; empty leaves them in the archive.
	Lab string
	// Identities are files with age identities.
	Identities []string
	Passphrase string
}

func newImport(a *app, run func(context.Context, importOptions) error) *cobra.Command {
	var o importOptions
	cmd := &cobra.Command{
		Use:   "import FILE",
		Short: "Bring a checkpoint from a file into the pool",
		Long: "Bring the checkpoints in a file that `doublehop export` wrote into this host's pool. Every disk is\n" +
			"compared with its SHA-256 while it is sent and as it lies in the pool; when all are there, and not\n" +
			"before, the checkpoints can be seen, and `up`, `revert` and `fork` use them for the lab files that\n" +
			"came with them. An interrupted import goes on where it was. No network and no disc is needed.\n" +
			"FILE may be - for standard input.",
		Example: "  doublehop import exchange.dharchive --lab labs/demo --passphrase ask\n" +
			"  doublehop import exchange.dharchive --identity key.txt",
		Args: exactly(1, "one archive"),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.File = args[0]
			return run(cmd.Context(), o)
		},
	}
	a.hostFlags(cmd)
	choice(cmd, &a.common.progress, "progress", "", progressAuto, []string{progressAuto, progressPlain, progressJSON}, "how the run is shown on stderr")
	f := cmd.Flags()
	f.StringVar(&o.Lab, "lab", "", "write the lab files in the archive to this `FOLDER`")
	f.StringArrayVarP(&o.Identities, "identity", "i", nil, "open the archive with the age identities in a `FILE`")
	passphraseFlag(cmd, &o.Passphrase)
	return cmd
}

func (a *app) importFile(ctx context.Context, o importOptions) error {
	a.mode = a.showMode()
	in, done, err := a.input(o.File)
	if err != nil {
		return err
	}
	defer done()
	plain, err := a.unsealed(ctx, in, o)
	if err != nil {
		return err
	}
	r, err := archive.NewReader(plain)
	if err != nil {
		return err
	}
	defer r.Close()
	uri := a.uri(nil)
	driver, err := a.dial(ctx, uri)
	if err != nil {
		return err
	}
	defer func() { _ = driver.Close() }()
	release, err := a.lockCarryAt(uri, "import.")
	if err != nil {
		return err
	}
	defer release()
	screen := view.NewScreen(a.Err, view.ScreenOptions{
		Mode: a.mode, Style: a.style(a.Err), Verbose: a.common.verbose, Size: func() (int, int) { return size(a.Err) },
	})
	report, err := engine.Import(ctx, driver, r, engine.ImportOptions{
		Report: func(e engine.Event) {
			e.Time = time.Now()
			screen.Report(e)
		},
		Files: func(files map[string][]byte) error {
			if o.Lab == "" {
				return nil
			}
			return mayUnpack(o.Lab, files)
		},
	})
	screen.Close()
	if err != nil {
		return err
	}
	if o.Lab != "" {
		if err := unpack(o.Lab, report.Files); err != nil {
			return err
		}
	}
	answer := view.Imported{ImportReport: report, Folder: o.Lab}
	return a.answer(a.style(a.Out).Imported(answer), answer)
}

// input is the archive's bytes.
func (a *app) input(name string) (in *bufio.Reader, done func(), err error) {
	if name == "-" {
		return bufio.NewReaderSize(a.In, 1<<20), func() {}, nil
	}
	f, err := os.Open(name) //nolint:gosec // a person named it
	if err != nil {
		return nil, nil, err
	}
	return bufio.NewReaderSize(f, 1<<20), func() { _ = f.Close() }, nil
}

// unsealed decrypts an archive that is encrypted. A person at a terminal who
// named no key is asked for the passphrase.
func (a *app) unsealed(ctx context.Context, in *bufio.Reader, o importOptions) (io.Reader, error) {
	if !archive.Sealed(in) {
		return in, nil
	}
	if o.Passphrase == "" && len(o.Identities) == 0 && o.File != "-" && terminal(a.In) {
		o.Passphrase = phraseAsk
	}
	keys, err := a.identities(ctx, o.Identities, o.Passphrase)
	if err != nil {
		return nil, err
	}
	return archive.Unseal(in, keys)
}
