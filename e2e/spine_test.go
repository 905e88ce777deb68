package e2e_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/doublehop/doublehop/provision/checkpoint"
	"github.com/doublehop/doublehop/provision/engine"
)

// TestRealHost does on real libvirt and QEMU what the house promises. The
// parts share a pool, so that the demo lab is built once; each can be run
// alone, and builds what it needs.
func TestRealHost(t *testing.T) {
	t.Parallel()
	h := realHost(t)
	type part struct {
		name string
		run  func(*testing.T, *host)
	}
	for _, part := range []part{
		{"killed at many moments, up still ends and does nothing twice", killedAtManyMoments},
		{"what a guest wrote outlives stop and start, and not a revert", revertUndoes},
		{"nothing gets out of a lab, or into the host", attackFromInside},
		{"a way out is named, and nothing starts on it", plantedWaysOut},
		{"what can go wrong with a host", wrongHosts},
	} {
		t.Run(part.name, func(t *testing.T) { part.run(t, h) })
	}
	t.Run("beside one another", func(t *testing.T) { // they wait for guests, most of the time
		for _, part := range []part{
			{"a domain that cannot be reached is not joined", joinWithoutCable},
			{"what can go wrong with a guest", wrongGuests},
			{"a screen is read, and keys are pressed", sitAtTheConsole},
		} {
			t.Run(part.name, func(t *testing.T) {
				t.Parallel()
				part.run(t, h)
			})
		}
	})
	t.Run("nothing is left for prune", func(t *testing.T) {
		l := h.demo(t, "prune")
		c := l.command(t.Context(), "prune", "-n", "-o", "json")
		c.Args = []string{c.Path, "prune", "-n", "-o", "json", "-c", connection}
		out, err := c.Output()
		var report engine.PruneReport
		if err != nil || json.Unmarshal(out, &report) != nil {
			t.Fatalf("prune: %v: %s", err, out)
		}
		if len(report.Volumes) > 0 {
			t.Errorf("garbage: %+v", report.Volumes)
		}
	})
}

// run is the program at work, with its events.
type run struct {
	cmd    *exec.Cmd
	events chan engine.Event
	seen   []engine.Event
	words  bytes.Buffer // what was no event
}

// begin starts `up` and reads its events.
func (l *lab) begin(t *testing.T, verb string, args ...string) *run { //nolint:unparam // reads as the command line does
	t.Helper()
	ctx, stop := context.WithTimeoutCause(t.Context(), l.patience, errors.New("the test's patience ended"))
	t.Cleanup(stop)
	r := &run{cmd: l.command(ctx, verb, append(args, "--progress", "json")...), events: make(chan engine.Event)}
	pipe, err := r.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go r.read(pipe)
	return r
}

func (r *run) read(pipe io.Reader) {
	defer close(r.events)
	lines := bufio.NewScanner(pipe)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var e engine.Event
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil || e.Kind == "" || e.Kind == "error" {
			r.words.WriteString(lines.Text() + "\n")
			continue
		}
		r.events <- e
	}
}

// until reads events until one matches; false when the run ended before.
func (r *run) until(match func(engine.Event) bool) bool {
	for e := range r.events {
		r.seen = append(r.seen, e)
		if match(e) {
			return true
		}
	}
	return false
}

// end waits for the run's end and gives its exit code.
func (r *run) end() int {
	for e := range r.events {
		r.seen = append(r.seen, e)
	}
	_ = r.cmd.Wait() // the code says it
	return r.cmd.ProcessState.ExitCode()
}

// moment is so long after an event, or when the step ends.
type moment struct {
	name  string
	match func(engine.Event) bool
	after time.Duration
}

// kill kills the run at the first of some moments that comes. It gives that
// moment's place, and says whether the run was still there.
func (r *run) kill(t *testing.T, list []moment) (at int, killed bool) {
	t.Helper()
	came := r.until(func(e engine.Event) bool {
		at = slices.IndexFunc(list, func(m moment) bool { return m.match(e) })
		return at >= 0
	})
	if !came {
		if code := r.end(); code != 0 {
			t.Fatalf("the run ended (%d) before the moment to kill it:\n%s", code, r.words.String())
		}
		return len(list), false
	}
	timer := time.After(list[at].after)
	for {
		select {
		case e, ok := <-r.events:
			if !ok {
				return at, false
			}
			if r.seen = append(r.seen, e); e.Kind != engine.StepEnd {
				continue
			}
		case <-timer:
		}
		_ = r.cmd.Process.Kill() // an error: it has just ended
		return at, r.end() < 0
	}
}

