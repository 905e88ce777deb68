package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/doublehop/doublehop/cmd/view"
	"github.com/doublehop/doublehop/provision/catalog"
	"github.com/doublehop/doublehop/provision/estate"
)

const outputDot = "dot"

// usualWays is how many ways are looked for: the best one, and a few others to
// name.
const usualWays = 4

type routeOptions struct {
	estate.RouteRequest
	// Write is the folder for a lab; empty for none.
	Write string
}

func newRoute(a *app, run func(context.Context, routeOptions) error) *cobra.Command {
	o := routeOptions{RouteRequest: estate.RouteRequest{Most: usualWays}}
	cmd := &cobra.Command{
		Use:   "route --from RELEASE --to RELEASE",
		Short: "Find the legal ways from one version of Exchange to another",
		Long: "Search the model that plan and validate use for the legal migrations from one version of\n" +
			"Exchange to another, and print the shortest one: each hop with all that it demands before it,\n" +
			"in order, with the rule that demands it. No step of it can be left out. What is not said of\n" +
			"the start is assumed as it was usual in the older version's time.\n\n" +
			"--write makes a lab of it that goes the whole way.",
		Example: "  doublehop route --from exchange-2003-sp2 --to exchange-2019\n" +
			"  doublehop route --from exchange-2003-sp2 --to exchange-2016 --dc windows-2000 --level 2000\n" +
			"  doublehop route --from exchange-2000-sp3 --to exchange-2003-sp2 --to-os windows-2003 --to-dc windows-2003\n" +
			"  doublehop route --from exchange-2010-sp3 --to exchange-se -o dot | dot -Tsvg > ways.svg\n" +
			"  doublehop route --from exchange-2003-sp2 --to exchange-2019 --write labs/hop",
		Args: exactly(0, "no argument: it has --from and --to"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			for _, flag := range []string{"from", "to"} {
				if !cmd.Flags().Changed(flag) {
					return &usageError{text: "route needs --" + flag, help: "doublehop route --help"}
				}
			}
			return run(cmd.Context(), o)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.From, "from", "", "the `RELEASE` at the start: exchange-2003-sp2; without a level, the first of its version")
	f.StringVar(&o.To, "to", "", "the `RELEASE` at the end; without a level, the newest of its version that can be reached")
	f.StringArrayVar(&o.Controllers, "dc", nil, "the `WINDOWS` of a domain controller at the start, such as windows-2003-sp1 or windows-2008-x64; once for each, the forest's first one first")
	f.StringVar(&o.Level, "level", "", "the functional `LEVEL` of the forest at the start: 2003, 2008R2 (default: the lowest that works)")
	f.StringVar(&o.Mode, "mode", "", "the organization's `MODE` at the start, mixed or native (default: mixed, where the version knows it)")
	f.StringVar(&o.Server, "os", "", "the `WINDOWS` of the Exchange server at the start")
	f.StringVar(&o.ServerAfter, "to-os", "", "the oldest `WINDOWS` that the Exchange server may have at the end")
	f.StringVar(&o.ControllersAfter, "to-dc", "", "the oldest `WINDOWS` that a domain controller may have at the end")
	f.StringArrayVar(&o.Via, "via", nil, "a `VERSION` that the way must pass through, such as exchange-2016; once for each")
	f.BoolVar(&o.KeepOld, "keep-old", false, "leave the last older server in place, empty")
	f.StringVar(&o.Write, "write", "", "write a lab that goes the way into the folder `DIR`; nothing there is overwritten")
	choice(cmd, &a.common.output, "output", "o", outputTable, []string{outputTable, outputJSON, outputDot}, "how the answer is written")
	f.BoolVarP(&a.common.verbose, "verbose", "v", false, "say more: the steps that build the start, and what each rule says")
	f.BoolVarP(&a.common.quiet, "quiet", "q", false, "with --write, write the lab and no table")
	completeRoute(cmd)
	return cmd
}

// completeRoute completes the words of the flags.
func completeRoute(cmd *cobra.Command) {
	complete := func(words []string, flags ...string) {
		for _, flag := range flags {
			_ = cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp))
		}
	}
	var releases, windows, products []string
	for _, p := range estate.Products() {
		products = append(products, p.ID+"\t"+p.Name)
	}
	for _, r := range estate.Releases() {
		releases = append(releases, r.ID+"\t"+r.Name)
	}
	for _, w := range estate.AllWindows() {
		windows = append(windows, string(w.OS)+"\t"+w.Name)
	}
	complete(releases, "from", "to")
	complete(products, "via")
	complete(windows, "dc", "os", "to-os", "to-dc")
	complete([]string{string(estate.Mixed), string(estate.Native)}, "mode")
	_ = cmd.MarkFlagDirname("write")
}

func (a *app) route(_ context.Context, o routeOptions) error {
	o.Typical = typical
	found, err := estate.FindRoutes(o.RouteRequest)
	if err != nil {
		return a.noRoute(err)
	}
	answer := view.RouteOf(found, typical)
	if o.Write != "" {
		if err := a.writeRoute(found, answer, o.Write); err != nil {
			return err
		}
		if a.common.quiet && a.common.output == outputTable {
			return nil
		}
	}
	if a.common.output == outputDot {
		_, err := io.WriteString(a.Out, view.RouteDot(found))
		return err
	}
	return a.answer(a.style(a.Out).Route(answer, a.common.verbose), answer)
}

// typical is how long a step of a kind takes, as the catalogue says.
func typical(kind string) time.Duration {
	if e, ok := catalog.Find(kind); ok {
		return e.Typical()
	}
	return 0
}

// noRoute is why there is no route: a mistake of the command line, or an
// answer, which is then written.
func (a *app) noRoute(err error) error {
	if wrong, ok := errors.AsType[*estate.RouteWordError](err); ok {
		text := fmt.Sprintf("--%s: there is no %q", wrong.What, wrong.Word)
		switch {
		case wrong.Why != "":
			text = fmt.Sprintf("--%s %s: %s", wrong.What, wrong.Word, wrong.Why)
		case wrong.Near != "":
			text += fmt.Sprintf("; did you mean %q?", wrong.Near)
		case len(wrong.Known) <= 24:
			text += "; there is " + strings.Join(slices.Compact(wrong.Known), ", ")
		}
		return &usageError{text: text, help: "doublehop route --help"}
	}
	if none, ok := errors.AsType[*estate.NoRouteError](err); ok && a.common.output == outputJSON {
		if err := writeJSON(a.Out, view.NoRouteOf(none)); err != nil {
			return err
		}
		return &answered{CheckFailed}
	}
	return err
}
