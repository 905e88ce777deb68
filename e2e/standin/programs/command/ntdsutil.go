package command

import (
	"slices"
	"strings"

	"github.com/doublehop/doublehop/e2e/standin/programs/directory"
	"github.com/doublehop/doublehop/e2e/standin/programs/machine"
)

// ntdsutil imitates the menus roles and connections: each argument is a line
// that a person would type (KB255504). Its exit code is 0 whatever happened.
func (c *call) ntdsutil() int {
	if c.Machine.Role != machine.DC {
		c.Err("'ntdsutil' is not recognized as an internal or external command,\noperable program or batch file.\n")
		return 9009
	}
	menus, server := []string{"ntdsutil"}, ""
	for _, line := range c.args {
		menu := menus[len(menus)-1]
		word := strings.ToLower(strings.Join(strings.Fields(line), " "))
		c.Out(menu + ": " + line + "\n")
		target, connects := strings.CutPrefix(word, "connect to server ")
		kind, transfers := strings.CutPrefix(word, "transfer ")
		switch {
		case word == "quit" || word == "q":
			if menus = menus[:len(menus)-1]; len(menus) == 0 {
				return 0
			}
		case menu == "ntdsutil" && (word == "popups off" || word == "popups on"):
		case menu == "ntdsutil" && word == "roles":
			menus = append(menus, "fsmo maintenance")
		case menu == "fsmo maintenance" && word == "connections":
			menus = append(menus, "server connections")
		case menu == "server connections" && connects:
			server = c.connects(target)
		case menu == "fsmo maintenance" && transfers && c.roleNamed(kind) != "":
			if server == "" {
				c.Out("Error 80070057 parsing input - not connected to a server\n")
				continue
			}
			c.transfer(server, c.roleNamed(kind))
		default:
			c.Out("Error 80070057 parsing input - illegal syntax?\n")
		}
	}
	return 0
}

// connects says how a binding went, and gives the server that answered.
func (c *call) connects(server string) string {
	c.Out("Binding to " + server + " ...\n")
	d, err := c.open(server)
	if err != nil {
		c.Out("DsBindW error 0x6ba(The RPC server is unavailable.)\n")
		return ""
	}
	defer d.Close()
	c.Out("Connected to " + server + " using credentials of locally logged on user.\n")
	return server
}

// roleNamed is the role that a word of ntdsutil means: the naming master's has
// lost a word with Windows 2008 (TechNet cc753437).
func (c *call) roleNamed(word string) string {
	w, _ := directory.WindowsNamed(c.Machine.Windows)
	naming := "domain naming master"
	if w.Level > 2 {
		naming = "naming master"
	}
	return map[string]string{
		"schema master": "schema master", naming: "naming master", "pdc": "PDC", "rid master": "RID master", "infrastructure master": "infrastructure master",
	}[word]
}

// transfer makes a server the owner of a role. The owner before it must answer.
func (c *call) transfer(server, name string) {
	d, err := c.open(server)
	if err != nil {
		c.Out("ldap_modify_sW error 0x51(81 (Server Down).\n")
		return
	}
	defer d.Close()
	moved := role(d, name)
	owner, ok := moved.Owner(d)
	me := d.Root().Value("dsServiceName")
	if ok && !directory.Same(owner.SettingsDN(), me) && !c.answers(owner) {
		c.Out("ldap_modify_sW error 0x34(52 (Unavailable).\nLdap extended error message is 000020AF: SvcErr: DSID-03210380, problem 5002 (UNAVAILABLE), data 8438\n\n" +
			"Win32 error returned is 0x20af(The requested FSMO operation failed. The current FSMO holder could not be contacted.)\n)\n" +
			"Depending on the error code this may indicate a connection,\nldap, or role transfer error.\n")
		return
	}
	groups := map[string]string{"schema master": "Schema Admins", "naming master": "Enterprise Admins"}
	need, special := groups[name]
	if !special {
		need = "Domain Admins"
	}
	if len(c.lacks(d, need)) > 0 || replace(d, moved.Base, "fSMORoleOwner", me) != nil {
		c.Out("ldap_modify_sW error 0x32(50 (Insufficient Rights).\nLdap extended error message is 00000005: SecErr: DSID-031A0F44, problem 4003 (INSUFF_ACCESS_RIGHTS), data 0\n\n" +
			"Win32 error returned is 0x5(Access is denied.)\n)\n")
		return
	}
	c.owners(d, server)
}

// owners lists who holds the roles, as ntdsutil does after each transfer.
func (c *call) owners(d Directory, server string) {
	c.Out("Server \"" + server + "\" knows about 5 roles\n")
	titles := []string{"Schema", "Naming Master", "PDC", "RID", "Infrastructure"}
	for i, r := range directory.Roles(d) {
		if owner, ok := r.Owner(d); ok {
			c.Out(titles[i] + " - " + owner.SettingsDN() + "\n")
		}
	}
}

// answers says whether a domain controller can be reached.
func (c *call) answers(owner directory.Controller) bool {
	d, err := c.open(owner.Host())
	if err != nil {
		return false
	}
	defer d.Close()
	all, err := directory.Controllers(d)
	return err == nil && slices.ContainsFunc(all, func(o directory.Controller) bool { return strings.EqualFold(o.Computer, owner.Computer) })
}
