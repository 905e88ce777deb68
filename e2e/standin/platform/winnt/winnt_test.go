package winnt_test

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/doublehop/doublehop/e2e/standin/platform/release"
	"github.com/doublehop/doublehop/e2e/standin/platform/winnt"
)

const good = `[Data]
AutoPartition=1
MsDosInitiated="0"
UnattendedInstall="Yes"
[Unattended]
UnattendMode=FullUnattended
OemSkipEula=Yes
OemPreinstall=No
TargetPath=\WINDOWS
Repartition=Yes
FileSystem=ConvertNTFS
[GuiUnattended]
AdminPassword="Passw0rd!"
EncryptedAdminPassword=No
AutoLogon=Yes
AutoLogonCount=1000
OEMSkipRegional=1
TimeZone=85
[UserData]
ProductKey="DHQ2K-DHQ2K-DHQ2K-DHQ2K-DHQ2K"
FullName="Lab"
OrgName="Lab"
ComputerName=dc01
[LicenseFilePrintData]
AutoMode=PerServer
AutoUsers=5
[Identification]
JoinWorkgroup=WORKGROUP
[Networking]
InstallDefaultComponents=No
[NetAdapters]
Adapter01=params.Adapter01
[params.Adapter01]
InfID="*"
[NetProtocols]
MS_TCPIP=params.MS_TCPIP
[params.MS_TCPIP]
DNS=Yes
AdapterSections=params.MS_TCPIP.Adapter01
[params.MS_TCPIP.Adapter01]
SpecificTo=Adapter01
DHCP=No
IPAddress=10.20.0.10
SubnetMask=255.255.255.0
DNSServerSearchOrder=10.20.0.10,10.20.0.11
[Components]
netoc=On
iis_www=On
SCW=Off
[NetOptionalComponents]
DNS=1
[GuiRunOnce]
Command0="cmd /c A:\START.CMD"
`

func crlf(text string) []byte { return []byte(strings.ReplaceAll(text, "\n", "\r\n")) }

func windows2003() release.Release {
	return release.Release{Version: "5.2", Answers: release.Winnt, Folder: `\WINDOWS`}
}

func TestACompleteFileIsNotStopped(t *testing.T) {
	got, text, gui := winnt.Interrogate(crlf(good), windows2003())
	if text != nil || gui != nil {
		t.Fatalf("stopped: %v %v", text, gui)
	}
	want := winnt.Answers{
		Computer: "DC01", Owner: "Lab", Password: "Passw0rd!", Workgroup: "WORKGROUP", Autologon: 1000,
		Adapters: []winnt.Adapter{{
			Address: netip.MustParsePrefix("10.20.0.10/24"),
			DNS:     []netip.Addr{netip.MustParseAddr("10.20.0.10"), netip.MustParseAddr("10.20.0.11")},
		}},
		Components: []string{"netoc", "iis_www", "dns"},
		RunOnce:    []string{`cmd /c A:\START.CMD`},
	}
	opts := cmp.Options{
		cmpopts.IgnoreFields(winnt.Answers{}, "KeyDigest"), cmpopts.EquateComparable(netip.Addr{}, netip.Prefix{}),
	}
	if diff := cmp.Diff(want, got, opts); diff != "" {
		t.Errorf("answers (-want +got):\n%s", diff)
	}
	if len(got.KeyDigest) != 64 {
		t.Errorf("key digest %q", got.KeyDigest)
	}
}

func TestSetupStopsWhereWindowsWould(t *testing.T) {
	for name, c := range map[string]struct {
		from, to string // the change to the good file
		gui      bool
		title    string
	}{
		"line feeds alone":              {"[Data]\n", "[Data]\n\x00", false, "Welcome to Setup."},
		"no Unattended header":          {"[Unattended]\n", "", false, "Welcome to Setup."},
		"not unattended":                {`UnattendedInstall="Yes"`, `UnattendedInstall="No"`, false, "Welcome to Setup."},
		"attended mode":                 {"FullUnattended", "GuiAttended", false, "Welcome to Setup."},
		"local sources":                 {`MsDosInitiated="0"`, `MsDosInitiated="1"`, false, "Setup cannot find a set"},
		"the licence agreement":         {"OemSkipEula=Yes\n", "", false, "Windows Licensing Agreement"},
		"the partition list":            {"AutoPartition=1\n", "", false, "The following list shows"},
		"another folder":                {`TargetPath=\WINDOWS`, `TargetPath=\WINNT`, false, "Setup installs Windows files"},
		"the regional page":             {"OEMSkipRegional=1\n", "", true, "Regional"},
		"no owner":                      {"FullName=\"Lab\"\n", "", true, "Personalize"},
		"no product key":                {"ProductKey=", "ProductID=", true, "Your Product Key"},
		"a wrong product key":           {"DHQ2K-DHQ2K\"", "DHQ2K-DHQ3K\"", true, "Your Product Key"},
		"a key with a letter it cannot": {"DHQ2K-DHQ2K\"", "DHQ2K-DHA2K\"", true, "Your Product Key"},
		"no licensing section":          {"[LicenseFilePrintData]\nAutoMode=PerServer\nAutoUsers=5\n", "", true, "Licensing Modes"},
		"per server without users":      {"AutoUsers=5\n", "", true, "Licensing Modes"},
		"a long computer name":          {"=dc01", "=dc01-and-much-more", true, "Computer Name"},
		"no password":                   {"AdminPassword=\"Passw0rd!\"\n", "", true, "Computer Name"},
		"no time zone":                  {"TimeZone=85\n", "", true, "Date and Time"},
		"no network":                    {"[Networking]\nInstallDefaultComponents=No\n", "", true, "Networking"},
		"a broken chain":                {"SpecificTo=Adapter01", "SpecificTo=Adapter02", true, "Networking"},
		"no address":                    {"IPAddress=10.20.0.10\n", "", true, "Networking"},
		"a mask with holes":             {"255.255.255.0", "255.0.255.0", true, "Networking"},
		"no workgroup":                  {"JoinWorkgroup=WORKGROUP\n", "", true, "Workgroup"},
	} {
		t.Run(name, func(t *testing.T) {
			changed := strings.Replace(good, c.from, c.to, 1)
			if changed == good {
				t.Fatal("the change changes nothing")
			}
			_, text, gui := winnt.Interrogate(crlf(changed), windows2003())
			got, other := text, gui
			if c.gui {
				got, other = gui, text
			}
			if other != nil || got == nil || !strings.HasPrefix(got.Title, c.title) {
				t.Errorf("got %+v and %+v, want %q", got, other, c.title)
			}
		})
	}
}

func TestNoDNSServerWithoutNetworkingComponents(t *testing.T) {
	got, _, _ := winnt.Interrogate(crlf(strings.Replace(good, "netoc=On\n", "", 1)), windows2003())
	if diff := cmp.Diff([]string{"iis_www"}, got.Components); diff != "" {
		t.Errorf("components (-want +got):\n%s", diff)
	}
}

func TestOnlyRepeatedGroupsAreStandInKeys(t *testing.T) {
	for key, want := range map[string]bool{
		"DHQ2K-DHQ2K-DHQ2K-DHQ2K-DHQ2K": true, "BBBBB-BBBBB-BBBBB-BBBBB-BBBBB": true,
		"DHQ2K-DHQ2K-DHQ2K-DHQ2K-DHQ3K": false, "dhq2k-dhq2k-dhq2k-dhq2k-dhq2k": false, "DHQ2K": false, "": false,
	} {
		if got := winnt.StandInKey(key); got != want {
			t.Errorf("%q: %v", key, got)
		}
	}
}
