package catalog

import (
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
