package checkpoint

import (
	"strings"

	"github.com/doublehop/doublehop/drivers"
)

// Collect lists the volumes that nothing needs: no checkpoint that is whole
// rests on them, no machine has them in a drive or under a disk, and they are
// none of those that keep names. It removes nothing.
func Collect(volumes []drivers.Volume, whole []Manifest, machines []drivers.Machine) []drivers.Volume {
	byName := map[string]drivers.Volume{}
	for _, v := range volumes {
		byName[v.Name] = v
	}
	needed := map[string]bool{}
	need := func(name string) {
		for name != "" && !needed[name] {
			needed[name] = true
			name = byName[name].Backing
		}
	}
	for _, m := range whole {
		need(Volume(m.Key))
		need(OriginVolume(m.Key))
		for _, part := range m.Machines {
			for volume := range part.Frozen() {
				need(volume)
			}
		}
	}
	for _, m := range machines {
		for _, d := range m.Disks {
			need(d.Volume)
		}
		for _, d := range m.Drives {
			need(d.Volume)
		}
	}
	var garbage []drivers.Volume
	for _, v := range volumes {
		if !needed[v.Name] && !kept(v.Name) {
			garbage = append(garbage, v)
		}
	}
	return garbage
}

// kept says whether a volume is worth keeping though nothing names it: the
// pool's key, without which every secret's digest would change, what the user's
// discs were copied to, and what the driver keeps for itself: what was found out
// about the host, and the serial logs, which go with their machines.
func kept(name string) bool {
	for _, prefix := range []string{"dh-pool-key", "dh-media-", "dh-host-", "dh-serial-"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

// UnusedMedia lists the copies of the user's discs, and the marks that they
// are whole, that no machine has in a drive.
func UnusedMedia(volumes []drivers.Volume, machines []drivers.Machine) []drivers.Volume {
	used := map[string]bool{}
	for _, m := range machines {
		for _, d := range m.Drives {
			used[strings.TrimSuffix(d.Volume, ".iso")] = true
		}
	}
	var list []drivers.Volume
	for _, v := range volumes {
		stem := strings.TrimSuffix(strings.TrimSuffix(v.Name, ".iso"), ".ok")
		if strings.HasPrefix(v.Name, "dh-media-") && !used[stem] {
			list = append(list, v)
		}
	}
	return list
}
