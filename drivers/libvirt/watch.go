package libvirt

import (
	"context"
	"sync"
	"time"

	lv "libvirt.org/go/libvirt"

	"github.com/doublehop/doublehop/drivers"
)

// Watch implements drivers.Watcher on a connection of its own. It returns nil
// when ctx is done, and Transient when the connection was lost.
//
// libvirt says a reboot twice within 50 ms, and a power-off twice: SHUTDOWN when
// the guest is done, after 40 ms, and STOPPED once QEMU is gone. Stopped is
// reported for the second, when the machine can be changed and started again.
func (d *Driver) Watch(ctx context.Context, report func(drivers.Change)) error {
	conn, err := watchConnection(ctx, d)
	if err != nil {
		return err
	}
	defer func() { _, _ = conn.Close() }()
	w := &watch{report: report, rebooted: map[string]time.Time{}, ours: map[string]bool{}, wake: make(chan struct{}, 1)}
	w.learn(conn)
	worker, quit := sync.WaitGroup{}, make(chan struct{})
	worker.Go(func() { w.work(conn, quit) })
	defer worker.Wait()
	defer close(quit)
	lifecycle, err := conn.DomainEventLifecycleRegister(nil, w.lifecycle)
	if err != nil {
		return fail("watch", d.publicURI(), err)
	}
	defer func() { _ = conn.DomainEventDeregister(lifecycle) }()
	reboot, err := conn.DomainEventRebootRegister(nil, w.reboot)
	if err != nil {
		return fail("watch", d.publicURI(), err)
	}
	defer func() { _ = conn.DomainEventDeregister(reboot) }()
	lost := make(chan struct{})
	var once sync.Once
	if err := conn.RegisterCloseCallback(func(*lv.Connect, lv.ConnectCloseReason) { once.Do(func() { close(lost) }) }); err == nil {
		defer func() { _ = conn.UnregisterCloseCallback() }()
	}
	select {
	case <-ctx.Done():
		return nil
	case <-lost:
		return &drivers.Error{
			Kind: drivers.Transient, Op: "watch", Object: d.publicURI(),
			Err: errLost, Remedy: "libvirtd ended or was restarted; try again.",
		}
	}
}

// watchConnection opens a connection, not longer than ctx allows.
func watchConnection(ctx context.Context, d *Driver) (*lv.Connect, error) {
	type opened struct {
		conn *lv.Connect
		err  error
	}
	answers := make(chan opened, 1)
	d.calls.Go(func() {
		conn, err := connect(d.uri)
		answers <- opened{conn, err}
	})
	select {
	case got := <-answers:
		if got.err != nil {
			return nil, openError(got.err, d)
		}
		return got.conn, nil
	case <-ctx.Done():
		return nil, fail("watch", d.publicURI(), context.Cause(ctx))
	}
}

// watch turns libvirt's events into changes. Its callbacks run on libvirt's
// event loop and may not wait for an answer from libvirt, so they only queue
// what happened; work asks whose machine it was, and reports.
type watch struct {
	report   func(drivers.Change)
	ours     map[string]bool // of work only
	rebooted map[string]time.Time

	mu    sync.Mutex
	queue []drivers.Change
	wake  chan struct{}
}

// learn notes which machines are ours, so that one that is stopped and removed
// at once is still known when its event comes.
func (w *watch) learn(conn *lv.Connect) {
	all, err := conn.ListAllDomains(0)
	if err != nil {
		return
	}
	for i := range all {
		name, err := all[i].GetName()
		if err == nil {
			_, w.ours[name], _ = markOf(&all[i])
		}
		free(&all[i])
	}
}

func (w *watch) tell(domain *lv.Domain, kind drivers.ChangeKind) {
	name, err := domain.GetName() // known to the client already: no request
	if err != nil {
		return
	}
	w.mu.Lock()
	w.queue = append(w.queue, drivers.Change{Machine: name, Kind: kind})
	w.mu.Unlock()
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// work reports what is queued, in order, until quit is closed.
func (w *watch) work(conn *lv.Connect, quit <-chan struct{}) {
	for {
		select {
		case <-quit:
			return
		case <-w.wake:
		}
		w.mu.Lock()
		batch := w.queue
		w.queue = nil
		w.mu.Unlock()
		for _, change := range batch {
			if w.isOurs(conn, change) && !w.repeated(change) {
				w.report(change)
			}
		}
	}
}

// isOurs asks again whenever a machine starts: a name may change hands.
func (w *watch) isOurs(conn *lv.Connect, change drivers.Change) bool {
	known, seen := w.ours[change.Machine]
	if seen && change.Kind != drivers.Started {
		return known
	}
	domain, err := conn.LookupDomainByName(change.Machine)
	if err != nil {
		return known
	}
	defer free(domain)
	if _, ok, err := markOf(domain); err == nil {
		known = ok
	}
	w.ours[change.Machine] = known
	return known
}

func (w *watch) repeated(change drivers.Change) bool {
	if change.Kind != drivers.Rebooted {
		return false
	}
	const twice = 500 * time.Millisecond
	now := time.Now()
	again := now.Sub(w.rebooted[change.Machine]) < twice
	w.rebooted[change.Machine] = now
	return again
}

func (w *watch) reboot(_ *lv.Connect, domain *lv.Domain) { w.tell(domain, drivers.Rebooted) }

func (w *watch) lifecycle(_ *lv.Connect, domain *lv.Domain, event *lv.DomainEventLifecycle) {
	switch event.Event {
	case lv.DOMAIN_EVENT_STARTED, lv.DOMAIN_EVENT_RESUMED:
		w.tell(domain, drivers.Started)
	case lv.DOMAIN_EVENT_SUSPENDED:
		w.tell(domain, drivers.Halted)
	case lv.DOMAIN_EVENT_STOPPED:
		if lv.DomainEventStoppedDetailType(event.Detail) == lv.DOMAIN_EVENT_STOPPED_FAILED ||
			lv.DomainEventStoppedDetailType(event.Detail) == lv.DOMAIN_EVENT_STOPPED_CRASHED {
			w.tell(domain, drivers.Lost)
			return
		}
		w.tell(domain, drivers.Stopped)
	case lv.DOMAIN_EVENT_CRASHED:
		w.tell(domain, drivers.Lost)
	}
}
