package catalog

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/answer"
	"github.com/doublehop/doublehop/provision/estate"
	"github.com/doublehop/doublehop/provision/guest"
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

func (components) Work(c Call) (Work, labs.Diagnostics) {
	if !standing(c) {
		return Work{}, nil
	}
	p := &pen{call: c}
	add, features := c.Step.Texts("add"), c.Step.Texts("features")
	switch {
	case len(add)+len(features) == 0:
		p.complain("add", "Nothing to add", "Give add, or features, or both.")
		return p.done(Work{})
	case later(osOf(c)):
		return p.features()
	case len(features) > 0:
		p.complain("features", "No Server Manager", fmt.Sprintf(
			"Machine %q runs %s, which has no Server Manager: features are those of Windows 2008 and later. Say what to add with add.", c.Machine.Name, osOf(c)))
	}
	keys := answer.OptionalKeys(osOf(c), add)
	values := map[string]any{"keys": p.words("add", keys), "old": p.old()}
	var proofs []Proof
	for i, key := range keys {
		proofs = append(proofs, registered("windows.component."+key, fmt.Sprintf("PART%d", i+1), key, "1"))
	}
	return p.done(Work{
		Media: discOf(c),
		Job: &guest.Job{Files: p.withRegistry(
			p.script(guest.Script, "components.job.cmd", values), p.script(guest.ProofScript, "components.proof.cmd", values),
			p.answer(answer.Optional(osOf(c), add, p.origin())),
		)},
		Proofs: proofs, Silence: silence, Limit: limit(c.Step, componentsLimit), Explain: explain("components: "),
	})
}

// featuresOf are Server Manager's names of what a lab file calls by its old
// name, on a Windows; empty where it is gone.
func featuresOf(component string, os labs.OS) []string {
	aspnet := "Web-Asp-Net45"
	if os == labs.Windows2008 || os == labs.Windows2008R2 {
		aspnet = "Web-Asp-Net"
	}
	return map[string][]string{
		"iis": {"Web-Server", "Web-Mgmt-Console"}, "smtp": {"SMTP-Server"}, "aspnet": {aspnet}, "dns": {"DNS"},
	}[component]
}

// features is the work on Windows 2008 and later.
func (p *pen) features() (Work, labs.Diagnostics) {
	c, os := p.call, osOf(p.call)
	var names []string
	for _, component := range c.Step.Texts("add") {
		list := featuresOf(component, os)
		if len(list) == 0 {
			p.complain("add", "Component that the system lacks", fmt.Sprintf("Machine %q runs %s, which has no %q any more.", c.Machine.Name, os, component))
		}
		names = append(names, list...)
	}
	names = append(names, c.Step.Texts("features")...)
	slices.Sort(names)
	names = slices.Compact(names)
	for _, name := range names {
		if why := featureProblem(name); why != "" {
			p.complain("features", "Feature cannot be written into a script", why)
		}
	}
	list := p.words("features", names)
	values := map[string]any{"features": list, "cmdlet": command(""), "query": command("")}
	read := featured
	if withCmdlets(os) {
		read = listedFeature
		values["cmdlet"] = p.cmdlet("features", map[string]any{"features": list})
		values["query"] = p.cmdlet("installed", map[string]any{"features": list})
	}
	var proofs []Proof
	for _, name := range names {
		proofs = append(proofs, read("windows.feature."+name, "FEATURES", name))
	}
	return p.done(Work{
		Job: &guest.Job{Files: []guest.File{
			p.script(guest.Script, "features.job.cmd", values), p.script(guest.ProofScript, "features.proof.cmd", values),
		}},
		Proofs: proofs, Silence: silence, Limit: limit(c.Step, componentsLimit), Explain: explain("servermanagercmd: ", "Error: ", "Install-WindowsFeature"),
	})
}

// featured is a feature that Server Manager lists with an X in front and its
// name in brackets behind: "[X] DNS Server  [DNS]".
func featured(name, file, feature string) Proof {
	expect := feature + " installed"
	return Proof{Name: name, File: file, Expect: expect, Read: func(lines []string) (string, error) {
		for _, l := range lines {
			l = strings.TrimSpace(l)
			if !strings.HasSuffix(strings.ToLower(l), "["+strings.ToLower(feature)+"]") {
				continue
			}
			if strings.HasPrefix(l, "[X]") {
				return "installed", nil
			}
			return "", fmt.Errorf("expected %s, and it is not", expect)
		}
		return "", fmt.Errorf("expected %s, and Server Manager lists no such feature", expect)
	}}
}

// listedFeature is a feature in what Get-WindowsFeature lists: lines "Name : DNS"
// and "Installed : True".
func listedFeature(name, file, feature string) Proof {
	expect := feature + " installed"
	return Proof{Name: name, File: file, Expect: expect, Read: func(lines []string) (string, error) {
		here := false
		for _, l := range lines {
			key, value, _ := strings.Cut(l, ":")
			key, value = strings.TrimSpace(key), strings.TrimSpace(value)
			switch {
			case key == "Name":
				here = strings.EqualFold(value, feature)
			case key == "Installed" && here && strings.EqualFold(value, "True"):
				return "installed", nil
			case key == "Installed" && here:
				return "", fmt.Errorf("expected %s, and it is not", expect)
			}
		}
		return "", fmt.Errorf("expected %s, and Windows lists no such feature", expect)
	}}
}
