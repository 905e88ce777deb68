package disc_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/doublehop/doublehop/provision/disc"
)

// readFAT12 reads a floppy by the FAT specification and Windows' geometry,
// sharing nothing with the writer. It panics on what a floppy may not hold.
func readFAT12(b []byte) (label string, files map[string][]byte) {
	want := map[int][]byte{
		11: {0, 2}, 13: {1}, 14: {1, 0}, 16: {2}, 17: {224, 0}, 19: {0x40, 0x0B}, 21: {0xF0}, 22: {9, 0},
		24: {18, 0}, 26: {2, 0}, 28: {0, 0, 0, 0}, 32: {0, 0, 0, 0}, 36: {0, 0, 0x29}, 54: []byte("FAT12   "), 510: {0x55, 0xAA},
	}
	for at, field := range want {
		if !bytes.Equal(b[at:at+len(field)], field) {
			panic(fmt.Sprintf("boot sector, byte %d: % x", at, b[at:at+len(field)]))
		}
	}
	fat := b[512:][:9*512]
	if !bytes.Equal(fat, b[10*512:][:9*512]) || !bytes.Equal(fat[:3], []byte{0xF0, 0xFF, 0xFF}) {
		panic("the two FATs differ, or their first bytes are wrong")
	}
	used := map[int]bool{}
	files = map[string][]byte{}
	long := ""
	for at := 19 * 512; at < 33*512 && b[at] != 0; at += 32 {
		e := b[at:][:32]
		if e[11] == 8 {
			label = string(e[:11])
			continue
		}
		if e[11] == 0x0F { // a part of a long name, the last one first
			long = longChars(e) + long
			continue
		}
		date := binary.LittleEndian.Uint16(e[24:])
		if e[11] != 0x20 || date>>9 < 20 || date>>5&15 < 1 || date>>5&15 > 12 || date&31 == 0 {
			panic("attribute or date")
		}
		name := strings.TrimSuffix(strings.TrimRight(string(e[:8]), " ")+"."+strings.TrimRight(string(e[8:11]), " "), ".")
		if long != "" {
			name, long = long, ""
		}
		files[name] = chain(b, fat, int(binary.LittleEndian.Uint16(e[26:])), int(binary.LittleEndian.Uint32(e[28:])), used)
	}
	for cluster := 2; cluster < 2849; cluster++ {
		if (fat12(fat, cluster) != 0) != used[cluster] {
			panic(fmt.Sprintf("cluster %d is lost or free in use", cluster))
		}
	}
	return label, files
}

func longChars(e []byte) string {
	var text []byte
	for _, field := range [][]byte{e[1:11], e[14:26], e[28:32]} {
		for i := 0; i < len(field); i += 2 {
			if c := binary.LittleEndian.Uint16(field[i:]); c != 0 && c != 0xFFFF {
				text = append(text, byte(c))
			}
		}
	}
	return string(text)
}

func fat12(fat []byte, cluster int) int {
	pair := int(fat[cluster*3/2]) | int(fat[cluster*3/2+1])<<8
	return pair >> (4 * (cluster % 2)) & 0xFFF
}

func chain(b, fat []byte, cluster, size int, used map[int]bool) []byte {
	var content []byte
	for cluster >= 2 && cluster < 0xFF0 {
		if used[cluster] {
			panic("a cluster is used twice")
		}
		used[cluster] = true
		content = append(content, b[(33+cluster-2)*512:][:512]...)
		cluster = fat12(fat, cluster)
	}
	if (len(content)+511)/512 != (size+511)/512 || size > 0 && cluster < 0xFF8 {
		panic("a chain of another length than the file")
	}
	return content[:size]
}

func answerFloppy() []disc.File {
	return []disc.File{
		disc.Bytes("WINNT.SIF", []byte("[Data]\r\n")),
		disc.Bytes("START.CMD", bytes.Repeat([]byte("rem\r\n"), 1000)),
		disc.Bytes("EMPTY.TXT", nil),
		disc.Bytes("SECTOR.BIN", bytes.Repeat([]byte{1}, 512)),
	}
}

