package vgatext_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/doublehop/doublehop/drivers/vgatext"
)

// A boot sector shows every character in five text modes, on each video card
// of our profiles, and QEMU's pictures of them are read back.
func TestQEMUsTextScreensAreReadExactly(t *testing.T) {
	qemu, err := exec.LookPath("qemu-system-i386")
	if err != nil {
		if os.Getenv("E2E_STRICT") == "1" {
			t.Fatal(err)
		}
		t.Skipf("skipped: %v\napt-get install qemu-system-x86", err)
	}
	modes := []struct{ columns, rows int }{{80, 25}, {80, 28}, {80, 50}, {40, 25}, {80, 30}}
	for _, card := range []string{"cirrus", "std"} {
		t.Run(card, func(t *testing.T) {
			t.Parallel()
			m := startMonitor(t, qemu, card)
			for i, mode := range modes {
				m.until(t, fmt.Sprintf("%d by %d", mode.columns, mode.rows), func(s *vgatext.Screen) bool {
					return s.Columns == mode.columns && s.Rows == mode.rows && len(s.Lines()) > 9
				}, func(s *vgatext.Screen) { everyCharacter(t, s) })
				if i+1 < len(modes) {
					m.say(t, "sendkey a")
				}
			}
		})
	}
}

// everyCharacter looks for what modes.S writes.
func everyCharacter(t *testing.T, s *vgatext.Screen) {
	t.Helper()
	page := []rune(vgatext.CodePage)
	lines := s.Lines()
	if want := "A disk read error occurred: STOP 0x7B"; lines[0] != want {
		t.Errorf("the first line is %q, not %q", lines[0], want)
	}
	for row := range 8 {
		want := strings.TrimRight(string(page[row*32:(row+1)*32]), " ")
		if got := lines[2+row]; got != want {
			t.Errorf("%d by %d, row %d is\n%q, not\n%q", s.Columns, s.Rows, row, got, want)
		}
	}
	// What is a glyph either way round tells itself by the paper beside it.
	twins := 0
	for i, c := range s.Cells {
		if strings.ContainsRune("•◘○◙▄▌▐▀█", c.Rune) {
			twins++
		} else if !c.Exact && !c.Cursor {
			t.Errorf("%q in column %d, row %d is in doubt", c.Rune, i%s.Columns, i/s.Columns)
		}
	}
	if twins != 9 {
		t.Errorf("%d characters are glyphs either way round, and there are 9", twins)
	}
}

// monitor is a QEMU that is told what to do on its standard input.
type monitor struct {
	in   io.Writer
	file string
}

func startMonitor(t *testing.T, qemu, card string) *monitor {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), 2*time.Minute)
	command := exec.CommandContext(ctx, qemu, "-m", "16", "-vga", card, "-display", "none", "-nodefaults", "-accel", "tcg",
		"-drive", "format=raw,file=testdata/modes.bin,if=floppy,readonly=on", "-boot", "a", "-monitor", "stdio")
	in, err := command.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_, _ = io.WriteString(in, "quit\n")
		_ = command.Wait()
		stop()
	})
	return &monitor{in, filepath.Join(t.TempDir(), "screen.png")}
}

func (m *monitor) say(t *testing.T, command string) {
	t.Helper()
	if _, err := io.WriteString(m.in, command+"\n"); err != nil {
		t.Fatal(err)
	}
}

// until takes pictures until one shows what is wanted, twice alike.
func (m *monitor) until(t *testing.T, what string, wanted func(*vgatext.Screen) bool, then func(*vgatext.Screen)) {
	t.Helper()
	last, before := "nothing", ""
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); {
		m.say(t, "screendump "+m.file+" -f png")
		select {
		case <-t.Context().Done():
			t.Fatal(context.Cause(t.Context()))
		case <-time.After(100 * time.Millisecond):
		}
		picture, err := os.ReadFile(m.file)
		if err != nil {
			continue
		}
		s, err := vgatext.Read(bytes.NewReader(picture))
		if err != nil {
			last = err.Error()
			continue
		}
		if last = s.String(); wanted(s) && last == before {
			then(s)
			return
		}
		before = last
	}
	t.Fatalf("there was no screen of %s, the last showed:\n%s", what, last)
}
