package answer

import (
	"github.com/doublehop/doublehop/labs"
)

// Upgrade is what Setup is told when it puts a later Windows over the one that
// is there.
type Upgrade struct {
	// OS is the later Windows, Arch that of the one that is there.
	OS   labs.OS
	Arch labs.Arch
	Key  labs.SecretValue
	// Origin is the step's block.
	Origin Origin
}

// UpgradeFile writes the file for an upgrade in place. Setup of Windows 2003,
// winnt32 /unattend:FILE, takes most of what it needs from the old system and
// ignores all but a few entries (KB186336 for NT 4.0; Microsoft's M. Hass for
// XP). Setup of Windows 2008 to 2012 R2, setup /unattend:FILE, allows for
// UpgradeData and nothing else (Unattended Windows Setup Reference). Later ones
// are told on the command line: for them the file is empty.
func UpgradeFile(u Upgrade) (File, labs.Diagnostics) {
	switch u.OS {
	case labs.Windows2003, labs.Windows2003R2:
		return u.winnt32()
	case labs.Windows2008, labs.Windows2008R2, labs.Windows2012, labs.Windows2012R2:
		arch := "amd64"
		if u.Arch == labs.X86 {
			arch = "x86"
		}
		root := element{name: "unattend", attrs: []string{"xmlns", "urn:schemas-microsoft-com:unattend"}, children: []element{
			(&Setup{}).pass("windowsPE", arch, el("Microsoft-Windows-Setup",
				el("UpgradeData", leaf("Upgrade", "true"), leaf("WillShowUI", "Never")))),
		}}
		return File{"UPGRADE.XML", root.document(false), root.document(true)}, nil
	default:
		return File{}, nil
	}
}

func (u Upgrade) winnt32() (File, labs.Diagnostics) {
	entries := []entry{
		{"Unattended", "UnattendMode", literal("FullUnattended")},
		{"Unattended", "NtUpgrade", literal("Yes")},
		{"Unattended", "OemPreinstall", literal("No")},
		{"Unattended", "OemSkipEula", literal("Yes")},
		{"Unattended", "DUDisable", literal("Yes")},
		{"Unattended", "NoWaitAfterTextMode", literal("1")},
		{"Unattended", "NoWaitAfterGUIMode", literal("1")},
	}
	var diags labs.Diagnostics
	if u.Key.Empty() {
		d := u.Origin.complaint("product_key", "Product key missing",
			"Setup of Windows Server 2003 waits at its key page when it is given none, unless the media brings one (KB250985). Set product_key.")
		d.Severity = labs.Warning
		diags = append(diags, d)
	} else {
		entries = append(entries, entry{"UserData", "ProductKey", given("product_key", u.Key.Reveal()).hush()})
	}
	file, more := write("UPGRADE.TXT", entries, u.Origin)
	return finish(file, append(diags, more...))
}
