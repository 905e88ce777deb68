package catalog

import (
	"fmt"
	"strings"

	"github.com/doublehop/doublehop/labs"
)

const (
	mostMailboxes  = 1000
	usualMailboxes = 20
	usualSeed      = "doublehop"
	usualUnit      = "Mailboxes"
)

// crowdArgs say which users are meant: create_mailboxes makes them, seed_mail
// writes to them.
func crowdArgs() []labs.Arg {
	return []labs.Arg{
		{Name: "count", Type: labs.NumberType, Default: int64(usualMailboxes), Doc: "How many users, up to 1000.", Valid: between(1, mostMailboxes)},
		{Name: "seed", Type: labs.StringType, Default: usualSeed, Doc: "What their names are made from.", Valid: textual(carried)},
		{Name: "ou", Type: labs.StringType, Default: usualUnit, Doc: "The organizational unit of the machine's domain that they stand in. It is made where it is missing.", Valid: textual(unitProblem)},
	}
}

// between makes a check of a number's bounds.
func between(least, most int64) func(labs.Value) string {
	return func(v labs.Value) string {
		if n, ok := v.(int64); !ok || n < least || n > most {
			return fmt.Sprintf("%v is not between %d and %d.", v, least, most)
		}
		return ""
	}
}

// unitProblem says in a full sentence why name cannot be that of an
// organizational unit.
func unitProblem(name string) string {
	const signs = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 -_"
	if name == "" || len(name) > 64 || strings.Trim(name, signs) != "" || strings.TrimSpace(name) != name {
		return fmt.Sprintf("%q cannot be an organizational unit: 1 to 64 letters, digits, blanks and - _.", name)
	}
	return ""
}
