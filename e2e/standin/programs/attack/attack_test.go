package attack_test

import (
	"net"
	"strings"
	"testing"

	"github.com/doublehop/doublehop/e2e/standin/programs/attack"
)

func TestWhatComesBackIsTold(t *testing.T) {
	open, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer open.Close()
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	for _, c := range []struct {
		try  string
		code int
		says string
	}{
		{"tcp " + open.Addr().String(), attack.Answered, "connected"},
		{"tcp " + closed.Addr().String(), attack.Answered, "refused"},
		{"udp " + closed.Addr().String(), attack.Answered, "refused"},
		{"arp 127.0.0.9", attack.Unable, "unable"},
		{"neighbour fe80::1", attack.Unable, "unable"},
		{"arp fe80::1", attack.Unable, "unable"},
		{"take nonsense", attack.Unable, "unable"},
		{"listen soon", attack.Unable, "unable"},
		{"fly", attack.Unable, "attack take ADDRESS/LEN"},
		{"", attack.Unable, "attack take ADDRESS/LEN"},
	} {
		said := ""
		code := attack.Run(t.Context(), "lo", strings.Fields(c.try), func(s string) { said += s })
		if code != c.code || !strings.Contains(said, c.says) {
			t.Errorf("%q: %d, %q", c.try, code, said)
		}
	}
}
