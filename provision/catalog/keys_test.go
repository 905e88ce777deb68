package catalog_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/catalog"
)

// consoleJobs are steps at a machine's console, and a name for each.
func consoleJobs() map[string]struct {
	kind string
	args args
} {
	type job = struct {
		kind string
		args args
	}
	return map[string]job{
		"keys":                  {"keys", args{"text": "D:\\Setup.exe\n\t", "press": []string{"alt+n", "wait 2s", "ctrl+alt+delete", "F8", "A", "+", "shift++"}}},
		"keys-secret":           {"keys", args{"secret": labs.SecretRef("key"), "press": []string{"enter"}, "runner": false}},
		"wait-text":             {"wait_screen", args{"text": "Press ENTER to continue", "limit": 2 * time.Minute}},
		"wait-pattern":          {"wait_screen", args{"pattern": `STOP: 0x0000007[Bb]`, "runner": false}},
		"wait-picture-still":    {"wait_screen", args{"picture": "still", "still_for": 20 * time.Second}},
		"wait-picture-changing": {"wait_screen", args{"picture": "changes"}},
	}
}

// acts writes a step's acts for a golden.
func acts(t *testing.T, work catalog.Work) string {
	t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "early %v, limit %s\n", work.Early, work.Limit)
	for _, act := range work.Console {
		switch {
		case act.Watch != nil:
			watch, err := json.Marshal(act.Watch)
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&b, "watch %s: %s\n", watch, act.Watch.Expect)
		case len(act.Press) > 0:
			fmt.Fprintf(&b, "press %v\n", act.Press)
		default:
			fmt.Fprintf(&b, "wait %s\n", act.Pause)
		}
	}
	return b.String()
}

func TestActsAtTheConsoleAreWhatWasAgreed(t *testing.T) {
	t.Parallel()
	for name, job := range consoleJobs() {
		w := newWorld(t, labs.Windows2003)
		w.do("install", "dc01", nil)
		work := w.do(job.kind, "dc01", job.args)
		if work.Job != nil || len(work.Proofs) > 0 || len(work.Console) == 0 {
			t.Errorf("%s: the guest is given work: %+v", name, work)
		}
		golden(t, "console/"+name+".txt", []byte(acts(t, work)))
	}
}

// Every character of ASCII is typed by a key of its own.
func TestEveryCharacterCanBeTyped(t *testing.T) {
	t.Parallel()
	seen := map[string]rune{}
	for r := rune(' '); r <= '~'; r++ {
		w := newWorld(t, labs.Windows2003)
		w.do("install", "dc01", nil)
		work := w.do("keys", "dc01", args{"text": string(r)})
		chord := fmt.Sprint(work.Console[0].Press)
		if other, there := seen[chord]; there || len(work.Console) != 2 {
			t.Errorf("%q is typed with %s, as %q is", r, chord, other)
		}
		seen[chord] = r
	}
	if len(seen) != 95 {
		t.Errorf("%d characters can be typed", len(seen))
	}
}

func TestWhatCannotBePressedOrSeenIsRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		kind string
		args args
		at   string
		says string
	}{
		"nothing":               {"keys", nil, "", "Give one of text, secret and press"},
		"a letter of no key":    {"keys", args{"text": "Grüße"}, "text", "its character 3"},
		"a name of no key":      {"keys", args{"press": []string{"entr"}}, "press", `"entr" is no key`},
		"a chord of six":        {"keys", args{"press": []string{"a+b+c+d+e+f"}}, "press", "than a hand presses"},
		"a wait of no time":     {"keys", args{"press": []string{"wait long"}}, "press", `such as "wait 2s"`},
		"a wait of an hour":     {"keys", args{"press": []string{"wait 1h"}}, "press", "is no wait of up to 10m"},
		"no chord at all":       {"keys", args{"press": []string{""}}, "press", "is no key"},
		"too much":              {"keys", args{"text": strings.Repeat("x", 1001)}, "text", "1000 are the most"},
		"a secret that is away": {"keys", args{"secret": labs.SecretRef("absent")}, "secret", "ABSENT"},
		"nothing to see":        {"wait_screen", nil, "", "Give one of text, pattern and picture"},
		"two things to see":     {"wait_screen", args{"text": "a", "picture": "still"}, "text", "not two of them"},
		"no expression":         {"wait_screen", args{"pattern": "a("}, "pattern", "is no regular expression"},
		"an empty expression":   {"wait_screen", args{"pattern": "a*"}, "pattern", "matches an empty screen"},
		"an unknown picture":    {"wait_screen", args{"picture": "moves"}, "picture", `none of "still" and "changes"`},
		"still for too long":    {"wait_screen", args{"picture": "still", "still_for": time.Hour}, "still_for", "the step's limit is 10m"},
	} {
		w := newWorld(t, labs.Windows2003)
		w.do("install", "dc01", nil)
		call := w.step(c.kind, "dc01", c.args)
		entry, _ := catalog.Find(c.kind)
		work, diags := entry.Work(call)
		if !diags.Fatal() || !strings.Contains(diags[0].Detail, c.says) || len(work.Console) > 0 {
			t.Errorf("%s: %v", name, diags)
			continue
		}
		if c.at != "" && *diags[0].Subject != call.Step.Attribute(c.at) {
			t.Errorf("%s: the complaint is at %v", name, diags[0].Subject)
		}
		if at, ok := find(entry.Schema().Args, c.at); ok && at.Valid != nil && c.args[c.at] != nil && !strings.HasPrefix(name, "two") && name != "too much" && name != "still for too long" {
			if why := at.Valid(c.args[c.at]); why == "" {
				t.Errorf("%s: the reader of lab files takes it", name)
			}
		}
	}
}

func find(list []labs.Arg, name string) (labs.Arg, bool) {
	i := slices.IndexFunc(list, func(a labs.Arg) bool { return a.Name == name })
	if i < 0 {
		return labs.Arg{}, false
	}
	return list[i], true
}

// A secret that no keyboard types is named and not shown.
func TestASecretIsNotShownWhenItCannotBeTyped(t *testing.T) {
	t.Parallel()
	w := newWorld(t, labs.Windows2003)
	w.do("install", "dc01", nil)
	w.secret = func(string) (labs.SecretValue, error) { return labs.NewSecretValue("geheim-ß"), nil }
	entry, _ := catalog.Find("keys")
	_, diags := entry.Work(w.step("keys", "dc01", args{"secret": labs.SecretRef("key")}))
	if !diags.Fatal() || strings.Contains(fmt.Sprint(diags), "geheim") || strings.Contains(fmt.Sprint(diags), "ß") {
		t.Errorf("got %v", diags)
	}
}

// FuzzKeys reads any list of keys and any text.
func FuzzKeys(f *testing.F) {
	f.Add("ctrl+alt+delete", "Password1!")
	f.Add("wait 2s", "")
	f.Add("+++", "\x00")
	schema := func() labs.Schema { e, _ := catalog.Find("keys"); return e.Schema() }()
	press, _ := find(schema.Args, "press")
	text, _ := find(schema.Args, "text")
	f.Fuzz(func(t *testing.T, entry, typed string) {
		entryOK, textOK := press.Valid([]string{entry}) == "", text.Valid(typed) == ""
		e, _ := catalog.Find("keys")
		call := catalog.Call{Step: &labs.Step{Name: "keys", Args: args{"press": []string{entry}, "text": typed}}}
		work, diags := e.Work(call)
		if diags.Fatal() == (entryOK && textOK) && len(typed) < 1000 {
			t.Errorf("%q and %q: %v", entry, typed, diags)
		}
		for _, act := range work.Console {
			if (len(act.Press) == 0) == (act.Pause == 0) || slices.ContainsFunc(act.Press, func(c uint) bool { return c == 0 || c > 127 }) {
				t.Errorf("%q and %q: the act %+v", entry, typed, act)
			}
		}
	})
}
