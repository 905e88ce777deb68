package catalog

import (
	"fmt"
	"strings"
	"time"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/estate"
)

// moveRoles makes a machine the holder of operations master roles.
type moveRoles struct{}

func (moveRoles) Schema() labs.Schema {
	return labs.Schema{
		Kind: "move_roles",
		Doc:  "Makes the machine the holder of operations master roles, with ntdsutil. The roles are transferred, never seized: their old holder must answer.",
		Args: []labs.Arg{
			{
				Name: "roles", Type: labs.StringsType, Required: true, Valid: listed(func(s string) string { return oneOf(s, roleNames()...) }),
				Doc: `The roles: "schema" and "naming" of the forest, "pdc", "rid" and "infrastructure" of the machine's domain.`,
			},
			limitArg(directoryLimit),
		},
	}
}

func roleNames() []string {
	return []string{estate.SchemaRole, estate.NamingRole, estate.PDCRole, estate.RIDRole, estate.InfrastructureRole}
}

func (moveRoles) Needs(c Call) []estate.Fact { return inDomain(c) }

func (moveRoles) Makes(c Call) []estate.Fact { return []estate.Fact{itself(c)} }

func (moveRoles) Effects(c Call, e *estate.Estate) []estate.Problem {
	return e.Do(estate.MoveRoles{Machine: c.Machine.Name, Roles: c.Step.Texts("roles")})
}

func (moveRoles) Typical() time.Duration { return time.Minute }

// transfer is a role that ntdsutil is to move.
type transfer struct {
	// Verb is ntdsutil's, Base the object that names the owner.
	Verb string
	Base word
}

// masters are the roles: ntdsutil's words for each, and the object whose
// fSMORoleOwner says who has it. The naming master's verb lost a word with
// Windows 2008.
func (j *controllerJob) masters() map[string]transfer {
	naming := "transfer domain naming master"
	if later(osOf(j.p.call)) {
		naming = "transfer naming master"
	}
	under := func(object string, base word) word { return j.p.word("roles", object+string(base)) }
	return map[string]transfer{
		estate.SchemaRole:         {"transfer schema master", under("CN=Schema,CN=Configuration,", j.root)},
		estate.NamingRole:         {naming, under("CN=Partitions,CN=Configuration,", j.root)},
		estate.PDCRole:            {"transfer PDC", j.base},
		estate.RIDRole:            {"transfer RID master", under("CN=RID Manager$,CN=System,", j.base)},
		estate.InfrastructureRole: {"transfer infrastructure master", under("CN=Infrastructure,", j.base)},
	}
}

func (moveRoles) Work(c Call) (Work, labs.Diagnostics) {
	j, ok := controllerFor(c)
	if !ok {
		return Work{}, nil
	}
	var transfers []transfer
	for i, role := range c.Step.Texts("roles") {
		t, ok := j.masters()[role]
		if !ok {
			continue
		}
		transfers = append(transfers, t)
		file := fmt.Sprintf("ROLE%d", i+1)
		j.look(j.here, file, string(t.Base), "fSMORoleOwner", 0,
			owned("ad.role."+role, file, c.Machine.Computer))
	}
	j.values["transfers"], j.values["computer"] = transfers, j.p.word("on", c.Machine.Computer)
	return j.work(directoryLimit, explain("error 0x", "ntdsutil: ", "DsRolep"))
}

// owned is an operations master role in the hands of a computer.
func owned(name, file, computer string) Proof {
	expect := "owner " + computer
	return Proof{Name: name, File: file, Expect: expect, Read: func(lines []string) (string, error) {
		values, where, err := valuesOf(lines, "fSMORoleOwner")
		if err != nil {
			return "", fmt.Errorf("expected %s, and %w", expect, err)
		}
		owner, _ := strings.CutPrefix(values[0], "CN=NTDS Settings,CN=")
		owner, _, _ = strings.Cut(owner, ",")
		if !strings.EqualFold(owner, computer) {
			return "", fmt.Errorf("expected %s, and %s names %q", expect, where, clip(values[0]))
		}
		return owner, nil
	}}
}
