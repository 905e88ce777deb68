package guest

import (
	"slices"
	"strings"
)

// Result is how a job ended that went well.
type Result struct {
	// Code is the exit code of JOB.CMD: 0 or [ExitReboot].
	Code int
	// Output is the last lines that the job wrote.
	Output []string
	// Proofs are the lines of each proof, by name: "SCHEMA".
	Proofs map[string][]string
	// Rebooted counts the boots during the job.
	Rebooted int
	// Lost counts the records that did not arrive. With any, a proof may be
	// incomplete: ask again before judging it.
	Lost int
}

// The most that is kept of the proofs of one job.
const (
	mostProofs     = 64
	mostProofBytes = 4 << 20
)

// job is what was heard of one id and ask.
type job struct {
	id, ask  string
	phase    Phase
	failed   bool
	code     int
	why      string
	output   tail
	proofs   map[string][]string
	size     int // of the proofs, in bytes
	rebooted int
	lost     int
}

// take follows one record.
func (j *job) take(r *Record) {
	switch r.Verb {
	case Start:
		j.begin(r.Text)
	case Out:
		j.output.add(r.Text)
	case Reboot:
		j.phase = Restarting
	case Proof:
		j.prove(r.Text)
	case Done, Fail:
		j.end(r)
	case Idle:
		j.missed(r)
	case Hello, Beat, Exit:
	}
}

func (j *job) begin(text string) {
	if j.phase == Ended {
		return
	}
	j.phase = Running
	if text == "proof" || strings.HasPrefix(text, "proof ") {
		j.phase, j.proofs, j.size = Proving, nil, 0
	}
}

func (j *job) prove(text string) {
	name, line, _ := strings.Cut(text, " ")
	if j.phase == Ended || name == "" || j.size >= mostProofBytes {
		return
	}
	if j.proofs == nil {
		j.proofs = map[string][]string{}
	}
	if _, known := j.proofs[name]; !known && len(j.proofs) >= mostProofs {
		return
	}
	j.proofs[name] = append(j.proofs[name], line)
	j.size += len(line) + 16 // and what an empty line costs
}

func (j *job) end(r *Record) {
	code, why, ok := r.Code()
	if !ok || j.phase == Ended {
		return
	}
	j.phase, j.failed, j.code, j.why = Ended, r.Verb == Fail, code, why
}

// missed learns from an idle runner how a job ended whose last line was lost.
func (j *job) missed(r *Record) {
	if j.phase == Ended {
		return
	}
	verb, text, _ := strings.Cut(r.Text, " ")
	if verb != string(Done) && verb != string(Fail) {
		return
	}
	j.lost++
	j.end(&Record{Verb: Verb(verb), Text: text})
}

// outcome is the job's end, when it has ended.
func (j *job) outcome() (Result, error) {
	if j.failed {
		return Result{}, &Failed{ID: j.id, Code: j.code, Why: j.why, Output: j.output.list()}
	}
	proofs := make(map[string][]string, len(j.proofs))
	for name, lines := range j.proofs {
		proofs[name] = slices.Clone(lines)
	}
	return Result{Code: j.code, Output: j.output.list(), Proofs: proofs, Rebooted: j.rebooted, Lost: j.lost}, nil
}

// tail keeps the last lines that were added.
type tail struct {
	most  int
	lines []string
}

func (t *tail) add(line string) {
	if len(t.lines) == t.most {
		t.lines = t.lines[:copy(t.lines, t.lines[1:])]
	}
	t.lines = append(t.lines, line)
}

func (t *tail) list() []string { return slices.Clone(t.lines) }
