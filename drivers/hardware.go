package drivers

import (
	"bytes"
	_ "embed"
	"encoding/csv"
	"fmt"
	"strings"
	"sync"

	"github.com/jszwec/csvutil"
)

// The profiles stand in a file that can be read and corrected without Go.
//
//go:embed hardware.csv
var hardwareFile []byte

// profile is a row of hardware.csv.
type profile struct {
	OS       string `csv:"os"`
	Arch     string `csv:"arch"`
	Machine  string `csv:"machine"`
	Chipset  string `csv:"chipset"`
	CPU      string `csv:"cpu"`
	Features string `csv:"features"`
	ACPI     bool   `csv:"acpi"`
	APIC     bool   `csv:"apic"`
	NIC      string `csv:"nic"`
	Video    string `csv:"video"`
	Source   string `csv:"source"`
}

// profiles reads the file once, at the first use. It is part of the program: a
// mistake in it is one of its makers, which a test finds.
//
//nolint:gochecknoglobals // a table, read at first use
var profiles = sync.OnceValue(func() []profile {
	lines := csv.NewReader(bytes.NewReader(hardwareFile))
	lines.Comment = '#'
	decoder, err := csvutil.NewDecoder(lines)
	if err != nil {
		panic(fmt.Sprintf("hardware.csv: %v", err))
	}
	decoder.DisallowMissingColumns = true
	var list []profile
	if err := decoder.Decode(&list); err != nil {
		panic(fmt.Sprintf("hardware.csv: %v", err))
	}
	return list
})

// Profile is the box of one Windows.
type Profile struct {
	// OS and Arch are as in a lab file: "windows-2003", "x86".
	OS, Arch string
	Hardware Hardware
}

// Profiles are the boxes of all systems that are known, in the order of
// hardware.csv.
func Profiles() []Profile {
	var list []Profile
	for _, p := range profiles() {
		list = append(list, Profile{OS: p.OS, Arch: p.Arch, Hardware: p.hardware()})
	}
	return list
}

// hardware is the row as a driver wants it.
func (p profile) hardware() Hardware {
	h := Hardware{
		Arch: p.Machine, Chipset: p.Chipset, CPU: p.CPU, ACPI: p.ACPI, APIC: p.APIC, NIC: p.NIC, Video: p.Video,
	}
	if p.Features != "" {
		h.Features = strings.Fields(p.Features)
	}
	return h
}

// HardwareOf is the fixed profile of a guest's Windows, by its name in a lab
// file, such as "windows-2003", and its architecture, "x86" or "x64". It says
// false for one that it does not know.
func HardwareOf(os, arch string) (Hardware, bool) {
	for _, p := range profiles() {
		if p.OS == os && p.Arch == arch {
			return p.hardware(), true
		}
	}
	return Hardware{}, false
}
