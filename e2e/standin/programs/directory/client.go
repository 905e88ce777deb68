package directory

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/go-ldap/ldap/v3"
)

// Client is a connection to a domain controller.
type Client struct {
	conn *ldap.Conn
	root Entry
}

// Dial connects to host:port and reads the server's rootDSE.
func Dial(address string, limit time.Duration) (*Client, error) {
	conn, err := ldap.DialURL("ldap://"+address, ldap.DialWithDialer(&net.Dialer{Timeout: limit}))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnreachable, err)
	}
	conn.SetTimeout(30 * time.Second)
	c := &Client{conn: conn}
	wanted := strings.Fields("defaultNamingContext rootDomainNamingContext configurationNamingContext schemaNamingContext dnsHostName dsServiceName serverName " +
		"domainFunctionality isSynchronized")
	found, err := c.Search(Query{Base: "", Scope: Base, Wanted: wanted})
	if err != nil || len(found) != 1 {
		return nil, errors.Join(fmt.Errorf("%w: no rootDSE", ErrUnreachable), err, conn.Close())
	}
	c.root = found[0]
	return c, nil
}

// Root is the rootDSE.
func (c *Client) Root() Entry { return c.root }

// Logon binds as a user of the domain with its password.
func (c *Client) Logon(user, password string) error {
	if password == "" { // an empty password would be an anonymous bind
		return ErrPassword
	}
	dn := "CN=" + Escape(user) + ",CN=Users," + c.root.Value("defaultNamingContext")
	return translate(c.conn.Bind(dn, password))
}

// LogonMachine binds as a domain controller's account.
func (c *Client) LogonMachine(me Controller) error {
	return translate(c.conn.Bind(me.AccountDN(), me.MachinePassword()))
}

// Close ends the connection.
func (c *Client) Close() error { return c.conn.Close() }

// Search answers a query, with names tidied and only the attributes asked for.
func (c *Client) Search(q Query) ([]Entry, error) {
	filter := q.Filter
	if filter == "" {
		filter = "(objectClass=*)"
	}
	filter = resolved(filter, c.root.Value("configurationNamingContext"))
	if _, err := ldap.CompileFilter(filter); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFilter, err)
	}
	scopes := []int{ldap.ScopeBaseObject, ldap.ScopeSingleLevel, ldap.ScopeWholeSubtree}
	request := ldap.NewSearchRequest(q.Base, scopes[q.Scope], ldap.NeverDerefAliases, 0, 0, false, filter, q.Wanted, nil)
	answer, err := c.conn.Search(request)
	if err != nil {
		return nil, translate(err)
	}
	var all []Entry
	for _, got := range answer.Entries {
		all = append(all, entry(got, q.Wanted))
	}
	return all, nil
}

func entry(got *ldap.Entry, wanted []string) Entry {
	e := Entry{DN: Tidy(got.DN)}
	if got.DN == "" {
		e.DN = ""
	}
	for _, a := range got.Attributes {
		if !asked(a.Name, wanted) || strings.EqualFold(a.Name, "userPassword") {
			continue
		}
		values := a.Values
		if isName(a.Name) {
			values = nil
			for _, v := range a.Values {
				values = append(values, Tidy(v))
			}
		}
		e.Attributes = append(e.Attributes, Attribute{a.Name, values})
	}
	return e
}

// asked reports whether an attribute was wanted by its own name: slapd also gives those derived from a wanted one.
func asked(name string, wanted []string) bool {
	for _, w := range wanted {
		if strings.EqualFold(w, name) || w == "*" {
			return true
		}
	}
	return len(wanted) == 0
}

// Add creates an object, completed as Active Directory would.
func (c *Client) Add(e Entry) error {
	e = Complete(e)
	if len(e.Values("objectClass")) < 2 {
		return fmt.Errorf("%w: no object class", ErrConstraint)
	}
	request := ldap.NewAddRequest(e.DN, nil)
	for _, a := range e.Attributes {
		request.Attribute(a.Name, a.Values)
	}
	return translate(c.conn.Add(request))
}

// Modify changes attributes of an object.
func (c *Client) Modify(dn string, changes []Change) error {
	request := ldap.NewModifyRequest(dn, nil)
	for _, ch := range changes {
		switch ch.Op {
		case Add:
			request.Add(ch.Name, ch.Values)
		case Delete:
			request.Delete(ch.Name, ch.Values)
		default:
			request.Replace(ch.Name, ch.Values)
		}
	}
	return translate(c.conn.Modify(request))
}

// Delete removes an object without children.
func (c *Client) Delete(dn string) error {
	return translate(c.conn.Del(ldap.NewDelRequest(dn, nil)))
}

// Rename gives an object, and all below it, a new last name, below another parent when above is not "".
func (c *Client) Rename(dn, rdn, above string) error {
	if err := c.conn.ModifyDN(ldap.NewModifyDNRequest(dn, rdn, true, above)); err != nil {
		return translate(err)
	}
	if above == "" {
		above = Parent(dn)
	}
	return c.renamed(dn, rdn+","+above)
}

// renamed writes the new names into the objects: Active Directory's distinguishedName and name follow by themselves.
func (c *Client) renamed(from, to string) error {
	moved, err := c.Search(Query{Base: to, Scope: Subtree, Wanted: []string{"distinguishedName"}})
	if err != nil {
		return err
	}
	for _, e := range moved {
		changes := []Change{{Replace, Attribute{"distinguishedName", []string{e.DN}}}}
		if Same(e.DN, to) {
			_, value, _ := strings.Cut(SplitDN(to)[0], "=")
			changes = append(changes, Change{Replace, Attribute{"name", []string{value}}})
		}
		if err := c.Modify(e.DN, changes); err != nil {
			return fmt.Errorf("rename %s: %w", from, err)
		}
	}
	return nil
}

// translate gives an LDAP result the kind that callers tell apart.
func translate(err error) error {
	answer, ok := errors.AsType[*ldap.Error](err)
	if !ok {
		return err
	}
	kinds := map[uint16]error{
		ldap.LDAPResultNoSuchObject: ErrNoSuchObject, ldap.LDAPResultEntryAlreadyExists: ErrExists,
		ldap.LDAPResultInvalidCredentials: ErrPassword, ldap.ErrorNetwork: ErrUnreachable,
		ldap.LDAPResultInsufficientAccessRights: ErrDenied, ldap.LDAPResultStrongAuthRequired: ErrDenied,
		ldap.LDAPResultNotAllowedOnNonLeaf: ErrNotEmpty, ldap.LDAPResultNoSuchAttribute: ErrNoAttribute,
		ldap.LDAPResultAttributeOrValueExists: ErrConstraint, ldap.LDAPResultConstraintViolation: ErrConstraint,
		ldap.LDAPResultUndefinedAttributeType: ErrConstraint, ldap.LDAPResultObjectClassViolation: ErrConstraint,
		ldap.LDAPResultInvalidAttributeSyntax: ErrConstraint, ldap.LDAPResultInvalidDNSyntax: ErrConstraint,
		ldap.LDAPResultInappropriateAuthentication: ErrPassword,
	}
	if kind, ok := kinds[answer.ResultCode]; ok {
		return fmt.Errorf("%w: %w", kind, answer.Err)
	}
	return err
}
