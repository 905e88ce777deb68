package plan

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/dustin/go-humanize"
)

// Differences says in words what of p, an older layer's preimage, is otherwise
// in the new one: "memory 256 MiB → 384 MiB". It is empty when both are equal.
func (p Preimage) Differences(n Preimage) []string {
	var list []string
	note := func(format string, args ...any) { list = append(list, fmt.Sprintf(format, args...)) }
	if p.Version != n.Version {
		note("this version of Doublehop makes layers of another kind (%s → %s)", p.Version, n.Version)
	}
	if p.Box != nil && n.Box != nil {
		list = append(list, p.Box.differences(n.Box)...)
	}
	if p.Clock != n.Clock {
		note("the stage's clock %s → %s", cmp.Or(p.Clock, "(not set)"), cmp.Or(n.Clock, "(not set)"))
	}
	if p.Warm != n.Warm {
		note("the checkpoint %s → %s", warmth(p.Warm), warmth(n.Warm))
	}
	list = append(list, stepDifferences(p.Steps, n.Steps)...)
	if p.Base != n.Base {
		note("the stage before it changed on this machine")
	}
	if p.Company != n.Company && len(list) == 0 {
		note("another machine of the stage changed, and the machines of a domain change one another")
	}
	return list
}

// warmth is the lab file's word.
func warmth(warm bool) string {
	if warm {
		return "warm"
	}
	return "cold"
}

func (b *Box) differences(n *Box) []string {
	var list []string
	note := func(what, old, now string) {
		if old != now {
			list = append(list, fmt.Sprintf("%s %s → %s", what, old, now))
		}
	}
	note("os", b.OS, n.OS)
	note("memory", humanize.IBytes(b.Memory), humanize.IBytes(n.Memory))
	note("cpus", fmt.Sprint(b.CPUs), fmt.Sprint(n.CPUs))
	for _, disk := range names(b.Disks, n.Disks) {
		note("disk "+disk, size(b.Disks, disk), size(n.Disks, disk))
	}
	note("network cards", strings.Join(b.NICs, ", "), strings.Join(n.NICs, ", "))
	note("clock", b.Clock, n.Clock)
	note("clock skew", b.Skew, n.Skew)
	if old, now := fmt.Sprintf("%+v", b.Hardware), fmt.Sprintf("%+v", n.Hardware); old != now {
		list = append(list, "the hardware profile changed")
	}
	return list
}

func size(disks map[string]uint64, name string) string {
	if n, ok := disks[name]; ok {
		return humanize.IBytes(n)
	}
	return "(none)"
}

// stepDifferences compares the steps in order; the first one of another kind
// ends the comparison, because what follows it is another story.
func stepDifferences(old, now []StepImage) []string {
	var list []string
	for i := range min(len(old), len(now)) {
		if old[i].Kind != now[i].Kind {
			return append(list, fmt.Sprintf("step %d is now %q and was %q", i+1, now[i].Kind, old[i].Kind))
		}
		list = append(list, old[i].differences(now[i])...)
	}
	for _, s := range old[min(len(old), len(now)):] {
		list = append(list, fmt.Sprintf("step %q is gone", s.Kind))
	}
	for _, s := range now[min(len(old), len(now)):] {
		list = append(list, fmt.Sprintf("step %q is new", s.Kind))
	}
	return list
}

func (s StepImage) differences(n StepImage) []string {
	var list []string
	for _, arg := range names(s.Args, n.Args) {
		if s.Args[arg] != n.Args[arg] {
			list = append(list, fmt.Sprintf("%s: %s %s → %s", n.Kind, arg, shown(s.Args, arg), shown(n.Args, arg)))
		}
	}
	if s.Media != n.Media {
		list = append(list, fmt.Sprintf("%s: the disc's content changed (%s → %s)", n.Kind, brief(s.Media), brief(n.Media)))
	}
	if len(list) == 0 {
		for _, file := range names(s.Files, n.Files) {
			if s.Files[file] != n.Files[file] {
				list = append(list, fmt.Sprintf("%s: %s changed", n.Kind, file))
			}
		}
	}
	if s.Then != n.Then || s.Resume != n.Resume {
		list = append(list, n.Kind+": what it does about reboots changed")
	}
	return list
}

func shown(args map[string]string, name string) string {
	if v, ok := args[name]; ok {
		return fmt.Sprintf("%q", v)
	}
	return "(not set)"
}

func brief(digest string) string {
	if digest == "" {
		return "none"
	}
	return short(digest, runDigits)
}

// names lists the keys of both maps, sorted.
func names[V any](a, b map[string]V) []string {
	list := slices.AppendSeq(slices.Collect(maps.Keys(a)), maps.Keys(b))
	slices.Sort(list)
	return slices.Compact(list)
}
