package fake_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/doublehop/doublehop/drivers"
	"github.com/doublehop/doublehop/drivers/fake"
)

// boot makes a machine with one disk and starts it with its line open.
func boot(ctx context.Context, d *fake.Driver, name string) (*bufio.Scanner, error) {
	spec := drivers.MachineSpec{
		Name: name, UUID: name, Mark: drivers.Mark{Lab: "l", Instance: "i", Object: name}, Memory: 1 << 20, CPUs: 1,
		Disks:  []drivers.Disk{{Target: "hda", Volume: "dh-" + name + ".qcow2"}},
		Drives: []drivers.Drive{{Target: "hdd"}},
		NICs:   []drivers.NIC{{Network: "net"}},
	}
	err := errors.Join(
		d.DefineNetwork(ctx, drivers.NetworkSpec{Name: "net", Mark: spec.Mark, Bridge: "br", Subnet: "10.0.0.0/24"}),
		d.CreateVolume(ctx, drivers.VolumeSpec{Name: "dh-" + name + ".qcow2", Capacity: 1 << 30}),
		d.DefineMachine(ctx, spec),
		d.StartMachine(ctx, name, drivers.StartPaused),
	)
	if err != nil {
		return nil, err
	}
	line, err := d.OpenSerial(ctx, name)
	if err != nil {
		return nil, err
	}
	return bufio.NewScanner(line), d.ResumeMachine(ctx, name)
}

// A guest that waits for discs in hdd and answers each, as a runner does.
func Example() {
	ctx := context.Background()
	d := fake.New(fake.Options{Guest: func(_ context.Context, g *fake.Guest) {
		g.Say("hello from " + g.Name())
		for seen := uint64(0); ; {
			disc, ok, version := g.WaitDrive("hdd", seen)
			seen = version
			last, _ := g.Get("hda", "did") // the disc is still there after a reboot
			switch {
			case !ok || last == string(disc):
			case string(disc) == "reboot":
				g.Set("hda", "did", string(disc))
				g.Reboot()
			case string(disc) == "off":
				g.Say("bye")
				g.PowerOff()
			default:
				g.Set("hda", "did", string(disc))
				g.Say("done " + string(disc))
			}
		}
	}})
	defer func() { _ = d.Close() }()
	said, err := boot(ctx, d, "dc01")
	if err != nil {
		fmt.Println(err)
		return
	}
	said.Scan()
	fmt.Println(said.Text())
	for _, job := range []string{"promote", "reboot", "off"} {
		_ = d.UploadVolume(ctx, "dh-"+job, int64(len(job)), strings.NewReader(job))
		_ = d.SetMedia(ctx, "dc01", "hdd", "dh-"+job)
		said.Scan()
		fmt.Println(job+":", said.Text())
	}
	for said.Scan() {
		fmt.Println(said.Text())
	}
	keys, _ := d.VolumeKeys("dh-dc01.qcow2")
	fmt.Println(keys)
	// Output:
	// hello from dc01
	// promote: done promote
	// reboot: hello from dc01
	// off: bye
	// map[did:reboot]
}

func TestGuestsSeeTheirNeighboursUnlessTheyAreOff(t *testing.T) {
	d := fake.New(fake.Options{Guest: func(_ context.Context, g *fake.Guest) {
		if g.Name() == "dc" {
			g.Set("hda", "domain", "contoso.test")
			g.Say("up")
			return
		}
		domain, ok := g.NeighbourGet("dc", "hda", "domain")
		g.Say(fmt.Sprintf("%v %s %v", g.Neighbours(), domain, ok))
	}})
	t.Cleanup(func() { _ = d.Close() })
	said, err := boot(t.Context(), d, "dc")
	if err != nil {
		t.Fatal(err)
	}
	said.Scan()
	member, err := boot(t.Context(), d, "ex")
	if err != nil {
		t.Fatal(err)
	}
	if member.Scan(); member.Text() != "[dc] contoso.test true" {
		t.Errorf("with a running neighbour: %q", member.Text())
	}
	if err := d.StopMachine(t.Context(), "dc", drivers.ForceOff); err != nil {
		t.Fatal(err)
	}
	late, err := boot(t.Context(), d, "late")
	if err != nil {
		t.Fatal(err)
	}
	if late.Scan(); late.Text() != "[ex]  false" {
		t.Errorf("with a neighbour that is off: %q", late.Text())
	}
}

