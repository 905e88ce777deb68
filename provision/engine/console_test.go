package engine_test

import (
	"errors"
	"image/png"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/doublehop/doublehop/drivers/fake"
	"github.com/doublehop/doublehop/drivers/fake/windows"
	"github.com/doublehop/doublehop/drivers/vgatext"
	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/checkpoint"
	"github.com/doublehop/doublehop/provision/engine"
	"github.com/doublehop/doublehop/provision/guest"
)

// console is a lab with steps at the console of one machine after what a command
// left on its screen.
func console(t *testing.T, command, steps string) *labs.Lab {
	t.Helper()
	text := smallLab("pc01", "command = \""+command+"\"")
	if strings.Contains(steps, "secret.word") {
		text = "secret \"word\" { env = \"WORD\" }\n" + text
	}
	end := strings.LastIndex(text, "}")
	return lab(t, text[:end]+strings.ReplaceAll(steps, "ON", "on = machine.pc01")+"\n}\n")
}

func TestAQuestionOnTheScreenIsWaitedForAndAnswered(t *testing.T) {
	t.Parallel()
	l := console(t, "fake ask Type the product key and press ENTER", `
  step "wait_screen" {
    ON
    text = "product  key and"
  }
  step "keys" {
    ON
    text   = "aB"
    secret = secret.administrator
    press  = ["wait 3s", "enter"]
  }
  step "wait_screen" "answered" {
    ON
    pattern = "^Thank you:$"
  }
  step "wait_screen" "typed" {
    ON
    text = "30, 42 48"
  }
  step "wait_screen" "still" {
    ON
    picture   = "still"
    still_for = "20s"
  }`)
	inTime(t, windows.Options{}, fake.Options{}, func(t *testing.T, r *rig) {
		must(t, r.run(r, l, up(t.Context(), "")))
		var proofs []string
		for _, e := range r.events() {
			if e.Kind == engine.Proof && e.Step != "install" && e.Step != "run" {
				proofs = append(proofs, e.Step+": "+e.Text)
			}
		}
		want := []string{
			"wait_screen: screen = product  key and", "keys: keys = 19 pressed", "answered: screen = Thank you:",
			"typed: screen = 30, 42 48", "still: screen = still",
		}
		if !slices.Equal(proofs, want) {
			t.Errorf("proofs %q, want %q", proofs, want)
		}
		kept := manifests(t, r)
		if last := kept[len(kept)-1]; len(kept) != 2 || !slices.ContainsFunc(slices.Concat(kept[0].Proofs, last.Proofs), func(p checkpoint.Proof) bool {
			return p.Step == "answered" && p.Value == "Thank you:"
		}) {
			t.Errorf("the checkpoints keep %+v", kept)
		}
	})
}

// What a screen shows of a secret is masked, and keys that type one are not told.
func TestASecretAtTheConsoleIsShownToNobody(t *testing.T) {
	t.Parallel()
	const secret = "Sw0rdfish.x"
	l := console(t, "fake show the password is "+secret, `
  step "keys" {
    ON
    secret = secret.word
  }
  step "wait_screen" {
    ON
    pattern = "password is.*"
  }
  step "wait_screen" "never" {
    ON
    text  = "never"
    limit = "5s"
  }`)
	inTime(t, windows.Options{}, fake.Options{}, func(t *testing.T, r *rig) {
		r.env = map[string]string{"WORD": secret}
		err := r.run(r, l, up(t.Context(), ""))
		step, ok := errors.AsType[*engine.StepError](err)
		if !ok || step.Step != "never" || strings.Contains(err.Error()+strings.Join(step.Screen, ""), secret) || len(step.Screen) == 0 {
			t.Errorf("got %v, screen %q", err, step.Screen)
		}
		if !slices.ContainsFunc(r.events(), func(e engine.Event) bool { return e.Text == "screen = password is ********" }) {
			t.Error("what the screen showed is not told")
		}
		for _, e := range r.events() {
			if e.Kind != engine.Line && strings.Contains(e.Text+e.Err, secret) {
				t.Errorf("the event %+v shows the secret", e)
			}
		}
	})
}

