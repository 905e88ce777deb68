package names_test

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"github.com/doublehop/doublehop/e2e/standin/programs/names"
)

func TestAControllerIsFoundThroughItsZone(t *testing.T) {
	zone := names.Zone{Domain: "contoso.test", Host: "dc01.contoso.test", Address: netip.MustParseAddr("10.66.0.10")}
	free, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := free.LocalAddr().String()
	free.Close()
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- zone.Serve(ctx, address) }()
	resolver := names.Resolver{Servers: []string{address}, Limit: 5 * time.Second}
	var host string
	var found netip.Addr
	for range 1000 { // until the server listens
		if host, found, err = resolver.Controller(t.Context(), "CONTOSO.test"); err == nil {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	if host != "dc01.contoso.test" || found != zone.Address || err != nil {
		t.Errorf("found %q at %v, %v", host, found, err)
	}
	for _, domain := range []string{"fabrikam.test", "child.contoso.test"} {
		if _, _, err := resolver.Controller(t.Context(), domain); !errors.Is(err, names.ErrNone) {
			t.Errorf("%s: %v", domain, err)
		}
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestTheZoneHasWhatTheDirectoryKnows(t *testing.T) {
	one, two, three := netip.MustParseAddr("10.66.0.10"), netip.MustParseAddr("10.66.0.11"), netip.MustParseAddr("10.66.0.12")
	zone := names.Zone{Domain: "contoso.test", Host: "dc01.contoso.test", Address: one, Records: func() names.Records {
		return names.Records{
			Controllers: map[string]netip.Addr{"dc01.contoso.test": one, "dc02.contoso.test": two},
			Hosts:       map[string]netip.Addr{"dc02.contoso.test": two, "ex01.contoso.test": three},
		}
	}}
	for _, c := range []struct {
		name string
		kind dnsmessage.Type
		want int
	}{
		{"_ldap._tcp.dc._msdcs.contoso.test.", dnsmessage.TypeSRV, 2},
		{"contoso.test.", dnsmessage.TypeA, 2},
		{"contoso.test.", dnsmessage.TypeNS, 2},
		{"dc02.contoso.test.", dnsmessage.TypeA, 1},
		{"ex01.contoso.test.", dnsmessage.TypeA, 1},
		{"ex02.contoso.test.", dnsmessage.TypeA, 0},
	} {
		q := dnsmessage.Message{Questions: []dnsmessage.Question{{Name: dnsmessage.MustNewName(c.name), Type: c.kind, Class: dnsmessage.ClassINET}}}
		packed, err := q.Pack()
		if err != nil {
			t.Fatal(err)
		}
		var got dnsmessage.Message
		if err := got.Unpack(zone.Answer(packed)); err != nil || len(got.Answers) != c.want {
			t.Errorf("%s %v: %d answers, %v", c.name, c.kind, len(got.Answers), err)
		}
	}
}

func FuzzAnswerNeverPanics(f *testing.F) {
	f.Add([]byte{0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 'a', 0, 0, 1, 0, 1})
	zone := names.Zone{Domain: "contoso.test", Host: "dc01.contoso.test", Address: netip.MustParseAddr("10.66.0.10")}
	f.Fuzz(func(_ *testing.T, query []byte) { zone.Answer(query) })
}
