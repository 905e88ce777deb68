package guest

import (
	"context"
	"time"
)

// Patience is how long a guest is waited for.
type Patience struct {
	// Silence is the longest time without a byte on the port before Alive is
	// asked; 0 never asks.
	Silence time.Duration
	// Limit is the longest wait in all; 0 waits until the context is done.
	Limit time.Duration
	// Alive says whether the machine shows another sign of life, such as disk
	// traffic. It is asked once per Silence, and at once when the line has
	// closed. nil is no sign.
	Alive func(context.Context) bool
}

// Ready waits until a runner has spoken since the machine's last start. It
// returns a *Stalled, or the cause when ctx is done.
func (s *Session) Ready(ctx context.Context, p Patience) error {
	w := s.wait(p)
	for {
		s.mu.Lock()
		ready, changed := s.ready, s.changed
		s.mu.Unlock()
		if ready {
			return nil
		}
		if err := w.next(ctx, changed, func() Phase { return Silent }); err != nil {
			return err
		}
	}
}

// Result waits for the end of the job with that id and ask: what was heard of
// it before the call counts. It returns a *Failed, a *Stalled, or the cause
// when ctx is done.
func (s *Session) Result(ctx context.Context, id, ask string, p Patience) (Result, error) {
	w := s.wait(p)
	w.idles = unseenIdles
	phase := func() Phase {
		j := s.find(id, ask)
		if j != nil {
			return j.phase
		}
		if s.ready {
			return Unseen
		}
		return Silent
	}
	for {
		s.mu.Lock()
		j, changed := s.find(id, ask), s.changed
		if j != nil && j.phase == Ended {
			defer s.mu.Unlock()
			return j.outcome()
		}
		s.mu.Unlock()
		if err := w.next(ctx, changed, phase); err != nil {
			return Result{}, err
		}
	}
}

// find is the job of an id and an ask, or nil. The lock is held.
func (s *Session) find(id, ask string) *job {
	for _, j := range s.jobs {
		if j.id == id && j.ask == ask {
			return j
		}
	}
	return nil
}

// waiter is one wait.
type waiter struct {
	s        *Session
	p        Patience
	began    time.Time
	vouched  time.Time // when Alive last said yes
	vouching bool      // the closed line has been asked about
	idles    int       // how many idle beats are too many; 0 is any number
}

func (s *Session) wait(p Patience) *waiter {
	now := time.Now()
	s.mu.Lock()
	s.idles = 0
	s.mu.Unlock()
	return &waiter{s: s, p: p, began: now, vouched: now}
}

// next waits for a change, and judges whether there is still hope.
func (w *waiter) next(ctx context.Context, changed <-chan struct{}, phase func() Phase) error {
	if why := w.judge(ctx); why != "" {
		if cause := context.Cause(ctx); cause != nil {
			return cause
		}
		return w.stalled(why, phase)
	}
	var alarm <-chan time.Time
	if pause, any := w.pause(); any {
		timer := time.NewTimer(pause)
		defer timer.Stop()
		alarm = timer.C
	}
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-changed:
	case <-alarm:
	}
	return nil
}

// judge says why there is no hope, or nothing.
func (w *waiter) judge(ctx context.Context) string {
	w.s.mu.Lock()
	closed, idles := w.s.closed, w.s.idles
	w.s.mu.Unlock()
	if !closed {
		w.vouching = false
	}
	switch {
	case w.p.Limit > 0 && time.Since(w.began) >= w.p.Limit:
		return "too slow"
	case w.idles > 0 && idles >= w.idles:
		return "the disc is not seen"
	case closed && !w.vouching:
		w.vouching = true
		if !w.alive(ctx) {
			return "the line closed"
		}
	case w.p.Silence > 0 && time.Since(w.quiet()) >= w.p.Silence:
		if !w.alive(ctx) {
			return "silent"
		}
	}
	return ""
}

func (w *waiter) alive(ctx context.Context) bool {
	if w.p.Alive == nil || !w.p.Alive(ctx) {
		return false
	}
	w.vouched = time.Now()
	return true
}

// quiet is the last sign of life.
func (w *waiter) quiet() time.Time {
	w.s.mu.Lock()
	defer w.s.mu.Unlock()
	if w.s.heard.After(w.vouched) {
		return w.s.heard
	}
	return w.vouched
}

// pause is how long nothing needs to be judged.
func (w *waiter) pause() (time.Duration, bool) {
	var at time.Time
	if w.p.Limit > 0 {
		at = w.began.Add(w.p.Limit)
	}
	if w.p.Silence > 0 {
		if quiet := w.quiet().Add(w.p.Silence); at.IsZero() || quiet.Before(at) {
			at = quiet
		}
	}
	return time.Until(at), !at.IsZero()
}

func (w *waiter) stalled(why string, phase func() Phase) error {
	w.s.mu.Lock()
	defer w.s.mu.Unlock()
	last := w.s.last.list()
	if len(w.s.partial) > 0 {
		last = append(last, printable(w.s.partial))
	}
	return &Stalled{Phase: phase(), Last: last, After: time.Since(w.began), Quiet: time.Since(w.s.heard), Why: why}
}
