package catalog_test

import (
	"strings"
	"testing"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/catalog"
)

// explainOf is how a step explains what its job said.
func explainOf(t testing.TB, kind, media string) func([]string) string {
	t.Helper()
	entry, _ := catalog.Find(kind)
	w := hop(&testing.T{})
	work, _ := entry.Work(w.step(kind, "dc01", args{"media": labs.MediaRef(media)}))
	return work.Explain
}

// asShown is a log as a job shows it.
func asShown(log string) []string {
	var lines []string
	for l := range strings.SplitSeq(strings.TrimSuffix(log, "\n"), "\n") {
		lines = append(lines, "log: "+l)
	}
	return lines
}

func TestExchangeSetupLogIsExplained(t *testing.T) {
	t.Parallel()
	explain := explainOf(t, "prepare_schema", "exchange-2016-cu23")
	for _, c := range []struct{ name, log, want string }{
		{"a run that went well", logRun("2016", logDone), ""},
		{
			"a readiness rule, and a warning beside it", logRun("2016", logNotReady),
			"Setup's readiness rules do not hold. SchemaUpdateRequired: The schema is old, and this account is not in the group Schema Admins. (Use an account in the groups Schema Admins and Enterprise Admins.)",
		},
		{
			"a restart that waits", logRun("2019", logPending),
			"Setup's readiness rules do not hold. PendingRebootWindowsComponents: There is a pending reboot of a Windows feature. Please restart the computer and run Setup again. (Restart the machine first.)",
		},
		{"the script that failed is not the reason", logRun("2013", logBroken), "Cannot start service MSExchangeServiceHost on computer '.'."},
		{
			"a schema file that ldifde refuses", logRun("2016", logLDIF),
			`ldifde could not import the schema file C:\Windows\Temp\ExchangeSetup\Setup\Data\PostExchange2003_schema80.ldf: error 8245; C:\Users\Han\AppData\Local\Temp\ldif.err on the machine names the object.`,
		},
		{"no domain controller", logRun("2010", logNoDirectory), "Setup does not find Active Directory as it must be: Could not find any Domain Controller in domain contoso.test."},
		{"only the last run counts", logRun("2016", logBroken) + logRun("2016", logDone), ""},
		{"only the last run counts, the other way", logRun("2016", logDone) + logRun("2016", logBroken), "Cannot start service MSExchangeServiceHost on computer '.'."},
		{"a run that was cut", logRun("2016", "[1] Setup is doing something\n"), ""},
		{"nothing", "", ""},
	} {
		if got := explain(asShown(c.log)); got != c.want {
			t.Errorf("%s:\ngot  %s\nwant %s", c.name, got, c.want)
		}
		if got := explain(strings.Split(c.log, "\n")); got != c.want {
			t.Errorf("%s, as it stands in the file:\ngot  %s\nwant %s", c.name, got, c.want)
		}
	}
	if got := explain([]string{"Setup ended with 1", "setup: the Exchange disc with Setup\\ServerRoles is in no drive"}); got != `setup: the Exchange disc with Setup\ServerRoles is in no drive` {
		t.Errorf("the script's own word became %q", got)
	}
}

func TestProgressLogIsExplained(t *testing.T) {
	t.Parallel()
	explain := explainOf(t, "forestprep", "exchange-2003")
	// In the form of the progress log's lines that KB273742 and KB178975 quote.
	for _, c := range []struct{ name, log, want string }{
		{"a run that went well, with harmless errors", "[14:03:00]  Entering HrOpenSCManager\n[14:03:01]  ScOpenService (x)\n Error code 0XC0070424 (1060): The specified service does not exist as an installed service.\n[14:03:02]  All errors were ignored\n[14:04:00]  Setup completed successfully\n", ""},
		{
			"a sub-component that failed",
			"[14:03:00]  Entering CAtomSchema::ScAdd\n[14:03:01]  CAtomSchema::ScAdd (x)\n Error code 0X80072030 (8240): There is no such object on the server.\n[14:03:02]  mode = 'Install' (61953) CBaseAtom::ScSetup (y)\n" +
				"[14:03:03]  Setup failed while installing sub-component Microsoft Exchange Schema with error code 0x80072030 (please consult the installation logs for a detailed description).\n[14:03:04]  Leaving\n",
			"Setup failed while installing sub-component Microsoft Exchange Schema with error code 0x80072030 (please consult the installation logs for a detailed description).",
		},
		{
			"what is missing",
			"[14:03:00]  The component \"Microsoft Exchange Messaging and Collaboration Services\" cannot be assigned the action \"Install\" because:\n[14:03:00]  - IIS is not installed\n[14:03:00]  - Setup requires the NNTP component\n[14:03:00]  Prerequisites for Messaging failed\n",
			`The component "Microsoft Exchange Messaging and Collaboration Services" cannot be assigned the action "Install" because: IIS is not installed. Setup requires the NNTP component.`,
		},
	} {
		if got := explain(asShown(c.log)); got != c.want {
			t.Errorf("%s:\ngot  %s\nwant %s", c.name, got, c.want)
		}
	}
}

// FuzzExplain gives the readers of logs anything.
func FuzzExplain(f *testing.F) {
	for _, log := range []string{logDone, logNotReady, logPending, logBroken, logLDIF, logNoDirectory, setupBad, setupNot} {
		f.Add(logRun("2016", log))
	}
	f.Add("log: [1] Failed [Rule:] [Message:")
	explains := []func([]string) string{
		explainOf(f, "prepare_schema", "exchange-2016-cu23"), explainOf(f, "forestprep", "exchange-2003"), explainOf(f, "exchange_update", "exchange-2010-sp3-ru22"),
	}
	f.Fuzz(func(t *testing.T, log string) {
		for _, explain := range explains {
			if explain == nil {
				continue
			}
			if why := explain(strings.Split(log, "\n")); strings.ContainsAny(why, "\n\r") {
				t.Errorf("an explanation of several lines: %q", why)
			}
		}
	})
}

// FuzzProofs gives the readers of proofs anything.
func FuzzProofs(f *testing.F) {
	f.Add("dn: CN=x\ncn: x\nserialNumber: Version 6.5 (Build 7638.2: Service Pack 2)\nrangeUpper: 1\n")
	f.Add("DisplayName : a\nItemCount : 1\nsent 4\nleft 0\n12 CN=Store,CN=x\nstatus: 200\nState: Clean Shutdown\n")
	var proofs []catalog.Proof
	for _, job := range exchangeJobs() {
		w := hop(&testing.T{})
		entry, _ := catalog.Find(job.kind)
		work, _ := entry.Work(w.step(job.kind, job.on, job.args))
		proofs = append(proofs, work.Proofs...)
	}
	f.Fuzz(func(t *testing.T, text string) {
		lines := strings.Split(text, "\n")
		for _, p := range proofs {
			if value, err := p.Read(lines); err != nil && value != "" {
				t.Errorf("%s: an error and the value %q", p.Name, value)
			}
		}
	})
}
