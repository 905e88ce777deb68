package plan_test

import (
	"fmt"
	"net/netip"
	"testing"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/plan"
)

// wide is a lab of so many machines in one domain, and a chain of so many
// stages after it, each with a step on every tenth machine.
func wide(machines, stages int) *labs.Lab {
	l := lab()
	template := *l.Machines[1]
	l.Machines = l.Machines[:1]
	install := &labs.Step{Kind: "install", Name: "install", On: []string{"dc01"}, Args: map[string]labs.Value{}}
	join := &labs.Step{Kind: "join", Name: "join", Args: map[string]labs.Value{"domain": "contoso.test"}}
	for i := 1; i < machines; i++ {
		m := template
		m.Name, m.Computer = fmt.Sprintf("m%d", i), fmt.Sprintf("M%d", i)
		m.NICs = []labs.NIC{{
			Network: "corp", Address: netip.AddrFrom4([4]byte{10, 20, 0, byte(10 + i)}),
			DNS: []netip.Addr{netip.MustParseAddr("10.20.0.10")},
		}}
		l.Machines = append(l.Machines, &m)
		install.On = append(install.On, m.Name)
		join.On = append(join.On, m.Name)
	}
	l.Stages[0].Steps = []*labs.Step{install}
	l.Stages[1].Steps[0] = join
	for i := 2; i < stages; i++ {
		s := &labs.Stage{Name: fmt.Sprintf("s%d", i), After: l.Stages[i-1].Name}
		kind := []*labs.Step{
			{Kind: "run", Name: "run", Args: map[string]labs.Value{"command": "ver & net share"}},
			{Kind: "reboot", Name: "reboot", Args: map[string]labs.Value{}},
		}[i%2]
		for m := i % 10; m < machines; m += 10 {
			kind.On = append(kind.On, l.Machines[m].Name)
		}
		s.Steps = []*labs.Step{kind}
		l.Stages = append(l.Stages, s)
	}
	return l
}

// BenchmarkCheck replays 1,000 stages on 50 machines, 5,000 steps.
func BenchmarkCheck(b *testing.B) {
	l := wide(50, 1000)
	if diags := plan.Check(l); diags.Fatal() {
		b.Fatal(diags[0])
	}
	for b.Loop() {
		plan.Check(l)
	}
}
