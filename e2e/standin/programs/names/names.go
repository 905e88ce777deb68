// Package names is the DNS of the stand-in domain: a domain controller's zone,
// and the locator that finds a domain controller through it.
//
// Floor 5. It answers for one zone over UDP and TCP, forwards nothing, and
// takes no dynamic updates: what it knows of other machines is in the directory.
package names

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"maps"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/dns/dnsmessage"
)

// ttl is that of Windows' own records, in seconds.
const ttl = 600

// Zone is what a domain controller publishes.
type Zone struct {
	Domain  string // DNS name of the domain
	Host    string // full name of the domain controller
	Address netip.Addr
	// Records are what the directory knows besides; nil for nothing. It is asked for each query.
	Records func() Records
}

// Records are addresses by full names in lower case.
type Records struct {
	Controllers map[string]netip.Addr // further domain controllers of the domain
	Hosts       map[string]netip.Addr // every computer that registered itself
}

// controllers are the domain controllers' names in their order, this one first, with all addresses that the zone has.
func (z Zone) controllers() (list []string, hosts map[string]netip.Addr) {
	self := strings.ToLower(z.Host)
	hosts, list = map[string]netip.Addr{}, []string{self}
	if z.Records != nil {
		r := z.Records()
		maps.Copy(hosts, r.Hosts)
		maps.Copy(hosts, r.Controllers)
		for _, name := range slices.Sorted(maps.Keys(r.Controllers)) {
			if name != self {
				list = append(list, name)
			}
		}
	}
	hosts[self] = z.Address
	return list, hosts
}

// services are the SRV names that Netlogon registers, below the domain, with their ports.
func services() map[string]uint16 {
	return map[string]uint16{
		"_ldap._tcp": 389, "_ldap._tcp.dc._msdcs": 389, "_ldap._tcp.pdc._msdcs": 389, "_ldap._tcp.gc._msdcs": 3268,
		"_gc._tcp": 3268, "_kerberos._tcp": 88, "_kerberos._udp": 88, "_kerberos._tcp.dc._msdcs": 88,
		"_kpasswd._tcp": 464, "_ldap._tcp.default-first-site-name._sites": 389, "_ldap._tcp.default-first-site-name._sites.dc._msdcs": 389,
	}
}

func name(text string) dnsmessage.Name {
	n, err := dnsmessage.NewName(strings.TrimSuffix(text, ".") + ".")
	if err != nil {
		return dnsmessage.MustNewName(".")
	}
	return n
}

// Answer answers one query message; nil for what is no query.
func (z Zone) Answer(query []byte) []byte {
	var p dnsmessage.Parser
	head, err := p.Start(query)
	if err != nil || head.Response {
		return nil
	}
	q, err := p.Question()
	if err != nil {
		return nil
	}
	m := dnsmessage.Message{
		Header:    dnsmessage.Header{ID: head.ID, Response: true, OpCode: head.OpCode, Authoritative: true, RecursionDesired: head.RecursionDesired},
		Questions: []dnsmessage.Question{q},
	}
	asked := strings.ToLower(strings.TrimSuffix(q.Name.String(), "."))
	switch {
	case head.OpCode != 0:
		m.RCode = dnsmessage.RCodeNotImplemented
	case asked != z.Domain && !strings.HasSuffix(asked, "."+z.Domain):
		m.Authoritative, m.RCode = false, dnsmessage.RCodeRefused
	default:
		z.fill(&m, q, asked)
	}
	packed, err := m.Pack()
	if err != nil {
		return nil
	}
	return packed
}

func (z Zone) fill(m *dnsmessage.Message, q dnsmessage.Question, asked string) {
	head := func(of string, kind dnsmessage.Type) dnsmessage.ResourceHeader {
		return dnsmessage.ResourceHeader{Name: name(of), Type: kind, Class: dnsmessage.ClassINET, TTL: ttl}
	}
	controllers, hosts := z.controllers()
	address := func(of, host string) dnsmessage.Resource {
		return dnsmessage.Resource{Header: head(of, dnsmessage.TypeA), Body: &dnsmessage.AResource{A: hosts[host].As4()}}
	}
	soa := dnsmessage.Resource{Header: head(z.Domain, dnsmessage.TypeSOA), Body: &dnsmessage.SOAResource{
		NS: name(controllers[0]), MBox: name("hostmaster." + z.Domain), Serial: 1, Refresh: 900, Retry: 600, Expire: 86400, MinTTL: 3600,
	}}
	port, isService := services()[strings.TrimSuffix(asked, "."+z.Domain)]
	_, isHost := hosts[asked]
	here := asked == z.Domain
	switch {
	case q.Type == dnsmessage.TypeA && isHost:
		m.Answers = append(m.Answers, address(asked, asked))
	case q.Type == dnsmessage.TypeA && (here || asked == "gc._msdcs."+z.Domain):
		for _, c := range controllers {
			m.Answers = append(m.Answers, address(asked, c))
		}
	case q.Type == dnsmessage.TypeSRV && isService:
		for _, c := range controllers {
			m.Answers = append(m.Answers, dnsmessage.Resource{
				Header: head(asked, dnsmessage.TypeSRV), Body: &dnsmessage.SRVResource{Weight: 100, Port: port, Target: name(c)},
			})
			m.Additionals = append(m.Additionals, address(c, c))
		}
	case q.Type == dnsmessage.TypeSOA && here:
		m.Answers = append(m.Answers, soa)
	case q.Type == dnsmessage.TypeNS && here:
		for _, c := range controllers {
			m.Answers = append(m.Answers, dnsmessage.Resource{Header: head(asked, dnsmessage.TypeNS), Body: &dnsmessage.NSResource{NS: name(c)}})
		}
	default:
		m.Authorities = append(m.Authorities, soa)
		if !here && !isHost && !isService {
			m.RCode = dnsmessage.RCodeNameError
		}
	}
}

