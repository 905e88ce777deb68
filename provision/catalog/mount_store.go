package catalog

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/estate"
)

// mountStore brings a store from elsewhere onto a server.
type mountStore struct{}

const mountLimit = 6 * time.Hour

func (mountStore) Schema() labs.Schema {
	return labs.Schema{
		Kind: "mount_store",
		Doc: "Mounts a mailbox store whose files lie on the machine: in the place of a store of the server, or beside it for recovery " +
			"(a recovery storage group up to Exchange 2007, a recovery database from 2010 on). The files are copied; what was there is kept beside the copy.",
		Args: []labs.Arg{
			{Name: "edb", Type: labs.StringType, Required: true, Doc: `The store's database on the machine: "C:\\OLD\\PRIV1.EDB".`, Valid: textual(guestPathProblem)},
			{Name: "stm", Type: labs.StringType, Doc: "Its streaming file, which Exchange 2000 and 2003 have beside the database.", Valid: textual(guestPathProblem)},
			databaseArg("The store whose place the files take, or whose mailboxes are recovered."),
			{Name: "recovery", Type: labs.BoolType, Default: false, Doc: "Mount it beside the server's own stores, for recovery."},
			{Name: "product", Type: labs.StringType, Doc: `The version of Exchange that the files are from, such as "exchange-2003". No version mounts the files of another.`, Valid: textual(productProblem)},
			limitArg(mountLimit),
		},
	}
}

func productProblem(id string) string {
	if _, ok := estate.FindProduct(id); ok {
		return ""
	}
	var all []string
	for _, p := range estate.Products() {
		all = append(all, p.ID)
	}
	slices.Sort(all)
	return fmt.Sprintf("%q is none of %s.", id, strings.Join(all, ", "))
}

func (mountStore) Needs(Call) []estate.Fact { return nil }
func (mountStore) Makes(Call) []estate.Fact { return nil }

func (mountStore) Effects(c Call, e *estate.Estate) []estate.Problem {
	return e.Do(estate.MountStore{Machine: c.Machine.Name, Product: c.Step.Text("product"), Recovery: c.Step.Flag("recovery")})
}

func (mountStore) Typical() time.Duration { return 10 * time.Minute }
