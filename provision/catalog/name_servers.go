package catalog

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/estate"
	"github.com/doublehop/doublehop/provision/guest"
)

// nameServers lets a machine ask other DNS servers.
type nameServers struct{}

const nameServersLimit = 15 * time.Minute

func (nameServers) Schema() labs.Schema {
	return labs.Schema{
		Kind: "name_servers",
		Doc: "Lets the machine ask other DNS servers for names than those of its nic block, with netsh: before the domain controller that it asks is demoted, " +
			"for instance. The card on the servers' network is changed.",
		Many: true,
		Args: []labs.Arg{
			{Name: "servers", Type: labs.StringsType, Required: true, Doc: "Their addresses, the first to ask first, such as [machine.dc02.address].", Valid: serversProblem},
			{Name: "connection", Type: labs.StringType, Doc: "What Windows calls the card's connection. Without it, the name that an English Windows gave it: Local Area Connection up to 2008 R2, Ethernet from 2012 on, with a number from the second card on.", Valid: textual(carried)},
			limitArg(nameServersLimit),
		},
	}
}

// serversProblem says what is wrong with a list of DNS servers.
func serversProblem(v labs.Value) string {
	if list, ok := v.([]string); ok && len(list) == 0 {
		return "Name at least one DNS server by its address: a machine of a domain finds it through one of the domain's controllers."
	}
	return listed(serverProblem)(v)
}

func serverProblem(s string) string {
	if a, err := netip.ParseAddr(s); err != nil || !a.Is4() {
		return fmt.Sprintf("%q is no IPv4 address.", s)
	}
	return ""
}

// addresses are the servers of the step; what is none was reported.
func (nameServers) addresses(c Call) []netip.Addr {
	var list []netip.Addr
	for _, s := range c.Step.Texts("servers") {
		if a, err := netip.ParseAddr(s); err == nil {
			list = append(list, a)
		}
	}
	return list
}

func (nameServers) Needs(c Call) []estate.Fact { return inDomain(c) }

func (nameServers) Makes(c Call) []estate.Fact { return []estate.Fact{itself(c)} }

func (s nameServers) Effects(c Call, e *estate.Estate) []estate.Problem {
	return e.Do(estate.NameServers{Machine: c.Machine.Name, Servers: s.addresses(c)})
}

func (nameServers) Typical() time.Duration { return time.Minute }

func (s nameServers) Work(c Call) (Work, labs.Diagnostics) {
	p, servers := &pen{call: c}, s.addresses(c)
	if len(servers) == 0 {
		return Work{}, nil // the schema says so
	}
	connection := c.Step.Text("connection")
	if connection == "" {
		connection = connectionName(c, servers[0])
	}
	var words []word
	for _, a := range servers {
		words = append(words, word(a.String()))
	}
	values := map[string]any{"connection": p.word("connection", connection), "servers": words, "validates": validates(osOf(c))}
	return p.done(Work{
		Job: &guest.Job{Files: []guest.File{
			p.script(guest.Script, "name_servers.job.cmd", values), p.script(guest.ProofScript, "name_servers.proof.cmd", values),
		}},
		Proofs: []Proof{asksFor("dns.servers", "DNS", servers)}, Silence: silence, Limit: limit(c.Step, nameServersLimit), Explain: explain("dns: "),
	})
}

// connectionName is what an English Windows calls the card on a network.
func connectionName(c Call, server netip.Addr) string {
	name := "Local Area Connection"
	if withCmdlets(osOf(c)) {
		name = "Ethernet"
	}
	for i, nic := range c.Machine.NICs {
		n, ok := c.Lab.Network(nic.Network)
		if ok && i > 0 && n.Subnet.Contains(server) {
			return fmt.Sprintf("%s %d", name, i+1)
		}
	}
	return name
}

// validates says that netsh asks a DNS server before it takes it, and fails
// where the server does not answer: from Windows 2008 R2 on.
func validates(os labs.OS) bool { return later(os) && os != labs.Windows2008 }

var dotted = regexp.MustCompile(`\b\d{1,3}(?:\.\d{1,3}){3}\b`)

// asksFor is what netsh shows of the DNS servers: those that are wanted, in
// their order, and none between them.
func asksFor(name, file string, servers []netip.Addr) Proof {
	var want []string
	for _, a := range servers {
		want = append(want, a.String())
	}
	expect := strings.Join(want, ", ")
	return Proof{Name: name, File: file, Expect: expect, Read: func(lines []string) (string, error) {
		got := dotted.FindAllString(strings.Join(lines, "\n"), -1)
		for i := range got {
			if len(got)-i >= len(want) && slices.Equal(got[i:i+len(want)], want) {
				return expect, nil
			}
		}
		return "", fmt.Errorf("expected %s, and netsh shows %s", expect, listOr(got, "no address"))
	}}
}
