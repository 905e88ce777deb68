package plan

import (
	"github.com/doublehop/doublehop/drivers"
	"github.com/doublehop/doublehop/labs"
)

// Hardware is the box that an operating system finds drivers for on its own
// install disc: the i440fx chipset with IDE, a Realtek 8139, Cirrus graphics.
// The chipset's version is pinned, because Windows binds to what it was
// installed on; 6.2 is known to every QEMU from Ubuntu 22.04's on. NX and long mode are hidden from 32-bit guests: firmware and old
// ACPI code do not expect them (dockur/windows src/legacy.sh). Windows 2000 gets
// a Pentium III without a local APIC and without ACPI: its Setup hung under
// QEMU's emulation otherwise (xhci98, setup-qemu-win2k.ps1).
func Hardware(os labs.OS) drivers.Hardware {
	h := drivers.Hardware{
		Arch: "i686", Chipset: "pc-i440fx-6.2", CPU: "qemu32", Features: []string{"-nx", "-lm"},
		ACPI: true, APIC: true, NIC: "rtl8139", Video: "cirrus",
	}
	if os == labs.Windows2000 {
		h.CPU, h.Features = "pentium3", []string{"-apic"}
		h.ACPI, h.APIC = false, false
	}
	return h
}
