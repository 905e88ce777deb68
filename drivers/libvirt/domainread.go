package libvirt

import (
	"cmp"
	"reflect"
	"slices"
	"time"

	"libvirt.org/go/libvirtxml"

	"github.com/doublehop/doublehop/drivers"
)

// specOf reads a definition back. It is the inverse of domainOf on what that
// writes, so that a machine which somebody changed by hand is seen to differ.
func specOf(domain *libvirtxml.Domain, at place) drivers.MachineSpec {
	spec := drivers.MachineSpec{Name: domain.Name, UUID: domain.UUID}
	if domain.Metadata != nil {
		spec.Mark, _, _ = decodeMark(domain.Metadata.XML)
	}
	if domain.Memory != nil {
		spec.Memory = bytesOf(uint64(domain.Memory.Value), domain.Memory.Unit)
	}
	if domain.VCPU != nil {
		spec.CPUs = int(domain.VCPU.Value)
	}
	if domain.OS != nil && domain.OS.Type != nil {
		spec.Hardware.Arch, spec.Hardware.Chipset = domain.OS.Type.Arch, domain.OS.Type.Machine
	}
	if domain.Features != nil {
		spec.Hardware.ACPI = domain.Features.ACPI != nil
		spec.Hardware.APIC = domain.Features.APIC != nil
	}
	if domain.CPU != nil && domain.CPU.Model != nil {
		spec.Hardware.CPU = domain.CPU.Model.Value
		for _, feature := range domain.CPU.Features {
			sign := "+"
			if feature.Policy == "disable" || feature.Policy == "forbid" {
				sign = "-"
			}
			spec.Hardware.Features = append(spec.Hardware.Features, sign+feature.Name)
		}
	}
	if domain.Clock != nil && domain.Clock.Offset == "absolute" {
		spec.Clock.Start = time.Unix(int64(domain.Clock.Start), 0).UTC() //nolint:gosec // libvirtxml's type; as domainxml.go wrote it
	}
	if domain.Devices != nil {
		readDevices(&spec, domain.Devices, at)
	}
	return spec
}

func readDevices(spec *drivers.MachineSpec, devices *libvirtxml.DomainDeviceList, at place) {
	for _, disk := range devices.Disks {
		if disk.Target == nil {
			continue
		}
		volume := at.volume(sourceFile(disk.Source))
		if disk.Device == "cdrom" || disk.Device == "floppy" {
			spec.Drives = append(spec.Drives, drivers.Drive{Target: disk.Target.Dev, Volume: volume})
			continue
		}
		spec.Disks = append(spec.Disks, drivers.Disk{Target: disk.Target.Dev, Volume: volume})
	}
	for _, card := range devices.Interfaces {
		nic := drivers.NIC{}
		if card.MAC != nil {
			nic.MAC = card.MAC.Address
		}
		if card.Source != nil && card.Source.Network != nil {
			nic.Network = card.Source.Network.Network
		}
		if card.Model != nil {
			spec.Hardware.NIC = card.Model.Type
		}
		if card.FilterRef == nil || card.FilterRef.Filter != nic.Network {
			nic.Network += " (unfiltered)" // never equal to what we write
		}
		spec.NICs = append(spec.NICs, nic)
	}
	for _, video := range devices.Videos {
		spec.Hardware.Video = video.Model.Type
	}
	slices.SortFunc(spec.Disks, func(a, b drivers.Disk) int { return cmp.Compare(a.Target, b.Target) })
	slices.SortFunc(spec.Drives, func(a, b drivers.Drive) int { return cmp.Compare(a.Target, b.Target) })
}

func sourceFile(source *libvirtxml.DomainDiskSource) string {
	if source == nil || source.File == nil {
		return ""
	}
	return source.File.File
}

// bytesOf turns libvirt's size and unit into bytes; libvirt itself always
// writes KiB.
func bytesOf(value uint64, unit string) uint64 {
	switch unit {
	case "b", "bytes":
		return value
	case "MiB":
		return value << 20
	case "GiB":
		return value << 30
	}
	return value << 10
}

// sameHardware compares what a running machine cannot change: everything
// except the mark and what lies in the drives.
func sameHardware(have, want drivers.MachineSpec) bool {
	return reflect.DeepEqual(hardwareOnly(have), hardwareOnly(want))
}

func hardwareOnly(spec drivers.MachineSpec) drivers.MachineSpec {
	spec.Mark = drivers.Mark{}
	spec.Clock.Start = spec.Clock.Start.UTC().Truncate(time.Second)
	spec.Disks = slices.SortedFunc(slices.Values(spec.Disks), func(a, b drivers.Disk) int { return cmp.Compare(a.Target, b.Target) })
	drives := slices.SortedFunc(slices.Values(spec.Drives), func(a, b drivers.Drive) int { return cmp.Compare(a.Target, b.Target) })
	for i := range drives {
		drives[i].Volume = ""
	}
	spec.Drives = drives
	spec.NICs = slices.Concat([]drivers.NIC{}, spec.NICs)
	spec.Hardware.Features = slices.Sorted(slices.Values(spec.Hardware.Features))
	if len(spec.NICs) == 0 {
		spec.Hardware.NIC, spec.NICs = "", nil
	}
	return spec
}