func TestAScreenThatNeverComesIsToldOf(t *testing.T) {
	t.Parallel()
	l := console(t, `fake show \\n*** STOP: 0x0000007B\\nINACCESSIBLE_BOOT_DEVICE`, `
  step "wait_screen" {
    ON
    text  = "Welcome"
    limit = "2m"
  }`)
	inTime(t, windows.Options{}, fake.Options{}, func(t *testing.T, r *rig) {
		began := time.Now()
		err := r.run(r, l, up(t.Context(), ""))
		step, ok := errors.AsType[*engine.StepError](err)
		if !ok || step.Step != "wait_screen" || step.Range.Start.Line == 0 {
			t.Fatalf("got %v", err)
		}
		if _, stalled := errors.AsType[*guest.Stalled](err); !stalled {
			t.Errorf("it is no stall: %v", err)
		}
		want := `expected the text "Welcome" on the screen, and after 2m0s it showed "*** STOP: 0x0000007B"`
		if !strings.Contains(err.Error(), want) {
			t.Errorf("got %q, want %q", err, want)
		}
		if !slices.Contains(step.Screen, "INACCESSIBLE_BOOT_DEVICE") {
			t.Errorf("screen %q", step.Screen)
		}
		if f, err := os.Open(step.Picture); err != nil {
			t.Error(err)
		} else {
			img, err := png.Decode(f)
			must(t, errors.Join(err, f.Close()))
			if s, err := vgatext.FromImage(img); err != nil || !strings.Contains(s.String(), "*** STOP") {
				t.Errorf("the picture shows %v, %v", s, err)
			}
		}
		if took := time.Since(began); took > time.Hour {
			t.Errorf("it took %s", took)
		}
		// The machine stays as it is, so the step goes on when it is run again.
		if s := statusOf(t, r, l); s.Machines[0].Failed != "" {
			t.Errorf("the machine is given up: %+v", s)
		}
	})
}

// A guest that fails in any step leaves what its text screen shows.
func TestAFailureTellsWhatTheTextScreenShows(t *testing.T) {
	t.Parallel()
	l := small(t, "pc01", `command = "fake show A disk read error occurred.&& exit /b 5"`)
	inTime(t, windows.Options{}, fake.Options{}, func(t *testing.T, r *rig) {
		err := r.run(r, l, up(t.Context(), ""))
		step, ok := errors.AsType[*engine.StepError](err)
		if !ok || !slices.Equal(step.Screen, []string{"A disk read error occurred."}) {
			t.Errorf("got %v: %+v", err, step)
		}
	})
}

func TestAPictureThatChangesEndsTheWait(t *testing.T) {
	t.Parallel()
	steps := `
  step "wait_screen" {
    ON
    picture = "changes"
    limit   = "1m"
  }`
	inTime(t, windows.Options{}, fake.Options{}, func(t *testing.T, r *rig) {
		err := r.run(r, console(t, "fake show the same", steps), up(t.Context(), ""))
		if err == nil || !strings.Contains(err.Error(), "another picture on the screen") {
			t.Errorf("a picture that stays: %v", err)
		}
	})
}

// A step with runner = false does not wait for a machine that never gets as far
// as its runner.
func TestAConsoleIsThereBeforeTheRunner(t *testing.T) {
	t.Parallel()
	text := smallLab("pc01", "") + `
stage "menu" {
  after = stage.work
  step "wait_screen" {
    on     = machine.pc01
    text   = "Starting Windows"
    runner = RUNNER
    limit  = "5m"
  }
}
`
	for _, early := range []string{"false", "true"} {
		inTime(t, windows.Options{Boots: time.Minute}, fake.Options{}, func(t *testing.T, r *rig) {
			must(t, r.run(r, lab(t, strings.Replace(text, "RUNNER", "true", 1)), up(t.Context(), "work")))
			began := len(r.events())
			must(t, r.run(r, lab(t, strings.Replace(text, "RUNNER", early, 1)), up(t.Context(), "")))
			spoke, saw := -1, -1
			for i, e := range r.events()[began:] {
				if e.Kind == engine.Line && spoke < 0 {
					spoke = i
				}
				if e.Kind == engine.Proof && strings.HasPrefix(e.Text, "screen") {
					saw = i
				}
			}
			if saw < 0 || (early == "false") != (spoke < 0 || saw < spoke) {
				t.Errorf("runner = %s: the screen was seen at event %d, the runner spoke at %d", early, saw, spoke)
			}
		})
	}
}
