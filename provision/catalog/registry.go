package catalog

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// registryValue finds a value in what `reg query` printed.
func registryValue(lines []string, name string) (string, bool) {
	for _, l := range lines {
		if m := registryLine.FindStringSubmatch(strings.TrimRight(l, "\r ")); m != nil && strings.EqualFold(m[1], name) {
			return m[3], true
		}
	}
	return "", false
}

// buildAtLeast is the build of Windows: 3790 is 2003 (CurrentBuildNumber is a
// text, in every version).
func buildAtLeast(name, file string, least int) Proof {
	expect := fmt.Sprintf("build %d or later", least)
	return Proof{Name: name, File: file, Expect: expect, Read: func(lines []string) (string, error) {
		got, ok := registryValue(lines, "CurrentBuildNumber")
		if !ok {
			return "", fmt.Errorf("expected %s, and the registry has no CurrentBuildNumber", expect)
		}
		if n, err := strconv.Atoi(got); err != nil || n < least {
			return "", fmt.Errorf("expected %s, and read %q", expect, clip(got))
		}
		return got, nil
	}}
}

// packText is how every language of Windows writes CSDVersion.
var packText = regexp.MustCompile(`^Service Pack (\d+)`)

// packAtLeast is the level of the service pack. Windows without one has no such
// value.
func packAtLeast(name, file string, least int) Proof {
	expect := fmt.Sprintf("Service Pack %d or later", least)
	return Proof{Name: name, File: file, Expect: expect, Read: func(lines []string) (string, error) {
		got, ok := registryValue(lines, "CSDVersion")
		if !ok {
			got = "none"
		}
		level := 0
		if m := packText.FindStringSubmatch(got); m != nil {
			level, _ = strconv.Atoi(m[1])
		}
		if level < least {
			return "", fmt.Errorf("expected %s, and read %q", expect, clip(got))
		}
		return got, nil
	}}
}

// noted is a value of the registry that is kept and not judged.
func noted(name, file, value string) Proof {
	return Proof{Name: name, File: file, Expect: "any " + value, Read: func(lines []string) (string, error) {
		got, ok := registryValue(lines, value)
		if !ok {
			return "", fmt.Errorf("expected any %s, and the registry has none", value)
		}
		return clip(got), nil
	}}
}
