package catalog

import (
	"slices"
	"strings"
	"time"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/disc"
	"github.com/doublehop/doublehop/provision/estate"
	"github.com/doublehop/doublehop/provision/guest"
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

// packPrograms are where a service pack's installer lies: on its own CD, or, as
// patterns, the package that was downloaded, whose name ends with architecture
// and language.
func packPrograms(w windowsRelease) (programs, patterns []string) {
	if w.os == labs.Windows2003R2 {
		w.os = labs.Windows2003
	}
	for _, p := range disc.ServicePacks() {
		if p.Product == disc.Product(w.os) && p.ServicePack == w.servicePack {
			patterns = append(patterns, p.Pattern)
		}
	}
	if later(w.os) {
		return []string{"setup.exe"}, patterns
	}
	return []string{`I386\UPDATE\UPDATE.EXE`, `AMD64\UPDATE\UPDATE.EXE`}, patterns
}

// packSwitches are the installer's: unattended, no backup, no restart. Those of
// Windows 2000 overwrite drivers of the maker's too, which they would ask about.
func packSwitches(w windowsRelease) string {
	switch {
	case w.os == labs.Windows2000:
		return "-u -o -n -z -q"
	case later(w.os):
		return "/quiet /norestart"
	}
	return "/quiet /norestart /nobackup"
}

func (servicePack) Work(c Call) (Work, labs.Diagnostics) {
	if !standing(c) {
		return Work{}, nil
	}
	p := &pen{call: c}
	w, ok := p.windowsOn("windows-2003-sp2")
	if !ok {
		return p.done(Work{})
	}
	programs, patterns := packPrograms(w)
	if given := c.Step.Text("program"); given != "" {
		programs, patterns = []string{given}, nil
	}
	values := map[string]any{
		"programs": p.words("program", programs), "patterns": p.words("program", patterns),
		"names":    p.word("program", strings.Join(slices.Concat(programs, patterns), " or ")),
		"switches": word(packSwitches(w)), "old": p.old(), "report": false,
	}
	proofs := []Proof{packAtLeast("windows.service_pack", "PACK", w.servicePack), noted("windows.build", "BUILD", "CurrentBuildNumber")}
	return p.done(Work{
		Media: c.Step.Text("media"),
		Job: &guest.Job{Then: guest.ThenReboot, Files: p.withRegistry(
			p.script(guest.Script, "service_pack.job.cmd", values), p.script(guest.ProofScript, "version.proof.cmd", values), p.helper("LOG.VBS"),
		)},
		Proofs: proofs, Silence: 30 * time.Minute, // it copies for long, and its window says more than its output
		Limit: limit(c.Step, servicePackLimit), Explain: explain("error", "service pack: "),
	})
}
