// Package winetest runs Windows programs and scripts in Wine, as tests: each
// test has a Windows machine of its own with a drive C:, job discs in E: and a
// first serial port.
//
// The Wine is the stand-in guest's own, made by `e2e/standin/build.sh wine`. It
// is looked for in build/standin under the module's root, or in the folder that
// DOUBLEHOP_WINE_ROOT names (it holds wine-root and wine-prefix). Where there is
// none the test is skipped with the reason; with E2E_STRICT=1 it fails.
//
// Floor 2. For tests of this floor and above, and of provision/guest itself.
package winetest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/doublehop/doublehop/provision/guest"
)

// RootVariable is the environment variable that names the folder with
// wine-root and wine-prefix.
const RootVariable = "DOUBLEHOP_WINE_ROOT"

// Machine is one Windows machine: its C: outlives Kill, as a disk does.
type Machine struct {
	t      testing.TB
	folder string
	script string
	built  string
	// COM1 is what the machine writes to its first serial port.
	COM1    *os.File
	started []*Process
}

// Open makes a machine that is destroyed at the end of the test.
func Open(t testing.TB) *Machine {
	t.Helper()
	script, built, missing := find()
	if missing != "" {
		if os.Getenv("E2E_STRICT") == "1" {
			t.Fatal(missing)
		}
		t.Skip(missing)
	}
	m := &Machine{t: t, folder: t.TempDir(), script: script, built: built}
	for _, drive := range []string{"a", "e"} {
		m.must(os.Mkdir(filepath.Join(m.folder, drive), 0o755))
	}
	master, slave, err := openLine()
	if err != nil {
		t.Fatal(err)
	}
	m.COM1 = master
	m.must(os.Symlink(slave.Name(), filepath.Join(m.folder, "com1")))
	t.Cleanup(func() {
		m.Kill()
		_ = slave.Close()
		_ = master.Close()
	})
	if code, out := m.Run(t.Context(), "cmd", "/c", "ver"); code != 0 { // makes C:
		t.Fatalf("first command: exit %d\n%s", code, out)
	}
	m.recordPower()
	return m
}

// find looks for Wine, and says what is missing.
func find() (script, built, missing string) {
	root, err := os.Getwd()
	if err != nil {
		return "", "", err.Error()
	}
	for ; root != "/"; root = filepath.Dir(root) {
		if _, err := os.Stat(filepath.Join(root, "go.mod")); err == nil {
			break
		}
	}
	script = filepath.Join(root, "e2e", "standin", "wine.sh")
	built = filepath.Join(root, "build", "standin")
	if named := os.Getenv(RootVariable); named != "" {
		built = named
	}
	for _, need := range []string{script, filepath.Join(built, "wine-root"), filepath.Join(built, "wine-prefix")} {
		if _, err := os.Stat(need); err != nil {
			return "", "", "no Wine to run Windows scripts in: " + need + " is missing. Make it with:\n    e2e/standin/build.sh wine\nor name its folder in " + RootVariable
		}
	}
	if os.Geteuid() != 0 {
		return "", "", "running Wine in its own root needs root"
	}
	return script, built, ""
}

// Run runs a program to its end, and returns its exit code and what it wrote.
func (m *Machine) Run(ctx context.Context, args ...string) (code int, output string) {
	m.t.Helper()
	p := m.Start(ctx, args...)
	return p.Wait()
}

// Process is a program that runs in a machine.
type Process struct {
	m    *Machine
	cmd  *exec.Cmd
	out  *os.File
	done chan struct{} // closed when the program has ended
	err  error         // how it ended, once done is closed
}

// Start starts a program. Its output goes to a file: Wine's background
// processes would keep a pipe open.
func (m *Machine) Start(ctx context.Context, args ...string) *Process {
	m.t.Helper()
	out, err := os.CreateTemp(m.folder, "output")
	if err != nil {
		m.t.Fatal(err)
	}
	cmd := exec.CommandContext(ctx, m.script, append([]string{m.folder}, args...)...)
	cmd.Env = append(os.Environ(), "STANDIN_BUILD="+m.built)
	cmd.Stdout, cmd.Stderr = out, out
	cmd.WaitDelay = 10 * time.Second
	if err := cmd.Start(); err != nil {
		m.t.Fatal(err)
	}
	p := &Process{m: m, cmd: cmd, out: out, done: make(chan struct{})}
	m.started = append(m.started, p)
	go func() { // Kill waits for it, at the latest at the end of the test
		defer close(p.done)
		p.err = cmd.Wait()
	}()
	return p
}

