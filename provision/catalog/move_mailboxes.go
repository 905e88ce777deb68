package catalog

import (
	"time"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/estate"
)

// moveMailboxes pulls the mailboxes of an older server.
type moveMailboxes struct{}

const moveLimit = 12 * time.Hour

func (moveMailboxes) Schema() labs.Schema {
	return labs.Schema{
		Kind: "move_mailboxes",
		Doc: "Moves every mailbox of another server to the machine's own, which is the newer one and pulls: Exchange 2007 with Move-Mailbox, later ones with New-MoveRequest. " +
			"It is done when no user of the forest has a mailbox on the other server.",
		Args: []labs.Arg{
			{Name: "from", Type: labs.MachineType, Required: true, Doc: "The machine whose server gives its mailboxes away."},
			databaseArg("The database that takes them."),
			{Name: "bad_items", Type: labs.NumberType, Default: int64(10), Doc: "How many damaged items of a mailbox may be left behind.", Valid: between(0, 50)},
			limitArg(moveLimit),
		},
	}
}

// databaseArg names a mailbox database.
func databaseArg(doc string) labs.Arg {
	return labs.Arg{Name: "database", Type: labs.StringType, Doc: doc + " Without it, the first one of the server.", Valid: textual(carried)}
}

func (moveMailboxes) Needs(c Call) []estate.Fact {
	from := c.Step.Text("from")
	return []estate.Fact{estate.FactExchange(from), estate.FactMailboxes(from)}
}

func (moveMailboxes) Makes(c Call) []estate.Fact {
	return []estate.Fact{estate.FactEmptied(c.Step.Text("from")), estate.FactMailboxes(c.Machine.Name)}
}

func (moveMailboxes) Effects(c Call, e *estate.Estate) []estate.Problem {
	return e.Do(estate.MoveMailboxes{Machine: c.Machine.Name, From: c.Step.Text("from")})
}

// Typical is for a lab's few mailboxes.
func (moveMailboxes) Typical() time.Duration { return 20 * time.Minute }
