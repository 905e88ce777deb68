package answer_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/answer"
)

var update = flag.Bool("update", false, "write the golden files anew")

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

// The reference page is made from the rows, so that it cannot differ.
func TestReferenceOfAnswerFiles(t *testing.T) {
	t.Parallel()
	first, _ := answer.Dcpromo(promotions()["dcpromo-first-2003.txt"])
	replica, _ := answer.Dcpromo(promotions()["dcpromo-replica-2003.txt"])
	child, _ := answer.Dcpromo(promotions()["dcpromo-child-2003.txt"])
	modern, _ := answer.Dcpromo(promotions()["dcpromo-child-2008r2.txt"])
	demotion, _ := answer.Demote(answer.Demotion{OS: labs.Windows2003, Administrator: labs.NewSecretValue("x")})
	optional, _ := answer.Optional(labs.Windows2003, answer.Components(labs.Windows2003), answer.Origin{})
	upgrade, _ := answer.UpgradeFile(answer.Upgrade{OS: labs.Windows2003, Key: labs.NewSecretValue("x")})
	later, _ := answer.UpgradeFile(answer.Upgrade{OS: labs.Windows2008R2})
	frame, err := os.ReadFile(filepath.Join("testdata", "answer-files.md.tmpl"))
	if err != nil {
		t.Fatal(err)
	}
	page := string(frame)
	for name, part := range map[string]string{
		"WINNT": answer.ReferenceTable(setup(labs.Windows2003), setup(labs.Windows2000)),
		"FIRST": first.Masked(), "REPLICA": replica.Masked(), "CHILD": child.Masked(), "MODERN": modern.Masked(),
		"DEMOTION": demotion.Masked(), "OPTIONAL": optional.Masked(), "UPGRADE": upgrade.Masked(), "LATER": later.Masked(),
	} {
		page = strings.ReplaceAll(page, "{{"+name+"}}\n", strings.ReplaceAll(part, "\r\n", "\n"))
	}
	golden(t, filepath.Join("..", "..", "..", "docs", "reference", "answer-files.md"), page)
}

func setup(os labs.OS) answer.Setup {
	return answer.Setup{
		OS: os, Computer: "EX01", Owner: "Lab", Organization: "Contoso & Sons",
		ProductKey:    labs.NewSecretValue("AAAAA-BBBBB-CCCCC-DDDDD-EEEEE"),
		AdminPassword: labs.NewSecretValue("Passw0rd!x"),
		TimeZone:      85, Licenses: 5,
		Components: []string{"iis", "smtp", "nntp", "dns"},
		Adapters: []answer.Adapter{{
			Address: netip.MustParsePrefix("10.20.0.20/24"),
			DNS:     []netip.Addr{netip.MustParseAddr("10.20.0.10"), netip.MustParseAddr("10.20.0.11")},
		}},
	}
}

// twoCards is a machine between two networks.
func twoCards() answer.Setup {
	s := setup(labs.Windows2003)
	s.Licenses, s.ProductKey = 0, labs.SecretValue{}
	s.Components = []string{"aspnet"}
	s.Adapters[0].MAC = "52:54:00:aa:bb:01"
	s.Adapters = append(s.Adapters, answer.Adapter{
		MAC: "52:54:00:aa:bb:02", Address: netip.MustParsePrefix("192.168.7.1/26"), Gateway: netip.MustParseAddr("192.168.7.62"),
	})
	return s
}

func TestWinntGoldens(t *testing.T) {
	t.Parallel()
	bare := setup(labs.Windows2003)
	bare.Adapters, bare.Components = nil, nil
	for name, s := range map[string]answer.Setup{
		"winnt-2003.sif":           setup(labs.Windows2003),
		"winnt-2000.sif":           setup(labs.Windows2000),
		"winnt-2003-two-cards.sif": twoCards(),
		"winnt-2003-no-card.sif":   bare,
	} {
		f, diags := answer.Winnt(s)
		if diags.Fatal() || s.ProductKey.Empty() != (len(diags) == 1) {
			t.Fatalf("%s: %+v", name, diags)
		}
		golden(t, name, f.Masked())
		if _, err := parseBoth(string(f.Reveal())); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if f.Name() != "WINNT.SIF" {
			t.Errorf("name %q", f.Name())
		}
	}
}

