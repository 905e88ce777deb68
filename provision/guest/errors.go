package guest

import (
	"fmt"
	"time"
)

// Failed is a job that the guest itself reports as failed.
type Failed struct {
	ID string
	// Code is the exit code of JOB.CMD.
	Code int
	// Why is the runner's word.
	Why string
	// Output is the last lines that the job wrote.
	Output []string
}

func (e *Failed) Error() string {
	if e.Why == "" {
		return fmt.Sprintf("job %s ended with %d", e.ID, e.Code)
	}
	return fmt.Sprintf("job %s: %s", e.ID, e.Why)
}

// Phase is how far a guest had come.
type Phase string

// How far a guest can come.
const (
	// Silent: no runner has spoken since the machine's start.
	Silent Phase = "waiting for the runner"
	// Unseen: the runner speaks, and has not taken the job.
	Unseen Phase = "waiting for the job disc to be seen"
	// Running: JOB.CMD runs.
	Running Phase = "running the job"
	// Restarting: the runner has asked for a restart.
	Restarting Phase = "restarting"
	// Proving: PROOF.CMD runs.
	Proving Phase = "gathering proofs"
	// Ended: the job is over.
	Ended Phase = "ended"
)

// Stalled is a guest that was waited for in vain.
type Stalled struct {
	// Phase is how far it had come.
	Phase Phase
	// Last is the last lines on its port, whoever wrote them.
	Last []string
	// After is how long it was waited for, and Quiet since when nothing came.
	After, Quiet time.Duration
	// Why is one of "silent", "too slow", "the line closed", "the disc is not seen".
	Why string
}

func (e *Stalled) Error() string {
	return fmt.Sprintf("guest stalled %s: %s (waited %s, last heard %s ago)",
		e.Phase, e.Why, e.After.Round(time.Second), e.Quiet.Round(time.Second))
}
