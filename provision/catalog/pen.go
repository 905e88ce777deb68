package catalog

import (
	"bytes"
	"embed"
	"fmt"
	"strings"
	"sync"
	"text/template"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/answer"
	"github.com/doublehop/doublehop/provision/guest"
)

//go:embed scripts
var sources embed.FS

// templates are parsed once: a lab of a thousand stages is planned in a second.
//
//nolint:gochecknoglobals // embedded files in another form
var templates = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("").Option("missingkey=error").
		Funcs(template.FuncMap{
			"next":     func(i int) int { return i + 1 },
			"argument": argument,
		}).
		ParseFS(sources, "scripts/*"))
})

// word is a text that cmd and the script host carry unchanged between double
// quotes. Only a pen makes one.
type word string

// longestWord keeps a command line with a few words in it below the 2047
// characters that cmd of Windows 2000 takes (KB830473).
const longestWord = 400

// pen writes a step's scripts and gathers the complaints about its values.
type pen struct {
	call  Call
	diags labs.Diagnostics
}

// word takes a value of an argument.
func (p *pen) word(argument, value string) word {
	if why := carryProblem(value); why != "" {
		p.complain(argument, "Value cannot be written into a script",
			fmt.Sprintf("The value %q of %s cannot be written into a batch file: %s. Choose another value.", value, argument, why))
		return "invalid"
	}
	return word(value)
}

func (p *pen) words(argument string, values []string) []word {
	list := make([]word, len(values))
	for i, v := range values {
		list[i] = p.word(argument, v)
	}
	return list
}

// secret takes a secret by its name; argument is where it was asked for.
func (p *pen) secret(argument, name string) labs.SecretValue {
	if name == "" {
		p.complain(argument, "Secret missing", fmt.Sprintf("The step needs a secret for %s and none is named.", argument))
		return labs.SecretValue{}
	}
	value, err := p.call.Secret(name)
	if err != nil {
		p.complain(argument, "Secret cannot be read", fmt.Sprintf("The value of secret %q cannot be had: %v.", name, err))
	}
	return value
}

// password is a secret that a script will carry. A complaint names the secret
// and never its value.
func (p *pen) password(argument, name string) word {
	value := p.secret(argument, name)
	problem := carryProblem(value.Reveal())
	switch {
	case p.diags.Fatal():
		return "invalid"
	case value.Empty(), value.Reveal() == "*":
		problem = "it is empty or an asterisk, which Windows takes for a question"
	case problem != "":
		// Its own words would show a character of the value.
		problem = `it is longer than 120 characters, or has a character other than plain ASCII letters, digits and signs, or one of " % ! ^ & | < > or a \ at its end`
	case len(value.Reveal()) > 120:
		problem = "it is longer than 120 characters"
	}
	if problem == "" {
		return word(value.Reveal())
	}
	p.complain(argument, "Secret cannot be written into a script",
		fmt.Sprintf("The value of secret %q cannot be used as a password of Windows in a batch file: %s. Give it another value.", name, problem))
	return "invalid"
}

func (p *pen) complain(argument, summary, detail string) {
	subject, block := p.call.Step.Attribute(argument), p.call.Step.Range
	p.diags = append(p.diags, labs.Diagnostic{
		Summary: summary, Detail: detail, Addr: labs.Address("step", p.call.Step.Name), Subject: &subject, Context: &block,
	})
}

// script renders a template of the scripts folder. Data may hold words, lists of
// words, queries, changes, numbers and flags: a plain string in it is a bug of ours.
func (p *pen) script(path, name string, data map[string]any) guest.File {
	for key, value := range data {
		switch value.(type) {
		case word, []word, [][]word, []query, []change, []transfer, command, []command, int, bool:
		default:
			panic(fmt.Sprintf("%s: value %s has the type %T. This is a bug in catalog.", name, key, value))
		}
	}
	var text bytes.Buffer
	if err := templates().ExecuteTemplate(&text, name, data); err != nil {
		panic(fmt.Sprintf("%v. This is a bug in catalog.", err))
	}
	return guest.Text(path, text.String())
}

// answer puts an answer file on the disc.
func (p *pen) answer(f answer.File, diags labs.Diagnostics) guest.File {
	p.diags = append(p.diags, diags...)
	file := guest.Bytes(f.Name(), f.Reveal())
	file.Secret = true
	return file
}

// origin is where the step's values were written.
func (p *pen) origin() answer.Origin {
	return answer.Origin{Addr: labs.Address("step", p.call.Step.Name), At: p.call.Step.Attribute}
}

// old says that the machine runs Windows 2000, which has no reg.exe, no sc.exe
// and no shutdown.exe.
func (p *pen) old() bool { return osOf(p.call) == labs.Windows2000 }

// done is the work, or nothing but the complaints.
func (p *pen) done(w Work) (Work, labs.Diagnostics) {
	if p.diags.Fatal() {
		return Work{}, p.diags
	}
	return w, p.diags
}

// carryProblem says why value does not arrive unchanged when a batch file
// holds it between double quotes; empty when it does. cmd expands %x% and, with
// delayed expansion, !x! inside quotes too; ^ doubles under call; & | < > end
// the command where quotes do not pair; a last \ hides the closing quote from
// programs that split their command line as the C runtime does.
func carryProblem(value string) string {
	if len(value) > longestWord {
		return fmt.Sprintf("it has %d characters, and %d are known to be safe", len(value), longestWord)
	}
	for _, r := range value {
		switch {
		case r < ' ' || r > '~':
			return fmt.Sprintf("it has %q, and scripts are plain ASCII", r)
		case strings.ContainsRune(`"%!^&|<>`, r):
			return fmt.Sprintf("it has %q, which cmd takes as syntax", r)
		}
	}
	if strings.HasSuffix(value, `\`) {
		return `it ends with \, which hides the closing quote`
	}
	return ""
}
