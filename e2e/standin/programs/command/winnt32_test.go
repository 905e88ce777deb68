package command_test

import (
	"os"
	"strings"
	"testing"
)

const (
	winnt32  = `D:\I386\WINNT32.EXE `
	upgrades = `[Unattended]
UnattendMode=FullUnattended
NtUpgrade=Yes
OemSkipEula=Yes
DUDisable=Yes

[UserData]
ProductKey="DHQ2K-DHQ2K-DHQ2K-DHQ2K-DHQ2K"
`
)

// upgradeable is a machine of Windows 2000 with the disc of Windows 2003 in D:.
func upgradeable(t *testing.T, b *box) *box {
	t.Helper()
	b.windows2000()
	table, err := os.ReadFile("../../cd/windows/windows-2003-sp2.txt")
	check(t, err)
	root, err := b.guest.Machine.Unix(`C:`, `D:\`)
	check(t, err)
	check(t, os.MkdirAll(root+"/STANDIN", 0o755))
	check(t, os.WriteFile(root+"/STANDIN/WINDOWS.TXT", table, 0o600))
	b.file(`C:\UPGRADE.TXT`, upgrades)
	return b
}

func TestWindowsIsUpgradedAtTheNextStart(t *testing.T) {
	b := upgradeable(t, (&lan{t: t}).machine("EX00", "10.66.0.20"))
	b.run(0, winnt32+"/checkupgradeonly /unattend")
	b.says(b.read(`C:\WINDOWS\upgrade.txt`), "Upgrade Report")
	if b.power != "" {
		t.Fatal("the check restarts the machine")
	}
	b.run(0, winnt32+`/unattend:C:\UPGRADE.TXT`)
	table, err := os.ReadFile(b.guest.Machine.Folder + "/upgrade.txt")
	if err != nil || !strings.Contains(string(table), "os=windows-2003") || b.power != "reboot" {
		t.Errorf("power %q, table %q: %v", b.power, table, err)
	}
}

func TestWindowsIsNotUpgraded(t *testing.T) {
	member := func(change func(b *box)) func(*testing.T) *box {
		return func(t *testing.T) *box {
			b := upgradeable(t, (&lan{t: t}).machine("EX00", "10.66.0.20"))
			change(b)
			return b
		}
	}
	for why, make := range map[string]func(*testing.T) *box{
		"Microsoft Exchange 2000 Server is installed": member(func(b *box) { b.guest.Machine.Exchange = "exchange-2000-sp3" }),
		"run adprep /forestprep":                      func(t *testing.T) *box { return upgradeable(t, (&lan{t: t}).founded("5.0")) },
		"Your Product Key":                            member(func(b *box) { b.file(`C:\UPGRADE.TXT`, strings.Replace(upgrades, "DHQ2K-", "DHQ3K-", 1)) }),
		"oemskipeula is not Yes":                      member(func(b *box) { b.file(`C:\UPGRADE.TXT`, strings.Replace(upgrades, "OemSkipEula=Yes\n", "", 1)) }),
		"does not support upgrading":                  member(func(b *box) { b.guest.Machine.Windows = "windows-2008r2" }),
	} {
		t.Run(why, func(t *testing.T) {
			b := make(t)
			b.run(1, winnt32+`/unattend:C:\UPGRADE.TXT`, why)
			b.says(b.read(`C:\WINDOWS\winnt32.log`), why)
			if b.power != "" {
				t.Error("it restarts all the same")
			}
		})
	}
}
