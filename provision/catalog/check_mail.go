package catalog

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/doublehop/doublehop/provision/guest"
)

// looks are what a check looks at of Exchange and Active Directory.
type looks struct {
	values map[string]any
	files  []guest.File
	proofs []Proof
	count  int
	// services, shares and queries come to those that the step names.
	services, shares []string
	queries          []query
}

// exchange adds what the check asks of Exchange on the machine.
func (l *looks) exchange(p *pen) {
	step := p.call.Step
	least, _ := step.Args["mailboxes"].(int64)
	if step.Flag("smtp") {
		l.values["smtp"] = true
		l.add(greeted("smtp", "SMTP"), guest.Text("SMTP.TXT", "open 127.0.0.1 25\nquote EHLO doublehop\nquit\n"))
	}
	if !step.Flag("owa") && !step.Flag("mail") && least == 0 {
		return
	}
	x, ok := exchangeFor(p.call)
	r, stands := installedOn(p.call, p.call.Machine.Name)
	if !ok || !stands {
		if _, installed := p.call.Estate.Machine(p.call.Machine.Name); installed {
			p.complain("on", "No Exchange to check", fmt.Sprintf("Machine %q has no Exchange server when this check comes, and owa, mail and mailboxes look at one.", p.call.Machine.Name))
		}
		return
	}
	x.p = p
	if step.Flag("owa") {
		address := "http://localhost/exchange/"
		if since(r, "exchange-2007") {
			address = "https://localhost/owa/"
		}
		l.values["owa"] = p.word("owa", address)
		l.add(answered("owa", "OWA", "Outlook Web Access", 200, 301, 302, 401, 440), p.helper("HTTP.VBS"))
	}
	if least > 0 {
		x.domainsInto()
		l.values["homes"], l.values["domains"], l.values["controllers"] = true, x.values["domains"], x.values["controllers"]
		l.add(homes("exchange.mailboxes", "HOMES", int(least)), p.helper("TALLY.VBS"))
	}
	if !step.Flag("mail") {
		return
	}
	mail := mailAt(p.call, p.call.Machine.Name)
	counting, counted := x.itemsInto(r)
	switch {
	case len(mail) == 0:
		p.complain("mail", "No mail to check", fmt.Sprintf("No mailbox that seed_mail wrote to is on machine %q when this check comes. Put it after seed_mail, on the machine that has the mailboxes by then.", p.call.Machine.Name))
	case !counted:
		p.complain("mail", "Mail cannot be counted", fmt.Sprintf("%s has no tool in the box that counts the items of a mailbox; Exchange 2003 and later have one.", r.Name))
	default:
		l.values["items"], l.values["wmi"] = x.values["items"], x.values["wmi"]
		l.add(seeded("mail.items", "ITEMS", mail), counting...)
	}
}

func (l *looks) add(proof Proof, files ...guest.File) {
	l.count++
	l.proofs = append(l.proofs, proof)
	l.files = append(l.files, files...)
}

// greeting is the first word of a mail server (RFC 5321): "220 ex01.contoso.test
// Microsoft ESMTP MAIL Service, Version: 6.0.3790.0 ready".
var greeting = regexp.MustCompile(`(?:^|\s)220[ -](.*\S)`)

// greeted is a mail service that greets.
func greeted(name, file string) Proof {
	const expect = "a greeting with 220"
	return Proof{Name: name, File: file, Expect: expect, Read: func(lines []string) (string, error) {
		for _, l := range lines {
			if m := greeting.FindStringSubmatch(strings.TrimRight(l, "\r ")); m != nil {
				return clip(m[1]), nil
			}
		}
		return "", fmt.Errorf("expected %s, and ftp said %s", expect, listOr(trimmed(lines), "nothing"))
	}}
}
