package catalog

import (
	"slices"
	"time"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/answer"
	"github.com/doublehop/doublehop/provision/estate"
	"github.com/doublehop/doublehop/provision/guest"
)

// install puts the operating system on a blank disk.
type install struct{}

const installLimit = 4 * time.Hour

func (install) Schema() labs.Schema {
	return labs.Schema{
		Kind: Install,
		Doc: "Installs the machine's operating system from its disc on its blank disk, with no question asked: " +
			"Setup finds an answer file on the floppy, and the first logon starts the runner. " +
			"What is installed stands in the machine's own block: os, install_from, product_key, components and the rest.",
		Many: true,
		Args: []labs.Arg{limitArg(installLimit)},
	}
}

func (install) Needs(Call) []estate.Fact { return nil }

func (install) Makes(c Call) []estate.Fact {
	return []estate.Fact{estate.FactInstalled(c.Machine.Name)}
}

func (install) Effects(c Call, e *estate.Estate) []estate.Problem {
	return e.Do(estate.Install{Machine: c.Machine})
}

// Typical is from qemu-iso-lab and avocado-vt: 6 to 12 minutes on a current
// host, 19 on one of 2009.
func (install) Typical() time.Duration { return 12 * time.Minute }

func (install) Work(c Call) (Work, labs.Diagnostics) {
	p := &pen{call: c}
	m := c.Machine
	var key labs.SecretValue
	if m.ProductKey != "" {
		key = p.secret("on", m.ProductKey)
	}
	setup := answer.ForMachine(c.Lab, m, key, p.secret("on", m.AdminPassword), c.MAC)
	if p.diags.Fatal() {
		return Work{}, p.diags
	}
	file := p.setupAnswer(setup)
	return p.done(Work{
		Floppy:  append([]guest.File{file}, guest.Runner(m.OS)...),
		Media:   m.InstallFrom,
		Silence: 30 * time.Minute, // GUI-mode setup says nothing, and its disk rests while it waits for devices
		Limit:   limit(c.Step, installLimit),
	})
}

// setupAnswer is the answer file that the system's Setup looks for.
func (p *pen) setupAnswer(setup answer.Setup) guest.File {
	if !later(setup.OS) {
		return p.answer(answer.Winnt(setup))
	}
	file, diags := answer.Unattend(setup)
	p.diags = append(p.diags, diags...)
	named := guest.Bytes("UNATTEND.XML", file.Reveal())
	named.Long, named.Secret = file.Name(), true
	return named
}

// later says that the system is Windows 2008 or later.
func later(os labs.OS) bool {
	return !slices.Contains([]labs.OS{labs.WindowsNT4, labs.Windows2000, labs.Windows2003, labs.Windows2003R2}, os)
}
