// Package cabinet reads Microsoft cabinet files, as Windows' setup discs carry them.
//
// Floor 5. It reads stored and MSZIP folders of a single cabinet; sets over
// several cabinets, Quantum and LZX are refused by name.
package cabinet

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// ErrFormat says that the bytes are no cabinet that can be read here.
var ErrFormat = errors.New("no readable cabinet")

// limit is the size in bytes of the largest folder that is unpacked.
const limit = 256 << 20

// File is one file of a cabinet.
type File struct {
	Name string
	Data []byte
}

// reader walks the bytes; a read past the end makes bad true and gives zeros.
type reader struct {
	all []byte
	at  int
	bad bool
}

func (r *reader) take(n int) []byte {
	if n < 0 || r.at < 0 || n > len(r.all)-r.at {
		r.bad = true
		return make([]byte, min(max(n, 0), 8))
	}
	r.at += n
	return r.all[r.at-n : r.at]
}

func (r *reader) u16() int { return int(binary.LittleEndian.Uint16(r.take(2))) }
func (r *reader) u32() int { return int(binary.LittleEndian.Uint32(r.take(4))) }

func (r *reader) text() string {
	end := -1
	if r.at <= len(r.all) {
		end = bytes.IndexByte(r.all[r.at:], 0)
	}
	if end < 0 {
		r.bad = true
		return ""
	}
	s := string(r.take(end))
	r.take(1)
	return s
}

// Read gives the files of a cabinet in their order.
func Read(raw []byte) ([]File, error) {
	r := &reader{all: raw}
	if string(r.take(4)) != "MSCF" {
		return nil, fmt.Errorf("%w: no MSCF at its start", ErrFormat)
	}
	r.take(12)
	files := r.u32()
	r.take(6)
	folders, count, flags := r.u16(), r.u16(), r.u16()
	r.take(4)
	folderReserve, dataReserve := 0, 0
	if flags&4 != 0 {
		header := r.u16()
		sizes := r.take(2)
		folderReserve, dataReserve = int(sizes[0]), int(sizes[1])
		r.take(header)
	}
	if flags&3 != 0 {
		return nil, fmt.Errorf("%w: part of a set", ErrFormat)
	}
	var unpacked [][]byte
	for range folders {
		start, blocks, method := r.u32(), r.u16(), r.u16()
		r.take(folderReserve)
		if r.bad {
			return nil, fmt.Errorf("%w: cut short", ErrFormat)
		}
		data, err := unpack(&reader{all: raw, at: start}, blocks, method, dataReserve)
		if err != nil {
			return nil, err
		}
		unpacked = append(unpacked, data)
	}
	r.at = files
	return list(r, count, unpacked)
}

func list(r *reader, count int, folders [][]byte) ([]File, error) {
	var all []File
	for range count {
		size, offset, folder := r.u32(), r.u32(), r.u16()
		r.take(6)
		name := r.text()
		if r.bad || folder >= len(folders) || offset > len(folders[folder]) || size > len(folders[folder])-offset {
			return nil, fmt.Errorf("%w: file %q lies outside", ErrFormat, name)
		}
		all = append(all, File{name, folders[folder][offset : offset+size]})
	}
	return all, nil
}

// unpack gives the bytes of one folder: each MSZIP block may refer to the 32 KiB before it.
func unpack(r *reader, blocks, method, reserve int) ([]byte, error) {
	if method&15 > 1 {
		return nil, fmt.Errorf("%w: compression %d", ErrFormat, method&15)
	}
	var out []byte
	for range blocks {
		r.take(4)
		packed, size := r.u16(), r.u16()
		r.take(reserve)
		block := r.take(packed)
		if r.bad || len(out)+size > limit {
			return nil, fmt.Errorf("%w: cut short", ErrFormat)
		}
		if method&15 == 1 {
			if !bytes.HasPrefix(block, []byte("CK")) {
				return nil, fmt.Errorf("%w: a block without its mark", ErrFormat)
			}
			plain := make([]byte, size)
			if _, err := io.ReadFull(flate.NewReaderDict(bytes.NewReader(block[2:]), out[max(0, len(out)-32768):]), plain); err != nil {
				return nil, fmt.Errorf("%w: %w", ErrFormat, err)
			}
			block = plain
		}
		out = append(out, block...)
	}
	return out, nil
}
