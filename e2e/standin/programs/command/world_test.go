package command_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/doublehop/doublehop/drivers/drivertest"
	"github.com/doublehop/doublehop/e2e/standin/programs/command"
	"github.com/doublehop/doublehop/e2e/standin/programs/directory"
	"github.com/doublehop/doublehop/e2e/standin/programs/machine"
	"github.com/doublehop/doublehop/e2e/standin/programs/mail"
	"github.com/doublehop/doublehop/e2e/standin/programs/names"
	"github.com/doublehop/doublehop/e2e/standin/programs/spool"
)

// lan is a lab network without wires. Its domain controllers share one directory, as if replication took no time.
type lan struct {
	t      *testing.T
	forest *directory.Memory // nil until a promotion is effective
	made   *directory.Memory // made by a promotion
	cut    bool              // nobody reaches anybody
	stores map[string]*mail.Store
	// slapd is the address of a real directory that stands for the one in memory, "" without.
	slapd  string
	serves map[string]bool // by address: who is a domain controller
	down   string          // the address of a domain controller that is switched off
	// wine is the computer that gets a copy of template, a prefix that Wine runs in, instead of bare folders.
	wine, template string
}

// seat is the directory as one domain controller serves it.
type seat struct {
	*directory.Memory
	me directory.Controller
}

func (s seat) Root() directory.Entry { return s.me.Root(s.Forest.Level) }

// at finds the domain controller that has an address.
func (l *lan) at(address string) (directory.Controller, bool) {
	if l.forest == nil || !l.serves[address] || address == l.down {
		return directory.Controller{}, false
	}
	all, err := directory.Controllers(l.forest)
	check(l.t, err)
	for _, c := range all {
		if c.Address == address {
			return c, true
		}
	}
	return directory.Controller{}, false
}

func (l *lan) Host(_ context.Context, host string) (netip.Addr, error) {
	for address := range l.serves {
		if c, ok := l.at(address); ok && c.Host() == host && !l.cut {
			return netip.MustParseAddr(address), nil
		}
	}
	return netip.Addr{}, names.ErrNone
}

func (l *lan) Controller(ctx context.Context, domain string) (string, netip.Addr, error) {
	if domain != "contoso.test" {
		return "", netip.Addr{}, names.ErrNone
	}
	for _, host := range []string{"dc01.contoso.test", "dc02.contoso.test"} {
		if address, err := l.Host(ctx, host); err == nil {
			return host, address, nil
		}
	}
	return "", netip.Addr{}, names.ErrNone
}

// box is one machine on the lan.
type box struct {
	t     *testing.T
	lan   *lan
	guest *command.Guest
	power string
	input string // what programs read from their standard input
	// flushed counts how often the disk was written.
	flushed int
}

const systemReg = "WINE REGISTRY Version 2\n\n[Software\\\\Microsoft\\\\Windows NT\\\\CurrentVersion\\\\Winlogon] 1795229448\n\"Shell\"=\"explorer.exe\"\n"

func (l *lan) machine(name, address string, components ...string) *box {
	l.t.Helper()
	return l.windows("5.2", name, address, components...)
}

// windows is a machine with a version of Windows.
func (l *lan) windows(version, name, address string, components ...string) *box {
	l.t.Helper()
	root := l.t.TempDir()
	state, prefix := filepath.Join(root, "state"), filepath.Join(root, "prefix")
	if l.wine != "" && l.wine == name {
		copyPrefix(l.t, l.template+"/prefix", prefix)
	}
	for _, folder := range []string{state, prefix + "/dosdevices", prefix + "/drive_c/windows/system32", root + "/d/I386", root + "/e/SETUP/I386/EXCHANGE"} {
		check(l.t, os.MkdirAll(folder, 0o755))
	}
	for drive, folder := range map[string]string{"c:": "../drive_c", "d:": "../../d", "e:": "../../e"} {
		_ = os.Remove(prefix + "/dosdevices/" + drive)
		check(l.t, os.Symlink(folder, prefix+"/dosdevices/"+drive))
	}
	for _, mark := range []string{"WIN51", "CDROM_NT.5"} {
		check(l.t, os.WriteFile(root+"/d/"+mark, nil, 0o600))
	}
	if _, err := os.Stat(prefix + "/system.reg"); err != nil {
		check(l.t, os.WriteFile(prefix+"/system.reg", []byte(systemReg), 0o600))
	}
	b := &box{t: l.t, lan: l}
	b.pack(prefix, map[string]string{"5.0": "4", "5.2": "2", "6.1": "1"}[version])
	facts := "version=" + version + "\ncomputer=" + name + "\nadministrator_password=Passw0rd.\naddress=" + address + "/24\ndns=10.66.0.10\n"
	for _, c := range components {
		facts += "component=" + c + "\n"
	}
	check(l.t, os.WriteFile(state+"/machine.txt", []byte(facts), 0o600))
	b.boot(state, prefix)
	return b
}

