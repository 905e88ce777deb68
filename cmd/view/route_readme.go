package view

import (
	"fmt"
	"strings"
	"time"

	"github.com/doublehop/doublehop/labs"
)

// RouteReadme is the page beside a lab that goes a route: what it does, what it
// needs, and how to run it from dir.
func RouteReadme(a RouteAnswer, draft labs.Draft, dir string) string {
	way := a.Routes[0]
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n", chain(way))
	fmt.Fprintf(&b, "A lab that builds %s as it is assumed to be at the start, and takes it to %s in %s and %s%s on a host with KVM).\n",
		a.From.Name, reached(way).Name, count(len(way.Hops), "hop"), count(way.Steps, "step"), typically(way.Seconds))
	b.WriteString("Every step stands there because a rule asks for it; the comments in the lab file name the rule.\n")
	b.WriteString("Change names, addresses and sizes as you like.\n\n## What it needs\n\n")
	fmt.Fprintf(&b, "Disc images in the folder of the variable `discs` (%s):\n\n| file | must hold |\n|---|---|\n", draft.Discs)
	for _, m := range draft.Media {
		fmt.Fprintf(&b, "| `%s` | %s |\n", m.File, m.Product)
	}
	b.WriteString("\nIn the environment:\n\n")
	for _, s := range draft.Secrets {
		if s.Env != "" {
			fmt.Fprintf(&b, "- `%s`: the product key\n", s.Env)
		}
	}
	var memory, disk uint64
	for _, m := range draft.Machines {
		memory += m.Memory
		for _, d := range m.Disks {
			disk += d.Size
		}
	}
	fmt.Fprintf(&b, "\n%s in all: %s of memory, and disks that can grow to %s.\n", count(len(draft.Machines), "machine"), gibibytes(memory), gibibytes(disk))
	fmt.Fprintf(&b, "\n## How it is run\n\n```sh\ndoublehop validate -f %[1]s\ndoublehop plan -f %[1]s\ndoublehop up -f %[1]s\n```\n\n## The way\n", dir)
	for i, h := range way.Hops {
		fmt.Fprintf(&b, "\n### Hop %d: %s to %s\n\n", i+1, h.From.Name, h.To.Name)
		for _, step := range h.Steps {
			fmt.Fprintf(&b, "%d. %s: %s%s\n", step.Number, step.On, step.What, ruleOf(step))
		}
		if len(h.NoReturn) > 0 {
			b.WriteString("\nNo step takes these back:\n\n")
			for _, change := range h.NoReturn {
				fmt.Fprintf(&b, "- %s\n", change)
			}
		}
	}
	return b.String()
}

// gibibytes is a size as a person says it.
func gibibytes(n uint64) string { return fmt.Sprintf("%.3g GiB", float64(n)/float64(labs.GiB)) }

func typically(seconds int) string {
	if seconds == 0 {
		return " (how long it takes is not known"
	}
	return " (typically " + about(time.Duration(seconds)*time.Second)
}

func ruleOf(step RouteStep) string {
	if len(step.Rules) == 0 || ofTheModel(step.Rules[0].ID) {
		return ""
	}
	return " (`" + step.Rules[0].ID + "`)"
}
