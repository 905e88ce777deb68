package guest_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/doublehop/doublehop/provision/guest"
)

// port is a session that listens to what say writes.
type port struct {
	*guest.Session
	line  *io.PipeWriter
	lines []guest.Line
	seq   int
	read  chan error
}

func listen(t *testing.T) *port {
	t.Helper()
	p := &port{read: make(chan error, 1)}
	p.Session = guest.NewSession(guest.Options{Report: func(l guest.Line) { p.lines = append(p.lines, l) }})
	p.open(t)
	return p
}

// open starts to read a new stream, as after a power-on.
func (p *port) open(t *testing.T) {
	t.Helper()
	r, w := io.Pipe()
	p.line = w
	go func() { p.read <- p.Read(t.Context(), r) }()
}

// hangUp ends the stream.
func (p *port) hangUp(t *testing.T) {
	t.Helper()
	_ = p.line.Close()
	if err := <-p.read; err != nil {
		t.Fatal(err)
	}
}

// say writes a record of the job J with ask 0000000a.
func (p *port) say(verb guest.Verb, text string) {
	p.sayOf("J", "0000000a", verb, text)
}

func (p *port) sayOf(id, ask string, verb guest.Verb, text string) {
	p.seq++
	if verb == guest.Hello {
		p.seq = 1
	}
	_, _ = p.line.Write(guest.Record{ID: id, Ask: ask, Seq: p.seq, Verb: verb, Text: text}.Line())
}

func (p *port) text(s string) { _, _ = io.WriteString(p.line, s) }

func TestSessionHearsAWholeJob(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := listen(t)
		go func() {
			p.text("SeaBIOS (version 1.16)\r\n\x1b[2J")
			p.sayOf("", "", guest.Hello, "boot 5.2.3790 DC01")
			p.sayOf("J", "00000009", guest.Done, "0") // the answer to an older question
			p.say(guest.Start, "job 1")
			p.say(guest.Out, "first")
			p.say(guest.Exit, "3010")
			p.say(guest.Reboot, "")
			<-time.After(time.Minute)
			p.sayOf("", "", guest.Hello, "boot 5.2.3790 DC01")
			p.say(guest.Start, "proof")
			p.say(guest.Proof, "SCHEMA objectVersion: 30")
			p.say(guest.Proof, "SCHEMA ")
			p.say(guest.Done, "3010")
		}()
		if err := p.Ready(t.Context(), guest.Patience{}); err != nil {
			t.Fatal(err)
		}
		got, err := p.Result(t.Context(), "J", "0000000a", guest.Patience{Silence: 2 * time.Minute})
		want := guest.Result{
			Code: 3010, Output: []string{"first"}, Rebooted: 1,
			Proofs: map[string][]string{"SCHEMA": {"objectVersion: 30", ""}},
		}
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
		p.hangUp(t)
		if diff := cmp.Diff(guest.Line{Text: "SeaBIOS (version 1.16)"}, p.lines[0]); diff != "" {
			t.Error(diff)
		}
	})
}

func TestSessionForgetsProofsThatABootInterrupted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := listen(t)
		for range 2 {
			p.say(guest.Start, "proof")
			p.say(guest.Proof, "A once")
		}
		p.say(guest.Done, "0")
		got, err := p.Result(t.Context(), "J", "0000000a", guest.Patience{})
		if diff := cmp.Diff(map[string][]string{"A": {"once"}}, got.Proofs); err != nil || diff != "" {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
		p.hangUp(t)
	})
}

func TestSessionTellsWhatWasLost(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := listen(t)
		p.say(guest.Start, "proof")
		p.seq += 3
		p.say(guest.Proof, "A late")
		p.seq++ // its "done" did not come
		p.say(guest.Idle, "done 0")
		got, err := p.Result(t.Context(), "J", "0000000a", guest.Patience{})
		if err != nil || got.Lost != 5 { // three, the "done" by its number, and the "done" by the idle
			t.Errorf("got %+v, %v", got, err)
		}
		p.hangUp(t)
		if p.lines[1].Lost != 3 || p.lines[2].Lost != 1 {
			t.Errorf("reported %+v", p.lines)
		}
	})
}

func TestSessionFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := listen(t)
		p.say(guest.Out, "The domain is not there.")
		p.say(guest.Fail, "5 JOB.CMD ended with 5")
		p.say(guest.Done, "0") // too late to change it
		_, err := p.Result(t.Context(), "J", "0000000a", guest.Patience{})
		failed, _ := errors.AsType[*guest.Failed](err)
		want := &guest.Failed{ID: "J", Code: 5, Why: "JOB.CMD ended with 5", Output: []string{"The domain is not there."}}
		if diff := cmp.Diff(want, failed); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		p.hangUp(t)
	})
}

func TestSessionNeverWaitsForEver(t *testing.T) {
	t.Parallel()
	hopeful := func(context.Context) bool { return true }
	for name, c := range map[string]struct {
		say      func(*port)
		patience guest.Patience
		after    time.Duration
		phase    guest.Phase
		why      string
		last     []string
	}{
		"on a guest that never speaks": {
			func(*port) {}, guest.Patience{Silence: time.Minute}, time.Minute, guest.Silent, "silent", nil,
		},
		"on one that shows other life": {
			func(*port) {}, guest.Patience{Silence: time.Minute, Limit: time.Hour, Alive: hopeful}, time.Hour, guest.Silent, "too slow", nil,
		},
		"on one that stops at a prompt": {
			func(p *port) { <-time.After(30 * time.Second); p.text("Press any key") },
			guest.Patience{Silence: time.Minute},
			90 * time.Second, guest.Silent, "silent",
			[]string{"Press any key"},
		},
		"on a job that goes quiet": {
			func(p *port) { p.say(guest.Start, "job 1") },
			guest.Patience{Silence: time.Minute},
			time.Minute, guest.Running, "silent",
			[]string{"start job 1"},
		},
		"on a machine that does not come back": {
			func(p *port) { p.say(guest.Reboot, "") },
			guest.Patience{Silence: time.Minute},
			time.Minute, guest.Restarting, "silent",
			[]string{"reboot "},
		},
		"on one that babbles": {
			func(p *port) {
				for range 200 {
					<-time.After(10 * time.Second)
					p.text("~DH1 ~DH1 99 J 0000000a 1 done 0\r\n")
				}
			},
			guest.Patience{Silence: time.Minute, Limit: 30 * time.Minute},
			30 * time.Minute, guest.Silent, "too slow",
			slices20("~DH1 ~DH1 99 J 0000000a 1 done 0"),
		},
		"on a disc that is not seen": {
			func(p *port) {
				for range 100 {
					<-time.After(5 * time.Second)
					p.sayOf("", "", guest.Idle, "")
				}
			},
			guest.Patience{Silence: time.Minute, Limit: time.Hour},
			2 * time.Minute, guest.Unseen, "the disc is not seen", slices20("idle "),
		},
		"on a machine that was turned off": {
			func(p *port) { p.say(guest.Start, "job 1"); <-time.After(time.Second); _ = p.line.Close() },
			guest.Patience{Silence: time.Minute, Limit: time.Hour},
			time.Second, guest.Running, "the line closed",
			[]string{"start job 1"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				p := listen(t)
				began := time.Now()
				var saying sync.WaitGroup
				saying.Go(func() { c.say(p) })
				synctest.Wait()
				_, err := p.Result(t.Context(), "J", "0000000a", c.patience)
				stalled, ok := errors.AsType[*guest.Stalled](err)
				if !ok {
					t.Fatalf("got %v", err)
				}
				if took := time.Since(began); took != c.after {
					t.Errorf("took %s, not %s", took, c.after)
				}
				if stalled.Phase != c.phase || stalled.Why != c.why {
					t.Errorf("got %v", stalled)
				}
				if diff := cmp.Diff(c.last, stalled.Last); diff != "" {
					t.Errorf("last lines (-want +got):\n%s", diff)
				}
				p.hangUp(t)
				saying.Wait()
			})
		})
	}
}

