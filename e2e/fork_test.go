package e2e_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/doublehop/doublehop/drivers/libvirt"
	"github.com/doublehop/doublehop/e2e/tiny"
	"github.com/doublehop/doublehop/provision/plan"
)

// Two forks of one checkpoint, whose guests have the same addresses and the same
// cards, run side by side. Each hears itself, and none the other.
func TestForksNeverHearEachOther(t *testing.T) {
	t.Parallel()
	h := realHost(t)
	l := h.tiny(t, "class", map[string]tiny.Role{"talker": tiny.Talk, "listener": tiny.Listen})
	d, err := libvirt.Open(t.Context(), libvirt.Options{URI: connection, Pool: l.pool})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	forks := l.forks(t, 2)
	one, two := forks[0], forks[1]

	volumes, err := d.Volumes(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range forks {
		var bytes uint64
		for _, v := range volumes {
			if plan.OwnerOf(v.Name) == f.instance {
				bytes += v.Allocated
			}
		}
		if bytes == 0 || bytes >= 1<<20 {
			t.Errorf("%s takes %d bytes before its guests wrote any", f.instance, bytes)
		}
	}
	if mac(t, one.domain("talker")) != mac(t, two.domain("talker")) || one.bridge() == two.bridge() {
		t.Error("the forks are not alike inside and apart outside")
	}

	sent, heard := say(t, d, one.domain("talker"), "sent"), say(t, d, one.domain("listener"), "heard")
	other := say(t, d, two.domain("listener"), "heard")
	heard.more(t, 3)
	other.more(t, 3) // its own talker
	mustVirsh(t, "destroy", two.domain("talker"))
	heard.more(t, 3) // what was under way has come by then
	before := other.n.Load()
	sent.more(t, 10)
	heard.more(t, 10)
	if after := other.n.Load(); after != before {
		t.Errorf("the second fork heard %d frames of the first", after-before)
	}
	for _, f := range forks {
		f.must(t, 0, "verify").says(t, "sealed")
	}
	// On the other's network it hears them: it was the seal that was silent.
	recable(t, two.domain("listener"), plan.NetworkName(one.instance, "corp"))
	other.more(t, 3)
	one.must(t, 7, "verify").says(t, two.domain("listener"))
}

// tiny is the lab whose guests are boot sectors, with its checkpoint.
func (h *host) tiny(t *testing.T, name string, roles map[string]tiny.Role) *lab {
	t.Helper()
	l := h.written(t, name, tiny.Lab)
	l.pool = h.mine + "-forks"
	d, err := libvirt.Open(t.Context(), libvirt.Options{URI: connection, Pool: l.pool})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = d.Close() }()
	planned := l.must(t, 0, "plan", "-o", "json")
	if err := tiny.Checkpoint(t.Context(), d, []byte(planned.stdout), roles, t.TempDir()); err != nil {
		t.Fatal(err)
	}
	return l
}

// forks makes forks of the lab, which go with the test.
func (l *lab) forks(t *testing.T, count int) []*lab {
	t.Helper()
	all := *l
	all.instance = l.instance + "-*"
	t.Cleanup(func() {
		if got := all.run(context.Background(), "destroy", "-y"); got.code != 0 {
			t.Errorf("destroy: exit code %d\n%s", got.code, got.stderr)
		}
	})
	makes := *l
	makes.instance = l.instance + "-%d"
	makes.must(t, 0, "fork", "--count", fmt.Sprint(count))
	list := make([]*lab, count)
	for i := range list {
		fork := *l
		fork.instance = fmt.Sprintf("%s-%d", l.instance, i+1)
		l.mu.Lock()
		l.instances[fork.instance] = true
		l.mu.Unlock()
		list[i] = &fork
	}
	return list
}

func mac(t *testing.T, domain string) string {
	t.Helper()
	fields := strings.Fields(mustVirsh(t, "domiflist", domain))
	return fields[len(fields)-1]
}

// voice counts the lines of a kind that a guest says.
type voice struct {
	what string
	n    atomic.Int64
}

func say(t *testing.T, d *libvirt.Driver, domain, what string) *voice {
	t.Helper()
	line, err := d.OpenSerial(t.Context(), domain)
	if err != nil {
		t.Fatal(err)
	}
	v := &voice{what: domain + " " + what}
	done := make(chan struct{})
	go func() {
		defer close(done)
		lines := bufio.NewScanner(line)
		for lines.Scan() {
			if strings.TrimSpace(lines.Text()) == what {
				v.n.Add(1)
			}
		}
	}()
	t.Cleanup(func() {
		_ = line.Close()
		<-done
	})
	return v
}

// more waits until the guest has said it so many times more.
func (v *voice) more(t *testing.T, n int64) {
	t.Helper()
	want := v.n.Load() + n
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for began := time.Now(); v.n.Load() < want; <-tick.C {
		if time.Since(began) > 2*time.Minute {
			t.Fatalf("%s: %d times, and not %d", v.what, v.n.Load(), want)
		}
	}
}

// recable puts a running machine's card on another network.
func recable(t *testing.T, domain, network string) {
	t.Helper()
	doc := mustVirsh(t, "dumpxml", domain)
	_, card, _ := strings.Cut(doc, "<interface ")
	card, _, ok := strings.Cut(card, "</interface>")
	from, rest, also := strings.Cut(card, "network='")
	_, rest, quoted := strings.Cut(rest, "'")
	if !ok || !also || !quoted {
		t.Fatalf("the definition has no card on a network:\n%s", doc)
	}
	path := filepath.Join(t.TempDir(), "card.xml")
	if err := os.WriteFile(path, []byte("<interface "+from+"network='"+network+"'"+rest+"</interface>"), 0o600); err != nil {
		t.Fatal(err)
	}
	mustVirsh(t, "update-device", domain, path, "--live")
}
