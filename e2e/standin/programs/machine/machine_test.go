package machine_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/doublehop/doublehop/e2e/standin/programs/machine"
)

func prefix(t *testing.T) *machine.Machine {
	t.Helper()
	root := t.TempDir()
	for _, folder := range []string{"/dosdevices", "/drive_c/Program Files/Exchsrvr"} {
		if err := os.MkdirAll(root+folder, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("../drive_c", root+"/dosdevices/c:"); err != nil {
		t.Fatal(err)
	}
	return &machine.Machine{Prefix: root}
}

func TestWindowsPathsAreFoundWithoutRegardToCase(t *testing.T) {
	m := prefix(t)
	c, err := filepath.EvalSymlinks(m.Prefix + "/drive_c")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []struct{ folder, path, want string }{
		{`C:\`, `c:\PROGRAM FILES\exchsrvr\New.txt`, c + "/Program Files/Exchsrvr/New.txt"},
		{`C:\program files`, `exchsrvr\..\x`, c + "/Program Files/x"},
		{`C:\program files`, `\x`, c + "/x"},
		{`C:\`, `"C:/Program Files"`, c + "/Program Files"},
		{`C:\`, `%SystemRoot%\debug`, c + "/WINDOWS/debug"},
	} {
		if got, err := m.Unix(p.folder, p.path); got != p.want || err != nil {
			t.Errorf("%s in %s: %q, %v", p.path, p.folder, got, err)
		}
	}
	for _, bad := range []string{`Q:\x`, ``} {
		if got, err := m.Unix(`C:\`, bad); err == nil {
			t.Errorf("%q gave %q", bad, got)
		}
	}
}

func TestTheRegistryKeepsWhatItHadAndTheLastValueCounts(t *testing.T) {
	file := t.TempDir() + "/system.reg"
	const before = "WINE REGISTRY Version 2\n\n[System\\\\ControlSet001\\\\Services\\\\Tcpip\\\\Parameters] 17\n#time=1\n\"Domain\"=\"\"\n\"Odd\"=\"a\\\\b\"\n"
	if err := os.WriteFile(file, []byte(before), 0o600); err != nil {
		t.Fatal(err)
	}
	err := machine.EditRegistry(file, []machine.Value{
		{Key: machine.TcpipKey, Name: "Domain", Type: "SZ", Data: "contoso.test"},
		{Key: machine.NTDSKey, Name: "Schema Version", Type: "DWORD", Data: "30"},
	})
	if err != nil {
		t.Fatal(err)
	}
	got, err := machine.ReadRegistry(file, machine.TcpipKey)
	if err != nil || got["domain"] != "contoso.test" || got["odd"] != `a\b` {
		t.Errorf("Tcpip: %v, %v", got, err)
	}
	if got, _ := machine.ReadRegistry(file, machine.NTDSKey); got["schema version"] != "30" {
		t.Errorf("NTDS: %v", got)
	}
}
