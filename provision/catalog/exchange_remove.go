package catalog

import (
	"time"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/estate"
)

// exchangeRemove uninstalls Exchange.
type exchangeRemove struct{}

const removeLimit = 4 * time.Hour

func (exchangeRemove) Schema() labs.Schema {
	media := mediaArg("The disc of the installed release. Exchange 2000 and 2003 ask for it; later ones are removed by the setup that stands on the machine where no disc is named.")
	media.Required = false
	return labs.Schema{
		Kind: "exchange_remove",
		Doc:  "Uninstalls Exchange from the machine and takes its server out of the organization, with setup /Mode:Uninstall from Exchange 2007 on." + wizard,
		Args: []labs.Arg{
			media,
			{Name: "unattend", Type: labs.PathType, Doc: "An answer file that you recorded, for setup of Exchange 2000 and 2003. It is given to setup with /UnattendFile."},
			limitArg(removeLimit),
		},
	}
}

func (exchangeRemove) Needs(c Call) []estate.Fact {
	return []estate.Fact{estate.FactEmptied(c.Machine.Name)}
}

func (exchangeRemove) Makes(Call) []estate.Fact { return nil }

func (exchangeRemove) Effects(c Call, e *estate.Estate) []estate.Problem {
	r, _ := installedOn(Call{Estate: e}, c.Machine.Name)
	return e.Do(estate.ExchangeRemove{Machine: c.Machine.Name, Release: r.ID})
}

func (exchangeRemove) Typical() time.Duration { return 20 * time.Minute }
