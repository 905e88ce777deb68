package directory_test

import (
	"context"
	"net"
	"os/exec"
	"testing"
	"time"

	"github.com/doublehop/doublehop/drivers/drivertest"
	"github.com/doublehop/doublehop/e2e/standin/programs/directory"
)

// server is a real slapd of one domain controller.
type server struct {
	t     *testing.T
	slapd directory.Slapd
	me    directory.Controller
	stop  func()
}

func newServer(t *testing.T, computer, ip string) *server {
	t.Helper()
	if _, err := exec.LookPath("/usr/sbin/slapd"); err != nil {
		drivertest.NeedsHost(t, "there is no slapd", "apt-get install slapd")
	}
	listener, err := net.Listen("tcp", ip+":0")
	must(t, err)
	defer listener.Close()
	s := &server{t: t, slapd: directory.Slapd{Folder: t.TempDir() + "/ntds"}, stop: func() {}}
	s.me = directory.Controller{Domain: "contoso.test", Computer: computer, Site: "Default-First-Site-Name", Windows: "2003", Address: listener.Addr().String()}
	t.Cleanup(func() { s.stop() })
	return s
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// start starts it with partners, again where it runs.
func (s *server) start(others ...directory.Controller) *directory.Client {
	s.t.Helper()
	s.stop()
	_, err := s.slapd.Partners(s.me, others)
	must(s.t, err)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- s.slapd.Serve(ctx, "ldap://"+s.me.Address) }()
	s.stop = func() {
		cancel()
		if err := <-ended; err != nil {
			s.t.Error(err)
		}
		s.stop = func() {}
	}
	limit, end := context.WithTimeout(s.t.Context(), 20*time.Second)
	defer end()
	must(s.t, directory.Await(limit, s.me.Address))
	c, err := directory.Dial(s.me.Address, time.Second)
	must(s.t, err)
	must(s.t, c.Logon("Administrator", "Passw0rd!"))
	s.t.Cleanup(func() { c.Close() })
	return c
}

// arrives waits until an object is there, or is gone.
func arrives(t *testing.T, c *directory.Client, dn string, there bool) {
	t.Helper()
	for range 200 {
		found, err := c.Search(directory.Query{Base: dn})
		if (err == nil && len(found) == 1) == there {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("%s: there=%v did not come to pass", dn, there)
}

func TestDomainControllersReplicateBothWays(t *testing.T) {
	first, second := newServer(t, "DC01", "127.0.0.2"), newServer(t, "DC02", "127.0.0.3")
	f := contoso()
	f.Address = first.me.Address
	must(t, first.slapd.Create(t.Context(), f))
	a := first.start()
	must(t, a.Add(directory.New("OU=Before,DC=contoso,DC=test", "objectClass", "organizationalUnit")))
	for _, e := range second.me.Objects() {
		must(t, a.Add(e))
	}
	must(t, second.slapd.Copy(t.Context(), directory.Replica{Controller: second.me, Source: first.me.Address, User: "Administrator", Password: "Passw0rd!"}))
	b := second.start(first.me)
	arrives(t, b, "OU=Before,DC=contoso,DC=test", true)
	all, err := directory.Controllers(b)
	if err != nil || len(all) != 2 || all[1].Address != second.me.Address || all[0].Level != 2 {
		t.Fatalf("domain controllers: %+v, %v", all, err)
	}
	a = first.start(second.me)
	must(t, a.Add(directory.New("OU=There,DC=contoso,DC=test", "objectClass", "organizationalUnit")))
	arrives(t, b, "OU=There,DC=contoso,DC=test", true)
	must(t, b.Add(directory.New("CN=Back,CN=Services,CN=Configuration,DC=contoso,DC=test", "objectClass", "container")))
	arrives(t, a, "CN=Back,CN=Services,CN=Configuration,DC=contoso,DC=test", true)
	must(t, b.Delete("OU=Before,DC=contoso,DC=test"))
	arrives(t, a, "OU=Before,DC=contoso,DC=test", false)
	first.stop()
	must(t, b.Add(directory.New("OU=Alone,DC=contoso,DC=test", "objectClass", "organizationalUnit")))
	a = first.start(second.me)
	arrives(t, a, "OU=Alone,DC=contoso,DC=test", true)
	if err := b.Logon("Administrator", "wrong"); err == nil {
		t.Error("the copy takes any password")
	}
}
