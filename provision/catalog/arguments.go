package catalog

import (
	"fmt"
	"strings"
	"time"

	"github.com/doublehop/doublehop/labs"
)

// silence is how long a guest may say and do nothing: the runner beats every
// ten seconds, and a restart of a slow guest takes minutes.
const silence = 15 * time.Minute

// limitArg is the argument by which a step's time limit is changed.
func limitArg(limit time.Duration) labs.Arg {
	return labs.Arg{
		Name: "limit", Type: labs.DurationType, Default: limit,
		Doc:   "The longest that the step may take on a machine. When it is over, the step has stalled, and everything is kept as it is. It does not change what is built.",
		Valid: positive,
	}
}

// limit is the step's time limit; a step that was made without its defaults has
// the given one.
func limit(step *labs.Step, otherwise time.Duration) time.Duration {
	if d := step.Lasting("limit"); d > 0 {
		return d
	}
	return otherwise
}

func positive(v labs.Value) string {
	if d, ok := v.(time.Duration); ok && d < time.Second {
		return fmt.Sprintf("%s is too short: give a second or more.", d)
	}
	return ""
}

// textual makes a check of one string into a check of a value.
func textual(problem func(string) string) func(labs.Value) string {
	return func(v labs.Value) string {
		s, _ := v.(string)
		return problem(s)
	}
}

// listed makes a check of one string into a check of a list.
func listed(problem func(string) string) func(labs.Value) string {
	return func(v labs.Value) string {
		list, _ := v.([]string)
		for _, s := range list {
			if why := problem(s); why != "" {
				return why
			}
		}
		return ""
	}
}

// sentence makes a clause of carryProblem into a full sentence.
func carried(value string) string {
	if why := carryProblem(value); why != "" {
		return fmt.Sprintf("%q cannot be written into a batch file: %s.", value, why)
	}
	return ""
}

// commandProblem says in a clause why line cannot be a line of a batch file.
// Everything else of cmd's language is its author's own.
func commandProblem(line string) string {
	if strings.TrimSpace(line) == "" {
		return "it is empty"
	}
	if len(line) > longestCommand {
		return fmt.Sprintf("it has %d characters, and cmd of Windows 2000 takes %d", len(line), longestCommand)
	}
	for _, r := range line {
		if r < ' ' && r != '\t' || r > '~' {
			return fmt.Sprintf("it has %q, and scripts are lines of plain ASCII", r)
		}
	}
	return ""
}

// longestCommand is what cmd of Windows 2000 takes (KB830473), less a little.
const longestCommand = 2000

// guestPathProblem says in a full sentence why path is no absolute path of
// Windows; empty when it is.
func guestPathProblem(path string) string {
	if why := carried(strings.TrimSuffix(path, `\`)); why != "" {
		return why
	}
	rest, ok := cutDrive(path)
	switch {
	case !ok:
		return fmt.Sprintf(`%q is no absolute path of Windows, such as C:\DATA\MAIL.EDB.`, path)
	case len(path) > 200:
		return fmt.Sprintf("The path has %d characters; Windows refuses longer ones than 259, and folders below need room.", len(path))
	}
	for part := range strings.SplitSeq(strings.TrimSuffix(rest, `\`), `\`) {
		if why := partProblem(part); why != "" && rest != "" {
			return fmt.Sprintf("The path %q cannot be: %s.", path, why)
		}
	}
	return ""
}

// cutDrive takes "C:\" off a path.
func cutDrive(path string) (string, bool) {
	if len(path) < 3 || path[1:3] != `:\` || (path[0]|0x20) < 'a' || (path[0]|0x20) > 'z' {
		return "", false
	}
	return path[3:], true
}

// partProblem says in a clause why name cannot be a file's or folder's name.
func partProblem(name string) string {
	switch {
	case name == "":
		return "a name in it is empty"
	case name == "." || name == "..":
		return "it goes up"
	case strings.ContainsAny(name, `/:*?`):
		return fmt.Sprintf(`%q has one of / : * ?, which names of Windows have not`, name)
	case strings.TrimRight(name, ". ") != name:
		return fmt.Sprintf("%q ends with a dot or a space, which Windows cuts off", name)
	}
	return ""
}
