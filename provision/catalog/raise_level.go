package catalog

import (
	"fmt"
	"strings"
	"time"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/estate"
)

// raiseLevel raises a functional level.
type raiseLevel struct{}

func (raiseLevel) Schema() labs.Schema {
	return labs.Schema{
		Kind: "raise_level",
		Doc: "Raises the functional level of the domain, or of the forest, that the machine is a domain controller of. Raising a forest raises its domains first. " +
			"The level 2000 of a domain is Windows 2000 native mode. There is no way back but a checkpoint.",
		Args: []labs.Arg{
			{Name: "scope", Type: labs.StringType, Required: true, Doc: `"forest" or "domain".`, Valid: textual(func(s string) string {
				return oneOf(s, string(estate.ForestScope), string(estate.DomainScope))
			})},
			{Name: "level", Type: labs.StringType, Required: true, Doc: "The new level: " + levelNames() + ".", Valid: textual(levelProblem)},
			limitArg(directoryLimit),
		},
	}
}

// levels are those that a lab file may name, lowest first.
func levels() []estate.Level {
	return []estate.Level{
		estate.Level2000, estate.Level2003, estate.Level2008, estate.Level2008R2,
		estate.Level2012, estate.Level2012R2, estate.Level2016, estate.Level2025,
	}
}

func levelNames() string {
	var names []string
	for _, l := range levels() {
		names = append(names, l.String())
	}
	return strings.Join(names, ", ")
}

func levelProblem(name string) string {
	for _, l := range levels() {
		if l.String() == name {
			return ""
		}
	}
	return fmt.Sprintf("%q is no functional level: %s.", name, levelNames())
}

func (raiseLevel) Needs(c Call) []estate.Fact { return inDomain(c) }

func (raiseLevel) Makes(c Call) []estate.Fact { return []estate.Fact{itself(c)} }

func (raiseLevel) Effects(c Call, e *estate.Estate) []estate.Problem {
	level, ok := estate.ParseLevel(c.Step.Text("level"))
	if !ok {
		return mayUse(c, e)
	}
	return e.Do(estate.RaiseLevel{Machine: c.Machine.Name, Scope: estate.Scope(c.Step.Text("scope")), Level: level})
}

func (raiseLevel) Typical() time.Duration { return time.Minute }
