// Package command is what the stand-in programs do: dcpromo, netdom, netsh, ldifde, PowerShell,
// Exchange 2003's setup, net, sc, shutdown, mode, expand, sysocmgr, sync and attack.
//
// Floor 6. Each command is strict: a switch or an answer file that Windows would
// not take fails, a missing prerequisite fails with Windows' words, and what
// succeeds leaves the facts that later commands and proofs read. Texts and exit
// codes are those of Windows 2003 where they are documented; README.md says
// where they are not.
package command

import (
	"context"
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/doublehop/doublehop/e2e/standin/programs/attack"
	"github.com/doublehop/doublehop/e2e/standin/programs/directory"
	"github.com/doublehop/doublehop/e2e/standin/programs/machine"
	"github.com/doublehop/doublehop/e2e/standin/programs/mail"
	"github.com/doublehop/doublehop/e2e/standin/programs/spool"
)

// Directory is a connection to a domain controller.
type Directory interface {
	Root() directory.Entry
	Logon(user, password string) error
	Search(q directory.Query) ([]directory.Entry, error)
	Add(e directory.Entry) error
	Modify(dn string, changes []directory.Change) error
	Delete(dn string) error
	Rename(dn, rdn, above string) error
	Close() error
}

// Locator finds machines by DNS.
type Locator interface {
	Host(ctx context.Context, host string) (netip.Addr, error)
	Controller(ctx context.Context, domain string) (string, netip.Addr, error)
}

// World is what lies outside the machine's own state.
type World struct {
	Locator Locator
	// Ask makes the machine ask other DNS servers; nil changes nothing outside.
	Ask func(servers []string) Locator
	// Connect opens the directory at an IP address.
	Connect func(address string) (Directory, error)
	// Promote makes the databases of a new forest.
	Promote func(ctx context.Context, f directory.Forest) error
	// Mail is this machine's mail store, and Peer gives an order to another's.
	Mail *mail.Store
	Peer func(ctx context.Context, address string, o mail.Order) (mail.Content, error)
	// Replicate makes the databases of a further domain controller of a domain.
	Replicate func(ctx context.Context, r directory.Replica) error
	// Power asks for "reboot" or "poweroff".
	Power func(kind string)
	// Flush writes what the machine holds in memory to its disks.
	Flush func()
	// Now is the time that logs carry.
	Now func() time.Time
	// Second is how long one second of a command's plausible work takes.
	Second time.Duration
}

// Guest is a machine with somebody logged on.
type Guest struct {
	World
	Session machine.Session

	mu       sync.Mutex // guards what follows
	Machine  *machine.Machine
	shutdown context.CancelFunc // of a shutdown that counts down
}

// call is one run of a program.
type call struct {
	*Guest
	*spool.Answer
	ctx     context.Context //nolint:containedctx // one call, one context
	request spool.Request
	args    []string
}

// Handle runs one program.
func (g *Guest) Handle(ctx context.Context, r spool.Request, a *spool.Answer) int {
	c := &call{g, a, ctx, r, r.Args()}
	switch r.Program() {
	case "attack":
		return attack.Run(ctx, g.Machine.NIC, c.args, a.Out)
	case "mode":
		return c.mode()
	case "sync":
		return c.sync()
	case "shutdown":
		return c.powerDown()
	case "winmgmt":
		if code, done := c.wmiPower(); done {
			return code
		}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	code := c.locked()
	if err := g.Machine.Save(); err != nil {
		a.Err("stand-in program: cannot keep the machine's state: " + err.Error() + "\n")
		return 1
	}
	return code
}

func (c *call) locked() int {
	switch c.request.Program() {
	case "net", "net1":
		return c.net()
	case "sc":
		return c.sc()
	case "expand":
		return c.expand()
	case "sysocmgr":
		return c.sysocmgr()
	case "adprep", "adprep32":
		return c.adprep()
	case "dcpromo":
		return c.dcpromo()
	case "servermanagercmd":
		return c.serverManager()
	case "ntdsutil":
		return c.ntdsutil()
	case "netdom":
		return c.netdom()
	case "winmgmt":
		return c.wmi()
	case "winnt32":
		return c.winnt32()
	case "ldifde":
		return c.ldifde()
	case "netsh":
		return c.netsh()
	case "setup", "setupcor", "updatcor":
		return c.setup()
	case "wmic":
		return c.wmic()
	case "msiexec":
		return c.msiexec()
	case "powershell":
		return c.powershell()
	}
	c.Err("stand-in program: " + c.request.Program() + " is not imitated\n")
	return 1
}

// work lets plausible seconds pass.
func (c *call) work(seconds float64) {
	select {
	case <-c.ctx.Done():
	case <-time.After(time.Duration(seconds * float64(c.Second))):
	}
}

// locate finds the address of a server; "" is a domain controller of the machine's domain.
func (c *call) locate(server string) (string, error) {
	m := c.Machine
	server = strings.ToLower(server)
	switch {
	case server == "" && m.Role == machine.Workgroup:
		return "", directory.ErrUnreachable
	case server == "" && m.Role == machine.DC:
		return "127.0.0.1", nil
	case server == "localhost" || strings.EqualFold(server, m.Computer) || server == m.FQDN():
		return "127.0.0.1", nil
	case server == "":
		return c.controller()
	}
	if address, err := netip.ParseAddr(server); err == nil {
		return address.String(), nil
	}
	if address, ok := m.Neighbours[server]; ok {
		return address, nil
	}
	if !strings.Contains(server, ".") && m.Role != machine.Workgroup {
		server += "." + m.Domain.Name
	}
	address, err := c.Locator.Host(c.ctx, server)
	return address.String(), err
}

// controller is the address of a domain controller: by DNS, or by the name of
// the domain that the machine's NetBIOS knows.
func (c *call) controller() (string, error) {
	_, address, err := c.Locator.Controller(c.ctx, c.Machine.Domain.Name)
	if err == nil {
		return address.String(), nil
	}
	if known, ok := c.Machine.Neighbours[strings.ToLower(c.Machine.Domain.NetBIOS)]; ok {
		return known, nil
	}
	return "", err
}

// open connects to a server as the logged-on user. A local account of a member
// is tried by its name and password, as NTLM does.
func (c *call) open(server string) (Directory, error) {
	return c.openAs(server, c.Session.User, c.Session.Password)
}

func (c *call) openAs(server, user, password string) (Directory, error) {
	address, err := c.locate(server)
	if err != nil {
		return nil, directory.ErrUnreachable
	}
	d, err := c.Connect(address)
	if err != nil {
		return nil, err
	}
	if err := d.Logon(user, password); err != nil {
		_ = d.Close()
		return nil, err
	}
	return d, nil
}

// one finds a single object with some attributes.
func one(d Directory, dn string, wanted ...string) (directory.Entry, bool) {
	found, err := d.Search(directory.Query{Base: dn, Wanted: wanted})
	if err != nil || len(found) != 1 {
		return directory.Entry{}, false
	}
	return found[0], true
}

// option splits a switch such as /domain:contoso.test or -f into its name, in lower case, and value.
func option(arg string) (name, value string, is bool) {
	if len(arg) < 2 || (arg[0] != '/' && arg[0] != '-') {
		return "", "", false
	}
	name, value, _ = strings.Cut(arg[1:], ":")
	return strings.ToLower(name), strings.Trim(value, `"`), true
}