func step(kind engine.Kind, stage, step, text string) func(engine.Event) bool {
	return func(e engine.Event) bool {
		return e.Kind == kind && e.Stage == stage && e.Step == step && strings.HasPrefix(e.Text+e.Phase, text)
	}
}

// moments are where the main job is killed.
var moments = []moment{
	{"in the middle of Setup", step(engine.Phase, "windows", "install", "setup"), 6 * time.Second},
	{"as the machines power off", step(engine.Phase, "windows", "", "powering off"), 300 * time.Millisecond},
	{"between two stages", step(engine.StageEnd, "windows", "", ""), 0},
	{"while a guest promotes itself", step(engine.Line, "forest", "promote", "start job"), time.Second},
	{"while a guest restarts in a job", step(engine.Line, "forest", "promote", "reboot"), time.Second},
	{"in the middle of ForestPrep", step(engine.Line, "exchange", "forestprep", "start job"), 500 * time.Millisecond},
	{"when a disk is frozen", step(engine.Phase, "exchange", "", "frozen"), 0},
	{"when the last checkpoint is made", step(engine.StageEnd, "exchange", "", ""), 100 * time.Millisecond},
}

func killedAtManyMoments(t *testing.T, h *host) {
	l := h.demo(t, "main")
	var all []engine.Event
	before := pool{}
	hits := 0
	for left := moments; len(left) > 0; {
		r := l.begin(t, "up", "-y")
		at, killed := r.kill(t, left) // a later one than the first, where this host was too fast for it
		if killed {
			hits++
			t.Logf("killed %s", left[at].name)
		}
		left = left[min(at+1, len(left)):]
		before = l.unchanged(t, before, r.seen)
		all = append(all, r.seen...)
		l.sane(t)
	}
	if hits < len(moments)-2 {
		t.Errorf("the run was killed at %d of %d moments only", hits, len(moments))
	}
	r := l.begin(t, "up", "-y")
	if code := r.end(); code != 0 {
		t.Fatalf("the last up: exit code %d\n%s", code, r.words.String())
	}
	l.unchanged(t, before, r.seen)
	l.doneOnce(t, append(all, r.seen...))
	l.proved(t)
	l.doesNothing(t)
}

// pool is what must never change in a pool: manifests byte for byte, and the
// layers they name, by when they were last written.
type pool map[string]string

var mtime = regexp.MustCompile(`<mtime>([^<]*)</mtime>`)

func (l *lab) pooled(t *testing.T) (pool, []checkpoint.Manifest) {
	t.Helper()
	found, manifests := pool{}, []checkpoint.Manifest{}
	name, _, _ := strings.Cut(l.pool, ":")
	out, _ := virsh("vol-list", name) // no pool yet
	for line := range strings.Lines(out) {
		volume, _, _ := strings.Cut(strings.TrimSpace(line), " ")
		if !checkpoint.IsManifest(volume) {
			continue
		}
		file := filepath.Join(t.TempDir(), volume)
		mustVirsh(t, "vol-download", "--pool", name, volume, file)
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		m, err := checkpoint.Decode(text)
		if err != nil {
			t.Logf("%s was cut: %v", volume, err)
			continue
		}
		found[volume], manifests = string(text), append(manifests, m)
		for _, machine := range m.Machines {
			for _, d := range machine.Disks {
				found[d.Volume] = fmt.Sprint(mtime.FindStringSubmatch(mustVirsh(t, "vol-dumpxml", "--pool", name, d.Volume)))
			}
		}
	}
	return found, manifests
}

// planned is what `plan` says of the stages on the way to one, or to the last.
func (l *lab) planned(t *testing.T, to ...string) (stages []plannedStage) { //nolint:unparam // the rehearsal, which a tag builds, gives one
	t.Helper()
	args := []string{"-o", "json"}
	for _, stage := range to {
		args = append(args, "--to", stage)
	}
	var plan struct{ Stages []plannedStage }
	if err := json.Unmarshal([]byte(l.must(t, 0, "plan", args...).stdout), &plan); err != nil || len(plan.Stages) == 0 {
		t.Fatalf("plan: %v, %+v", err, plan)
	}
	return plan.Stages
}

type plannedStage struct {
	Name, Key, Action string
	Steps             []struct{ Name, Machine string }
}

