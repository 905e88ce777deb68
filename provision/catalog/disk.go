package catalog

import "github.com/doublehop/doublehop/labs"

// Grows is how many bytes a step adds to the disks of its machine, roughly: so
// much does a checkpoint after it take. The figures are from memory of usual
// installations, on the small side of their ranges; an installed machine
// writes a little in any stage.
func Grows(call Call) uint64 {
	if call.Step.Kind == Install || call.Step.Kind == "upgrade_windows" {
		return installed(call.Machine.OS)
	}
	if n, ok := growth()[call.Step.Kind]; ok {
		return n
	}
	return 64 * labs.MiB
}

// installed is what a fresh Windows takes, its page file included.
func installed(os labs.OS) uint64 {
	sizes := map[labs.OS]uint64{
		labs.Windows2000: 1200 * labs.MiB, labs.Windows2003: 2200 * labs.MiB, labs.Windows2003R2: 2200 * labs.MiB,
		labs.Windows2008: 9 * labs.GiB, labs.Windows2008R2: 9 * labs.GiB,
	}
	if n, ok := sizes[os]; ok {
		return n
	}
	return 12 * labs.GiB
}

func growth() map[string]uint64 {
	return map[string]uint64{
		"check":             0,
		"reboot":            16 * labs.MiB,
		"service_pack":      900 * labs.MiB,
		"components":        60 * labs.MiB,
		"promote":           200 * labs.MiB,
		"forestprep":        80 * labs.MiB,
		"prepare_schema":    120 * labs.MiB,
		"adprep":            60 * labs.MiB,
		"exchange_setup":    900 * labs.MiB,
		"exchange_install":  6 * labs.GiB,
		"exchange_update":   1500 * labs.MiB,
		"disaster_recovery": 900 * labs.MiB,
	}
}
