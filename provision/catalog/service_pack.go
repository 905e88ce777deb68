package catalog

import (
	"time"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/estate"
)

// servicePack updates Windows on a machine.
type servicePack struct{}

const servicePackLimit = 4 * time.Hour

func (servicePack) Schema() labs.Schema {
	return labs.Schema{
		Kind: "service_pack",
		Doc: "Puts a service pack on the Windows of a machine, with no question asked and no copy of the old files kept, and restarts it. " +
			"Its disc is a service-pack CD, or any disc image with the package as it was downloaded.",
		Many: true,
		Args: []labs.Arg{
			windowsMediaArg("The disc with the service pack.", "windows-2003-sp2"),
			{Name: "program", Type: labs.StringType, Doc: `The service pack's program on the disc, such as UPDATES\KB914961.EXE. Without it, the usual names are looked for.`, Valid: textual(discPathProblem)},
			limitArg(servicePackLimit),
		},
	}
}

func (servicePack) Needs(c Call) []estate.Fact {
	return []estate.Fact{estate.FactInstalled(c.Machine.Name)}
}

func (servicePack) Makes(c Call) []estate.Fact {
	return []estate.Fact{estate.FactUpgraded(c.Machine.Name)}
}

func (servicePack) Effects(c Call, e *estate.Estate) []estate.Problem {
	w, ok := windowsOn(c)
	if !ok {
		return mayUse(c, e)
	}
	return e.Do(estate.ServicePack{Machine: c.Machine.Name, OS: w.os, Level: w.servicePack})
}

// Typical is for Windows 2003 on a current host; most of it is copying.
func (servicePack) Typical() time.Duration { return 15 * time.Minute }
