package e2e_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/doublehop/doublehop/drivers/drivertest"
	"github.com/doublehop/doublehop/drivers/libvirt"
	"github.com/doublehop/doublehop/provision/engine"
)

// joinWithoutCable builds another domain, with ex01's cable cut.
func joinWithoutCable(t *testing.T, h *host) {
	l := h.changed(t, "cut", `domain  = "contoso.test"`, `domain  = "other.test"`, `domain = "contoso.test"`, "domain = \"other.test\"\n    limit  = \"60s\"")
	l.up(t, "windows")
	before, _ := l.pooled(t)
	r := l.begin(t, "up", "-y", "--to", "forest")
	if !r.until(step(engine.StepBegin, "forest", "promote", "")) {
		t.Fatalf("up ended with %d:\n%s", r.end(), r.words.String())
	}
	card := strings.Fields(mustVirsh(t, "domiflist", l.domain("ex01")))[0]
	mustVirsh(t, "domif-setlink", l.domain("ex01"), card, "down")
	if code := r.end(); code != engineFailed {
		t.Fatalf("up ended with %d:\n%s", code, r.words.String())
	}
	answer{stderr: r.words.String()}.says(t, "join", "ex01", "netdom ended with", "stalled")
	l.unchanged(t, before, r.seen)
	_, manifests := l.pooled(t)
	if stages := finished(manifests, l.planned(t)); len(stages) != 1 {
		t.Errorf("after a stage that failed there are %v", stages)
	}
	mustVirsh(t, "domif-setlink", l.domain("ex01"), card, "up")
	l.edit(t, `"60s"`, `"10m"`)
	l.up(t, "forest") // the guest still tries, and the run goes on with it
	if domain := l.exec(t, "ex01", `reg query HKLM\SYSTEM\CurrentControlSet\Services\Tcpip\Parameters /v Domain`); !strings.Contains(domain, "other.test") {
		t.Errorf("ex01 is in: %s", domain)
	}
}

// engineFailed is the exit code for a guest that failed or stalled.
const engineFailed = 6

func names(p pool) []string {
	var list []string
	for name := range p {
		list = append(list, name)
	}
	return list
}

func wrongHosts(t *testing.T, h *host) {
	l := h.demo(t, "wrong")
	l.must(t, 5, "up", "-y", "--var", "discs="+t.TempDir()).says(t, "win2003-standin.iso", "no such file", "demo.lab.hcl line")

	swapped := t.TempDir()
	for as, disc := range map[string]string{"win2003-standin.iso": "exchange2003-standin.iso", "exchange2003-standin.iso": "exchange2003-standin.iso"} {
		if err := os.Symlink(filepath.Join(h.discs, disc), filepath.Join(swapped, as)); err != nil {
			t.Fatal(err)
		}
	}
	l.must(t, 5, "up", "-y", "--var", "discs="+swapped).says(t, "windows", "Exchange", "demo.lab.hcl line")

	if err := os.Remove(filepath.Join(swapped, "win2003-standin.iso")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(swapped, "win2003-standin.iso"), []byte("half a download"), 0o600); err != nil {
		t.Fatal(err)
	}
	l.must(t, 5, "up", "-y", "--var", "discs="+swapped).says(t, "windows", "demo.lab.hcl line")

	for _, verb := range []string{"up", "status", "destroy"} {
		args := []string{"-c", "qemu+unix:///system?socket=/nonexistent"}
		if verb != "status" {
			args = append(args, "-y")
		}
		l.must(t, 4, verb, args...).says(t, "libvirtd")
	}
	t.Run("no right to use the socket", func(t *testing.T) { withoutRights(t, l) })
	t.Run("a foreign machine of our name", func(t *testing.T) { foreignMachine(t, l) })
	t.Run("a full pool", func(t *testing.T) { fullPool(t, h) })
	if out := mustVirsh(t, "list", "--all", "--name"); strings.Contains(out, l.instance) {
		t.Errorf("machines were made: %s", out)
	}
}

// withoutRights runs the program as a user whom libvirt does not know.
func withoutRights(t *testing.T, l *lab) {
	asRoot(t)
	if _, err := exec.LookPath("setpriv"); err != nil {
		drivertest.NeedsHost(t, "there is no setpriv", "Install util-linux.")
	}
	folder := filepath.Join(t.TempDir(), "lab")
	for _, dir := range []string{filepath.Dir(filepath.Dir(folder)), filepath.Dir(folder)} {
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.CopyFS(folder, os.DirFS("../labs/demo")); err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups",
		l.program, "up", "-y", "-f", folder, "-c", connection)
	c.Env = []string{"HOME=/nonexistent", "PATH=" + os.Getenv("PATH")}
	out, _ := c.CombinedOutput()
	if code := c.ProcessState.ExitCode(); code != 4 {
		t.Errorf("exit code %d: %s", code, out)
	}
	answer{stderr: string(out)}.says(t, "sudo")
}

