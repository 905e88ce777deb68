package catalog

import (
	"time"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/estate"
)

// seedMail fills mailboxes with mail.
type seedMail struct{}

const (
	seedLimit = 6 * time.Hour
	// Mail travels on the job disc, and each message is a file of it.
	mostMessages  = 5000
	mostSeedBytes = 1 << 30
)

func (seedMail) Schema() labs.Schema {
	args := append(crowdArgs(),
		labs.Arg{Name: "messages", Type: labs.NumberType, Default: int64(200), Doc: "How many messages, up to 5000.", Valid: between(1, mostMessages)},
		labs.Arg{Name: "size", Type: labs.SizeType, Default: uint64(8 << 20), Doc: "What all messages have together, up to 1GiB. One in four has an attachment, and the attachments make up the size.", Valid: seedSize},
		limitArg(seedLimit))
	return labs.Schema{
		Kind: "seed_mail",
		Doc: "Sends mail to the users that create_mailboxes made with the same count, seed and ou, through the SMTP pickup folder of the machine's Exchange server. " +
			"Texts, dates and attachments come from the seed, so that two rehearsals carry the same mail, and its count and digest can be compared after each hop.",
		Args: args,
	}
}

func seedSize(v labs.Value) string {
	if n, ok := v.(uint64); !ok || n > mostSeedBytes {
		return "Mail travels on a disc that is made for the step: give up to 1GiB."
	}
	return ""
}

func (seedMail) Needs(Call) []estate.Fact { return nil }

func (seedMail) Makes(c Call) []estate.Fact {
	return []estate.Fact{estate.FactMailboxes(c.Machine.Name)}
}

func (seedMail) Effects(c Call, e *estate.Estate) []estate.Problem {
	return e.Do(estate.Use{Machine: c.Machine.Name})
}

// Typical is for the usual 200 messages.
func (seedMail) Typical() time.Duration { return 5 * time.Minute }