func TestFloppyIsWhatSetupWants(t *testing.T) {
	t.Parallel()
	image, err := disc.Floppy("DHANSWER", answerFloppy())
	if err != nil {
		t.Fatal(err)
	}
	if len(image) != 1474560 {
		t.Errorf("%d bytes", len(image))
	}
	label, files := readFAT12(image)
	want := map[string][]byte{
		"WINNT.SIF": []byte("[Data]\r\n"), "START.CMD": bytes.Repeat([]byte("rem\r\n"), 1000),
		"EMPTY.TXT": nil, "SECTOR.BIN": bytes.Repeat([]byte{1}, 512),
	}
	if diff := cmp.Diff(want, files); diff != "" || label != "DHANSWER   " {
		t.Errorf("label %q, read back (-want +got):\n%s", label, diff)
	}
	again, _ := disc.Floppy("DHANSWER", answerFloppy())
	if !bytes.Equal(image, again) {
		t.Error("the same files gave other bytes")
	}
}

func TestFloppyHoldsWhatFitsAndRefusesMore(t *testing.T) {
	t.Parallel()
	const room = 2847 * 512
	image, err := disc.Floppy("FULL", []disc.File{disc.Bytes("A", make([]byte, room))})
	if err != nil {
		t.Fatal(err)
	}
	readFAT12(image)
	for why, files := range map[string][]disc.File{
		"does not fit":      {disc.Bytes("A", make([]byte, room)), disc.Bytes("B", []byte{1})},
		"in its root only":  {disc.Bytes("A/B", nil)},
		"holds 223":         many(224),
		"with lower-case":   {disc.Bytes("a", nil)},
		"longer than the 1": {disc.Bytes("A", nil)},
	} {
		label := "FULL"
		if strings.HasPrefix(why, "longer") {
			label = "TWELVELETTERS"
		}
		if _, err := disc.Floppy(label, files); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%v, want %q", err, why)
		}
	}
	if image, err = disc.Floppy("MANY", many(223)); err != nil {
		t.Fatal(err)
	}
	if _, files := readFAT12(image); len(files) != 223 {
		t.Errorf("%d files", len(files))
	}
}

func many(n int) []disc.File {
	var files []disc.File
	for i := range n {
		files = append(files, disc.Bytes(fmt.Sprintf("F%d", i), []byte{byte(i)}))
	}
	return files
}

func TestFloppyIsReadByMtools(t *testing.T) {
	t.Parallel()
	needs(t, "mdir", "apt-get install mtools")
	image, err := disc.Floppy("DHANSWER", answerFloppy())
	if err != nil {
		t.Fatal(err)
	}
	path := writeTemp(t, image)
	if out := run(t, "mdir", "-i", path, "-a", "::"); !strings.Contains(out, "DHANSWER") || !strings.Contains(out, "4 files") {
		t.Error(out)
	}
	if got := run(t, "mtype", "-i", path, "::WINNT.SIF"); got != "[Data]\r\n" {
		t.Errorf("mtype reads %q", got)
	}
	if out := run(t, "minfo", "-i", path, "::"); !strings.Contains(out, "sectors per track: 18") || !strings.Contains(out, "heads: 2") {
		t.Error(out)
	}
}

// A long name is what mtools and Linux' own reader of FAT see.
func TestFloppyCarriesLongNames(t *testing.T) {
	t.Parallel()
	unattend := disc.Bytes("UNATTEND.XML", []byte("<unattend/>"))
	unattend.Long = "Autounattend.xml"
	thirteen := disc.Bytes("THIRTEEN", []byte("13"))
	thirteen.Long = "just-thirteen" // no room for the zero at its end
	files := append(answerFloppy(), unattend, thirteen)
	image, err := disc.Floppy("DHANSWER", files)
	if err != nil {
		t.Fatal(err)
	}
	_, read := readFAT12(image)
	if string(read["Autounattend.xml"]) != "<unattend/>" || string(read["just-thirteen"]) != "13" || len(read) != 6 {
		t.Errorf("read back %q", read)
	}
	for _, bad := range []string{"a b.xml", "ümlaut.xml", ".hidden", strings.Repeat("x", 256)} {
		unattend.Long = bad
		if _, err := disc.Floppy("DHANSWER", []disc.File{unattend}); err == nil || !strings.Contains(err.Error(), "long name") {
			t.Errorf("%q: %v", bad, err)
		}
	}
	needs(t, "mdir", "apt-get install mtools")
	path := writeTemp(t, image)
	if out := run(t, "mdir", "-i", path, "-b", "::"); !strings.Contains(out, "::/Autounattend.xml") || !strings.Contains(out, "::/just-thirteen") {
		t.Error(out)
	}
	if got := run(t, "mtype", "-i", path, "::autounattend.XML"); got != "<unattend/>" {
		t.Errorf("mtype reads %q", got)
	}
}