func TestWritingUnderAnOverlayIsAProblem(t *testing.T) {
	d := fake.New(fake.Options{Guest: func(_ context.Context, g *fake.Guest) {
		g.Set("hda", "k", "v")
		g.Say("wrote")
	}})
	t.Cleanup(func() { _ = d.Close() })
	said, err := boot(t.Context(), d, "pc")
	if err != nil {
		t.Fatal(err)
	}
	said.Scan()
	if got := d.Problems(); len(got) > 0 {
		t.Fatalf("problems %v", got)
	}
	for _, err := range []error{
		d.StopMachine(t.Context(), "pc", drivers.ForceOff),
		d.CreateVolume(t.Context(), drivers.VolumeSpec{Name: "dh-top", Backing: "dh-pc.qcow2"}),
		d.StartMachine(t.Context(), "pc", drivers.StartRunning),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for deadline := time.Now().Add(5 * time.Second); len(d.Problems()) == 0; {
		if time.Now().After(deadline) {
			t.Fatal("nobody noticed")
		}
		runtime.Gosched() // the guest runs by itself
	}
}

func TestACrashIsToldAndTheMachineStartsAgain(t *testing.T) {
	d := fake.New(fake.Options{Guest: func(_ context.Context, g *fake.Guest) { g.Say("up") }})
	t.Cleanup(func() { _ = d.Close() })
	said, err := boot(t.Context(), d, "pc")
	if err != nil {
		t.Fatal(err)
	}
	said.Scan()
	if err := d.Crash("pc"); err != nil {
		t.Fatal(err)
	}
	if said.Scan() {
		t.Errorf("after the crash it said %q", said.Text())
	}
	got, err := d.Machine(t.Context(), "pc")
	if err != nil || got.State != drivers.Crashed || got.StateWhy == "" {
		t.Errorf("got %+v, %v", got, err)
	}
	if err := d.StartMachine(t.Context(), "pc", drivers.StartRunning); err != nil {
		t.Error(err)
	}
}

func TestAFullPoolIsMissing(t *testing.T) {
	d := fake.New(fake.Options{Room: 1 << 20})
	if err := d.UploadVolume(t.Context(), "dh-a", 2<<20, strings.NewReader(strings.Repeat("x", 2<<20))); drivers.KindOf(err) != drivers.Missing {
		t.Errorf("got %v", err)
	}
	if host, err := d.Host(t.Context()); err != nil || host.FreeBytes != 1<<20 {
		t.Errorf("got %+v, %v", host, err)
	}
}

// helperFile names the environment variable that makes this test binary start
// a machine in a world's file and end without a word.
const helperFile = "DOUBLEHOP_TEST_FAKE_FILE"

func runner(_ context.Context, g *fake.Guest) {
	if g.Adopted() {
		disk, _ := g.Get("hda", "installed")
		g.Say(fmt.Sprintf("going on, boot %d, installed %s", g.Boot(), disk))
		return
	}
	g.Set("hda", "installed", "yes")
	g.Say("installed")
}

func TestAMachineGoesOnWhenItsProcessIsGone(t *testing.T) {
	if path := os.Getenv(helperFile); path != "" {
		d := fake.New(fake.Options{File: path, Guest: runner})
		said, err := boot(t.Context(), d, "pc")
		if err != nil {
			t.Fatal(err)
		}
		said.Scan()
		os.Exit(0)
	}
	path := filepath.Join(t.TempDir(), "world.json")
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$") //nolint:gosec // this test itself
	child.Env = append(os.Environ(), helperFile+"="+path)
	if out, err := child.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	d := fake.New(fake.Options{File: path, Guest: runner})
	t.Cleanup(func() { _ = d.Close() })
	got, err := d.Machine(t.Context(), "pc")
	if err != nil || got.State != drivers.Running {
		t.Fatalf("got %+v, %v", got, err)
	}
	line, err := d.OpenSerial(t.Context(), "pc")
	if err != nil {
		t.Fatal(err)
	}
	said := bufio.NewScanner(line)
	if said.Scan(); said.Text() != "going on, boot 1, installed yes" {
		t.Errorf("it said %q", said.Text())
	}
}

func TestTwoDriversOnOneFileSeeOneWorld(t *testing.T) {
	path := filepath.Join(t.TempDir(), "world.json")
	one, two := fake.New(fake.Options{File: path}), fake.New(fake.Options{File: path})
	var wait sync.WaitGroup
	for i := range 40 {
		wait.Go(func() {
			d := one
			if i%2 == 1 {
				d = two
			}
			if err := d.CreateVolume(t.Context(), drivers.VolumeSpec{Name: fmt.Sprintf("dh-%02d", i), Capacity: 1}); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	for _, d := range []*fake.Driver{one, two} {
		if all, err := d.Volumes(t.Context()); err != nil || len(all) != 40 {
			t.Errorf("%d volumes, %v", len(all), err)
		}
	}
}
