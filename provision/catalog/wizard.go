package catalog

import (
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/estate"
	"github.com/doublehop/doublehop/provision/guest"
	driver "github.com/doublehop/doublehop/provision/guest/wizard"
)

// wizard runs a program that asks page by page, and answers it.
type wizard struct{}

const wizardLimit = 2 * time.Hour

// driven is said in the reference of each step whose setup's pages are answered.
const driven = " Where setup of a real disc shows its wizard, Doublehop answers the pages that it knows and stops, with the page's texts, " +
	"at one that it does not know. The step ends when the facts are in the directory, whoever pressed the buttons."

func (wizard) Schema() labs.Schema {
	pages := pagesArg()
	pages.Required = true
	pages.Doc = "The file with the pages that the program shows and how to answer them."
	return labs.Schema{
		Kind: "wizard",
		Doc: "Runs a program that asks page by page, and answers its pages from a list. " +
			"It stops at a page that is not in the list or has changed, at a message box, and where nothing happens, with the texts on the screen.",
		Many: true,
		Args: []labs.Arg{
			{Name: "program", Type: labs.StringType, Required: true, Doc: `The program: a path on the disc, or one with its drive ("C:\\TOOLS\\SETUP.EXE").`, Valid: textual(carried)},
			{Name: "switches", Type: labs.StringsType, Doc: "Switches for the program.", Valid: listed(carried)},
			{Name: "title", Type: labs.StringType, Doc: "The title of the wizard's window, in place of the one in the file.", Valid: textual(carried)},
			pages,
			{Name: "media", Type: labs.MediaType, Doc: "A disc to put into the machine's drive."},
			{Name: "expect_code", Type: labs.NumberType, Default: int64(0), Doc: "The program's exit code that means success."},
			limitArg(wizardLimit),
		},
	}
}

func (wizard) Needs(Call) []estate.Fact { return nil }
func (wizard) Makes(Call) []estate.Fact { return nil }

func (wizard) Effects(c Call, e *estate.Estate) []estate.Problem { return mayUse(c, e) }

func (wizard) Typical() time.Duration { return 10 * time.Minute }

func (wizard) Work(c Call) (Work, labs.Diagnostics) {
	p := &pen{call: c}
	text := p.pages(c.Step.Text("pages"), c.Step.Text("title"))
	program := c.Step.Text("program")
	expect, _ := c.Step.Args["expect_code"].(int64)
	job := &guest.Job{Files: append([]guest.File{
		p.script(guest.Script, "wizard.job.cmd", map[string]any{
			"program": p.word("program", program), "switches": p.words("switches", c.Step.Texts("switches")),
			"disc": !strings.Contains(program, ":"), "expect": int(expect),
		}),
	}, p.driver(text, false)...)}
	return p.done(Work{Media: c.Step.Text("media"), Job: job, Silence: silence, Limit: limit(c.Step, wizardLimit), Explain: driver.Explain})
}

func pagesArg() labs.Arg {
	return labs.Arg{
		Name: "pages", Type: labs.PathType,
		Doc: "A file with the wizard's pages and how to answer them, in place of Doublehop's own; see docs/how-to/answer-a-wizard.md.",
	}
}

func keyArg() labs.Arg {
	return labs.Arg{Name: "product_key", Type: labs.SecretType, Doc: "The product key, for discs that ask for one."}
}

// pages reads a list of pages that the lab's author wrote.
func (p *pen) pages(path, title string) string {
	const summary = "Pages cannot be used"
	info, err := os.Stat(path)
	if err == nil && (!info.Mode().IsRegular() || info.Size() > longestScript) {
		err = fmt.Errorf("it is no plain file of up to %d KiB", longestScript>>10)
	}
	var content []byte
	if err == nil {
		content, err = os.ReadFile(path) //nolint:gosec // the lab's author names the file
	}
	if err != nil {
		p.complain("pages", summary, fmt.Sprintf("The file %s cannot be read: %v.", path, err))
		return ""
	}
	text := strings.ReplaceAll(string(content), "\r\n", "\n")
	if title != "" {
		lines := []string{"title " + title}
		for line := range strings.SplitSeq(text, "\n") {
			if verb, _, _ := strings.Cut(strings.TrimSpace(line), " "); verb != "title" {
				lines = append(lines, line)
			}
		}
		text = strings.Join(lines, "\n")
	}
	if found := driver.Check(text); len(found) > 0 {
		p.complain("pages", summary, fmt.Sprintf("The file %s is no list of pages. %s", path, strings.Join(found, " ")))
	}
	return text
}

// driver are the files that answer a wizard.
func (p *pen) driver(text string, secret bool) []guest.File {
	pages := guest.Text(driver.PagesFile, text)
	pages.Secret = secret
	return []guest.File{guest.Bytes(driver.ProgramFile, driver.Program()), pages}
}

// driven lets a script of Exchange 2000 or 2003 answer setup's pages. suffix
// tells the list for a service pack from that for setup.
func (x exchange) driven(suffix string) []guest.File {
	p, step := x.p, x.p.call.Step
	x.values["wizard"] = true
	var text string
	if path := step.Text("pages"); path != "" {
		text = p.pages(path, "")
	} else {
		product := "exchange-2003"
		if r, ok := heldBy(p.call, early()); ok && r.Product == "exchange-2000" {
			product = r.Product
		}
		text, _ = driver.Shipped(product + suffix)
	}
	values := map[string]string{"ORGANIZATION": x.organization, "GROUP": step.Text("administrative_group"), "FOLDER": step.Text("folder")}
	key := step.Text("product_key")
	if key != "" {
		key = strings.ReplaceAll(p.secret("product_key", key).Reveal(), "-", "")
	}
	for i := range 5 {
		part := key
		if i < 4 { // the last takes the rest: a planner's digest stands here whole
			part = key[:min(5, len(key))]
		}
		key = key[len(part):]
		values[fmt.Sprintf("PRODUCT_KEY_%d", i+1)] = part
	}
	return p.driver(driver.Fill(text, values), step.Text("product_key") != "")
}
