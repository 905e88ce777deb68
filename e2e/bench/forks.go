package main

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/doublehop/doublehop/drivers/libvirt"
	"github.com/doublehop/doublehop/e2e/tiny"
)

// forksPool is a pool of the measurement's own, and class what its forks are
// called. Their guests are boot sectors that halt at once, so that what is
// measured is what makes them and not what they do.
const (
	forksPool = "dht-bench"
	class     = "dht-bench-%d"
	allOfIt   = "dht-bench-*"
	// The lab's two machines.
	talker, listener = "talker", "listener"
)

// forks measures `fork` and `destroy` of many instances beside a script that does
// the same with the plain tools, eight at once.
func (b *bench) forks(ctx context.Context) (err error) {
	if err := b.tinyLab(ctx); err != nil {
		return err
	}
	defer func() {
		clear := context.WithoutCancel(ctx)
		_, gone := b.fork(clear, "destroy", "--name", allOfIt, "-y")
		err = errors.Join(err, gone, removeForksPool(clear))
	}()
	if _, err := b.fork(ctx, "fork", "--name", class); err != nil { // the pool learns here what the host can do
		return err
	}
	small, large, err := b.classScripts(ctx)
	if err != nil {
		return err
	}
	if _, err := b.fork(ctx, "destroy", "--name", allOfIt, "-y"); err != nil {
		return err
	}
	ten, err := b.rival(ctx, 10, b.rounds, small)
	if err != nil {
		return err
	}
	b.row("fork, 10 instances of 2 machines (beside: qemu-img and virsh, 8 at once)", ten.up, ten.theirUp, 1.1)
	b.row("destroy of them (beside: virsh and rm, 8 at once)", ten.down, ten.theirDown, 1.1)
	forty, err := b.rival(ctx, 40, 1, large)
	if err != nil {
		return err
	}
	b.row("fork, each of 40 instances (beside: each of 10)", forty.up/40, ten.up/10, 1.2)
	b.row("  the script's, each of 40 (beside: each of 10)", forty.theirUp/40, ten.theirUp/10, 0)
	b.row("fork, 40 instances (beside: the script)", forty.up, forty.theirUp, 0)
	b.row("destroy, each of 40 instances (beside: each of 10)", forty.down/40, ten.down/10, 0)
	return nil
}

// duel are the medians of some rounds.
type duel struct{ up, down, theirUp, theirDown time.Duration }

// rival measures in turn, so that what else the machine does meets both.
func (b *bench) rival(ctx context.Context, count, rounds int, s script) (duel, error) {
	var up, down, theirUp, theirDown []time.Duration
	for range rounds {
		for _, each := range []struct {
			into *[]time.Duration
			run  func() (took, error)
		}{
			{&theirUp, func() (took, error) { return b.time(ctx, "bash", "-eu", s.up) }},
			{&theirDown, func() (took, error) { return b.time(ctx, "bash", "-eu", s.down) }},
			{&up, func() (took, error) { return b.fork(ctx, "fork", "--count", fmt.Sprint(count), "--name", class) }},
			{&down, func() (took, error) { return b.fork(ctx, "destroy", "--name", allOfIt, "-y") }},
		} {
			t, err := each.run()
			if err != nil {
				_, _ = b.time(context.WithoutCancel(ctx), "bash", s.down)
				return duel{}, err
			}
			*each.into = append(*each.into, t.wall)
		}
	}
	return duel{middle(up), middle(down), middle(theirUp), middle(theirDown)}, nil
}

// fork runs a verb on the lab of boot sectors.
func (b *bench) fork(ctx context.Context, verb string, args ...string) (took, error) {
	discs, err := filepath.Abs("labs/demo/discs")
	if err != nil {
		return took{}, err
	}
	all := []string{"DOUBLEHOP_POOL=" + forksPool, "DOUBLEHOP_VAR_discs=" + discs, "bin/doublehop", verb, "-f", b.tiny()}
	return b.time(ctx, "env", append(all, args...)...)
}

func (b *bench) tiny() string { return filepath.Join(b.work, "tiny") }

// tinyLab writes the lab of boot sectors and makes its checkpoint.
func (b *bench) tinyLab(ctx context.Context) error {
	if err := os.MkdirAll(b.tiny(), 0o700); err != nil {
		return err
	}
	key, err := os.ReadFile("labs/demo/standin.key")
	if err != nil {
		return err
	}
	for name, text := range map[string]string{"tiny.lab.hcl": tiny.Lab, "standin.key": string(key)} {
		if err := os.WriteFile(filepath.Join(b.tiny(), name), []byte(text), 0o600); err != nil {
			return err
		}
	}
	planned, err := b.fork(ctx, "plan", "-o", "json")
	if err != nil {
		return err
	}
	d, err := libvirt.Open(ctx, libvirt.Options{URI: "qemu:///system", Pool: forksPool})
	if err != nil {
		return err
	}
	return errors.Join(tiny.Checkpoint(ctx, d, []byte(planned.stdout), nil, b.work), d.Close())
}

// classScripts write what one would write by hand for 10 and for 40 forks, from
// the definitions of the one that stands there.
func (b *bench) classScripts(ctx context.Context) (small, large script, err error) {
	folder := filepath.Join(b.work, "class")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return small, large, err
	}
	if err := os.Chmod(b.work, 0o755); err != nil { //nolint:gosec // QEMU's user passes through it
		return small, large, err
	}
	forty, err := newByHand(ctx, folder)
	for i := 1; i <= 40 && err == nil; i++ {
		err = forty.write(i)
	}
	if err != nil {
		return small, large, err
	}
	if small, err = classScript(folder, 10); err == nil {
		large, err = classScript(folder, 40)
	}
	return small, large, err
}

