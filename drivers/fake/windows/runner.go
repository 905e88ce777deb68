package windows

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/doublehop/doublehop/drivers/fake"
	"github.com/doublehop/doublehop/provision/guest"
)

// What a runner does between two looks at its drives, and two beats.
const (
	look = 20 * time.Millisecond
	beat = 200 * time.Millisecond
)

// runner is the runner of one boot.
type runner struct {
	ctx   context.Context //nolint:containedctx // the life of the guest's power, as the hypervisor gives it
	g     *fake.Guest
	seq   int
	state state
	// options are those of the machine.
	options Options
	// proofs are the files that PROOF.CMD wrote, by name.
	proofs map[string][]string
}

// state is what the runner keeps on the disk.
type state struct {
	ID, Ask, Phase, Then, Resume, Why string
	Pass, Code                        int
	Job, Proof                        string
	Files                             map[string][]byte
}

// The phases of a job.
const (
	phaseRun    = "run"
	phaseReboot = "reboot"
	phaseProof  = "proof"
	phaseDone   = "done"
	phaseFailed = "failed"
)

func (r *runner) load() {
	text, ok := r.g.Get(system, keyRunner)
	if ok {
		_ = json.Unmarshal([]byte(text), &r.state) // of our own writing
	}
}

func (r *runner) save() {
	b, err := json.Marshal(r.state)
	if err == nil {
		r.g.Set(system, keyRunner, string(b))
	}
}

// run is the runner's life: it goes on with what a boot cut, and then does what
// discs ask.
func (r *runner) run(how string) {
	r.say(guest.Hello, how+" 5.2.3790 "+computer(r.g)+" Fake Windows Server 2003")
	r.load()
	r.goOn(how)
	r.idle()
	beaten := time.Now()
	for {
		if image, ok := r.g.Drive("hdd"); ok {
			if j, ok := readJob(image); ok && (j.id != r.state.ID || j.ask != r.state.Ask) {
				r.take(j)
				beaten = time.Now()
			}
		}
		if time.Since(beaten) >= beat {
			r.idle()
			beaten = time.Now()
		}
		if !r.wait(look) {
			return
		}
	}
}

// wait is false when the power is gone.
func (r *runner) wait(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-r.ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

func (r *runner) idle() {
	switch r.state.Phase {
	case phaseDone:
		r.say(guest.Idle, fmt.Sprintf("done %d", r.state.Code))
	case phaseFailed:
		r.say(guest.Idle, strings.TrimSpace(fmt.Sprintf("fail %d %s", r.state.Code, r.state.Why)))
	default:
		r.say(guest.Idle, "")
	}
}

// goOn takes up what the last boot left.
func (r *runner) goOn(how string) {
	switch r.state.Phase {
	case phaseReboot, phaseProof:
		if r.state.Phase == phaseReboot && how == "again" {
			r.reboot()
		}
		r.prove()
	case phaseRun:
		if how != "again" && r.state.Resume == "proof" {
			r.prove()
			return
		}
		r.work()
	}
}

// take does what a disc asks.
func (r *runner) take(j job) {
	known := j.id == r.state.ID && (r.state.Phase == phaseDone || r.state.Phase == phaseFailed)
	r.state.ID, r.state.Ask, r.state.Then, r.state.Resume = j.id, j.ask, j.then, j.resume
	switch {
	case known && r.state.Phase == phaseFailed:
		r.say(guest.Fail, strings.TrimSpace(fmt.Sprintf("%d %s", r.state.Code, r.state.Why)))
		r.save()
	case known:
		r.prove()
	default:
		r.state.Files, r.state.Pass, r.state.Code, r.state.Why = j.files, 0, 0, ""
		r.work()
	}
}

func (r *runner) work() {
	r.state.Pass++
	r.state.Phase = phaseRun
	r.save()
	r.say(guest.Start, fmt.Sprintf("job %d", r.state.Pass))
	code := 0
	if script, ok := r.state.Files[guest.Script]; ok {
		code = r.script(string(script))
	}
	r.state.Code = code
	r.say(guest.Exit, fmt.Sprint(code))
	if code != 0 && code != guest.ExitReboot {
		r.ended(phaseFailed, fmt.Sprintf("JOB.CMD ended with %d", code))
		return
	}
	if r.state.Then == string(guest.ThenReboot) || code == guest.ExitReboot {
		r.reboot()
	}
	r.prove()
}

// reboot does not come back.
func (r *runner) reboot() {
	r.state.Phase = phaseReboot
	r.save()
	r.say(guest.Reboot, "")
	r.g.Reboot()
}

// powerOff shuts down and does not come back.
func (r *runner) powerOff() {
	r.g.Delete(system, keyOpen)
	r.g.PowerOff()
}

func (r *runner) prove() {
	r.state.Phase = phaseProof
	r.save()
	r.say(guest.Start, "proof")
	r.proofs = map[string][]string{}
	if script, ok := r.state.Files[guest.ProofScript]; ok {
		r.gather(string(script))
	}
	names := make([]string, 0, len(r.proofs))
	for name := range r.proofs {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		for _, line := range r.proofs[name] {
			r.say(guest.Proof, name+" "+line)
		}
	}
	r.ended(phaseDone, "")
	if r.state.Then == string(guest.ThenPowerOff) {
		r.powerOff()
	}
}

func (r *runner) ended(phase, why string) {
	r.state.Phase, r.state.Why = phase, why
	if phase == phaseDone { // a proof may be asked for again: only its script stays
		kept := map[string][]byte{}
		for _, name := range []string{guest.ProofScript, "FILES.TXT"} {
			if content, ok := r.state.Files[name]; ok {
				kept[name] = content
			}
		}
		r.state.Files = kept
	}
	r.save()
	if phase == phaseDone {
		r.say(guest.Done, fmt.Sprint(r.state.Code))
		return
	}
	r.say(guest.Fail, strings.TrimSpace(fmt.Sprintf("%d %s", r.state.Code, why)))
}

// out is a line that a script writes.
func (r *runner) out(format string, args ...any) { r.say(guest.Out, fmt.Sprintf(format, args...)) }
