package e2e_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/doublehop/doublehop/drivers/drivertest"
	"github.com/doublehop/doublehop/provision/plan"
)

// patience is how long one run of the program may take: some times what the
// whole demo lab takes on two cores without KVM.
const patience = 6 * time.Minute

const connection = "qemu:///system"

// host is what the tests on real libvirt and QEMU share: the built program, a
// pool and folders of their own, and the stand-in discs. All that they make
// has mine in its name.
type host struct {
	mine    string // the prefix of every name
	dir     string // the program, its state and its temporary files
	program string
	discs   string

	once sync.Once
	why  string // what the host lacks
	heal string // and what to do about it

	mu        sync.Mutex
	instances map[string]bool // that have been used, for a last look
}

// theHost is one for the process, since building a lab takes minutes.
var theHost = &host{mine: fmt.Sprintf("dht-%d", os.Getpid()), instances: map[string]bool{}}

// realHost skips the test where the host or the discs are not there.
func realHost(t *testing.T) *host {
	t.Helper()
	h := theHost
	h.once.Do(h.prepare)
	if h.why != "" {
		drivertest.NeedsHost(t, h.why, h.heal)
	}
	return h
}

// asRoot skips what only root on the hypervisor's host can do.
func asRoot(t *testing.T) {
	t.Helper()
	if os.Getuid() != 0 {
		drivertest.NeedsHost(t, "only root can do this to the host's network and disks", "Run the tests as root.")
	}
}

func (h *host) prepare() {
	if testing.Short() {
		h.why, h.heal = "it takes minutes, and -short was asked for", "Run it without -short."
		return
	}
	for _, tool := range []string{"virsh", "ip"} {
		if _, err := exec.LookPath(tool); err != nil {
			h.why, h.heal = "there is no "+tool, "Prepare the host:\n  e2e/prepare-host"
			return
		}
	}
	if out, err := virsh("version"); err != nil {
		h.why, h.heal = "libvirt does not answer: "+strings.TrimSpace(out), "Prepare the host:\n  e2e/prepare-host"
		return
	}
	h.discs, _ = filepath.Abs("../labs/demo/discs")
	for _, disc := range []string{"win2003-standin.iso", "exchange2003-standin.iso"} {
		if _, err := os.Stat(filepath.Join(h.discs, disc)); err != nil {
			h.why, h.heal = "the stand-in disc "+disc+" is not made", "Make it:\n  make discs"
			return
		}
	}
	var err error
	if h.dir, err = os.MkdirTemp("", h.mine+"-"); err != nil {
		h.why = err.Error()
		return
	}
	_ = os.Chmod(h.dir, 0o755)
	h.program = filepath.Join(h.dir, "doublehop")
	build := exec.CommandContext(context.Background(), "go", "build", "-tags", "libvirt_dlopen", "-o", h.program, "../cmd/doublehop")
	if out, err := build.CombinedOutput(); err != nil {
		h.why, h.heal = "the program cannot be built: "+string(out), "See go build."
	}
}

func virsh(args ...string) (string, error) {
	out, err := exec.CommandContext(context.Background(), "virsh", append([]string{"-q", "-c", connection}, args...)...).CombinedOutput()
	return string(out), err
}

