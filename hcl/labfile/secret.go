package labfile

import (
	"regexp"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/doublehop/doublehop/labs"
)

// environmentName is what can name a variable of the environment.
var environmentName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]{0,127}$`)

// secretName finds names that say that their value is a secret.
var secretName = regexp.MustCompile(`(?i)(^|[_.-])(password|passwd|passphrase|pwd|product_?key)s?$`)

// literalSecret reports a secret written into the file, and masks it in
// everything that is shown.
func (l *loader) literalSecret(p place, e hclsyntax.Expression, what string) {
	r := e.Range()
	l.sources.Hide(rangeOf(r))
	if l.keyAt[r.Filename] == r.Start.Line {
		return // reported as a product key
	}
	l.fail(p, r, "Secret written in a file",
		"%s is a secret, and its value stands here for everyone who reads the file. Take it from elsewhere:\n\n"+
			"    secret \"NAME\" { env = \"VARIABLE\" }      or file = \"…\", command = [\"…\"], generate = true\n\n"+
			"and write secret.NAME where it is used. If this file was committed, the value is no secret any more.", what)
}

// namedSecret reports text given to a name that says it is a secret.
func (l *loader) namedSecret(p place, name string, e hclsyntax.Expression) {
	if !secretName.MatchString(name) || len(e.Variables()) > 0 {
		return
	}
	v, diags := e.Value(&hcl.EvalContext{Functions: l.funcs})
	v, _ = v.UnmarkDeep()
	if !diags.HasErrors() && v.Type() == cty.String && v.IsKnown() && !v.IsNull() && v.AsString() != "" {
		l.literalSecret(p, e, "By its name, "+p.addr)
	}
}

// secret reads a secret block.
func (l *loader) secret(b block) *labs.Secret {
	a := l.arguments(b)
	s := &labs.Secret{Name: b.name, Range: rangeOf(b.DefRange())}
	sources := 0
	if f, ok := a.get("generate"); ok {
		if yes, ok := f.flag(); ok && yes {
			s.Generate = true
			sources++
		} else if ok {
			f.fail("Secret without a source", "generate = false says where the secret does not come from. Write env, file or command.")
			return s
		}
	}
	if f, ok := a.get("env"); ok {
		sources++
		if s.Env, ok = f.raw("the name of an environment variable"); ok && !environmentName.MatchString(s.Env) {
			f.fail("Bad name of an environment variable", "%q cannot be the name of an environment variable: letters, digits and underscores only.", s.Env)
		}
	}
	if f, ok := a.get("file"); ok {
		sources++
		s.File, _ = f.path()
	}
	if f, ok := a.get("command"); ok {
		sources++
		s.Command = f.command()
	}
	said := len(b.Body.Attributes)
	if b.Body.Attributes["for_each"] != nil {
		said--
	}
	switch {
	case sources > 1:
		l.fail(b.p, b.DefRange(), "Secret with several sources", "A secret comes from one place: generate, env, file or command.")
	case said == 0:
		l.fail(b.p, b.DefRange(), "Secret without a source",
			"Say where the secret %q comes from: generate = true, env = \"VARIABLE\", file = \"PATH\" or command = [\"PROGRAM\", …].", b.name)
	}
	return s
}

// command is a program and its arguments. The same word may come twice.
func (f found) command() []string {
	list, ok := f.elements()
	if !ok {
		return nil
	}
	var out []string
	for _, e := range list {
		if s, ok := e.text(labs.LineProblem); ok {
			out = append(out, s)
		}
	}
	if len(list) == 0 || len(out) > 0 && out[0] == "" {
		f.fail("Command without a program", "%q is a list: the program, then its arguments.", f.name)
	}
	return out
}
