package view

import (
	"fmt"
	"strings"

	"github.com/doublehop/doublehop/provision/engine"
)

// Together is the answer of a verb that worked on several instances.
type Together struct {
	Lab  string `json:"lab"`
	Verb string `json:"verb"`
	// Instances are all that were meant, those last that another run has.
	Instances []Result `json:"instances"`
}

// Result is how the work on one of several instances ended.
type Result struct {
	Instance string `json:"instance"`
	// Did says what was done: "made", "was there", "back at stage forest", "off", "runs", "gone".
	Did string `json:"did,omitempty"`
	// Error says in a line why it failed.
	Error string `json:"error,omitempty"`
	// Code is the exit code that a run on this instance alone would have had.
	Code int `json:"code"`
}

// Results draws what became of several instances, a line each.
func (s Style) Results(list []Result) string {
	rows := make([][]string, len(list))
	for i, r := range list {
		rows[i] = []string{Clean(r.Instance), Clean(r.Did)}
		if r.Error != "" {
			rows[i][1] = "failed"
		}
	}
	return s.table([]string{"INSTANCE", "RESULT"}, rows)
}

// Statuses draws what there is of several instances, a line each.
func (s Style) Statuses(list []engine.Status) string {
	rows := make([][]string, len(list))
	for i, st := range list {
		running := 0
		lab := ""
		for _, m := range st.Machines {
			if m.State == "running" {
				running++
			}
			if lab == "" && !m.LabTime.IsZero() {
				lab = m.LabTime.Format("2006-01-02 15:04")
			}
		}
		rows[i] = []string{
			Clean(st.Instance), strings.TrimPrefix(strings.TrimPrefix(standing(st), ", "), ": "),
			fmt.Sprintf("%d of %d run", running, len(st.Machines)), lab,
		}
	}
	return s.table([]string{"INSTANCE", "STANDS", "MACHINES", "LAB TIME"}, rows)
}
