package cli

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strings"

	"filippo.io/age"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/doublehop/doublehop/provision/archive"
)

// Where a passphrase comes from. It is never an argument itself: every user of
// the host sees those.
const (
	phraseAsk  = "ask"
	phraseEnv  = "env:"
	phraseFile = "file:"
)

func passphraseFlag(cmd *cobra.Command, value *string) {
	cmd.Flags().StringVar(value, "passphrase", "", "encrypted with a passphrase, from `WHERE`: ask, env:NAME or file:PATH")
	_ = cmd.RegisterFlagCompletionFunc("passphrase", cobra.FixedCompletions([]string{phraseAsk, phraseEnv, phraseFile}, cobra.ShellCompDirectiveNoSpace))
}

// passphrase gets a passphrase from where the flag says; a new one is asked for
// twice.
func (a *app) passphrase(ctx context.Context, from string, fresh bool) (string, error) {
	phrase, err := "", error(nil)
	name, isEnv := strings.CutPrefix(from, phraseEnv)
	path, isFile := strings.CutPrefix(from, phraseFile)
	switch {
	case from == phraseAsk:
		if phrase, err = a.hidden(ctx, "Passphrase of the archive: "); err == nil && fresh {
			var again string
			if again, err = a.hidden(ctx, "The same again: "); err == nil && again != phrase {
				err = &usageError{text: "the two passphrases differ"}
			}
		}
	case isEnv:
		phrase = a.Env(name)
	case isFile:
		var b []byte
		b, err = os.ReadFile(path) //nolint:gosec // a person named it
		phrase = strings.TrimRight(string(b), "\r\n")
	default:
		err = &usageError{text: "--passphrase says where the passphrase comes from, and is not the passphrase itself: ask, env:NAME or file:PATH"}
	}
	if err == nil && phrase == "" {
		err = &usageError{text: fmt.Sprintf("the passphrase from %s is empty", from)}
	}
	return phrase, err
}

// hidden asks for a line that is not shown.
func (a *app) hidden(ctx context.Context, question string) (string, error) {
	screen, done := a.screen()
	defer done()
	in, ok := a.In.(*os.File)
	if !ok || !terminal(a.In) || screen == nil {
		return "", &usageError{text: "nobody can be asked for a passphrase here; give it with --passphrase env:NAME or file:PATH"}
	}
	before, err := term.GetState(int(in.Fd()))
	if err != nil {
		return "", err
	}
	fmt.Fprint(screen, question)
	type reply struct {
		line []byte
		err  error
	}
	got := make(chan reply, 1)
	go func() { // a read of a terminal cannot be called off; it ends with the process
		line, err := term.ReadPassword(int(in.Fd()))
		got <- reply{line, err}
	}()
	select {
	case <-ctx.Done():
		_ = term.Restore(int(in.Fd()), before)
		fmt.Fprintln(screen)
		return "", context.Cause(ctx)
	case r := <-got:
		fmt.Fprintln(screen)
		return string(bytes.TrimRight(r.line, "\r\n")), r.err
	}
}

// parsedRecipients reads what one --recipient holds.
func parsedRecipients(text string) ([]age.Recipient, error) {
	return archive.Recipients(strings.NewReader(text))
}

// identities are the keys that the flags name.
func (a *app) identities(ctx context.Context, files []string, from string) ([]age.Identity, error) {
	var keys []age.Identity
	for _, path := range files {
		b, err := os.ReadFile(path) //nolint:gosec // a person named it
		if err != nil {
			return nil, err
		}
		list, err := archive.Identities(bytes.NewReader(b))
		if err != nil {
			return nil, fmt.Errorf("%s holds no age identity: %w", path, err)
		}
		keys = append(keys, list...)
	}
	if from == "" {
		return keys, nil
	}
	phrase, err := a.passphrase(ctx, from, false)
	if err != nil {
		return nil, err
	}
	key, err := archive.PhraseIdentity(phrase)
	return append(keys, key), err
}
