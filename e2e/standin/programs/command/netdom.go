package command

import (
	"errors"
	"strings"

	"github.com/doublehop/doublehop/e2e/standin/programs/directory"
	"github.com/doublehop/doublehop/e2e/standin/programs/machine"
)

// Windows error codes that netdom returns.
const (
	errLogonFailure  = 1326
	errNoSuchDomain  = 1355
	errAccessDenied  = 5
	errBadNetPath    = 53
	errAlreadyJoined = 2691
	errParameter     = 87
)

func (c *call) netdomFails(code int, text string) int {
	c.Err(text + "\n\nThe command failed to complete successfully.\n\n")
	return code
}

// joining is what a netdom join asks for.
type joining struct {
	domain, user, password, ou string
	reboot                     bool
}

func (c *call) netdom() int {
	if len(c.args) == 0 || !strings.EqualFold(c.args[0], "join") {
		return c.netdomFails(errParameter, "The syntax of this command is:\n\nNETDOM JOIN machine /Domain:domain [/OU:ou path] [/UserD:user]\n"+
			"           [/PasswordD:[password | *]] [/REBoot[:Time in seconds]]\n\n(This stand-in imitates no other NETDOM command.)")
	}
	var j joining
	target := ""
	for _, arg := range c.args[1:] {
		name, value, is := option(arg)
		switch {
		case !is && target == "":
			target = arg
		case is && (name == "domain" || name == "d"):
			j.domain = strings.ToLower(value)
		case is && (name == "userd" || name == "ud"):
			j.user = value
		case is && (name == "passwordd" || name == "pd"):
			j.password = value
		case is && name == "ou":
			j.ou = value
		case is && (name == "reboot" || name == "reb"):
			j.reboot = true
		case is && (name == "usero" || name == "uo" || name == "passwordo" || name == "po" || name == "verbose"):
		default:
			return c.netdomFails(errParameter, "The syntax of this command is incorrect: "+arg)
		}
	}
	m := c.Machine
	switch {
	case target == "" || j.domain == "" || j.user == "" || j.password == "" || j.password == "*":
		return c.netdomFails(errParameter, "The parameter is incorrect.")
	case !strings.EqualFold(target, m.Computer):
		return c.netdomFails(errBadNetPath, "The network path was not found.")
	case m.Role != machine.Workgroup || m.Pending != nil:
		return c.netdomFails(errAlreadyJoined, "This machine is already joined to a domain.")
	}
	return c.join(j)
}

func (c *call) join(j joining) int {
	const unreachable = "The specified domain either does not exist or could not be contacted."
	_, address, err := c.Locator.Controller(c.ctx, j.domain)
	if err != nil {
		return c.netdomFails(errNoSuchDomain, unreachable)
	}
	d, err := c.Connect(address.String())
	if err != nil {
		return c.netdomFails(errNoSuchDomain, unreachable)
	}
	defer d.Close()
	dn := d.Root().Value("defaultNamingContext")
	if directory.DNSName(dn) != j.domain {
		return c.netdomFails(errNoSuchDomain, unreachable)
	}
	user := j.user[strings.LastIndexByte(j.user, '\\')+1:]
	user, realm, _ := strings.Cut(user, "@")
	if err := d.Logon(user, j.password); err != nil {
		return c.netdomFails(errLogonFailure, "Logon failure: unknown user name or bad password.")
	}
	netbios := c.netbiosOf(d, dn)
	if prefix, _, has := strings.Cut(j.user, `\`); (has && !strings.EqualFold(prefix, netbios) && !strings.EqualFold(prefix, j.domain)) ||
		(realm != "" && !strings.EqualFold(realm, j.domain)) {
		return c.netdomFails(errLogonFailure, "Logon failure: unknown user name or bad password.")
	}
	c.work(1)
	if err := c.account(d, dn, j); err != nil {
		if errors.Is(err, directory.ErrNoSuchObject) {
			return c.netdomFails(2, "The system cannot find the file specified.")
		}
		return c.netdomFails(errAccessDenied, "Access is denied.")
	}
	c.Machine.Promise(machine.Membership{Role: machine.Member, Domain: machine.Domain{Name: j.domain, NetBIOS: netbios}})
	c.Registry(machine.TcpipKey, "NV Domain", "SZ", j.domain)
	c.Out("The computer needs to be restarted in order to complete the operation.\n\nThe command completed successfully.\n\n")
	if j.reboot {
		c.Power("reboot")
	}
	return 0
}

// netbiosOf reads the domain's NetBIOS name from its cross-reference.
func (c *call) netbiosOf(d Directory, dn string) string {
	found, err := d.Search(directory.Query{
		Base: "CN=Partitions,CN=Configuration," + dn, Scope: directory.OneLevel,
		Filter: "(&(objectClass=crossRef)(nETBIOSName=*))", Wanted: []string{"nETBIOSName"},
	})
	if err != nil || len(found) == 0 {
		return ""
	}
	return found[0].Value("nETBIOSName")
}

// account makes the computer's account, or takes over one of that name.
func (c *call) account(d Directory, dn string, j joining) error {
	above := j.ou
	if above == "" {
		above = "CN=Computers," + dn
	}
	host := strings.ToLower(c.Machine.Computer) + "." + j.domain
	w, _ := directory.WindowsNamed(c.Machine.Windows)
	err := d.Add(directory.New("CN="+c.Machine.Computer+","+above, "objectClass", "computer",
		"sAMAccountName", c.Machine.Computer+"$", "userAccountControl", "4096", "dNSHostName", host, "networkAddress", c.Machine.IP(),
		"operatingSystem", w.Title, "operatingSystemVersion", w.Version, "servicePrincipalName", "HOST/"+host))
	if errors.Is(err, directory.ErrExists) {
		return nil
	}
	return err
}
