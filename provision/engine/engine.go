// Package engine walks a plan: it makes networks and machines, gives guests
// their jobs, believes their proofs, freezes their disks, and reports what
// happens as typed events.
//
// It keeps nothing of its own. Killed at any point and run again, it asks the
// hypervisor what exists and goes on from there; a finished stage is never done
// twice. Everything can be cancelled: it then starts nothing new, leaves the
// machines as they are, and says that the run can go on.
//
// Floor 4. It writes to no terminal.
package engine

import (
	"sync"
	"time"

	"github.com/doublehop/doublehop/drivers"
	"github.com/doublehop/doublehop/labs"
)

// Engine works on one instance of one lab through one driver. Its verbs are
// not meant to run at the same time; [Lock] keeps other processes away.
type Engine struct {
	driver   drivers.Driver
	lab      *labs.Lab
	instance string
	options  Options

	secrets *secrets
	changes changes
	record  record

	uploads  sync.Mutex
	uploaded map[string]bool // media volumes known to be whole
}

// Options are what a caller may set; the zero value works.
type Options struct {
	// Report is told of every event. It must not block and may be called from
	// several goroutines at once.
	Report func(Event)
	// RunDir is the folder for the run's record: events, serial logs, pictures.
	// It must exist. Empty keeps none.
	RunDir string
	// Now stamps events; nil means time.Now.
	Now func() time.Time
	// Digest gives the SHA-256 of a media file; nil means provision/disc's.
	Digest func(path string) (string, error)
	// LookupEnv resolves secrets from the environment; nil means os.LookupEnv.
	LookupEnv func(name string) (string, bool)
}

// New makes an engine for an instance of lab.
func New(driver drivers.Driver, lab *labs.Lab, instance string, options Options) *Engine {
	return &Engine{
		driver: driver, lab: lab, instance: instance, options: options,
		record: record{dir: options.RunDir}, uploaded: map[string]bool{},
	}
}

// Close ends the run's record. Machines are left as they are.
func (e *Engine) Close() { e.record.close() }
