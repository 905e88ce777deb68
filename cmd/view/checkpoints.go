package view

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/dustin/go-humanize"

	"github.com/doublehop/doublehop/provision/checkpoint"
	"github.com/doublehop/doublehop/provision/engine"
)

// keyDigits are enough of a key to tell checkpoints by.
const keyDigits = 12

// digits are the first ones of a key or digest, which are enough to type.
func digits(key string) string {
	key = Clean(key)
	return key[:min(len(key), keyDigits)]
}

// Checkpoints draws a list of checkpoints. With labs, of several labs.
func (s Style) Checkpoints(shelf engine.Shelf, labs bool, now time.Time) string {
	var b strings.Builder
	if len(shelf.Checkpoints) == 0 {
		b.WriteString("There are no checkpoints: `doublehop up` makes one after each stage.\n")
	} else {
		head := []string{"STAGE", "KEY", "MADE", "LAB TIME", "SIZE", "FITS", "INSTANCES"}
		rows := make([][]string, len(shelf.Checkpoints))
		for i, k := range shelf.Checkpoints {
			rows[i] = []string{
				Clean(k.Stage) + warmth(k), digits(k.Key), humanize.RelTime(k.Made, now, "ago", "from now"), labTime(k.LabTime),
				humanize.IBytes(k.Bytes), cmp.Or(k.Fits, "?"), Clean(strings.Join(k.Instances, " ")),
			}
			if labs {
				rows[i] = append([]string{Clean(k.Lab)}, rows[i]...)
			}
		}
		if labs {
			head = append([]string{"LAB"}, head...)
		}
		b.WriteString(s.table(head, rows))
	}
	for _, broken := range shelf.Broken {
		b.WriteString(s.lead(warning, "Warning:", fmt.Sprintf("the checkpoint in volume %s is not used: %s.", broken.Volume, broken.Why)))
	}
	return b.String()
}

// warmth marks a checkpoint from whose memory machines go on.
func warmth(k engine.Kept) string {
	if k.Warm {
		return " (warm)"
	}
	return ""
}

// labTime is the lab's clock; a lab without one of its own follows the host.
func labTime(t time.Time) string {
	if t.IsZero() {
		return "the host's"
	}
	return t.UTC().Format("2006-01-02 15:04")
}

// Checkpoint draws what a checkpoint is made of.
func (s Style) Checkpoint(m checkpoint.Manifest, now time.Time) string {
	var b strings.Builder
	b.WriteString(s.draw(strong, "Checkpoint of lab "+Clean(m.Lab)+", stage "+Clean(m.Stage)) + "\n\n")
	fmt.Fprintf(&b, "Key       %s\nMade      %s (%s)\nLab time  %s\nHost      libvirt %s, QEMU %s, %s\n\n",
		Clean(m.Key), m.Made.UTC().Format(time.RFC3339), humanize.RelTime(m.Made, now, "ago", "from now"), labTime(m.LabTime),
		Clean(m.Host.Libvirt), Clean(m.Host.QEMU), Clean(m.Host.Accelerator))
	var rows [][]string
	for _, name := range slices.Sorted(maps.Keys(m.Machines)) {
		part := m.Machines[name]
		for _, disk := range slices.Sorted(maps.Keys(part.Disks)) {
			d := part.Disks[disk]
			rows = append(rows, []string{
				Clean(name), Clean(disk), humanize.IBytes(d.Capacity), humanize.IBytes(d.Allocated),
				cmp.Or(digits(d.SHA256), "(not kept)"), Clean(d.Volume),
			})
		}
		if d := part.Memory; d != nil {
			size := humanize.IBytes(d.Size)
			rows = append(rows, []string{Clean(name), "(memory)", size, size, cmp.Or(digits(d.SHA256), "(not kept)"), Clean(d.Volume)})
		}
	}
	b.WriteString(s.table([]string{"MACHINE", "DISK", "SIZE", "WRITTEN", "SHA-256", "VOLUME"}, rows))
	if len(m.Media) > 0 {
		rows = nil
		for _, name := range slices.Sorted(maps.Keys(m.Media)) {
			rows = append(rows, []string{Clean(name), Clean(m.Media[name])})
		}
		b.WriteString("\n" + s.table([]string{"DISC", "SHA-256"}, rows))
	}
	if len(m.Proofs) > 0 {
		rows = nil
		for _, p := range m.Proofs {
			rows = append(rows, []string{Clean(p.Machine), Clean(p.Step), Clean(p.Name), Clean(p.Value)})
		}
		b.WriteString("\n" + s.table([]string{"MACHINE", "STEP", "READ BACK", "VALUE"}, rows))
	}
	return b.String()
}

