package cli

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// common are the flags that most verbs have.
type common struct {
	file     string
	name     string
	connect  string
	vars     []string
	varFiles []string
	driver   string

	output   string
	progress string
	yes      bool
	noInput  bool
	verbose  bool
	quiet    bool
}

// What -o and --progress may be.
const (
	outputTable   = "table"
	outputJSON    = "json"
	progressAuto  = "auto"
	progressPlain = "plain"
	progressJSON  = "json"
)

// labFlags say which lab is meant.
func (a *app) labFlags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVarP(&a.common.file, "file", "f", "", "`LAB` folder or file (default: the current folder)")
	f.StringArrayVar(&a.common.vars, "var", nil, "set a variable of the lab, as `NAME=VALUE`")
	f.StringArrayVar(&a.common.varFiles, "var-file", nil, "read variables from a `FILE`; later ones win")
	a.talkFlags(cmd)
}

// hostFlags say which hypervisor is meant.
func (a *app) hostFlags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVarP(&a.common.connect, "connect", "c", "", "libvirt `URI` (default: the lab's, then $LIBVIRT_DEFAULT_URI, then qemu:///system)")
	f.StringVar(&a.common.driver, "driver", cmp.Or(a.Env(driverVariable), "libvirt"), "which driver: "+strings.Join(driverNames(), " or "))
	_ = f.MarkHidden("driver")
	a.talkFlags(cmd)
}

// instanceFlags say which lab on which hypervisor, and which built copy of it.
func (a *app) instanceFlags(cmd *cobra.Command) {
	a.labFlags(cmd)
	a.hostFlags(cmd)
	cmd.Flags().StringVar(&a.common.name, "name", "", "`NAME` of the instance (default: the lab's name)")
}

// runFlags say how a run is shown.
func (a *app) runFlags(cmd *cobra.Command) {
	a.instanceFlags(cmd)
	choice(cmd, &a.common.progress, "progress", "", progressAuto, []string{progressAuto, progressPlain, progressJSON}, "how the run is shown on stderr")
}

// askFlags belong to verbs that lose something.
func (a *app) askFlags(cmd *cobra.Command) {
	cmd.Flags().BoolVarP(&a.common.yes, "yes", "y", false, "do not ask; lose what the verb says it loses")
	cmd.Flags().BoolVar(&a.common.noInput, "no-input", false, "never ask, even on a terminal: fail instead")
}

// talkFlags are those of every verb.
func (a *app) talkFlags(cmd *cobra.Command) {
	f := cmd.Flags()
	if f.Lookup("output") != nil {
		return
	}
	choice(cmd, &a.common.output, "output", "o", outputTable, []string{outputTable, outputJSON}, "how the answer is written")
	a.quietFlags(cmd)
}

// quietFlags say how much is told.
func (a *app) quietFlags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.BoolVarP(&a.common.verbose, "verbose", "v", false, "say more: what guests write, and the log")
	f.BoolVarP(&a.common.quiet, "quiet", "q", false, "say only warnings and errors")
}

// chosen is a flag with a few values.
type chosen struct {
	value   *string
	allowed []string
}

func choice(cmd *cobra.Command, value *string, name, short, usual string, allowed []string, help string) {
	*value = usual
	cmd.Flags().VarP(&chosen{value, allowed}, name, short, fmt.Sprintf("%s: %s", help, strings.Join(allowed, ", ")))
	_ = cmd.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(allowed, cobra.ShellCompDirectiveNoFileComp))
}

var _ pflag.Value = (*chosen)(nil)

func (c *chosen) String() string { return *c.value }
func (c *chosen) Type() string   { return "WAY" }

func (c *chosen) Set(s string) error {
	if !slices.Contains(c.allowed, s) {
		return fmt.Errorf("it is one of %s", strings.Join(c.allowed, ", "))
	}
	*c.value = s
	return nil
}

// exactly, atMostOne and the like are cobra's checks with our exit code.
func exactly(n int, what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) != n {
			return &usageError{text: fmt.Sprintf("%s takes %s", cmd.CommandPath(), what), help: cmd.CommandPath() + " --help"}
		}
		return nil
	}
}

func atMostOne(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) > 1 {
			return &usageError{text: fmt.Sprintf("%s takes at most %s", cmd.CommandPath(), what), help: cmd.CommandPath() + " --help"}
		}
		return nil
	}
}

// labArg takes the lab as an argument too: `doublehop up labs/demo`.
func (a *app) labArg(cmd *cobra.Command, args []string) error {
	if err := atMostOne("one lab")(cmd, args); err != nil {
		return err
	}
	if len(args) == 1 {
		if a.common.file != "" && a.common.file != args[0] {
			return &usageError{text: fmt.Sprintf("the lab is named twice: %q and -f %q", args[0], a.common.file), help: cmd.CommandPath() + " --help"}
		}
		a.common.file = args[0]
	}
	return nil
}
