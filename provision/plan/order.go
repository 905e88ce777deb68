package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/estate"
)

// order says for each step of a stage which others come first: the one before
// it on the same machine, those it names in `after`, and those that make what
// it needs. A circle is a diagnostic, and its steps are then left out of
// nothing: they keep the order in which they are written.
func order(calls []bound) ([][]int, labs.Diagnostics) {
	needs := make([][]int, len(calls))
	last := map[string]int{}
	named := map[string][]int{}
	makes := map[estate.Fact][]int{}
	for i, c := range calls {
		named[c.call.Step.Name] = append(named[c.call.Step.Name], i)
		for _, f := range c.entry.Makes(c.call) {
			makes[f] = append(makes[f], i)
		}
	}
	for i, c := range calls {
		if before, ok := last[c.call.Machine.Name]; ok {
			needs[i] = append(needs[i], before)
		}
		last[c.call.Machine.Name] = i
		for _, name := range c.call.Step.After {
			needs[i] = append(needs[i], named[name]...)
		}
		for _, f := range c.entry.Needs(c.call) {
			for _, j := range makes[f] {
				if calls[j].call.Machine != c.call.Machine {
					needs[i] = append(needs[i], j)
				}
			}
		}
		slices.Sort(needs[i])
		needs[i] = slices.Compact(needs[i])
	}
	if circle := circleIn(needs); circle != nil {
		return written(needs), labs.Diagnostics{circleDiagnostic(calls, circle)}
	}
	return needs, nil
}

// written keeps only needs that point backwards, which cannot be circular.
func written(needs [][]int) [][]int {
	kept := make([][]int, len(needs))
	for i, list := range needs {
		for _, j := range list {
			if j < i {
				kept[i] = append(kept[i], j)
			}
		}
	}
	return kept
}

// sorted lists the steps so that each one's needs stand before it, and
// otherwise as they are written.
func sorted(needs [][]int) []int {
	list := make([]int, 0, len(needs))
	done := make([]bool, len(needs))
	var add func(int)
	add = func(i int) {
		if done[i] {
			return
		}
		done[i] = true
		for _, j := range needs[i] {
			add(j)
		}
		list = append(list, i)
	}
	for i := range needs {
		add(i)
	}
	return list
}

// circleIn finds steps that wait for one another, or nil.
func circleIn(needs [][]int) []int {
	const (
		unseen = iota
		open
		closed
	)
	state := make([]int, len(needs))
	var trail []int
	var visit func(int) []int
	visit = func(i int) []int {
		switch state[i] {
		case closed:
			return nil
		case open:
			return slices.Clone(trail[slices.Index(trail, i):])
		}
		state[i] = open
		trail = append(trail, i)
		for _, j := range needs[i] {
			if c := visit(j); c != nil {
				return c
			}
		}
		trail = trail[:len(trail)-1]
		state[i] = closed
		return nil
	}
	for i := range needs {
		if c := visit(i); c != nil {
			return c
		}
	}
	return nil
}

func circleDiagnostic(calls []bound, circle []int) labs.Diagnostic {
	names := make([]string, len(circle))
	for k, i := range circle {
		names[k] = fmt.Sprintf("%s on %s", calls[i].call.Step.Name, calls[i].call.Machine.Name)
	}
	first := calls[circle[0]].call
	return labs.Diagnostic{
		Summary: "Steps wait for one another",
		Detail: fmt.Sprintf("In stage %q these steps each need another one first: %s. "+
			"Write them in a different order on their machine, or move some to a stage of their own.",
			first.Stage.Name, strings.Join(names, ", ")),
		Addr:    labs.Address("stage", first.Stage.Name),
		Subject: &first.Step.Range, Context: &first.Stage.Range,
	}
}
