package catalog_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/doublehop/doublehop/provision/catalog"
	"github.com/doublehop/doublehop/provision/guest"
	"github.com/doublehop/doublehop/provision/guest/winetest"
)

// stage is a Windows machine of Wine whose programs only record how they are
// called, and do what C:\PLAY\NAME.CMD says.
type stage struct {
	*winetest.Machine
	t        *testing.T
	recorder string
	// unlucky says that a job's failures are played too.
	unlucky bool
}

// recorded are the programs that are replaced. ping is the scripts' way to
// wait, so that replacing it makes every wait short.
func recorded() []string {
	return []string{"dcpromo", "ldifde", "net", "sc", "expand", "ping"}
}

func openStage(t *testing.T) *stage {
	t.Helper()
	if os.Getenv("E2E_STRICT") != "1" {
		t.Skip("runs every job in Wine, which takes minutes: set E2E_STRICT=1, as make test does")
	}
	compiler, err := exec.LookPath("i686-w64-mingw32-gcc")
	if err != nil {
		t.Fatal("no compiler for Windows: apt-get install gcc-mingw-w64-i686")
	}
	s := &stage{Machine: winetest.Open(t), t: t}
	program := filepath.Join(t.TempDir(), "recorder.exe")
	if out, err := exec.CommandContext(t.Context(), compiler, "-O1", "-s", "-o", program, "testdata/recorder/recorder.c").CombinedOutput(); err != nil {
		t.Fatalf("compile the recorder: %v\n%s", err, out)
	}
	s.recorder = program
	for _, name := range recorded() {
		s.put(`C:\windows\system32\` + name + ".exe")
		s.wine("reg", "add", `HKCU\Software\Wine\DllOverrides`, "/v", name+".exe", "/d", "native,builtin", "/f")
	}
	s.put(`D:\SETUP\I386\SETUP.EXE`)
	s.Write(`D:\`, []guest.File{guest.Text("WIN51", ""), guest.Text("CDROM_NT.5", ""), guest.Text("SUPPORT/TOOLS/SUPPORT.CAB", "cabinet")})
	s.play("expand", `copy C:\PLAY\netdom.exe %3\netdom.exe >NUL`)
	s.put(`C:\PLAY\netdom.exe`)
	s.play("ldifde", `if exist C:\PLAY\%~n2.LDF copy /y C:\PLAY\%~n2.LDF %2 >NUL`)
	s.ldif("ANSWER", "dn: DC=contoso,DC=test", "changetype: add", "name: contoso")
	return s
}

// put lays the recorder under a name.
func (s *stage) put(path string) {
	s.t.Helper()
	content, err := os.ReadFile(s.recorder)
	if err != nil {
		s.t.Fatal(err)
	}
	host := s.Host(path)
	_ = os.Remove(host) // a link to Wine's own, which must not be written through
	if err := os.MkdirAll(filepath.Dir(host), 0o750); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(host, content, 0o600); err != nil {
		s.t.Fatal(err)
	}
}

// play says what a recorded program does.
func (s *stage) play(program string, lines ...string) {
	s.t.Helper()
	s.Write(`C:\PLAY`, []guest.File{guest.Text(program+".CMD", "@echo off\n"+strings.Join(lines, "\n"))})
}

// ldif says what ldifde finds for a file.
func (s *stage) ldif(name string, lines ...string) {
	s.t.Helper()
	s.Write(`C:\PLAY`, []guest.File{guest.Text(name+".LDF", strings.Join(lines, "\n")+"\n\n")})
}

func (s *stage) wine(args ...string) (int, string) {
	s.t.Helper()
	ctx, stop := context.WithTimeout(s.t.Context(), 2*time.Minute)
	defer stop()
	return s.Run(ctx, args...)
}

// begin puts a job's files where the runner would.
func (s *stage) begin(work catalog.Work) {
	s.t.Helper()
	for _, folder := range []string{`C:\DH\JOB`, `C:\DH\PROOF`} {
		if err := os.RemoveAll(s.Host(folder)); err != nil {
			s.t.Fatal(err)
		}
		if err := os.MkdirAll(s.Host(folder), 0o750); err != nil {
			s.t.Fatal(err)
		}
	}
	_ = os.Remove(s.Host(`C:\CALLS.TXT`))
	s.Insert(work.Job.Disc("00000001"))
	for _, f := range work.Job.Files {
		if !strings.Contains(f.Path, "/") {
			s.Write(`C:\DH\JOB`, []guest.File{f})
		}
	}
}

// script runs JOB.CMD or PROOF.CMD as the runner does.
func (s *stage) script(name string, pass int) (int, string) {
	s.t.Helper()
	s.Write(`C:\DH`, []guest.File{
		guest.Text("CALL.CMD", "@echo off\ncall C:\\DH\\JOB\\"+name+".CMD\nexit %errorlevel%"),
		guest.Text("GO.CMD", fmt.Sprintf("@echo off\nset DH=C:\\DH\nset DHDISC=E:\nset DHJOB=C:\\DH\\JOB\nset DHPROOF=C:\\DH\\PROOF\nset DHPASS=%d\n"+
			"set COMPUTERNAME=EX01\ncd /d C:\\DH\\JOB\ncmd /c C:\\DH\\CALL.CMD <NUL\n>C:\\DH\\CODE.TXT echo %%errorlevel%%", pass)),
	})
	_, out := s.wine("cmd", "/c", `C:\DH\GO.CMD`) // its own exit code would lose all but the last byte
	code, err := strconv.Atoi(strings.TrimSpace(s.Read(`C:\DH\CODE.TXT`)))
	if err != nil {
		s.t.Fatalf("%s.CMD left no exit code: %v\n%s", name, err, out)
	}
	return code, out
}

// calls are the recorded calls, without the waits.
func (s *stage) calls() string {
	var kept []string
	for l := range strings.SplitSeq(strings.ReplaceAll(s.Read(`C:\CALLS.TXT`), "\r\n", "\n"), "\n") {
		if l = strings.TrimSpace(l); l != "" && !strings.HasPrefix(l, "ping ") {
			kept = append(kept, l)
		}
	}
	return strings.Join(kept, "\n") + "\n"
}

// proofs reads a work's proofs from what PROOF.CMD left.
func (s *stage) proofs(work catalog.Work) map[string]string {
	got := map[string]string{}
	for _, p := range work.Proofs {
		text := strings.TrimSuffix(strings.ReplaceAll(s.Read(`C:\DH\PROOF\`+p.File+".TXT"), "\r\n", "\n"), "\n")
		value, err := p.Read(strings.Split(text, "\n"))
		if err != nil {
			value = "error: " + err.Error()
		}
		got[p.Name] = value
	}
	return got
}
