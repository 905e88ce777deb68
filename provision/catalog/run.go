package catalog

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/estate"
	"github.com/doublehop/doublehop/provision/guest"
)

// run runs a command or a script of the user's.
type run struct{}

const (
	runLimit      = time.Hour
	longestScript = 256 << 10
)

func (run) Schema() labs.Schema {
	return labs.Schema{
		Kind: "run",
		Doc: "Runs a command line, or a script of yours, as the user who is logged on. " +
			"Give one of command, commands and script. The exit code 3010 means \"done, restart needed\", as installers use it: the machine is then restarted.",
		Many: true,
		Args: []labs.Arg{
			{Name: "command", Type: labs.StringType, Sensitive: true, Doc: "One line as in a batch file. It may hold a sensitive value, which plans then do not show. cmd's own signs mean what they mean there: %NAME% is a variable, & joins commands.", Valid: func(v labs.Value) string {
				s, _ := v.(string)
				if why := commandProblem(s); why != "" {
					return fmt.Sprintf("The command cannot be run: %s.", why)
				}
				return ""
			}},
			{Name: "script", Type: labs.PathType, Doc: "A .cmd, .bat or .vbs file on your side, in plain ASCII. It is copied to the machine with the line ends that Windows wants."},
			{
				Name: "commands", Type: labs.StringsType, Doc: "Several such lines, run one after the other up to the first that fails. Give it in place of command.",
				Valid: listed(func(s string) string {
					if why := commandProblem(s); why != "" {
						return fmt.Sprintf("The command %q cannot be run: %s.", s, why)
					}
					return ""
				}),
			},
			{
				Name: "establishes", Type: labs.StringsType, Valid: listed(vouchProblem),
				Doc: "What you vouch for that the machine is or has afterwards, so that the plan reckons with it: " + strings.Join(vouchable(), ", ") + ". With it, there need be nothing to run.",
			},
			{Name: "expect_code", Type: labs.NumberType, Default: int64(0), Doc: "The exit code that means success."},
			{Name: "reboot", Type: labs.BoolType, Default: false, Doc: "Restart the machine afterwards."},
			limitArg(runLimit),
		},
	}
}

func (run) Needs(c Call) []estate.Fact {
	if len(c.Step.Texts("establishes")) > 0 {
		return inDomain(c)
	}
	return nil
}

func (run) Makes(c Call) []estate.Fact {
	if len(c.Step.Texts("establishes")) > 0 {
		return []estate.Fact{itself(c)}
	}
	return nil
}

func (run) Effects(c Call, e *estate.Estate) []estate.Problem {
	if facts := c.Step.Texts("establishes"); len(facts) > 0 {
		return e.Do(estate.Establish{Machine: c.Machine.Name, Facts: facts, Commands: c.Step.Texts("commands")})
	}
	return mayUse(c, e)
}

// vouchable are the words that an author may vouch for.
func vouchable() []string { return slices.Sorted(maps.Keys(estate.Vouchable())) }

func vouchProblem(word string) string {
	if _, ok := estate.Vouchable()[word]; ok {
		return ""
	}
	return fmt.Sprintf("%q is nothing that can be vouched for. The words are %s.", word, strings.Join(vouchable(), ", "))
}

func (run) Typical() time.Duration { return time.Minute }

func (run) Work(c Call) (Work, labs.Diagnostics) {
	p := &pen{call: c}
	name, file := p.toRun()
	expect, _ := c.Step.Args["expect_code"].(int64)
	job := &guest.Job{Files: []guest.File{
		p.script(guest.Script, "run.job.cmd", map[string]any{
			"script": word(name), "vbs": strings.HasSuffix(name, ".VBS"), "expect": int(expect),
		}),
		file,
	}}
	if c.Step.Flag("reboot") {
		job.Then = guest.ThenReboot
	}
	return p.done(Work{Job: job, Silence: silence, Limit: limit(c.Step, runLimit)})
}

// toRun is what the step runs, and its name on the disc.
func (p *pen) toRun() (string, guest.File) {
	const name = "COMMAND.CMD"
	command, commands, script := p.call.Step.Text("command"), p.call.Step.Texts("commands"), p.call.Step.Text("script")
	given := 0
	for _, is := range []bool{command != "", len(commands) > 0, script != ""} {
		if is {
			given++
		}
	}
	switch {
	case given == 0 && len(p.call.Step.Texts("establishes")) > 0:
		return name, guest.Text(name, "@echo off\nrem Nothing to run: its author vouches for what is so.")
	case given != 1:
		p.complain("command", "Nothing to run", "Give one of command, commands and script, and not two of them.")
		return name, guest.File{}
	case script != "":
		return p.userScript(script)
	case command != "":
		p.checkCommand("command", command)
		return name, guest.Text(name, "@echo off\n"+command)
	}
	lines := []string{"@echo off"}
	for _, line := range commands {
		p.checkCommand("commands", line)
		lines = append(lines, line, "if errorlevel 1 exit /b %errorlevel%")
	}
	return name, guest.Text(name, strings.Join(lines, "\n"))
}

func (p *pen) checkCommand(argument, line string) {
	if why := commandProblem(line); why != "" {
		p.complain(argument, "Command cannot be run", fmt.Sprintf("The command %q cannot be run: %s.", line, why))
	}
}

// userScript reads a script of the user's and gives its name on the disc.
func (p *pen) userScript(path string) (string, guest.File) {
	const summary = "Script cannot be used"
	name := "COMMAND.CMD"
	switch strings.ToLower(filepath.Ext(path)) {
	case ".cmd", ".bat":
	case ".vbs":
		name = "COMMAND.VBS"
	default:
		p.complain("script", summary, fmt.Sprintf("%s is no .cmd, .bat or .vbs file, and the machines run nothing else.", path))
		return name, guest.File{}
	}
	info, err := os.Stat(path)
	if err == nil && (!info.Mode().IsRegular() || info.Size() > longestScript) {
		err = fmt.Errorf("it is no plain file of up to %d KiB", longestScript>>10)
	}
	var text []byte
	if err == nil {
		text, err = os.ReadFile(path) //nolint:gosec // the lab's author names the file
	}
	if err != nil {
		p.complain("script", summary, fmt.Sprintf("The script %s cannot be read: %v.", path, err))
		return name, guest.File{}
	}
	for i, b := range text {
		if b > '~' || b < ' ' && b != '\t' && b != '\r' && b != '\n' {
			line := 1 + strings.Count(string(text[:i]), "\n")
			p.complain("script", summary, fmt.Sprintf("Line %d of %s has the byte 0x%02x. Scripts are plain ASCII, since each Windows has its own code page.", line, path, b))
			return name, guest.File{}
		}
	}
	return name, guest.Text(name, string(text))
}
