package cli

import (
	"bufio"
	"context"
	"fmt"
	"strings"
)

// confirm asks before something is lost. Without a terminal, or with
// --no-input, it fails and names the flag.
func (a *app) confirm(ctx context.Context, question string) error {
	if a.common.yes {
		return nil
	}
	if a.common.noInput || !terminal(a.In) || !terminal(a.Err) {
		return &usageError{text: question + " Nobody can be asked here; -y (--yes) says yes beforehand"}
	}
	fmt.Fprintf(a.Err, "%s Type yes to go on: ", question)
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
		fmt.Fprintln(a.Err)
		return context.Cause(ctx)
	case r := <-got:
		if r.err == nil && strings.EqualFold(strings.TrimSpace(r.line), "yes") {
			return nil
		}
	}
	return &declined{}
}

// declined is a person who said no.
type declined struct{}

func (*declined) Error() string { return "nothing was done, as you wished" }
