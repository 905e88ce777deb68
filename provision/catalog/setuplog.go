package catalog

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// setupRun is the last run of setup in an ExchangeSetup.log: setup of Exchange
// 2007 and later appends each run to the file.
type setupRun struct {
	// version is setup's own, switches are those of the command line.
	version  string
	switches []string
	// failed are the readiness rules that did not hold, required their texts.
	failed   []failedRule
	required []string
	// errors are the lines marked as errors, without their stamps.
	errors []string
	// completed says that setup called its work a success, ended that it said
	// how it went at all.
	completed, ended bool
}

// failedRule is a readiness rule that did not hold.
type failedRule struct{ name, message string }

// The forms of the log's lines, as in the samples that Microsoft's own log
// reviewer is tested with (CSS-Exchange, SetupLogReviewer).
var (
	stamp        = regexp.MustCompile(`^\[\d\d/\d\d/\d{4} \d\d:\d\d:\d\d\.\d+\] \[\d+\] ?`)
	startLine    = regexp.MustCompile(`^Starting Microsoft Exchange Server .*Setup`)
	versionLine  = regexp.MustCompile(`^Setup version: ([\d.]+\d)\.?$`)
	switchLine   = regexp.MustCompile(`^Command Line Parameter Name='([^']*)', Value='([^']*)'`)
	failedLine   = regexp.MustCompile(`^Failed \[Rule:(\w+)\] \[Message:(.*)\]$`)
	ldifdeFailed = regexp.MustCompile(`There was an error while running 'ldifde\.exe' to import the schema file '(.*)'\. The error code is: (\d+)\. More details can be found in the error file: '(.*)'`)
	notReady     = regexp.MustCompile(`Setup encountered a problem while validating the state of Active Directory: (.*?)(?:\s+See the Exchange setup log.*)?$`)
)

// readSetupLog reads the last run. Lines may begin with the mark under which a
// job shows them.
func readSetupLog(lines []string) setupRun {
	var run setupRun
	for _, line := range lines {
		line = strings.TrimPrefix(strings.TrimRight(line, "\r\n "), logMark)
		text := strings.TrimSpace(stamp.ReplaceAllString(line, ""))
		if startLine.MatchString(text) {
			run = setupRun{}
		}
		run.read(text)
	}
	return run
}

func (r *setupRun) read(text string) {
	add := func(list *[]string, text string) {
		if text = strings.TrimSpace(text); text != "" && !slices.Contains(*list, text) {
			*list = append(*list, text)
		}
	}
	if m := versionLine.FindStringSubmatch(text); m != nil {
		r.version = m[1]
	} else if m := switchLine.FindStringSubmatch(text); m != nil {
		add(&r.switches, strings.TrimSuffix("/"+m[1]+":"+m[2], ":"))
	} else if m := failedLine.FindStringSubmatch(text); m != nil {
		if f := (failedRule{m[1], m[2]}); !slices.Contains(r.failed, f) {
			r.failed = append(r.failed, f)
		}
	} else if rest, ok := strings.CutPrefix(text, "[REQUIRED]"); ok {
		add(&r.required, rest)
	} else if rest, ok := strings.CutPrefix(text, "[ERROR]"); ok {
		add(&r.errors, rest)
	} else if strings.Contains(text, "setup operation completed successfully") {
		r.completed, r.ended = true, true
	} else if strings.Contains(text, "setup operation didn't complete") || strings.Contains(text, "setup operation did not complete") {
		r.completed, r.ended = false, true
	}
}

// reason is the sentence that says why the run failed; empty when the log
// gives none.
func (r *setupRun) reason() string {
	if r.completed {
		return ""
	}
	for _, e := range r.errors {
		if m := ldifdeFailed.FindStringSubmatch(e); m != nil {
			return fmt.Sprintf("ldifde could not import the schema file %s: error %s; %s on the machine names the object.", m[1], m[2], m[3])
		}
	}
	var rules []string
	for _, f := range r.failed {
		if !advice(f, r.required) {
			rules = append(rules, fmt.Sprintf("%s: %s%s", f.name, f.message, whatToDo(f.name)))
		}
	}
	if len(rules) > 0 {
		return "Setup's readiness rules do not hold. " + strings.Join(rules, " ")
	}
	for _, e := range r.errors {
		if m := notReady.FindStringSubmatch(e); m != nil {
			return "Setup does not find Active Directory as it must be: " + m[1]
		}
	}
	// The first errors tell of the script that failed, the last one of the cause.
	for _, e := range slices.Backward(r.errors) {
		if !strings.HasPrefix(e, "The following error was generated when") {
			return e
		}
	}
	if len(r.required) > 0 {
		return strings.Join(r.required, " ")
	}
	return ""
}

// whatToDo is what a lab can do about a readiness rule, for rules whose own
// words do not say it; in parentheses after a blank.
func whatToDo(rule string) string {
	for _, r := range readiness() {
		if slices.Contains(strings.Fields(r[0]), rule) {
			return " (" + r[1] + ")"
		}
	}
	return ""
}

// readiness are rules of setup (Exchange help, "Setup readiness checks"), and
// what a lab does about them.
func readiness() [][2]string {
	return [][2]string{
		{"PendingRebootWindowsComponents RebootPending UpdateNeedsReboot", "Restart the machine first."},
		{"SchemaUpdateRequired SchemaUpdateRequiredOnDcInOrg", "Use an account in the groups Schema Admins and Enterprise Admins."},
		{"AdUpdateRequired GlobalUpdateRequired", "Run prepare_ad of this release first."},
		{"LocalDomainPrep DomainPrepRequired DomainPrepWithoutADUpdate", "Run prepare_domain of this release for the machine's domain first."},
		{"NotInSchemaMasterDomain", "Run the step on a machine in the schema master's domain."},
		{"NotInSchemaMasterSite", "Run the step on a machine in the schema master's site."},
		{"ForestLevelNotWin2003Native", "Raise the forest's functional level with raise_level."},
		{"LocalDomainModeMixed RootDomainModeMixed PrepareDomainModeMixed", "Raise the domain's functional level with raise_level."},
		{"Exchange2000or2003PresentInOrg", "Remove the last server of Exchange 2000 and 2003 with exchange_remove; its object must be gone."},
		{"AdcFound", "Uninstall the Active Directory Connector; a stopped service is not enough."},
		{"E16E12CoexistenceMinVersionRequirement E16E14CoexistenceMinVersionRequirement E16E15CoexistenceMinVersionRequirement", "Bring the older servers up to date with exchange_update."},
		{"WinRMServiceDisabledOrNotInstalled MinimumFrameworkNotInstalled RsatAddsToolsInstalled W2K8R2PrepareSchemaLdifdeNotInstalled", "Add the part of Windows with components."},
		{"UnwillingToRemoveMailboxDatabase", "Move every mailbox away with move_mailboxes, those of the system too."},
		{"ComputerNotPartofDomain LoggedOntoDomain", "Let the machine join the domain, and log on to it."},
		{"InstallWatermark", "An earlier run of setup broke off. Go back to the stage before it."},
	}
}

// advice says that a rule was a warning: what must hold is repeated in a line
// marked as required.
func advice(f failedRule, required []string) bool {
	return len(required) > 0 && !slices.Contains(required, strings.TrimSpace(f.message))
}

// explainLater finds the reason of a failure in the lines that SETUPLOG.VBS
// showed of ExchangeSetup.log.
func explainLater(output []string) string {
	run := readSetupLog(output)
	if why := run.reason(); why != "" {
		return why
	}
	return explain("setup: ")(output)
}
