package catalog

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/estate"
)

// components adds optional parts of Windows to a machine that is installed.
type components struct{}

const componentsLimit = 2 * time.Hour

func (components) Schema() labs.Schema {
	return labs.Schema{
		Kind: "components",
		Doc: "Adds optional parts of Windows to an installed machine. Windows 2000 and 2003 take them from the disc that they were installed from. " +
			"Give add, or features, or both.",
		Many: true,
		Args: []labs.Arg{
			{Name: "add", Type: labs.StringsType, Doc: `What to add: "iis", "smtp", "nntp", "aspnet", "dns".`, Valid: listed(componentProblem)},
			{
				Name: "features", Type: labs.StringsType, Valid: listed(featureProblem),
				Doc: `Further roles and features of Windows 2008 and later, by Server Manager's own names: "RSAT-ADDS", "Web-Metabase".`,
			},
			limitArg(componentsLimit),
		},
	}
}

// componentNames are the parts that a lab file may name.
func componentNames() []string { return []string{"iis", "smtp", "nntp", "aspnet", "dns"} }

func componentProblem(name string) string {
	if slices.Contains(componentNames(), name) {
		return ""
	}
	return fmt.Sprintf("%q is none of %s.", name, strings.Join(componentNames(), ", "))
}

// featureProblem holds a name to what Server Manager's names are made of.
func featureProblem(name string) string {
	if name == "" || len(name) > 60 || strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") != "" {
		return fmt.Sprintf("%q is no name of a feature: letters, digits and hyphens.", name)
	}
	return ""
}

func (components) Needs(c Call) []estate.Fact {
	return []estate.Fact{estate.FactInstalled(c.Machine.Name)}
}

func (components) Makes(Call) []estate.Fact { return nil }

func (components) Effects(c Call, e *estate.Estate) []estate.Problem {
	return e.Do(estate.AddComponents{Machine: c.Machine.Name, Components: c.Step.Texts("add")})
}

func (components) Typical() time.Duration { return 5 * time.Minute }
