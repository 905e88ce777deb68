package qcow2_test

import (
	"bytes"
	"encoding/binary"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/doublehop/doublehop/drivers/qcow2"
)

func TestAHeaderComesBackAsItWasMade(t *testing.T) {
	t.Parallel()
	for _, want := range []qcow2.Header{{Capacity: 1 << 30}, {Capacity: 2 << 30, Backing: "/a/dh-layer-1.qcow2"}} {
		got, err := qcow2.Parse(qcow2.Make(want))
		if err != nil || got != want {
			t.Errorf("got %+v, %v, want %+v", got, err, want)
		}
	}
}

func TestAnotherBackingNameAndTheOldOneAgainGiveTheSameBytes(t *testing.T) {
	t.Parallel()
	old := qcow2.Make(qcow2.Header{Capacity: 1 << 30, Backing: "/a/base.qcow2"})
	for _, name := range []string{"b", "/a/base.qcow2", "/" + strings.Repeat("long/", 200)} {
		head := bytes.Clone(old)
		if err := qcow2.SetBacking(head, name); err != nil {
			t.Fatal(err)
		}
		if h, err := qcow2.Parse(head); err != nil || h.Backing != name {
			t.Errorf("got %+v, %v", h, err)
		}
		if err := qcow2.SetBacking(head, "/a/base.qcow2"); err != nil || !bytes.Equal(head, old) {
			t.Errorf("changed to %q and back, it is another: %v", name, err)
		}
	}
	for _, wrong := range []string{"", strings.Repeat("x", 1024)} {
		if err := qcow2.SetBacking(bytes.Clone(old), wrong); err == nil {
			t.Errorf("a name of %d bytes is taken", len(wrong))
		}
	}
	if err := qcow2.SetBacking(qcow2.Make(qcow2.Header{Capacity: 1}), "b"); err == nil {
		t.Error("a disk over nothing was laid over something")
	}
}

// Each of these makes QEMU open a file that nobody chose, or is not understood.
func TestADiskThatIsNotPlainIsRefused(t *testing.T) {
	t.Parallel()
	put64 := func(at int, v uint64) func([]byte) { return func(b []byte) { binary.BigEndian.PutUint64(b[at:], v) } }
	put32 := func(at int, v uint32) func([]byte) { return func(b []byte) { binary.BigEndian.PutUint32(b[at:], v) } }
	for name, spoil := range map[string]func([]byte){
		"another magic":        func(b []byte) { b[0] = 'X' },
		"version 2":            put32(4, 2),
		"tiny clusters":        put32(20, 3),
		"huge clusters":        put32(20, 63),
		"an external file":     put64(72, 4),
		"an autoclear feature": put64(88, 2),
		"encryption":           put32(32, 2),
		"a snapshot":           put32(60, 1),
		"no capacity":          put64(24, 0),
		"too much capacity":    put64(24, 1<<62),
		"a long header":        put32(100, 1<<31),
		"a name far away":      put64(8, 1<<40),
		"a long name":          put32(16, 1<<20),
		"a name in the header": put64(8, 8),
		"a data file's name":   put32(112, 0x44415441),
		"LUKS":                 put32(112, 0x0537BE77),
		"a cut extension":      put32(116, 1<<31),
		"a raw backing file":   func(b []byte) { copy(b[120:], "raw\x00\x00") },
	} {
		head := qcow2.Make(qcow2.Header{Capacity: 1 << 30, Backing: "/etc/shadow"})
		spoil(head)
		if h, err := qcow2.Parse(head); err == nil {
			t.Errorf("%s: taken as %+v", name, h)
		}
	}
	for _, n := range []int{0, 3, 103} {
		if _, err := qcow2.Parse(qcow2.Make(qcow2.Header{Capacity: 1})[:n]); err == nil {
			t.Errorf("%d bytes are taken for a header", n)
		}
	}
}

func TestADiskIsPassedOnInAnyPieces(t *testing.T) {
	t.Parallel()
	disk := append(qcow2.Make(qcow2.Header{Capacity: 1 << 30, Backing: "/a/b"}), bytes.Repeat([]byte("data"), 30000)...)
	head := qcow2.Make(qcow2.Header{Capacity: 1 << 30, Backing: "/c/longer"})
	want := append(head, disk[len(head):]...)
	for _, piece := range []int{1, 1000, qcow2.HeadSize, len(disk)} {
		var got bytes.Buffer
		w := qcow2.NewRebacked(&got, "/c/longer")
		for rest := disk; len(rest) > 0; rest = rest[min(piece, len(rest)):] {
			if n, err := w.Write(rest[:min(piece, len(rest))]); err != nil || n != min(piece, len(rest)) {
				t.Fatal(n, err)
			}
		}
		if err := w.Close(); err != nil || !bytes.Equal(got.Bytes(), want) {
			t.Errorf("in pieces of %d bytes: %v", piece, err)
		}
	}
}

// What qemu-img writes is what is read here, and what is changed here it reads.
func TestQemuImgReadsAChangedHeader(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("qemu-img"); err != nil {
		t.Skip("qemu-img is not installed; on Debian: apt install qemu-utils")
	}
	dir := t.TempDir()
	run := func(args ...string) string {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), "qemu-img", args...)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("qemu-img %v: %v: %s", args, err, out)
		}
		return string(out)
	}
	run("create", "-f", "qcow2", "base.qcow2", "64M")
	run("create", "-f", "qcow2", "-b", filepath.Join(dir, "base.qcow2"), "-F", "qcow2", "top.qcow2")
	if err := os.Rename(filepath.Join(dir, "base.qcow2"), filepath.Join(dir, "moved.qcow2")); err != nil {
		t.Fatal(err)
	}
	top, err := os.ReadFile(filepath.Join(dir, "top.qcow2"))
	if err != nil {
		t.Fatal(err)
	}
	head := top[:qcow2.HeadSize]
	if h, err := qcow2.Parse(head); err != nil || h.Backing != filepath.Join(dir, "base.qcow2") || h.Capacity != 64<<20 {
		t.Fatalf("got %+v, %v", h, err)
	}
	moved := filepath.Join(dir, "moved.qcow2")
	if err := qcow2.SetBacking(head, moved); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "top.qcow2"), top, 0o600); err != nil {
		t.Fatal(err)
	}
	if out := run("info", "--backing-chain", "top.qcow2"); !strings.Contains(out, moved) {
		t.Errorf("qemu-img says:\n%s", out)
	}
	run("check", "top.qcow2")
}

func FuzzSetBacking(f *testing.F) {
	f.Add(qcow2.Make(qcow2.Header{Capacity: 1 << 30}), "b")
	f.Add(qcow2.Make(qcow2.Header{Capacity: 1 << 30, Backing: "/a/b"})[:512], "/c/d")
	f.Add([]byte("QFI\xfb"), "")
	f.Fuzz(func(t *testing.T, head []byte, name string) {
		old := bytes.Clone(head)
		h, err := qcow2.Parse(head)
		if err != nil {
			return
		}
		if qcow2.SetBacking(head, name) != nil {
			return
		}
		got, err := qcow2.Parse(head)
		if err != nil || got.Backing != name || got.Capacity != h.Capacity {
			t.Errorf("%+v became %+v, %v", h, got, err)
		}
		if err := qcow2.SetBacking(head, h.Backing); err != nil || !bytes.Equal(head, old) {
			t.Errorf("the way back: %v", err)
		}
	})
}