func slices20(line string) []string { return strings.Split(strings.Repeat(line+"\n", 19)+line, "\n") }

func TestSessionSurvivesAPowerOffThatIsExpected(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := listen(t)
		p.say(guest.Start, "job 1")
		go func() {
			p.hangUp(t)
			<-time.After(20 * time.Second)
			p.open(t)
			p.sayOf("", "", guest.Hello, "boot 5.2.3790 DC01")
			p.say(guest.Done, "0")
		}()
		asked := 0
		got, err := p.Result(t.Context(), "J", "0000000a", guest.Patience{
			Silence: time.Minute, Alive: func(context.Context) bool { asked++; return true },
		})
		if err != nil || got.Rebooted != 1 || asked != 1 {
			t.Errorf("got %+v, %v; asked %d times", got, err, asked)
		}
		p.hangUp(t)
	})
}

func TestSessionIsNotReadyAfterTheStreamEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := listen(t)
		p.sayOf("", "", guest.Hello, "boot")
		if err := p.Ready(t.Context(), guest.Patience{}); err != nil {
			t.Fatal(err)
		}
		p.hangUp(t)
		err := p.Ready(t.Context(), guest.Patience{Silence: time.Second})
		if stalled, ok := errors.AsType[*guest.Stalled](err); !ok || stalled.Phase != guest.Silent {
			t.Errorf("got %v", err)
		}
	})
}

func TestSessionStopsWithItsContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cause := errors.New("asked to stop")
		ctx, stop := context.WithCancelCause(t.Context())
		s := guest.NewSession(guest.Options{})
		r, w := io.Pipe()
		read, waited := make(chan error, 1), make(chan error, 1)
		go func() { read <- s.Read(ctx, r) }()
		go func() { _, err := s.Result(ctx, "J", "0000000a", guest.Patience{}); waited <- err }()
		synctest.Wait()
		stop(cause)
		if err := <-read; !errors.Is(err, cause) {
			t.Errorf("Read: %v", err)
		}
		if err := <-waited; !errors.Is(err, cause) {
			t.Errorf("Result: %v", err)
		}
		if _, err := w.Write([]byte("x")); err == nil {
			t.Error("the stream is still open")
		}
	})
}

func TestSessionPassesOnAReadError(t *testing.T) {
	t.Parallel()
	broken := errors.New("connection reset")
	r, w := io.Pipe()
	_ = w.CloseWithError(broken)
	if err := guest.NewSession(guest.Options{}).Read(t.Context(), r); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}

func TestSessionHoldsLittleOfALineThatNeverEnds(t *testing.T) {
	t.Parallel()
	longest, total := 0, 0
	s := guest.NewSession(guest.Options{Report: func(l guest.Line) {
		longest, total = max(longest, len(l.Text)), total+len(l.Text)
		if l.Record != nil {
			t.Errorf("obeyed %+v", l.Record)
		}
	}})
	const size = 32 << 20
	noise := io.LimitReader(endless("~DH1 15 - - 2 done 0 and "), size)
	if err := s.Read(t.Context(), io.NopCloser(noise)); err != nil {
		t.Fatal(err)
	}
	if longest > 8<<10 || total != size {
		t.Errorf("longest line %d, %d bytes of %d", longest, total, size)
	}
}

// endless repeats a text.
type endless string

func (e endless) Read(p []byte) (int, error) {
	return copy(p, bytes.Repeat([]byte(e), len(p)/len(e)+1)[:len(p)]), nil
}

func TestSessionFindsTheRecordsInALineThatNeverEnds(t *testing.T) {
	t.Parallel()
	var got []string
	s := guest.NewSession(guest.Options{Report: func(l guest.Line) {
		if l.Record != nil {
			got = append(got, l.Text)
		}
	}})
	record := strings.TrimSpace(string(guest.Record{Seq: 1, Verb: guest.Out, Text: "x"}.Line()))
	noise := strings.Repeat("\xff", 9000)
	if err := s.Read(t.Context(), io.NopCloser(strings.NewReader(noise+record+"\r"+noise+record+record+record+"\n"))); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"x", "x", "x", "x"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
