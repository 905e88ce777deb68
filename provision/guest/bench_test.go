package guest_test

import (
	"io"
	"slices"
	"testing"
	"time"

	"github.com/doublehop/doublehop/provision/guest"
)

// BenchmarkLineToEvent measures from the writing of a line on the port to the
// call of Report, one line at a time through a pipe, and reports the median.
func BenchmarkLineToEvent(b *testing.B) {
	heard := make(chan time.Time, 1)
	s := guest.NewSession(guest.Options{Report: func(guest.Line) { heard <- time.Now() }})
	r, w := io.Pipe()
	read := make(chan error, 1)
	go func() { read <- s.Read(b.Context(), r) }()
	line := guest.Record{ID: "FOREST-1", Ask: "0badf00d", Seq: 1, Verb: guest.Out, Text: "Setup is copying files ~ 42 %"}.Line()
	took := make([]time.Duration, 0, b.N)
	for b.Loop() {
		began := time.Now()
		if _, err := w.Write(line); err != nil {
			b.Fatal(err)
		}
		took = append(took, (<-heard).Sub(began))
	}
	_ = w.Close()
	if err := <-read; err != nil {
		b.Fatal(err)
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "ms/median")
}

// BenchmarkNoise measures how fast text that is no record is read.
func BenchmarkNoise(b *testing.B) {
	b.SetBytes(1 << 20)
	for b.Loop() {
		s := guest.NewSession(guest.Options{})
		if err := s.Read(b.Context(), io.NopCloser(io.LimitReader(endless("~DH1 Booting from Hard Disk... ~DH1 x\r\n"), 1<<20))); err != nil {
			b.Fatal(err)
		}
	}
}
