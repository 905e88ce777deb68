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
	switch os {
	case labs.Windows2000:
		return 1200 * labs.MiB
	case labs.Windows2003, labs.Windows2003R2:
		return 2200 * labs.MiB
	case labs.Windows2008, labs.Windows2008R2:
		return 9 * labs.GiB
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
