package plan

import (
	"cmp"

	"github.com/doublehop/doublehop/drivers"
	"github.com/doublehop/doublehop/labs"
)

// Hardware is the box that a machine's Windows finds drivers for on its own
// install disc; the zero Hardware for one that nobody has a profile of. It is
// part of the key of the machine's first layer.
func Hardware(m *labs.Machine) drivers.Hardware {
	h, _ := drivers.HardwareOf(string(m.OS), string(cmp.Or(m.Arch, labs.X86)))
	return h
}
