// Package directory is the Active Directory of the stand-in domain controller:
// the entries a new forest holds, the LDAP server that keeps them, and a client.
//
// Floor 5. The server is OpenLDAP's slapd with three naming contexts as in
// Active Directory (domain, configuration, schema). It holds the numbers that
// Windows 2003 and Exchange 2003 leave, replicates between servers, knows no
// Kerberos, and enforces its own schema, not the one stored in it.
package directory

import (
	"errors"
	"regexp"
	"slices"
	"strings"

	"github.com/go-ldap/ldap/v3"
)

// Kinds of failure that callers tell apart.
var (
	ErrNoSuchObject = errors.New("no such object")
	ErrExists       = errors.New("already exists")
	ErrPassword     = errors.New("invalid credentials")
	ErrUnreachable  = errors.New("server down")
	ErrDenied       = errors.New("insufficient rights")
	ErrFilter       = errors.New("filter error")
	ErrConstraint   = errors.New("constraint violation")
	ErrNoAttribute  = errors.New("no such attribute")
	ErrNotEmpty     = errors.New("not allowed on non-leaf")
)

// Attribute is one attribute with its values.
type Attribute struct {
	Name   string
	Values []string
}

// Entry is one object.
type Entry struct {
	DN         string
	Attributes []Attribute
}

// Values are those of one attribute, without regard to the case of its name.
func (e Entry) Values(name string) []string {
	for _, a := range e.Attributes {
		if strings.EqualFold(a.Name, name) {
			return a.Values
		}
	}
	return nil
}

// Value is the first value of an attribute, or "".
func (e Entry) Value(name string) string {
	if v := e.Values(name); len(v) > 0 {
		return v[0]
	}
	return ""
}

// New makes an entry from alternating attribute names and values; a repeated name gathers values.
func New(dn string, pairs ...string) Entry {
	e := Entry{DN: dn}
	for i := 0; i+1 < len(pairs); i += 2 {
		e.put(pairs[i], pairs[i+1])
	}
	return e
}

func (e *Entry) put(name string, values ...string) {
	for i, a := range e.Attributes {
		if strings.EqualFold(a.Name, name) {
			e.Attributes[i].Values = append(a.Values, values...)
			return
		}
	}
	e.Attributes = append(e.Attributes, Attribute{name, values})
}

// Operation says what a change does to an attribute.
type Operation string

// The operations.
const (
	Add     Operation = "add"
	Delete  Operation = "delete"
	Replace Operation = "replace"
)

// Change is one step of a modification.
type Change struct {
	Op Operation
	Attribute
}

// FilterValue makes a text fit for a filter (RFC 4515).
func FilterValue(value string) string { return ldap.EscapeFilter(value) }

var categoryFilter = regexp.MustCompile(`(?i)\(objectCategory=([a-z-]+)\)`)

// resolved is a filter with the short names of categories made distinguished
// names, as Active Directory takes objectCategory=person.
func resolved(filter, configuration string) string {
	return categoryFilter.ReplaceAllStringFunc(filter, func(part string) string {
		name := categoryFilter.FindStringSubmatch(part)[1]
		return "(objectCategory=CN=" + category(name) + ",CN=Schema," + configuration + ")"
	})
}

// Scope is how far below its base a query looks.
type Scope int

// The scopes.
const (
	Base Scope = iota
	OneLevel
	Subtree
)

// Query asks for entries.
type Query struct {
	Base   string
	Scope  Scope
	Filter string   // "" for (objectClass=*)
	Wanted []string // attributes; empty for all
}

// ParseScope reads ldifde's words.
func ParseScope(word string) (Scope, bool) {
	i := slices.Index([]string{"base", "onelevel", "subtree"}, strings.ToLower(word))
	return Scope(i), i >= 0
}

// DomainDN is the distinguished name of a DNS domain.
func DomainDN(domain string) string {
	return "DC=" + strings.Join(strings.Split(strings.ToLower(domain), "."), ",DC=")
}

