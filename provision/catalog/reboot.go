package catalog

import (
	"time"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/estate"
	"github.com/doublehop/doublehop/provision/guest"
)

// reboot restarts a machine.
type reboot struct{}

const rebootLimit = time.Hour

func (reboot) Schema() labs.Schema {
	return labs.Schema{
		Kind: "reboot",
		Doc:  "Restarts the machine and waits until its runner speaks again.",
		Many: true,
		Args: []labs.Arg{limitArg(rebootLimit)},
	}
}

func (reboot) Needs(Call) []estate.Fact { return nil }
func (reboot) Makes(Call) []estate.Fact { return nil }

func (reboot) Effects(c Call, e *estate.Estate) []estate.Problem {
	return e.Do(estate.Reboot{Machine: c.Machine.Name})
}

func (reboot) Typical() time.Duration { return 2 * time.Minute }

func (reboot) Work(c Call) (Work, labs.Diagnostics) {
	p := &pen{call: c}
	return p.done(Work{
		Job: &guest.Job{Then: guest.ThenReboot, Resume: guest.ResumeProof, Files: []guest.File{
			p.script(guest.ProofScript, "reboot.proof.cmd", nil),
		}},
		Proofs:  []Proof{{Name: "windows.version", File: "VERSION", Expect: "what ver says", Read: nonEmpty("the output of ver")}},
		Silence: silence, Limit: limit(c.Step, rebootLimit),
	})
}
