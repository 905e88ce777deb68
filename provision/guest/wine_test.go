package guest_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/guest"
	"github.com/doublehop/doublehop/provision/guest/winetest"
)

// desk is a host's end of one machine of Wine.
type desk struct {
	t       *testing.T
	m       *winetest.Machine
	session *guest.Session
	asked   int

	mu    sync.Mutex
	heard []string
}

// newDesk makes a machine with the runner in place, and listens to it.
func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{t: t, m: winetest.Open(t)}
	d.session = guest.NewSession(guest.Options{Report: func(l guest.Line) {
		d.mu.Lock()
		defer d.mu.Unlock()
		text := "log: " + l.Text
		if l.Record != nil {
			text = fmt.Sprintf("%s %s %s", l.Record.ID, l.Record.Verb, l.Text)
		}
		if l.Lost > 0 {
			text += fmt.Sprintf(" (lost %d)", l.Lost)
		}
		d.heard = append(d.heard, text)
		t.Log(time.Now().Format("05.000"), text[:min(len(text), 80)])
	}})
	var reading sync.WaitGroup
	reading.Go(func() { _ = d.session.Read(context.WithoutCancel(t.Context()), d.m.COM1) })
	t.Cleanup(func() { // before the machine's own cleanup
		_ = d.m.COM1.Close()
		reading.Wait()
	})
	d.m.Write(`C:\DH`, guest.Runner(labs.Windows2003))
	return d
}

// boot starts the runner as the Run value does at logon.
func (d *desk) boot() {
	d.t.Helper()
	d.m.Start(context.WithoutCancel(d.t.Context()), "cmd", "/c", `C:\DH\RUNNER.CMD`)
}

// cut cuts the power and boots.
func (d *desk) cut() {
	d.t.Helper()
	d.m.Kill()
	d.mu.Lock()
	d.heard = nil
	d.mu.Unlock()
	d.boot()
}

// insert puts a job's disc in and returns its ask.
func (d *desk) insert(j guest.Job) string {
	d.t.Helper()
	if err := j.Check(); err != nil {
		d.t.Fatal(err)
	}
	d.asked++
	ask := fmt.Sprintf("%08x", d.asked)
	d.m.Insert(j.Disc(ask))
	return ask
}

func (d *desk) result(id, ask string) (guest.Result, error) {
	d.t.Helper()
	return d.session.Result(d.t.Context(), id, ask, guest.Patience{Silence: 90 * time.Second, Limit: 3 * time.Minute})
}

func (d *desk) done(id, ask string) guest.Result {
	d.t.Helper()
	r, err := d.result(id, ask)
	if err != nil {
		d.t.Fatal(err)
	}
	return r
}

// await waits until something was heard since the last boot that contains text.
func (d *desk) await(text string) {
	d.t.Helper()
	d.until("hearing "+text, func() bool {
		d.mu.Lock()
		defer d.mu.Unlock()
		return strings.Contains(strings.Join(d.heard, "\n"), text)
	})
}

func (d *desk) until(what string, happened func() bool) {
	d.t.Helper()
	for began := time.Now(); !happened(); <-time.After(20 * time.Millisecond) {
		if time.Since(began) > 2*time.Minute {
			d.t.Fatal("waited in vain for ", what)
		}
	}
}

const winlogon = `HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Winlogon`

// winlogon is the values of the automatic logon, a space between all words.
func (d *desk) winlogon() string {
	d.t.Helper()
	_, out := d.m.Run(d.t.Context(), "reg", "query", winlogon)
	return strings.Join(strings.Fields(out), " ")
}

func job(id, script string) guest.Job {
	return guest.Job{ID: id, Files: []guest.File{guest.Text(guest.Script, script)}}
}