// classScript writes the scripts for so many forks: first all networks, then all
// machines, and the other way round to remove them.
func classScript(folder string, count int) (script, error) {
	s := script{up: filepath.Join(folder, fmt.Sprintf("up-%d.sh", count)), down: filepath.Join(folder, fmt.Sprintf("down-%d.sh", count))}
	atOnce := func(kind, what string) string {
		strict := map[string]string{"up": "-eu", "down": "-u"}[what] // what a cut run has not made need not go
		return fmt.Sprintf("printf '%%s\\n' %s/{1..%d}-%s-%s.sh | xargs -P 8 -n 1 bash %s", folder, count, kind, what, strict)
	}
	machines := "{" + talker + "," + listener + "}"
	up := atOnce("net", "up") + "\n" + atOnce(machines, "up") + "\n"
	down := atOnce(machines, "down") + "\n" + atOnce("net", "down") + "\n"
	return s, errors.Join(os.WriteFile(s.up, []byte(up), 0o600), os.WriteFile(s.down, []byte(down), 0o600))
}

// byHand is one fork's filter, network and machines, to be written again under
// other names, and what the machines' disks rest on.
type byHand struct {
	folder      string
	docs        map[string]string
	disks, base map[string]string
}

const template = "dh-dht-bench-1-"

func newByHand(ctx context.Context, folder string) (*byHand, error) {
	h := &byHand{folder: folder, docs: map[string]string{}, disks: map[string]string{}, base: map[string]string{}}
	for kind, dump := range map[string][]string{
		"filter": {"nwfilter-dumpxml", template + "corp"}, "net": {"net-dumpxml", "--inactive", template + "corp"},
		talker: {"dumpxml", "--inactive", template + talker}, listener: {"dumpxml", "--inactive", template + listener},
	} {
		doc, err := virsh(ctx, dump...)
		if err != nil {
			return nil, err
		}
		h.docs[kind] = marks.ReplaceAllString(uuids.ReplaceAllString(doc, ""), "")
	}
	for _, machine := range []string{talker, listener} {
		var d domain
		if err := xml.Unmarshal([]byte(h.docs[machine]), &d); err != nil {
			return nil, err
		}
		h.disks[machine] = d.Disks[0].Source.File
		base, err := backing(ctx, h.disks[machine])
		if err != nil {
			return nil, err
		}
		h.base[machine] = base
	}
	return h, nil
}

// write writes the scripts of one fork.
func (h *byHand) write(i int) error {
	name := fmt.Sprintf("dht-hand-%d-", i)
	network, overlay := name+"corp", func(machine string) string { return filepath.Join(h.folder, name+machine+".qcow2") }
	file := func(kind string) string { return filepath.Join(h.folder, fmt.Sprintf("%d-%s.xml", i, kind)) }
	var err error
	for kind, doc := range h.docs {
		if disk, ok := h.disks[kind]; ok {
			doc = strings.ReplaceAll(doc, disk, overlay(kind))
		}
		doc = strings.NewReplacer(template, name, template[len("dh-"):], name).Replace(doc) // the log of COM1 is named after the machine, too
		doc = macs.ReplaceAllString(doc, fmt.Sprintf("dhthand%d", i))
		err = errors.Join(err, os.WriteFile(file(kind), []byte(doc), 0o600))
	}
	write := func(kind, what string, lines ...string) {
		text := "virsh() { command virsh -q -c qemu:///system \"$@\" >/dev/null; }\n" + strings.Join(lines, "\n") + "\n"
		path := filepath.Join(h.folder, fmt.Sprintf("%d-%s-%s.sh", i, kind, what))
		err = errors.Join(err, os.WriteFile(path, []byte(text), 0o600))
	}
	write("net", "up", "virsh nwfilter-define "+file("filter"), "virsh net-define "+file("net"), "virsh net-start "+network)
	write("net", "down", "virsh net-destroy "+network, "virsh net-undefine "+network, "virsh nwfilter-undefine "+network)
	for _, machine := range []string{talker, listener} {
		write(machine, "up", fmt.Sprintf("qemu-img create -q -f qcow2 -b %s -F qcow2 %s", h.base[machine], overlay(machine)),
			"virsh define "+file(machine), "virsh start "+name+machine)
		write(machine, "down", "virsh destroy "+name+machine, "virsh undefine "+name+machine, "rm "+overlay(machine))
	}
	return err
}

// removeForksPool removes the pool with all that is in it.
func removeForksPool(ctx context.Context) error {
	if _, err := virsh(ctx, "pool-refresh", forksPool); err != nil {
		return err
	}
	list, err := virsh(ctx, "vol-list", forksPool)
	if err != nil {
		return err
	}
	for line := range strings.Lines(list) {
		if name, _, ok := strings.Cut(strings.TrimSpace(line), " "); ok {
			if _, err := virsh(ctx, "vol-delete", "--pool", forksPool, name); err != nil {
				return err
			}
		}
	}
	for _, verb := range []string{"pool-destroy", "pool-delete", "pool-undefine"} {
		if out, err := exec.CommandContext(ctx, "virsh", "-q", "-c", "qemu:///system", verb, forksPool).CombinedOutput(); err != nil {
			return fmt.Errorf("virsh %s %s: %w: %s", verb, forksPool, err, out)
		}
	}
	return nil
}
