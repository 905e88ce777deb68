package catalog

import (
	"time"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/estate"
)

// demote makes a domain controller a member server again.
type demote struct{}

const demoteLimit = 2 * time.Hour

func (demote) Schema() labs.Schema {
	return labs.Schema{
		Kind: "demote",
		Doc: "Takes Active Directory off a domain controller and restarts the machine. It stays a member of the domain, or, as its last domain controller, " +
			"ends the domain and stands in a workgroup. Its local Administrator gets a password anew.",
		Args: []labs.Arg{
			{Name: "last", Type: labs.BoolType, Default: false, Doc: "The domain ends with this domain controller, and, with the forest's last domain, the forest."},
			{Name: "password", Type: labs.SecretType, Doc: "The password of the new local Administrator. Without it, the machine's admin_password."},
			limitArg(demoteLimit),
		},
	}
}

func (demote) Needs(c Call) []estate.Fact { return inDomain(c) }

func (demote) Makes(c Call) []estate.Fact { return []estate.Fact{itself(c)} }

func (demote) Effects(c Call, e *estate.Estate) []estate.Problem {
	return e.Do(estate.Demote{Machine: c.Machine.Name, Last: c.Step.Flag("last")})
}

func (demote) Typical() time.Duration { return 6 * time.Minute }
