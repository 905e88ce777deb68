package libvirt

import (
	"fmt"
	"path"
	"strings"

	"libvirt.org/go/libvirtxml"

	"github.com/doublehop/doublehop/drivers"
)

// place is what a spec needs from the connection to become XML.
type place struct {
	// pool is the folder of our pool on the hypervisor.
	pool string
	// accelerator is "kvm" or "tcg".
	accelerator string
}

func (p place) path(volume string) string { return path.Join(p.pool, volume) }

// volume is the name of the volume at a path, "" for none.
func (p place) volume(file string) string {
	if file == "" {
		return ""
	}
	if path.Dir(file) != path.Clean(p.pool) {
		return file
	}
	return path.Base(file)
}

// domainOf writes a machine's definition: hardware that Windows 2000 and 2003
// have drivers for in the box, and nothing that reaches out of the lab.
func domainOf(spec drivers.MachineSpec, at place) (*libvirtxml.Domain, error) {
	mark, err := encodeMark(spec.Mark, "", true)
	if err != nil {
		return nil, err
	}
	hw := spec.Hardware
	domain := &libvirtxml.Domain{
		Type:     domainType(at.accelerator),
		Name:     spec.Name,
		UUID:     spec.UUID,
		Metadata: &libvirtxml.DomainMetadata{XML: mark},
		Memory:   &libvirtxml.DomainMemory{Value: uint(spec.Memory >> 10), Unit: "KiB"},
		VCPU:     &libvirtxml.DomainVCPU{Value: uint(spec.CPUs)},
		OS:       &libvirtxml.DomainOS{Type: &libvirtxml.DomainOSType{Arch: hw.Arch, Machine: hw.Chipset, Type: "hvm"}},
		Features: &libvirtxml.DomainFeatureList{},
		CPU:      cpuOf(hw),
		Clock:    clockOf(spec.Clock),
		// A guest that reboots keeps its QEMU, and with it the console stream;
		// one that powers off is off.
		OnPoweroff: "destroy", OnReboot: "restart", OnCrash: "destroy",
		// Windows would go to standby by itself after a while and never come back.
		PM: &libvirtxml.DomainPM{
			SuspendToMem:  &libvirtxml.DomainPMPolicy{Enabled: "no"},
			SuspendToDisk: &libvirtxml.DomainPMPolicy{Enabled: "no"},
		},
		Devices: devicesOf(spec, at),
	}
	if hw.ACPI {
		domain.Features.ACPI = &libvirtxml.DomainFeature{}
	}
	if hw.APIC {
		domain.Features.APIC = &libvirtxml.DomainFeatureAPIC{}
	}
	return domain, nil
}

// domainType is libvirt's word for an accelerator.
func domainType(accelerator string) string {
	if accelerator == "kvm" {
		return "kvm"
	}
	return "qemu"
}

// cpuOf names a model and forbids another in its place: Windows is activated
// against it and its HAL was chosen on it.
func cpuOf(hw drivers.Hardware) *libvirtxml.DomainCPU {
	if hw.CPU == "" {
		return nil
	}
	// check='none': under emulation the host's own features do not matter, and
	// libvirt 9.0 otherwise refuses models with "vme".
	cpu := &libvirtxml.DomainCPU{
		Mode: "custom", Match: "exact", Check: "none",
		Model: &libvirtxml.DomainCPUModel{Fallback: "forbid", Value: hw.CPU},
	}
	for _, feature := range hw.Features {
		policy := "require"
		if strings.HasPrefix(feature, "-") {
			policy = "disable"
		}
		cpu.Features = append(cpu.Features, libvirtxml.DomainCPUFeature{Policy: policy, Name: feature[1:]})
	}
	return cpu
}

// clockOf sets the hardware clock and the timers as virt-manager does for old
// Windows: missed ticks of the RTC are caught up, those of the PIT delayed, and
// there is no HPET. An absolute start needs libvirt 8.4. Such a clock runs with
// the guest (QEMU's clock=vm); with the host's, QEMU would add to it all the time
// that has gone by since a memory was saved.
func clockOf(clock drivers.Clock) *libvirtxml.DomainClock {
	out := &libvirtxml.DomainClock{
		Offset: "utc",
		Timer: []libvirtxml.DomainTimer{
			{Name: "rtc", TickPolicy: "catchup"},
			{Name: "pit", TickPolicy: "delay"},
			{Name: "hpet", Present: "no"},
		},
	}
	if !clock.Start.IsZero() {
		out.Timer[0].Track = "guest"
		out.Offset, out.Start = "absolute", uint(clock.Start.Unix()) //nolint:gosec // libvirtxml's type; no lab is from before 1970
	}
	return out
}

func devicesOf(spec drivers.MachineSpec, at place) *libvirtxml.DomainDeviceList {
	port := uint(0)
	devices := &libvirtxml.DomainDeviceList{
		Controllers: []libvirtxml.DomainController{{Type: "usb", Model: "none"}},
		Serials: []libvirtxml.DomainSerial{{
			// virDomainOpenConsole of libvirt 9.0 works on ptys only.
			Source: &libvirtxml.DomainChardevSource{Pty: &libvirtxml.DomainChardevSourcePty{}},
			Target: &libvirtxml.DomainSerialTarget{Port: &port},
			Log:    &libvirtxml.DomainChardevLog{File: at.path(serialLog(spec.Name)), Append: "on"},
		}},
		// The screen is on a UNIX socket in libvirt's own folder: no port, so
		// nothing to guess a password for.
		Graphics: []libvirtxml.DomainGraphic{{VNC: &libvirtxml.DomainGraphicVNC{
			Listeners: []libvirtxml.DomainGraphicListener{{Socket: &libvirtxml.DomainGraphicListenerSocket{}}},
		}}},
		Videos:     []libvirtxml.DomainVideo{{Model: libvirtxml.DomainVideoModel{Type: spec.Hardware.Video}}},
		MemBalloon: &libvirtxml.DomainMemBalloon{Model: "none"},
	}
	for _, disk := range spec.Disks {
		devices.Disks = append(devices.Disks, diskOf(disk, at))
	}
	for _, drive := range spec.Drives {
		devices.Disks = append(devices.Disks, driveOf(drive, at))
	}
	for _, nic := range spec.NICs {
		devices.Interfaces = append(devices.Interfaces, nicOf(nic, spec.Hardware.NIC))
	}
	return devices
}

