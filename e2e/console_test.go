package e2e_test

import (
	"strings"
	"testing"

	"github.com/doublehop/doublehop/provision/engine"
)

// sitAtTheConsole waits for what a real machine's screen shows, from its
// power-on, and presses keys on its keyboard.
func sitAtTheConsole(t *testing.T, h *host) {
	l := h.alone(t, "console", "10m", `
stage "console" {
  after = stage.windows
  step "wait_screen" "desktop" {
    on      = machine.dc01
    pattern = "Desktop of \\S+ on dc01$"
    runner  = false
  }
  step "keys" {
    on     = machine.dc01
    text   = "x"
    secret = secret.administrator
    press  = ["enter"]
  }
  step "wait_screen" "still" {
    on      = machine.dc01
    picture = "still"
  }
  step "wait_screen" "never" {
    on    = machine.dc01
    text  = "Safe Mode with Networking"
    limit = "5s"
  }
}
`)
	r := l.begin(t, "up", "-y")
	if code := r.end(); code != engineFailed {
		t.Fatalf("up ended with %d:\n%s", code, r.words.String())
	}
	for what, match := range map[string]func(engine.Event) bool{
		"a desktop": step(engine.Proof, "console", "desktop", "screen = Desktop of "),
		"keys":      step(engine.Proof, "console", "keys", "keys = 18 pressed"),
		"stillness": step(engine.Proof, "console", "still", "screen = still"),
	} {
		found := false
		for _, e := range r.seen {
			found = found || match(e)
		}
		if !found {
			t.Errorf("there was no proof of %s", what)
		}
	}
	answer{stderr: r.words.String()}.says(t, "never", "Safe Mode with Networking", "Desktop of ", "x********", ".png")
	if !strings.Contains(r.words.String(), `"screen":[`) {
		t.Errorf("the error does not hold the screen's text:\n%s", r.words.String())
	}
}
