package answer_test

import (
	"strings"
	"testing"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/answer"
)

func promotions() map[string]answer.Promotion {
	first := answer.Promotion{
		OS: labs.Windows2003, Domain: "contoso.test", NetBIOS: "CONTOSO", SafeMode: labs.NewSecretValue("Passw0rd!x"), Level: 2,
	}
	old := first
	old.OS, old.Level = labs.Windows2000, 0
	replica := answer.Promotion{
		OS: labs.Windows2003, Role: answer.ReplicaDC, Domain: "contoso.test", SafeMode: labs.NewSecretValue("Passw0rd!x"),
		User: "Administrator", UserDomain: "contoso.test", Password: labs.NewSecretValue("0therPw"),
		Source: "dc01.contoso.test", Site: "Berlin", GlobalCatalog: true,
	}
	child := replica
	child.Role, child.Domain, child.NetBIOS, child.Source, child.GlobalCatalog = answer.ChildDC, "sales.contoso.test", "SALES", "", false
	list := map[string]answer.Promotion{
		"dcpromo-first-2003.txt": first, "dcpromo-first-2000.txt": old,
		"dcpromo-replica-2003.txt": replica, "dcpromo-child-2003.txt": child,
	}
	for _, name := range []string{"first", "replica", "child"} {
		p := list["dcpromo-"+name+"-2003.txt"]
		p.OS = labs.Windows2008R2
		if p.Role != answer.ReplicaDC {
			p.Level = 4
		}
		list["dcpromo-"+name+"-2008r2.txt"] = p
	}
	return list
}

func TestDcpromoGoldens(t *testing.T) {
	t.Parallel()
	for name, p := range promotions() {
		f, diags := answer.Dcpromo(p)
		if len(diags) != 0 {
			t.Fatalf("%s: %+v", name, diags)
		}
		golden(t, name, f.Masked())
		read, err := parse(string(f.Reveal()), asProfile)
		if err != nil {
			t.Fatal(err)
		}
		got := read["dcinstall"]
		if got["safemodeadminpassword"] != "Passw0rd!x" || got["rebootonsuccess"] != "NoAndNoPromptEither" && got["rebootoncompletion"] != "No" {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestDcpromoRefuses(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]func(*answer.Promotion){
		"A domain needs two or more": func(p *answer.Promotion) { p.Domain = "contoso" },
		"is no DNS name":             func(p *answer.Promotion) { p.Domain = "con_toso.test" },
		"1 to 63 characters each":    func(p *answer.Promotion) { p.Domain = "contoso..test" },
		"labels of letters":          func(p *answer.Promotion) { p.Domain = "-contoso.test" },
		"has at most 64":             func(p *answer.Promotion) { p.Domain = strings.Repeat("abcdefgh.", 7) + "test" },
		"no NetBIOS name":            func(p *answer.Promotion) { p.NetBIOS = "CON_TOSO" },
		"The NetBIOS name is empty":  func(p *answer.Promotion) { p.NetBIOS = "" },
		"Password missing":           func(p *answer.Promotion) { p.SafeMode = labs.SecretValue{} },
		"Account missing":            func(p *answer.Promotion) { p.Role = answer.ReplicaDC; p.Level = 0 },
		"Functional level":           func(p *answer.Promotion) { p.OS = labs.Windows2000 },
		"Global catalog":             func(p *answer.Promotion) { p.GlobalCatalog = true },
		"A secret cannot be":         func(p *answer.Promotion) { p.SafeMode = labs.NewSecretValue("a;b") },
		"it ends with a":             func(p *answer.Promotion) { p.SafeMode = labs.NewSecretValue(`ab\`) },
		"has no parent domain":       func(p *answer.Promotion) { p.Role = answer.ChildDC },
		"not of \"windows-2012r2\"":  func(p *answer.Promotion) { p.OS = labs.Windows2012R2 },
		"not of \"windows-nt\"":      func(p *answer.Promotion) { p.OS = "windows-nt" },
		"cannot be written for Sit":  func(p *answer.Promotion) { p.Site = "Köln" },
	} {
		p := promotions()["dcpromo-first-2003.txt"]
		change(&p)
		f, diags := answer.Dcpromo(p)
		said := ""
		for _, d := range diags {
			said += d.Summary + "\n" + d.Detail + "\n"
		}
		if !diags.Fatal() || len(f.Reveal()) != 0 || !strings.Contains(said, want) {
			t.Errorf("want %q, said %q", want, said)
		}
	}
}
