package e2e_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"

	"github.com/doublehop/doublehop/provision/disc"
)

// smallDiscs makes images that are told for discs of Windows Server 2003 and
// Exchange Server 2003 and hold nothing else, under the names of the demo's.
func smallDiscs(folder string) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	windows, err := image("NRMSEVL_EN", disc.Bytes("WIN51", nil), disc.Bytes("WIN51IS", nil))
	exchange, also := image("EXCHANGE", disc.Bytes("SETUP/I386/SETUP.EXE", nil), disc.Bytes("EXDEPLOY/A.HTM", nil))
	if err := errors.Join(err, also); err != nil {
		return err
	}
	return errors.Join(
		os.WriteFile(filepath.Join(folder, "win2003-standin.iso"), bootable(windows), 0o644),
		os.WriteFile(filepath.Join(folder, "exchange2003-standin.iso"), exchange, 0o644))
}

func image(label string, files ...disc.File) ([]byte, error) {
	made, err := disc.ISO(label, files)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	_, err = made.WriteTo(&b)
	return b.Bytes(), err
}

// bootable puts an El Torito boot record in place of the terminator, and its
// catalogue behind the volume.
func bootable(image []byte) []byte {
	record := image[17*2048:][:2048]
	clear(record)
	copy(record, "\x00CD001\x01EL TORITO SPECIFICATION")
	binary.LittleEndian.PutUint32(record[71:], uint32(len(image)/2048))
	catalog := make([]byte, 2048)
	catalog[0], catalog[30], catalog[31], catalog[32] = 1, 0x55, 0xAA, 0x88
	binary.LittleEndian.PutUint16(catalog[28:], 0x10000-0xAA55-1) // the sum of its words is 0
	return append(image, catalog...)
}
