package catalog

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/answer"
	"github.com/doublehop/doublehop/provision/estate"
	"github.com/doublehop/doublehop/provision/guest"
)

// demote makes a domain controller a member server again.
type demote struct{}

const demoteLimit = 2 * time.Hour

func (demote) Schema() labs.Schema {
	return labs.Schema{
		Kind: "demote",
		Doc: "Takes Active Directory off a domain controller and restarts the machine. It stays a member of the domain, or, as its last domain controller, " +
			"ends the domain and stands in a workgroup. Its local Administrator gets a password anew.",
		Args: []labs.Arg{
			{Name: "last", Type: labs.BoolType, Default: false, Doc: "The domain ends with this domain controller, and, with the forest's last domain, the forest."},
			{Name: "password", Type: labs.SecretType, Doc: "The password of the new local Administrator. Without it, the machine's admin_password."},
			limitArg(demoteLimit),
		},
	}
}

func (demote) Needs(c Call) []estate.Fact { return inDomain(c) }

func (demote) Makes(c Call) []estate.Fact { return []estate.Fact{itself(c)} }

func (demote) Effects(c Call, e *estate.Estate) []estate.Problem {
	return e.Do(estate.Demote{Machine: c.Machine.Name, Last: c.Step.Flag("last")})
}

func (demote) Typical() time.Duration { return 6 * time.Minute }

func (demote) Work(c Call) (Work, labs.Diagnostics) {
	j, ok := controllerFor(c)
	if !ok {
		return Work{}, nil
	}
	p, last := j.p, c.Step.Flag("last")
	secret := cmp.Or(c.Step.Text("password"), c.Machine.AdminPassword)
	other, hasOther := j.other()
	if !last && !hasOther {
		return p.done(Work{}) // Effects says that it is the last one
	}
	j.values["last"], j.values["other"], j.values["computer"] = last, other, p.word("on", c.Machine.Computer)
	files := []guest.File{p.helper("LOG.VBS")}
	proofs := []Proof{registered("windows.kind", "KIND", "ProductType", "ServerNT"), unshared("ad.netlogon", "SHARES", "NETLOGON")}
	if last {
		files = append(files, p.logon(p.word("on", c.Machine.Computer), "Administrator", p.password("password", secret)))
	} else {
		proofs = append(proofs, called("ad.computer", "COMPUTER", strings.ToUpper(c.Machine.Computer)), recorded("ad.computer.group", "COMPUTER", "primaryGroupID"))
	}
	j.values["later"], j.values["cmdlet"] = later(osOf(c)), command("")
	d := p.demotion(j, secret)
	if withCmdlets(osOf(c)) {
		j.values["cmdlet"] = p.demoteCmdlet(d, secret)
	} else {
		files = append(files, p.answer(answer.Demote(d.Demotion)))
	}
	job := p.script(guest.Script, "demote.job.cmd", j.values)
	job.Secret = j.values["cmdlet"] != command("")
	files = append(files, job, p.script(guest.ProofScript, "demote.proof.cmd", j.values))
	return p.done(Work{
		Job: &guest.Job{Then: guest.ThenReboot, Files: p.withRegistry(files...)}, Proofs: proofs,
		Silence: silence, Limit: limit(c.Step, demoteLimit), Explain: explainPromotion,
	})
}

// leaver is a demotion, with the name of the account's secret.
type leaver struct {
	answer.Demotion
	secret string
	// child says that a child domain ends.
	child bool
}

// demoteCmdlet is the line for Windows 2012 and later.
func (p *pen) demoteCmdlet(d leaver, secret string) command {
	line := map[string]any{"local": p.password("password", secret)}
	name := "demote"
	if d.Last {
		name = "demote-forest"
	}
	if d.child {
		name = "demote-child"
		line["account"], line["password"] = p.word("on", d.UserDomain+`\`+d.User), p.password("password", d.secret)
	}
	return p.cmdlet(name, line)
}

// demotion is what dcpromo is told. The account is the domain's Administrator;
// where a child domain ends, which is a matter of the forest, it is the root's.
func (p *pen) demotion(j *controllerJob, secret string) leaver {
	d := leaver{Demotion: answer.Demotion{OS: osOf(p.call), Last: p.call.Step.Flag("last"), Administrator: p.secret("password", secret), Origin: p.origin()}}
	from := j.at
	if root, ok := placeIn(p.call, j.at.forest.Root); ok && d.Last {
		from = root
	}
	d.child = d.Last && !strings.EqualFold(from.domain.Name, j.at.domain.Name)
	d.secret = from.promoted.AdminPassword
	d.User, d.UserDomain, d.Password = "Administrator", from.domain.Name, p.secret("password", d.secret)
	return d
}

// other is the full name of another domain controller of the domain.
func (j *controllerJob) other() (word, bool) {
	for _, name := range j.at.domain.Controllers {
		if name != j.p.call.Machine.Name {
			return j.holder(name, j.at.domain.Name), true
		}
	}
	return "", false
}

// unshared is a share that is gone.
func unshared(name, file, share string) Proof {
	expect := "no share " + share
	return Proof{Name: name, File: file, Expect: expect, Read: func(lines []string) (string, error) {
		if len(trimmed(lines)) == 0 {
			return "", fmt.Errorf("expected %s, and net share listed nothing", expect)
		}
		if path, err := shared(name, file, share).Read(lines); err == nil {
			return "", fmt.Errorf("expected %s, and %s is shared", expect, clip(path))
		}
		return "gone", nil
	}}
}
