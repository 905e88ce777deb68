package catalog

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/estate"
)

// waitScreen waits for something on a machine's screen.
type waitScreen struct{}

const (
	waitScreenLimit = 10 * time.Minute
	stillFor        = 5 * time.Second
	// mostPattern is the longest regular expression.
	mostPattern = 1000
)

// The words of the argument picture.
const (
	pictureStill   = "still"
	pictureChanges = "changes"
)

func (waitScreen) Schema() labs.Schema {
	return labs.Schema{
		Kind: "wait_screen",
		Doc: "Waits until the machine's screen shows something: a text, on a text screen as the BIOS, boot loaders and text-mode Setup have it, which is read " +
			"exactly; or a picture that holds still or changes. Give one of text, pattern and picture. When the time is over the step has stalled, and what " +
			"the screen showed, as text where it has any and as a picture in the run's folder, is told.",
		Many: true,
		Args: []labs.Arg{
			{Name: "text", Type: labs.StringType, Valid: textual(sightProblem), Doc: "What a text screen must show. Capitals matter; between words there may be any blanks and line ends."},
			{Name: "pattern", Type: labs.StringType, Valid: textual(patternProblem), Doc: "A regular expression (RE2) that must match what a text screen shows; `^` and `$` are the ends of lines."},
			{Name: "picture", Type: labs.StringType, Valid: textual(pictureProblem), Doc: "`still`: the picture does not change for as long as still_for says. `changes`: it is another than when the step began."},
			{Name: "still_for", Type: labs.DurationType, Default: stillFor, Valid: positive, Doc: "For how long a picture must not change. On a text screen the cursor and colours do not count; in a window a cursor that blinks does."},
			earlyArg(),
			limitArg(waitScreenLimit),
		},
	}
}

func sightProblem(text string) string {
	if strings.TrimSpace(text) == "" {
		return "An empty text is on every screen."
	}
	return ""
}

func patternProblem(pattern string) string {
	if len(pattern) > mostPattern {
		return fmt.Sprintf("The pattern has %d characters; %d are the most.", len(pattern), mostPattern)
	}
	expression, err := regexp.Compile("(?m)" + pattern)
	if err != nil {
		return fmt.Sprintf("The pattern is no regular expression: %v.", err)
	}
	if expression.MatchString("") {
		return fmt.Sprintf("The pattern %q matches an empty screen, so there is nothing to wait for.", pattern)
	}
	return ""
}

func pictureProblem(word string) string {
	if word == pictureStill || word == pictureChanges {
		return ""
	}
	return fmt.Sprintf("%q is none of %q and %q.", word, pictureStill, pictureChanges)
}

func (waitScreen) Needs(Call) []estate.Fact { return nil }
func (waitScreen) Makes(Call) []estate.Fact { return nil }

func (waitScreen) Effects(c Call, e *estate.Estate) []estate.Problem { return mayUse(c, e) }

func (waitScreen) Typical() time.Duration { return 30 * time.Second }

func (waitScreen) Work(c Call) (Work, labs.Diagnostics) {
	p := &pen{call: c}
	text, pattern, picture := c.Step.Text("text"), c.Step.Text("pattern"), c.Step.Text("picture")
	var sights []Sight
	if text != "" {
		p.refuse("text", sightProblem(text))
		sights = append(sights, Sight{Text: text, Expect: fmt.Sprintf("the text %q on the screen", text)})
	}
	if pattern != "" {
		p.refuse("pattern", patternProblem(pattern))
		sights = append(sights, Sight{Pattern: pattern, Expect: fmt.Sprintf("a text on the screen that matches %q", pattern)})
	}
	if picture != "" {
		p.refuse("picture", pictureProblem(picture))
		still := c.Step.Lasting("still_for")
		if still <= 0 {
			still = stillFor
		}
		sight := Sight{Change: true, Expect: "another picture on the screen"}
		if picture == pictureStill {
			sight = Sight{Still: still, Expect: fmt.Sprintf("a picture on the screen that holds still for %s", still)}
			if whole := limit(c.Step, waitScreenLimit); still >= whole {
				p.complain("still_for", "Wait cannot end", fmt.Sprintf("The picture is to hold still for %s, and the step's limit is %s.", still, whole))
			}
		}
		sights = append(sights, sight)
	}
	if len(sights) != 1 {
		p.complain("text", "Nothing to wait for", "Give one of text, pattern and picture, and not two of them.")
		return p.done(Work{})
	}
	return p.done(Work{Console: []Act{{Watch: &sights[0]}}, Early: !c.Step.Flag("runner"), Limit: limit(c.Step, waitScreenLimit)})
}

// refuse complains about an argument's value, if there is a reason.
func (p *pen) refuse(argument, why string) {
	if why != "" {
		p.complain(argument, "Wrong value", why)
	}
}
