package labfile

import (
	"regexp"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"golang.org/x/mod/semver"
)

// condition is one part of a required version.
var condition = regexp.MustCompile(`^\s*(>=|<=|>|<|=|!=|~>)?\s*v?(\d+(?:\.\d+){0,2}(?:-[0-9A-Za-z.-]+)?)\s*$`)

// wrongVersion looks for the version that the lab requires, before anything
// else of its language is judged: a lab of tomorrow may use words that this
// program does not know, and all its complaints would be beside the point.
func (l *loader) wrongVersion() bool {
	wrong := false
	for _, body := range l.bodies {
		for _, b := range body.Blocks {
			if a := b.Body.Attributes["required_version"]; b.Type == "lab" && a != nil {
				wrong = l.requires(a) || wrong
			}
		}
	}
	return wrong
}

// requires compares one required version with the program's. It is true when
// the program is another.
func (l *loader) requires(a *hclsyntax.Attribute) bool {
	v, diags := a.Expr.Value(nil)
	if diags.HasErrors() || v.Type() != cty.String || v.IsNull() {
		l.fail(place{}, a.Expr.Range(), "Not a version", "The required version is text such as \">= 0.2\", without references.")
		return false
	}
	current := "v" + strings.TrimPrefix(l.opts.Version, "v")
	for part := range strings.SplitSeq(v.AsString(), ",") {
		m := condition.FindStringSubmatch(part)
		if m == nil {
			l.fail(place{}, a.Expr.Range(), "Not a version", "%q is not a version such as \">= 0.2\", \"~> 1.4\" or \">= 1.0, < 2.0\".", strings.TrimSpace(part))
			return false
		}
		if semver.IsValid(current) && !meets(current, m[1], m[2]) {
			l.diags = nil
			l.fail(place{}, a.Expr.Range(), "Another version of Doublehop is needed",
				"The lab requires %s, and this is %s. Get that version, or change required_version if you know that this one will do.",
				v.AsString(), strings.TrimPrefix(current, "v"))
			return true
		}
	}
	return false
}

// meets says whether version v is as the operator and the wanted one say.
// "~> 1.4" is from 1.4 up to, and without, 2.0; "~> 1.4.2" up to 1.5.
func meets(v, op, want string) bool {
	c := semver.Compare(v, "v"+want)
	switch op {
	case ">=":
		return c >= 0
	case "<=":
		return c <= 0
	case ">":
		return c > 0
	case "<":
		return c < 0
	case "!=":
		return c != 0
	case "~>":
		release, _, _ := strings.Cut(want, "-")
		if strings.Count(release, ".") == 2 {
			return c >= 0 && semver.MajorMinor(v) == semver.MajorMinor("v"+want)
		}
		return c >= 0 && semver.Major(v) == semver.Major("v"+want)
	}
	return c == 0
}
