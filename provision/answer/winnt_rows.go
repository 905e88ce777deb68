package answer

import (
	"github.com/doublehop/doublehop/labs"
)

// row is one key of WINNT.SIF, with the systems that get it and where it is
// known from. The network's sections are made by (*Setup).network.
type row struct {
	section string
	// only are the systems that get it; empty means all.
	only   []labs.OS
	values func(*Setup) []keyed
	source string
}

// keyed is a key with its value.
type keyed struct {
	key   string
	value value
}

// set is a key that is the same on every machine; ask one that depends on it.
func set(section, key string, v value, source string, only ...labs.OS) row {
	return row{section, only, func(*Setup) []keyed { return []keyed{{key, v}} }, source}
}

func ask(section, key string, v func(*Setup) value, source string, only ...labs.OS) row { //nolint:unparam // every kind of row can be for one system
	return row{section, only, func(s *Setup) []keyed { return []keyed{{key, v(s)}} }, source}
}

// The public places that the rows are known from.
const (
	fromData      = "TechNet cc773148, [Data]"
	fromUnattend  = "TechNet cc755852, [Unattended]"
	fromGUI       = "TechNet cc755725, [GuiUnattended]"
	fromUser      = "TechNet cc772901, [UserData]"
	fromScripts   = "osinfo-db, Oz and avocado-vt install with it"
	fromDockur    = "dockur/windows installs with it"
	from2000Guide = "Microsoft Windows 2000 Guide to Unattended Setup, chapter 1"
)

// winntRows are the keys in the order of the file.
func winntRows() []row {
	const w2000, w2003 = labs.Windows2000, labs.Windows2003
	rows := []row{
		set("Data", "AutoPartition", literal("1"), fromScripts+"; text-mode Setup stops at the partition list without"),
		set("Data", "MsDosInitiated", phrase("0"), fromScripts+"; must be 0 when started from CD", w2003),
		set("Data", "MsDosInitiated", phrase("No"), "osinfo-db and Oz install Windows 2000 with it", w2000),
		set("Data", "UnattendedInstall", phrase("Yes"), fromData+": needed when started from CD"),
		set("Data", "AutomaticUpdates", literal("No"), fromData, w2003),

		set("Unattended", "UnattendMode", literal("FullUnattended"), "KB250985: no page is shown"),
		set("Unattended", "UnattendSwitch", phrase("Yes"), "a current tool saw Windows XP wait at Windows Welcome without it", w2003),
		set("Unattended", "OemSkipEula", literal("Yes"), fromScripts+"; the licence page waits for F8 without"),
		set("Unattended", "OemPreinstall", literal("No"), fromUnattend+": no $OEM$ folder"),
		set("Unattended", "TargetPath", literal(`\WINDOWS`), fromUnattend, w2003),
		set("Unattended", "TargetPath", literal(`\WINNT`), from2000Guide, w2000),
		set("Unattended", "Repartition", literal("Yes"), fromScripts+"; the first disk becomes one partition"),
		set("Unattended", "FileSystem", literal("ConvertNTFS"), "KB155197, "+fromDockur+"; Active Directory and Exchange need NTFS"),
		set("Unattended", "WaitForReboot", phrase("No"), fromScripts),
		set("Unattended", "NoWaitAfterTextMode", literal("1"), "KB155197, "+fromDockur),
		set("Unattended", "NoWaitAfterGUIMode", literal("1"), "KB155197, "+fromDockur),
		set("Unattended", "DriverSigningPolicy", literal("Ignore"), from2000Guide),
		set("Unattended", "DUDisable", literal("Yes"), "public answer files for Windows Server 2003; no Dynamic Update", w2003),
		set("Unattended", "CrashDumpSetting", literal("1"), "avocado-vt installs with it", w2003),
		set("Unattended", "Hibernation", literal("No"), fromDockur, w2003),
	}
	rows = append(rows, personalRows(w2000, w2003)...)
	return append(rows,
		set("RegionalSettings", "LanguageGroup", literal("1"), "osinfo-db and Oz install Windows 2000 with it", w2000),
		set("Display", "BitsPerPel", literal("16"), "avocado-vt installs with it"),
		set("Display", "XResolution", literal("1024"), "avocado-vt installs with it"),
		set("Display", "YResolution", literal("768"), "avocado-vt installs with it"),
		set("Identification", "JoinWorkgroup", literal("WORKGROUP"), fromScripts),
		row{"Components", nil, componentValues, "TechNet cc755697; Exchange 2003 Deployment Guide, prerequisites"},
		row{"NetOptionalComponents", nil, networkComponentValues, "TechNet cc755697, [NetOptionalComponents]"},
		set("WindowsFirewall", "Profiles", literal("WindowsFirewall.TurnOffFirewall"),
			"TechNet cc757061: with it Post-Setup Security Updates does not block the first logon", w2003),
		set("WindowsFirewall.TurnOffFirewall", "Mode", literal("0"), fromScripts, w2003),
		set("GuiRunOnce", "Command0", phrase(StartCommand), "TechNet cc772935: quoted; entries after a reboot are lost, so there is one"),
	)
}

// personalRows are the keys that hold what the lab file says.
func personalRows(w2000, w2003 labs.OS) []row {
	key := func(s *Setup) value { return given("product_key", s.ProductKey.Reveal()).hush() }
	rows := []row{
		ask("GuiUnattended", "AdminPassword",
			func(s *Setup) value { return given("admin_password", s.AdminPassword.Reveal()).hush() }, fromGUI),
		set("GuiUnattended", "EncryptedAdminPassword", literal("No"), fromScripts, w2003),
		set("GuiUnattended", "AutoLogon", literal("Yes"), fromGUI),
		set("GuiUnattended", "AutoLogonCount", literal("1000"), "KB221477; avocado-vt installs with it"),
		set("GuiUnattended", "OEMSkipRegional", literal("1"), fromScripts),
		set("GuiUnattended", "OemSkipWelcome", literal("1"), fromScripts),
		ask("GuiUnattended", "TimeZone", func(s *Setup) value { return number(s.TimeZone) }, fromScripts),
		set("GuiUnattended", "ServerWelcome", literal("No"), "Reference of the deployment tools (ref.chm): no Manage Your Server", w2003),

		{"UserData", []labs.OS{w2003}, unlessEmpty("ProductKey", key), fromUser},
		{"UserData", []labs.OS{w2000}, unlessEmpty("ProductID", key), "KB250985 names it ProductID for Windows 2000"},
		ask("UserData", "FullName", func(s *Setup) value { return given("owner", s.Owner) }, fromUser),
		ask("UserData", "OrgName", func(s *Setup) value { return given("organization", s.Organization) }, fromUser),
		ask("UserData", "ComputerName", func(s *Setup) value { return given("computer_name", s.Computer) }, fromUser),

		{"LicenseFilePrintData", nil, licences, fromScripts + "; Setup of a server stops at its licensing page without"},
	}
	return rows
}

func unlessEmpty(key string, v func(*Setup) value) func(*Setup) []keyed {
	return func(s *Setup) []keyed {
		if v(s).text == "" {
			return nil
		}
		return []keyed{{key, v(s)}}
	}
}

func licences(s *Setup) []keyed {
	if s.Licenses == 0 {
		return []keyed{{"AutoMode", literal("PerSeat")}}
	}
	return []keyed{{"AutoMode", literal("PerServer")}, {"AutoUsers", number(s.Licenses)}}
}