// Serve answers on address (host:port), UDP and TCP, until ctx is done.
func (z Zone) Serve(ctx context.Context, address string) error {
	var lc net.ListenConfig
	packets, err := lc.ListenPacket(ctx, "udp", address)
	if err != nil {
		return err
	}
	streams, err := lc.Listen(ctx, "tcp", packets.LocalAddr().String())
	if err != nil {
		return errors.Join(err, packets.Close())
	}
	stop := context.AfterFunc(ctx, func() { _, _ = packets.Close(), streams.Close() })
	defer stop()
	var running sync.WaitGroup
	defer running.Wait()
	running.Go(func() { z.stream(&running, streams) })
	buffer := make([]byte, 4096)
	for {
		n, from, err := packets.ReadFrom(buffer)
		if err != nil {
			if context.Cause(ctx) != nil {
				return nil
			}
			return errors.Join(err, streams.Close())
		}
		if answer := z.Answer(buffer[:n]); answer != nil {
			_, _ = packets.WriteTo(answer, from) // an asker that is gone asks again
		}
	}
}

func (z Zone) stream(running *sync.WaitGroup, l net.Listener) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		running.Go(func() {
			defer c.Close()
			_ = c.SetDeadline(time.Now().Add(5 * time.Second))
			var size [2]byte
			if _, err := io.ReadFull(c, size[:]); err != nil {
				return
			}
			query := make([]byte, binary.BigEndian.Uint16(size[:]))
			if _, err := io.ReadFull(c, query); err != nil {
				return
			}
			answer := z.Answer(query)
			_, _ = c.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(answer))), answer...))
		})
	}
}

// ErrNone says that no server gave an answer to a question.
var ErrNone = errors.New("DNS name does not exist")

// Resolver asks DNS servers, in their order.
type Resolver struct {
	Servers []string      // addresses, with a port when it is not 53
	Limit   time.Duration // for each try; 0 for 2 s
	// Alive says that a domain controller answers: one that does not is passed over. nil takes the first.
	Alive func(netip.Addr) bool
}

// ask sends one question to each server in turn, twice, until one answers it.
func (r Resolver) ask(ctx context.Context, of string, kind dnsmessage.Type) (dnsmessage.Message, error) {
	limit := r.Limit
	if limit == 0 {
		limit = 2 * time.Second
	}
	m := dnsmessage.Message{
		Header:    dnsmessage.Header{ID: uint16(time.Now().UnixNano()), RecursionDesired: true},
		Questions: []dnsmessage.Question{{Name: name(of), Type: kind, Class: dnsmessage.ClassINET}},
	}
	query, err := m.Pack()
	if err != nil {
		return m, err
	}
	for _, server := range slices.Concat(r.Servers, r.Servers) {
		if _, _, err := net.SplitHostPort(server); err != nil {
			server = net.JoinHostPort(server, "53")
		}
		answer, err := exchange(ctx, server, query, limit)
		if err != nil || answer.ID != m.ID {
			continue
		}
		if answer.RCode != dnsmessage.RCodeSuccess || len(answer.Answers) == 0 {
			return answer, ErrNone
		}
		return answer, nil
	}
	return m, ErrNone
}

func exchange(ctx context.Context, server string, query []byte, limit time.Duration) (dnsmessage.Message, error) {
	var m dnsmessage.Message
	d := net.Dialer{Timeout: limit}
	c, err := d.DialContext(ctx, "udp", server)
	if err != nil {
		return m, err
	}
	defer c.Close()
	if err := c.SetDeadline(time.Now().Add(limit)); err != nil {
		return m, err
	}
	if _, err := c.Write(query); err != nil {
		return m, err
	}
	buffer := make([]byte, 4096)
	n, err := c.Read(buffer)
	if err != nil {
		return m, err
	}
	return m, m.Unpack(buffer[:n])
}

// Host finds the address of a full name.
func (r Resolver) Host(ctx context.Context, host string) (netip.Addr, error) {
	m, err := r.ask(ctx, host, dnsmessage.TypeA)
	if err != nil {
		return netip.Addr{}, err
	}
	for _, a := range m.Answers {
		if body, ok := a.Body.(*dnsmessage.AResource); ok {
			return netip.AddrFrom4(body.A), nil
		}
	}
	return netip.Addr{}, ErrNone
}

// Controller finds a domain controller of a domain: by its SRV record, then its address.
func (r Resolver) Controller(ctx context.Context, domain string) (string, netip.Addr, error) {
	m, err := r.ask(ctx, "_ldap._tcp.dc._msdcs."+domain, dnsmessage.TypeSRV)
	if err != nil {
		return "", netip.Addr{}, err
	}
	for _, a := range m.Answers {
		if body, ok := a.Body.(*dnsmessage.SRVResource); ok {
			host := strings.TrimSuffix(body.Target.String(), ".")
			address, err := r.Host(ctx, host)
			if err == nil && (r.Alive == nil || r.Alive(address)) {
				return host, address, nil
			}
		}
	}
	return "", netip.Addr{}, ErrNone
}
