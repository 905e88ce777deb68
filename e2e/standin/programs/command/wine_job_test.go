package command_test

import (
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/doublehop/doublehop/drivers/drivertest"
	"github.com/doublehop/doublehop/e2e/standin/programs/spool"
	"github.com/doublehop/doublehop/provision/catalog"
	"github.com/doublehop/doublehop/provision/guest"
)

const (
	wineScript = "../../wine.sh"
	compiler   = "i686-w64-mingw32-gcc"
)

// needsWine skips where the stand-in's Wine cannot run jobs.
func needsWine(t *testing.T) {
	t.Helper()
	if os.Getenv("E2E_STRICT") != "1" {
		t.Skip("runs jobs in Wine, which takes minutes: set E2E_STRICT=1, as make test does")
	}
	if _, err := exec.LookPath(compiler); err != nil {
		drivertest.NeedsHost(t, "there is no compiler for Windows", "apt-get install gcc-mingw-w64-i686")
	}
	if _, err := os.Stat("../../../../build/standin/wine-prefix"); err != nil {
		drivertest.NeedsHost(t, "there is no Wine to run jobs in", "e2e/standin/build.sh wine")
	}
}

// makeTemplate makes a Wine prefix that has the stand-in's programs for Windows
// of all versions, and the shim beside it.
func makeTemplate(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	build := func(out string, args ...string) {
		t.Helper()
		_ = os.Remove(out) // a link to Wine's own, which must not be written through
		if text, err := exec.CommandContext(t.Context(), compiler, append([]string{"-Os", "-s", "-o", out}, args...)...).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, text)
		}
	}
	copyPrefix(t, "../../../../build/standin/wine-prefix", folder+"/prefix")
	system := folder + "/prefix/drive_c/windows/system32/"
	build(folder+"/shim.exe", "../shim/shim.c")
	for _, year := range []string{"2000", "2003"} {
		build(folder+"/setup"+year+".exe", "-mwindows", "-DYEAR="+year, "../shim/wizard.c")
	}
	overrides := "\n[Software\\\\Wine\\\\DllOverrides] 1700000000\n\"wbemdisp\"=\"native,builtin\"\n\"find.exe\"=\"native,builtin\"\n"
	for name := range strings.FieldsSeq("net.exe net1.exe sc.exe shutdown.exe wmic.exe dcpromo.exe ldifde.exe netsh.exe expand.exe sysocmgr.exe winmgmt.exe ntdsutil.exe sync.exe powershell.exe servermanagercmd.exe msiexec.exe ping.exe") {
		copyFile(t, folder+"/shim.exe", system+name)
		overrides += `"` + name + "\"=\"native,builtin\"\n"
	}
	build(system+"find.exe", "../shim/find.c")
	build(system+"wbem/wbemdisp.dll", "-shared", "-Wl,--kill-at", "../shim/wbemdisp.c", "-lole32", "-loleaut32", "-luuid")
	user, err := os.OpenFile(folder+"/prefix/user.reg", os.O_APPEND|os.O_WRONLY, 0o600)
	check(t, err)
	_, err = user.WriteString(overrides)
	check(t, err)
	check(t, user.Close())
	return folder
}

// copyPrefix copies a Wine prefix.
func copyPrefix(t *testing.T, from, to string) {
	t.Helper()
	if out, err := exec.CommandContext(t.Context(), "cp", "-a", "--reflink=auto", from, to).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	text, err := os.ReadFile(from)
	check(t, err)
	_ = os.Remove(to)
	check(t, os.MkdirAll(filepath.Dir(to), 0o755))
	check(t, os.WriteFile(to, text, 0o755))
}

// program lays a stand-in program on the machine; it runs in Wine where the
// machine has a prefix for it.
func (b *box) program(path string) {
	b.t.Helper()
	b.programOf("shim", path)
}

// wizard lays setup of Exchange 2000 or 2003 on the machine, or the program of its
// service pack, with the program that does the work.
func (b *box) wizard(product, path, core string) {
	b.t.Helper()
	b.programOf("setup"+strings.TrimPrefix(product, "exchange-")[:4], path)
	b.program(core)
}

// programOf lays a program of the template on the machine.
func (b *box) programOf(name, path string) {
	b.t.Helper()
	unix, err := b.guest.Machine.Unix(`C:`, path)
	check(b.t, err)
	if b.lan.template == "" {
		check(b.t, os.MkdirAll(filepath.Dir(unix), 0o755))
		check(b.t, os.WriteFile(unix, []byte("MZ"), 0o600))
		return
	}
	copyFile(b.t, b.lan.template+"/"+name+".exe", unix)
}

