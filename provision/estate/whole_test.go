package estate_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/estate"
)

// dice draws steps that a careless author may write.
type dice struct{ *rand.Rand }

func pickOf[T any](d dice, list []T) T { return list[d.IntN(len(list))] }

func (d dice) machine() string { return pickOf(d, []string{"dc01", "dc02", "dc03", "ex01", "ex02"}) }

func (d dice) domain() string {
	return pickOf(d, []string{"contoso.test", "sales.contoso.test", "west.sales.contoso.test", "fabrikam.test"})
}

func (d dice) os() labs.OS { return pickOf(d, estate.AllWindows()).OS }

func (d dice) release() string { return pickOf(d, estate.Releases()).ID }

func (d dice) level() estate.Level {
	return pickOf(d, []estate.Level{estate.Level2000, estate.Level2003, estate.Level2008, estate.Level2012R2, estate.Level2016})
}

func (d dice) facts() []string {
	var words []string
	for word := range estate.Vouchable() {
		words = append(words, word)
	}
	slices.Sort(words)
	return []string{pickOf(d, words)}
}

// step draws any step, the directory's more often than others.
func (d dice) step() estate.Step {
	m, scope := d.machine(), pickOf(d, []estate.Scope{estate.ForestScope, estate.DomainScope, estate.PolicyScope, estate.RODCScope})
	parent, domain := d.domain(), d.domain()
	switch d.IntN(26) {
	case 0, 1, 2:
		return estate.Install{Machine: box(m, d.os(), sp(d.IntN(4)-1))}
	case 3, 4:
		return estate.Promote{Machine: m, Role: estate.FirstController, Domain: domain, NetBIOS: strings.ToUpper(domain[:4]), Level: d.level()}
	case 5, 6:
		return estate.Promote{Machine: m, Role: estate.ReplicaController, Domain: domain}
	case 7, 8:
		return estate.Promote{Machine: m, Role: estate.ChildController, Domain: "a." + parent, Parent: parent, NetBIOS: "A"}
	case 9:
		return estate.Demote{Machine: m, Last: d.IntN(2) == 0}
	case 10, 11:
		return estate.Join{Machine: m, Domain: domain}
	case 12:
		return estate.Adprep{Machine: m, Scope: scope, OS: d.os()}
	case 13:
		return estate.RaiseLevel{Machine: m, Scope: scope, Level: d.level()}
	case 14:
		return estate.MoveRoles{Machine: m, Roles: []string{pickOf(d, []string{estate.SchemaRole, estate.NamingRole, estate.PDCRole, estate.RIDRole, estate.InfrastructureRole})}}
	case 15:
		return estate.UpgradeWindows{Machine: m, OS: d.os(), ServicePack: labs.UnknownServicePack}
	case 16:
		return estate.ServicePack{Machine: m, OS: d.os(), Level: d.IntN(5)}
	case 17:
		return estate.Establish{Machine: m, Facts: d.facts()}
	}
	return d.exchangeStep(m)
}

func (d dice) exchangeStep(m string) estate.Step {
	r := d.release()
	switch d.IntN(16) {
	case 0:
		return estate.ForestPrep{Machine: m, Release: r}
	case 1:
		return estate.DomainPrep{Machine: m, Release: r}
	case 2:
		return estate.ExchangeSetup{Machine: m, Release: r, Organization: "Contoso"}
	case 3:
		return estate.ExchangeUpdate{Machine: m, Release: r}
	case 4:
		return estate.NativeMode{Machine: m}
	case 5:
		return estate.PrepareLegacyPermissions{Machine: m, Release: r}
	case 6:
		return estate.PrepareSchema{Machine: m, Release: r}
	case 7:
		return estate.PrepareAD{Machine: m, Release: r, Organization: "Contoso"}
	case 8:
		return estate.PrepareDomain{Machine: m, Release: r}
	case 9:
		return estate.ExchangeInstall{Machine: m, Release: r, Organization: "Contoso"}
	case 10:
		return estate.MoveMailboxes{Machine: m, From: d.machine()}
	case 11:
		return estate.PublicFolders{Machine: m, From: d.machine()}
	case 12:
		return estate.ExchangeRemove{Machine: m, Release: r}
	case 13:
		return estate.CreateMailboxes{Machine: m}
	case 14:
		return estate.MountStore{Machine: m, Product: strings.Join(strings.SplitN(r, "-", 3)[:2], "-"), Recovery: d.IntN(2) == 0}
	}
	return estate.DisasterRecovery{Machine: m, Release: r}
}

// TestNoStepsBreakTheModel holds that no steps, however wrong, make the model
// panic or contradict itself, and that they leave what it was cloned from alone.
func TestNoStepsBreakTheModel(t *testing.T) {
	t.Parallel()
	for seed := range uint64(400) {
		d := dice{rand.New(rand.NewPCG(seed, 1))} //nolint:gosec // the same steps in every run
		e := estate.New()
		var done []string
		for range 60 {
			before, at := e, snapshot(t, e)
			e = e.Clone()
			if d.IntN(12) == 0 {
				jump := time.Duration(d.IntN(400)) * day
				e.SetClock(began().Add(jump))
				done = append(done, fmt.Sprintf("clock %s", jump))
			} else {
				s := d.step()
				done = append(done, fmt.Sprintf("%T%+v", s, s))
				for _, p := range e.Do(s) {
					wellSaid(t, p)
				}
			}
			e.MayRevert([]string{d.machine(), d.machine()})
			if wrong := contradiction(e); wrong != "" {
				t.Fatalf("seed %d: %s after\n%s", seed, wrong, strings.Join(done, "\n"))
			}
			if snapshot(t, before) != at {
				t.Fatalf("seed %d: %s changed what it was cloned from", seed, done[len(done)-1])
			}
		}
	}
}

func snapshot(t *testing.T, e *estate.Estate) string {
	t.Helper()
	text, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// contradiction says what in a model cannot be.
func contradiction(e *estate.Estate) string {
	for _, m := range e.Machines {
		d, _, ok := e.Domain(m.Domain)
		switch {
		case m.Domain != "" && !ok:
			return m.Name + " belongs to a domain that is not there"
		case m.Controller && !slices.Contains(d.Controllers, m.Name):
			return m.Name + " is a domain controller that its domain does not know"
		case m.Catalog && !m.Controller:
			return m.Name + " is a global catalog and no domain controller"
		}
	}
	for _, f := range e.Forests {
		if len(f.Domains) == 0 {
			return f.Root + " has no domains"
		}
		holders := []string{f.SchemaMaster, f.NamingMaster}
		for _, d := range f.Domains {
			if d.Level < f.Level {
				return d.Name + " is at a lower level than its forest"
			}
			holders = append(holders, d.PDC, d.RID, d.Infrastructure)
			for _, name := range d.Controllers {
				if m, ok := e.Machine(name); !ok || !m.Controller || m.Domain != d.Name {
					return name + " is no domain controller of " + d.Name
				}
			}
		}
		for _, name := range holders {
			if m, ok := e.Machine(name); !ok || !m.Controller {
				return "a role in " + f.Root + " is held by " + name + ", which is no domain controller"
			}
		}
	}
	return ""
}
