package libvirt

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"libvirt.org/go/libvirtxml"
)

// hostTree is a kernel's /proc and /sys with one bridge and one tap.
func hostTree(t *testing.T, change map[string]string) hostView {
	t.Helper()
	root := t.TempDir()
	files := map[string]string{
		"sys/class/net/dhbr/address":               bridgeMAC("dhbr"),
		"sys/class/net/dhbr/brif/vnet7/port_no":    "0x1",
		"proc/sys/net/ipv6/conf/dhbr/disable_ipv6": "1",
		"proc/net/route": "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n" +
			"eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n",
		"proc/net/ipv6_route": "",
	}
	maps.Copy(files, change)
	for name, text := range files {
		file := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return hostView{root: root, addresses: func(string) []string { return nil }}
}

func hostLeaks(view hostView) []string {
	check := &sealCheck{network: "n", taps: map[string]bool{"vnet7": true}}
	check.host(view, "dhbr")
	var all []string
	for _, leak := range check.leaks {
		all = append(all, leak.Why)
	}
	return all
}

func TestASealedBridgeHasNoLeak(t *testing.T) {
	if got := hostLeaks(hostTree(t, nil)); len(got) > 0 {
		t.Error(got)
	}
	if got := hostLeaks(hostView{root: t.TempDir()}); len(got) > 0 {
		t.Errorf("a bridge that is not to be seen: %v", got)
	}
}

func TestEveryWayOutOnTheHostIsALeak(t *testing.T) {
	for name, c := range map[string]struct {
		change map[string]string
		want   string
	}{
		"a foreign port":   {map[string]string{"sys/class/net/dhbr/brif/eth1/port_no": "0x2"}, "eth1 is a port"},
		"IPv6":             {map[string]string{"proc/sys/net/ipv6/conf/dhbr/disable_ipv6": "0"}, "IPv6 is on"},
		"a route":          {map[string]string{"proc/net/route": "dhbr\t0000140A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0"}, "route to 10.20.0.0"},
		"an IPv6 route":    {map[string]string{"proc/net/ipv6_route": "fd000000000000000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000001 00000000 00000001 dhbr"}, "route to fd00::"},
		"another hardware": {map[string]string{"sys/class/net/dhbr/address": "52:54:00:00:00:01"}, "does not know"},
	} {
		t.Run(name, func(t *testing.T) {
			got := hostLeaks(hostTree(t, c.change))
			if len(got) != 1 || !strings.Contains(got[0], c.want) {
				t.Errorf("got %q, want one that says %q", got, c.want)
			}
		})
	}
	view := hostTree(t, nil)
	view.addresses = func(string) []string { return []string{"10.20.0.1/24"} }
	if got := hostLeaks(view); len(got) != 1 || !strings.Contains(got[0], "address 10.20.0.1/24") {
		t.Errorf("an address: %q", got)
	}
}

func TestADefinitionThatLeadsOutIsALeak(t *testing.T) {
	network, err := networkOf(networkSpec())
	if err != nil {
		t.Fatal(err)
	}
	check := &sealCheck{network: "n"}
	check.definition(network)
	if len(check.leaks) > 0 {
		t.Fatalf("our own definition: %v", check.leaks)
	}
	network.Forward = &libvirtxml.NetworkForward{Mode: "nat"}
	network.IPs = []libvirtxml.NetworkIP{{Address: "10.20.0.1", Netmask: "255.255.255.0"}}
	network.Routes = []libvirtxml.NetworkRoute{{Address: "10.30.0.0"}}
	network.MAC.Address = "52:54:00:00:00:01"
	check.definition(network)
	if len(check.leaks) != 4 {
		t.Errorf("want 4 leaks: %v", check.leaks)
	}
	if got := networkPrefixes(network); len(got) != 1 || got[0].String() != "10.20.0.0/24" {
		t.Errorf("prefixes %v", got)
	}
}
