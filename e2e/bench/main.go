// Command bench measures Doublehop beside the plain tools in one run and prints
// ratios: on another machine the seconds differ, the ratios should not.
//
// It uses the demo lab with the stand-in discs on qemu:///system, an instance
// and a pool of its own names, and removes what it made. e2e/bench.sh runs it
// after the Go benchmarks.
//
// Floor 7.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

func main() {
	only := flag.String("only", "", "measure only one `PART`: small, large, demo, forks, world")
	rounds := flag.Int("rounds", 5, "how often each thing is measured; the median counts")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	b := &bench{rounds: *rounds, only: *only, out: tabwriter.NewWriter(os.Stdout, 0, 4, 2, ' ', 0)}
	err := b.run(ctx)
	_ = b.out.Flush()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// bench is one run.
type bench struct {
	rounds int
	only   string
	out    *tabwriter.Writer
	work   string // a folder that goes at the end
	lab    string // a copy of the demo lab
}

const instance = "bench"

// took is what a process needed.
type took struct {
	wall time.Duration
	// memory is the largest resident set, in bytes.
	memory int64
	stdout string
	stderr string
}

func (b *bench) run(ctx context.Context) (err error) {
	if b.work, err = os.MkdirTemp("", "doublehop-bench-"); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(b.work)) }()
	b.lab = filepath.Join(b.work, "lab")
	if err := os.CopyFS(b.lab, os.DirFS("labs/demo")); err != nil {
		return err
	}
	fmt.Fprintln(b.out, "what\tours\tbeside\tratio\twanted")
	for _, part := range []struct {
		name string
		run  func(context.Context) error
	}{{"small", b.small}, {"large", b.large}, {"demo", b.demo}, {"forks", b.forks}, {"world", b.world}} {
		if b.only != "" && b.only != part.name {
			continue
		}
		if err := part.run(ctx); err != nil {
			return err
		}
	}
	return nil
}

// demo is the demo lab on real libvirt.
func (b *bench) demo(ctx context.Context) (err error) {
	defer func() { err = errors.Join(err, b.destroy(context.WithoutCancel(ctx))) }()
	for _, part := range []func(context.Context) error{b.whole, b.nothing, b.cached} {
		if err := part(ctx); err != nil {
			return err
		}
	}
	return nil
}

// row prints one line; without a limit the figure is for information.
func (b *bench) row(what string, ours, beside time.Duration, limit float64) {
	ratio := ours.Seconds() / beside.Seconds()
	wanted := ""
	if limit > 0 {
		wanted = fmt.Sprintf("at most %.2f", limit)
		if ratio > limit {
			wanted += "  MISSED"
		}
	}
	fmt.Fprintf(b.out, "%s\t%s\t%s\t%.2f\t%s\n", what, round(ours), round(beside), ratio, wanted)
}

func round(d time.Duration) time.Duration {
	if d < time.Second {
		return d.Round(100 * time.Microsecond)
	}
	return d.Round(10 * time.Millisecond)
}

// small is `validate` of the demo lab as a process, beside 50 ms.
func (b *bench) small(ctx context.Context) error {
	t, err := b.median(ctx, "bin/doublehop", "validate", "-f", b.lab)
	b.row("validate, demo lab (beside: 50 ms)", t.wall, 50*time.Millisecond, 1)
	return err
}

// large is `plan` of 300 machines and 1,000 stages, beside 1 s and 200 MB.
func (b *bench) large(ctx context.Context) error {
	folder := filepath.Join(b.work, "large")
	if err := writeLarge(folder, 300, 1000); err != nil {
		return err
	}
	t, err := b.median(ctx, "bin/doublehop", "plan", "--driver", "fake", "-f", folder)
	b.row("plan, 300 machines, 1,000 stages (beside: 1 s)", t.wall, time.Second, 1)
	b.row(fmt.Sprintf("  its memory, %d MB (beside: 200 MB)", t.memory>>20), time.Duration(t.memory), 200<<20, 1)
	return err
}

// whole is `up` of the demo lab, beside the time in which at least one guest
// was at work on its own: booting, in a job, shutting down.
func (b *bench) whole(ctx context.Context) error {
	if err := b.destroy(ctx, "--checkpoints"); err != nil {
		return err
	}
	t, err := b.time(ctx, "bin/doublehop", "up", "-f", b.lab, "--name", instance, "-y", "--progress", "json")
	if err != nil {
		return err
	}
	wall, guests, err := guestTime(t.stderr)
	b.row("up, demo lab (beside: the guests' own phases)", wall, guests, 1.10)
	return err
}

// nothing is `up` when there is nothing to do, beside `virsh list`.
func (b *bench) nothing(ctx context.Context) error {
	ours, err := b.median(ctx, "bin/doublehop", "up", "-f", b.lab, "--name", instance, "-y")
	if err != nil {
		return err
	}
	theirs, err := b.median(ctx, "virsh", "-c", "qemu:///system", "list")
	b.row("up with nothing to do (beside: virsh list)", ours.wall, theirs.wall, 3)
	return err
}

// cached is `up` from a checkpoint, beside a script that makes the same
// overlays, network and domains with qemu-img and virsh, one after the other.
func (b *bench) cached(ctx context.Context) error {
	s, err := newScript(ctx, b.work)
	if err != nil {
		return err
	}
	var ours, theirs []time.Duration
	for range b.rounds {
		if err := b.destroy(ctx); err != nil {
			return err
		}
		t, err := b.time(ctx, "bash", "-eu", s.up)
		if err = errors.Join(err, s.clear(ctx)); err != nil {
			return err
		}
		theirs = append(theirs, t.wall)
		if t, err = b.time(ctx, "bin/doublehop", "up", "-f", b.lab, "--name", instance, "-y"); err != nil {
			return err
		}
		ours = append(ours, t.wall)
	}
	b.row("up from a checkpoint (beside: qemu-img and virsh)", middle(ours), middle(theirs), 1)
	return nil
}

func (b *bench) destroy(ctx context.Context, more ...string) error {
	_, err := b.time(ctx, "bin/doublehop", append([]string{"destroy", "-f", b.lab, "--name", instance, "-y"}, more...)...)
	return err
}

// median measures a command several times.
func (b *bench) median(ctx context.Context, name string, args ...string) (took, error) {
	var all []took
	for range b.rounds {
		t, err := b.time(ctx, name, args...)
		if err != nil {
			return t, err
		}
		all = append(all, t)
	}
	slices.SortFunc(all, func(x, y took) int { return int(x.wall - y.wall) })
	return all[len(all)/2], nil
}

func middle(list []time.Duration) time.Duration {
	slices.Sort(list)
	return list[len(list)/2]
}

// time runs a command once.
func (b *bench) time(ctx context.Context, name string, args ...string) (took, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = append(os.Environ(), "XDG_STATE_HOME="+filepath.Join(b.work, "state"), "DOUBLEHOP_FAKE="+filepath.Join(b.work, "world"))
	var said, complaint strings.Builder
	cmd.Stdout, cmd.Stderr = &said, &complaint
	began := time.Now()
	err := cmd.Run()
	t := took{wall: time.Since(began), stdout: said.String(), stderr: complaint.String()}
	if err != nil {
		return t, fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, tail(t.stderr))
	}
	t.memory = memory(cmd.ProcessState)
	return t, nil
}

func tail(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-5):], "\n")
}