// mustVirsh is virsh that must not fail.
func mustVirsh(t *testing.T, args ...string) string {
	t.Helper()
	out, err := virsh(args...)
	if err != nil {
		t.Fatalf("virsh %s: %v: %s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(out)
}

// lab is a lab file of a test and an instance of it.
type lab struct {
	*host
	folder   string
	instance string
	pool     string   // NAME or NAME:FOLDER
	flags    []string // for every verb
	environ  []string
	patience time.Duration // for one run of the program
}

// demo is the lab that ships, as an instance of its own.
func (h *host) demo(t *testing.T, name string) *lab {
	t.Helper()
	folder, err := filepath.Abs("../labs/demo")
	if err != nil {
		t.Fatal(err)
	}
	return h.lab(t, name, folder)
}

func (h *host) lab(t *testing.T, name, folder string) *lab {
	t.Helper()
	l := &lab{host: h, folder: folder, instance: h.mine + "-" + name, pool: h.mine + "-pool", flags: []string{"--var", "discs=" + h.discs}, patience: patience}
	h.mu.Lock()
	h.instances[l.instance] = true
	h.mu.Unlock()
	t.Cleanup(func() {
		if got := l.run(context.Background(), "destroy", "-y"); got.code != 0 {
			t.Errorf("destroy: exit code %d\n%s", got.code, got.stderr)
		}
	})
	return l
}

// changed is the demo lab with pieces of its file replaced; what is not there
// to be replaced fails the test. Pairs are old, new.
func (h *host) changed(t *testing.T, name string, pairs ...string) *lab {
	t.Helper()
	return h.written(t, name, demoFile(t, pairs...))
}

// alone is the demo lab with dc01 and its installation only, and more stages.
// Its disk is the same layer as the demo's.
func (h *host) alone(t *testing.T, name, limit, more string) *lab {
	t.Helper()
	text := demoFile(t, "{ on = [machine.dc01, machine.ex01] }", "{\n    on    = machine.dc01\n    limit = \""+limit+"\"\n  }")
	head, _, ok := strings.Cut(text, `stage "forest"`)
	if !ok {
		t.Fatal("the demo lab has no stage forest")
	}
	return h.written(t, name, head+more)
}

// demoFile is the demo's lab file with pieces replaced.
func demoFile(t *testing.T, pairs ...string) string {
	t.Helper()
	text, err := os.ReadFile("../labs/demo/demo.lab.hcl")
	if err != nil {
		t.Fatal(err)
	}
	file := string(text)
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(file, pairs[i]) {
			t.Fatalf("the demo lab does not hold %q", pairs[i])
		}
		file = strings.Replace(file, pairs[i], pairs[i+1], 1)
	}
	return file
}

// written is a lab of a file's text.
func (h *host) written(t *testing.T, name, file string) *lab {
	t.Helper()
	folder := t.TempDir()
	key, err := os.ReadFile("../labs/demo/standin.key")
	if err != nil {
		t.Fatal(err)
	}
	for file, text := range map[string]string{"standin.key": string(key), "changed.lab.hcl": file} {
		if err := os.WriteFile(filepath.Join(folder, file), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return h.lab(t, name, folder)
}

// edit replaces a piece of the lab's own file.
func (l *lab) edit(t *testing.T, old, piece string) {
	t.Helper()
	path := filepath.Join(l.folder, "changed.lab.hcl")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), old) {
		t.Fatalf("the lab does not hold %q", old)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(text), old, piece, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (l *lab) domain(machine string) string { return plan.Domain(l.instance, machine) }
func (l *lab) bridge() string               { return plan.Bridge(l.instance, "corp") }

// answer is how a run of the program ended.
type answer struct {
	code           int
	stdout, stderr string
	took           time.Duration
}

// command makes a command line of the program; it runs in its own session, so
// that nothing but the test signals it.
func (l *lab) command(ctx context.Context, verb string, args ...string) *exec.Cmd {
	all := append([]string{verb, "-f", l.folder, "--name", l.instance, "-c", connection}, l.flags...)
	c := exec.CommandContext(ctx, l.program, append(all, args...)...)
	c.Env = append(slices.DeleteFunc(os.Environ(), func(e string) bool {
		return strings.HasPrefix(e, "DOUBLEHOP_") || strings.HasPrefix(e, "LIBVIRT_")
	}), "DOUBLEHOP_POOL="+l.pool, "HOME="+l.dir,
		"XDG_STATE_HOME="+l.state(), "XDG_CACHE_HOME="+filepath.Join(l.dir, "cache"), "XDG_CONFIG_HOME="+filepath.Join(l.dir, "config"))
	c.Env = append(c.Env, l.environ...)
	c.WaitDelay = 10 * time.Second
	return c
}

func (l *lab) state() string { return filepath.Join(l.dir, "state") }

// run runs a verb to its end.
func (l *lab) run(ctx context.Context, verb string, args ...string) answer {
	c := l.command(ctx, verb, args...)
	var out, problems bytes.Buffer
	c.Stdout, c.Stderr = &out, &problems
	began := time.Now()
	err := c.Run()
	a := answer{stdout: out.String(), stderr: problems.String(), took: time.Since(began)}
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		a.code = exit.ExitCode()
	} else if err != nil {
		a.code, a.stderr = -2, err.Error()
	}
	return a
}

// must runs a verb that must end with a code, and gives what it answered.
func (l *lab) must(t *testing.T, code int, verb string, args ...string) answer {
	t.Helper()
	ctx, stop := context.WithTimeoutCause(t.Context(), l.patience, errors.New("the test's patience ended"))
	defer stop()
	a := l.run(ctx, verb, args...)
	if a.code != code {
		t.Fatalf("doublehop %s %s: exit code %d, not %d\n%s%s", verb, strings.Join(args, " "), a.code, code, a.stdout, a.stderr)
	}
	t.Logf("%s %.100s: %.1f s", verb, strings.Join(args, " "), a.took.Seconds())
	return a
}

// up builds to a stage, whatever was there before.
func (l *lab) up(t *testing.T, stage string) {
	t.Helper()
	l.must(t, 0, "up", "-y", "--to", stage)
}

// exec runs a command in a guest and gives what it wrote.
func (l *lab) exec(t *testing.T, machine, command string) string {
	t.Helper()
	a := l.must(t, 0, "exec", "-o", "json", machine, command)
	var result struct{ Output []string }
	if err := json.Unmarshal([]byte(a.stdout), &result); err != nil {
		t.Fatalf("exec: %v: %s", err, a.stdout)
	}
	return strings.Join(result.Output, "\n")
}

// says demands that a program's words hold each of some parts.
func (a answer) says(t *testing.T, parts ...string) {
	t.Helper()
	words := strings.ToLower(strings.Join(strings.Fields(a.stdout+a.stderr), " "))
	for _, part := range parts {
		if !strings.Contains(words, strings.ToLower(part)) {
			t.Errorf("it does not say %q:\n%s%s", part, a.stdout, a.stderr)
		}
	}
}

// ip changes the host's network.
func ip(t *testing.T, args ...string) {
	t.Helper()
	if out, err := exec.CommandContext(context.Background(), "ip", args...).CombinedOutput(); err != nil {
		t.Fatalf("ip %s: %v: %s", strings.Join(args, " "), err, out)
	}
}

// clear removes what the tests share and lists what should have been gone.
func (h *host) clear(w io.Writer) int {
	if h.dir == "" {
		return 0
	}
	_ = os.RemoveAll(h.dir)
	var left []string
	for _, kind := range [][]string{{"list", "--all", "--name"}, {"net-list", "--all", "--name"}, {"nwfilter-list"}} {
		out, err := virsh(kind...)
		if err != nil {
			left = append(left, "libvirt does not answer: "+out)
		}
		for line := range strings.SplitSeq(out, "\n") {
			if strings.Contains(line, h.mine) {
				left = append(left, kind[0]+": "+strings.TrimSpace(line))
			}
		}
	}
	for instance := range h.instances {
		if bridge := plan.Bridge(instance, "corp"); exists(bridge) {
			left = append(left, "bridge "+bridge)
		}
	}
	for _, pool := range []string{"-pool", "-forks", "-shipped"} {
		left = append(left, removePool(h.mine+pool, "dh-layer-", "dh-checkpoint-", "dh-media-", "dh-pool-key", "dh-host-")...)
	}
	if len(left) == 0 {
		return 0
	}
	fmt.Fprintf(w, "left behind:\n  %s\n", strings.Join(left, "\n  "))
	return 1
}

func exists(device string) bool {
	_, err := os.Stat("/sys/class/net/" + device)
	return err == nil
}

// removePool removes a pool with its volumes, and lists those that do not
// begin as they may.
func removePool(pool string, may ...string) (left []string) {
	if _, err := virsh("pool-info", pool); err != nil {
		return nil
	}
	out, _ := virsh("vol-list", pool)
	for line := range strings.Lines(out) {
		name, _, ok := strings.Cut(strings.TrimSpace(line), " ")
		if !ok {
			continue
		}
		if !slices.ContainsFunc(may, func(p string) bool { return strings.HasPrefix(name, p) }) {
			left = append(left, "volume "+name)
		}
		if out, err := virsh("vol-delete", "--pool", pool, name); err != nil {
			left = append(left, "volume "+name+": "+out)
		}
	}
	for _, verb := range []string{"pool-destroy", "pool-delete", "pool-undefine"} {
		if out, err := virsh(verb, pool); err != nil {
			left = append(left, verb+": "+strings.TrimSpace(out))
		}
	}
	return left
}
