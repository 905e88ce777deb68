package catalog

import (
	"time"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/estate"
)

// upgradeWindows puts a later Windows over the one on a machine.
type upgradeWindows struct{}

const upgradeLimit = 6 * time.Hour

func (upgradeWindows) Schema() labs.Schema {
	return labs.Schema{
		Kind: "upgrade_windows",
		Doc: "Upgrades the Windows of a machine in place, with no question asked: first Setup's own check of the machine, whose report is kept, then the upgrade with its restarts. " +
			"Programs, accounts and settings stay. The machine keeps the hardware that it was installed on. There is no way back but a checkpoint.",
		Args: []labs.Arg{
			windowsMediaArg("The disc of the later Windows.", "windows-2003-sp2"),
			{Name: "product_key", Type: labs.SecretType, Doc: "The product key of the later Windows."},
			limitArg(upgradeLimit),
		},
	}
}

func (upgradeWindows) Needs(c Call) []estate.Fact {
	return append(inDomain(c), estate.FactInstalled(c.Machine.Name))
}

func (upgradeWindows) Makes(c Call) []estate.Fact {
	return []estate.Fact{estate.FactUpgraded(c.Machine.Name), itself(c)}
}

func (upgradeWindows) Effects(c Call, e *estate.Estate) []estate.Problem {
	w, ok := windowsOn(c)
	if !ok {
		return mayUse(c, e)
	}
	return e.Do(estate.UpgradeWindows{Machine: c.Machine.Name, OS: w.os, ServicePack: w.servicePack})
}

// Typical is the installation's time and the time of copying the disc first.
func (upgradeWindows) Typical() time.Duration { return 35 * time.Minute }
