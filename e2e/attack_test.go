package e2e_test

import (
	"bytes"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/doublehop/doublehop/drivers/drivertest"
)

// marker is what attack.exe writes into its datagrams.
const marker = "stand-in attack"

var subnet = netip.MustParsePrefix("10.20.0.0/24")

// attackFromInside plays the attack of a guest that gives itself addresses of
// the host's networks. On a plain libvirt network it reaches the host: the
// last part takes one card's filter away to see that the test would notice.
func attackFromInside(t *testing.T, h *host) {
	asRoot(t)
	l := h.demo(t, "main")
	l.up(t, "windows")
	// One more network of the host's, as a container engine would make it.
	other := fmt.Sprintf("dht%d", os.Getpid())
	ip(t, "link", "add", other, "type", "bridge")
	t.Cleanup(func() { ip(t, "link", "del", other) })
	ip(t, "address", "add", "198.18.77.1/24", "dev", other)
	ip(t, "address", "add", "fd77:dead::1/64", "nodad", "dev", other)
	ip(t, "link", "set", other, "up")

	addresses := hostAddresses(t)
	tries := l.tries(t, addresses)
	sockets := openEars(t)
	sockets.try(t)
	strangers := fakeAddresses(addresses)
	uplinks := listenOn(t, outside(addresses), func(f frame) bool {
		_, to, ok := f.ends()
		return bytes.Contains(f.bytes, []byte(marker)) || ok && strangers[to]
	})
	bridge := listenOn(t, []string{l.bridge()}, func(f frame) bool { return !f.igmp() && (f.sent || !f.inside(subnet)) })

	said := l.attack(t, sockets, tries)
	for _, line := range said {
		if !strings.HasSuffix(line, ": silence") && !strings.HasSuffix(line, ": taken") && !strings.HasSuffix(line, ": sent") {
			t.Errorf("the guest was not met by silence: %s", line)
		}
	}
	if got := sockets.told(); len(got) > 0 {
		t.Errorf("the host heard the guest: %q", got)
	}
	for name, c := range map[string]*capture{"on the bridge": bridge, "outside": uplinks} {
		if got := c.kept(); len(got) > 0 {
			t.Errorf("%d frames %s, such as %v", len(got), name, got[0])
		}
	}
	// The same network works, meanwhile, for what it is there for.
	for _, line := range l.attack(t, sockets, []string{"arp 10.20.0.20", "tcp 10.20.0.20:9", "udp 10.20.0.20:9"}) {
		if !strings.HasSuffix(line, ": refused") && !strings.Contains(line, ": answered") {
			t.Errorf("guest to guest: %s", line)
		}
	}
	if bridge.count[l.bridge()] == 0 {
		t.Error("the capture saw not even the guests' own ARP")
	}
	l.must(t, 0, "verify").says(t, "sealed")
	l.unsealed(t, addresses, sockets, bridge)
}

// tries are what the guest tries: taking an address in each of the host's
// networks, and then everything that could reach the host from there.
func (l *lab) tries(t *testing.T, addresses []hostAddress) []string {
	t.Helper()
	var list []string
	add := func(format string, args ...any) { list = append(list, fmt.Sprintf(format, args...)) }
	for _, a := range addresses {
		to, mine := a.prefix.Addr(), near(a.prefix)
		switch {
		case to.Is4():
			add("take %s", netip.PrefixFrom(mine, a.prefix.Bits()))
			add("arp %s %s", to, mine)
			add("udp %s:UDP %s", to, mine)
			add("tcp %s:TCP %s", to, mine)
			for _, mac := range l.macs(t, a.device) {
				add("spoof %s %s:UDP %s", mine, to, mac)
				add("spoof 10.20.0.10 %s:UDP %s", to, mac)
			}
		case to.IsLinkLocalUnicast():
			add("neighbour %s", to)
			add("udp [%s]:UDP", to)
		default:
			add("take %s", netip.PrefixFrom(mine, a.prefix.Bits()))
			add("neighbour %s", to)
			add("udp [%s]:UDP", to)
			add("tcp [%s]:TCP", to)
		}
	}
	for _, device := range []string{l.tap(t), l.bridge()} { // a tap has an IPv6 address of its own
		d, err := net.InterfaceByName(device)
		if err != nil {
			t.Fatal(err)
		}
		found, _ := d.Addrs()
		for _, a := range found {
			if p, err := netip.ParsePrefix(a.String()); err == nil {
				add("neighbour %s", p.Addr())
				add("udp [%s]:UDP", p.Addr())
			}
		}
	}
	for _, to := range []string{"255.255.255.255", "239.7.7.7", "224.0.0.1"} {
		add("spoof 10.20.0.10 %s:UDP", to)
	}
	add("udp [ff02::1]:UDP")
	add("tcp 10.20.0.1:TCP")
	add("dhcp")
	return list
}