func TestRunnerStreamsOutputAndProofs(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.boot()
	j := job("FACTS-1", `@echo off
echo pass %DHPASS% disc %DHDISC% dh %DH%
type %DHDISC%\FILES\ODD.TXT
type %DHJOB%\NEAR.TXT
echo to stderr 1>&2
ping -n 3 127.0.0.1 >NUL
echo later
`)
	j.Files = append(j.Files,
		guest.Text("PROOF.CMD", ">%DHPROOF%\\SCHEMA.TXT echo objectVersion: 30\n>>%DHPROOF%\\SCHEMA.TXT echo.\n>%DHPROOF%\\EMPTY.TXT type NUL\n"),
		guest.Bytes("FILES/ODD.TXT", []byte("tab\there ~DH1 10 - - 8 idle\r\n100% ^& <b> \"q\" !x! \x1b[2J \x81\xe9\r\n"+strings.Repeat("x", 2000)+"\r\n")),
		guest.Bytes("NEAR.TXT", []byte("no line end")))
	ask := d.insert(j)
	d.await("out no line endto stderr")
	if strings.Contains(strings.Join(d.heard, "\n"), "out later") {
		t.Error("output came only at the end")
	}
	got := d.done("FACTS-1", ask)
	// Where a look falls into the middle of the long line, its beginning comes by itself.
	got.Output = slices.DeleteFunc(got.Output, func(line string) bool { return line == strings.Repeat("x", 900) })
	want := guest.Result{
		Output: []string{
			`pass 1 disc E: dh C:\DH`,
			"tab\there ~DH1 10 - - 8 idle",
			`100% ^& <b> "q" !x! \x1b[2J \x81\xe9`,
			strings.Repeat("x", 900) + " ...",
			"no line endto stderr ",
			"later",
		},
		Proofs: map[string][]string{"SCHEMA": {"objectVersion: 30", ""}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestRunnerReportsFailure(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.boot()
	for i, c := range []struct {
		end  string
		code int
	}{{"exit /b 5", 5}, {"exit 5", 5}, {"cmd /c exit 5", 5}, {"exit /b -5", -5}} {
		id := fmt.Sprintf("BAD-%d", i)
		why := fmt.Sprintf("JOB.CMD ended with %d", c.code)
		ask := d.insert(job(id, "@echo off\necho no domain here\n"+c.end+"\n"))
		_, err := d.result(id, ask)
		failed, ok := errors.AsType[*guest.Failed](err)
		if !ok {
			t.Fatalf("%q: got %v", c.end, err)
		}
		if failed.Code != c.code || failed.Why != why || failed.Output[0] != "no domain here" {
			t.Errorf("%q: got %+v", c.end, *failed)
		}
		again := d.insert(job(id, "exit /b 0\n"))
		if _, err := d.result(id, again); err == nil || err.Error() != "job "+id+": "+why {
			t.Errorf("%q: asked again: got %v", c.end, err)
		}
	}
}

func TestRunnerIsNotHeldUpByWhatAJobLeaves(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.boot()
	d.done("FIRST", d.insert(job("FIRST", "@start /b ping -n 100 127.0.0.1\n@echo first\n"))) // holds the output file open
	got := d.done("SECOND", d.insert(job("SECOND", "@echo second\n")))
	if diff := cmp.Diff([]string{"second"}, got.Output); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestRunnerStartsAScriptThatItsForerunnerDidNot(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	j := job("LATE", "@echo pass %DHPASS%\n")
	j.Files = append(j.Files, guest.Text("STATE.TXT", // dead after it had written its state
		"id=LATE\nask=00000001\nphase=run\npass=1\ncode=0\nthen=none\nresume=run\nwhy=\nout=C:\\DH\\OUT.TXT\nend=LATE\n"))
	d.m.Write(`C:\DH\JOB`, j.Files[:1])
	d.m.Write(`C:\DH`, j.Files[1:])
	ask := d.insert(j)
	d.m.Start(context.WithoutCancel(t.Context()), "cscript", "//nologo", "//B", `C:\DH\RUNNER.VBS`, "again")
	if diff := cmp.Diff([]string{"pass 2"}, d.done("LATE", ask).Output); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Wine cannot turn itself off through WMI, but it can read the script.
func TestPowerScriptCanBeRead(t *testing.T) {
	t.Parallel()
	m := winetest.Open(t)
	for _, f := range guest.Runner(labs.Windows2000) {
		if f.Path == "POWER.VBS" {
			text := strings.Replace(content(t, f), "Option Explicit", "Option Explicit\nWScript.Quit 7", 1)
			m.Write(`C:\`, []guest.File{guest.Text("READ.VBS", text), guest.Text("BROKEN.VBS", text+"x = (\n")})
		}
	}
	for name, want := range map[string]int{"READ.VBS": 7, "BROKEN.VBS": 0} { // Wine's way to refuse a script
		if code, out := m.Run(t.Context(), "cscript", "//nologo", `C:\`+name); code != want {
			t.Errorf("%s: exit %d\n%s", name, code, out)
		}
	}
}

func TestRunnerShowsAQuestionThatWaits(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.boot()
	d.insert(job("ASKS", "@set /p X=Are you sure (Y/N)? <NUL\n@ping -n 60 127.0.0.1 >NUL\n"))
	d.await("ASKS beat job Are you sure (Y/N)?")
}

func TestRunnerWaitsForAWholeDisc(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.boot()
	j := job("SLOW", "@type %DHJOB%\\NEAR.TXT\n")
	j.Files = append(j.Files, guest.Text("NEAR.TXT", "near"))
	disc := j.Disc("0badf00d")
	d.m.Insert(disc[:2]) // the marker tells of a file that cannot be seen yet
	d.await("SLOW beat cannot read the whole disc in E: yet: 1 of 2 files")
	d.m.Insert(disc)
	if got := d.done("SLOW", "0badf00d"); cmp.Diff([]string{"near"}, got.Output) != "" {
		t.Errorf("got %+v", got)
	}
}

func TestRunnerRestartsBeforeProofs(t *testing.T) {
	t.Parallel()
	for name, j := range map[string]guest.Job{
		"as the job asks":     job("A", "exit /b 3010\n"),
		"as the disc asks":    {ID: "B", Then: guest.ThenReboot, Files: []guest.File{guest.Text(guest.Script, "rem\n")}},
		"without any JOB.CMD": {ID: "C", Then: guest.ThenReboot},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			d.boot()
			j.Files = append(j.Files, guest.Text("PROOF.CMD", "@echo after boot>%DHPROOF%\\BOOT.TXT\n"))
			ask := d.insert(j)
			d.until("shutdown -r", func() bool { return len(d.m.PowerAsked()) > 0 })
			if diff := cmp.Diff([]string{"-r -t 0 -f"}, d.m.PowerAsked()); diff != "" {
				t.Error(diff)
			}
			d.cut()
			got := d.done(j.ID, ask)
			if got.Rebooted != 1 || got.Proofs["BOOT"][0] != "after boot" {
				t.Errorf("got %+v", got)
			}
		})
	}
}

func TestRunnerSurvivesAPowerCut(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		resume guest.Resume
		script string
		output []string
	}{
		"and starts the job again": {guest.ResumeRun, "@echo pass %DHPASS%\n@if %DHPASS%==1 ping -n 60 127.0.0.1 >NUL\n", []string{"pass 1", "pass 2"}},
		"that ends the job":        {guest.ResumeProof, "@echo pass %DHPASS%\n@ping -n 60 127.0.0.1 >NUL\n", []string{"pass 1"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			d.boot()
			j := job("CUT", c.script)
			j.Resume = c.resume
			j.Files = append(j.Files, guest.Text("PROOF.CMD", "@echo yes>%DHPROOF%\\HERE.TXT\n"))
			ask := d.insert(j)
			d.await("out pass 1")
			d.cut()
			got := d.done("CUT", ask)
			want := guest.Result{Output: c.output, Proofs: map[string][]string{"HERE": {"yes"}}, Rebooted: 1}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestRunnerAnswersAgain(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.boot()
	j := job("ONCE", "@>>C:\\TIMES.TXT echo x\n")
	j.Files = append(j.Files, guest.Text("PROOF.CMD", "@type C:\\TIMES.TXT>%DHPROOF%\\TIMES.TXT\n"))
	for range 2 {
		got := d.done("ONCE", d.insert(j))
		if diff := cmp.Diff(map[string][]string{"TIMES": {"x"}}, got.Proofs); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
	if left, _ := os.ReadDir(d.m.Host(`C:\DH\JOB`)); len(left) > 0 {
		t.Errorf("%d of the job's files outlived it; they may hold passwords", len(left))
	}
	d.cut()
	d.await("ONCE idle done 0")
	if n := strings.Count(d.m.Read(`C:\TIMES.TXT`), "x"); n != 1 {
		t.Errorf("the job ran %d times", n)
	}
}

func TestRunnerTakesUpANewAskInTheMiddle(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.boot()
	j := job("LONG", "@echo one\n@ping -n 6 127.0.0.1 >NUL\n@echo two\n")
	d.insert(j)
	d.await("out one")
	got := d.done("LONG", d.insert(j))
	if diff := cmp.Diff([]string{"two"}, got.Output); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestRunnerSurvivesItsOwnDeath(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.boot()
	ask := d.insert(job("DEATH", "@echo one\n@taskkill /f /im cscript.exe >NUL 2>NUL\n@ping -n 4 127.0.0.1 >NUL\n@echo two %DHPASS%\n"))
	got := d.done("DEATH", ask)
	d.await("hello again")
	if len(got.Output) == 0 || got.Output[len(got.Output)-1] != "two 1" {
		t.Errorf("got %+v", got)
	}
}

func TestRunnerPowersOff(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.boot()
	off := guest.PowerOff(labs.Windows2003, "OFF")
	d.done("OFF", d.insert(off))
	d.until("shutdown -s", func() bool { return len(d.m.PowerAsked()) > 0 })
	d.cut()
	d.await("OFF idle done 0")
	if diff := cmp.Diff([]string{"-s -t 0 -f"}, d.m.PowerAsked()); diff != "" {
		t.Errorf("asked to power off again by a boot (-want +got):\n%s", diff)
	}
}

func TestRunnerIsInstalledFromTheFloppy(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.m.Write(`A:\`, append(guest.Runner(labs.Windows2003),
		guest.Text("WINNT.SIF", "[GuiUnattended]\nAdminPassword = \"Lab.Pass-1\"\nAutoLogonCount=1\n")))
	d.m.Run(t.Context(), "reg", "add", winlogon, "/v", "AutoLogonCount", "/t", "REG_DWORD", "/d", "1", "/f")
	if code, out := d.m.Run(t.Context(), "cmd", "/c", `A:\START.CMD`); code != 0 {
		t.Fatalf("exit %d\n%s", code, out)
	}
	if err := d.session.Ready(t.Context(), guest.Patience{Limit: 2 * time.Minute}); err != nil {
		t.Fatal(err)
	}
	_, run := d.m.Run(t.Context(), "reg", "query", `HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Run`)
	all := d.winlogon() + " " + strings.Join(strings.Fields(run), " ")
	for _, want := range []string{
		"AutoAdminLogon REG_SZ 1", "DefaultUserName REG_SZ Administrator", "DefaultPassword REG_SZ Lab.Pass-1",
		`DoublehopRunner REG_SZ cmd /c C:\DH\RUNNER.CMD`,
	} {
		if !strings.Contains(all, want) {
			t.Errorf("no %q in %s", want, all)
		}
	}
	if strings.Contains(all, "AutoLogonCount") {
		t.Error("AutoLogonCount is still there: Windows would stop to log on by itself")
	}
	d.m.Run(t.Context(), "cmd", "/c", `C:\DH\RUNNER.CMD`) // a second runner ends at once
}
