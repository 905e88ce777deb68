package catalog_test

import (
	"strings"
	"testing"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/catalog"
)

// complaints renders a step on ex01 that may be refused.
func (w *world) complaints(kind string, a args) labs.Diagnostics {
	w.t.Helper()
	call := w.step(kind, "ex01", a)
	entry, _ := catalog.Find(kind)
	_, diags := entry.Work(call)
	return diags
}

// ready is the world after the demo lab's stage "forest".
func ready(t *testing.T) *world {
	t.Helper()
	w := newWorld(t, labs.Windows2003)
	w.do("install", "dc01", nil)
	w.do("install", "ex01", nil)
	w.do("promote", "dc01", args{"domain": "contoso.test"})
	return w
}

func TestValuesThatCmdCannotCarry(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{
		`a"b`, `a%b`, `a!b`, `a^b`, `a&b`, `a|b`, `a<b`, `a>b`, "a\nb", "a\rb", "a\tb", "a\x00b", "a\x7fb", "ä", "日本", `ends\`, strings.Repeat("x", 500),
	} {
		w := ready(t)
		diags := w.complaints("join", args{"domain": "contoso.test", "user": bad})
		if !diags.Fatal() {
			t.Errorf("user %q is accepted", bad)
			continue
		}
		if d := diags[0]; d.Subject == nil || *d.Subject != w.stage.Steps[3].Attributes["user"] {
			t.Errorf("user %q: the complaint points at %v", bad, d.Subject)
		}
	}
	for _, good := range []string{`Lab Admin`, `o'brien`, `a(b)c`, `a,b;c=d`, `a\b`, "x@y.test", "#~$*?{}[]+-_.`"} {
		if diags := ready(t).complaints("join", args{"domain": "contoso.test", "user": good}); diags.Fatal() {
			t.Errorf("user %q is refused: %s", good, diags[0].Detail)
		}
	}
}

