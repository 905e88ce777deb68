package catalog

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// nonEmpty takes the first line with something in it.
func nonEmpty(what string) func([]string) (string, error) {
	return func(lines []string) (string, error) {
		for _, l := range lines {
			if l = strings.TrimSpace(l); l != "" {
				return l, nil
			}
		}
		return "", fmt.Errorf("expected %s, and nothing was read", what)
	}
}

// atLeast is a number of the directory that grows with each version: a higher
// one means that something newer was there before.
func atLeast(name, file, attribute string, least int) Proof {
	expect := fmt.Sprintf("%s %d or more", attribute, least)
	return Proof{Name: name, File: file, Expect: expect, Read: func(lines []string) (string, error) {
		values, where, err := valuesOf(lines, attribute)
		if err != nil {
			return "", fmt.Errorf("expected %s, and %w", expect, err)
		}
		best, found := 0, false
		for _, v := range values {
			n, err := strconv.Atoi(strings.TrimSpace(v))
			if err != nil {
				return "", fmt.Errorf("expected %s, and read %q, which is no number, from %s", expect, clip(v), where)
			}
			if !found || n > best {
				best, found = n, true
			}
		}
		if best < least {
			return "", fmt.Errorf("expected %s, and read %d from %s", expect, best, where)
		}
		return strconv.Itoa(best), nil
	}}
}

// called is an object of the directory with a name, without regard to case.
func called(name, file, want string) Proof {
	const attribute = "cn"
	expect := fmt.Sprintf("%s %s", attribute, want)
	return Proof{Name: name, File: file, Expect: expect, Read: func(lines []string) (string, error) {
		values, where, err := valuesOf(lines, attribute)
		if err != nil {
			return "", fmt.Errorf("expected %s, and %w", expect, err)
		}
		for _, v := range values {
			if strings.EqualFold(v, want) {
				return v, nil
			}
		}
		return "", fmt.Errorf("expected %s, and read %q from %s", expect, clip(strings.Join(values, ", ")), where)
	}}
}

// valuesOf collects an attribute's values over all objects of an LDIF file, and
// the name of the first object that has it. Its error ends a sentence.
func valuesOf(lines []string, attribute string) (values []string, where string, err error) {
	objects, err := parseLDIF(lines)
	if err != nil {
		return nil, "", fmt.Errorf("what ldifde wrote cannot be read: %w", err)
	}
	if len(objects) == 0 {
		return nil, "", fmt.Errorf("ldifde found no such object in the directory")
	}
	for _, o := range objects {
		if found := o.Values[strings.ToLower(attribute)]; len(found) > 0 {
			if where == "" {
				where = clip(o.DN)
			}
			values = append(values, found...)
		}
	}
	if len(values) == 0 {
		return nil, "", fmt.Errorf("%s has no %s", clip(objects[0].DN), attribute)
	}
	return values, where, nil
}

// shared is a share of `net share`. The table's head and its end are in the
// system's language; a share's name stands first in its line.
func shared(name, file, share string) Proof {
	expect := "the share " + share
	return Proof{Name: name, File: file, Expect: expect, Read: func(lines []string) (string, error) {
		var seen []string
		for _, l := range lines {
			fields := strings.Fields(l)
			if len(fields) == 0 || strings.HasPrefix(l, " ") {
				continue
			}
			if strings.EqualFold(fields[0], share) {
				return strings.Join(fields[1:min(len(fields), 2)], ""), nil
			}
			seen = append(seen, fields[0])
		}
		return "", fmt.Errorf("expected %s, and net share listed %s", expect, listOr(seen, "nothing"))
	}}
}

func listOr(list []string, none string) string {
	if len(list) == 0 {
		return none
	}
	return clip(strings.Join(list, ", "))
}

