package answer_test

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/answer"
)

// later is a machine with Windows 2008 or later.
func later(os labs.OS) answer.Setup {
	s := setup(os)
	s.Arch, s.Components, s.Adapters[0].MAC = labs.X64, nil, "52:54:00:aa:bb:01"
	s.Adapters[0].Gateway = netip.MustParseAddr("10.20.0.1")
	return s
}

func TestUnattend(t *testing.T) {
	t.Parallel()
	for _, os := range []labs.OS{
		labs.Windows2008, labs.Windows2008R2, labs.Windows2012, labs.Windows2012R2, labs.Windows2016, labs.Windows2019,
		labs.Windows2022, labs.Windows2025,
	} {
		t.Run(string(os), func(t *testing.T) {
			t.Parallel()
			file, diags := answer.Unattend(later(os))
			if diags.Fatal() || file.Name() != "Autounattend.xml" {
				t.Fatalf("%s: %+v", file.Name(), diags)
			}
			golden(t, "unattend-"+strings.TrimPrefix(string(os), "windows-")+".xml", strings.ReplaceAll(string(file.Reveal()), "\r\n", "\n"))
			if problems := readUnattend(string(file.Reveal())); len(problems) > 0 {
				t.Error(strings.Join(problems, "\n"))
			}
			if masked := file.Masked(); strings.Contains(masked, "Passw0rd!x") || strings.Contains(masked, "AAAAA") || strings.Count(masked, "****") != 3 {
				t.Errorf("masked:\n%s", masked)
			}
		})
	}
}

func TestUnattendTakesWhatTheLabSays(t *testing.T) {
	t.Parallel()
	s := later(labs.Windows2008R2)
	s.Edition, s.Language = "enterprise", "de-DE"
	for image, want := range map[string]string{
		"":                       "<Key>/IMAGE/INDEX</Key><Value>3</Value>",
		"7":                      "<Key>/IMAGE/INDEX</Key><Value>7</Value>",
		"SERVERENTERPRISE <new>": "<Key>/IMAGE/NAME</Key><Value>SERVERENTERPRISE &lt;new&gt;</Value>",
	} {
		s.Image = image
		file, diags := answer.Unattend(s)
		flat := regexp.MustCompile(`>\s+<`).ReplaceAllString(string(file.Reveal()), "><")
		if diags.Fatal() || !strings.Contains(flat, want) || !strings.Contains(flat, "<SystemLocale>de-DE<") {
			t.Errorf("image %q: %+v\n%s", image, diags, file.Masked())
		}
	}
}

func TestUnattendRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*answer.Setup)
		want   string
	}{
		"a system of another time": {func(s *answer.Setup) { s.OS = labs.Windows2003 }, "No answer file for this system"},
		"32 bits after 2008":       {func(s *answer.Setup) { s.Arch = labs.X86 }, "No such Windows"},
		"no such edition":          {func(s *answer.Setup) { s.Edition = "web" }, "Unknown edition"},
		"no such zone":             {func(s *answer.Setup) { s.TimeZone = 86 }, "Invalid time zone"},
		"no password":              {func(s *answer.Setup) { s.AdminPassword = labs.SecretValue{} }, "Administrator password missing"},
		"not ASCII":                {func(s *answer.Setup) { s.Owner = "Jürgen" }, "Value cannot be written into an answer file"},
		"a card nobody knows":      {func(s *answer.Setup) { s.Adapters[0].MAC = "" }, "Network card without an address"},
		"components":               {func(s *answer.Setup) { s.Components = []string{"iis"} }, "Component not in the box"},
		"a bad name":               {func(s *answer.Setup) { s.Computer = "EX 01" }, "Invalid computer name"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := later(labs.Windows2012R2)
			c.change(&s)
			file, diags := answer.Unattend(s)
			if !diags.Fatal() || diags[0].Summary != c.want || len(file.Reveal()) > 0 {
				t.Errorf("%+v", diags)
			}
		})
	}
}

