package view

import (
	"fmt"
	"strings"
	"time"

	"github.com/dustin/go-humanize"

	"github.com/doublehop/doublehop/drivers"
	"github.com/doublehop/doublehop/provision/engine"
)

// Status draws what there is of an instance. now is for "3 hours ago".
func (s Style) Status(st engine.Status, now time.Time) string {
	var b strings.Builder
	b.WriteString(s.draw(strong, "Lab "+Clean(st.Lab)+", instance "+Clean(st.Instance)) + standing(st) + "\n")
	if st.Stage != "" || st.Building != "" {
		b.WriteString("Lab time " + labTime(st.LabTime) + "\n")
	}
	b.WriteString("\n" + s.machineTable(st.Machines))
	if len(st.Networks) > 0 {
		rows := make([][]string, len(st.Networks))
		for i, n := range st.Networks {
			state := "down"
			if n.Active {
				state = "up"
			}
			rows[i] = []string{Clean(n.Name), state, Clean(n.Subnet), Clean(n.Bridge)}
		}
		b.WriteString("\n" + s.table([]string{"NETWORK", "STATE", "SUBNET", "BRIDGE"}, rows))
	}
	if len(st.Checkpoints) > 0 {
		rows := make([][]string, len(st.Checkpoints))
		for i, c := range st.Checkpoints {
			rows[i] = []string{Clean(c.Stage), humanize.RelTime(c.Made, now, "ago", "from now"), humanize.IBytes(c.Bytes), digits(c.Key)}
		}
		b.WriteString("\n" + s.table([]string{"CHECKPOINT", "MADE", "SIZE", "KEY"}, rows))
	}
	for _, broken := range st.Broken {
		b.WriteString(s.lead(warning, "Warning:", fmt.Sprintf("the checkpoint in volume %s is not used: %s.", broken.Volume, broken.Why)))
	}
	return b.String()
}

// standing says where an instance is.
func standing(st engine.Status) string {
	switch {
	case st.Building != "":
		return ", in the middle of stage " + Clean(st.Building)
	case st.Stage != "":
		return ", at stage " + Clean(st.Stage)
	}
	return ": not built"
}

func (s Style) machineTable(list []engine.MachineStatus) string {
	rows := make([][]string, len(list))
	for i, m := range list {
		note := Clean(m.Stage)
		switch {
		case m.Failed != "":
			note += ": step " + Clean(m.Failed) + " failed"
		case m.Phase != "" && m.Phase != "stand":
			note += " (" + Clean(m.Phase) + ")"
		}
		rows[i] = []string{Clean(m.Name), Clean(m.State), Clean(strings.Join(m.Addresses, " ")), Clean(m.Domain), note}
	}
	return s.table([]string{"MACHINE", "STATE", "ADDRESS", "DOMAIN", "STAGE"}, rows)
}

// Leaks draws what `verify` found.
func (s Style) Leaks(leaks []drivers.Leak, networks int) string {
	if len(leaks) == 0 {
		return fmt.Sprintf("Sealed: %s, and nothing leads out.\n", count(networks, "network"))
	}
	var b strings.Builder
	for _, l := range leaks {
		b.WriteString(s.lead(bad, "Leak:", fmt.Sprintf("%s: %s: %s", l.Network, l.Object, l.Why)))
	}
	return b.String()
}

// Prune draws what `prune` removed, or would.
func (s Style) Prune(r engine.PruneReport) string {
	verb := "Removed"
	if r.DryRun {
		verb = "Would remove"
	}
	if len(r.Volumes) == 0 {
		return "Nothing to remove: every volume is needed.\n"
	}
	before := ""
	if len(r.Checkpoints) > 0 {
		rows := make([][]string, len(r.Checkpoints))
		for i, c := range r.Checkpoints {
			rows[i] = []string{Clean(c.Lab), Clean(c.Stage), digits(c.Key), c.Made.UTC().Format("2006-01-02 15:04")}
		}
		before = s.table([]string{"LAB", "CHECKPOINT", "KEY", "MADE"}, rows) + "\n"
	}
	rows := make([][]string, len(r.Volumes))
	for i, v := range r.Volumes {
		rows[i] = []string{humanize.IBytes(v.Bytes), Clean(v.Name)}
	}
	return before + s.table([]string{"SIZE", "VOLUME"}, rows) + fmt.Sprintf("\n%s %s, %s.\n", verb, count(len(r.Volumes), "volume"), humanize.IBytes(r.Bytes))
}
