package labfile

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2"

	"github.com/doublehop/doublehop/labs"
)

// decode reads every block into the model and checks what only the whole lab
// can show.
func (l *loader) decode() *labs.Lab {
	lab := &labs.Lab{Folder: l.opts.Folder}
	if len(l.decl.labs) > 0 {
		l.lab(l.decl.labs[0], lab)
	}
	for _, b := range l.members("secret") {
		lab.Secrets = append(lab.Secrets, l.secret(b))
	}
	for _, b := range l.members("media") {
		lab.Media = append(lab.Media, l.medium(b))
	}
	networks := map[string]*labs.Network{}
	for _, b := range l.members("network") {
		networks[b.name] = l.network(b)
		lab.Networks = append(lab.Networks, networks[b.name])
	}
	l.subnets(lab.Networks)
	for _, b := range l.members("machine") {
		lab.Machines = append(lab.Machines, l.machine(b, networks))
	}
	l.clashes(lab.Machines)
	for _, b := range l.decl.stages {
		lab.Stages = append(lab.Stages, l.stage(b))
	}
	lab.Stages = l.tree(lab.Stages)
	return lab
}

// lab reads the lab block.
func (l *loader) lab(b block, lab *labs.Lab) {
	a := l.arguments(b)
	lab.Name, lab.Range = b.name, rangeOf(b.DefRange())
	if f, ok := a.get("description"); ok {
		lab.Description, _ = f.text(labs.ScriptProblem)
	}
	if f, ok := a.get("connect"); ok {
		lab.Connect = f.connect()
	}
	var seen *hcl.Range
	for _, c := range b.Body.Blocks {
		if c.Type != "clock" {
			continue
		}
		if seen != nil {
			l.fail(b.p, c.DefRange(), "Duplicate block", "The lab has one clock; it is set at %s.", rangeOf(*seen))
			continue
		}
		at := c.DefRange()
		seen = &at
		p := place{b.p.addr, at}
		l.labels(p, "lab.clock", c)
		l.fits(p, "lab.clock", c)
		lab.Clock.Range = rangeOf(at)
		l.clock(p, a.inner(block{Block: c, p: p}, "clock."), lab)
	}
}

// clock reads where the guests' clocks start: at an instant, or with the host's.
func (l *loader) clock(p place, a *arguments, lab *labs.Lab) {
	start, fixed := a.get("start")
	if fixed {
		lab.Clock.Start = start.instant()
	}
	mode, told := a.get("mode")
	switch {
	case told:
		if word, ok := mode.word("real"); ok && fixed {
			mode.fail("Two clocks", "mode = %q follows the host's clock, and start sets another. Write one of them.", word)
		}
	case !fixed && a.body.Attributes["start"] == nil && a.body.Attributes["mode"] == nil:
		l.fail(p, a.p.header, "Missing argument", "A clock starts somewhere: write start = \"2006-03-01T08:00:00Z\", or mode = \"real\" to follow the host's.")
	case !fixed && a.body.Attributes["start"] != nil:
		_, _ = a.require("start") // reports null
	}
}

// The times that guests of these years, and their directories, can live in.
var (
	firstDay = time.Date(1998, 1, 1, 0, 0, 0, 0, time.UTC)   //nolint:gochecknoglobals // a constant
	lastDay  = time.Date(2037, 12, 31, 0, 0, 0, 0, time.UTC) //nolint:gochecknoglobals // a constant
)

// instant is the value as a time of the lab's clock.
func (f found) instant() time.Time {
	s, ok := f.raw("a time such as \"2006-03-01T08:00:00Z\"")
	if !ok {
		return time.Time{}
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		f.fail("Not a time", "%q is not a time such as \"2006-03-01T08:00:00Z\".", s)
		return time.Time{}
	}
	if t.Before(firstDay) || t.After(lastDay) {
		f.fail("Time out of range", "The clock can start from 1998 to 2037, when the 32-bit times of old programs end, and not at %s.", s)
	}
	return t.UTC()
}

// connect is the value as an address of a hypervisor. A lab file may come from
// a stranger, and libvirt's addresses can name a program to run: those are
// refused.
func (f found) connect() string {
	s, ok := f.raw("an address such as \"qemu:///system\"")
	if !ok {
		return ""
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme == "" || u.Opaque != "" {
		f.fail("Not an address of a hypervisor", "%q is not an address such as \"qemu:///system\" or \"qemu+ssh://root@host/system\".", s)
		return ""
	}
	driver, transport, _ := strings.Cut(u.Scheme, "+")
	if driver != "qemu" || !slices.Contains([]string{"", "unix", "ssh", "libssh", "libssh2", "tls", "tcp"}, transport) {
		f.fail("Hypervisor that cannot be used", "%q is not QEMU's: Doublehop drives qemu, over unix, ssh, libssh, libssh2, tls or tcp.", s)
		return ""
	}
	for key := range u.Query() {
		if !slices.Contains([]string{"socket", "mode", "keyfile", "known_hosts", "known_hosts_verify", "sshauth"}, key) {
			f.fail("Hypervisor that cannot be used",
				"%q sets %q. A lab file may set socket, mode, keyfile, known_hosts, known_hosts_verify and sshauth; anything else, such as a command to run, is for --connect.", s, key)
			return ""
		}
	}
	return s
}
