package catalog

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/estate"
	"github.com/doublehop/doublehop/provision/guest"
)

// createMailboxes makes users with mailboxes.
type createMailboxes struct{}

const mailboxLimit = 4 * time.Hour

func (createMailboxes) Schema() labs.Schema {
	return labs.Schema{
		Kind: "create_mailboxes",
		Doc:  "Makes users with mailboxes on the machine's Exchange server. Their names come from the seed: the same seed and count make the same users in every rehearsal.",
		Args: append(crowdArgs(),
			databaseArg("The mailbox store or database that their mailboxes are in."),
			labs.Arg{Name: "password", Type: labs.SecretType, Doc: "The users' password. Without it they have none, and cannot log on."},
			limitArg(mailboxLimit)),
	}
}

func (createMailboxes) Needs(Call) []estate.Fact { return nil }

func (createMailboxes) Makes(c Call) []estate.Fact {
	return []estate.Fact{estate.FactMailboxes(c.Machine.Name)}
}

func (createMailboxes) Effects(c Call, e *estate.Estate) []estate.Problem {
	return e.Do(estate.CreateMailboxes{Machine: c.Machine.Name})
}

// Typical is for twenty users; the recipient update service takes a minute or
// two to finish them.
func (createMailboxes) Typical() time.Duration { return 5 * time.Minute }

func (createMailboxes) Work(c Call) (Work, labs.Diagnostics) {
	x, ok := exchangeFor(c)
	if !ok {
		return Work{}, nil
	}
	r, ok := installedOn(c, c.Machine.Name)
	if !ok {
		return Work{}, nil // Effects says that there is no Exchange
	}
	p, people := x.p, crowdOf(c.Step)
	unit := "OU=" + unitOf(c.Step) + "," + domainDN(x.at.domain.Name)
	later := since(r, "exchange-2007")
	x.values["unit"], x.values["count"], x.values["most"] = p.word("ou", unit), len(people), mostObjects
	x.values["later"], x.values["database"] = later, p.word("database", filterText(c.Step.Text("database")))
	x.values["password"], x.values["enable"] = word(""), command("")
	if later {
		x.values["enable"] = x.enable(r, unitOf(c.Step))
	}
	if secret := c.Step.Text("password"); secret != "" {
		x.values["password"] = p.password("password", secret)
	}
	job := p.script(guest.Script, "create_mailboxes.job.cmd", x.values)
	job.Secret = x.values["password"] != word("")
	files := []guest.File{
		job, p.script(guest.ProofScript, "create_mailboxes.proof.cmd", x.values),
		guest.Text("USERS.LDF", usersLDIF(people, unitOf(c.Step), unit, x.at.domain.Name)), guest.Text("USERS.TXT", aliases(people)),
		p.helper("COUNT.VBS"), p.helper("TALLY.VBS"),
	}
	if !later {
		files = append(files, guest.Text("BOXES.LDF", boxesLDIF(people, unit)), p.helper("FILL.VBS"))
	}
	return p.done(Work{
		Job:     &guest.Job{Files: files},
		Proofs:  []Proof{homes("exchange.mailboxes", "HOMES", len(people))},
		Silence: silence, Limit: limit(c.Step, mailboxLimit), Explain: explainDirectory,
	})
}

// mostObjects is more than any query of ours finds.
const mostObjects = 1 << 30

// enable is the line that gives the users of a unit mailboxes.
func (x exchange) enable(r estate.Release, unit string) command {
	step := x.p.call.Step
	values := map[string]any{
		"server": x.p.call.Machine.Computer, "unit": x.at.domain.Name + "/" + unit, "controller": x.at.controller,
	}
	if database := step.Text("database"); database != "" {
		values["database"] = database
		return x.p.shell("database", "enable-in", r, values)
	}
	return x.p.shell("ou", "enable", r, values)
}

// usersLDIF makes the unit and the users. An account is enabled and needs no
// password (userAccountControl 512 + 32), since ldifde cannot set one without
// TLS (KB263991).
func usersLDIF(people []person, unit, unitDN, domain string) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("dn: %s\nchangetype: add\nobjectClass: organizationalUnit\nou: %s\n", unitDN, unit)
	for _, p := range people {
		line("dn: CN=%s,%s", p.display, unitDN)
		line("changetype: add\nobjectClass: user\ncn: %s\nsAMAccountName: %s\nuserPrincipalName: %s@%s", p.display, p.alias, p.alias, domain)
		line("givenName: %s\nsn: %s\ndisplayName: %s\nuserAccountControl: 544\n", p.given, p.surname, p.display)
	}
	return b.String()
}

// boxesLDIF gives users mailboxes of Exchange 2000 or 2003: a user has one as
// soon as three attributes say so: alias, store and server. The recipient
// update service does the rest.
func boxesLDIF(people []person, unitDN string) string {
	var b strings.Builder
	for _, p := range people {
		fmt.Fprintf(&b, "dn: CN=%s,%s\nchangetype: modify\n", p.display, unitDN)
		for _, value := range [][2]string{
			{"mailNickname", p.alias}, {"mDBUseDefaults", "TRUE"}, {"homeMDB", "@dn@"}, {"msExchHomeServerName", "@legacyExchangeDN@"},
		} {
			fmt.Fprintf(&b, "replace: %s\n%s: %s\n-\n", value[0], value[0], value[1])
		}
		b.WriteString("\n")
	}
	return b.String()
}

// aliases are the logon names, a line each.
func aliases(people []person) string {
	var b strings.Builder
	for _, p := range people {
		b.WriteString(p.alias + "\n")
	}
	return b.String()
}

// homes is where mailboxes are: lines "12 CN=Mailbox Store (EX01),..." of
// TALLY.VBS, which must be least or more in all.
func homes(name, file string, least int) Proof {
	expect := fmt.Sprintf("%d mailboxes or more", least)
	return Proof{Name: name, File: file, Expect: expect, Read: func(lines []string) (string, error) {
		total, where := 0, []string(nil)
		for _, l := range trimmed(lines) {
			number, home, _ := strings.Cut(l, " ")
			n, err := strconv.Atoi(number)
			if err != nil {
				return "", fmt.Errorf("expected %s, and read %q", expect, clip(l))
			}
			total += n
			store, _, _ := strings.Cut(strings.TrimPrefix(home, "CN="), ",")
			where = append(where, fmt.Sprintf("%d in %s", n, clip(store)))
		}
		if total < least {
			return "", fmt.Errorf("expected %s, and the directory has %s", expect, listOr(where, "none"))
		}
		return strings.Join(where, ", "), nil
	}}
}
