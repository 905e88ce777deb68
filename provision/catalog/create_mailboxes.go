package catalog

import (
	"time"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/estate"
)

// createMailboxes makes users with mailboxes.
type createMailboxes struct{}

const mailboxLimit = 4 * time.Hour

func (createMailboxes) Schema() labs.Schema {
	return labs.Schema{
		Kind: "create_mailboxes",
		Doc:  "Makes users with mailboxes on the machine's Exchange server. Their names come from the seed: the same seed and count make the same users in every rehearsal.",
		Args: append(crowdArgs(),
			databaseArg("The mailbox store or database that their mailboxes are in."),
			labs.Arg{Name: "password", Type: labs.SecretType, Doc: "The users' password. Without it they have none, and cannot log on."},
			limitArg(mailboxLimit)),
	}
}

func (createMailboxes) Needs(Call) []estate.Fact { return nil }

func (createMailboxes) Makes(c Call) []estate.Fact {
	return []estate.Fact{estate.FactMailboxes(c.Machine.Name)}
}

func (createMailboxes) Effects(c Call, e *estate.Estate) []estate.Problem {
	return e.Do(estate.CreateMailboxes{Machine: c.Machine.Name})
}

// Typical is for twenty users; the recipient update service takes a minute or
// two to finish them.
func (createMailboxes) Typical() time.Duration { return 5 * time.Minute }
