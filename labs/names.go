package labs

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// The longest names, in characters. A volume's name on the host holds a lab's
// and a machine's name beside 80 other characters and must stay below 255.
const (
	LongestName     = 40
	LongestComputer = 15
	LongestDomain   = 64
	LongestText     = 63
)

// NameProblem says in a full sentence why name cannot name a lab, an
// instance, a machine, a network or a stage: such names become parts of file
// names, libvirt names and XML. It is empty when the name is fine.
func NameProblem(name string) string {
	switch {
	case name == "":
		return "The name is empty."
	case len(name) > LongestName:
		return fmt.Sprintf("The name has %d characters, and the most is %d.", len(name), LongestName)
	case !plain(name, "-"):
		return "Such a name has lower-case letters, digits and hyphens, starts with a letter, and does not end in a hyphen."
	}
	return ""
}

// WordProblem is [NameProblem] for what stays inside the lab file (variables,
// locals, secrets, media): underscores are allowed too.
func WordProblem(name string) string {
	switch {
	case name == "":
		return "The name is empty."
	case len(name) > LongestName:
		return fmt.Sprintf("The name has %d characters, and the most is %d.", len(name), LongestName)
	case !plain(name, "-_"):
		return "Such a name has lower-case letters, digits, hyphens and underscores, and starts with a letter."
	}
	return ""
}

// plain says whether s is [a-z][a-z0-9<also>]* without a sign at its end.
func plain(s, also string) bool {
	for i := range len(s) {
		c := s[i]
		switch {
		case 'a' <= c && c <= 'z':
		case i > 0 && '0' <= c && c <= '9':
		case i > 0 && i < len(s)-1 && strings.IndexByte(also, c) >= 0:
		default:
			return false
		}
	}
	return s != ""
}

// reserved are the names that a computer cannot have: devices of DOS, and
// accounts and the workgroup that Setup itself makes.
const reserved = " CON PRN AUX NUL COM1 COM2 COM3 COM4 COM5 COM6 COM7 COM8 COM9" +
	" LPT1 LPT2 LPT3 LPT4 LPT5 LPT6 LPT7 LPT8 LPT9" +
	" ADMINISTRATOR GUEST SYSTEM WORKGROUP LOCALHOST BATCH NETWORK SERVICE EVERYONE "

// ComputerProblem says in a full sentence why name cannot be a Windows
// computer name; empty when it can. NetBIOS gives it 15 characters, and DNS
// lets it hold letters, digits and hyphens.
func ComputerProblem(name string) string {
	switch {
	case name == "":
		return "The name is empty."
	case len(name) > LongestComputer:
		return fmt.Sprintf("%q has %d characters; NetBIOS gives a computer name %d.", name, len(name), LongestComputer)
	case !hostLabel(name):
		return fmt.Sprintf("%q is no host name: letters, digits and hyphens only, with no hyphen at either end.", name)
	case strings.Trim(name, "0123456789") == "":
		return fmt.Sprintf("%q has digits only, which Windows takes for an address.", name)
	case strings.Contains(reserved, " "+strings.ToUpper(name)+" "):
		return fmt.Sprintf("%q is a name that Windows keeps for itself.", name)
	}
	return ""
}

// DomainProblem says in a full sentence why name cannot be the DNS name of an
// Active Directory domain; empty when it can.
func DomainProblem(name string) string {
	labels := strings.Split(name, ".")
	switch {
	case name == "":
		return "The domain name is empty."
	case len(name) > LongestDomain:
		return fmt.Sprintf("%q has %d characters; a domain of Active Directory has at most %d.", name, len(name), LongestDomain)
	case len(labels) < 2:
		return fmt.Sprintf("%q has one label. A domain needs two or more, such as \"contoso.test\": a single label breaks DNS registration.", name)
	}
	for _, l := range labels {
		if !hostLabel(l) || len(l) > 63 {
			return fmt.Sprintf("%q is no DNS name: labels of letters, digits and hyphens, 1 to 63 characters each, joined by dots.", name)
		}
	}
	if last := labels[len(labels)-1]; strings.Trim(last, "0123456789") == "" {
		return fmt.Sprintf("%q ends in a number, so that it reads as an address.", name)
	}
	return ""
}

// NetBIOSProblem says in a full sentence why name cannot be the NetBIOS name of a
// domain; empty when it can.
func NetBIOSProblem(name string) string {
	switch {
	case name == "":
		return "The NetBIOS name is empty."
	case len(name) > LongestComputer:
		return fmt.Sprintf("%q has %d characters; a NetBIOS name has at most %d.", name, len(name), LongestComputer)
	case !hostLabel(name):
		return fmt.Sprintf("%q is no NetBIOS name that is safe everywhere: letters, digits and hyphens only, with no hyphen at either end.", name)
	case strings.Trim(name, "0123456789") == "":
		return fmt.Sprintf("%q has digits only.", name)
	case strings.Contains(reserved, " "+strings.ToUpper(name)+" "):
		return fmt.Sprintf("%q is a name that Windows keeps for itself.", name)
	}
	return ""
}

// hostLabel says whether s is one label of a host name.
func hostLabel(s string) bool {
	for i := range len(s) {
		c := s[i] | 0x20
		switch {
		case 'a' <= c && c <= 'z', '0' <= s[i] && s[i] <= '9':
		case s[i] == '-' && i > 0 && i < len(s)-1:
		default:
			return false
		}
	}
	return s != ""
}

// TextProblem says in a full sentence why text cannot go into an answer file
// as it is; empty when it can. Setup reads the file in the machine's own code
// page, quotes and percent signs are syntax of INF files, and long values are
// cut.
func TextProblem(text string) string {
	if p := LineProblem(text); p != "" {
		return p
	}
	if utf8.RuneCountInString(text) > LongestText {
		return fmt.Sprintf("The text has %d characters, and the most is %d.", utf8.RuneCountInString(text), LongestText)
	}
	for _, c := range text {
		switch {
		case c > 0x7e:
			return fmt.Sprintf("The character %q is not ASCII, and Setup would read it in another code page.", c)
		case strings.ContainsRune("\"%", c):
			return fmt.Sprintf("The character %q is syntax of answer files.", c)
		case strings.ContainsRune("&|<>^!", c):
			return fmt.Sprintf("The character %q is syntax of cmd or XML.", c)
		}
	}
	if strings.TrimSpace(text) != text {
		return "The text starts or ends with a space, which Setup would cut."
	}
	return ""
}

// LineProblem says in a full sentence why text is not one line of printable
// text; empty when it is.
func LineProblem(text string) string {
	if !utf8.ValidString(text) {
		return "The text is not UTF-8."
	}
	for _, c := range text {
		if c < 0x20 || c == 0x7f || c == 0x85 || c == 0x2028 || c == 0x2029 || c == 0xfffe || c == 0xffff {
			return fmt.Sprintf("The text holds the control character %U.", c)
		}
	}
	return ""
}

// ScriptProblem is [LineProblem] for text of several lines: tabs and line ends
// are fine.
func ScriptProblem(text string) string {
	return LineProblem(strings.NewReplacer("\r", "", "\n", "", "\t", "").Replace(text))
}