// DNSName is the DNS name of a domain's distinguished name.
func DNSName(dn string) string {
	var labels []string
	for _, rdn := range SplitDN(dn) {
		if name, value, _ := strings.Cut(rdn, "="); strings.EqualFold(name, "DC") {
			labels = append(labels, strings.ToLower(value))
		}
	}
	return strings.Join(labels, ".")
}

// SplitDN parts a distinguished name at its commas, escaped ones left alone.
func SplitDN(dn string) []string {
	var all []string
	var rdn strings.Builder
	for i := 0; i < len(dn); i++ {
		switch {
		case dn[i] == '\\' && i+1 < len(dn):
			rdn.WriteString(dn[i : i+2])
			i++
		case dn[i] == ',':
			all = append(all, strings.TrimSpace(rdn.String()))
			rdn.Reset()
		default:
			rdn.WriteByte(dn[i])
		}
	}
	return append(all, strings.TrimSpace(rdn.String()))
}

// Parent is the distinguished name above dn, or "".
func Parent(dn string) string {
	return strings.Join(SplitDN(dn)[1:], ",")
}

// Tidy writes a distinguished name as Active Directory does: no blanks around commas, types in capitals.
func Tidy(dn string) string {
	parts := SplitDN(dn)
	for i, rdn := range parts {
		if name, value, ok := strings.Cut(rdn, "="); ok {
			parts[i] = strings.ToUpper(strings.TrimSpace(name)) + "=" + strings.TrimSpace(value)
		}
	}
	return strings.Join(parts, ",")
}

// Same reports whether two distinguished names are of one object.
func Same(a, b string) bool { return strings.EqualFold(Tidy(a), Tidy(b)) }

// Under reports whether dn is base or below it.
func Under(dn, base string) bool {
	dn, base = strings.ToLower(Tidy(dn)), strings.ToLower(Tidy(base))
	return dn == base || strings.HasSuffix(dn, ","+base)
}

// Escape makes a text safe as the value of a name's part.
func Escape(value string) string {
	var b strings.Builder
	for i := range len(value) {
		if strings.IndexByte(`,+"\<>;=`, value[i]) >= 0 || (value[i] == '#' && i == 0) {
			b.WriteByte('\\')
		}
		b.WriteByte(value[i])
	}
	return b.String()
}

// Complete adds what Active Directory adds to a new object: its class chain,
// distinguishedName, name, the attribute of its RDN, and its category.
func Complete(e Entry) Entry {
	dn := Tidy(e.DN)
	done := Entry{DN: dn}
	kind, value, _ := strings.Cut(SplitDN(dn)[0], "=")
	value = strings.NewReplacer(`\\`, `\`, `\`, "").Replace(value)
	classes := chain(e.Values("objectClass"))
	done.put("objectClass", classes...)
	rdn := map[string]string{"CN": "cn", "OU": "ou", "DC": "dc"}[kind]
	done.put(rdn, value)
	for _, a := range e.Attributes {
		switch strings.ToLower(a.Name) {
		case "objectclass", rdn, "distinguishedname", "name", "objectcategory", "instancetype":
		default:
			done.put(a.Name, a.Values...)
		}
	}
	done.put("distinguishedName", dn)
	done.put("instanceType", "4")
	done.put("name", value)
	if root, ok := forest(dn); ok && len(classes) > 0 {
		done.put("objectCategory", "CN="+category(classes[len(classes)-1])+",CN=Schema,CN=Configuration,"+root)
	}
	return done
}

// forest is the domain part of a name: this stand-in's forests have one domain.
func forest(dn string) (string, bool) {
	parts := SplitDN(dn)
	at := slices.IndexFunc(parts, func(rdn string) bool { return strings.HasPrefix(rdn, "DC=") })
	if at < 0 {
		return "", false
	}
	return strings.Join(parts[at:], ","), true
}