// Wait waits for the program's end, and returns its exit code and what it wrote.
func (p *Process) Wait() (code int, output string) {
	p.m.t.Helper()
	<-p.done
	if _, exited := errors.AsType[*exec.ExitError](p.err); p.err != nil && !exited {
		p.m.t.Logf("%v: %v", p.cmd.Args, p.err)
	}
	_, _ = p.out.Seek(0, io.SeekStart) // an unreadable output shows as an empty one
	text, _ := io.ReadAll(p.out)
	_ = p.out.Close()
	return p.cmd.ProcessState.ExitCode(), string(bytes.TrimSpace(text))
}

// Kill ends everything that runs in the machine, as a cut of the power does.
func (m *Machine) Kill() {
	m.t.Helper()
	for range 20 { // a program that is only just starting is not seen by the first
		m.end()
		if m.ended(time.Second) {
			m.started = nil
			return
		}
	}
	m.t.Errorf("programs still run in %s", m.folder)
}

func (m *Machine) end() {
	ctx, stop := context.WithTimeout(context.Background(), 30*time.Second)
	defer stop()
	cmd := exec.CommandContext(ctx, m.script, m.folder, "-k")
	cmd.Env = append(os.Environ(), "STANDIN_BUILD="+m.built)
	_ = cmd.Run() // fails when nothing runs
}

// ended waits a while for all programs that were started.
func (m *Machine) ended(limit time.Duration) bool {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	for _, p := range m.started {
		select {
		case <-p.done:
		case <-timer.C:
			return false
		}
	}
	return true
}

// Host is the path on this host of a path such as `C:\DH\STATE.TXT` or `E:\`.
func (m *Machine) Host(path string) string {
	drive, rest, _ := strings.Cut(path, ":")
	folder := strings.ToLower(drive)
	if folder == "c" {
		folder = "prefix/drive_c"
	}
	return filepath.Join(m.folder, folder, strings.ReplaceAll(rest, `\`, "/"))
}

// Write puts files into a folder of the machine, such as `A:\` or `C:\DH`.
func (m *Machine) Write(folder string, files []guest.File) {
	m.t.Helper()
	write(m.t, m.Host(folder), files)
}

// Insert swaps the disc in E:. No files eject it.
func (m *Machine) Insert(files []guest.File) {
	m.t.Helper()
	drive := m.Host(`E:\`)
	m.must(os.RemoveAll(drive))
	if files == nil {
		return
	}
	fresh := drive + ".new"
	write(m.t, fresh, files)
	m.must(os.Rename(fresh, drive))
}

// Read is the text of a file in the machine, or "" when there is none.
func (m *Machine) Read(path string) string {
	text, err := os.ReadFile(m.Host(path))
	if err != nil {
		return ""
	}
	return string(text)
}

// PowerAsked lists the arguments of each call of shutdown.exe so far.
func (m *Machine) PowerAsked() []string {
	return strings.FieldsFunc(m.Read(`C:\SHUTDOWN.TXT`), func(r rune) bool { return r == '\r' || r == '\n' })
}

// recordPower puts a script in place of shutdown.exe, which under Wine does nothing.
func (m *Machine) recordPower() {
	m.t.Helper()
	system := m.Host(`C:\windows\system32`)
	if err := os.Remove(filepath.Join(system, "shutdown.exe")); err != nil && !errors.Is(err, os.ErrNotExist) {
		m.t.Fatal(err)
	}
	m.Write(`C:\windows\system32`, []guest.File{guest.Text("shutdown.cmd", "@echo off\n>>C:\\SHUTDOWN.TXT echo %*\n")})
}

func (m *Machine) must(err error) {
	m.t.Helper()
	if err != nil {
		m.t.Fatal(err)
	}
}

// write puts files under a folder of this host.
func write(t testing.TB, folder string, files []guest.File) {
	t.Helper()
	for _, f := range files {
		path := filepath.Join(folder, f.Path)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err := errors.Join(err, r.Close(), os.WriteFile(path, content, 0o644)); err != nil {
			t.Fatal(err)
		}
	}
}
