package cli

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"strings"
)

// confirm asks before something is lost. Without a terminal, or with
// --no-input, it fails and names the flag.
func (a *app) confirm(ctx context.Context, question string) error {
	if a.common.yes {
		return nil
	}
	screen, done := a.screen()
	defer done()
	if a.common.noInput || !terminal(a.In) || screen == nil {
		return &usageError{text: question + " Nobody can be asked here; -y (--yes) says yes beforehand"}
	}
	fmt.Fprintf(screen, "%s Type yes to go on: ", question)
	type reply struct {
		line string
		err  error
	}
	got := make(chan reply, 1)
	go func() { // a read of a terminal cannot be called off; it ends with the process
		line, err := bufio.NewReader(a.In).ReadString('\n')
		got <- reply{line, err}
	}()
	select {
	case <-ctx.Done():
		fmt.Fprintln(screen)
		return context.Cause(ctx)
	case r := <-got:
		if r.err == nil && strings.EqualFold(strings.TrimSpace(r.line), "yes") {
			return nil
		}
	}
	return &declined{}
}

// screen is where a question is seen: stderr, or the terminal itself when
// stderr goes elsewhere; nil when there is none.
func (a *app) screen() (w io.Writer, done func()) {
	if terminal(a.Err) {
		return a.Err, func() {}
	}
	if !terminal(a.In) {
		return nil, func() {}
	}
	tty, err := os.OpenFile("/dev/tty", os.O_WRONLY, 0)
	if err != nil {
		return nil, func() {}
	}
	return tty, func() { _ = tty.Close() }
}

// declined is a person who said no.
type declined struct{}

func (*declined) Error() string { return "nothing was done, as you wished" }
