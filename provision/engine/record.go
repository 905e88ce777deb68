package engine

import (
	"encoding/json"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// record is the folder of one run: events.jsonl, and what each guest said in
// <machine>.log. A record that cannot be written never stops a run.
type record struct {
	dir string

	mu    sync.Mutex
	files map[string]*os.File
}

// file opens a file of the record for appending; nil when there is no record.
func (r *record) file(name string) *os.File {
	if r.dir == "" {
		return nil
	}
	if f, ok := r.files[name]; ok {
		return f
	}
	f, err := os.OpenFile(filepath.Join(r.dir, name), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		f = nil
	}
	if r.files == nil {
		r.files = map[string]*os.File{}
	}
	r.files[name] = f
	return f
}

// line keeps what a guest said.
func (r *record) line(machine, text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if f := r.file(machine + ".log"); f != nil {
		_, _ = f.WriteString(text + "\n")
	}
}

// event keeps an event. What guests said is in their own logs.
func (r *record) event(e Event) {
	if e.Kind == Line {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if f := r.file("events.jsonl"); f != nil {
		if b, err := json.Marshal(e); err == nil {
			_, _ = f.Write(append(b, '\n'))
		}
	}
}

// close ends the record.
func (r *record) close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, f := range r.files {
		if f != nil {
			_ = f.Close()
		}
	}
	r.files = nil
}

// tell stamps an event, keeps it and reports it.
func (e *Engine) tell(event Event) {
	now := time.Now
	if e.options.Now != nil {
		now = e.options.Now
	}
	event.Time, event.Lab, event.Instance = now(), e.lab.Name, e.instance
	e.record.event(event)
	if e.options.Report != nil {
		e.options.Report(event)
	}
}
