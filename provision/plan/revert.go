package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/doublehop/doublehop/labs"
)

// MayRevert says why some machines of a lab cannot go back to a stage's
// checkpoint while the others stay. Machines that belong to a forest by then
// break it (rule DH-AD-PARTIAL-REVERT); for others, a checkpoint is of the whole
// lab all the same, and parts of two instants are nothing that a plan could go
// on from. Nothing is said when all of the lab's machines are named.
func MayRevert(lab *labs.Lab, stage string, machines []string) labs.Diagnostics {
	var stay []string
	for _, m := range lab.Machines {
		if !slices.Contains(machines, m.Name) {
			stay = append(stay, m.Name)
		}
	}
	if len(stay) == 0 {
		return nil
	}
	r := replay{lab: lab, secret: standInSecret}
	now := r.begin()
	for _, s := range lab.Path(stage) {
		r.stage(now, s, nil)
	}
	var diags labs.Diagnostics
	for _, p := range now.estate.MayRevert(machines) {
		diags = append(diags, labs.Diagnostic{Severity: p.Severity, Rule: p.Rule, Summary: p.Summary, Detail: p.Detail, Addr: labs.Address("stage", stage)})
	}
	if len(diags) == 0 {
		diags = append(diags, labs.Diagnostic{
			Summary: "Part of a lab cannot go back",
			Detail: fmt.Sprintf("A checkpoint is of the whole lab at one instant, and %s would stay behind. Revert the whole lab:\n\n    doublehop revert %s",
				strings.Join(stay, ", "), stage),
			Addr: labs.Address("stage", stage),
		})
	}
	return diags
}
