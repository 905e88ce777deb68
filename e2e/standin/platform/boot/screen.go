package main

import (
	"fmt"
	"os"
	"strings"
	"sync"
)

// notice stands at the top of every screen.
const notice = "STAND-IN for Windows - this is NOT Windows (Linux and Wine)"

const screenWidth = 80

// screen is the machine's text screen.
type screen struct {
	mu  sync.Mutex
	tty *os.File
}

func openScreen() *screen {
	tty, err := os.OpenFile("/dev/tty1", os.O_WRONLY, 0)
	if err != nil {
		tty = os.Stderr
	}
	return &screen{tty: tty}
}

// page shows white text on blue, as the text mode of Setup has it, with a status line at the bottom.
func (s *screen) page(status string, lines ...string) {
	s.paint("\x1b[44;37;1m", status, lines)
}

// desktop shows what a logged-on session says, on black.
func (s *screen) desktop(status string, lines ...string) {
	s.paint("\x1b[0m", status, lines)
}

// stop shows a page that nothing ever leaves.
func (s *screen) stop(title, text string) {
	s.page("  The stand-in waits here.", title, "", text)
}

func (s *screen) paint(colour, status string, lines []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var b strings.Builder
	b.WriteString(colour + "\x1b[2J\x1b[H\x1b[?25l")
	fmt.Fprintf(&b, " %s\r\n %s\r\n\r\n", notice, strings.Repeat("=", len(notice)))
	for _, line := range lines {
		for _, part := range wrap(line, screenWidth-4) {
			b.WriteString("  " + part + "\r\n")
		}
	}
	fmt.Fprintf(&b, "\x1b[25;1H\x1b[47;30m%-79s%s", status, colour)
	fmt.Fprintf(&b, "\x1b[%d;1H", len(lines)+5)
	_, _ = s.tty.WriteString(b.String())
}

// Write adds what a session says below what is there.
func (s *screen) Write(text []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, _ = s.tty.Write(text)
	return len(text), nil
}

// wrap breaks a text between words.
func wrap(text string, width int) []string {
	lines := []string{""}
	for word := range strings.FieldsSeq(text) {
		last := &lines[len(lines)-1]
		switch {
		case *last == "":
			*last = word
		case len(*last)+1+len(word) > width:
			lines = append(lines, word)
		default:
			*last += " " + word
		}
	}
	return lines
}
