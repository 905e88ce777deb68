package drivers

// HardwareOf is the fixed profile of a guest's operating system by its name in
// a lab file, such as "windows-2003". It says false for one that it does not
// know. The chipset is left empty: the host's own (HostInfo.Chipset) is pinned
// when a lab is first built.
//
// Windows 2000 hangs under emulation at "Setup is starting" with ACPI and an
// APIC (an interrupt storm on the APIC's clock, reported for QEMU 7 and later),
// and has no driver for e1000. 32-bit Windows 2003 must not see NX or long
// mode: the first leads it onto a DEP path that may reset in a loop, the second
// lets the firmware place PCI windows above 4 GiB. qemu32 has neither.
func HardwareOf(os string) (Hardware, bool) {
	switch os {
	case "windows-2000":
		return Hardware{Arch: "i686", CPU: "pentium3", Features: []string{"-apic"}, NIC: "rtl8139", Video: "cirrus"}, true
	case "windows-2003":
		return Hardware{Arch: "i686", CPU: "qemu32", ACPI: true, APIC: true, NIC: "rtl8139", Video: "cirrus"}, true
	}
	return Hardware{}, false
}
