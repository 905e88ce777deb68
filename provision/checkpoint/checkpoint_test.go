package checkpoint_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/doublehop/doublehop/drivers"
	"github.com/doublehop/doublehop/drivers/fake"
	"github.com/doublehop/doublehop/drivers/faulty"
	"github.com/doublehop/doublehop/provision/checkpoint"
)

const layer = "dh-layer-a_system_demo.qcow2"

func manifest() checkpoint.Manifest {
	return checkpoint.Manifest{
		Version: "checkpoint.v1", Key: strings.Repeat("ab", 32), Lab: "demo", Stage: "windows",
		Made: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
		Machines: map[string]checkpoint.Machine{"dc01": {
			Layer: "a", Preimage: []byte(`{"version":"layer.v1"}`), Chipset: "pc-i440fx-6.2", CPU: "qemu32",
			Disks: map[string]checkpoint.Disk{"system": {Volume: layer, Capacity: 1 << 30}},
		}},
		Proofs: []checkpoint.Proof{{Machine: "dc01", Step: "install", Name: "a", Value: "1"}},
	}
}

func TestAManifestComesBackAsItWasWritten(t *testing.T) {
	t.Parallel()
	b, err := checkpoint.Encode(manifest())
	if err != nil {
		t.Fatal(err)
	}
	for _, padding := range []string{"", "\x00\x00\x00"} { // a pool may round a volume's size up
		got, err := checkpoint.Decode(append(b, padding...))
		if diff := cmp.Diff(manifest(), got); err != nil || diff != "" {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
	}
}

func TestAManifestThatIsNotWholeIsRefused(t *testing.T) {
	t.Parallel()
	b, _ := checkpoint.Encode(manifest())
	for n := range b {
		if _, err := checkpoint.Decode(b[:n]); err == nil {
			t.Fatalf("cut after %d of %d bytes, it is believed", n, len(b))
		}
	}
	for _, change := range [][2]string{{`"stage":"windows"`, `"stage":"Windows"`}, {`checkpoint.v1`, `checkpoint.v2`}} {
		if _, err := checkpoint.Decode([]byte(strings.Replace(string(b), change[0], change[1], 1))); err == nil {
			t.Errorf("with %s it is believed", change[1])
		}
	}
}

func FuzzDecode(f *testing.F) {
	b, _ := checkpoint.Encode(manifest())
	f.Add(b)
	f.Add([]byte("{}"))
	f.Add([]byte(`{"sha256":"","manifest":null}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := checkpoint.Decode(b)
		if err != nil {
			return
		}
		again, err := checkpoint.Encode(m)
		if err == nil {
			_, err = checkpoint.Decode(again)
		}
		if err != nil {
			t.Error(err)
		}
	})
}

// pool holds the layer that the manifest names.
func pool(t *testing.T) *fake.Driver {
	t.Helper()
	d := fake.New(fake.Options{})
	if err := d.CreateVolume(t.Context(), drivers.VolumeSpec{Name: layer, Capacity: 1 << 30}); err != nil {
		t.Fatal(err)
	}
	return d
}

func list(t *testing.T, d drivers.Driver) ([]checkpoint.Manifest, []checkpoint.Broken) {
	t.Helper()
	volumes, err := d.Volumes(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	whole, broken, err := checkpoint.List(t.Context(), d, volumes)
	if err != nil {
		t.Fatal(err)
	}
	// One that is looked for by its key is what it is in the list.
	byName, key := map[string]drivers.Volume{}, manifest().Key
	for _, v := range volumes {
		byName[v.Name] = v
	}
	found, fault, err := checkpoint.Find(t.Context(), d, byName, key)
	listed := slices.ContainsFunc(whole, func(m checkpoint.Manifest) bool { return m.Key == key })
	faulty := slices.ContainsFunc(broken, func(b checkpoint.Broken) bool { return b.Volume == checkpoint.Volume(key) })
	if err != nil || (found != nil) != listed || (fault != nil) != faulty {
		t.Errorf("in the list %t, broken %t; found %v, %v, %v", listed, faulty, found, fault, err)
	}
	return whole, broken
}

func TestACheckpointExistsOnceItIsCommitted(t *testing.T) {
	t.Parallel()
	d := pool(t)
	for range 2 { // the second time it is there already
		if err := checkpoint.Commit(t.Context(), d, manifest()); err != nil {
			t.Fatal(err)
		}
	}
	if whole, broken := list(t, d); len(whole) != 1 || len(broken) > 0 {
		t.Errorf("whole %v, broken %v", whole, broken)
	}
}

func TestCommitReplacesWhatACutUploadLeft(t *testing.T) {
	t.Parallel()
	d := pool(t)
	if err := d.UploadVolume(t.Context(), checkpoint.Volume(manifest().Key), 4, strings.NewReader("{\"sh")); err != nil {
		t.Fatal(err)
	}
	if whole, broken := list(t, d); len(whole) > 0 || len(broken) != 1 {
		t.Errorf("whole %v, broken %v", whole, broken)
	}
	if err := checkpoint.Commit(t.Context(), d, manifest()); err != nil {
		t.Fatal(err)
	}
	if whole, broken := list(t, d); len(whole) != 1 || len(broken) > 0 {
		t.Errorf("whole %v, broken %v", whole, broken)
	}
}

func TestACheckpointWithoutAllItRestsOnIsBroken(t *testing.T) {
	t.Parallel()
	d := pool(t)
	m := manifest()
	if err := d.CreateVolume(t.Context(), drivers.VolumeSpec{Name: "dh-layer-b_system_demo.qcow2", Backing: layer}); err != nil {
		t.Fatal(err)
	}
	m.Machines["dc01"].Disks["system"] = checkpoint.Disk{Volume: "dh-layer-b_system_demo.qcow2"}
	if err := checkpoint.Commit(t.Context(), d, m); err != nil {
		t.Fatal(err)
	}
	if err := d.RemoveVolume(t.Context(), layer); err != nil {
		t.Fatal(err)
	}
	if whole, broken := list(t, d); len(whole) > 0 || len(broken) != 1 || !strings.Contains(broken[0].Why, layer) {
		t.Errorf("whole %v, broken %v", whole, broken)
	}
}

// A pool that cannot be read is an error, not a pool without checkpoints: what
// is not seen must not be built again, or pruned.
func TestAPoolThatCannotBeReadIsAnError(t *testing.T) {
	t.Parallel()
	next := pool(t)
	if err := checkpoint.Commit(t.Context(), next, manifest()); err != nil {
		t.Fatal(err)
	}
	volumes, _ := next.Volumes(t.Context())
	lost := errors.New("connection lost")
	d := &faulty.Driver{Next: next, Fail: faulty.On("DownloadVolume", "", lost)}
	if _, _, err := checkpoint.List(context.WithoutCancel(t.Context()), d, volumes); !errors.Is(err, lost) {
		t.Errorf("got %v", err)
	}
}

func TestOnlyWhatNothingNeedsIsGarbage(t *testing.T) {
	t.Parallel()
	volumes := []drivers.Volume{
		{Name: checkpoint.Volume(manifest().Key)},
		{Name: layer, Backing: "dh-layer-0_system_demo.qcow2"},
		{Name: "dh-layer-0_system_demo.qcow2"},
		{Name: "dh-run-demo_dc01_system_a.qcow2", Backing: layer},
		{Name: "dh-disc-demo_dc01_J_1.iso"},
		{Name: "dh-pool-key"},
		{Name: "dh-media-1.iso"},
		{Name: "dh-media-1.ok"},
		{Name: "dh-media-2.iso"},
		{Name: "dh-media-2.ok"},
		{Name: "dh-layer-9_system_demo.qcow2"},
		{Name: "dh-run-demo_gone_system_a.qcow2", Backing: "dh-layer-9_system_demo.qcow2"},
		{Name: "dh-checkpoint-broken.json"},
	}
	machines := []drivers.Machine{{
		Disks:  []drivers.Disk{{Target: "hda", Volume: "dh-run-demo_dc01_system_a.qcow2"}},
		Drives: []drivers.Drive{{Target: "hdc", Volume: "dh-media-1.iso"}, {Target: "hdd", Volume: "dh-disc-demo_dc01_J_1.iso"}},
	}}
	got := names(checkpoint.Collect(volumes, []checkpoint.Manifest{manifest()}, machines))
	want := []string{"dh-layer-9_system_demo.qcow2", "dh-run-demo_gone_system_a.qcow2", "dh-checkpoint-broken.json"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"dh-media-2.iso", "dh-media-2.ok"}, names(checkpoint.UnusedMedia(volumes, machines))); diff != "" {
		t.Error(diff)
	}
}

func names(volumes []drivers.Volume) []string {
	var list []string
	for _, v := range volumes {
		list = append(list, v.Name)
	}
	return list
}
