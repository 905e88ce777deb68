package estate

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
)

var ruleID = regexp.MustCompile(`^DH-[A-Z0-9]+(-[A-Z0-9]+)+$`)

func TestRulesAreWellSaid(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range Rules() {
		wrong := func(format string, args ...any) { t.Errorf("%s: %s", r.ID, fmt.Sprintf(format, args...)) }
		if !ruleID.MatchString(r.ID) || seen[r.ID] {
			wrong("the id is there twice, or has another form than %s", ruleID)
		}
		seen[r.ID] = true
		if r.Verdict != Block && r.Verdict != Warn {
			wrong("no verdict is called %q", r.Verdict)
		}
		if r.Verdict == Block && r.Confidence != Sure {
			wrong("it blocks, and is not sure (%s)", r.Confidence)
		}
		if r.Source == "model" && r.Confidence != Sure {
			wrong("what the model itself defines is sure")
		}
		if why := badOrigin(r.Origin); why != "" {
			wrong("%s", why)
		}
		if r.Title == "" || len(r.Title) > 70 || strings.ContainsAny(strings.ReplaceAll(r.Title, "5.5", ""), ".!{}\n") || !capital(r.Title) {
			wrong("the title should be a few words, always the same: %q", r.Title)
		}
		for name, text := range map[string]string{"what": r.What, "why": r.Why, "remedy": r.Remedy} {
			if why := badSentences(text); why != "" && (text != "" || name != "remedy") {
				wrong("%s: %s: %q", name, why, text)
			}
		}
		if !slices.ContainsFunc(Themes(), func(theme Theme) bool { return theme.ID == r.Theme }) {
			wrong("its file %s.hcl has no title", r.Theme)
		}
	}
}

// badSentences says what is wrong with prose, which may end in an example.
func badSentences(text string) string {
	prose, example, _ := strings.Cut(text, "\n\n  ")
	switch {
	case strings.Contains(text, "!") || strings.Contains(text, "  ") && example == "":
		return "there is an exclamation mark, or a double blank"
	case !capital(prose) && !strings.HasPrefix(prose, "{"):
		return "it does not begin with a capital letter"
	case example == "" && !strings.HasSuffix(prose, ".") && !strings.HasSuffix(prose, "}"):
		return "it does not end in a full stop"
	case example != "" && !strings.HasSuffix(prose, ":"):
		return "an example follows a colon"
	case strings.Count(prose, " ") < 2:
		return "it is no sentence"
	case strings.Contains(text, "%"):
		return "there is a verb of fmt"
	}
	return ""
}

// capital says that a text begins with a capital letter, a number, or the name
// of a program, which keeps its small letters.
func capital(text string) bool {
	programs := []string{"adprep", "dcpromo", "dfsrmig", "eseutil", "winnt32"}
	word, _, _ := strings.Cut(text, " ")
	if slices.Contains(programs, word) {
		return true
	}
	for _, r := range text {
		return unicode.IsUpper(r) || unicode.IsDigit(r)
	}
	return false
}

func TestRulesAreFoundByWhatIsNear(t *testing.T) {
	for written, want := range map[string]string{"DH-E2003-X64": "DH-E2003-X64", "dh-e2003-x46": "DH-E2003-X64", "E2003-X64": "DH-E2003-X64", "nothing": ""} {
		var got string
		if near := NearRules(written); len(near) > 0 {
			got = near[0].ID
		}
		if got != want {
			t.Errorf("near %s is %q, want %q", written, got, want)
		}
	}
	if got := Placeless(`Machine "{machine}": step "install" { on = machine.{machine} }`); got != `Machine "MACHINE": step "install" { on = machine.MACHINE }` {
		t.Error(got)
	}
}

// call is a call of breaks, as the code has it.
type call struct {
	id, at string
	// words are the names that it can fill; open says that the code hands them
	// over from elsewhere, so that more are possible.
	words []string
	open  bool
}