// foreignMachine defines a machine of our name that does not carry our mark.
func foreignMachine(t *testing.T, l *lab) {
	domain := l.domain("dc01")
	file := filepath.Join(t.TempDir(), "foreign.xml")
	xml := fmt.Sprintf(`<domain type="qemu"><name>%s</name><memory unit="MiB">32</memory><os><type arch="i686">hvm</type></os></domain>`, domain)
	if err := os.WriteFile(file, []byte(xml), 0o600); err != nil {
		t.Fatal(err)
	}
	mustVirsh(t, "define", file)
	t.Cleanup(func() { mustVirsh(t, "undefine", domain) })
	before := mustVirsh(t, "dumpxml", domain)
	l.must(t, 1, "up", "-y", "--to", "windows").says(t, domain, "not made by Doublehop", "left untouched")
	l.must(t, 0, "destroy", "-y")
	if now := mustVirsh(t, "dumpxml", domain); now != before {
		t.Errorf("it was\n%s\nand is\n%s", before, now)
	}
}

// fullPool builds where there is no room: first for the disc, then for what
// Setup writes.
func fullPool(t *testing.T, h *host) {
	asRoot(t)
	folder := filepath.Join(h.dir, "full")
	if err := os.Mkdir(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", folder, "tmpfs", 0, "size=32m,mode=755"); err != nil {
		drivertest.NeedsHost(t, "no tmpfs can be mounted: "+err.Error(), "Run the tests with the right to mount.")
	}
	t.Cleanup(func() { _ = syscall.Unmount(folder, 0) })
	l := h.alone(t, "full", "10m", "")
	name := h.mine + "-full"
	l.pool = name + ":" + folder
	t.Cleanup(func() { removePool(name) })
	t.Cleanup(func() { // before the pool goes
		if got := l.run(context.Background(), "destroy", "-y"); got.code != 0 {
			t.Errorf("destroy: exit code %d\n%s", got.code, got.stderr)
		}
	})
	nothing := func(when string) {
		t.Helper()
		found, _ := l.pooled(t)
		if len(found) > 0 {
			t.Errorf("%s there are %v", when, found)
		}
		if out := mustVirsh(t, "vol-list", name); when == "without room for the disc" && strings.Contains(out, ".ok") {
			t.Errorf("a disc that was cut counts as whole: %s", out)
		}
	}
	l.must(t, 4, "up", "-y", "--to", "windows").says(t, "No space left", "doublehop prune")
	nothing("without room for the disc")

	// Now there is room for the disc, and for half of what Setup writes.
	if err := syscall.Mount("tmpfs", folder, "tmpfs", syscall.MS_REMOUNT, "size=200m,mode=755"); err != nil {
		t.Fatal(err)
	}
	l.must(t, 4, "up", "-y", "--to", "windows").says(t, "paused", "doublehop prune", l.domain("dc01"))
	nothing("without room for the disk")

	if err := syscall.Mount("tmpfs", folder, "tmpfs", syscall.MS_REMOUNT, "size=2g,mode=755"); err != nil {
		t.Fatal(err)
	}
	id := mustVirsh(t, "domid", l.domain("dc01"))
	r := l.begin(t, "up", "-y", "--to", "windows")
	if code := r.end(); code != 0 {
		t.Fatalf("with room again: exit code %d\n%s", code, r.words.String())
	}
	if now := mustVirsh(t, "domid", l.domain("dc01")); now == id {
		t.Errorf("the machine is still %s: it was not switched off for its checkpoint", id)
	}
}

// wrongGuests are guests that fail, in one lab with one machine.
func wrongGuests(t *testing.T, h *host) {
	t.Run("a wrong product key", func(t *testing.T) { wrongKey(t, h) })
	t.Run("a machine that dies", func(t *testing.T) { dyingMachine(t, h) })
}

