package catalog

import (
	"fmt"
	"strings"
	"time"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/estate"
	"github.com/doublehop/doublehop/provision/guest"
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

// change is one number of the directory, and where it is changed.
type change struct {
	// File is the LDIF file's name, without its ending.
	File      string
	Server    word
	Base      word
	Attribute string
	Value     int
}

// file is the change as LDIF, whose records end with an empty line.
func (c change) file() guest.File {
	return guest.Text(c.File+".LDF", strings.Join([]string{
		"dn: " + string(c.Base), "changetype: modify", "replace: " + c.Attribute, fmt.Sprintf("%s: %d", c.Attribute, c.Value), "-", "", "",
	}, "\n"))
}

const (
	levelAttribute = "msDS-Behavior-Version"
	mixedAttribute = "nTMixedDomain"
)

func (raiseLevel) Work(c Call) (Work, labs.Diagnostics) {
	j, ok := controllerFor(c)
	level, known := estate.ParseLevel(c.Step.Text("level"))
	if !ok || !known {
		return Work{}, nil
	}
	domains := []*estate.Domain{j.at.domain}
	forest := c.Step.Text("scope") == string(estate.ForestScope)
	if forest {
		domains = j.at.forest.Domains
	}
	var changes []change
	for _, d := range domains {
		changes = append(changes, j.raise(d, level, len(changes))...)
	}
	if forest {
		partitions := j.p.word("on", "CN=Partitions,CN=Configuration,"+string(j.root))
		changes = append(changes, change{fmt.Sprintf("LEVEL%d", len(changes)+1), j.schemaMaster(), partitions, levelAttribute, int(level)})
		j.look(j.here, "FOREST", string(partitions), levelAttribute, int(level),
			atLeast("ad.forest.level", "FOREST", levelAttribute, int(level)))
	}
	j.values["changes"], j.values["patience"] = changes, 3
	if !j.alone() {
		j.values["patience"] = 90 // a quarter of an hour: what sites take to replicate
	}
	var files []guest.File
	for _, change := range changes {
		files = append(files, change.file())
	}
	return j.work(directoryLimit, explainDirectory, files...)
}

// raise is what of a domain has to change. Mixed mode ends by a number of its
// own, before any level above 2000.
func (j *controllerJob) raise(d *estate.Domain, level estate.Level, before int) []change {
	server, base := j.pdc(d), j.p.word("on", domainDN(d.Name))
	file := func(n int) string { return fmt.Sprintf("LEVEL%d", before+n) }
	var list []change
	if d.Mixed() {
		list = append(list, change{file(1), server, base, mixedAttribute, 0})
	}
	if d.Level < level {
		list = append(list, change{file(len(list) + 1), server, base, levelAttribute, int(level)})
	}
	n := len(j.queries)
	suffix := ""
	if !strings.EqualFold(d.Name, j.at.domain.Name) {
		suffix = "@" + d.Name
	}
	mode := fmt.Sprintf("MODE%d", n+1)
	j.look(server, mode, string(base), mixedAttribute, 0, nativeDomain("ad.domain.mode"+suffix, mode))
	if level > estate.Level2000 {
		name := fmt.Sprintf("DOMAIN%d", n+1)
		j.look(server, name, string(base), levelAttribute, int(level), atLeast("ad.domain.level"+suffix, name, levelAttribute, int(level)))
	}
	return list
}

// nativeDomain is a domain in native mode.
func nativeDomain(name, file string) Proof {
	const expect = mixedAttribute + " 0"
	return Proof{Name: name, File: file, Expect: expect, Read: func(lines []string) (string, error) {
		values, where, err := valuesOf(lines, mixedAttribute)
		if err != nil {
			return "", fmt.Errorf("expected %s, and %w", expect, err)
		}
		if values[0] != "0" {
			return "", fmt.Errorf("expected %s, and read %q from %s", expect, clip(values[0]), where)
		}
		return "native", nil
	}}
}
