package estate

import (
	"fmt"

	"github.com/doublehop/doublehop/labs"
)

// Diagnostic is the problem at its place in a lab file.
func (p Problem) Diagnostic(step *labs.Step) labs.Diagnostic {
	subject, block := step.Attribute(p.Attr), step.Range
	return labs.Diagnostic{
		Severity: p.Severity,
		Summary:  p.Summary,
		Detail:   fmt.Sprintf("%s (rule %s)", p.Detail, p.Rule),
		Addr:     labs.Address("step", step.Name),
		Subject:  &subject,
		Context:  &block,
	}
}
