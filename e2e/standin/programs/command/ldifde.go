package command

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/doublehop/doublehop/e2e/standin/programs/directory"
	"github.com/doublehop/doublehop/e2e/standin/programs/machine"
)

// transfer is a checked ldifde command line.
type transfer struct {
	file, server, logs string
	imports, lenient   bool
	query              directory.Query
	omit               []string
	from, to           []string // pairs of -c
	user, password     string
	withoutBase        bool
}

func (c *call) ldifde() int {
	t, bad := c.readTransfer()
	if bad != "" {
		c.Err(bad + "\n\nLDIF Directory Exchange (stand-in)\n\nldifde [-i] -f filename [-s server] [-c from to] [-v] [-j path] [-t port] [-u]\n" +
			"       [-d rootDN] [-r filter] [-p base|onelevel|subtree] [-l list] [-o list] [-g] [-m] [-n] [-k]\n" +
			"       [-a userDN password] [-b user domain password]\n")
		return 1
	}
	shown := t.server
	if shown == "" {
		shown = c.defaultServer()
	}
	c.Out(fmt.Sprintf("Connecting to %q\n", shown))
	d, err := c.openAs(t.server, t.user, t.password)
	if errors.Is(err, directory.ErrPassword) {
		c.Out("Logging in as current user using SSPI\n")
		return c.ldifdeFails("SSPI \"bind with current credentials\" returned 'Invalid Credentials'\nThe error code is 49")
	}
	if err != nil {
		return c.ldifdeFails("The connection cannot be established\nThe error code is 8250")
	}
	defer d.Close()
	c.Out("Logging in as current user using SSPI\n")
	if t.imports {
		return c.imports(d, t)
	}
	return c.exports(d, t)
}

func (c *call) defaultServer() string {
	if c.Machine.Role == machine.DC {
		return c.Machine.FQDN()
	}
	host, _, err := c.Locator.Controller(c.ctx, c.Machine.Domain.Name)
	if err != nil {
		return "(null)"
	}
	return host
}

func (c *call) ldifdeFails(text string) int {
	c.Out(text + "\n\nAn error has occurred in the program\n")
	return 1
}

// readTransfer reads the command line; each switch takes the arguments that follow it.
func (c *call) readTransfer() (transfer, string) {
	t := transfer{query: directory.Query{Scope: directory.Subtree}, user: c.Session.User, password: c.Session.Password, withoutBase: true}
	arguments := map[string]int{
		"i": 0, "f": 1, "s": 1, "c": 2, "v": 0, "j": 1, "t": 1, "u": 0, "d": 1, "r": 1, "p": 1, "l": 1, "o": 1,
		"g": 0, "m": 0, "n": 0, "k": 0, "a": 2, "b": 3, "y": 0, "e": 0, "q": 1,
	}
	for i := 0; i < len(c.args); i++ {
		name, _, is := option(c.args[i])
		count, known := arguments[name]
		if !is || !known || i+count >= len(c.args) {
			return t, "Invalid Parameters: " + c.args[i]
		}
		if bad := t.take(name, c.args[i+1:i+1+count]); bad != "" {
			return t, bad
		}
		i += count
	}
	if t.file == "" {
		return t, "Invalid Parameters: A filename must be specified."
	}
	return t, ""
}

func (t *transfer) take(name string, values []string) string {
	switch name {
	case "i":
		t.imports = true
	case "k":
		t.lenient = true
	case "f":
		t.file = values[0]
	case "s":
		t.server = values[0]
	case "j":
		t.logs = values[0]
	case "d":
		t.query.Base, t.withoutBase = values[0], false
	case "r":
		t.query.Filter = values[0]
	case "l":
		t.query.Wanted = list(values[0])
	case "o":
		t.omit = list(values[0])
	case "c":
		t.from, t.to = append(t.from, values[0]), append(t.to, values[1])
	case "b":
		t.user, t.password = values[0], values[2]
	case "a":
		_, user, _ := strings.Cut(directory.SplitDN(values[0])[0], "=")
		t.user, t.password = user, values[1]
	case "t":
		if port, err := strconv.Atoi(values[0]); err != nil || port != 389 {
			return "Invalid Parameters: this stand-in listens on port 389 only"
		}
	case "p":
		scope, ok := directory.ParseScope(values[0])
		if !ok {
			return "Invalid Parameters: " + values[0] + " is no scope"
		}
		t.query.Scope = scope
	}
	return ""
}

func list(text string) []string {
	var all []string
	for name := range strings.SplitSeq(text, ",") {
		if name = strings.TrimSpace(name); name != "" {
			all = append(all, name)
		}
	}
	return all
}

func (t transfer) substituted(text string) string {
	for i := range t.from {
		text = strings.ReplaceAll(text, t.from[i], t.to[i])
	}
	return text
}

