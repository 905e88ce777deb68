package command

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/doublehop/doublehop/e2e/standin/programs/directory"
	"github.com/doublehop/doublehop/e2e/standin/programs/machine"
)

func (c *call) net() int {
	if len(c.args) == 0 {
		c.Err("The syntax of this command is:\n\nNET [ SHARE | START | STOP | USER ]\n")
		return 1
	}
	args := c.args[1:]
	switch strings.ToLower(c.args[0]) {
	case "share":
		return c.netShare(args)
	case "start":
		return c.netStart(args)
	case "stop":
		if len(args) > 0 {
			return c.netStop(args)
		}
	case "user", "users":
		return c.netUser(args)
	}
	c.Err("The syntax of this command is:\n\nNET [ SHARE | START | STOP | USER ]\n\n(This stand-in imitates no other NET command.)\n")
	return 1
}

func (c *call) netShare(args []string) int {
	m := c.Machine
	if len(args) == 0 {
		c.Out("\nShare name   Resource                        Remark\n\n" + strings.Repeat("-", 79) + "\n")
		for _, name := range m.SortedShares() {
			_, s, _ := m.Share(name)
			c.Out(shareLine(name, s))
		}
		c.Out(completed)
		return 0
	}
	name, path, makes := strings.Cut(args[0], "=")
	known, share, ok := m.Share(name)
	switch {
	case makes && ok:
		return c.help(2, "The name has already been shared.", 2118)
	case makes && !m.Exists(path):
		return c.help(2, "The device or directory does not exist.", 2116)
	case makes:
		m.Shares[name] = machine.Share{Path: path}
		c.Out(name + " was shared successfully.\n\n")
		return 0
	case !ok:
		return c.help(2, "This shared resource does not exist.", 2310)
	case slices.ContainsFunc(args[1:], func(a string) bool { return strings.EqualFold(a, "/delete") || strings.EqualFold(a, "/d") }):
		delete(m.Shares, known)
		c.Out(known + " was deleted successfully.\n\n")
		return 0
	}
	c.Out(fmt.Sprintf("Share name        %s\nPath              %s\nRemark            %s\nMaximum users     No limit\nUsers             \nCaching           Manual caching of documents\n%s",
		known, share.Path, share.Remark, completed))
	return 0
}

func shareLine(name string, s machine.Share) string {
	line := fmt.Sprintf("%-12s %-31s %s\n", name, s.Path, s.Remark)
	if len(s.Path) > 31 {
		line = fmt.Sprintf("%-12s %s\n%45s%s\n", name, s.Path, "", s.Remark)
	}
	return line
}

func (c *call) netUser(args []string) int {
	m := c.Machine
	var names []string
	adds, deletes, domain := false, false, m.Role == machine.DC
	for _, a := range args {
		switch name, _, is := option(a); {
		case !is:
			names = append(names, a)
		case name == "add":
			adds = true
		case name == "delete":
			deletes = true
		case name == "domain":
			domain = true
		case name == "y" || name == "active" || name == "expires" || name == "fullname" || name == "comment" || name == "passwordchg":
		default:
			c.Err("The option " + strings.ToUpper(a) + " is unknown.\n\n")
			return 1
		}
	}
	if domain {
		return c.domainUser(names, adds, deletes)
	}
	return c.localUser(names, adds, deletes)
}

func (c *call) listUsers(where string, names []string) int {
	slices.Sort(names)
	c.Out("\nUser accounts for \\\\" + where + "\n\n" + strings.Repeat("-", 79) + "\n")
	for row := range slices.Chunk(names, 3) {
		for _, n := range row {
			c.Out(fmt.Sprintf("%-25s", n))
		}
		c.Out("\n")
	}
	c.Out(completed)
	return 0
}

func (c *call) localUser(names []string, adds, deletes bool) int {
	m := c.Machine
	if len(names) == 0 {
		return c.listUsers(m.Computer, slices.Collect(maps.Keys(m.Users)))
	}
	known := names[0]
	for user := range m.Users {
		if strings.EqualFold(user, known) {
			known = user
		}
	}
	_, exists := m.Users[known]
	switch {
	case adds && exists:
		return c.help(2, "The account already exists.", 2224)
	case !adds && !exists:
		return c.help(2, "The user name could not be found.", 2221)
	case deletes:
		delete(m.Users, known)
	case adds && len(names) == 1:
		m.Users[known] = ""
	case len(names) == 2:
		m.Users[known] = names[1]
	default:
		c.Out("User name                    " + known + "\nAccount active               Yes\n\n")
	}
	c.Out(completed)
	return 0
}

// accountOf finds a domain user by the name of the account, wherever in the domain it is.
func accountOf(d Directory, name string) (dn string, exists bool) {
	found, err := d.Search(directory.Query{
		Base: d.Root().Value("defaultNamingContext"), Scope: directory.Subtree,
		Filter: "(&(objectClass=user)(sAMAccountName=" + directory.FilterValue(name) + "))", Wanted: []string{"cn"},
	})
	if err != nil || len(found) != 1 {
		return "", false
	}
	return found[0].DN, true
}

func (c *call) domainUser(names []string, adds, deletes bool) int {
	d, err := c.open("")
	if err != nil {
		c.Err("System error 1355 has occurred.\n\nThe specified domain either does not exist or could not be contacted.\n\n")
		return 2
	}
	defer d.Close()
	users := "CN=Users," + d.Root().Value("defaultNamingContext")
	if len(names) == 0 {
		found, err := d.Search(directory.Query{Base: users, Scope: directory.OneLevel, Filter: "(objectClass=user)", Wanted: []string{"sAMAccountName"}})
		if err != nil {
			return c.help(2, "The user name could not be found.", 2221)
		}
		var all []string
		for _, e := range found {
			all = append(all, e.Value("sAMAccountName"))
		}
		return c.listUsers(c.Machine.FQDN(), all)
	}
	dn, exists := accountOf(d, names[0])
	if !exists {
		dn = "CN=" + directory.Escape(names[0]) + "," + users
	}
	password := []directory.Change{}
	if len(names) > 1 {
		hash := directory.Hashed(dn, names[1])
		password = append(password, directory.Change{Op: directory.Replace, Attribute: directory.Attribute{Name: "userPassword", Values: []string{hash}}})
	}
	switch {
	case adds && exists:
		return c.help(2, "The account already exists.", 2224)
	case !adds && !exists:
		return c.help(2, "The user name could not be found.", 2221)
	case adds:
		err = d.Add(directory.New(dn, "objectClass", "user", "sAMAccountName", names[0], "userAccountControl", "512",
			"userPrincipalName", names[0]+"@"+c.Machine.Domain.Name))
	case deletes:
		err = d.Delete(dn)
	}
	if err == nil && len(password) > 0 {
		err = d.Modify(dn, password)
	}
	if err != nil {
		c.Err("System error 5 has occurred.\n\nAccess is denied.\n\n")
		return 2
	}
	c.Out(completed)
	return 0
}
