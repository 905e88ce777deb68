package disc_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/doublehop/doublehop/provision/disc"
)

func isoBytes(t *testing.T, label string, files ...disc.File) []byte {
	t.Helper()
	image, err := disc.ISO(label, files)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if n, err := image.WriteTo(&b); err != nil || n != image.Size() || int64(b.Len()) != n {
		t.Fatalf("wrote %d of %d bytes: %v", n, image.Size(), err)
	}
	return b.Bytes()
}

// sample is a disc with everything that occurs on a job disc.
func sample() []disc.File {
	files := []disc.File{
		disc.Bytes("JOB.CMD", []byte("@echo off\r\n")),
		disc.Bytes("DHJOB.TXT", []byte("id=J1\r\n")),
		disc.Bytes("EMPTY.TXT", nil),
		disc.Bytes("README", []byte("no extension")),
		disc.Bytes("FILES/A/B/C/D/E/F/DEEP.BIN", bytes.Repeat([]byte{7}, 5000)),
		disc.Bytes("FILES/EXACT.BIN", bytes.Repeat([]byte{9}, 2048)),
	}
	for i := range 150 { // more than a sector of records
		files = append(files, disc.Bytes(fmt.Sprintf("MANY/F%07d.TXT", i), []byte{byte(i)}))
	}
	return files
}

func TestISOKeepsTheStandardToTheLetter(t *testing.T) {
	t.Parallel()
	image := isoBytes(t, "DHJOB", sample()...)
	s := readStrict(image)
	for _, b := range s.breaches {
		t.Error(b)
	}
	want := map[string][]byte{}
	for _, f := range sample() {
		r, _ := f.Open()
		content, _ := io.ReadAll(r)
		if len(content) == 0 {
			content = nil
		}
		want[f.Path] = content
	}
	if diff := cmp.Diff(want, s.files); diff != "" {
		t.Errorf("read back (-want +got):\n%s", diff)
	}
	if s.label != "DHJOB" {
		t.Errorf("label %q", s.label)
	}
	if !bytes.Equal(image, isoBytes(t, "DHJOB", sample()...)) {
		t.Error("the same files gave other bytes")
	}
}

func TestISOOfNothingKeepsTheStandard(t *testing.T) {
	t.Parallel()
	if s := readStrict(isoBytes(t, "EMPTY")); len(s.breaches) != 0 {
		t.Error(s.breaches)
	}
}

func TestISOOfAnyTreeKeepsTheStandard(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var files []disc.File
		want := map[string][]byte{}
		folder := rapid.StringMatching(`([A-Z0-9_]{1,2}/){0,7}`)
		for range rapid.IntRange(0, 60).Draw(t, "files") {
			path := folder.Draw(t, "folder") + rapid.StringMatching(`[Q-Z]{1,8}(\.[A-Z0-9_]{1,3})?`).Draw(t, "name")
			content := bytes.Repeat([]byte{0xA5}, rapid.SampledFrom([]int{0, 1, 2047, 2048, 2049, 6000}).Draw(t, "size"))
			if content = slices.Clip(content); len(content) == 0 {
				content = nil
			}
			files = append(files, disc.Bytes(path, content))
			want[path] = content
		}
		image, err := disc.ISO("ANY", files)
		if _, named := errors.AsType[*disc.NameError](err); named {
			return // the draw made a name twice, or a device's
		}
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if _, err := image.WriteTo(&b); err != nil {
			t.Fatal(err)
		}
		s := readStrict(b.Bytes())
		if len(s.breaches) != 0 {
			t.Fatal(s.breaches)
		}
		if diff := cmp.Diff(want, s.files); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestISOIsReadInPieces(t *testing.T) {
	t.Parallel()
	image, err := disc.ISO("PIECES", sample())
	if err != nil {
		t.Fatal(err)
	}
	if err := iotest.TestReader(image.Open(), isoBytes(t, "PIECES", sample()...)); err != nil {
		t.Error(err)
	}
}

func TestNamesThatADiscCannotCarry(t *testing.T) {
	t.Parallel()
	for path, why := range map[string]string{
		"job.cmd":                  "lower-case",
		"TOOLONGNAME.TXT":          "longer than 8.3",
		"A.HTML":                   "longer than 8.3",
		"A-B.TXT":                  "none of A-Z",
		"A B.TXT":                  "none of A-Z",
		"Ä.TXT":                    "none of A-Z",
		"A.B.C":                    "none of A-Z",
		".TXT":                     "nothing before or after its dot",
		"A.":                       "nothing before or after its dot",
		"":                         "an empty part",
		"/A.TXT":                   "an empty part",
		"A//B.TXT":                 "an empty part",
		"FOLDER.D/A.TXT":           "dot in the folder",
		"../A.TXT":                 "dot in the folder",
		"NUL.TXT":                  "a device",
		"COM1":                     "a device",
		"A/B/C/D/E/F/G/H/DEEP.TXT": "deeper than the 8 levels",
	} {
		_, err := disc.ISO("LABEL", []disc.File{disc.Bytes(path, nil)})
		if err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%q: %v, want %q", path, err, why)
		}
	}
	for name, files := range map[string][]disc.File{
		"is there twice":           {disc.Bytes("A", nil), disc.Bytes("A", nil)},
		"a file and a folder":      {disc.Bytes("A", nil), disc.Bytes("A/B", nil)},
		"to be a file and a folde": {disc.Bytes("A/B", nil), disc.Bytes("A", nil)},
		"size below zero":          {{Path: "A", Size: -1, Open: disc.Bytes("A", nil).Open}},
		"no content":               {{Path: "A", Size: 1}},
		"does not fit; one extent": {{Path: "A", Size: 1 << 32, Open: disc.Bytes("A", nil).Open}},
	} {
		if _, err := disc.ISO("LABEL", files); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%v, want %q", err, name)
		}
	}
	for _, label := range []string{"", "lower", strings.Repeat("L", 33), "A B"} {
		if _, err := disc.ISO(label, nil); err == nil {
			t.Errorf("the label %q was taken", label)
		}
	}
}