// Whatever is in it, the file stays within what Setup documents, and each value
// arrives as it was.
func TestUnattendIsAlwaysReadable(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := later(rapid.SampledFrom([]labs.OS{labs.Windows2008R2, labs.Windows2016}).Draw(t, "os"))
		password := rapid.StringMatching(`[!-~]{1,40}`).Draw(t, "password")
		s.AdminPassword = labs.NewSecretValue(password)
		s.Owner = rapid.StringMatching(`[A-Za-z<>&"' ]{1,30}`).Draw(t, "owner")
		file, diags := answer.Unattend(s)
		if diags.Fatal() {
			if password == "*" {
				return
			}
			t.Fatalf("%+v", diags)
		}
		if problems := readUnattend(string(file.Reveal())); len(problems) > 0 {
			t.Fatal(strings.Join(problems, "\n"))
		}
		seen := map[string][]string{}
		if err := walkUnattend(string(file.Reveal()), func(_, _, path, value string) { seen[path] = append(seen[path], value) }); err != nil {
			t.Fatal(err)
		}
		if got := seen["UserAccounts/AdministratorPassword/Value"]; len(got) != 1 || got[0] != password {
			t.Fatalf("password %q became %q", password, got)
		}
		if got := seen["UserData/FullName"]; len(got) != 1 || got[0] != s.Owner {
			t.Fatalf("owner %q became %q", s.Owner, got)
		}
	})
}

// readUnattend holds a file against the table of documented settings. It
// shares nothing with the writer.
func readUnattend(text string) []string {
	raw, err := os.ReadFile("testdata/unattend-settings.txt")
	if err != nil {
		return []string{err.Error()}
	}
	types := map[string]string{}
	for line := range strings.Lines(string(raw)) {
		if f := strings.Fields(line); len(f) == 4 && f[0] != "#" {
			types[f[0]+" "+f[1]+" "+f[2]] = f[3]
		}
	}
	var problems []string
	if strings.Contains(strings.ReplaceAll(text, "\r\n", ""), "\n") {
		problems = append(problems, "a line does not end with CRLF")
	}
	err = walkUnattend(text, func(pass, component, path, value string) {
		setting := pass + " " + component + " " + path
		kind, ok := types[setting]
		if !ok {
			problems = append(problems, "no such setting: "+setting)
			return
		}
		if !fits(kind, value) {
			problems = append(problems, fmt.Sprintf("%s is %q, which is no %s", setting, value, kind))
		}
	})
	if err != nil {
		problems = append(problems, err.Error())
	}
	return problems
}

func fits(kind, value string) bool {
	switch kind {
	case "bool":
		return value == "true" || value == "false"
	case "int":
		_, err := strconv.Atoi(value)
		return err == nil
	case "mac":
		return regexp.MustCompile(`^([0-9A-F]{2}-){5}[0-9A-F]{2}$`).MatchString(value)
	case "prefix":
		_, err := netip.ParsePrefix(value)
		return err == nil
	case "address":
		_, err := netip.ParseAddr(value)
		return err == nil
	case "language":
		return regexp.MustCompile(`^[a-z]{2}-[A-Z]{2}$`).MatchString(value)
	case "computer":
		return regexp.MustCompile(`^[A-Z0-9-]{1,15}$`).MatchString(value)
	case "key":
		return regexp.MustCompile(`^([A-Z0-9]{5}-){4}[A-Z0-9]{5}$`).MatchString(value)
	}
	if size, ok := strings.CutPrefix(kind, "text("); ok {
		most, err := strconv.Atoi(strings.TrimSuffix(size, ")"))
		return err == nil && value != "" && len(value) <= most
	}
	return slices.Contains(strings.Split(kind, "|"), value)
}

// walkUnattend calls visit for each value. It is strict about what surrounds
// them: the namespace, the attributes of components, the order of the passes.
func walkUnattend(text string, visit func(pass, component, path, value string)) error {
	d := xml.NewDecoder(strings.NewReader(text))
	var trail []string
	var pass, component, value string
	leaf := false
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch x := token.(type) {
		case xml.StartElement:
			if x.Name.Space != "urn:schemas-microsoft-com:unattend" {
				return fmt.Errorf("%s is in the namespace %q", x.Name.Local, x.Name.Space)
			}
			trail, leaf, value = append(trail, x.Name.Local), true, ""
			switch len(trail) {
			case 2:
				pass = attribute(x, "pass")
			case 3:
				component = attribute(x, "name")
				if attribute(x, "publicKeyToken") != "31bf3856ad364e35" || attribute(x, "language") != "neutral" ||
					attribute(x, "versionScope") != "nonSxS" || !slices.Contains([]string{"amd64", "x86"}, attribute(x, "processorArchitecture")) {
					return fmt.Errorf("component %s has wrong attributes", component)
				}
			}
		case xml.CharData:
			value += string(x)
		case xml.EndElement:
			if leaf && len(trail) > 3 {
				visit(pass, component, strings.Join(trail[3:], "/"), value)
			}
			trail, leaf = trail[:len(trail)-1], false
		}
	}
}

func attribute(x xml.StartElement, name string) string {
	for _, a := range x.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}
