package directory

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/go-ldap/ldap/v3"
)

// Replica is a further domain controller of a domain that is there.
type Replica struct {
	Controller
	// Source is the address of the domain controller whose directory it copies,
	// User and Password an administrator who may read all of it.
	Source, User, Password string
}

// kept are the operational attributes that a copy keeps: they are how slapd
// knows an object again, and which of two changes is the later one.
func kept() []string {
	return strings.Fields("structuralObjectClass entryUUID creatorsName createTimestamp entryCSN modifiersName modifyTimestamp contextCSN")
}

// Copy makes the databases of a replica: each naming context as the source has it now.
func (s Slapd) Copy(ctx context.Context, r Replica) error {
	address := r.Source
	if !strings.Contains(address, ":") {
		address += ":389"
	}
	c, err := Dial(address, 5*time.Second)
	if err != nil {
		return err
	}
	defer c.Close()
	if err := c.Logon(r.User, r.Password); err != nil {
		return err
	}
	if err := s.prepare(r.Controller, 0); err != nil {
		return err
	}
	contexts := s.contexts(DomainDN(r.Domain))
	for _, at := range contexts {
		all, err := c.whole(at.suffix)
		if err != nil {
			return fmt.Errorf("replicate %s: %w", at.suffix, err)
		}
		if err := s.load(ctx, at.suffix, all); err != nil {
			return err
		}
	}
	return nil
}

// whole reads every object of a naming context with all that a copy needs, parents first.
func (c *Client) whole(suffix string) ([]Entry, error) {
	request := ldap.NewSearchRequest(suffix, ldap.ScopeWholeSubtree, ldap.NeverDerefAliases, 0, 0, false, "(objectClass=*)", append([]string{"*"}, kept()...), nil)
	answer, err := c.conn.Search(request)
	if err != nil {
		return nil, translate(err)
	}
	all := make([]Entry, 0, len(answer.Entries))
	for _, got := range answer.Entries {
		e := Entry{DN: got.DN}
		for _, a := range got.Attributes {
			e.Attributes = append(e.Attributes, Attribute{a.Name, a.Values})
		}
		all = append(all, e)
	}
	slices.SortStableFunc(all, func(a, b Entry) int { return len(SplitDN(a.DN)) - len(SplitDN(b.DN)) })
	return all, nil
}

// Partners sets with whom the directory replicates from its next start on: the
// other domain controllers. It reports whether that is a change.
func (s Slapd) Partners(me Controller, others []Controller) (bool, error) {
	text := s.configuration(me, others)
	old, err := os.ReadFile(s.config())
	if err != nil || string(old) == text {
		return false, err
	}
	return true, os.WriteFile(s.config(), []byte(text), 0o600)
}

// number is a domain controller's, of its address: every change is marked with
// the number of the server that took it, 1 to 4095.
func number(address string) int {
	n := 0
	for part := range strings.SplitSeq(address, ".") {
		octet := 0
		_, _ = fmt.Sscan(part, &octet) // an address that is none gives 1
		n = (n<<8 | octet) & 0xFFF
	}
	return max(n, 1)
}

// replication is what slapd.conf says of one naming context's partners: each
// domain controller takes changes and pulls those of every other one.
func replication(me Controller, suffix string, others []Controller) string {
	var b strings.Builder
	b.WriteString("overlay syncprov\nsyncprov-sessionlog 1000\n")
	for _, o := range others {
		fmt.Fprintf(&b, "syncrepl rid=%03d provider=\"ldap://%s\" bindmethod=simple binddn=%q credentials=%q searchbase=%q\n"+
			"  type=refreshAndPersist retry=\"1 +\" timeout=5 network-timeout=3 keepalive=30:3:10\n",
			number(o.Address)%1000, o.Address, me.AccountDN(), me.MachinePassword(), suffix)
	}
	if len(others) > 0 {
		b.WriteString("multiprovider on\n")
	}
	return b.String()
}

// prepare makes the folder with its configuration and empty databases, in place of what is there.
func (s Slapd) prepare(me Controller, level int) error {
	if err := os.RemoveAll(s.Folder); err != nil {
		return err
	}
	for _, c := range s.contexts(DomainDN(me.Domain)) {
		if err := os.MkdirAll(c.folder, 0o700); err != nil {
			return err
		}
	}
	files := map[string]string{
		"standin.schema": slapdSchema(), "slapd.conf": s.configuration(me, nil), "rootdse.ldif": rawLDIF([]Entry{me.Root(level)}),
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := os.WriteFile(filepath.Join(s.Folder, name), []byte(files[name]), 0o600); err != nil {
			return err
		}
	}
	return nil
}
