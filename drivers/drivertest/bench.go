package drivertest

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/doublehop/doublehop/drivers"
)

// bench is one check's driver, with names of its own.
type bench struct {
	*testing.T
	h      Harness
	d      drivers.Driver
	ctx    context.Context //nolint:containedctx // it is the test's
	id     string
	number int
}

var benches atomic.Int64 //nolint:gochecknoglobals // numbers the checks of this process

func newBench(t *testing.T, h Harness) *bench {
	b := &bench{T: t, h: h, d: h.Open(t), ctx: t.Context(), number: int(benches.Add(1))}
	b.id = fmt.Sprintf("%d-%d", os.Getpid(), b.number)
	return b
}

// undo runs f at the end of the test, on a context that then still lives.
func (b *bench) undo(what string, f func(context.Context) error) {
	b.Cleanup(func() {
		ctx, stop := context.WithTimeout(context.Background(), time.Minute)
		defer stop()
		if err := f(ctx); err != nil {
			b.Errorf("removing %s: %v", what, err)
		}
	})
}

// ok ends the test when err is not nil.
func (b *bench) ok(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// wants demands an error of a kind, that says what was tried on what.
func (b *bench) wants(kind drivers.Kind, err error) {
	b.Helper()
	if err == nil {
		b.Fatalf("no error, want kind %s", kind)
	}
	if got := drivers.KindOf(err); got != kind {
		b.Fatalf("kind %s, want %s: %v", got, kind, err)
	}
	var known *drivers.Error
	if !errors.As(err, &known) || known.Op == "" || known.Object == "" {
		b.Errorf("error %q does not say what was tried on what", err)
	}
}

func (b *bench) instance() string            { return "dht-" + b.id }
func (b *bench) name(object string) string   { return "dht-" + b.id + "-" + object }
func (b *bench) volume(object string) string { return "dh-t" + b.id + "-" + object }

func (b *bench) mark(object string) drivers.Mark {
	return drivers.Mark{Lab: "drivertest", Instance: b.instance(), Object: object}
}

func uuid(name string) string {
	sum := sha256.Sum256([]byte(name))
	sum[6], sum[8] = sum[6]&0x0f|0x50, sum[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", sum[:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16])
}

// spec is a small machine with empty drives.
func (b *bench) spec(object string, disks ...string) drivers.MachineSpec {
	b.Helper()
	host, err := b.d.Host(b.ctx)
	b.ok(err)
	spec := drivers.MachineSpec{
		Name: b.name(object), UUID: uuid(b.name(object)), Mark: b.mark(object), Memory: 16 << 20, CPUs: 1,
		Hardware: drivers.Hardware{
			Arch: "i686", Chipset: host.Chipset, CPU: "qemu32", Features: []string{"-nx"}, ACPI: true, APIC: true,
			NIC: "rtl8139", Video: "cirrus",
		},
		Drives: []drivers.Drive{{Target: "hdc"}, {Target: "hdd"}, {Target: "fda"}},
	}
	for i, disk := range disks {
		spec.Disks = append(spec.Disks, drivers.Disk{Target: []string{"hda", "hdb"}[i], Volume: disk})
	}
	return spec
}

// define defines a machine and removes it at the end.
func (b *bench) define(spec drivers.MachineSpec) drivers.MachineSpec {
	b.Helper()
	b.undo(spec.Name, func(ctx context.Context) error { return b.d.RemoveMachine(ctx, spec.Name) })
	b.ok(b.d.DefineMachine(b.ctx, spec))
	return spec
}

// boots makes a machine that starts a tiny guest, with a blank disk.
func (b *bench) boots(object string, ops ...Op) drivers.MachineSpec { //nolint:unparam // says which machine at each call
	b.Helper()
	disk := b.disk(object + ".qcow2")
	return b.bootsFrom(object, disk, ops...)
}

// bootsFrom is boots with a given disk.
func (b *bench) bootsFrom(object, disk string, ops ...Op) drivers.MachineSpec {
	b.Helper()
	spec := b.spec(object, disk)
	spec.Drives[0].Volume = b.upload(object+".iso", TinyGuest(ops...))
	return b.define(spec)
}

// disk makes a blank disk and removes it at the end.
func (b *bench) disk(object string) string {
	b.Helper()
	return b.create(drivers.VolumeSpec{Name: b.volume(object), Capacity: 64 << 20})
}

// over lays a volume over another.
func (b *bench) over(object, backing string) string {
	b.Helper()
	return b.create(drivers.VolumeSpec{Name: b.volume(object), Backing: backing})
}

func (b *bench) create(spec drivers.VolumeSpec) string {
	b.Helper()
	b.undo(spec.Name, func(ctx context.Context) error { return b.d.RemoveVolume(ctx, spec.Name) })
	b.ok(b.d.CreateVolume(b.ctx, spec))
	return spec.Name
}

func (b *bench) upload(object string, data []byte) string {
	b.Helper()
	name := b.volume(object)
	b.undo(name, func(ctx context.Context) error { return b.d.RemoveVolume(ctx, name) })
	b.ok(b.d.UploadVolume(b.ctx, name, int64(len(data)), bytes.NewReader(data)))
	return name
}

// floppy is a 1.44 MB disc whose first sector holds a text.
func floppy(text string) []byte {
	data := make([]byte, 1474560)
	copy(data, text)
	return data
}

// line reads COM1 line by line.
type line struct {
	b     *bench
	lines chan string
}

// start powers a machine on with its line open from the first byte.
func (b *bench) start(name string) *line {
	b.Helper()
	b.ok(b.d.StartMachine(b.ctx, name, drivers.StartPaused))
	l := b.listen(name)
	b.ok(b.d.ResumeMachine(b.ctx, name))
	return l
}

func (b *bench) listen(name string) *line {
	b.Helper()
	serial, found := drivers.As[drivers.Serial](b.d)
	if !found {
		b.Skip("the driver has no serial lines")
	}
	stream, err := serial.OpenSerial(b.ctx, name)
	b.ok(err)
	l := &line{b: b, lines: make(chan string, 10000)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer close(l.lines)
		for scan := bufio.NewScanner(stream); scan.Scan(); {
			l.lines <- strings.TrimSpace(scan.Text())
		}
	}()
	b.Cleanup(func() {
		_ = stream.Close()
		<-done
	})
	return l
}

// next gives the next line that is not empty.
func (l *line) next() string {
	l.b.Helper()
	limit := time.After(l.b.h.Limit)
	for {
		select {
		case text, more := <-l.lines:
			if !more {
				l.b.Fatal("the serial line ended")
			}
			if text != "" {
				return text
			}
		case <-limit:
			l.b.Fatalf("the guest said nothing for %v", l.b.h.Limit)
		}
	}
}

// says demands the next lines.
func (l *line) says(want ...string) {
	l.b.Helper()
	for _, text := range want {
		if got := l.next(); got != text {
			l.b.Fatalf("the guest said %q, want %q", got, text)
		}
	}
}

// until waits for a line and skips others.
func (l *line) until(want string) {
	l.b.Helper()
	deadline := time.Now().Add(l.b.h.Limit)
	for l.next() != want {
		if time.Now().After(deadline) {
			l.b.Fatalf("the guest never said %q", want)
		}
	}
}

// ends demands that the line ends, and nothing else is said.
func (l *line) ends() {
	l.b.Helper()
	limit := time.After(l.b.h.Limit)
	for {
		select {
		case text, more := <-l.lines:
			if !more {
				return
			}
			if text != "" {
				l.b.Fatalf("the guest said %q, want the line to end", text)
			}
		case <-limit:
			l.b.Fatal("the serial line did not end")
		}
	}
}

// state waits until a machine is in a state.
func (b *bench) state(name string, want drivers.State) {
	b.Helper()
	deadline := time.Now().Add(b.h.Limit)
	for {
		machine, err := b.d.Machine(b.ctx, name)
		b.ok(err)
		if machine.State == want {
			return
		}
		if time.Now().After(deadline) {
			b.Fatalf("%s is %s, want %s", name, machine.State, want)
		}
		b.rest(20 * time.Millisecond)
	}
}

// rest waits; for what tells nobody when it happens.
func (b *bench) rest(d time.Duration) {
	select {
	case <-b.ctx.Done():
	case <-time.After(d):
	}
}

func (b *bench) download(name string) []byte {
	b.Helper()
	var data bytes.Buffer
	b.ok(b.d.DownloadVolume(b.ctx, name, &data))
	return data.Bytes()
}

// volumes are the names and facts of this check's volumes.
func (b *bench) volumes() map[string]drivers.Volume {
	b.Helper()
	all, err := b.d.Volumes(b.ctx)
	b.ok(err)
	mine := map[string]drivers.Volume{}
	for i, volume := range all {
		if i > 0 && all[i-1].Name >= volume.Name {
			b.Errorf("volumes are not sorted: %s before %s", all[i-1].Name, volume.Name)
		}
		if name, ok := strings.CutPrefix(volume.Name, b.volume("")); ok {
			mine[name] = volume
		}
	}
	return mine
}

var _ io.Reader = (*brokenReader)(nil)

// brokenReader gives some bytes and then an error.
type brokenReader struct {
	left int
	err  error
	then func()
}

func (r *brokenReader) Read(p []byte) (int, error) {
	if r.left == 0 {
		if r.then != nil {
			r.then()
		}
		return 0, r.err
	}
	n := min(len(p), r.left)
	for i := range p[:n] {
		p[i] = 0x5a
	}
	r.left -= n
	return n, nil
}
