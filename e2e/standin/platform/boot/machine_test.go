package main_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/doublehop/doublehop/drivers/drivertest"
	"github.com/doublehop/doublehop/provision/disc"
)

const installDisc = "../../../../build/standin/win2003-standin.iso"

// machine is a QEMU with the hardware that the guests of a lab have.
type machine struct {
	t      *testing.T
	folder string
	qemu   *exec.Cmd
	ended  chan error
	lines  chan string // what it says on COM1
}

// start turns a machine on; its disk is folder's, so that a second one goes on where the first ended.
func start(t *testing.T, folder string, more ...string) *machine {
	t.Helper()
	m := &machine{t: t, folder: folder, ended: make(chan error, 1), lines: make(chan string, 1000)}
	disk := filepath.Join(folder, "hda.qcow2")
	if _, err := os.Stat(disk); errors.Is(err, os.ErrNotExist) {
		run(t, "qemu-img", "create", "-q", "-f", "qcow2", disk, "4G")
	}
	m.qemu = exec.CommandContext(t.Context(), "qemu-system-i386", append([]string{
		"-machine", "pc", "-accel", "tcg", "-cpu", "qemu32", "-m", "256", "-display", "none", "-vga", "cirrus", "-nodefaults",
		"-drive", "if=none,id=hda,format=qcow2,cache=unsafe,file=" + disk, "-device", "ide-hd,drive=hda,bus=ide.0,bootindex=1",
		"-drive", "if=none,id=hdc,format=raw,media=cdrom,readonly=on,file=" + installDisc, "-device", "ide-cd,drive=hdc,bus=ide.1,bootindex=2",
		"-netdev", "hubport,id=net,hubid=0", "-device", "rtl8139,netdev=net", "-serial", "stdio",
		"-qmp", "unix:" + m.control() + ",server=on,wait=off",
	}, more...)...)
	said, err := m.qemu.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	m.qemu.Cancel = func() error { return m.qemu.Process.Kill() }
	if err := m.qemu.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		for s := bufio.NewScanner(said); s.Scan(); {
			m.lines <- strings.TrimSpace(s.Text())
		}
		m.ended <- m.qemu.Wait()
	}()
	t.Cleanup(m.pull)
	return m
}

func (m *machine) control() string { return filepath.Join(m.folder, "qmp") }

// pull takes the power away.
func (m *machine) pull() {
	_ = m.qemu.Process.Kill()
	m.off()
}

// off waits until the machine is off.
func (m *machine) off() {
	m.t.Helper()
	select {
	case err := <-m.ended:
		m.ended <- err
	case <-time.After(time.Minute):
		m.t.Error("still on after a minute")
	}
}

// hears waits for a line on COM1.
func (m *machine) hears(want string) {
	m.t.Helper()
	limit := time.After(3 * time.Minute)
	for {
		select {
		case line := <-m.lines:
			if strings.Contains(line, want) {
				return
			}
		case err := <-m.ended:
			m.t.Fatalf("off (%v) before it said %q", err, want)
		case <-limit:
			m.t.Fatalf("never said %q; its screen:\n%s", want, m.screen())
		}
	}
}

// shows waits for a text on the screen.
func (m *machine) shows(want string) {
	m.t.Helper()
	for range 180 {
		if strings.Contains(m.screen(), want) {
			return
		}
		<-time.After(time.Second)
	}
	m.t.Fatalf("never showed %q; its screen:\n%s", want, m.screen())
}

// screen reads the text screen out of the VGA's memory: 25 rows of 80 characters, each with its colour.
func (m *machine) screen() string {
	m.t.Helper()
	const vga, size, row = 0xB8000, 4000, 160
	dump := filepath.Join(m.folder, "vga")
	m.tell(fmt.Sprintf(`{"execute":"pmemsave","arguments":{"val":%d,"size":%d,"filename":%q}}`, vga, size, dump))
	cells, err := os.ReadFile(dump)
	if err != nil || len(cells) != size {
		m.t.Fatalf("screen of %d bytes: %v", len(cells), err)
	}
	var b strings.Builder
	for i := 0; i < size; i += 2 {
		if i%row == 0 {
			b.WriteByte('\n')
		}
		b.WriteByte(max(cells[i], ' '))
	}
	return b.String()
}

// tell gives QEMU a command and waits for its answer.
func (m *machine) tell(command string) {
	m.t.Helper()
	ctx, stop := context.WithTimeout(m.t.Context(), 20*time.Second)
	defer stop()
	link, err := m.dial(ctx)
	if err != nil {
		m.t.Fatal(err)
	}
	defer link.Close() //nolint:errcheck // everything was read
	replies := json.NewDecoder(link)
	for _, text := range []string{"", `{"execute":"qmp_capabilities"}`, command} {
		if _, err := link.Write([]byte(text)); err != nil {
			m.t.Fatal(err)
		}
		for {
			var reply map[string]json.RawMessage
			if err := replies.Decode(&reply); err != nil {
				m.t.Fatal(err)
			}
			if reply["error"] != nil {
				m.t.Fatalf("%s: %s", text, reply["error"])
			}
			if reply["event"] == nil {
				break
			}
		}
	}
}

// dial reaches QEMU, which may still be starting.
func (m *machine) dial(ctx context.Context) (net.Conn, error) {
	for {
		link, err := (&net.Dialer{}).DialContext(ctx, "unix", m.control())
		if err == nil || ctx.Err() != nil { //nolint:forbidigo // only whether, not why
			return link, err
		}
		<-time.After(100 * time.Millisecond)
	}
}

func run(t *testing.T, name string, args ...string) {
	t.Helper()
	if out, err := exec.CommandContext(t.Context(), name, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
}

// floppy writes an answer floppy and is QEMU's words for it.
func floppy(t *testing.T, folder string, files map[string]string) []string {
	t.Helper()
	var list []disc.File
	for name, text := range files {
		list = append(list, disc.Bytes(name, []byte(strings.ReplaceAll(text, "\n", "\r\n"))))
	}
	image, err := disc.Floppy("ANSWERS", list)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(folder, "floppy.img")
	if err := os.WriteFile(path, image, 0o600); err != nil {
		t.Fatal(err)
	}
	return []string{"-drive", "if=none,id=fda,format=raw,file=" + path, "-device", "floppy,drive=fda"}
}

func needsQEMU(t *testing.T) {
	t.Helper()
	if _, err := os.Stat(installDisc); err != nil {
		drivertest.NeedsHost(t, "the stand-in discs are not built", "make discs")
	}
	if _, err := exec.LookPath("qemu-system-i386"); err != nil {
		drivertest.NeedsHost(t, "qemu-system-i386 is missing", "apt-get install qemu-system-x86 qemu-utils")
	}
}
