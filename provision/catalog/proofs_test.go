package catalog

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// output is a program's recorded output in testdata/output.
func output(t *testing.T, name string) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "output", name))
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(string(text), "\n")
}

func TestProofsReadRecordedOutput(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		proof Proof
		file  string
		want  string
		err   string // what the error must say; it always says what was expected
	}{
		{"net share in English", shared("n", "F", "NETLOGON"), "net-share-en.txt", `C:\WINDOWS\sysvol\sysvol\contoso.test\SCRIPTS`, ""},
		{"net share in German", shared("n", "F", "SYSVOL"), "net-share-de.txt", `C:\WINDOWS\sysvol\sysvol`, ""},
		{"a share that is only part of a name", shared("n", "F", "SYS"), "net-share-en.txt", "", "listed Share"},
		{"a share named in a remark", shared("n", "F", "Logon"), "net-share-en.txt", "", "expected the share Logon"},
		{"no shares", shared("n", "F", "SYSVOL"), "empty.txt", "", "listed nothing"},
		{"a running service", running("n", "F", "MSExchangeIS"), "sc-running.txt", "running", ""},
		{"a service in German", running("n", "F", "W3SVC"), "sc-de.txt", "running", ""},
		{"a stopped service", running("n", "F", "W3SVC"), "sc-stopped.txt", "", "it is stopped"},
		{"a starting service", running("n", "F", "W3SVC"), "sc-pending.txt", "", "it is start pending"},
		{"no such service", running("n", "F", "W3SVC"), "sc-absent.txt", "", "there is no such service"},
		{"noise for a service", running("n", "F", "W3SVC"), "noise.txt", "", "sc query said"},
		{"reg.exe of 2003", registered("n", "F", "SysvolReady", "1"), "reg-2003.txt", "0x1", ""},
		{"reg.exe of Wine", registered("n", "F", "sysvolready", "0x1"), "reg-wine.txt", "0x1", ""},
		{"another number", registered("n", "F", "SysvolReady", "0"), "reg-2003.txt", "", `read "0x1"`},
		{"a name and data with blanks", registered("n", "F", "Default Name", `c:\program files\x y`), "reg-2003.txt", `C:\Program Files\x y`, ""},
		{"empty data", registered("n", "F", "Empty", ""), "reg-2003.txt", "", ""},
		{"no such value", registered("n", "F", "Sysvol", "1"), "reg-2003.txt", "", "no such value"},
		{"reg.exe fails", registered("n", "F", "SysvolReady", "1"), "reg-absent.txt", "", "no such value"},
		{"schema", atLeast("n", "F", "objectVersion", 30), "ldif-schema.txt", "30", ""},
		{"a newer schema", atLeast("n", "F", "objectVersion", 13), "ldif-schema.txt", "30", ""},
		{"an older schema", atLeast("n", "F", "objectVersion", 31), "ldif-schema.txt", "", "read 30 from CN=Schema"},
		{"no attribute", atLeast("n", "F", "rangeUpper", 1), "ldif-schema.txt", "", "has no rangeUpper"},
		{"no number", atLeast("n", "F", "changetype", 1), "ldif-schema.txt", "", `"add", which is no number`},
		{"no object", atLeast("n", "F", "objectVersion", 30), "empty.txt", "", "found no such object"},
		{"an object cut short", atLeast("n", "F", "objectVersion", 30), "ldif-cut.txt", "", "cannot be read"},
		{"a name", called("n", "F", "ex01"), "ldif-server.txt", "EX01", ""},
		{"another name", called("n", "F", "EX02"), "ldif-server.txt", "", `read "EX01"`},
		{"noise for LDIF", called("n", "F", "EX01"), "noise.txt", "", "cannot be read"},
		{"noise for net share", shared("n", "F", "SYSVOL"), "noise.txt", "", "expected the share SYSVOL"},
		{"noise for the registry", registered("n", "F", "x", "y"), "noise.txt", "", "no such value"},
	} {
		value, err := c.proof.Read(output(t, c.file))
		switch {
		case (err == nil) != (c.err == ""):
			t.Errorf("%s: error %v, want %q", c.name, err, c.err)
		case err != nil && !strings.Contains(err.Error(), c.err):
			t.Errorf("%s: the error says %q, want %q in it", c.name, err, c.err)
		case err != nil && !strings.HasPrefix(err.Error(), "expected "):
			t.Errorf("%s: the error does not say what was expected: %q", c.name, err)
		case err != nil && strings.ContainsAny(err.Error(), "\x00\x1b\x07\r\n"):
			t.Errorf("%s: the error carries control characters of the guest: %q", c.name, err)
		case err == nil && value != c.want:
			t.Errorf("%s: read %q, want %q", c.name, value, c.want)
		}
	}
}

func TestExplainSetup(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, output, want string }{
		{"nothing", "", ""},
		{"harmless errors only", "log: [03:00:00] Error code 0XC0070424 (1060): no service\nlog: All previous errors were ignored", ""},
		{
			"the last failure", "log: [1:00:00] Setup failed while installing sub-component A with error code 0x1\nlog: x\nlog: [1:00:01] Setup failed while installing sub-component B with error code 0x2\nlog: y",
			"Setup failed while installing sub-component B with error code 0x2",
		},
		{"reasons", "log: [1:00:00] The component \"A\" cannot be assigned the action \"B\" because:\nlog: [1:00:00] \t- C\nlog: \t- D\nlog: z", `The component "A" cannot be assigned the action "B" because: C. D.`},
		{"our own words", "Setup ended with 9\nsetup: it ended with 9 and wrote no log", "setup: it ended with 9 and wrote no log"},
	} {
		if got := explainSetup(strings.Split(c.output, "\n")); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
