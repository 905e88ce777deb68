package engine

import (
	"context"
	"sync"

	"github.com/doublehop/doublehop/drivers"
)

// changes hands the hypervisor's news to whoever waits for a machine.
type changes struct {
	mu    sync.Mutex
	waits map[string]chan struct{}
	halts chan string
}

// halted gives a channel with the names of machines that were paused.
func (c *changes) halted() <-chan string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.halts == nil {
		c.halts = make(chan string, 64)
	}
	return c.halts
}

// of gives a channel that gets a value when something happens to the machine.
func (c *changes) of(domain string) <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.waits == nil {
		c.waits = map[string]chan struct{}{}
	}
	if c.waits[domain] == nil {
		c.waits[domain] = make(chan struct{}, 1)
	}
	return c.waits[domain]
}

func (c *changes) report(change drivers.Change) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if change.Kind == drivers.Halted && c.halts != nil {
		select {
		case c.halts <- change.Machine:
		default: // the first one ends the stage
		}
	}
	if w := c.waits[change.Machine]; w != nil {
		select {
		case w <- struct{}{}:
		default: // news is already waiting
		}
	}
}

// watch listens until the returned function is called, which waits for it to end.
func (e *Engine) watch(ctx context.Context) func() {
	watcher, ok := drivers.As[drivers.Watcher](e.driver)
	if !ok {
		return func() {}
	}
	ctx, stop := context.WithCancel(ctx)
	var group sync.WaitGroup
	group.Go(func() { _ = watcher.Watch(ctx, e.changes.report) }) // asking now and then makes up for it
	return func() {
		stop()
		group.Wait()
	}
}
