package windows_test

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/doublehop/doublehop/drivers"
	"github.com/doublehop/doublehop/drivers/fake"
	"github.com/doublehop/doublehop/drivers/fake/windows"
	"github.com/doublehop/doublehop/provision/disc"
	"github.com/doublehop/doublehop/provision/guest"
)

const name = "dh-test-pc01"

// boots is a machine with a CD and an answer floppy in its drives, powered on,
// and a session that reads it.
func boots(t *testing.T) (context.Context, *fake.Driver, *guest.Session) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(stop)
	d := fake.New(fake.Options{Guest: windows.Guest})
	t.Cleanup(func() { _ = d.Close() })
	must(t, d.CreateVolume(ctx, drivers.VolumeSpec{Name: "dh-disk", Capacity: 1 << 30}))
	upload(t, ctx, d, "dh-cd", []byte("a disc"))
	upload(t, ctx, d, "dh-floppy", []byte("[UserData]\r\nComputerName=PC01\r\n"))
	must(t, d.DefineMachine(ctx, drivers.MachineSpec{
		Name: name, UUID: "00000000-0000-5000-8000-000000000001", Mark: drivers.Mark{Lab: "test", Instance: "test", Object: "pc01"},
		Memory: 256 << 20, CPUs: 1, Disks: []drivers.Disk{{Target: "hda", Volume: "dh-disk"}},
		Drives: []drivers.Drive{{Target: "hdc", Volume: "dh-cd"}, {Target: "hdd"}, {Target: "fda", Volume: "dh-floppy"}},
	}))
	must(t, d.StartMachine(ctx, name, drivers.StartPaused))
	line, err := d.OpenSerial(ctx, name)
	must(t, err)
	session := guest.NewSession(guest.Options{})
	go func() { _ = session.Read(ctx, line) }() // ends with the power, or ctx
	must(t, d.ResumeMachine(ctx, name))
	must(t, session.Ready(ctx, patience))
	return ctx, d, session
}

var patience = guest.Patience{Silence: time.Minute, Limit: time.Minute}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func upload(t *testing.T, ctx context.Context, d *fake.Driver, volume string, content []byte) {
	t.Helper()
	must(t, d.UploadVolume(ctx, volume, int64(len(content)), bytes.NewReader(content)))
}

// do gives the machine a job on a disc and waits for its end.
func do(t *testing.T, ctx context.Context, d *fake.Driver, s *guest.Session, ask string, j guest.Job) (guest.Result, error) {
	t.Helper()
	var files []disc.File
	for _, f := range j.Disc(ask) {
		r, err := f.Open()
		must(t, err)
		b, err := io.ReadAll(r)
		must(t, err)
		files = append(files, disc.Bytes(f.Path, b))
	}
	image, err := disc.ISO("JOB", files)
	must(t, err)
	var b bytes.Buffer
	_, err = image.WriteTo(&b)
	must(t, err)
	upload(t, ctx, d, "dh-job-"+ask, b.Bytes())
	must(t, d.SetMedia(ctx, name, "hdd", "dh-job-"+ask))
	return s.Result(ctx, j.ID, ask, patience)
}

// command is a job that runs lines of cmd.
func command(id, lines string) guest.Job {
	return guest.Job{ID: id, Files: []guest.File{
		guest.Text(guest.Script, "@echo off\ncmd /c \"%DHJOB%\\COMMAND.CMD\"\nexit /b %errorlevel%"),
		guest.Text("COMMAND.CMD", "@echo off\n"+lines),
	}}
}

func TestAMachineIsInstalledAndDoesJobs(t *testing.T) {
	ctx, d, s := boots(t)
	r, err := do(t, ctx, d, s, "00000001", command("A-1", "hostname\necho one>C:\\A.TXT\necho two>>C:\\A.TXT\ntype C:\\A.TXT"))
	if err != nil || strings.Join(r.Output, " ") != "PC01 one two" {
		t.Errorf("output %q, %v", r.Output, err)
	}
	r, err = do(t, ctx, d, s, "00000002", command("A-2", "if exist C:\\A.TXT (echo there) else (echo gone)\nif not exist C:\\A.TXT echo odd\nexit /b 3010"))
	if err != nil || r.Output[0] != "there" || len(r.Output) != 1 || r.Rebooted != 1 {
		t.Errorf("%+v, %v", r, err)
	}
	again, err := do(t, ctx, d, s, "00000003", command("A-2", "echo this is not run again"))
	if err != nil || len(again.Output) != 0 {
		t.Errorf("a job that was done is done again: %+v, %v", again, err)
	}
	if _, err = do(t, ctx, d, s, "00000004", command("A-3", "type C:\\NONE.TXT&& echo not this")); err == nil {
		t.Error("a job that failed went well")
	}
}

func TestTheLabAsksForFaults(t *testing.T) {
	ctx, d, s := boots(t)
	if r, err := do(t, ctx, d, s, "00000001", command("F-1", "fake reboot\necho went on")); err != nil || !strings.Contains(strings.Join(r.Output, " "), "went on") {
		t.Errorf("after a restart in mid-job: %+v, %v", r, err)
	}
	if _, err := do(t, ctx, d, s, "00000002", command("F-2", "fake fail-once")); err == nil {
		t.Error("it does not fail once")
	}
	if _, err := do(t, ctx, d, s, "00000003", command("F-3", "fake fail-once")); err != nil {
		t.Errorf("it fails twice: %v", err)
	}
}

func TestAPowerOffJobSwitchesOff(t *testing.T) {
	ctx, d, s := boots(t)
	_, _ = do(t, ctx, d, s, "00000001", guest.PowerOff("windows-2003", "OFF-1")) // the line may close first
	for {
		m, err := d.Machine(ctx, name)
		must(t, err)
		if m.State == drivers.Off {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatal("it still runs")
		case <-time.After(10 * time.Millisecond):
		}
	}
}
