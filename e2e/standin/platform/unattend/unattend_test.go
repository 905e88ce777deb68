package unattend_test

import (
	"net/netip"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/doublehop/doublehop/e2e/standin/platform/release"
	"github.com/doublehop/doublehop/e2e/standin/platform/unattend"
	"github.com/doublehop/doublehop/e2e/standin/platform/winnt"
)

// good is what Doublehop writes for Windows 2008 R2, with a key of the stand-in's own.
func good(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../../../provision/answer/testdata/unattend-2008r2.xml")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Replace(string(text), "AAAAA-BBBBB-CCCCC-DDDDD-EEEEE", "DHQ2K-DHQ2K-DHQ2K-DHQ2K-DHQ2K", 1)
}

func windows2008R2() release.Release {
	return release.Release{Version: "6.1", Answers: release.Unattended, Images: []string{"ServerStandard", "ServerStandardCore"}}
}

func TestACompleteFileIsNotStopped(t *testing.T) {
	got, erase, text, gui := unattend.Interrogate([]byte(good(t)), windows2008R2())
	if text != nil || gui != nil || !erase {
		t.Fatalf("stopped: %+v %+v; erase %v", text, gui, erase)
	}
	want := winnt.Answers{
		Computer: "EX01", Owner: "Lab", Password: "Passw0rd!x", Workgroup: "WORKGROUP", Autologon: 1,
		Adapters: []winnt.Adapter{{
			MAC: "525400aabb01", Address: netip.MustParsePrefix("10.20.0.20/24"), Gateway: netip.MustParseAddr("10.20.0.1"),
			DNS: []netip.Addr{netip.MustParseAddr("10.20.0.10"), netip.MustParseAddr("10.20.0.11")},
		}},
		RunOnce: []string{`cmd /c A:\START.CMD`},
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateComparable(netip.Addr{}, netip.Prefix{})); diff != "" {
		t.Errorf("answers (-want +got):\n%s", diff)
	}
}

func TestSetupStopsWhereWindowsWould(t *testing.T) {
	for name, c := range map[string]struct {
		from, to string
		gui      bool
		title    string
	}{
		"no XML":                     {"</unattend>", "", false, "Windows Setup"},
		"for other machines":         {`Windows-Setup" processorArchitecture="amd64"`, `Windows-Setup" processorArchitecture="x86"`, false, "Where do you want"},
		"the language page":          {"<UILanguage>en-US</UILanguage>", "", false, "Install Windows"},
		"another disk":               {"<DiskID>0</DiskID>", "<DiskID>1</DiskID>", false, "Where do you want"},
		"no active partition":        {"<Active>true</Active>", "", false, "Where do you want"},
		"no such image":              {"<Value>1</Value>", "<Value>7</Value>", false, "Select the operating system"},
		"an image without a desktop": {"<Value>1</Value>", "<Value>2</Value>", false, "Select the operating system"},
		"the licence":                {"<AcceptEula>true</AcceptEula>", "", false, "Please read"},
		"a wrong product key":        {"DHQ2K-DHQ2K-DHQ2K", "DHQ2K-DHQ3K-DHQ2K", false, "Enter the product key"},
		"a long computer name":       {"<ComputerName>EX01", "<ComputerName>EX01-AND-MUCH-MORE", true, "Set Up Windows"},
		"no time zone":               {"<TimeZone>GMT Standard Time</TimeZone>", "", true, "Set Up Windows"},
		"the licence again":          {"<HideEULAPage>true</HideEULAPage>", "", true, "Set Up Windows"},
		"no password":                {"<AdministratorPassword>", "<LocalAccounts>", true, "Settings"},
	} {
		t.Run(name, func(t *testing.T) {
			changed := strings.Replace(good(t), c.from, c.to, 1)
			changed = strings.Replace(changed, "</"+strings.Trim(c.from, "<>")+">", "</"+strings.Trim(c.to, "<>")+">", 1)
			if changed == good(t) {
				t.Fatal("the change changes nothing")
			}
			_, _, text, gui := unattend.Interrogate([]byte(changed), windows2008R2())
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
