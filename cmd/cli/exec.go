package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/doublehop/doublehop/provision/engine"
)

type execOptions struct {
	Machine, Command string
}

func newExec(a *app, run func(context.Context, execOptions) error) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "exec MACHINE COMMAND",
		Short: "Run a command in a machine and show what it wrote",
		Long: "Run one command line with the guest's own cmd, through its runner; no network is needed.\n" +
			"The exit code is the command's own (255 when it has no place in one); with -o json it is\n" +
			"in the answer, and the exit code is 0.",
		Example: "  doublehop exec -f labs/demo dc01 'net share'\n  doublehop exec -f labs/demo dc01 'if exist C:\\X (echo yes) else (echo no)'",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) < 2 {
				return &usageError{text: "exec takes a machine and a command", help: "doublehop exec --help"}
			}
			return nil
		},
		ValidArgsFunction: a.names(machineNames),
		RunE: func(cmd *cobra.Command, args []string) error {
			return run(cmd.Context(), execOptions{Machine: args[0], Command: strings.Join(args[1:], " ")})
		},
	}
	a.runFlags(cmd)
	return cmd
}

func (a *app) exec(ctx context.Context, o execOptions) error {
	a.mode = a.showMode()
	s, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	if names := machineNames(s.lab); !slices.Contains(names, o.Machine) {
		return &usageError{text: fmt.Sprintf("lab %q has no machine %q; it has %s", s.lab.Name, o.Machine, strings.Join(names, ", "))}
	}
	release, err := s.lock()
	if err != nil {
		return err
	}
	defer release()
	var result engine.ExecResult
	err = s.run(ctx, "exec", nil, func(ctx context.Context, e *engine.Engine) (err error) {
		result, err = e.Exec(ctx, o.Machine, o.Command)
		return err
	})
	if err != nil {
		return err
	}
	var text strings.Builder
	for _, line := range result.Output {
		text.WriteString(line + "\n")
	}
	if err := a.answer(text.String(), result); err != nil || result.Code == 0 || a.common.output == outputJSON {
		return err
	}
	if result.Code < 0 || result.Code > 255 {
		return &answered{255}
	}
	return &answered{result.Code}
}