// Every rule that code names is in the files, every rule in the files is named
// by code, and every word in a rule is filled.
func TestRulesAndCodeAgree(t *testing.T) {
	used := map[string]bool{}
	for id, at := range namedRules(t) {
		used[id] = true
		if _, ok := FindRule(id); !ok {
			t.Errorf("%s: no file of rules has %s", at, id)
		}
	}
	for _, r := range Rules() {
		if !used[r.ID] {
			t.Errorf("no code breaks %s", r.ID)
		}
	}
	for _, c := range calls(t) {
		rule, ok := FindRule(c.id)
		if !ok || c.open {
			continue
		}
		for _, p := range place.FindAllString(rule.What+rule.Why+rule.Remedy, -1) {
			if !slices.Contains(c.words, strings.Trim(p, "{}")) {
				t.Errorf("%s: %s of %s is not filled; there are %q", c.at, p, c.id, c.words)
			}
		}
	}
}

// namedRules lists the ids in the code of the house, and where they are.
func namedRules(t *testing.T) map[string]string {
	t.Helper()
	named := map[string]string{}
	for _, room := range []string{"../../provision", "../../cmd"} {
		err := filepath.WalkDir(room, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			files := token.NewFileSet()
			file, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			ast.Inspect(file, func(n ast.Node) bool {
				if id, ok := literal(n); ok && ruleID.MatchString(id) {
					named[id] = files.Position(n.Pos()).String()
				}
				return true
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return named
}

// calls lists the calls of breaks in this package.
func calls(t *testing.T) []call {
	t.Helper()
	files := token.NewFileSet()
	var all []call
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range names {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		file, err := parser.ParseFile(files, path, text, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range file.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok && f.Body != nil {
				all = append(all, callsIn(files, f)...)
			}
		}
	}
	return all
}

func callsIn(files *token.FileSet, f *ast.FuncDecl) []call {
	var all []call
	ast.Inspect(f.Body, func(n ast.Node) bool {
		c, ok := n.(*ast.CallExpr)
		if !ok || name(c.Fun) != "breaks" || len(c.Args) < 3 {
			return true
		}
		id, ok := literal(c.Args[0])
		if !ok {
			return true
		}
		one := call{id: id, at: files.Position(c.Pos()).String()}
		switch say := c.Args[2].(type) {
		case *ast.CompositeLit:
			one.words = wordsIn(say)
		case *ast.Ident:
			one.words, one.open = wordsOf(f, say.Name)
		default:
			one.open = name(say) != "nil"
		}
		all = append(all, one)
		return true
	})
	return all
}

// wordsOf lists what a function puts into its variable of words; open when it
// gets them from elsewhere.
func wordsOf(f *ast.FuncDecl, variable string) (list []string, open bool) {
	found := map[string]bool{}
	open = true
	ast.Inspect(f, func(n ast.Node) bool {
		assign, ok := n.(*ast.AssignStmt)
		if !ok {
			return true
		}
		for i, left := range assign.Lhs {
			switch left := left.(type) {
			case *ast.IndexExpr:
				if key, ok := literal(left.Index); ok && name(left.X) == variable {
					found[key] = true
				}
			case *ast.Ident:
				if left.Name != variable || len(assign.Rhs) != len(assign.Lhs) {
					continue
				}
				if lit, ok := assign.Rhs[i].(*ast.CompositeLit); ok {
					open = false
					for _, key := range wordsIn(lit) {
						found[key] = true
					}
				}
			}
		}
		return true
	})
	return slices.Sorted(maps.Keys(found)), open
}

func wordsIn(lit *ast.CompositeLit) []string {
	var list []string
	for _, e := range lit.Elts {
		if pair, ok := e.(*ast.KeyValueExpr); ok {
			if key, ok := literal(pair.Key); ok {
				list = append(list, key)
			}
		}
	}
	return list
}

func literal(n ast.Node) (string, bool) {
	lit, ok := n.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(lit.Value)
	return text, err == nil
}

func name(n ast.Node) string {
	if id, ok := n.(*ast.Ident); ok {
		return id.Name
	}
	return ""
}