func TestSecretsAreInTheFileAndNowhereElse(t *testing.T) {
	t.Parallel()
	f, _ := answer.Winnt(setup(labs.Windows2003))
	const password, key = "Passw0rd!x", "AAAAA-BBBBB"
	if text := string(f.Reveal()); !strings.Contains(text, password) || !strings.Contains(text, key) {
		t.Error("the file lacks its secrets")
	}
	js, err := json.Marshal(map[string]any{"file": f})
	if err != nil {
		t.Fatal(err)
	}
	for _, shown := range []string{f.Masked(), f.String(), fmt.Sprintf("%v %+v %#v %s %q %x", f, f, f, f, f, f), string(js)} {
		if strings.Contains(shown, password) || strings.Contains(shown, key) || strings.Contains(shown, "FullUnattended") && shown != f.Masked() {
			t.Errorf("a secret shows: %s", shown)
		}
	}
}

func TestWinntRefuses(t *testing.T) {
	t.Parallel()
	somewhere := labs.Range{File: "a.lab.hcl", Start: labs.Pos{Line: 3, Column: 1}}
	for want, change := range map[string]func(*answer.Setup){
		"Set admin_password":                           func(s *answer.Setup) { s.AdminPassword = labs.SecretValue{} },
		"Setup takes the password *":                   func(s *answer.Setup) { s.AdminPassword = labs.NewSecretValue("*") },
		"A secret cannot be written for AdminPassword": func(s *answer.Setup) { s.AdminPassword = labs.NewSecretValue(`a"b`) },
		"A secret cannot be written for ProductKey":    func(s *answer.Setup) { s.ProductKey = labs.NewSecretValue("100%") },
		`The value "Ünal" cannot be written`:           func(s *answer.Setup) { s.Owner = "Ünal" },
		"Owner missing":                                func(s *answer.Setup) { s.Owner = "" },
		"begins or ends with a space":                  func(s *answer.Setup) { s.Organization = " x" },
		"has 121 characters":                           func(s *answer.Setup) { s.Organization = strings.Repeat("x", 121) },
		"NetBIOS gives a computer name":                func(s *answer.Setup) { s.Computer = "SIXTEENLETTERS16" },
		"has digits only":                              func(s *answer.Setup) { s.Computer = "2003" },
		"letters, digits and hyphens only":             func(s *answer.Setup) { s.Computer = "EX_01" },
		"no hyphen at either end":                      func(s *answer.Setup) { s.Computer = "EX-" },
		"no index of a time zone":                      func(s *answer.Setup) { s.TimeZone = -1 },
		"per-server licences":                          func(s *answer.Setup) { s.Licenses = -5 },
		`cannot install "fax"`:                         func(s *answer.Setup) { s.Components = []string{"fax"} },
		"is no IPv4 address":                           func(s *answer.Setup) { s.Adapters[0].Address = netip.MustParsePrefix("fd00::1/64") },
		"Windows cannot reach it":                      func(s *answer.Setup) { s.Adapters[0].Gateway = netip.MustParseAddr("10.20.1.1") },
		"takes IPv4 addresses only":                    func(s *answer.Setup) { s.Adapters[0].Gateway = netip.MustParseAddr("::1") },
		"is no MAC address":                            func(s *answer.Setup) { *s = twoCards(); s.Adapters[1].MAC = "" },
		"is there twice":                               func(s *answer.Setup) { *s = twoCards(); s.Adapters[1].MAC = s.Adapters[0].MAC },
		"6 fit on a line":                              func(s *answer.Setup) { s.Adapters[0].DNS = make([]netip.Addr, 7) },
		"not of \"windows-xp\"":                        func(s *answer.Setup) { s.OS = "windows-xp" },
	} {
		s := setup(labs.Windows2003)
		change(&s)
		s.Origin = answer.Origin{Addr: "machine.ex01", At: func(string) labs.Range { return somewhere }}
		f, diags := answer.Winnt(s)
		if !diags.Fatal() || len(f.Reveal()) != 0 {
			t.Errorf("%s: taken", want)
			continue
		}
		said := ""
		for _, d := range diags {
			said += d.Summary + "\n" + d.Detail + "\n"
			if d.Addr != "machine.ex01" || d.Subject == nil || *d.Subject != somewhere {
				t.Errorf("%s: at %q %v", want, d.Addr, d.Subject)
			}
		}
		if !strings.Contains(said, want) {
			t.Errorf("want %q, said %s", want, said)
		}
	}
	s := setup(labs.Windows2000)
	s.Components = []string{"aspnet"}
	if _, diags := answer.Winnt(s); !diags.Fatal() {
		t.Error("Windows 2000 took aspnet, which it does not have")
	}
}

