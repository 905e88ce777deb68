package catalog

import (
	"time"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/estate"
)

// eseutil works on the files of a store.
type eseutil struct{}

const eseutilLimit = 12 * time.Hour

func (eseutil) Schema() labs.Schema {
	return labs.Schema{
		Kind: "eseutil",
		Doc: "Looks at a store's files or repairs them, with eseutil and isinteg of the Exchange that stands on the machine. " +
			"It works on a copy, and the proof is the state that eseutil /mh reports in the end.",
		Args: []labs.Arg{
			{Name: "edb", Type: labs.StringType, Required: true, Doc: `The store's database on the machine: "C:\\OLD\\PRIV1.EDB". Its streaming file is taken along.`, Valid: textual(guestPathProblem)},
			{Name: "actions", Type: labs.StringsType, Default: []string{"header"}, Doc: "What to do, in order: header (/mh), logs (/ml), integrity (/g), recover (/r), repair (/p), defragment (/d), isinteg (of a dismounted store of Exchange 2000 to 2007, in its own place).", Valid: listed(eseutilProblem)},
			{Name: "logs", Type: labs.StringType, Doc: "The folder of the store's transaction logs, for logs and recover.", Valid: textual(guestPathProblem)},
			{Name: "prefix", Type: labs.StringType, Default: "E00", Doc: "The log files' prefix.", Valid: textual(prefixProblem)},
			{Name: "work", Type: labs.StringType, Default: `C:\ESEUTIL`, Doc: "The folder that the copy is made in. What an earlier copy left there under the same name is replaced.", Valid: textual(guestPathProblem)},
			{Name: "state", Type: labs.StringType, Default: "clean", Doc: "The state that the copy must be in at the end: clean, dirty or any.", Valid: textual(func(s string) string { return oneOf(s, "clean", "dirty", "any") })},
			limitArg(eseutilLimit),
		},
	}
}

func eseutilProblem(action string) string {
	return oneOf(action, "header", "logs", "integrity", "recover", "repair", "defragment", "isinteg")
}

func prefixProblem(s string) string {
	if len(s) == 3 && (s[0]|0x20) == 'e' && isHex(s[1]) && isHex(s[2]) {
		return ""
	}
	return "Log files are called E00, E01 and so on; " + s + " is no such prefix."
}

func isHex(b byte) bool { return b >= '0' && b <= '9' || b|0x20 >= 'a' && b|0x20 <= 'f' }

func (eseutil) Needs(Call) []estate.Fact { return nil }
func (eseutil) Makes(Call) []estate.Fact { return nil }

func (eseutil) Effects(c Call, e *estate.Estate) []estate.Problem {
	return e.Do(estate.Use{Machine: c.Machine.Name})
}

// Typical is for a small store: eseutil does some gigabytes an hour.
func (eseutil) Typical() time.Duration { return 10 * time.Minute }
