package drivertest

import (
	"bytes"
	_ "embed"
	"encoding/binary"
	"strings"
)

//go:generate sh -c "as --32 -o tiny/tiny.o tiny/tiny.S && ld -m elf_i386 -Ttext 0x7c00 --oformat binary -o tiny/tiny.bin tiny/tiny.o && rm tiny/tiny.o && chmod 644 tiny/tiny.bin"
//go:embed tiny/tiny.bin
var tinyImage []byte

// Op is one thing that a tiny guest does.
type Op struct {
	// Do is the operation's letter, as tiny/tiny.S explains.
	Do   byte
	Text string
	N    int
}

// Say says a line on COM1.
func Say(text string) Op { return Op{Do: 'S', Text: text} }

// ReadDisk says "disk:" and the text in sector 1 of the first disk.
func ReadDisk() Op { return Op{Do: 'R'} }

// WriteDisk writes a text to sector 1 of the first disk.
func WriteDisk(text string) Op { return Op{Do: 'W', Text: text} }

// ReadFloppy says "floppy:" and the text in sector 0 of the floppy.
func ReadFloppy() Op { return Op{Do: 'F'} }

// Lines says "line 00001" and on, n lines.
func Lines(n int) Op { return Op{Do: 'N', N: n} }

// Wait waits about a fifth of a second.
func Wait() Op { return Op{Do: 'D'} }

// ReadDisc says "disc:" and the text in sector 0 of the second CD drive.
func ReadDisc() Op { return Op{Do: 'C'} }

// ResetDrives resets the drives hdc and hdd and leaves their trays closed.
func ResetDrives() Op { return Op{Do: 'X'} }

// Show puts a text on the screen, where the last one ended.
func Show(text string) Op { return Op{Do: 'V', Text: text} }

// Key waits for a key and says "key:" and the character that it types.
func Key() Op { return Op{Do: 'K'} }

// Count counts one more in memory and says "count:00001" and on.
func Count() Op { return Op{Do: 'I'} }

// Time says "time:" and what the hardware clock shows: "20060301080000".
func Time() Op { return Op{Do: 'T'} }

// Again starts over with the first operation.
func Again() Op { return Op{Do: 'L'} }

// PowerOff switches the machine off, through ACPI, after a pause in which the
// host can read what was said last: Linux drops what lies in a pseudo-terminal
// whose other end is closed.
func PowerOff() Op { return Op{Do: 'P'} }

// Reboot resets the machine.
func Reboot() Op { return Op{Do: 'B'} }

// Halt does nothing from then on.
func Halt() Op { return Op{Do: 'H'} }

// SkipIf skips the next n operations when the disk's text begins with text's
// first byte.
func SkipIf(text string, n int) Op { return Op{Do: 'J', Text: text, N: n} }

// The disc is an El Torito one, without a file: the boot record in sector 17
// points to the catalogue, and that to the image.
const (
	sector       = 2048
	catalogAt    = 19
	imageAt      = 20
	discSectors  = 24
	scriptOffset = 1024
)

// TinyGuest makes a CD that boots a guest of 2 KiB, which carries out ops. The
// fake's tests read the same operations back with ScriptOf.
func TinyGuest(ops ...Op) []byte {
	disc := make([]byte, discSectors*sector)
	at := func(n int) []byte { return disc[n*sector:] }
	copy(at(16), "\x01CD001\x01")
	copy(at(17), "\x00CD001\x01EL TORITO SPECIFICATION")
	binary.LittleEndian.PutUint32(at(17)[0x47:], catalogAt)
	copy(at(18), "\xffCD001\x01")
	catalog := at(catalogAt)
	catalog[0], catalog[30], catalog[31] = 1, 0x55, 0xaa
	sum := uint16(0)
	for i := 0; i < 32; i += 2 {
		sum += binary.LittleEndian.Uint16(catalog[i:])
	}
	binary.LittleEndian.PutUint16(catalog[28:], -sum)
	catalog[32] = 0x88                                   // bootable, no emulation
	binary.LittleEndian.PutUint16(catalog[38:], 4)       // sectors of 512 bytes
	binary.LittleEndian.PutUint32(catalog[40:], imageAt) // where
	copy(at(imageAt), tinyImage)
	copy(at(imageAt)[scriptOffset:], encode(ops))
	return disc
}

func encode(ops []Op) []byte {
	starts, size := make([]int, len(ops)+1), 0
	for i, op := range ops {
		starts[i] = size
		size += len(op.bytes(0))
	}
	starts[len(ops)] = size
	var out bytes.Buffer
	for i, op := range ops {
		target := 0
		if op.Do == 'J' {
			target = starts[min(i+1+op.N, len(ops))]
		}
		out.Write(op.bytes(target))
	}
	out.WriteByte('H')
	if out.Len() > sector-scriptOffset {
		panic("drivertest: the script is longer than the boot image")
	}
	return out.Bytes()
}

func (op Op) bytes(target int) []byte {
	out := []byte{op.Do}
	switch op.Do {
	case 'S', 'W', 'V':
		out = append(append(out, op.Text...), 0)
	case 'N':
		out = binary.LittleEndian.AppendUint16(out, uint16(op.N)) //nolint:gosec // the tests' own small numbers
	case 'J':
		out = binary.LittleEndian.AppendUint16(append(out, op.Text[0]), uint16(target)) //nolint:gosec // below the 1 KiB that encode allows
	}
	return out
}

// ScriptOf reads the operations of a disc that TinyGuest made; nil for another.
func ScriptOf(disc []byte) []Op {
	if len(disc) != discSectors*sector || !bytes.Equal(disc[imageAt*sector:][:len(tinyImage)], tinyImage) {
		return nil
	}
	script := disc[imageAt*sector+scriptOffset : (imageAt+1)*sector]
	var ops []Op
	var starts []int
	for i := 0; i < len(script) && script[i] != 0; {
		op := Op{Do: script[i]}
		starts = append(starts, i)
		i++
		switch op.Do {
		case 'S', 'W', 'V':
			text, _, _ := strings.Cut(string(script[i:]), "\x00")
			op.Text, i = text, i+len(text)+1
		case 'N':
			op.N, i = int(binary.LittleEndian.Uint16(script[i:])), i+2
		case 'J':
			op.Text, op.N, i = string(script[i]), int(binary.LittleEndian.Uint16(script[i+1:])), i+3
		}
		ops = append(ops, op)
	}
	for i := range ops { // from an offset to a number of operations
		if ops[i].Do != 'J' {
			continue
		}
		for j, start := range starts {
			if start == ops[i].N {
				ops[i].N = j - i - 1
				break
			}
		}
	}
	return ops
}