func TestSecretsThatCmdCannotCarry(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{`zq"zq`, `zq%zq`, `zq!zq`, `zq^zq`, `zq&zq`, "zq\nzq", "zqäzq", `zqzq\`, "*", "", strings.Repeat("zq", 70)} {
		w := ready(t)
		w.secret = func(string) (labs.SecretValue, error) { return labs.NewSecretValue(bad), nil }
		diags := w.complaints("join", args{"domain": "contoso.test"})
		if !diags.Fatal() {
			t.Errorf("password %q is accepted", bad)
			continue
		}
		for _, d := range diags {
			if strings.Contains(d.Detail, "zq") || strings.Contains(d.Detail, "ä") {
				t.Errorf("the complaint tells the password: %s", d.Detail)
			}
			if !strings.Contains(d.Detail, `"administrator"`) {
				t.Errorf("the complaint does not name the secret: %s", d.Detail)
			}
		}
	}
	diags := ready(t).complaints("join", args{"domain": "contoso.test", "password": labs.SecretRef("absent")})
	if len(diags) == 0 || !strings.Contains(diags[0].Detail, "ABSENT") {
		t.Errorf("a secret that cannot be had: %v", diags)
	}
}

// TestKeysNeedNoSecrets renders every step with digests in place of secrets, as
// the planner does, and holds that the real secrets are in secret files only.
func TestSecretsStayInSecretFiles(t *testing.T) {
	t.Parallel()
	for _, system := range []labs.OS{labs.Windows2000, labs.Windows2003} {
		for name, work := range newWorld(t, system).demo() {
			files := work.Floppy
			if work.Job != nil {
				files = work.Job.Files
			}
			for _, f := range files {
				if !f.Secret && strings.Contains(string(read(t, f)), password) {
					t.Errorf("%s %s: %s holds a password and is not marked secret", system, name, f.Path)
				}
			}
		}
	}
}

func TestEqualCallsGiveEqualWork(t *testing.T) {
	t.Parallel()
	one, two := newWorld(t, labs.Windows2003).demo(), newWorld(t, labs.Windows2003).demo()
	for name, work := range one {
		if work.Job == nil {
			continue
		}
		for i, f := range work.Job.Files {
			if other := two[name].Job.Files[i]; f.Path != other.Path || string(read(t, f)) != string(read(t, other)) {
				t.Errorf("%s: %s differs from %s", name, f.Path, other.Path)
			}
		}
	}
}

func TestScriptsAreForWindows2000Too(t *testing.T) {
	t.Parallel()
	for _, system := range []labs.OS{labs.Windows2000, labs.Windows2003} {
		for name, work := range newWorld(t, system).demo() {
			if work.Job == nil {
				continue
			}
			for _, f := range work.Job.Files {
				text := string(read(t, f))
				if strings.HasSuffix(f.Path, ".BIN") || strings.HasSuffix(f.Path, ".EXE") {
					continue
				}
				if strings.Count(text, "\n") != strings.Count(text, "\r\n") {
					t.Errorf("%s %s: %s has lines that do not end in CR LF", system, name, f.Path)
				}
				if !strings.HasSuffix(f.Path, ".CMD") || f.Path == "COMMAND.CMD" {
					continue
				}
				for l := range strings.SplitSeq(text, "\r\n") {
					if len(l) > 1000 {
						t.Errorf("%s %s: %s has a line of %d characters", system, name, f.Path, len(l))
					}
					for _, lacking := range []string{"reg ", "sc ", "shutdown ", "timeout ", "where "} {
						if system == labs.Windows2000 && strings.HasPrefix(strings.TrimSpace(l), lacking) {
							t.Errorf("%s: %s calls %s, which Windows 2000 lacks: %s", name, f.Path, lacking, l)
						}
					}
				}
			}
		}
	}
}

func TestBadArguments(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, kind string
		args       args
		want       string // in a detail
	}{
		{"run nothing", "run", nil, "one of command, commands and script"},
		{"run both", "run", args{"command": "x", "script": "y.cmd"}, "not two of them"},
		{"run two lines", "run", args{"command": "x\ny"}, "cannot be run"},
		{"run umlaut", "run", args{"command": "echo ä"}, "plain ASCII"},
		{"run too long", "run", args{"command": strings.Repeat("x", 3000)}, "3000 characters"},
		{"script is absent", "run", args{"script": "testdata/absent.cmd"}, "no such file"},
		{"script is a folder", "run", args{"script": "testdata/user.cmd"}, "cannot be read"},
		{"script of another kind", "run", args{"script": "testdata/user/setup.ps1"}, "no .cmd, .bat or .vbs"},
		{"script in UTF-8", "run", args{"script": "testdata/bad/umlaut.cmd"}, "Line 2"},
		{"copy nothing", "copy", args{"from": "testdata/absent", "to": `C:\X`}, "no such file"},
		{"copy a device", "copy", args{"from": "/dev/null", "to": `C:\X`}, "neither a file nor a folder"},
		{"copy to a relative path", "copy", args{"from": "testdata/user", "to": `X`}, "no absolute path"},
		{"copy to a device path", "copy", args{"from": "testdata/user", "to": `\\.\COM1`}, "no absolute path"},
		{"copy upwards", "copy", args{"from": "testdata/user", "to": `C:\A\..\B`}, "goes up"},
		{"copy to a variable", "copy", args{"from": "testdata/user", "to": `C:\%TEMP%`}, "cmd takes as syntax"},
		{"pages are absent", "wizard", args{"program": "X.EXE", "pages": "testdata/absent.txt"}, "no such file"},
		{"pages are none", "wizard", args{"program": "X.EXE", "pages": "testdata/user/setup.vbs"}, "is no list of pages. Line 1"},
		{"check nothing", "check", nil, "Name 1 to"},
		{"check a wild service", "check", args{"service": []string{`x" & del C:\`}}, "cannot be written"},
	} {
		w := newWorld(t, labs.Windows2003)
		w.do("install", "ex01", nil)
		diags := w.complaints(c.kind, c.args)
		found := false
		for _, d := range diags {
			found = found || strings.Contains(d.Detail, c.want)
		}
		if !found {
			t.Errorf("%s: %v, want %q", c.name, diags, c.want)
		}
	}
}

// TestStepsOutOfPlace holds that Work keeps quiet where Effects complains.
func TestStepsOutOfPlace(t *testing.T) {
	t.Parallel()
	for _, e := range catalog.All() {
		schema := e.Schema()
		w := newWorld(t, labs.Windows2003)
		call := w.step(schema.Kind, "ex01", args{
			"domain": "contoso.test", "media": labs.MediaRef("exchange"), "organization": "Contoso",
			"command": "x", "from": "testdata/user", "to": `C:\X`, "service": []string{"x"}, "text": "x", "program": `SETUP.EXE`, "pages": "testdata/pages/tool.txt",
		})
		if _, diags := e.Work(call); diags.Fatal() {
			t.Errorf("%s on a machine that is not installed: %s", schema.Kind, diags[0].Detail)
		}
		e.Needs(call)
		e.Makes(call)
		if problems := e.Effects(call, w.estate); len(problems) == 0 && schema.Kind != catalog.Install {
			t.Errorf("%s on a machine that is not installed is accepted", schema.Kind)
		}
	}
}
