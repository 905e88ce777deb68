package libvirt

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
)

// The head of libvirt's saved image, little-endian as on every host that runs
// these guests (libvirt's qemu_saveimage.h, seen with libvirt 9.0): the magic, the
// version, the length of the data, whether the guest ran, the compression, where in
// the data the cookie begins, and unused words. The data are the definition and
// the cookie, each ended by a zero byte, and room; QEMU's own stream follows.
const (
	savedMagic   = "LibvirtQemudSave"
	partialMagic = "LibvirtQemudPart" // until all of the memory is in it
	savedVersion = 2
	savedHead    = 92
	// largestData is more than any definition takes; libvirt's own limit is below.
	largestData = 4 << 20

	atVersion, atDataLen, atCookie = 16, 20, 32
)

// savedImage is the head of a saved image with its data.
type savedImage struct {
	head   []byte
	room   int
	xml    string
	cookie []byte
}

var errNoImage = errors.New("the volume holds no saved memory of libvirt's")

// dataLen reads how many bytes follow the head, and refuses a format that this
// program has not seen.
func dataLen(head []byte) (int, error) {
	if len(head) < savedHead {
		return 0, errNoImage
	}
	switch magic := string(head[:len(savedMagic)]); {
	case magic == partialMagic:
		return 0, errors.New("the memory was not saved to its end")
	case magic != savedMagic:
		return 0, errNoImage
	}
	if version := binary.LittleEndian.Uint32(head[atVersion:]); version != savedVersion {
		return 0, fmt.Errorf("the saved memory is of version %d, and this Doublehop knows version %d", version, savedVersion)
	}
	length := binary.LittleEndian.Uint32(head[atDataLen:])
	if length == 0 || length > largestData {
		return 0, fmt.Errorf("the saved memory has %d bytes of definition", length)
	}
	return int(length), nil
}

// readSaved reads head and data.
func readSaved(b []byte) (*savedImage, error) {
	length, err := dataLen(b)
	if err != nil {
		return nil, err
	}
	if len(b) < savedHead+length {
		return nil, errNoImage
	}
	data := b[savedHead:][:length]
	xml, _, ended := bytes.Cut(data, []byte{0})
	if !ended {
		return nil, errors.New("the definition in the saved memory has no end")
	}
	s := &savedImage{head: b[:savedHead], room: length, xml: string(xml)}
	if at := int(binary.LittleEndian.Uint32(b[atCookie:])); at > 0 {
		if at <= len(xml) || at >= length {
			return nil, errors.New("the saved memory's cookie lies outside of its data")
		}
		s.cookie, _, _ = bytes.Cut(data[at:], []byte{0})
	}
	return s, nil
}

// with is head and data with another definition, as long as they were: QEMU's
// stream stays where it is.
func (s *savedImage) with(xml string) ([]byte, error) {
	out := make([]byte, savedHead+s.room)
	copy(out, s.head)
	data := out[savedHead:]
	need := len(xml) + 1
	if s.cookie != nil {
		need += len(s.cookie) + 1
	}
	if need > len(data) {
		return nil, fmt.Errorf("the definition has %d bytes, and the saved memory room for %d", need, len(data))
	}
	copy(data, xml)
	cookieAt := 0
	if s.cookie != nil {
		cookieAt = len(xml) + 1
		copy(data[cookieAt:], s.cookie)
	}
	binary.LittleEndian.PutUint32(out[atCookie:], uint32(cookieAt))
	return out, nil
}