// pack makes Windows tell a service pack, "" for none.
func (b *box) pack(prefix, number string) {
	b.t.Helper()
	if number != "" {
		number = "Service Pack " + number
	}
	check(b.t, machine.EditRegistry(prefix+"/system.reg", []machine.Value{{Key: machine.WindowsKey, Name: "CSDVersion", Type: "SZ", Data: number}}))
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (b *box) boot(state, prefix string) {
	b.t.Helper()
	if b.lan.stores == nil {
		b.lan.stores = map[string]*mail.Store{}
	}
	m, err := machine.Open(state, prefix)
	check(b.t, err)
	check(b.t, m.Boot())
	session, _, err := m.Autologon()
	check(b.t, err)
	if b.lan.serves == nil {
		b.lan.serves = map[string]bool{}
	}
	if b.lan.serves[m.IP()] = m.Role == machine.DC; m.Role == machine.DC {
		b.lan.forest = b.lan.made
	}
	b.power = ""
	post, err := mail.Open(state)
	check(b.t, err)
	b.lan.stores[m.IP()] = post
	b.guest = &command.Guest{Session: session, Machine: m, World: command.World{
		Mail: post,
		Peer: func(_ context.Context, address string, o mail.Order) (mail.Content, error) {
			if there, ok := b.lan.stores[address]; ok && !b.lan.cut {
				return there.Do(o)
			}
			return mail.Content{}, directory.ErrUnreachable
		},
		Locator: b.lan,
		Connect: func(address string) (command.Directory, error) {
			if address == "127.0.0.1" {
				address = m.IP()
			}
			c, ok := b.lan.at(address)
			if !ok || b.lan.cut && address != m.IP() {
				return nil, directory.ErrUnreachable
			}
			if b.lan.slapd != "" {
				return directory.Dial(b.lan.slapd, time.Second)
			}
			return seat{b.lan.forest, c}, nil
		},
		Replicate: func(context.Context, directory.Replica) error { return nil },
		Promote: func(_ context.Context, f directory.Forest) error {
			b.lan.made = directory.NewMemory(f)
			if b.lan.slapd != "" {
				b.lan.serve(f)
			}
			return nil
		},
		Power: func(kind string) { b.power = kind },
		Flush: func() { b.flushed++ },
		Now:   func() time.Time { return time.Date(2003, 9, 30, 12, 0, 0, 0, time.UTC) },
	}}
}

// logon has Winlogon log the Administrator of a domain on, from the next boot.
func (b *box) logon(domain string) {
	b.t.Helper()
	m := b.guest.Machine
	check(b.t, machine.EditRegistry(m.Prefix+"/system.reg", []machine.Value{
		{Key: machine.WinlogonKey, Name: "AutoAdminLogon", Type: "SZ", Data: "1"},
		{Key: machine.WinlogonKey, Name: "DefaultUserName", Type: "SZ", Data: "Administrator"},
		{Key: machine.WinlogonKey, Name: "DefaultDomainName", Type: "SZ", Data: domain},
		{Key: machine.WinlogonKey, Name: "DefaultPassword", Type: "SZ", Data: "Passw0rd."},
	}))
}

func (b *box) reboot() {
	b.t.Helper()
	b.boot(b.guest.Machine.Folder, b.guest.Machine.Prefix)
}

// run runs a command line and wants an exit code and, in what is said, some texts.
func (b *box) run(want int, line string, says ...string) string {
	b.t.Helper()
	program := spool.Split(line)[0]
	if !strings.Contains(program, `\`) {
		program = `C:\windows\system32\` + program
	}
	var out bytes.Buffer
	spool.Run(b.t.Context(), spool.Request{Module: program, Command: line, Folder: `C:\`, Input: b.input}, spool.NewAnswer(&out), b.guest.Handle)
	text, code := b.unframe(out.Bytes())
	if code != want {
		b.t.Errorf("%s: exit code %d, not %d: %s", line, code, want, text)
	}
	for _, s := range says {
		if !strings.Contains(text, s) {
			b.t.Errorf("%s does not say %q: %s", line, s, text)
		}
	}
	return text
}

// unframe reads an answer as the shim does, which also writes the registry.
func (b *box) unframe(raw []byte) (text string, code int) {
	b.t.Helper()
	for len(raw) >= 5 {
		size := binary.LittleEndian.Uint32(raw[1:])
		body := raw[5 : 5+size]
		switch raw[0] {
		case 'O', 'E':
			text += string(body)
		case 'R':
			parts := strings.Split(string(body), "\x00")
			if parts[2] == "-" { // an empty value is none to those who read it
				parts[2] = "SZ"
			}
			check(b.t, machine.EditRegistry(b.guest.Machine.Prefix+"/system.reg", []machine.Value{{Key: parts[0], Name: parts[1], Type: parts[2], Data: parts[3]}}))
		case 'X':
			return text, int(int32(binary.LittleEndian.Uint32(body)))
		}
		raw = raw[5+size:]
	}
	b.t.Fatal("no exit frame")
	return "", 0
}

func (b *box) file(path, text string) {
	b.t.Helper()
	unix, err := b.guest.Machine.Unix(`C:`, path)
	check(b.t, err)
	check(b.t, os.WriteFile(unix, []byte(spool.CRLF(text)), 0o600))
}

func (b *box) read(path string) string {
	b.t.Helper()
	unix, err := b.guest.Machine.Unix(`C:`, path)
	check(b.t, err)
	text, err := os.ReadFile(unix)
	check(b.t, err)
	return string(text)
}

const promote = `[DCINSTALL]
ReplicaOrNewDomain=Domain
TreeOrChild=Tree
CreateOrJoin=Create
NewDomainDNSName=contoso.test
DomainNetbiosName=CONTOSO
AutoConfigDNS=Yes
DatabasePath=%systemroot%\ntds
LogPath=%systemroot%\ntds
SYSVOLPath=%systemroot%\sysvol
SafeModeAdminPassword=Safe!1
RebootOnSuccess=NoAndNoPromptEither
`

// controller is a domain controller after its boot.
func (l *lan) controller() *box {
	l.t.Helper()
	dc := l.machine("DC01", "10.66.0.10")
	dc.file(`C:\DCPROMO.TXT`, promote)
	dc.run(0, `dcpromo /answer:C:\DCPROMO.TXT`)
	dc.logon("CONTOSO")
	dc.reboot()
	return dc
}

const exchangeINI = "[General]\nComponents=\"Messaging and Collaboration Services,System Management Tools\"\n[Organization]\nName=Contoso\n"

// member is a machine that has joined, with what Exchange wants of Windows.
func (l *lan) member() *box {
	l.t.Helper()
	ex := l.machine("EX01", "10.66.0.11", "iis_common", "iis_www", "iis_smtp", "iis_nntp", "aspnet")
	ex.run(0, `netdom join EX01 /domain:contoso.test /userd:CONTOSO\Administrator /passwordd:Passw0rd.`, "needs to be restarted")
	ex.logon("CONTOSO")
	ex.reboot()
	ex.file(`C:\EX.INI`, exchangeINI)
	return ex
}

// realLan is a lan whose directory is a real slapd, or skips.
func realLan(t *testing.T) *lan {
	t.Helper()
	if _, err := exec.LookPath("/usr/sbin/slapd"); err != nil {
		drivertest.NeedsHost(t, "there is no slapd", "apt-get install slapd")
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(t, err)
	defer listener.Close()
	return &lan{t: t, slapd: listener.Addr().String()}
}

// serve starts slapd with a new forest.
func (l *lan) serve(f directory.Forest) {
	l.t.Helper()
	s := directory.Slapd{Program: "/usr/sbin/slapd", Folder: l.t.TempDir() + "/ntds"}
	check(l.t, s.Create(l.t.Context(), f))
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- s.Serve(ctx, "ldap://"+l.slapd) }()
	l.t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			l.t.Error(err)
		}
	})
	limit, cancel := context.WithTimeout(l.t.Context(), 20*time.Second)
	defer cancel()
	check(l.t, directory.Await(limit, l.slapd))
}
