package e2e_test

import (
	"strings"
	"testing"
)

// revertUndoes writes in a guest and looks what is left of it.
func revertUndoes(t *testing.T, h *host) {
	l := h.demo(t, "main")
	l.up(t, "windows")
	l.exec(t, "dc01", `echo written>C:\NOTE.TXT`)
	there := func(machine string) bool {
		return strings.TrimSpace(l.exec(t, machine, `if exist C:\NOTE.TXT (echo yes) else (echo no)`)) == "yes"
	}
	l.must(t, 0, "stop")
	for _, machine := range []string{"dc01", "ex01"} {
		if state := mustVirsh(t, "domstate", l.domain(machine)); state != "shut off" {
			t.Errorf("after stop, %s is %s", machine, state)
		}
	}
	if a := l.must(t, 2, "exec", "dc01", "ver"); a.stdout != "" {
		t.Errorf("exec in a machine that is off: %q", a.stdout)
	}
	l.must(t, 0, "start")
	if !there("dc01") {
		t.Error("the file did not outlive stop and start")
	}
	if date := l.exec(t, "dc01", "date /t"); !strings.Contains(date, "3/1/2006") {
		t.Errorf("the guest's date is %q", date)
	}
	l.must(t, 2, "revert", "no-such-stage", "-y")
	if !there("dc01") {
		t.Error("a revert to nowhere changed the guest")
	}
	l.must(t, 0, "revert", "-y")
	if there("dc01") {
		t.Error("the file outlived the revert")
	}
	if date := l.exec(t, "ex01", "date /t"); !strings.Contains(date, "3/1/2006") {
		t.Errorf("after the revert the guest's date is %q", date)
	}
	if a := l.run(t.Context(), "exec", "dc01", "exit 7"); a.code != 7 {
		t.Errorf("exec's own exit code is %d", a.code)
	}
}
