package cli

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"github.com/doublehop/doublehop/cmd/diagram"
)

// What -o of graph may be, beside json and dot.
const (
	outputMermaid = "mermaid"
	outputSVG     = "svg"
)

func newGraph(a *app, run func(context.Context, string) error) *cobra.Command {
	var way string // not the common one, whose usual value is another
	cmd := &cobra.Command{
		Use:   "graph [LAB]",
		Short: "Draw a lab: machines, networks and the tree of stages",
		Long: "Draw which machine is on which network at which address, and the tree of stages with their\n" +
			"steps: as an SVG picture, or as text for Graphviz (dot) or Mermaid, or as JSON. It needs no\n" +
			"hypervisor, no discs, no secrets and no other program.",
		Example: "  doublehop graph labs/demo -o svg > demo.svg\n" +
			"  doublehop graph -f labs/demo | dot -Tpdf > demo.pdf",
		Args:              a.labArg,
		ValidArgsFunction: folders,
		RunE:              func(cmd *cobra.Command, _ []string) error { return run(cmd.Context(), way) },
	}
	choice(cmd, &way, "output", "o", outputDot, []string{outputDot, outputMermaid, outputSVG, outputJSON}, "how the drawing is written")
	f := cmd.Flags()
	f.BoolVarP(&a.common.verbose, "verbose", "v", false, "say more: the log")
	f.BoolVarP(&a.common.quiet, "quiet", "q", false, "say only warnings and errors")
	a.labFlags(cmd)
	return cmd
}

func (a *app) graph(_ context.Context, way string) error {
	lab, err := a.load()
	if err != nil {
		return err
	}
	d := diagram.Of(lab)
	text := ""
	switch way {
	case outputJSON:
		return writeJSON(a.Out, d)
	case outputSVG:
		text = d.SVG()
	case outputMermaid:
		text = d.Mermaid()
	default:
		text = d.DOT()
	}
	_, err = io.WriteString(a.Out, text)
	return err
}
