// Package windows is a guest for the fake hypervisor that does what a lab's
// Windows does, in no time: Setup from the CD and the answer floppy, and after
// that the runner, with its jobs, reboots and proofs.
//
// It understands the catalogue's own scripts by what they call (dcpromo,
// netdom, Exchange's setup, ldifde, sc, reg, net share) and a few of cmd's
// words in commands of a lab's author. It keeps the order of things: a forest
// before ForestPrep, ForestPrep before Exchange, a domain controller in reach
// before a join. Like a driver's mock it fails as the lab tells it to, with the
// command `fake`:
//
//	fake hang        never speaks again
//	fake noise       speaks garbage, and hangs
//	fake poweroff    switches the machine off in the middle of the job, once
//	fake reboot      restarts in the middle of the job, once
//	fake wait 200    waits so many milliseconds
//	fake show TEXT   puts a text on a text screen; \n parts lines
//	fake ask TEXT    asks on the screen until Enter is pressed, and shows the keys
//	fake remember X  keeps X in memory, until the machine boots
//	fake recall      says what it is
//	fake fail-once   fails the first time that this machine sees it
//
// A machine whose name holds "mute" never says a word.
//
// Floor 3. It proves nothing about Windows; it lets the program be tried whole
// without a hypervisor.
package windows

import (
	"context"
	"regexp"
	"strings"
	"time"

	"github.com/doublehop/doublehop/drivers/fake"
	"github.com/doublehop/doublehop/provision/guest"
)

const system = "hda"

// The keys of the system disk. What begins with "file:" is a file's content.
const (
	keyComputer = "computer"
	keyFirst    = "first-logon"
	keyRunner   = "runner"
	// keyOpen is there from a boot until Windows has shut down: a disk that holds
	// it lost its power.
	keyOpen       = "open"
	keyDomain     = "domain"
	keyController = "controller"
	keyForestPrep = "forestprep"
	keyDomainPrep = "domainprep"
	keyExchange   = "exchange"
	keyOrg        = "organization"
	keyChannel    = "channel"
	keyMember     = "member:"
	keyServer     = "server:"
	keyFile       = "file:"
)

// Options are what a caller may set; the zero value works.
type Options struct {
	// Takes is how long Setup and each of a job's programs take.
	Takes time.Duration
	// Boots is how long Windows takes from power-on to its runner's first word.
	Boots time.Duration
	// Begun is told each time that Setup or a program begins on a machine, by the
	// hypervisor's name: "setup", "dcpromo", "netdom", "forestprep", "domainprep",
	// "exchange", "command". It may be called from several goroutines.
	Begun func(machine, what string)
	// Lose makes every so manieth record of a runner get lost on the line; 0 loses
	// none.
	Lose int
}

// Guest is one boot of the machine; it is what fake.Options.Guest wants.
func Guest(ctx context.Context, g *fake.Guest) { New(Options{})(ctx, g) }

// New makes a guest function whose work takes time and is told of.
func New(o Options) func(context.Context, *fake.Guest) {
	return func(ctx context.Context, g *fake.Guest) { o.boot(ctx, g) }
}

// begin tells that a program begins, and returns when it has done its work.
func (o Options) begin(ctx context.Context, g *fake.Guest, what string) {
	if o.Begun != nil {
		o.Begun(g.Name(), what)
	}
	wait(ctx, o.Takes)
}

func wait(ctx context.Context, d time.Duration) {
	if d == 0 {
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

func (o Options) boot(ctx context.Context, g *fake.Guest) {
	if strings.Contains(g.Name(), "mute") {
		<-ctx.Done()
		return
	}
	if _, installed := g.Get(system, keyComputer); !installed {
		o.setup(ctx, g)
	}
	g.Set(system, keyOpen, "1")
	if !g.Adopted() {
		g.Show("Starting Windows...")
		wait(ctx, o.Boots)
	}
	how := "boot"
	if _, first := g.Get(system, keyFirst); first {
		how = "install"
		g.Delete(system, keyFirst)
	}
	if g.Adopted() {
		how = "again"
	}
	r := &runner{ctx: ctx, g: g, options: o}
	r.run(how)
}

var computerLine = regexp.MustCompile(`(?im)^\s*ComputerName\s*=\s*"?([A-Za-z0-9-]{1,15})`)

// setup is Windows Setup: it needs a CD and an answer floppy, or stands at a
// screen and waits. At its end the machine restarts.
func (o Options) setup(ctx context.Context, g *fake.Guest) {
	_, cd := g.Drive("hdc")
	floppy, answers := g.Drive("fda")
	name := computerLine.FindSubmatch(floppy)
	if !cd || !answers || name == nil {
		_, _ = g.Serial().Write([]byte("Setup waits for somebody.\r\n"))
		<-ctx.Done()
		return
	}
	g.Say("Windows Setup copies files")
	o.begin(ctx, g, "setup")
	g.Set(system, keyFirst, "1")
	g.Set(system, keyComputer, strings.ToUpper(string(name[1])))
	g.Reboot()
}

// computer is the machine's own name.
func computer(g *fake.Guest) string {
	name, _ := g.Get(system, keyComputer)
	return name
}

// say writes a record of the runner.
func (r *runner) say(verb guest.Verb, text string) {
	r.seq++
	rec := guest.Record{ID: r.state.ID, Ask: r.state.Ask, Seq: r.seq, Verb: verb, Text: text}
	if verb == guest.Hello || (verb == guest.Idle && text == "") {
		rec.ID, rec.Ask = "", ""
	}
	if n := r.options.Lose; n > 0 && r.seq%n == 0 {
		return
	}
	_, _ = r.g.Serial().Write(rec.Line())
}