// macs are the hardware addresses by which a frame could reach the host: of
// the bridge, of the guest's tap, of the device itself.
func (l *lab) macs(t *testing.T, device string) []string {
	t.Helper()
	var list []string
	for _, name := range []string{l.bridge(), l.tap(t), device} {
		d, err := net.InterfaceByName(name)
		if err != nil {
			t.Fatal(err)
		}
		if len(d.HardwareAddr) == 6 {
			list = append(list, d.HardwareAddr.String())
		}
	}
	return append(list, "ff:ff:ff:ff:ff:ff")
}

// tap is the host's end of dc01's card.
func (l *lab) tap(t *testing.T) string {
	t.Helper()
	for line := range strings.Lines(mustVirsh(t, "domiflist", l.domain("dc01"))) {
		if fields := strings.Fields(line); len(fields) > 0 {
			return fields[0]
		}
	}
	t.Fatal("dc01 has no card")
	return ""
}

// near is another address of an address's network.
func near(p netip.Prefix) netip.Addr {
	for a := p.Masked().Addr().Next().Next().Next(); ; a = a.Next() {
		if a != p.Addr() {
			return a
		}
	}
}

// fakeAddresses are those that the guest takes. That the host asks for one of
// them on its own networks would show that something came through.
func fakeAddresses(addresses []hostAddress) map[netip.Addr]bool {
	all := map[netip.Addr]bool{}
	for _, a := range addresses {
		all[near(a.prefix)] = true
	}
	return all
}

// attack has dc01 do tries, a few dozen in one command, and gives its words.
func (l *lab) attack(t *testing.T, e *ears, tries []string) []string {
	t.Helper()
	var said []string
	for len(tries) > 0 {
		n := min(len(tries), 25)
		command := "attack " + strings.Join(tries[:n], " & attack ")
		tries = tries[n:]
		command = strings.NewReplacer(":UDP", fmt.Sprintf(":%d", e.udp), ":TCP", fmt.Sprintf(":%d", e.tcp)).Replace(command)
		for line := range strings.Lines(l.exec(t, "dc01", command)) {
			if line = strings.TrimSpace(line); line != "" {
				said = append(said, line)
			}
		}
	}
	if len(said) == 0 {
		t.Fatal("the guest tried nothing")
	}
	return said
}

// filterref is the seal in a card's XML.
var filterref = regexp.MustCompile(`<filterref[^>]*/>|(?s:<filterref.*?</filterref>)`)

