package engine

import (
	"time"
)

// Kind is what an event tells.
type Kind string

// What an event tells.
const (
	// RunBegin and RunEnd frame a run; RunEnd carries Err when it failed.
	RunBegin Kind = "run_begin"
	RunEnd   Kind = "run_end"
	// StageBegin and StageEnd frame a stage; a reused stage has only StageReused.
	StageBegin  Kind = "stage_begin"
	StageEnd    Kind = "stage_end"
	StageReused Kind = "stage_reused"
	// StepBegin and StepEnd frame a step on a machine.
	StepBegin Kind = "step_begin"
	StepEnd   Kind = "step_end"
	// Phase says what a machine is doing now: "starting", "text mode", "first
	// logon", "job", "console", "rebooting", "proofs", "powering off".
	Phase Kind = "phase"
	// Line is a line that the guest said, in Text.
	Line Kind = "line"
	// Proof is a fact read back: Text is "name = value".
	Proof Kind = "proof"
	// Note is something worth knowing; Warn something to look at.
	Note Kind = "note"
	Warn Kind = "warn"
)

// Event is one thing that happened in a run. Its JSON form is a line of
// `--progress json` and of the run's events.jsonl.
type Event struct {
	Time time.Time `json:"time"`
	Kind Kind      `json:"event"`
	Lab  string    `json:"lab,omitempty"`
	// Instance is the instance that is worked on; several may be at once.
	Instance string `json:"instance,omitempty"`
	Stage    string `json:"stage,omitempty"`
	Step     string `json:"step,omitempty"`
	Machine  string `json:"machine,omitempty"`
	Phase    string `json:"phase,omitempty"`
	Text     string `json:"text,omitempty"`
	// Seconds is how long the stage or step took, or for Begin events how long
	// it is expected to take; 0 when unknown.
	Seconds float64 `json:"seconds,omitempty"`
	// Err says what failed, in one line.
	Err string `json:"error,omitempty"`
}
