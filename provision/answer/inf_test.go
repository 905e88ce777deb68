package answer_test

import (
	"fmt"
	"strings"
)

// inf is what a strict reader finds in an answer file: section, key, value,
// sections and keys in lower case.
type inf map[string]map[string]string

// dialect is one of the ways in which Windows reads the same file.
type dialect uint8

const (
	// asINF reads as setupapi does: "" is a quote and %% a percent sign.
	asINF dialect = iota
	// asProfile reads as GetPrivateProfileString does: quotes at the ends go,
	// everything else stays.
	asProfile
)

// parse reads an answer file and refuses all that is not plainly right. It
// shares nothing with the writer.
func parse(text string, as dialect) (inf, error) {
	found := inf{}
	section := ""
	if !strings.HasSuffix(text, "\r\n") {
		return nil, fmt.Errorf("the last line has no end")
	}
	for i, line := range strings.Split(strings.TrimSuffix(text, "\r\n"), "\r\n") {
		for _, r := range line {
			if r < ' ' || r > '~' {
				return nil, fmt.Errorf("line %d has %q", i+1, r)
			}
		}
		key, raw, isKey := strings.Cut(line, "=")
		switch {
		case len(line) > 250:
			return nil, fmt.Errorf("line %d has %d characters", i+1, len(line))
		case line == "":
		case line[0] == '[':
			section = strings.ToLower(strings.TrimSuffix(line[1:], "]"))
			if !strings.HasSuffix(line, "]") || section == "" || found[section] != nil {
				return nil, fmt.Errorf("line %d: section %q is there twice, or is none", i+1, line)
			}
			found[section] = map[string]string{}
		case !isKey || section == "" || key == "" || strings.ContainsAny(key, " \"%;,["):
			return nil, fmt.Errorf("line %d: %q is no key of a section", i+1, line)
		default:
			v, err := unquote(raw, as)
			if err != nil {
				return nil, fmt.Errorf("line %d: %w", i+1, err)
			}
			if _, twice := found[section][strings.ToLower(key)]; twice {
				return nil, fmt.Errorf("line %d: %s is there twice", i+1, key)
			}
			found[section][strings.ToLower(key)] = v
		}
	}
	return found, nil
}

func unquote(raw string, as dialect) (string, error) {
	quoted := len(raw) >= 2 && raw[0] == '"' && raw[len(raw)-1] == '"'
	if as == asProfile {
		if quoted || len(raw) >= 2 && raw[0] == '\'' && raw[len(raw)-1] == '\'' {
			return raw[1 : len(raw)-1], nil
		}
		return strings.TrimSpace(raw), nil
	}
	if !quoted {
		if strings.ContainsAny(raw, `";`) || strings.HasSuffix(raw, `\`) || strings.TrimSpace(raw) != raw {
			return "", fmt.Errorf("%q needs quotes", raw)
		}
		return percent(raw)
	}
	const gone = "\x00"
	body := strings.ReplaceAll(raw[1:len(raw)-1], `""`, gone)
	if strings.Contains(body, `"`) {
		return "", fmt.Errorf("%q has a quote inside", raw)
	}
	return percent(strings.ReplaceAll(body, gone, `"`))
}

func percent(body string) (string, error) {
	const gone = "\x00"
	body = strings.ReplaceAll(body, "%%", gone)
	if strings.Contains(body, "%") {
		return "", fmt.Errorf("%q has a lone %%", body)
	}
	return strings.ReplaceAll(body, gone, "%"), nil
}

// parseBoth reads the file in both dialects, which must agree.
func parseBoth(text string) (inf, error) {
	one, err := parse(text, asINF)
	if err != nil {
		return nil, err
	}
	two, err := parse(text, asProfile)
	if err != nil {
		return nil, err
	}
	for section, keys := range one {
		for key, v := range keys {
			if two[section][key] != v {
				return nil, fmt.Errorf("[%s] %s reads as %q and as %q", section, key, v, two[section][key])
			}
		}
	}
	return one, nil
}
