package directory_test

import (
	"context"
	"errors"
	"net"
	"os/exec"
	"testing"
	"time"

	"github.com/doublehop/doublehop/drivers/drivertest"
	"github.com/doublehop/doublehop/e2e/standin/programs/directory"
)

func contoso() directory.Forest {
	return directory.Forest{Domain: "contoso.test", NetBIOS: "CONTOSO", Computer: "DC01", Site: "Default-First-Site-Name", Password: "Passw0rd!"}
}

// keeper is what both directories do: the contract of this package.
type keeper interface {
	Logon(user, password string) error
	Root() directory.Entry
	Search(q directory.Query) ([]directory.Entry, error)
	Add(e directory.Entry) error
	Modify(dn string, changes []directory.Change) error
	Delete(dn string) error
	Rename(dn, rdn, above string) error
}

// serve starts a real slapd with a new forest, or skips.
func serve(t *testing.T) keeper {
	t.Helper()
	program := "/usr/sbin/slapd"
	if _, err := exec.LookPath(program); err != nil {
		drivertest.NeedsHost(t, "there is no slapd", "apt-get install slapd")
	}
	s := directory.Slapd{Program: program, Folder: t.TempDir() + "/ntds"}
	if err := s.Create(t.Context(), contoso()); err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	listener.Close()
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- s.Serve(ctx, "ldap://"+address) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	limit, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if err := directory.Await(limit, address); err != nil {
		t.Fatal(err)
	}
	c, err := directory.Dial(address, time.Second)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func TestBothDirectoriesKeepTheContract(t *testing.T) {
	t.Run("memory", func(t *testing.T) { contract(t, directory.NewMemory(contoso())) })
	t.Run("slapd", func(t *testing.T) { contract(t, serve(t)) })
}

func contract(t *testing.T, d keeper) {
	if got := d.Root().Value("defaultNamingContext"); got != "DC=contoso,DC=test" {
		t.Errorf("rootDSE names %q", got)
	}
	for _, password := range []string{"", "wrong"} {
		if err := d.Logon("Administrator", password); !errors.Is(err, directory.ErrPassword) {
			t.Errorf("logon with %q: %v", password, err)
		}
	}
	if err := d.Logon("Administrator", "Passw0rd!"); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name  string
		query directory.Query
		want  int
	}{
		{"the schema by its base", directory.Query{Base: "CN=Schema,CN=Configuration,DC=contoso,DC=test", Wanted: []string{"objectVersion"}}, 1},
		{"a subtree ends at the naming context", directory.Query{Base: "DC=contoso,DC=test", Scope: directory.Subtree, Filter: "(objectClass=dMD)"}, 0},
		{"one level", directory.Query{Base: "CN=Configuration,DC=contoso,DC=test", Scope: directory.OneLevel, Filter: "(cn=Services)"}, 1},
		{"and, or, not, substrings", directory.Query{
			Base: "DC=contoso,DC=test", Scope: directory.Subtree,
			Filter: "(&(objectClass=group)(|(cn=Schema*)(cn=*prise*))(!(cn=Domain*)))",
		}, 2},
	} {
		found, err := d.Search(c.query)
		if err != nil || len(found) != c.want {
			t.Errorf("%s: %d entries, %v; want %d", c.name, len(found), err, c.want)
		}
	}
	changes(t, d)
}

func changes(t *testing.T, d keeper) {
	box := "CN={335A1087},CN=Services,CN=Configuration,DC=contoso,DC=test"
	below := "CN=Global Settings," + box
	for _, dn := range []string{box, below} {
		if err := d.Add(directory.New(dn, "objectClass", "container")); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.Add(directory.New(box, "objectClass", "container")); !errors.Is(err, directory.ErrExists) {
		t.Errorf("adding twice: %v", err)
	}
	if err := d.Add(directory.New("CN=a,CN=b,DC=contoso,DC=test", "objectClass", "container")); !errors.Is(err, directory.ErrNoSuchObject) {
		t.Errorf("adding below nothing: %v", err)
	}
	if err := d.Delete(box); !errors.Is(err, directory.ErrNotEmpty) {
		t.Errorf("deleting with children: %v", err)
	}
	if err := d.Modify(box, []directory.Change{{Op: directory.Replace, Attribute: directory.Attribute{Name: "objectVersion", Values: []string{"6903"}}}}); err != nil {
		t.Fatal(err)
	}
	if err := d.Rename(box, "CN=First Organization", ""); err != nil {
		t.Fatal(err)
	}
	base := "CN=First Organization,CN=Services,CN=Configuration,DC=contoso,DC=test"
	found, err := d.Search(directory.Query{Base: base, Scope: directory.Subtree})
	if err != nil || len(found) != 2 {
		t.Fatalf("after the rename: %d entries, %v", len(found), err)
	}
	if found[0].Value("objectVersion") != "6903" || found[0].Value("name") != "First Organization" || found[1].Value("distinguishedName") != "CN=Global Settings,"+base {
		t.Errorf("after the rename: %+v", found)
	}
	if _, err := d.Search(directory.Query{Base: box}); !errors.Is(err, directory.ErrNoSuchObject) {
		t.Errorf("the old name: %v", err)
	}
}