// Comparison draws what differs between two checkpoints.
func (s Style) Comparison(c engine.Comparison) string {
	var b strings.Builder
	b.WriteString(s.draw(strong, fmt.Sprintf("From %s (%s) to %s (%s)", Clean(c.From.Stage), digits(c.From.Key), Clean(c.To.Stage), digits(c.To.Key))) + "\n")
	none := b.Len()
	for _, m := range c.Machines {
		b.WriteString("\n" + s.draw(strong, Clean(m.Machine)) + "\n")
		switch m.Only {
		case "from":
			b.WriteString(s.wrap("Only the first has it.", "  "))
		case "to":
			b.WriteString(s.wrap("Only the second has it.", "  "))
		}
		b.WriteString(s.points("", m.Why))
		if len(m.Undone) > 0 {
			b.WriteString(s.wrap("Steps that only the first has: "+list(m.Undone)+".", "  "))
		}
		if len(m.Done) > 0 {
			b.WriteString(s.wrap("Steps that only the second has: "+list(m.Done)+".", "  "))
		}
	}
	b.WriteString(s.points("Estate", c.Estate) + s.points("Read back from guests", c.Proofs) + s.points("Discs", c.Media) + s.points("Host", c.Host))
	if b.Len() == none {
		b.WriteString("\nThey are alike.\n")
	}
	return b.String()
}

// points is a headed list; nothing where there are none.
func (s Style) points(head string, list []string) string {
	if len(list) == 0 {
		return ""
	}
	var b strings.Builder
	if head != "" {
		b.WriteString("\n" + s.draw(strong, head) + "\n")
	}
	for _, each := range list {
		b.WriteString(s.wrap(each, "  "))
	}
	return b.String()
}

// Examination draws what reading the disks found.
func (s Style) Examination(e checkpoint.Examination) string {
	var b strings.Builder
	if len(e.Damaged) == 0 {
		fmt.Fprintf(&b, "Whole: %s read, %s, each as it was when its checkpoint was made.\n", examined(e), humanize.IBytes(e.Bytes))
	}
	for _, d := range e.Damaged {
		then := "Every checkpoint above it is lost; `doublehop checkpoint rm` removes them, and `doublehop up` builds them anew."
		if d.Memory {
			then = "It is the memory of a warm checkpoint, which `doublehop checkpoint rm` removes and `doublehop up` builds anew; without it, machines can still boot from its disks."
		}
		b.WriteString(s.lead(bad, "Damaged:", fmt.Sprintf("volume %s: %s. %s", Clean(d.Volume), d.Why, then)))
	}
	if len(e.Unknown) > 0 {
		b.WriteString(s.lead(warning, "Warning:", fmt.Sprintf("of %s nothing can be said, because an older Doublehop kept no digest: %s.", count(len(e.Unknown), "disk"), Clean(strings.Join(e.Unknown, ", ")))))
	}
	return b.String()
}

// examined counts what was read.
func examined(e checkpoint.Examination) string {
	text := count(e.Disks, "disk")
	switch e.Memories {
	case 0:
	case 1:
		text += " and 1 memory"
	default:
		text += fmt.Sprintf(" and %d memories", e.Memories)
	}
	return text
}

// Usage draws what takes the room in a pool.
func (s Style) Usage(u engine.Usage) string {
	var rows [][]string
	row := func(bytes uint64, what, note string) {
		rows = append(rows, []string{humanize.IBytes(bytes), what, note})
	}
	for _, l := range u.Labs {
		row(l.Bytes, "checkpoints of lab "+Clean(l.Lab), count(l.Checkpoints, "checkpoint"))
	}
	if u.Shared > 0 {
		row(u.Shared, "layers that several labs rest on", "")
	}
	for _, i := range u.Instances {
		row(i.Bytes, "machines of instance "+Clean(i.Instance), count(i.Machines, "machine"))
	}
	row(u.Media, "copies of discs", "")
	row(u.Garbage, "what nothing needs", "`doublehop prune` frees it")
	row(u.Other, "job discs, serial logs and keys", "")
	row(u.Total, "all", "")
	return s.table([]string{"SIZE", "WHAT", ""}, rows)
}
