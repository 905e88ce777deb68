package directory

import (
	"fmt"
	"slices"
	"strings"

	"github.com/go-asn1-ber/asn1-ber"
	"github.com/go-ldap/ldap/v3"
)

// Memory is a directory without a server, for tests of what uses one.
type Memory struct {
	Forest  Forest
	Entries []Entry
	User    string // who is logged on
}

// NewMemory holds the seed of a forest.
func NewMemory(f Forest) *Memory { return &Memory{Forest: f, Entries: f.Seed()} }

// Root is the rootDSE.
func (m *Memory) Root() Entry { return m.Forest.rootDSE() }

// Logon accepts the accounts of the directory.
func (m *Memory) Logon(user, password string) error {
	dn := "CN=" + user + ",CN=Users," + m.Forest.DN()
	i := m.at(dn)
	if i < 0 || password == "" || m.Entries[i].Value("userPassword") != Hashed(m.Entries[i].DN, password) {
		return ErrPassword
	}
	m.User = dn
	return nil
}

// Close does nothing.
func (m *Memory) Close() error { return nil }

func (m *Memory) at(dn string) int {
	return slices.IndexFunc(m.Entries, func(e Entry) bool { return Same(e.DN, dn) })
}

// Search answers a query.
func (m *Memory) Search(q Query) ([]Entry, error) {
	filter := q.Filter
	if filter == "" {
		filter = "(objectClass=*)"
	}
	packet, err := ldap.CompileFilter(resolved(filter, m.Root().Value("configurationNamingContext")))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFilter, err)
	}
	if m.at(q.Base) < 0 {
		return nil, ErrNoSuchObject
	}
	var all []Entry
	for _, e := range m.Entries {
		in := map[Scope]bool{Base: Same(e.DN, q.Base), OneLevel: Same(Parent(e.DN), q.Base), Subtree: m.inContext(e.DN, q.Base)}
		if !in[q.Scope] || !matches(packet, e) {
			continue
		}
		kept := Entry{DN: e.DN}
		for _, a := range e.Attributes {
			if asked(a.Name, q.Wanted) && !strings.EqualFold(a.Name, "userPassword") {
				kept.Attributes = append(kept.Attributes, a)
			}
		}
		all = append(all, kept)
	}
	return all, nil
}

// inContext is Under, ending at the border of a naming context.
func (m *Memory) inContext(dn, base string) bool {
	contexts := Slapd{}.contexts(m.Forest.DN())
	return Under(dn, base) && home(contexts, dn) == home(contexts, base)
}

// Add creates an object.
func (m *Memory) Add(e Entry) error {
	if m.at(e.DN) >= 0 {
		return ErrExists
	}
	if m.at(Parent(e.DN)) < 0 {
		return ErrNoSuchObject
	}
	m.Entries = append(m.Entries, Complete(e))
	return nil
}

// Modify changes attributes of an object.
func (m *Memory) Modify(dn string, changes []Change) error {
	i := m.at(dn)
	if i < 0 {
		return ErrNoSuchObject
	}
	e := &m.Entries[i]
	for _, c := range changes {
		old := slices.Clone(e.Values(c.Name))
		var now []string
		switch c.Op {
		case Add:
			now = append(old, c.Values...)
		case Replace:
			now = c.Values
		case Delete:
			if len(old) == 0 {
				return ErrNoAttribute
			}
			now = slices.DeleteFunc(old, func(v string) bool { return len(c.Values) == 0 || slices.Contains(c.Values, v) })
		}
		e.Attributes = slices.DeleteFunc(slices.Clone(e.Attributes), func(a Attribute) bool { return strings.EqualFold(a.Name, c.Name) })
		if len(now) > 0 {
			e.put(c.Name, now...)
		}
	}
	return nil
}

// Delete removes an object without children.
func (m *Memory) Delete(dn string) error {
	i := m.at(dn)
	if i < 0 {
		return ErrNoSuchObject
	}
	if slices.ContainsFunc(m.Entries, func(e Entry) bool { return Same(Parent(e.DN), dn) }) {
		return ErrNotEmpty
	}
	m.Entries = slices.Delete(m.Entries, i, i+1)
	return nil
}

// Rename gives an object and all below it a new name.
func (m *Memory) Rename(dn, rdn, above string) error {
	if m.at(dn) < 0 {
		return ErrNoSuchObject
	}
	if above == "" {
		above = Parent(dn)
	}
	to, from := Tidy(rdn+","+above), Tidy(dn)
	if m.at(to) >= 0 {
		return ErrExists
	}
	for i, e := range m.Entries {
		if Under(e.DN, from) {
			e.DN = e.DN[:len(e.DN)-len(from)] + to
			m.Entries[i] = Complete(e)
		}
	}
	return nil
}

// matches evaluates a filter as go-ldap compiled it.
func matches(p *ber.Packet, e Entry) bool {
	child := func(i int) string { return ber.DecodeString(p.Children[i].Data.Bytes()) }
	switch p.Tag {
	case ldap.FilterAnd:
		return !slices.ContainsFunc(p.Children, func(c *ber.Packet) bool { return !matches(c, e) })
	case ldap.FilterOr:
		return slices.ContainsFunc(p.Children, func(c *ber.Packet) bool { return matches(c, e) })
	case ldap.FilterNot:
		return !matches(p.Children[0], e)
	case ldap.FilterPresent:
		return len(e.Values(ber.DecodeString(p.Data.Bytes()))) > 0
	case ldap.FilterEqualityMatch:
		return slices.ContainsFunc(e.Values(child(0)), func(v string) bool { return strings.EqualFold(v, child(1)) })
	case ldap.FilterSubstrings:
		return slices.ContainsFunc(e.Values(child(0)), func(v string) bool { return substrings(p.Children[1], v) })
	}
	return false
}

func substrings(parts *ber.Packet, value string) bool {
	value = strings.ToLower(value)
	for _, p := range parts.Children {
		want := strings.ToLower(ber.DecodeString(p.Data.Bytes()))
		at := strings.Index(value, want)
		if at < 0 || (p.Tag == ldap.FilterSubstringsInitial && at != 0) || (p.Tag == ldap.FilterSubstringsFinal && !strings.HasSuffix(value, want)) {
			return false
		}
		value = value[at+len(want):]
	}
	return true
}
