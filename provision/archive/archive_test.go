package archive_test

import (
	"archive/tar"
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"

	"github.com/doublehop/doublehop/provision/archive"
)

var key = strings.Repeat("ab", 32)

func sum(b []byte) string {
	s := sha256.Sum256(b)
	return hex.EncodeToString(s[:])
}

// contents are the entries of a small archive, in order.
func contents() [][]byte {
	return [][]byte{[]byte("lab \"demo\" {}\n"), []byte("{\"manifest\":1}"), bytes.Repeat([]byte("base"), 50_000), []byte("top")}
}

func index() archive.Index {
	c := contents()
	file := func(name string, i int) archive.File {
		return archive.File{Name: name, Length: int64(len(c[i])), SHA256: sum(c[i])}
	}
	volume := func(name, backing string, i int) archive.Volume {
		return archive.Volume{Name: name, Backing: backing, Capacity: 1 << 30, Length: int64(len(c[i])), SHA256: sum(c[i])}
	}
	return archive.Index{
		Format: archive.Format, Tool: "v1", Made: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Lab: "demo", Stage: "windows", Key: key,
		Files:   []archive.File{file("lab/demo.lab.hcl", 0), file(archive.Manifest(key), 1)},
		Volumes: []archive.Volume{volume("dh-layer-a_system_demo.qcow2", "", 2), volume("dh-layer-b_system_demo.qcow2", "dh-layer-a_system_demo.qcow2", 3)},
	}
}

