package catalog

import (
	"slices"
	"strings"
	"time"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/answer"
	"github.com/doublehop/doublehop/provision/estate"
	"github.com/doublehop/doublehop/provision/guest"
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
			{Name: "product_key", Type: labs.SecretType, Doc: "The product key of the later Windows. Setup of Windows 2008 to 2012 R2 takes none in an upgrade, so that their disc must be one that asks for none."},
			{Name: "image", Type: labs.NumberType, Default: int64(0), Doc: "For Windows 2016 and later: the number of the image on the disc, as in a machine's block. 0 leaves the choice to Setup.", Valid: between(0, 20)},
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

// scans says that Setup is told on its command line, and has a check of its own
// that asks nobody anything: from Windows 2016 on.
func scans(os labs.OS) bool {
	return slices.Contains([]labs.OS{labs.Windows2016, labs.Windows2019, labs.Windows2022, labs.Windows2025}, os)
}

func (upgradeWindows) Work(c Call) (Work, labs.Diagnostics) {
	m, installed := c.Estate.Machine(c.Machine.Name)
	if !installed {
		return Work{}, nil
	}
	p := &pen{call: c}
	w, ok := p.windowsOn("windows-2003-sp2")
	known, knows := estate.WindowsOf(w.os)
	if !ok || !knows {
		return p.done(Work{})
	}
	u := answer.Upgrade{OS: w.os, Arch: m.Arch, Origin: p.origin()}
	key := word("")
	if name := c.Step.Text("product_key"); name != "" {
		u.Key = p.secret("product_key", name)
		if scans(w.os) {
			key = p.productKey("product_key", u.Key)
		}
	}
	image, _ := c.Step.Args["image"].(int64)
	values := map[string]any{"winnt32": !later(w.os), "scan": scans(w.os), "key": key, "image": int(image), "old": p.old(), "report": true}
	job := p.script(guest.Script, "upgrade_windows.job.cmd", values)
	job.Secret = key != ""
	files := []guest.File{job, p.script(guest.ProofScript, "version.proof.cmd", values), p.helper("LOG.VBS")}
	if !scans(w.os) {
		files = append(files, p.answer(answer.UpgradeFile(u)))
	}
	proofs := []Proof{buildAtLeast("windows.build", "BUILD", known.Version[2]), noted("windows.product", "PRODUCT", "ProductName")}
	if w.servicePack > 0 {
		proofs = append(proofs, packAtLeast("windows.service_pack", "PACK", w.servicePack))
	}
	return p.done(Work{
		Media: c.Step.Text("media"),
		// The restart in the middle of the job is its end: Setup made it.
		Job:    &guest.Job{Resume: guest.ResumeProof, Files: p.withRegistry(files...)},
		Proofs: proofs, Silence: 45 * time.Minute, // Setup says nothing from its first restart to the new logon
		Limit: limit(c.Step, upgradeLimit), Explain: explain("log: error", ", error", "cannot continue", "setup: "),
	})
}

// productKey is a key as it stands on a disc's sleeve, or the digest that stands
// for one while a lab is planned.
func (p *pen) productKey(argument string, value labs.SecretValue) word {
	text := value.Reveal()
	if text == "" || len(text) > 64 || strings.Trim(strings.ToUpper(text), "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") != "" {
		p.complain(argument, "Secret cannot be written into a script", "The product key is not of letters, digits and hyphens.")
		return "invalid"
	}
	return word(text)
}