func (c *call) exports(d Directory, t transfer) int {
	path, err := c.Machine.Unix(c.request.Folder, t.file)
	if err != nil {
		return c.ldifdeFails("Unable to open output file")
	}
	if t.withoutBase {
		t.query.Base = d.Root().Value("defaultNamingContext")
	}
	c.Out("Exporting directory to file " + t.file + "\nSearching for entries...\n")
	found, err := d.Search(t.query)
	switch {
	case errors.Is(err, directory.ErrNoSuchObject):
		return c.ldifdeFails("Search Failed\nNo Such Object\nThe server side error is: 0x208d Directory object not found.")
	case errors.Is(err, directory.ErrFilter):
		return c.ldifdeFails("Search Failed\nFilter Error\nThe error code is 87")
	case err != nil:
		return c.ldifdeFails("Search Failed\n" + err.Error())
	}
	for i := range found {
		found[i].Attributes = without(found[i].Attributes, t.omit)
	}
	if err := os.WriteFile(path, []byte(t.substituted(directory.WriteLDIF(found))), 0o644); err != nil {
		return c.ldifdeFails("Unable to open output file")
	}
	if len(found) == 0 {
		c.Out("No Entries found\n\n")
	} else {
		c.Out("Writing out entries" + strings.Repeat(".", len(found)) + "\n" + strconv.Itoa(len(found)) + " entries exported\n\n")
	}
	c.Out("The command has completed successfully\n")
	return 0
}

func without(all []directory.Attribute, omit []string) []directory.Attribute {
	var kept []directory.Attribute
	for _, a := range all {
		out := false
		for _, o := range omit {
			out = out || strings.EqualFold(a.Name, o)
		}
		if !out {
			kept = append(kept, a)
		}
	}
	return kept
}

func (c *call) imports(d Directory, t transfer) int {
	c.Out("Importing directory from file \"" + t.file + "\"\n")
	path, err := c.Machine.Unix(c.request.Folder, t.file)
	var text []byte
	if err == nil {
		text, err = os.ReadFile(path)
	}
	if err != nil {
		return c.ldifdeFails("Unable to open input file \"" + t.file + "\"\n" + machine.Windows(err))
	}
	records, err := directory.ParseLDIF(t.substituted(string(text)))
	if err != nil {
		return c.ldifdeFails("There is a " + err.Error() + "\n0 entries modified successfully.")
	}
	c.Out("Loading entries")
	done := 0
	for _, r := range records {
		err := apply(d, r)
		if err != nil && (!t.lenient || !forgivable(err)) {
			kind, text := said(err)
			return c.ldifdeFails(fmt.Sprintf("\n%s error on line %d: %s\nThe server side error is: %s\n%d %s modified successfully.",
				strings.ToUpper(r.Kind[:1])+r.Kind[1:], r.Line, kind, text, done, entries(done)))
		}
		c.Out(".")
		if err == nil {
			done++
		}
	}
	c.Out(fmt.Sprintf("\n%d %s modified successfully.\n\nThe command has completed successfully\n", done, entries(done)))
	return 0
}

func entries(n int) string {
	if n == 1 {
		return "entry"
	}
	return "entries"
}

func apply(d Directory, r directory.Record) error {
	switch r.Kind {
	case "add":
		return d.Add(r.Entry)
	case "delete":
		return d.Delete(r.Entry.DN)
	case "modify":
		if err := lawful(d, r.Entry.DN, r.Changes); err != nil {
			return err
		}
		return d.Modify(r.Entry.DN, r.Changes)
	default:
		return d.Rename(r.Entry.DN, r.NewRDN, r.Above)
	}
}

// forgivable are the errors that -k goes past.
func forgivable(err error) bool {
	return errors.Is(err, directory.ErrExists) || errors.Is(err, directory.ErrConstraint) ||
		errors.Is(err, directory.ErrNoAttribute) || errors.Is(err, directory.ErrNoSuchObject)
}

// said is an error as LDAP names it and as the server words it.
func said(err error) (kind, text string) {
	if refused, ok := errors.AsType[unwilling](err); ok {
		kind = "Unwilling To Perform"
		if refused.text == referral {
			kind = "Referral"
		}
		return kind, fmt.Sprintf("%#x %s", refused.code, refused.text)
	}
	switch {
	case errors.Is(err, directory.ErrExists):
		return "Already Exists", "0x2071 An attempt was made to add an object to the directory with a name that is already in use."
	case errors.Is(err, directory.ErrNoSuchObject):
		return "No Such Object", "0x208d Directory object not found."
	case errors.Is(err, directory.ErrDenied):
		return "Insufficient Rights", "0x5 Access is denied."
	case errors.Is(err, directory.ErrNotEmpty):
		return "Not allowed on Non-leaf", "0x2015 The directory service can perform the requested operation only on a leaf object."
	case errors.Is(err, directory.ErrNoAttribute):
		return "No Such Attribute", "0x200a The specified directory service attribute or value does not exist."
	}
	return "Constraint Violation", err.Error()
}
