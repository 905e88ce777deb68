package libvirt

import (
	"context"
	"sync"

	lv "libvirt.org/go/libvirt"

	"github.com/doublehop/doublehop/drivers"
)

// eventLoop starts libvirt's event loop, once in a process and before the first
// connection: without it a connection whose console is being read hangs in its
// other calls (seen in 8 of 10 rounds with libvirt 9.0). It cannot be stopped.
//
//nolint:gochecknoglobals // libvirt's loop belongs to the process.
var eventLoop = sync.OnceValue(func() error {
	if err := lv.EventRegisterDefaultImpl(); err != nil {
		return err
	}
	go func() {
		for lv.EventRunDefaultImpl() == nil {
		}
	}()
	return nil
})

// One connection carries five requests at a time (max_client_requests), and
// libvirtd 20 for all; with fewer than five of ours on one, a quick call is not
// stuck behind slow ones.
const (
	maxLines   = 4
	maxPerLine = 4
)

// lines are the connections in use, opened as they are needed.
type lines struct {
	uri string

	mu   sync.Mutex
	open []*line
}

type line struct {
	conn *lv.Connect
	busy int
}

// take gives the least busy connection, or a new one.
func (l *lines) take() (*line, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var best *line
	alive := l.open[:0]
	for _, each := range l.open {
		if ok, err := each.conn.IsAlive(); err != nil || !ok {
			continue // libvirtd was restarted; whoever uses it still frees it
		}
		alive = append(alive, each)
		if best == nil || each.busy < best.busy {
			best = each
		}
	}
	l.open = alive
	if best == nil || best.busy >= maxPerLine && len(l.open) < maxLines {
		conn, err := connect(l.uri)
		if err != nil {
			return nil, err
		}
		best = &line{conn: conn}
		l.open = append(l.open, best)
	}
	best.busy++
	return best, nil
}

func (l *lines) give(used *line) {
	l.mu.Lock()
	defer l.mu.Unlock()
	used.busy--
}

func (l *lines) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, each := range l.open {
		_, _ = each.conn.Close()
	}
	l.open = nil
}

// connect opens a connection that notices when the other side is gone.
func connect(uri string) (*lv.Connect, error) {
	if err := eventLoop(); err != nil {
		return nil, err
	}
	conn, err := lv.NewConnect(uri)
	if err != nil {
		return nil, err
	}
	// A lost network is noticed after a minute; a UNIX socket needs no probes,
	// but they do no harm there. Not every driver knows them.
	_ = conn.SetKeepAlive(10, 6)
	return conn, nil
}

// call runs one request on a connection and returns as soon as ctx is done.
// libvirt's calls cannot be stopped: one that was given up runs to its end in
// the background, and holds its object's lock until then.
func call[T any](ctx context.Context, d *Driver, op, object string, do func(*lv.Connect) (T, error)) (T, error) {
	return run(ctx, d, op, object, func() {}, do)
}

// run is call with something to do when the request has really ended.
func run[T any](ctx context.Context, d *Driver, op, object string, ended func(), do func(*lv.Connect) (T, error)) (T, error) {
	type answer struct {
		value T
		err   error
	}
	var none T
	if err := context.Cause(ctx); err != nil {
		ended()
		return none, fail(op, object, err)
	}
	answers := make(chan answer, 1)
	d.calls.Go(func() {
		defer ended()
		used, err := d.lines.take()
		if err != nil {
			answers <- answer{err: openError(err, d)}
			return
		}
		defer d.lines.give(used)
		value, err := do(used.conn)
		answers <- answer{value, err}
	})
	select {
	case got := <-answers:
		return got.value, fail(op, object, got.err)
	case <-ctx.Done():
		return none, fail(op, object, context.Cause(ctx))
	}
}

// change is call for what changes an object: one at a time for each object, so
// that looking whether it is ours and changing it is one act, and so that an
// undo cannot overtake what it undoes.
func change(ctx context.Context, d *Driver, op, object string, do func(*lv.Connect) error) error {
	unlock, err := d.locks.lock(ctx, object)
	if err != nil {
		return fail(op, object, err)
	}
	_, err = run(ctx, d, op, object, unlock, func(c *lv.Connect) (struct{}, error) {
		return struct{}{}, do(c)
	})
	return err
}

// locks holds one lock for each object's name.
type locks struct {
	mu   sync.Mutex
	held map[string]chan struct{}
}

func (l *locks) lock(ctx context.Context, name string) (unlock func(), err error) {
	for {
		l.mu.Lock()
		if l.held == nil {
			l.held = map[string]chan struct{}{}
		}
		busy, taken := l.held[name]
		if !taken {
			free := make(chan struct{})
			l.held[name] = free
			l.mu.Unlock()
			return func() {
				l.mu.Lock()
				delete(l.held, name)
				l.mu.Unlock()
				close(free)
			}, nil
		}
		l.mu.Unlock()
		select {
		case <-busy:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

// asConflict is an error of ours inside a call: the object is not ours or
// differs in what cannot be changed.
func asConflict(err error) error  { return &kindError{drivers.Conflict, err, ""} }
func asRefused(err error) error   { return &kindError{drivers.Refused, err, ""} }
func asMissing(err error) error   { return &kindError{drivers.Missing, err, ""} }
func asNotFound(err error) error  { return &kindError{drivers.NotFound, err, ""} }
func asTransient(err error) error { return &kindError{drivers.Transient, err, ""} }

// kindError carries a kind and a remedy up to where the call's name is known.
type kindError struct {
	kind   drivers.Kind
	err    error
	remedy string
}

func (e *kindError) Error() string { return e.err.Error() }
func (e *kindError) Unwrap() error { return e.err }
