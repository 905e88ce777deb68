package catalog

import (
	"strings"
	"time"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/estate"
	"github.com/doublehop/doublehop/provision/guest"
)

// join makes a machine a member of a domain.
type join struct{}

const joinLimit = time.Hour

func (join) Schema() labs.Schema {
	return labs.Schema{
		Kind: "join",
		Doc: "Makes the machine a member of a domain: Windows 2000 and 2003 with netdom, from the support tools on their own disc; later ones through WMI, and they get the directory's tools (RSAT-ADDS) too. " +
			"The automatic logon becomes one to the domain, so that later steps have its rights.",
		Many: true,
		Args: []labs.Arg{
			{Name: "domain", Type: labs.StringType, Required: true, Doc: "The domain's DNS name.", Valid: textual(labs.DomainProblem)},
			{Name: "user", Type: labs.StringType, Default: "Administrator", Doc: "An account of the domain that may join machines, and that logs on afterwards.", Valid: textual(carried)},
			{Name: "password", Type: labs.SecretType, Doc: "That account's password. Without it, the admin_password of the machine that founded the domain."},
			limitArg(joinLimit),
		},
	}
}

func (join) Needs(c Call) []estate.Fact {
	return []estate.Fact{estate.FactDomain(c.Step.Text("domain"))}
}

func (join) Makes(c Call) []estate.Fact {
	return []estate.Fact{estate.FactMember(c.Machine.Name)}
}

func (join) Effects(c Call, e *estate.Estate) []estate.Problem {
	return e.Do(estate.Join{Machine: c.Machine.Name, Domain: c.Step.Text("domain")})
}

// Typical is two restarts' worth.
func (join) Typical() time.Duration { return 4 * time.Minute }

func (join) Work(c Call) (Work, labs.Diagnostics) {
	at, ok := placeIn(c, c.Step.Text("domain"))
	if !ok {
		return Work{}, nil
	}
	p := &pen{call: c}
	secret := c.Step.Text("password")
	if secret == "" {
		secret = at.promoted.AdminPassword
	}
	account := c.Step.Text("user")
	if account == "" {
		account = "Administrator"
	}
	user, password := p.word("user", account), p.password("password", secret)
	netbios := p.word("domain", at.domain.NetBIOS)
	values := map[string]any{
		"domain": p.word("domain", at.domain.Name), "netbios": netbios, "user": user, "password": password,
		"dn": p.word("domain", domainDN(at.domain.Name)), "controller": p.word("domain", at.controller),
		"computer": p.word("on", c.Machine.Computer), "old": p.old(),
	}
	files := []guest.File{p.script(guest.ProofScript, "join.proof.cmd", values), p.logon(netbios, user, password)}
	script, media := "join.job.cmd", discOf(c) // netdom is in its SUPPORT.CAB
	if later(osOf(c)) {
		script, media = "join_later.job.cmd", ""
		files = append(files, p.helper("JOIN.VBS"))
		values["cmdlet"] = command("")
		if withCmdlets(osOf(c)) {
			values["cmdlet"] = p.cmdlet("features", map[string]any{"features": []word{"RSAT-ADDS"}})
		}
	}
	job := p.script(guest.Script, script, values)
	job.Secret = true
	return p.done(Work{
		Media: media,
		Job:   &guest.Job{Then: guest.ThenReboot, Files: p.withRegistry(append(files, job)...)},
		Proofs: []Proof{
			called("ad.computer", "COMPUTER", strings.ToUpper(c.Machine.Computer)),
			registered("windows.domain", "DOMAIN", "Domain", at.domain.Name),
		},
		Silence: silence, Limit: limit(c.Step, joinLimit),
		Explain: explain("Logon failure", "could not be contacted", "Access is denied", "netdom: ", "join: ", "JOIN.VBS: "),
	})
}