// finished are the checkpoints of some stages, by name. Other labs of the pool
// have stages of the same names, which were made from something else.
func finished(manifests []checkpoint.Manifest, stages []plannedStage) map[string]checkpoint.Manifest {
	found := map[string]checkpoint.Manifest{}
	for _, s := range stages {
		for _, m := range manifests {
			if m.Key == s.Key {
				found[s.Name] = m
			}
		}
	}
	return found
}

// unchanged demands that what was finished before a run is as it was, and that
// the run began no stage of those again.
func (l *lab) unchanged(t *testing.T, before pool, seen []engine.Event) pool {
	t.Helper()
	now, manifests := l.pooled(t)
	for name, was := range before {
		if now[name] != was {
			t.Errorf("%s was %s and is %s", name, was, now[name])
		}
	}
	for stage, m := range finished(manifests, l.planned(t)) {
		again := slices.ContainsFunc(seen, func(e engine.Event) bool {
			return e.Kind == engine.StageBegin && e.Stage == stage && e.Time.After(m.Made)
		})
		if again {
			t.Errorf("stage %s was begun again after its checkpoint was made", stage)
		}
	}
	return now
}

// sane demands that what is said of a half-built lab can be read.
func (l *lab) sane(t *testing.T) {
	t.Helper()
	var status engine.Status
	if err := json.Unmarshal([]byte(l.must(t, 0, "status", "-o", "json").stdout), &status); err != nil {
		t.Errorf("status: %v", err)
	}
	if len(status.Machines) != 2 || len(status.Broken) > 0 {
		t.Errorf("status: %+v", status)
	}
	stages := l.planned(t)
	if len(stages) != 3 {
		t.Errorf("plan: %+v", stages)
	}
	finished := map[string]bool{}
	for _, c := range status.Checkpoints {
		finished[c.Stage] = true
	}
	for _, s := range stages {
		if (s.Action == "reuse") != finished[s.Name] {
			t.Errorf("stage %s: the plan says %s, its checkpoint exists: %v", s.Name, s.Action, finished[s.Name])
		}
	}
}

// doneOnce demands that no guest was given the same work twice: each job's
// script was started once, however often the run was killed.
func (l *lab) doneOnce(t *testing.T, events []engine.Event) {
	t.Helper()
	starts := map[string]int{}
	for _, e := range events {
		if e.Kind == engine.Line && e.Step != "" && (strings.HasPrefix(e.Text, "start job") || strings.HasPrefix(e.Text, "hello install")) {
			starts[e.Stage+"/"+e.Step+"/"+e.Machine+" "+e.Text[:5]]++
		}
	}
	for what, n := range starts {
		if n > 1 {
			t.Errorf("%s: begun %d times", what, n)
		}
	}
}

// proved demands the numbers that make Exchange 2003 what it is.
func (l *lab) proved(t *testing.T) {
	t.Helper()
	_, manifests := l.pooled(t)
	stages := finished(manifests, l.planned(t))
	got := map[string]string{}
	for _, m := range stages {
		for _, p := range m.Proofs {
			got[p.Machine+" "+p.Name] = p.Value
		}
	}
	want := map[string]string{
		"dc01 ad.schema.objectVersion": "30", "dc01 exchange.schema.rangeUpper": "6870",
		"dc01 exchange.organization.objectVersion": "6903", "dc01 exchange.domain.objectVersion": "6936",
		"ex01 windows.domain": "contoso.test",
	}
	for name, value := range want {
		if got[name] != value {
			t.Errorf("proof %s = %q, not %s; there are %v", name, got[name], value, got)
		}
	}
	if at := stages["exchange"].LabTime; at.Year() != 2006 || at.Month() != time.March {
		t.Errorf("the lab's clock in the checkpoint is %s", at)
	}
}

// doesNothing demands that `up` on a finished lab touches nothing.
func (l *lab) doesNothing(t *testing.T) {
	t.Helper()
	ids := func() []string {
		return []string{mustVirsh(t, "domid", l.domain("dc01")), mustVirsh(t, "domid", l.domain("ex01"))}
	}
	before, volumes := ids(), mustVirsh(t, "vol-list", l.pool)
	a := l.must(t, 0, "up")
	if a.took > 5*time.Second {
		t.Errorf("up with nothing to do took %v", a.took)
	}
	if diff := gocmp.Diff(before, ids()); diff != "" {
		t.Errorf("machines were started again: %s", diff)
	}
	if now := mustVirsh(t, "vol-list", l.pool); now != volumes {
		t.Errorf("the pool changed:\n%s\n%s", volumes, now)
	}
}
