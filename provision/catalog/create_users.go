package catalog

import (
	"fmt"
	"time"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/estate"
	"github.com/doublehop/doublehop/provision/guest"
)

// createUsers makes users without mailboxes.
type createUsers struct{}

func (createUsers) Schema() labs.Schema {
	args := crowdArgs()
	for i := range args {
		switch args[i].Name {
		case "ou":
			args[i].Default = "People"
		case "count":
			args[i].Doc = "How many users, up to 1000."
		}
	}
	return labs.Schema{
		Kind: "create_users",
		Doc: "Makes users in the machine's domain from a seed: the same seed and count make the same users in every rehearsal. " +
			"They are enabled, and marked as needing no password (userAccountControl 544), since LDAP takes a password only through TLS (KB263991), which a fresh domain has not; " +
			"a password is then set with net user.",
		Args: append(args,
			labs.Arg{Name: "password", Type: labs.SecretType, Doc: "The users' password. It must be one that the domain's policy takes. Without it they have none, and cannot log on over the network."},
			limitArg(directoryLimit)),
	}
}

func (createUsers) Needs(c Call) []estate.Fact { return inDomain(c) }

func (createUsers) Makes(c Call) []estate.Fact { return []estate.Fact{itself(c)} }

func (createUsers) Effects(c Call, e *estate.Estate) []estate.Problem { return mayUse(c, e) }

// Typical is for twenty users.
func (createUsers) Typical() time.Duration { return 2 * time.Minute }

func (createUsers) Work(c Call) (Work, labs.Diagnostics) {
	at, ok := placeOf(c)
	if !ok {
		return Work{}, nil
	}
	p, people := &pen{call: c}, crowdOf(c.Step)
	unit := p.word("ou", "OU="+unitOf(c.Step)+","+domainDN(at.domain.Name))
	values := map[string]any{
		"controller": p.word("on", at.controller), "dn": p.word("on", domainDN(at.domain.Name)), "unit": unit, "count": len(people), "password": word(""),
	}
	if secret := c.Step.Text("password"); secret != "" {
		values["password"] = p.password("password", secret)
	}
	job := p.script(guest.Script, "create_users.job.cmd", values)
	job.Secret = values["password"] != word("")
	return p.done(Work{
		Job: &guest.Job{Files: []guest.File{
			job, p.script(guest.ProofScript, "create_users.proof.cmd", values), p.helper("TALLY.VBS"),
			guest.Text("USERS.LDF", usersLDIF(people, unitOf(c.Step), string(unit), at.domain.Name)), guest.Text("USERS.TXT", aliases(people)),
		}},
		Proofs:  []Proof{counted("ad.users", "USERS", "544", len(people))},
		Silence: silence, Limit: limit(c.Step, directoryLimit), Explain: explain("net user: ", "ldifde: ", "Add error", "server side error"),
	})
}

// counted is how many objects have a value, as TALLY.VBS lists it: "20 544".
func counted(name, file, value string, least int) Proof {
	expect := fmt.Sprintf("%d users or more", least)
	return Proof{Name: name, File: file, Expect: expect, Read: func(lines []string) (string, error) {
		total := 0
		for _, l := range trimmed(lines) {
			n := 0
			got := ""
			if _, err := fmt.Sscan(l, &n, &got); err != nil {
				return "", fmt.Errorf("expected %s, and read %q", expect, clip(l))
			}
			if got == value {
				total += n
			}
		}
		if total < least {
			return "", fmt.Errorf("expected %s, and the directory has %d", expect, total)
		}
		return fmt.Sprintf("%d users", total), nil
	}}
}
