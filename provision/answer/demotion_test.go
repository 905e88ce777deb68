package answer_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/answer"
)

func TestDemotionGoldens(t *testing.T) {
	t.Parallel()
	secret := labs.NewSecretValue("Passw0rd!x")
	for name, d := range map[string]answer.Demotion{
		"demote-2000.txt":      {OS: labs.Windows2000, Administrator: secret},
		"demote-2003.txt":      {OS: labs.Windows2003, Administrator: secret},
		"demote-last-2003.txt": {OS: labs.Windows2003, Administrator: secret, Last: true, User: "Administrator", UserDomain: "contoso.test", Password: secret},
		"demote-2008r2.txt":    {OS: labs.Windows2008R2, Administrator: secret},
	} {
		f, diags := answer.Demote(d)
		if len(diags) != 0 {
			t.Fatalf("%s: %+v", name, diags)
		}
		golden(t, name, f.Masked())
		read, err := parse(string(f.Reveal()), asProfile)
		if err != nil {
			t.Fatal(err)
		}
		if got := read["dcinstall"]; got["administratorpassword"] != "Passw0rd!x" {
			t.Errorf("%s: %v", name, got)
		}
	}
	for want, d := range map[string]answer.Demotion{
		"Password missing": {OS: labs.Windows2003}, "No answer file": {OS: labs.Windows2016, Administrator: secret},
		"A secret cannot be": {OS: labs.Windows2003, Administrator: labs.NewSecretValue("a;b")},
	} {
		f, diags := answer.Demote(d)
		if !diags.Fatal() || len(f.Reveal()) != 0 || !strings.Contains(diags[0].Summary+diags[0].Detail, want) {
			t.Errorf("want %q, said %+v", want, diags)
		}
	}
}

func TestOptionalGoldens(t *testing.T) {
	t.Parallel()
	for name, os := range map[string]labs.OS{"optional-2000.txt": labs.Windows2000, "optional-2003.txt": labs.Windows2003} {
		components := answer.Components(os)
		f, diags := answer.Optional(os, components, answer.Origin{})
		if len(diags) != 0 {
			t.Fatalf("%s: %+v", name, diags)
		}
		golden(t, name, f.Masked())
		read, err := parse(string(f.Reveal()), asINF)
		if err != nil {
			t.Fatal(err)
		}
		for _, key := range answer.OptionalKeys(os, components) {
			if read["components"][key] != "On" {
				t.Errorf("%s: %s is %q", name, key, read["components"][key])
			}
		}
	}
	if _, diags := answer.Optional(labs.Windows2000, []string{"aspnet"}, answer.Origin{}); !diags.Fatal() {
		t.Error("Windows 2000 has ASP.NET in its box")
	}
	if keys := answer.OptionalKeys(labs.Windows2003, []string{"smtp"}); !slices.Equal(keys, []string{"iis_common", "iis_inetmgr", "iis_smtp"}) {
		t.Errorf("SMTP is %q", keys)
	}
}

func TestUpgradeGoldens(t *testing.T) {
	t.Parallel()
	key := labs.NewSecretValue("AAAAA-BBBBB-CCCCC-DDDDD-EEEEE")
	for name, u := range map[string]answer.Upgrade{
		"upgrade-2003.txt":   {OS: labs.Windows2003, Key: key},
		"upgrade-2008r2.xml": {OS: labs.Windows2008R2, Key: key},
	} {
		f, diags := answer.UpgradeFile(u)
		if len(diags) != 0 {
			t.Fatalf("%s: %+v", name, diags)
		}
		golden(t, name, f.Masked())
	}
	f, diags := answer.UpgradeFile(answer.Upgrade{OS: labs.Windows2003})
	if diags.Fatal() || len(diags) != 1 || len(f.Reveal()) == 0 {
		t.Errorf("without a key: %+v", diags)
	}
	if f, diags := answer.UpgradeFile(answer.Upgrade{OS: labs.Windows2016}); len(diags) != 0 || len(f.Reveal()) != 0 {
		t.Errorf("Windows 2016 is told by a file: %q", f.Reveal())
	}
}
