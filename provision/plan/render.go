package plan

import (
	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/catalog"
	"github.com/doublehop/doublehop/provision/estate"
)

// Render makes the work of a stage's steps with the true secrets in it, in
// the order of [Stage.Steps], and the modelled world after the stage.
func Render(lab *labs.Lab, stage string, secret func(name string) (labs.SecretValue, error)) ([]catalog.Work, *estate.Estate, labs.Diagnostics) {
	r := replay{lab: lab, secret: secret}
	now := r.begin()
	var list []catalog.Work
	var diags labs.Diagnostics
	for _, s := range lab.Path(stage) {
		list = nil
		diags = append(diags, r.stage(now, s, func(_ catalog.Call, _ int, work catalog.Work, _ []int, _ []string) {
			list = append(list, work)
		})...)
	}
	return list, now.estate, diags
}