// Any input either arrives as it is, in every dialect, or is refused.
func TestWinntWritesWhatItIsGivenOrRefuses(t *testing.T) {
	t.Parallel()
	text := rapid.OneOf(rapid.StringMatching(`[ -~]{0,40}`), rapid.String(), rapid.StringMatching(`[a-zA-Z0-9.!_-]{1,130}`))
	taken := 0
	rapid.Check(t, func(rt *rapid.T) {
		s := setup(rapid.SampledFrom([]labs.OS{labs.Windows2000, labs.Windows2003}).Draw(rt, "os"))
		s.Owner, s.Organization = text.Draw(rt, "owner"), text.Draw(rt, "organization")
		password, key := text.Draw(rt, "password"), text.Draw(rt, "key")
		s.AdminPassword, s.ProductKey = labs.NewSecretValue(password), labs.NewSecretValue(key)
		f, diags := answer.Winnt(s)
		if diags.Fatal() {
			if plainEnough(s.Owner) && plainEnough(s.Organization) && plainEnough(password) && plainEnough(key) {
				rt.Fatalf("refused without need: %v", diags)
			}
			return
		}
		taken++
		read, err := parseBoth(string(f.Reveal()))
		if err != nil {
			rt.Fatal(err)
		}
		keyName := map[labs.OS]string{labs.Windows2000: "productid", labs.Windows2003: "productkey"}[s.OS]
		for _, c := range [][3]string{
			{"userdata", "fullname", s.Owner},
			{"userdata", "orgname", s.Organization},
			{"guiunattended", "adminpassword", password},
			{"userdata", keyName, key},
		} {
			if got := read[c[0]][c[1]]; got != c[2] {
				rt.Fatalf("[%s] %s is %q, not %q", c[0], c[1], got, c[2])
			}
		}
	})
	if taken == 0 {
		t.Error("no draw was taken")
	}
}

// plainEnough is text that nobody could object to.
func plainEnough(s string) bool {
	return s != "" && len(s) <= 120 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.!_-") == ""
}

func TestForMachineFillsASetup(t *testing.T) {
	t.Parallel()
	m := &labs.Machine{
		Name: "ex01", Computer: "EX01", OS: labs.Windows2003, Owner: "Lab", TimeZone: 85,
		NICs: []labs.NIC{{Network: "corp", Address: netip.MustParseAddr("10.20.0.20")}},
	}
	lab := &labs.Lab{Networks: []*labs.Network{{Name: "corp", Subnet: netip.MustParsePrefix("10.20.0.0/22")}}}
	s := answer.ForMachine(lab, m, labs.SecretValue{}, labs.NewSecretValue("x1"), func(int) string { return "52:54:00:00:00:01" })
	if s.Adapters[0].Address.String() != "10.20.0.20/22" || s.Adapters[0].MAC == "" || s.Origin.Addr != "machine.ex01" {
		t.Errorf("%+v", s)
	}
	if _, diags := answer.Winnt(s); diags.Fatal() {
		t.Error(diags)
	}
}