// disc puts the stand-in disc of a product into D:, or into E: when it is one of Exchange.
func (b *box) disc(product string) {
	b.t.Helper()
	switch {
	case strings.HasPrefix(product, "windows"):
		table, err := os.ReadFile("../../cd/windows/" + product + ".txt")
		check(b.t, err)
		unix, err := b.guest.Machine.Unix(`C:`, `D:\STANDIN`)
		check(b.t, err)
		check(b.t, os.MkdirAll(unix, 0o755))
		check(b.t, os.WriteFile(unix+"/WINDOWS.TXT", table, 0o600))
		b.program(`D:\I386\WINNT32.EXE`)
		b.tool("I386", 30)
		b.program(`D:\I386\ADPREP.EXE`)
	case strings.Contains(product, "-ru"):
		b.insert(product)
		b.program(`E:\EXCHANGE2010.MSP`)
	case strings.Contains(product, "-2000") || strings.Contains(product, "-2003"):
		b.insert(product)
		b.wizard(product, `E:\SETUP\I386\SETUP.EXE`, `E:\SETUP\I386\SETUPCOR.EXE`)
		if strings.Contains(product, "-sp") {
			b.wizard(product, `E:\SETUP\I386\UPDATE.EXE`, `E:\SETUP\I386\UPDATCOR.EXE`)
		}
	default:
		b.later(product)
		b.program(`E:\SETUP.EXE`)
		b.program(`E:\SETUP.COM`)
		b.program(`E:\SETUP\SERVERROLES\COMMON\EXSETUP.EXE`)
	}
}

// write puts a job's file on the machine.
func (b *box) write(path string, f guest.File) {
	b.t.Helper()
	from, err := f.Open()
	check(b.t, err)
	defer from.Close()
	text, err := io.ReadAll(from)
	check(b.t, err)
	check(b.t, os.MkdirAll(filepath.Dir(path), 0o755))
	check(b.t, os.WriteFile(path, text, 0o644))
}

// begin lays a job's files on the machine, as the runner does.
func (b *box) begin(work catalog.Work) {
	b.t.Helper()
	root, dh := filepath.Dir(b.guest.Machine.Prefix), b.guest.Machine.Prefix+"/drive_c/DH/"
	check(b.t, os.MkdirAll(dh+"PROOF", 0o755))
	check(b.t, os.MkdirAll(root+"/run", 0o755))
	for _, f := range work.Job.Disc("00000001") {
		b.write(root+"/f/"+f.Path, f)
	}
	for _, f := range work.Job.Files {
		if !strings.Contains(f.Path, "/") {
			b.write(dh+"JOB/"+f.Path, f)
		}
	}
	for _, f := range []guest.File{
		guest.Text("POWER.CMD", "@echo off\n"),
		guest.Text("GO.CMD", "@echo off\nset STANDIN_SPOOL=\\\\?\\unix\\machine\\run\\spool\nset DH=C:\\DH\nset DHDISC=F:\nset DHJOB=C:\\DH\\JOB\nset DHPROOF=C:\\DH\\PROOF\nset DHPASS=1\n"+
			"set COMPUTERNAME="+b.guest.Machine.Computer+"\ncd /d C:\\DH\\JOB\ncmd /c C:\\DH\\CALL.CMD <NUL\n>C:\\DH\\CODE.TXT echo %errorlevel%"),
	} {
		b.write(dh+f.Path, f)
	}
	copyFile(b.t, b.lan.template+"/shim.exe", dh+"netdom.exe")
}

// script runs JOB.CMD or PROOF.CMD in Wine on the programs of this machine; no
// wait in it takes any time. It gives the exit code and what was written.
func (b *box) script(name string) (code int, said []string) {
	b.t.Helper()
	root, dh := filepath.Dir(b.guest.Machine.Prefix), b.guest.Machine.Prefix+"/drive_c/DH/"
	call := guest.Text("CALL.CMD", "@echo off\ncall C:\\DH\\JOB\\"+name+".CMD\nexit %errorlevel%")
	b.write(dh+call.Path, call)
	text := b.wine(root, func(ctx context.Context, r spool.Request, a *spool.Answer) int {
		if r.Program() == "ping" { // the jobs' way to wait
			return 0
		}
		return b.guest.Handle(ctx, r, a)
	})
	number, err := os.ReadFile(dh + "CODE.TXT")
	if err == nil {
		code, err = strconv.Atoi(strings.TrimSpace(string(number)))
	}
	if err != nil {
		b.t.Fatalf("the job left no exit code: %v\n%s", err, text)
	}
	return code, strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
}

// jobWithin is far more than any job takes whose waits take no time.
const jobWithin = 3 * time.Minute

// wine runs C:\DH\GO.CMD beside a daemon of this process.
func (b *box) wine(root string, handle spool.Handler) string {
	b.t.Helper()
	end := func() { _ = exec.Command(wineScript, root, "-k").Run() } // fails when nothing runs
	ctx, stop := context.WithTimeout(b.t.Context(), jobWithin)
	served := make(chan error, 1)
	go func() { served <- spool.Serve(ctx, root+"/run/spool", handle) }()
	defer func() {
		end()
		stop()
		if err := <-served; err != nil {
			b.t.Error(err)
		}
	}()
	out, err := os.Create(root + "/output") // Wine's background processes would keep a pipe open
	check(b.t, err)
	defer out.Close()
	run := exec.CommandContext(ctx, wineScript, root, "cmd", "/c", `C:\DH\GO.CMD`)
	run.Stdout, run.Stderr, run.WaitDelay = out, out, 10*time.Second
	began := time.Now()
	ended := run.Run()
	text, err := os.ReadFile(root + "/output")
	check(b.t, err)
	if ended != nil && context.Cause(ctx) != nil {
		b.t.Fatalf("the job runs for more than %s:\n%s", jobWithin, text)
	}
	b.t.Logf("the job took %s", time.Since(began).Round(time.Millisecond))
	return string(text)
}