var (
	// registryLine is a line of reg.exe of any version: blanks or tabs, the name,
	// the type, the data.
	registryLine = regexp.MustCompile(`^\s*(.+?)\s+(REG_[A-Z_]+)(?:\s+(.*))?$`)
	// stateLine is the state of a service as sc.exe prints it; the word before the
	// colon is in the system's language, the state's own name never is.
	stateLine = regexp.MustCompile(`:\s*([1-7])\s+(STOPPED|START_PENDING|STOP_PENDING|RUNNING|CONTINUE_PENDING|PAUSE_PENDING|PAUSED)\s*$`)
)

// registered is a value of the registry as `reg query` prints it, with numbers
// compared as numbers and texts without regard to case.
func registered(name, file, value, want string) Proof {
	expect := fmt.Sprintf("%s = %s", value, want)
	return Proof{Name: name, File: file, Expect: expect, Read: func(lines []string) (string, error) {
		for _, l := range lines {
			m := registryLine.FindStringSubmatch(strings.TrimRight(l, "\r "))
			if m == nil || !strings.EqualFold(m[1], value) {
				continue
			}
			if !sameData(m[2], m[3], want) {
				return "", fmt.Errorf("expected %s, and read %q", expect, clip(m[3]))
			}
			return m[3], nil
		}
		return "", fmt.Errorf("expected %s, and the registry has no such value", expect)
	}}
}

func sameData(kind, data, want string) bool {
	if strings.HasPrefix(kind, "REG_DWORD") {
		a, errA := strconv.ParseUint(data, 0, 32)
		b, errB := strconv.ParseUint(want, 0, 32)
		return errA == nil && errB == nil && a == b
	}
	return strings.EqualFold(data, want)
}

// running is a service that runs, as `sc query` prints it.
func running(name, file, service string) Proof {
	expect := fmt.Sprintf("service %s running", service)
	return Proof{Name: name, File: file, Expect: expect, Read: func(lines []string) (string, error) {
		for _, l := range lines {
			m := stateLine.FindStringSubmatch(strings.TrimRight(l, "\r "))
			switch {
			case m == nil:
			case m[2] == "RUNNING":
				return "running", nil
			default:
				return "", fmt.Errorf("expected %s, and it is %s", expect, strings.ToLower(strings.ReplaceAll(m[2], "_", " ")))
			}
		}
		for _, l := range lines {
			if strings.Contains(l, "1060") { // ERROR_SERVICE_DOES_NOT_EXIST
				return "", fmt.Errorf("expected %s, and there is no such service", expect)
			}
		}
		return "", fmt.Errorf("expected %s, and sc query said %s", expect, listOr(trimmed(lines), "nothing"))
	}}
}

// exactly is a file whose first line is a word.
func exactly(name, file, expect, want string) Proof {
	return Proof{Name: name, File: file, Expect: expect, Read: func(lines []string) (string, error) {
		got, err := nonEmpty(expect)(lines)
		if err == nil && got != want {
			return "", fmt.Errorf("expected %s, and it is %s", expect, clip(got))
		}
		return got, err
	}}
}

func trimmed(lines []string) []string {
	var list []string
	for _, l := range lines {
		if l = strings.TrimSpace(l); l != "" {
			list = append(list, l)
		}
	}
	return list
}

// explain finds the last line of a job's output that one of the phrases marks.
func explain(phrases ...string) func([]string) string {
	return func(output []string) string {
		for _, phrase := range phrases {
			for _, line := range slices.Backward(output) {
				if strings.Contains(strings.ToLower(line), strings.ToLower(phrase)) {
					return strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(line), logMark))
				}
			}
		}
		return ""
	}
}

// logMark begins a line that a job shows of a program's own log.
const logMark = "log: "

// recorded is a value of the directory that is kept in the run's record and
// not judged: what it should be is not known for certain.
func recorded(name, file, attribute string) Proof {
	expect := "any " + attribute
	return Proof{Name: name, File: file, Expect: expect, Read: func(lines []string) (string, error) {
		values, _, err := valuesOf(lines, attribute)
		if err != nil {
			return "", fmt.Errorf("expected %s, and %w", expect, err)
		}
		return clip(strings.Join(values, ", ")), nil
	}}
}