// diskOf lays a volume on the IDE bus. The cache is writeback: QEMU flushes and
// syncs the image when it closes it, so a disk is whole on the platter once its
// machine is off and may then be frozen; "unsafe" would be a little quicker for
// a guest that flushes much, but nothing in libvirt's API syncs the file later.
func diskOf(disk drivers.Disk, at place) libvirtxml.DomainDisk {
	out := libvirtxml.DomainDisk{
		Device: "disk",
		Driver: &libvirtxml.DomainDiskDriver{Name: "qemu", Type: "qcow2", Cache: "writeback"},
		Source: fileSource(at.path(disk.Volume)),
		Target: &libvirtxml.DomainDiskTarget{Dev: disk.Target, Bus: "ide"},
	}
	if disk.Target == "hda" {
		// Disk first: a blank one falls through to the CD.
		out.Boot = &libvirtxml.DomainDeviceBoot{Order: 1}
	}
	return out
}

func fileSource(file string) *libvirtxml.DomainDiskSource {
	return &libvirtxml.DomainDiskSource{File: &libvirtxml.DomainDiskSourceFile{File: file}}
}

// driveOf makes a drive for removable media. All media are read-only, the
// floppy too: the guest has nothing to say on it, and QEMU takes no write lock.
func driveOf(drive drivers.Drive, at place) libvirtxml.DomainDisk {
	out := libvirtxml.DomainDisk{
		Device:   "cdrom",
		Driver:   &libvirtxml.DomainDiskDriver{Name: "qemu", Type: "raw"},
		Target:   &libvirtxml.DomainDiskTarget{Dev: drive.Target, Bus: "ide"},
		ReadOnly: &libvirtxml.DomainDiskReadOnly{},
	}
	switch drive.Target {
	case "fda", "fdb":
		out.Device, out.Target.Bus = "floppy", "fdc"
	case "hdc":
		out.Boot = &libvirtxml.DomainDeviceBoot{Order: 2}
	}
	if drive.Volume != "" {
		out.Source = fileSource(at.path(drive.Volume))
	}
	return out
}

// nicOf cables a card to a network of ours through that network's filter. It
// has no boot ROM: nothing starts from the network.
func nicOf(nic drivers.NIC, model string) libvirtxml.DomainInterface {
	return libvirtxml.DomainInterface{
		MAC: &libvirtxml.DomainInterfaceMAC{Address: nic.MAC},
		Source: &libvirtxml.DomainInterfaceSource{
			Network: &libvirtxml.DomainInterfaceSourceNetwork{Network: nic.Network},
		},
		Model:     &libvirtxml.DomainInterfaceModel{Type: model},
		FilterRef: &libvirtxml.DomainInterfaceFilterRef{Filter: nic.Network},
		ROM:       &libvirtxml.DomainROM{Enabled: "no"},
	}
}

// serialLog is the volume in which libvirt's own log of a machine's COM1 lies.
func serialLog(machine string) string {
	return "dh-serial-" + strings.TrimPrefix(machine, "dh-") + ".log"
}

// checkSpec refuses what XML or QEMU would take in another sense than ours.
func checkSpec(spec drivers.MachineSpec) error {
	if spec.Memory == 0 || spec.Memory%(1<<20) != 0 {
		return fmt.Errorf("memory of %d bytes is not a whole number of MiB", spec.Memory)
	}
	if spec.CPUs < 1 {
		return fmt.Errorf("a machine needs a processor, not %d", spec.CPUs)
	}
	for _, feature := range spec.Hardware.Features {
		if len(feature) < 2 || feature[0] != '-' && feature[0] != '+' {
			return fmt.Errorf("processor feature %q does not begin with + or -", feature)
		}
	}
	for _, disk := range spec.Disks {
		if disk.Target != "hda" && disk.Target != "hdb" {
			return fmt.Errorf("disk %q is neither hda nor hdb", disk.Target)
		}
		if err := ourVolume(disk.Volume); err != nil {
			return err
		}
	}
	for _, drive := range spec.Drives {
		if err := checkDrive(drive); err != nil {
			return err
		}
	}
	return nil
}

func checkDrive(drive drivers.Drive) error {
	if drive.Target != "hdc" && drive.Target != "hdd" && drive.Target != "fda" {
		return fmt.Errorf("drive %q is not hdc, hdd or fda", drive.Target)
	}
	if drive.Volume == "" {
		return nil
	}
	return ourVolume(drive.Volume)
}

// ourVolume refuses a name that is not of ours or would leave the pool.
func ourVolume(name string) error {
	if !strings.HasPrefix(name, "dh-") || strings.ContainsAny(name, "/\n\x00") || len(name) > 200 {
		return fmt.Errorf("volume %q is not of ours: our names begin with dh- and hold no slash", name)
	}
	return nil
}