// unsealed takes the filter off dc01's card in the live machine, does a part of
// the attack again, and puts it back: now it must get through, and verify
// must say so.
func (l *lab) unsealed(t *testing.T, addresses []hostAddress, e *ears, bridge *capture) {
	t.Helper()
	card := between(mustVirsh(t, "dumpxml", l.domain("dc01")), "<interface ", "</interface>")
	bare := filterref.ReplaceAllString(card, "")
	if bare == card {
		t.Fatalf("the card has no filter: %s", card)
	}
	l.card(t, bare)
	t.Cleanup(func() { l.card(t, card) })
	mac := l.macs(t, l.bridge())[0]
	var tries []string
	for _, a := range addresses {
		if a.prefix.Addr().Is4() {
			mine := near(a.prefix)
			tries = append(tries, fmt.Sprintf("spoof %s %s:UDP %s", mine, a.prefix.Addr(), mac),
				fmt.Sprintf("arp %s %s", a.prefix.Addr(), mine))
		}
	}
	said := l.attack(t, e, tries)
	if got := bridge.kept(); len(got) == 0 {
		t.Errorf("without the filter nothing reached the bridge: the test proves nothing: %v", said)
	}
	if reversePath(l.bridge()) == 0 { // else the kernel itself stops the rest
		if got := e.told(); len(got) == 0 {
			t.Errorf("without the filter nothing reached the host: %v", said)
		}
		if !strings.Contains(strings.Join(said, "\n"), "answered by") {
			t.Errorf("without the filter the host answered no ARP: %v", said)
		}
	}
	l.must(t, 7, "verify").says(t, l.tap(t), "not filtered")
	l.card(t, card)
	l.must(t, 0, "verify")
}

// card changes a card of the live machine.
func (l *lab) card(t *testing.T, xml string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "card.xml")
	if err := os.WriteFile(file, []byte(xml), 0o600); err != nil {
		t.Fatal(err)
	}
	mustVirsh(t, "update-device", l.domain("dc01"), file, "--live")
}

func between(text, from, to string) string {
	_, rest, _ := strings.Cut(text, from)
	inner, _, _ := strings.Cut(rest, to)
	return from + inner + to
}

// reversePath is the kernel's rp_filter for a device: 0 lets strangers in.
func reversePath(device string) int {
	most := 0
	for _, name := range []string{"all", device} {
		var n int
		text, _ := os.ReadFile("/proc/sys/net/ipv4/conf/" + name + "/rp_filter")
		_, _ = fmt.Sscan(string(text), &n)
		most = max(most, n)
	}
	return most
}

// plantedWaysOut opens ways out of a lab that is off, one at a time.
func plantedWaysOut(t *testing.T, h *host) {
	asRoot(t)
	l := h.demo(t, "main")
	l.up(t, "windows")
	if !exists(l.bridge()) {
		drivertest.NeedsHost(t, "the lab's bridge is not on this host", "Run the tests on the hypervisor.")
	}
	port := fmt.Sprintf("dhq%d", os.Getpid())
	ways := []struct {
		name, shown string
		open, shut  []string
	}{
		{"an address of the host", "10.20.0.1", []string{"address", "add", "10.20.0.1/24", "dev", l.bridge()}, []string{"address", "del", "10.20.0.1/24", "dev", l.bridge()}},
		{"a foreign port", port, []string{"link", "set", port, "master", l.bridge()}, []string{"link", "set", port, "nomaster"}},
	}
	ip(t, "link", "add", port, "type", "veth", "peer", "name", port+"x")
	t.Cleanup(func() { ip(t, "link", "del", port) })
	for _, way := range ways {
		ip(t, way.open...)
		l.must(t, 7, "verify").says(t, way.shown, l.bridge())
		ip(t, way.shut...)
	}
	l.must(t, 0, "verify")
	l.must(t, 0, "stop")
	for i, verb := range [][]string{{"up", "-y", "--to", "windows"}, {"start"}} {
		ip(t, ways[i].open...)
		l.must(t, 7, verb[0], verb[1:]...).says(t, ways[i].shown, "not sealed")
		for _, machine := range []string{"dc01", "ex01"} {
			if state := mustVirsh(t, "domstate", l.domain(machine)); state != "shut off" {
				t.Errorf("with %s, %s is %s", ways[i].name, machine, state)
			}
		}
		ip(t, ways[i].shut...)
	}
	began := time.Now()
	l.must(t, 0, "start")
	t.Logf("started after %.1f s", time.Since(began).Seconds())
}