func TestAFileOfAnotherSizeIsAnError(t *testing.T) {
	t.Parallel()
	for said, why := range map[int64]string{4: "longer than the 4 bytes", 6: "1 bytes short"} {
		f := disc.Bytes("A.TXT", []byte("12345"))
		f.Size = said
		image, err := disc.ISO("SIZE", []disc.File{f})
		if err != nil {
			t.Fatal(err)
		}
		if _, err = image.WriteTo(io.Discard); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("size %d: %v", said, err)
		}
		if _, err = disc.Floppy("SIZE", []disc.File{f}); err == nil {
			t.Errorf("the floppy took size %d", said)
		}
	}
}

func TestSecretIsCarriedToTheImage(t *testing.T) {
	t.Parallel()
	f := disc.Bytes("A", nil)
	for _, want := range []bool{false, true} {
		f.Secret = want
		image, err := disc.ISO("SECRET", []disc.File{f})
		if err != nil || image.Secret() != want {
			t.Errorf("secret %v: %v", want, err)
		}
	}
}

// needs skips a test where the host lacks a program, and fails it where the
// host was promised to have all.
func needs(t *testing.T, program, remedy string) {
	t.Helper()
	if _, err := exec.LookPath(program); err == nil {
		return
	}
	if os.Getenv("E2E_STRICT") == "1" {
		t.Fatalf("%s is not installed: %s", program, remedy)
	}
	t.Skipf("%s is not installed: %s", program, remedy)
}

func run(t *testing.T, argv ...string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), argv[0], argv[1:]...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(argv, " "), err, out)
	}
	return string(out)
}

func writeTemp(t *testing.T, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "image")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestISOIsReadByIsoinfo(t *testing.T) {
	t.Parallel()
	needs(t, "isoinfo", "apt-get install genisoimage")
	path := writeTemp(t, isoBytes(t, "DHJOB", sample()...))
	if out := run(t, "isoinfo", "-d", "-i", path); !strings.Contains(out, "Volume id: DHJOB") ||
		!strings.Contains(out, "NO Joliet present") {
		t.Error(out)
	}
	list := run(t, "isoinfo", "-f", "-i", path)
	for _, want := range []string{"/DHJOB.TXT;1", "/README.;1", "/FILES/A/B/C/D/E/F/DEEP.BIN;1", "/MANY/F0000149.TXT;1"} {
		if !strings.Contains(list, want+"\n") {
			t.Errorf("isoinfo does not list %s", want)
		}
	}
	if got := run(t, "isoinfo", "-x", "/JOB.CMD;1", "-i", path); got != "@echo off\r\n" {
		t.Errorf("isoinfo reads %q", got)
	}
	if out := run(t, "isoinfo", "-p", "-i", path); strings.Count(out, "\n") < 9 {
		t.Errorf("isoinfo's path table:\n%s", out)
	}
}

func TestISOIsReadByXorriso(t *testing.T) {
	t.Parallel()
	needs(t, "xorriso", "apt-get install xorriso")
	path := writeTemp(t, isoBytes(t, "DHJOB", sample()...))
	to := t.TempDir()
	out := run(t, "xorriso", "-abort_on", "WARNING", "-osirrox", "on", "-indev", path, "-check_media", "--", "-extract", "/", to)
	for _, bad := range []string{"WARNING", "SORRY", "FAILURE"} {
		if strings.Contains(out, bad) {
			t.Error(out)
		}
	}
	for _, f := range sample() {
		r, _ := f.Open()
		want, _ := io.ReadAll(r)
		got, err := os.ReadFile(filepath.Join(to, f.Path))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: %d bytes, %v", f.Path, len(got), err)
		}
	}
}

// The reader that judges the writer must see what is wrong.
func TestTheStrictReaderSeesBreaches(t *testing.T) {
	t.Parallel()
	good := isoBytes(t, "DHJOB", sample()...)
	const d = 16 * 2048 // the primary descriptor
	root := int(good[d+156+2]) * 2048
	for what, at := range map[string]int{
		"system area":             100,
		"label":                   d + 41,
		"volume size, big":        d + 87,
		"path table size, little": d + 132,
		"date":                    d + 813,
		"reserved byte":           d + 2047,
		"terminator":              d + 2048,
		"path table L":            int(good[d+140])*2048 + 2,
		"path table M":            int(good[d+151])*2048 + 5,
		"root's own extent":       root + 2,
		"parent's extent":         root + 34 + 2,
		"first name":              root + 68 + 33,
		"first date":              root + 68 + 19,
		"padding of the root":     root + 2047,
	} {
		bad := bytes.Clone(good)
		bad[at] ^= 0x81
		if s := readStrict(bad); len(s.breaches) == 0 {
			t.Errorf("%s: not seen", what)
		}
	}
}
