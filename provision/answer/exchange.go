package answer

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/doublehop/doublehop/labs"
)

// Exchange is what the server setup of Exchange 2000 or 2003 is told.
type Exchange struct {
	// Organization is the Exchange organization: the first server makes it.
	Organization string
	// Group is the administrative group; empty means the one that every
	// organization begins with.
	Group string
	// Folder is where Exchange goes; empty means its own default.
	Folder string
	// ProductKey may be empty for media that asks for none.
	ProductKey labs.SecretValue
	// Text is the file that was recorded; see [ExchangeSetup].
	Text string
	// Origin is the step's block.
	Origin Origin
}

// FirstGroup is the administrative group that every organization begins with,
// in English.
const FirstGroup = "First Administrative Group"

// ExchangeFolder is where setup puts Exchange 2000 and 2003 by itself.
const ExchangeFolder = `C:\Program Files\Exchsrvr`

// ExchangeSetup fills in the file for `SETUP.EXE /UnattendFile FILE`.
//
// Microsoft never published this file's keys: setup records one with
// /CreateUnattend while a person walks through the wizard. It is taken as it
// is, with @ORGANIZATION@, @GROUP@, @FOLDER@ and @PRODUCT_KEY@ replaced, so
// that no key need stand in it.
func ExchangeSetup(e Exchange) (File, labs.Diagnostics) {
	diags := e.Check()
	file, more := e.recorded()
	return finish(file, append(diags, more...))
}

// Check says what setup would not take as a name or a folder. An empty group or
// folder becomes setup's own.
func (e *Exchange) Check() labs.Diagnostics {
	if e.Group == "" {
		e.Group = FirstGroup
	}
	if e.Folder == "" {
		e.Folder = ExchangeFolder
	}
	var diags labs.Diagnostics
	add := func(argument, summary, format string, args ...any) {
		diags = append(diags, e.Origin.complaint(argument, summary, fmt.Sprintf(format, args...)))
	}
	if why := directoryName(e.Organization); why != "" {
		add("organization", "Invalid organization name", "The Exchange organization %q %s.", e.Organization, why)
	}
	if why := directoryName(e.Group); why != "" {
		add("administrative_group", "Invalid administrative group", "The administrative group %q %s.", e.Group, why)
	}
	if len(e.Folder) < 4 || !letter(e.Folder[0]) || e.Folder[1:3] != `:\` || strings.ContainsAny(e.Folder[3:], `/:*?"<>|`) {
		add("folder", "Invalid folder", "%q is no absolute path of Windows, such as %s.", e.Folder, ExchangeFolder)
	}
	return diags
}

func letter(b byte) bool { return b|0x20 >= 'a' && b|0x20 <= 'z' }

// directoryName says what keeps name from being the name of an Exchange
// organization or administrative group. The limit and the signs are those that
// the documentation of /OrganizationName gives for later versions.
func directoryName(name string) string {
	if name == "" || len(name) > 64 {
		return "must have 1 to 64 characters"
	}
	if i := strings.IndexAny(name, "~`!@#$%^&*()_+={}[]|\\:;\"'<>,.?/"); i >= 0 {
		return fmt.Sprintf("has %q; it may have letters, digits, - and spaces", name[i])
	}
	return ""
}

// blank is a place to fill in of a recorded file.
var blank = regexp.MustCompile(`@([A-Z_]+)@`)

// recorded fills in a file that the lab's author gave.
func (e *Exchange) recorded() (File, labs.Diagnostics) {
	const summary = "Unattend file cannot be used"
	var diags labs.Diagnostics
	add := func(argument, format string, args ...any) {
		diags = append(diags, e.Origin.complaint(argument, summary, fmt.Sprintf(format, args...)))
	}
	source := strings.ReplaceAll(strings.ReplaceAll(e.Text, "\r\n", "\n"), "\n", "\r\n")
	odd := func(r rune) bool { return r > '~' || r < ' ' && r != '\r' && r != '\n' && r != '\t' }
	if i := strings.IndexFunc(source, odd); i >= 0 {
		add("unattend", "Line %d has a sign that is not plain ASCII. Save the file in ASCII.", 1+strings.Count(source[:i], "\n"))
	}
	fill := func(masked bool) string {
		return blank.ReplaceAllStringFunc(source, func(name string) string {
			v, ok := e.blanks()[strings.Trim(name, "@")]
			why := unsafe(v)
			switch {
			case !ok && !masked:
				add("unattend", "%s is none of the names that are filled in: @ORGANIZATION@, @GROUP@, @FOLDER@ and @PRODUCT_KEY@.", name)
			case ok && v.text == "" && !masked:
				add(v.argument, "%s is to be filled in, and there is no value for it.", name)
			case why != "" && !masked:
				add(v.argument, "%s cannot be filled in: %s.", name, why)
			}
			v.quoted = false
			return v.render(masked)
		})
	}
	file := File{"EXSETUP.INI", fill(false), fill(true)}
	if diags.Fatal() {
		return File{}, diags
	}
	return file, nil
}

// blanks are the values that a recorded file can ask for.
func (e *Exchange) blanks() map[string]value {
	return map[string]value{
		"ORGANIZATION": given("organization", e.Organization),
		"GROUP":        given("administrative_group", e.Group),
		"FOLDER":       given("folder", e.Folder),
		"PRODUCT_KEY":  given("product_key", e.ProductKey.Reveal()).hush(),
	}
}