func written(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := archive.NewWriter(&b, index())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range contents() {
		e, err := w.Next()
		if err == nil {
			_, err = e.Write(c)
		}
		if err = errors.Join(err, e.Close()); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// read reads an archive to its end.
func read(in io.Reader) (x archive.Index, got [][]byte, err error) {
	r, err := archive.NewReader(in)
	if err != nil {
		return x, nil, err
	}
	defer r.Close()
	for {
		e, err := r.Next()
		if errors.Is(err, io.EOF) {
			return r.Index, got, nil
		}
		if err != nil {
			return x, nil, err
		}
		b, err := io.ReadAll(e)
		if err != nil {
			return x, nil, err
		}
		got = append(got, b)
	}
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	t.Parallel()
	x, got, err := read(bytes.NewReader(written(t)))
	if diff := cmp.Diff(index(), x); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if diff := cmp.Diff(contents(), got); diff != "" {
		t.Error(diff)
	}
	if !bytes.Equal(written(t), written(t)) {
		t.Error("written twice, it is not the same")
	}
}

func TestAWriterHoldsToItsIndex(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func([]byte) []byte{
		"shorter": func(b []byte) []byte { return b[1:] },
		"longer":  func(b []byte) []byte { return append(bytes.Clone(b), 0) },
		"changed": func(b []byte) []byte { return append([]byte{b[0] ^ 1}, b[1:]...) },
	} {
		w, err := archive.NewWriter(io.Discard, index())
		if err != nil {
			t.Fatal(err)
		}
		e, _ := w.Next()
		_, err = e.Write(spoil(contents()[0]))
		if damage, ok := errors.AsType[*archive.Damage](errors.Join(err, e.Close())); !ok || damage.What != "lab/demo.lab.hcl" {
			t.Errorf("%s: got %v", name, damage)
		}
		if err := w.Close(); err == nil {
			t.Errorf("%s: with entries missing it is whole", name)
		}
	}
}

// Wherever an archive ends too early, its reader says so.
func TestACutArchiveIsNotBelieved(t *testing.T) {
	t.Parallel()
	whole := written(t)
	for n := range whole {
		if _, _, err := read(bytes.NewReader(whole[:n])); err == nil {
			t.Fatalf("cut after %d of %d bytes, it is whole", n, len(whole))
		}
	}
	plain := unpacked(t, whole)
	for n := 0; n < bytes.LastIndex(plain, []byte("top")); n += 1009 { // behind it is only padding
		if _, _, err := read(bytes.NewReader(packed(t, plain[:n]))); err == nil {
			t.Fatalf("cut after %d of %d bytes, packed anew, it is whole", n, len(plain))
		}
	}
}

func TestAChangedByteIsNoticed(t *testing.T) {
	t.Parallel()
	plain := unpacked(t, written(t))
	at := bytes.Index(plain, []byte("basebase")) + 4711
	plain[at] ^= 1
	_, _, err := read(bytes.NewReader(packed(t, plain)))
	if damage, ok := errors.AsType[*archive.Damage](err); !ok || damage.What != "volume dh-layer-a_system_demo.qcow2" {
		t.Errorf("got %v", err)
	}
}

// unpacked is the tar inside; packed is a tar as an archive.
func unpacked(t testing.TB, b []byte) []byte {
	t.Helper()
	r, err := zstd.NewReader(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	plain, err := r.DecodeAll(b, nil)
	if err != nil {
		t.Fatal(err)
	}
	return plain
}

func packed(t testing.TB, plain []byte) []byte {
	t.Helper()
	w, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close() //nolint:errcheck // it writes nothing
	return w.EncodeAll(plain, nil)
}

// entry is one entry of a tar that a stranger made.
type entry struct {
	name string
	kind byte
	data []byte
}

// forged is an archive with an index and entries that need not fit.
func forged(t testing.TB, x any, entries ...entry) []byte {
	t.Helper()
	text, err := json.Marshal(x)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, e := range append([]entry{{"index.json", tar.TypeReg, text}}, entries...) {
		h := &tar.Header{Name: e.name, Typeflag: e.kind, Size: int64(len(e.data)), Mode: 0o777}
		if e.kind == tar.TypeSymlink {
			h.Linkname, h.Size, e.data = "/etc/shadow", 0, nil
		}
		if _, err := w.Write(nil); err != nil {
			t.Fatal(err)
		}
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(e.data); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return packed(t, b.Bytes())
}

// honest are the entries that the index promises.
func honest() []entry {
	c := contents()
	return []entry{
		{"lab/demo.lab.hcl", tar.TypeReg, c[0]},
		{archive.Manifest(key), tar.TypeReg, c[1]},
		{"volumes/dh-layer-a_system_demo.qcow2", tar.TypeReg, c[2]},
		{"volumes/dh-layer-b_system_demo.qcow2", tar.TypeReg, c[3]},
	}
}

func TestAnIndexThatNobodyHonestWritesIsRefused(t *testing.T) {
	t.Parallel()
	file := func(name string) func(*archive.Index) {
		return func(x *archive.Index) { x.Files[0].Name = name }
	}
	for name, c := range map[string]struct {
		spoil func(*archive.Index)
		says  string
	}{
		"a later format":            {func(x *archive.Index) { x.Format, x.Tool = "doublehop.archive.v9", "v7" }, `"doublehop.archive.v9"`},
		"another format":            {func(x *archive.Index) { x.Format = "zip" }, "not that of an archive"},
		"a way up":                  {file("lab/../../etc/passwd"), "no path"},
		"an absolute path":          {file("lab//etc/passwd"), "no path"},
		"a way up on Windows":       {file(`lab/..\x`), "no path"},
		"a drive":                   {file("lab/C:/x"), "no path"},
		"a hidden file":             {file("lab/.git/hooks/x"), "hides"},
		"a terminal's commands":     {file("lab/\x1b[2J"), "no path"},
		"a folder":                  {file("lab/."), "no path"},
		"another place":             {file("etc/passwd"), "no file of an archive"},
		"a manifest of no key":      {file("checkpoints/../x.json"), "no file of an archive"},
		"a name twice":              {func(x *archive.Index) { x.Files = append(x.Files, x.Files[0]) }, "twice"},
		"a name in capitals":        {func(x *archive.Index) { f := x.Files[0]; f.Name = "lab/DEMO.lab.hcl"; x.Files = append(x.Files, f) }, "twice"},
		"a huge file":               {func(x *archive.Index) { x.Files[0].Length = 1 << 40 }, "bytes"},
		"a negative file":           {func(x *archive.Index) { x.Files[0].Length = -1 }, "bytes"},
		"no digest":                 {func(x *archive.Index) { x.Files[0].SHA256 = "" }, "no digest"},
		"no manifest":               {func(x *archive.Index) { x.Files = x.Files[:1] }, "no manifest"},
		"no key":                    {func(x *archive.Index) { x.Key = "" }, "no checkpoint"},
		"a volume twice":            {func(x *archive.Index) { x.Volumes = append(x.Volumes, x.Volumes[0]) }, "twice"},
		"a volume of another's":     {func(x *archive.Index) { x.Volumes[1].Name = "theirs.qcow2" }, "no name of a volume"},
		"a volume's path":           {func(x *archive.Index) { x.Volumes[1].Name = "dh-../../x" }, "no name of a volume"},
		"a huge volume":             {func(x *archive.Index) { x.Volumes[0].Length = 1 << 60 }, "bytes"},
		"a huge disk":               {func(x *archive.Index) { x.Volumes[0].Capacity = 1 << 60 }, "bytes"},
		"a disk without its base":   {func(x *archive.Index) { x.Volumes = x.Volumes[1:] }, "not in the archive"},
		"a disk over itself":        {func(x *archive.Index) { x.Volumes[0].Backing = x.Volumes[0].Name }, "circle"},
		"disks over each other":     {func(x *archive.Index) { x.Volumes[0].Backing = x.Volumes[1].Name }, "circle"},
		"a disk over no disk":       {func(x *archive.Index) { x.Volumes[0].Capacity = 0 }, "not both disks"},
		"more than any lab":         {func(x *archive.Index) { x.Files = make([]archive.File, 30_000) }, "more than any lab"},
		"small files without limit": {func(x *archive.Index) { many(x) }, "larger than those of any lab"},
	} {
		x := index()
		c.spoil(&x)
		_, _, err := read(bytes.NewReader(forged(t, x, honest()...)))
		if err == nil || !strings.Contains(err.Error(), c.says) || strings.ContainsRune(err.Error(), '\x1b') {
			t.Errorf("%s: got %v, want %q", name, err, c.says)
		}
	}
}

func many(x *archive.Index) {
	for i := range 9 {
		x.Files = append(x.Files, archive.File{Name: fmt.Sprintf("lab/%d", i), Length: archive.LargestFile, SHA256: key})
	}
}

func TestEntriesThatTheIndexDoesNotPromiseAreRefused(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func([]entry) []entry{
		"one more":      func(e []entry) []entry { return append(e, entry{"lab/x", tar.TypeReg, nil}) },
		"one less":      func(e []entry) []entry { return e[:3] },
		"another order": func(e []entry) []entry { e[2], e[3] = e[3], e[2]; return e },
		"a link":        func(e []entry) []entry { e[0].kind = tar.TypeSymlink; return e },
		"a folder":      func(e []entry) []entry { e[0].kind, e[0].data = tar.TypeDir, nil; return e },
		"longer":        func(e []entry) []entry { e[3].data = append(e[3].data, 0); return e },
		"shorter":       func(e []entry) []entry { e[3].data = e[3].data[1:]; return e },
		"other bytes":   func(e []entry) []entry { e[3].data = []byte("pot"); return e },
		"none":          func([]entry) []entry { return nil },
	} {
		if _, _, err := read(bytes.NewReader(forged(t, index(), spoil(honest())...))); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	if _, _, err := read(bytes.NewReader(forged(t, index(), honest()...))); err != nil {
		t.Errorf("an honest one: %v", err)
	}
	for _, text := range []string{"", "not zstd at all", strings.Repeat("\x00", 4096), string(packed(t, nil)), string(packed(t, make([]byte, 10_240)))} {
		if _, _, err := read(strings.NewReader(text)); err == nil {
			t.Errorf("%.20q is taken", text)
		}
	}
}

func TestASealedArchiveOpensOnlyToItsKey(t *testing.T) {
	t.Parallel()
	mine, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	phrase, err := archive.Phrase("correct horse", 10)
	if err != nil {
		t.Fatal(err)
	}
	right, _ := archive.PhraseIdentity("correct horse")
	wrong, _ := archive.PhraseIdentity("battery staple")
	for name, c := range map[string]struct {
		to          age.Recipient
		open, fails age.Identity
	}{"a key": {mine.Recipient(), mine, theirs}, "a passphrase": {phrase, right, wrong}} {
		var b bytes.Buffer
		w, err := archive.Seal(&b, []age.Recipient{c.to})
		if err != nil {
			t.Fatal(err)
		}
		if _, err = w.Write(written(t)); errors.Join(err, w.Close()) != nil {
			t.Fatal(err)
		}
		if bytes.Contains(b.Bytes(), []byte("demo")) || !archive.Sealed(bufio.NewReader(bytes.NewReader(b.Bytes()))) {
			t.Errorf("%s: it is not sealed", name)
		}
		if archive.Sealed(bufio.NewReader(bytes.NewReader(written(t)))) {
			t.Error("a clear one is taken for sealed")
		}
		open := func(b []byte, with ...age.Identity) error {
			plain, err := archive.Unseal(bytes.NewReader(b), with)
			if err == nil {
				_, _, err = read(plain)
			}
			return err
		}
		if err := open(b.Bytes(), c.open); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for _, with := range [][]age.Identity{nil, {c.fails}} {
			if err := open(b.Bytes(), with...); !errors.Is(err, archive.ErrSealed) {
				t.Errorf("%s: with another key: %v", name, err)
			}
		}
		for _, n := range []int{1, 30, b.Len() / 2, b.Len() - 30} {
			if err := open(b.Bytes()[:b.Len()-n], c.open); !errors.Is(err, archive.ErrCut) {
				t.Errorf("%s: cut by %d bytes: %v", name, n, err)
			}
		}
	}
}

// Whatever the bytes are: no panic, and what is given is what the index promises.
func FuzzReader(f *testing.F) {
	whole := unpacked(f, written(f))
	f.Add(whole)
	f.Add(whole[:len(whole)/2])
	x := index()
	x.Volumes[0].Backing = x.Volumes[1].Name
	f.Add(unpacked(f, forged(f, x, honest()...)))
	f.Add(unpacked(f, forged(f, index(), entry{"lab/../x", tar.TypeSymlink, nil})))
	f.Add(unpacked(f, forged(f, map[string]any{"format": archive.Format, "files": 1})))
	f.Fuzz(func(t *testing.T, plain []byte) {
		x, got, err := read(bytes.NewReader(packed(t, plain)))
		if err != nil {
			return
		}
		if len(got) != len(x.Files)+len(x.Volumes) {
			t.Fatalf("%d entries of %d", len(got), len(x.Files)+len(x.Volumes))
		}
		for i, file := range x.Files {
			if sum(got[i]) != file.SHA256 || strings.Contains(file.Name, "..") {
				t.Errorf("%+v", file)
			}
		}
	})
}

// The same of bytes that need not be zstd.
func FuzzPacked(f *testing.F) {
	f.Add(written(f))
	f.Add([]byte("age-encryption.org/v1\n"))
	f.Fuzz(func(_ *testing.T, b []byte) { _, _, _ = read(bytes.NewReader(b)) })
}
