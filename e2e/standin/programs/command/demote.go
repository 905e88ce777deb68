package command

import (
	"strings"

	"github.com/doublehop/doublehop/e2e/standin/programs/directory"
	"github.com/doublehop/doublehop/e2e/standin/programs/machine"
)

// leaving is what a demotion is told.
type leaving struct {
	last                bool
	administrator       string // password of the local Administrator that comes back
	user, realm, secret string // the account that may do it; "" for the logged-on one
}

// What dcpromo says to a demotion that cannot be.
const (
	notLast = "You did not indicate that this Active Directory domain controller is the last domain controller for the domain %s. " +
		"However, no other Active Directory domain controller for that domain can be contacted."
	otherLeft = "You indicated that this Active Directory domain controller is the last domain controller for the domain %s. " +
		"However, other Active Directory domain controllers for that domain exist."
)

// demote takes Active Directory off the machine; the text says why not.
func (c *call) demote(l leaving) string {
	m := c.Machine
	switch {
	case m.Role != machine.DC:
		return "This computer is not a domain controller."
	case m.Pending != nil:
		return "A restart is pending: a domain operation has completed and the computer must be restarted first."
	case m.Exchange != "":
		return "The role of a computer with Exchange must not be changed."
	case l.administrator == "":
		return "The wizard waits: a password for the local Administrator account is missing."
	}
	if l.user == "" {
		l.user, l.realm, l.secret = c.Session.User, c.Session.Domain, c.Session.Password
	}
	d, err := c.openAs("", l.user, l.secret)
	if err != nil || !strings.EqualFold(l.realm, m.Domain.Name) && !strings.EqualFold(l.realm, m.Domain.NetBIOS) {
		return "Logon failure: unknown user name or bad password."
	}
	defer d.Close()
	if missing := c.lacksOf(d, l.user, "Domain Admins"); len(missing) > 0 {
		return "Access is denied: " + l.user + " is not a member of Domain Admins."
	}
	all, err := directory.Controllers(d)
	if err != nil {
		return err.Error()
	}
	switch {
	case len(all) > 1 && l.last:
		return strings.ReplaceAll(otherLeft, "%s", m.Domain.Name)
	case len(all) > 1:
		return c.leave(d, all, l)
	case !l.last:
		return strings.ReplaceAll(notLast, "%s", m.Domain.Name)
	}
	return c.leaves(machine.Membership{Administrator: l.administrator})
}

// leave hands what the machine has over to the first partner that answers, and takes its name off the directory there.
func (c *call) leave(d Directory, all []directory.Controller, l leaving) string {
	me := directory.ControllerOf(d.Root().Value("dsServiceName"))
	for _, partner := range all {
		if strings.EqualFold(partner.Computer, me.Computer) {
			continue
		}
		there, err := c.Connect(partner.Address)
		if err != nil || there.Logon(l.user, l.secret) != nil {
			continue
		}
		defer there.Close()
		if err := c.handOver(there, me, partner); err != nil {
			return "The operation failed because: " + err.Error()
		}
		m := c.Machine
		m.Neighbours = map[string]string{strings.ToLower(m.Domain.NetBIOS): partner.Address, strings.ToLower(partner.Computer): partner.Address}
		return c.leaves(machine.Membership{
			Role: machine.Member, Domain: machine.Domain{Name: m.Domain.Name, NetBIOS: m.Domain.NetBIOS}, Administrator: l.administrator,
		})
	}
	return strings.ReplaceAll(notLast, "%s", c.Machine.Domain.Name)
}

// handOver moves roles and the account, and ends the replication.
func (c *call) handOver(there Directory, me, partner directory.Controller) error {
	for _, r := range directory.Roles(there) {
		if owner, ok := r.Owner(there); ok && strings.EqualFold(owner.Computer, me.Computer) {
			c.promoLine("[INFO] Transferring the operations master role " + r.Name + " to " + partner.Host())
			if err := replace(there, r.Base, "fSMORoleOwner", partner.SettingsDN()); err != nil {
				return err
			}
		}
	}
	c.promoLine("[INFO] Removing Active Directory objects that refer to the local Active Directory Domain Controller from the remote Active Directory Domain Controller " + partner.Host())
	if err := there.Delete(me.SettingsDN()); err != nil {
		return err
	}
	for name, value := range map[string]string{"userAccountControl": "4096", "primaryGroupID": "515"} {
		if err := replace(there, me.AccountDN(), name, value); err != nil {
			return err
		}
	}
	return there.Rename(me.AccountDN(), "CN="+me.Computer, "CN=Computers,"+directory.DomainDN(me.Domain))
}

// leaves promises what the machine is from the next boot on.
func (c *call) leaves(to machine.Membership) string {
	c.Machine.Promise(to)
	if err := c.Machine.Save(); err != nil {
		return machine.Windows(err)
	}
	c.work(1)
	c.promoDone()
	return ""
}