// wrongKey has Setup stand at a screen, as Windows does, and interrupts the
// run meanwhile in all ways.
func wrongKey(t *testing.T, h *host) {
	l := h.alone(t, "key", "30s", "")
	if err := os.WriteFile(filepath.Join(l.folder, "standin.key"), []byte("AAAAA-BBBBB-CCCCC-DDDDD-EEEEE\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	setup := step(engine.Phase, "windows", "install", "setup")

	r := l.begin(t, "up", "-y", "--to", "windows")
	if !r.until(setup) {
		t.Fatalf("up ended with %d:\n%s", r.end(), r.words.String())
	}
	l.must(t, 8, "up", "-y", "--to", "windows").says(t, "another run", "Nothing was touched")
	id := mustVirsh(t, "domid", l.domain("dc01"))
	if err := r.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if code := r.end(); code != 130 || time.Since(began) > 10*time.Second {
		t.Errorf("after Ctrl-C: exit code %d after %v", code, time.Since(began))
	}
	answer{stderr: r.words.String()}.says(t, "stopped, as asked", "doublehop up")

	r = l.begin(t, "up", "-y", "--to", "windows")
	if !r.until(setup) {
		t.Fatalf("up ended with %d:\n%s", r.end(), r.words.String())
	}
	for range 2 {
		if err := r.cmd.Process.Signal(os.Interrupt); err != nil {
			break // the first was enough
		}
	}
	began = time.Now()
	if code := r.end(); code == 0 || time.Since(began) > 10*time.Second {
		t.Errorf("after Ctrl-C twice: exit code %d after %v", code, time.Since(began))
	}

	a := l.must(t, engineFailed, "up", "-y", "--to", "windows")
	a.says(t, "install", "dc01", "stalled", ".png")
	if now := mustVirsh(t, "domid", l.domain("dc01")); now != id {
		t.Errorf("the machine was started again: %s, then %s", id, now)
	}
	pictures, _ := filepath.Glob(filepath.Join(l.state(), "doublehop", "runs", l.instance, "*-up", "*.png"))
	if len(pictures) != 1 {
		t.Errorf("pictures: %v", pictures)
	}
	found, manifests := l.pooled(t)
	if stages := finished(manifests, l.planned(t)); len(stages) > 0 {
		t.Errorf("a stage that stalled has a checkpoint: %v, in %v", stages, names(found))
	}
}

const tough = `
stage "tough" {
  after = stage.windows
  step "run" {
    on      = machine.dc01
    command = ">>C:\\PASSES.TXT echo %DHPASS%& sync & attack listen 15 & exit 0"
    limit   = "15m"
  }
}
`

// dyingMachine kills QEMU in the middle of a job, then takes the serial line away
// and resets the guest in the middle of it, then has the guest switch itself off.
func dyingMachine(t *testing.T, h *host) {
	asRoot(t)
	l := h.alone(t, "die", "4h", tough)
	l.up(t, "windows")
	before, _ := l.pooled(t)
	// What the guest has not written to its disk yet is lost with the power.
	written := step(engine.Line, "tough", "run", "out Flushing")

	r := l.begin(t, "up", "-y", "--to", "tough")
	if !r.until(written) {
		t.Fatalf("up ended with %d:\n%s", r.end(), r.words.String())
	}
	killQEMU(t, l.domain("dc01"))
	began := time.Now()
	if code := r.end(); code != engineFailed {
		t.Fatalf("up ended with %d:\n%s", code, r.words.String())
	}
	if took := time.Since(began); took > 20*time.Second {
		t.Errorf("it took %v to see that the machine is gone", took)
	}
	answer{stderr: r.words.String()}.says(t, "run", "dc01", "the line closed")
	before = l.unchanged(t, before, r.seen)

	r = l.begin(t, "up", "-y", "--to", "tough")
	if !r.until(written) {
		t.Fatalf("up ended with %d:\n%s", r.end(), r.words.String())
	}
	l.steal(t, "dc01")
	mustVirsh(t, "reset", l.domain("dc01"))
	if code := r.end(); code != 0 {
		t.Fatalf("after a reset up ended with %d:\n%s", code, r.words.String())
	}
	l.unchanged(t, before, r.seen)
	// Not 3: the disk of the machine that was killed is not gone on with.
	passes := strings.Fields(l.exec(t, "dc01", `type C:\PASSES.TXT`))
	if diff := gocmp.Diff([]string{"1", "2"}, passes); diff != "" {
		t.Errorf("the job's passes: %s", diff)
	}

	l.must(t, engineFailed, "exec", "dc01", "shutdown -s -t 0 -f & attack listen 60").says(t, "the line closed")
	l.must(t, 0, "start")
	l.exec(t, "dc01", "ver")
}

// steal takes a machine's serial line over, as `virsh console --force` does, and
// lets it go again. What the guest says from then on must be heard all the same.
func (l *lab) steal(t *testing.T, machine string) {
	t.Helper()
	d, err := libvirt.Open(t.Context(), libvirt.Options{URI: connection, Pool: l.pool})
	if err != nil {
		t.Fatal(err)
	}
	line, err := d.OpenSerial(t.Context(), l.domain(machine))
	if err == nil {
		err = line.Close()
	}
	if err = errors.Join(err, d.Close()); err != nil {
		t.Fatal(err)
	}
}

// killQEMU kills a machine's process, as the kernel does when memory is short.
func killQEMU(t *testing.T, domain string) {
	t.Helper()
	text, err := os.ReadFile("/run/libvirt/qemu/" + domain + ".pid")
	if err != nil {
		t.Fatal(err)
	}
	var pid int
	if _, err := fmt.Sscan(string(text), &pid); err != nil || pid < 2 {
		t.Fatalf("libvirt says that %s is process %q", domain, text)
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
}
