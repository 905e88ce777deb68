package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"time"

	"github.com/rs/zerolog"

	"github.com/doublehop/doublehop/cmd/view"
	"github.com/doublehop/doublehop/drivers"
	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/engine"
	"github.com/doublehop/doublehop/provision/plan"
)

// session is a lab on a hypervisor: what most verbs begin with.
type session struct {
	*app
	lab      *labs.Lab
	instance string
	uri      string
	driver   drivers.Driver
}

// open reads the lab and connects to its hypervisor. Close the session.
func (a *app) open(ctx context.Context) (*session, error) {
	lab, err := a.load()
	if err != nil {
		return nil, err
	}
	name, err := a.instance(lab)
	if err != nil {
		return nil, err
	}
	s, err := a.connect(ctx, lab)
	if err != nil {
		return nil, err
	}
	s.instance = name
	return s, nil
}

// connected is open for verbs whose --name is not that of one instance.
func (a *app) connected(ctx context.Context) (*session, error) {
	lab, err := a.load()
	if err != nil {
		return nil, err
	}
	return a.connect(ctx, lab)
}

func (a *app) connect(ctx context.Context, lab *labs.Lab) (s *session, err error) {
	s = &session{app: a, lab: lab, uri: a.uri(lab)}
	if s.driver, err = a.dial(ctx, s.uri); err != nil {
		return nil, err
	}
	return s, nil
}

// dial connects to a hypervisor.
func (a *app) dial(ctx context.Context, uri string) (drivers.Driver, error) {
	open, ok := openers()[a.common.driver]
	if !ok {
		return nil, &usageError{text: fmt.Sprintf("there is no driver %q", a.common.driver)}
	}
	return open(ctx, a.IO, uri)
}

// Close gives the connection back.
func (s *session) Close() { _ = s.driver.Close() }

// engine makes an engine that reports nothing, for verbs that only look.
func (s *session) engine() *engine.Engine {
	return engine.New(s.driver, s.lab, s.instance, engine.Options{LookupEnv: s.LookupEnv})
}

// lock keeps other runs away from the instance.
func (s *session) lock() (release func(), err error) { return s.lockOf(s.instance) }

func (s *session) lockOf(instance string) (release func(), err error) {
	dir, err := s.stateDir()
	if err != nil {
		return nil, err
	}
	return engine.Lock(filepath.Join(dir, "locks"), s.uri, instance)
}

// run does work on the instance: locked, shown while it happens, and recorded.
// p is what the run walks; nil when there is no plan.
func (s *session) run(ctx context.Context, verb string, p *plan.Plan, work func(context.Context, *engine.Engine) error) (err error) {
	began := time.Now()
	rec, err := s.recordOf(s.instance, verb, began)
	if err != nil {
		return err
	}
	rec.begins(s, s.instance, verb)
	defer func() { rec.ends(began, err) }()
	screen, done := s.shown(ctx, view.ScreenOptions{Plan: p})
	defer done()
	e := engine.New(s.driver, s.lab, s.instance, engine.Options{Report: screen.Report, RunDir: rec.dir, LookupEnv: s.LookupEnv})
	defer e.Close()
	return work(rec.log.WithContext(ctx), e)
}

// shown begins to show a run; done ends that.
func (s *session) shown(ctx context.Context, o view.ScreenOptions) (screen *view.Screen, done func()) {
	o.Mode, o.Style, o.Verbose = s.mode, s.style(s.Err), s.common.verbose
	o.Size = func() (int, int) { return size(s.Err) }
	screen = view.NewScreen(s.Err, o)
	said := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(said)
		screen.Report(engine.Event{Time: time.Now(), Kind: engine.Note, Text: "stopping: nothing new is begun; Ctrl-C again ends at once"})
	})
	return screen, func() {
		if !stop() {
			<-said
		}
		screen.Close()
	}
}

// show chooses how a run is shown.
func (a *app) showMode() view.Mode {
	columns, _ := size(a.Err)
	switch {
	case a.common.progress == progressJSON:
		return view.JSON
	case a.common.quiet:
		return view.Quiet
	case a.common.progress == progressPlain || a.common.verbose || !terminal(a.Err) || a.Env("TERM") == "dumb" || columns < 50:
		return view.Plain
	}
	return view.Live
}

// record is the folder of one run and its log.
type record struct {
	dir  string
	file *os.File
	log  zerolog.Logger
}

// mostRuns is how many records of an instance are kept.
const mostRuns = 30

// recordOf makes the folder of a run: <state>/runs/<instance>/<time>-<verb>.
func (s *session) recordOf(instance, verb string, now time.Time) (*record, error) {
	state, err := s.stateDir()
	if err != nil {
		return nil, err
	}
	all := filepath.Join(state, "runs", instance)
	r := &record{dir: filepath.Join(all, now.UTC().Format("20060102T150405.000Z")+"-"+verb)}
	if err := os.MkdirAll(r.dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the run's folder: %w", err)
	}
	forgetOld(all)
	if r.file, err = os.OpenFile(filepath.Join(r.dir, "log.jsonl"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600); err != nil {
		return nil, fmt.Errorf("make the run's log: %w", err)
	}
	var w io.Writer = r.file
	if s.common.verbose && s.mode == view.Plain {
		w = zerolog.MultiLevelWriter(r.file, zerolog.ConsoleWriter{Out: s.Err, NoColor: !s.style(s.Err).Color, TimeFormat: time.TimeOnly})
	}
	r.log = zerolog.New(w).With().Timestamp().Logger()
	return r, nil
}

func (r *record) begins(s *session, instance, verb string) {
	r.log.Info().Str("verb", verb).Str("lab", s.lab.Name).Str("instance", instance).Str("uri", s.uri).
		Str("version", s.Build.Version).Str("go", runtime.Version()).Msg("run begins")
}

func (r *record) ends(began time.Time, err error) {
	r.log.Info().Err(err).Int("code", Code(err)).Dur("took", time.Since(began)).Msg("run ends")
	_ = r.file.Close()
}

// forgetOld removes the oldest records of an instance; one that cannot be
// removed stays.
func forgetOld(all string) {
	runs, err := runsIn(all)
	if err != nil {
		return
	}
	for _, name := range runs[:max(len(runs)-mostRuns, 0)] {
		_ = os.RemoveAll(filepath.Join(all, name))
	}
}

// runsIn lists the records in a folder, oldest first.
func runsIn(all string) ([]string, error) {
	entries, err := os.ReadDir(all)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if e.IsDir() {
			names = append(names, e.Name())
		}
	}
	slices.Sort(names)
	return names, nil
}
