package guest_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/doublehop/doublehop/provision/guest"
)

// plain says whether a terminal takes text as text.
func plain(text string) bool {
	for i := range len(text) {
		if c := text[i]; c != '\t' && (c < ' ' || c > '~') {
			return false
		}
	}
	return true
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("~DH1 29 FOREST-1 0badf00d 7 exit 3010"))
	f.Add([]byte("~DH1 24 - - 9 out a~1B[2J~7ez~09"))
	f.Add([]byte("noise ~DH1 10 - - 8 idle~DH1 10 - - 8 idle"))
	f.Fuzz(func(t *testing.T, line []byte) {
		r, ok := guest.Parse(line)
		if !ok {
			return
		}
		if !plain(r.Text) {
			t.Errorf("text %q would reach a terminal", r.Text)
		}
		again, ok := guest.Parse(r.Line())
		if diff := cmp.Diff(r, again); diff != "" && len(r.Text) < 300 {
			t.Errorf("parsed=%v, written and read again (-was +is):\n%s", ok, diff)
		}
		// With a byte fewer a record is none, or not this one.
		whole := bytes.TrimRight(r.Line(), "\r\n")
		for i := range whole {
			cut := append(bytes.Clone(whole[:i]), whole[i+1:]...)
			if other, ok := guest.Parse(cut); ok && len(r.Text) < 300 && other.Verb == r.Verb && other.ID == r.ID && other.Ask == r.Ask {
				t.Errorf("%q is read as %+v", cut, other)
			}
		}
	})
}

func FuzzSession(f *testing.F) {
	f.Add([]byte("SeaBIOS\r\n~DH1 10 - - 1 idle\r\n~DH1 20 J 0000000a 2 done 0\r\n"), uint8(3))
	f.Add([]byte("~DH1 20 J 0000000a 2 do\xffne 0\n~DH1 22 J 0000000a 2 fail 66\r"), uint8(1))
	f.Add(bytes.Repeat([]byte("~DH1 "), 1200), uint8(7))
	f.Fuzz(func(t *testing.T, stream []byte, piece uint8) {
		whole := hear(t, stream, len(stream)+1)
		parts := hear(t, stream, int(piece)+1)
		if diff := cmp.Diff(whole, parts); diff != "" {
			t.Errorf("it matters where the stream is split (-whole +in parts):\n%s", diff)
		}
		done := false
		for _, l := range whole {
			if !plain(l.Text) || len(l.Text) > 32<<10 {
				t.Errorf("line %q", l.Text)
			}
			done = done || (l.Record != nil && l.Record.ID == "J" && l.Record.Ask == "0000000a")
		}
		ctx, stop := context.WithCancel(t.Context())
		stop()
		s := guest.NewSession(guest.Options{})
		_ = s.Read(t.Context(), io.NopCloser(bytes.NewReader(stream)))
		if _, err := s.Result(ctx, "J", "0000000a", guest.Patience{}); !done && !errors.Is(err, context.Canceled) {
			t.Errorf("no record of the job, and yet: %v", err)
		}
	})
}

// hear gives the lines of a stream that comes in pieces.
func hear(t *testing.T, stream []byte, piece int) []guest.Line {
	t.Helper()
	var lines []guest.Line
	s := guest.NewSession(guest.Options{Report: func(l guest.Line) { lines = append(lines, l) }})
	if err := s.Read(t.Context(), io.NopCloser(&pieces{bytes.NewReader(stream), piece})); err != nil {
		t.Fatal(err)
	}
	return lines
}

// pieces reads at most size bytes at a time.
type pieces struct {
	r    io.Reader
	size int
}

func (p *pieces) Read(b []byte) (int, error) { return p.r.Read(b[:min(len(b), p.size)]) }
