package catalog

import (
	"fmt"
	"os"
	"path/filepath"
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
			"Give either command or script. The exit code 3010 means \"done, restart needed\", as installers use it: the machine is then restarted.",
		Many: true,
		Args: []labs.Arg{
			{Name: "command", Type: labs.StringType, Doc: "One line as in a batch file. cmd's own signs mean what they mean there: %NAME% is a variable, & joins commands.", Valid: func(v labs.Value) string {
				s, _ := v.(string)
				if why := commandProblem(s); why != "" {
					return fmt.Sprintf("The command cannot be run: %s.", why)
				}
				return ""
			}},
			{Name: "script", Type: labs.PathType, Doc: "A .cmd, .bat or .vbs file on your side, in plain ASCII. It is copied to the machine with the line ends that Windows wants."},
			{Name: "expect_code", Type: labs.NumberType, Default: int64(0), Doc: "The exit code that means success."},
			{Name: "reboot", Type: labs.BoolType, Default: false, Doc: "Restart the machine afterwards."},
			limitArg(runLimit),
		},
	}
}

func (run) Needs(Call) []estate.Fact { return nil }
func (run) Makes(Call) []estate.Fact { return nil }

func (run) Effects(c Call, e *estate.Estate) []estate.Problem {
	return e.Do(estate.Use{Machine: c.Machine.Name})
}

func (run) Typical() time.Duration { return time.Minute }

func (run) Work(c Call) (Work, labs.Diagnostics) {
	p := &pen{call: c}
	name, file := "COMMAND.CMD", guest.File{}
	switch command, script := c.Step.Text("command"), c.Step.Text("script"); {
	case (command == "") == (script == ""):
		p.complain("command", "Nothing to run", "Give either command or script, and not both.")
	case command != "":
		if why := commandProblem(command); why != "" {
			p.complain("command", "Command cannot be run", fmt.Sprintf("The command cannot be run: %s.", why))
		}
		file = guest.Text(name, "@echo off\n"+command)
	default:
		name, file = p.userScript(script)
	}
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
