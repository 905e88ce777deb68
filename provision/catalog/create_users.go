package catalog

import (
	"time"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/estate"
)

// createUsers makes users without mailboxes.
type createUsers struct{}

func (createUsers) Schema() labs.Schema {
	args := crowdArgs()
	for i := range args {
		switch args[i].Name {
		case "ou":
			args[i].Default = "People"
		case "count":
			args[i].Doc = "How many users, up to 1000."
		}
	}
	return labs.Schema{
		Kind: "create_users",
		Doc: "Makes users in the machine's domain from a seed: the same seed and count make the same users in every rehearsal. " +
			"With a password they are enabled and can log on; without one they are disabled.",
		Args: append(args,
			labs.Arg{Name: "password", Type: labs.SecretType, Doc: "The users' password. It must be one that the domain's policy takes."},
			limitArg(directoryLimit)),
	}
}

func (createUsers) Needs(c Call) []estate.Fact { return inDomain(c) }

func (createUsers) Makes(c Call) []estate.Fact { return []estate.Fact{itself(c)} }

func (createUsers) Effects(c Call, e *estate.Estate) []estate.Problem { return mayUse(c, e) }

// Typical is for twenty users.
func (createUsers) Typical() time.Duration { return 2 * time.Minute }
