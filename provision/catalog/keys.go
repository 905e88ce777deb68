package catalog

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/estate"
)

// keys presses keys on a machine's keyboard.
type keys struct{}

const keysLimit = 10 * time.Minute

// earlyArg is the argument that lets a step at the console begin before the
// runner is there.
func earlyArg() labs.Arg {
	return labs.Arg{
		Name: "runner", Type: labs.BoolType, Default: true,
		Doc: "Begin when the guest's runner speaks. With false the step begins at once, such as at a boot menu or where a machine does not get as far as Windows.",
	}
}

func (keys) Schema() labs.Schema {
	return labs.Schema{
		Kind: "keys",
		Doc: "Presses keys on the machine's keyboard, from the host: for a program that asks in a window, or for a boot menu. First text is typed, then " +
			"secret, then the keys of press. The keys go where the focus is, and nothing says what became of them: let a `wait_screen` or a `check` follow.",
		Many: true,
		Args: []labs.Arg{
			{Name: "text", Type: labs.StringType, Sensitive: true, Valid: textual(typeable), Doc: "What is typed, on a US keyboard: plain ASCII; \\n is Enter and \\t is Tab. It may hold a sensitive value, which plans then do not show."},
			{Name: "secret", Type: labs.SecretType, Doc: "A secret that is typed. Neither plans, events nor the run's record show it."},
			{
				Name: "press", Type: labs.StringsType, Valid: listed(strokeProblem),
				Doc: "Keys, one after the other: a character, a name (`enter`, `tab`, `esc`, `f8`, `up`, `pagedown` …), several pressed together (`ctrl+alt+delete`, `alt+n`), or a wait (`wait 2s`).",
			},
			earlyArg(),
			limitArg(keysLimit),
		},
	}
}

// typeable says in a full sentence why a text cannot be typed.
func typeable(text string) string {
	if why := untypable(text); why != "" {
		return fmt.Sprintf("The text cannot be typed: %s.", why)
	}
	return ""
}

// strokeProblem says in a full sentence why an entry of a list of keys is none.
func strokeProblem(entry string) string {
	if _, why := stroke(entry); why != "" {
		return fmt.Sprintf("%q cannot be pressed: %s.", entry, why)
	}
	return ""
}

func sortedWords[V any](all map[string]V) []string { return slices.Sorted(maps.Keys(all)) }

func (keys) Needs(Call) []estate.Fact { return nil }
func (keys) Makes(Call) []estate.Fact { return nil }

func (keys) Effects(c Call, e *estate.Estate) []estate.Problem { return mayUse(c, e) }

func (keys) Typical() time.Duration { return 10 * time.Second }

func (keys) Work(c Call) (Work, labs.Diagnostics) {
	p := &pen{call: c}
	text, press := c.Step.Text("text"), c.Step.Texts("press")
	name := c.Step.Text("secret")
	if text == "" && name == "" && len(press) == 0 {
		p.complain("press", "Nothing to press", "Give one of text, secret and press, or several of them.")
	}
	if why := typeable(text); why != "" {
		p.complain("text", "Text cannot be typed", why)
	}
	acts := pressed(text)
	if name != "" {
		value := p.secret("secret", name).Reveal()
		if why := untypable(value); why != "" {
			p.complain("secret", "Secret cannot be typed", fmt.Sprintf("The value of secret %q cannot be typed: %s. Give it another value.", name, why))
		}
		acts = append(acts, pressed(value)...)
	}
	for _, entry := range press {
		more, why := stroke(entry)
		if why != "" {
			p.complain("press", "Keys cannot be pressed", fmt.Sprintf("%q cannot be pressed: %s.", entry, why))
		}
		acts = append(acts, more...)
	}
	if n := len(acts) / 2; n > mostKeys {
		p.complain("text", "Too many keys", fmt.Sprintf("The step presses %d keys; %d are the most. Bring longer texts with a copy step.", n, mostKeys))
	}
	return p.done(Work{Console: acts, Early: !c.Step.Flag("runner"), Limit: limit(c.Step, keysLimit)})
}
