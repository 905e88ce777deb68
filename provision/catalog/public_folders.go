package catalog

import (
	"time"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/estate"
)

// publicFolders makes public folders, or pulls those of an older server.
type publicFolders struct{}

const foldersLimit = 12 * time.Hour

func (publicFolders) Schema() labs.Schema {
	return labs.Schema{
		Kind: "public_folders",
		Doc: "Makes public folders on the machine's Exchange server; with from, moves those of another server to it instead: " +
			"every replica, or from Exchange 2013 on every public folder mailbox.",
		Args: []labs.Arg{
			{Name: "from", Type: labs.MachineType, Doc: "The machine whose server gives its public folders away. Without it, folders are made."},
			{Name: "names", Type: labs.StringsType, Default: []string{"Projects", "Contacts", "Announcements"}, Doc: "The folders to make.", Valid: listed(unitProblem)},
			limitArg(foldersLimit),
		},
	}
}

func (publicFolders) Needs(c Call) []estate.Fact {
	if from := c.Step.Text("from"); from != "" {
		return []estate.Fact{estate.FactExchange(from), estate.FactFolders(from), estate.FactMailboxes(from)}
	}
	return nil
}

func (publicFolders) Makes(c Call) []estate.Fact {
	facts := []estate.Fact{estate.FactFolders(c.Machine.Name)}
	if from := c.Step.Text("from"); from != "" {
		facts = append(facts, estate.FactEmptied(from))
	}
	return facts
}

func (publicFolders) Effects(c Call, e *estate.Estate) []estate.Problem {
	return e.Do(estate.PublicFolders{Machine: c.Machine.Name, From: c.Step.Text("from")})
}

// Typical is for a lab's few folders; replicas of real ones take hours to days.
func (publicFolders) Typical() time.Duration { return 20 * time.Minute }
