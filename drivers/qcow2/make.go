package qcow2

import (
	"encoding/binary"
	"fmt"
)

// madeBits is the size of the clusters that Make speaks of, 2^12 bytes: the
// smallest that holds the longest name.
const madeBits = 12

// Make writes the first cluster of a disk, and nothing of the others: for a
// hypervisor in memory, and for tests.
func Make(h Header) []byte {
	head := make([]byte, 1<<madeBits)
	copy(head, magic)
	binary.BigEndian.PutUint32(head[atVersion:], version)
	binary.BigEndian.PutUint32(head[atClusterBits:], madeBits)
	binary.BigEndian.PutUint64(head[atCapacity:], h.Capacity)
	binary.BigEndian.PutUint32(head[96:], 4) // bits of a reference count: 2^4
	binary.BigEndian.PutUint32(head[atLength:], 112)
	if h.Backing == "" {
		return head
	}
	if len(h.Backing) > longestName {
		panic(fmt.Sprintf("the name %q is longer than the format allows", h.Backing)) // a bug of the caller's
	}
	at := 112
	binary.BigEndian.PutUint32(head[at:], extFormat)
	binary.BigEndian.PutUint32(head[at+4:], uint32(len(formatName)))
	copy(head[at+8:], formatName)
	at += 8 + 8 + 8 // the extension, its text padded, and the end
	binary.BigEndian.PutUint64(head[atBackingPlace:], uint64(at))
	binary.BigEndian.PutUint32(head[atBackingSize:], uint32(len(h.Backing))) //nolint:gosec // at most 1023
	copy(head[at:], h.Backing)
	return head
}
