package hive_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/doublehop/doublehop/e2e/standin/platform/hive"
)

const before = `WINE REGISTRY Version 2
;; All keys relative to REGISTRY\\Machine

#arch=win32

[Software\\Microsoft\\Windows NT\\CurrentVersion\\Winlogon] 1700000000
#time=1da0
"AutoAdminLogon"="1"
"AutoLogonCount"=dword:000003e8
"DefaultPassword"="a\\b\"c"

[System\\ControlSet001\\Control] 1700000000
"x"="y"
`

func edited(t *testing.T, edit func(*hive.Hive)) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "system.reg")
	if err := os.WriteFile(path, []byte(before), 0o600); err != nil {
		t.Fatal(err)
	}
	h, err := hive.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	edit(h)
	if err := h.Save(); err != nil {
		t.Fatal(err)
	}
	after, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(after)
}

func TestValuesAreReadWithoutRegardToCase(t *testing.T) {
	edited(t, func(h *hive.Hive) {
		for _, c := range []struct{ key, name, want string }{
			{`SOFTWARE\Microsoft\Windows NT\CurrentVersion\Winlogon`, "autologoncount", "1000"},
			{`Software\Microsoft\Windows NT\CurrentVersion\WINLOGON`, "DefaultPassword", `a\b"c`},
			{`SYSTEM\CurrentControlSet\Control`, "X", "y"},
			{`SYSTEM\CurrentControlSet\Control`, "AutoAdminLogon", ""},
			{`SYSTEM\CurrentControlSet`, "x", ""},
		} {
			if got, ok := h.Get(c.key, c.name); got != c.want || ok != (c.want != "") {
				t.Errorf("%s %s: %q %v, want %q", c.key, c.name, got, ok, c.want)
			}
		}
	})
}

func TestOnlyWhatIsWrittenChanges(t *testing.T) {
	const winlogon = `Software\Microsoft\Windows NT\CurrentVersion\Winlogon`
	got := edited(t, func(h *hive.Hive) {
		h.SetString(winlogon, "AutoAdminLogon", "0")
		h.Delete(winlogon, "AutoLogonCount")
		h.Delete(winlogon, "nothing")
		h.SetString(winlogon, "DefaultUserName", "Administrator")
		h.SetNumber(`System\CurrentControlSet\Control`, "n", 31)
		h.SetString(`Software\New\Key`, "a", `C:\"x"`)
	})
	want := `WINE REGISTRY Version 2
;; All keys relative to REGISTRY\\Machine

#arch=win32

[Software\\Microsoft\\Windows NT\\CurrentVersion\\Winlogon] 1700000000
#time=1da0
"AutoAdminLogon"="0"
"DefaultPassword"="a\\b\"c"
"DefaultUserName"="Administrator"

[System\\ControlSet001\\Control] 1700000000
"x"="y"
"n"=dword:0000001f

[Software\\New\\Key] 0
"a"="C:\\\"x\""
`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("file (-want +got):\n%s", diff)
	}
}
