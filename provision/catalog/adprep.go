package catalog

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/estate"
	"github.com/doublehop/doublehop/provision/guest"
)

// adprep prepares a forest or a domain for domain controllers of a later
// Windows.
type adprep struct{}

const adprepLimit = 2 * time.Hour

func (adprep) Schema() labs.Schema {
	return labs.Schema{
		Kind: "adprep",
		Doc: "Prepares the machine's forest or domain for domain controllers of a later Windows, with adprep from that Windows' disc. " +
			"Run forest on the schema master, then domain on the infrastructure master of each domain. A schema has no undo, so give forest a stage of its own.",
		Args: []labs.Arg{
			windowsMediaArg("The disc of the later Windows.", "windows-2008r2"),
			{
				Name: "scope", Type: labs.StringType, Required: true, Valid: textual(func(s string) string { return oneOf(s, slices.Sorted(maps.Keys(adprepSwitches()))...) }),
				Doc: `What to prepare: "forest" is adprep /forestprep, "domain" /domainprep, "policies" /domainprep /gpprep, "rodc" /rodcprep.`,
			},
			limitArg(adprepLimit),
		},
	}
}

func (adprep) Needs(c Call) []estate.Fact { return inDomain(c) }

func (adprep) Makes(c Call) []estate.Fact { return []estate.Fact{itself(c)} }

func (adprep) Effects(c Call, e *estate.Estate) []estate.Problem {
	w, ok := windowsOn(c)
	if !ok {
		return mayUse(c, e)
	}
	return e.Do(estate.Adprep{Machine: c.Machine.Name, Scope: estate.Scope(c.Step.Text("scope")), OS: w.os})
}

// Typical is forestprep's on one domain controller.
func (adprep) Typical() time.Duration { return 10 * time.Minute }

// adprepSwitches are adprep's, by scope.
func adprepSwitches() map[string][]string {
	return map[string][]string{
		string(estate.ForestScope): {"/forestprep"}, string(estate.DomainScope): {"/domainprep"},
		string(estate.PolicyScope): {"/domainprep", "/gpprep"}, string(estate.RODCScope): {"/rodcprep"},
	}
}

func (adprep) Work(c Call) (Work, labs.Diagnostics) {
	at, ok := placeOf(c)
	if !ok {
		return Work{}, nil
	}
	j, ok := controllerFor(c)
	if !ok {
		j = member(c, at)
	}
	w, ok := j.p.windowsOn("windows-2003-sp2")
	if !ok {
		return j.p.done(Work{})
	}
	tool, ok := estate.AdprepOf(w.os)
	if !ok {
		return j.p.done(Work{}) // Effects says that there is none on the disc
	}
	program := tool.Program
	if m, ok := c.Estate.Machine(c.Machine.Name); ok && m.Arch == labs.X86 && tool.ProgramX86 != "" {
		program = tool.ProgramX86
	}
	j.values["program"] = j.p.word("media", strings.TrimPrefix(tool.Folder, `\`)+`\`+program)
	j.values["switches"] = word(strings.Join(adprepSwitches()[c.Step.Text("scope")], " "))
	j.values["patience"] = 3
	j.lookForAdprep(tool)
	work, diags := j.work(adprepLimit, explainAdprep, guest.Text("YES.TXT", "C"), j.p.helper("LOG.VBS"))
	if work.Job != nil {
		work.Media = c.Step.Text("media")
	}
	return work, diags
}

// member begins the work on a machine that is no domain controller: adprep of
// Windows 2012 and later does its work from any.
func member(c Call, at place) *controllerJob {
	p := &pen{call: c}
	j := &controllerJob{
		p: p, at: at, here: p.word("on", at.controller),
		root: p.word("on", domainDN(at.forest.Root)), base: p.word("on", domainDN(at.domain.Name)),
	}
	j.values = map[string]any{"controller": j.here, "dn": j.base, "root": j.root, "old": p.old()}
	return j
}

// updates is the container in which a Windows notes what it has prepared:
// Windows 2003 has one of its own (KB325379), later ones share another.
func updates(tool estate.AdprepDisc) string {
	if later(tool.OS) {
		return "CN=ActiveDirectoryUpdate"
	}
	return "CN=Windows2003Update"
}

// lookForAdprep reads on every domain controller concerned what adprep leaves.
func (j *controllerJob) lookForAdprep(tool estate.AdprepDisc) {
	scope := estate.Scope(j.p.call.Step.Text("scope"))
	forest := scope == estate.ForestScope || scope == estate.RODCScope
	for i, c := range j.controllers() {
		if !forest && !strings.EqualFold(c.domain, j.at.domain.Name) {
			continue
		}
		suffix := ""
		if i > 0 {
			suffix = "@" + c.name
		}
		if forest {
			file := fmt.Sprintf("SCHEMA%d", i+1)
			j.look(word(c.name), file, "CN=Schema,CN=Configuration,"+string(j.root), "objectVersion", tool.Schema,
				atLeast("ad.schema.objectVersion"+suffix, file, "objectVersion", tool.Schema))
			file = fmt.Sprintf("FOREST%d", i+1)
			j.look(word(c.name), file, updates(tool)+",CN=ForestUpdates,CN=Configuration,"+string(j.root), "revision", 1,
				recorded("ad.forest.updates"+suffix, file, "revision"))
			continue
		}
		file := fmt.Sprintf("DOMAIN%d", i+1)
		j.look(word(c.name), file, updates(tool)+",CN=DomainUpdates,CN=System,"+string(j.base), "revision", 1,
			recorded("ad.domain.updates"+suffix, file, "revision"))
	}
}

// explainAdprep finds adprep's own word on what is wrong. Each of its messages
// is in parts: [Status/Consequence], [User Action] and the like.
func explainAdprep(output []string) string {
	var lines []string
	for _, l := range output {
		lines = append(lines, strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(l), strings.TrimSpace(logMark))))
	}
	for i, line := range slices.Backward(lines) {
		if !strings.HasPrefix(line, "[Status/Consequence]") {
			continue
		}
		before := ""
		if i > 0 {
			before = lines[i-1] + " "
		}
		after := ""
		if i+1 < len(lines) {
			after = lines[i+1]
		}
		return strings.TrimSpace(before + after)
	}
	return explain("Adprep was unable", "adprep: ", "error code 0x")(output)
}
