package catalog

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/answer"
	"github.com/doublehop/doublehop/provision/estate"
	"github.com/doublehop/doublehop/provision/guest"
)

// promote makes a machine the first domain controller of a new forest.
type promote struct{}

const promoteLimit = 2 * time.Hour

func (promote) Schema() labs.Schema {
	return labs.Schema{
		Kind: "promote",
		Doc: "Makes the machine the first domain controller of a new forest with dcpromo, with DNS on the same machine. " +
			"Its Administrator becomes the domain's, with the same password, and the automatic logon becomes one to the domain.",
		Args: []labs.Arg{
			{Name: "domain", Type: labs.StringType, Required: true, Doc: "The new domain's DNS name, such as contoso.test.", Valid: textual(labs.DomainProblem)},
			{Name: "netbios", Type: labs.StringType, Doc: "The domain's NetBIOS name, in upper case. Without it, the first label of the DNS name, cut to 15 characters.", Valid: textual(labs.NetBIOSProblem)},
			{Name: "safe_mode_password", Type: labs.SecretType, Doc: "The password of Directory Services Restore Mode. Without it, the machine's admin_password."},
			{
				Name: "forest_level", Type: labs.StringType, Default: "2000",
				Doc:   "The functional level of forest and domain, 2000 or 2003. Windows 2000 knows only the first.",
				Valid: textual(func(s string) string { return oneOf(s, "2000", "2003") }),
			},
			{Name: "site", Type: labs.StringType, Default: answer.FirstSite, Doc: "The name of the first Active Directory site.", Valid: textual(siteProblem)},
			limitArg(promoteLimit),
		},
	}
}

func oneOf(s string, choices ...string) string {
	if slices.Contains(choices, s) {
		return ""
	}
	return fmt.Sprintf("%q is none of %s.", s, strings.Join(choices, ", "))
}

// siteProblem holds a site's name to what DNS takes, since its records carry it.
func siteProblem(name string) string {
	if len(name) > 63 || name == "" || strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") != "" {
		return fmt.Sprintf("%q is no name of a site: 1 to 63 letters, digits and hyphens.", name)
	}
	return ""
}

func (promote) Needs(Call) []estate.Fact { return nil }

func (promote) Makes(c Call) []estate.Fact {
	return []estate.Fact{estate.FactDomain(c.Step.Text("domain"))}
}

func (promote) Effects(c Call, e *estate.Estate) []estate.Problem {
	return e.Do(estate.Promote{
		Machine: c.Machine.Name, Role: estate.FirstController, Domain: strings.ToLower(c.Step.Text("domain")), NetBIOS: netbiosOf(c.Step), Level: levelOf(c.Step),
	})
}

func netbiosOf(s *labs.Step) string {
	if name := s.Text("netbios"); name != "" {
		return strings.ToUpper(name)
	}
	label, _, _ := strings.Cut(s.Text("domain"), ".")
	return strings.Trim(strings.ToUpper(label[:min(len(label), labs.LongestComputer)]), "-")
}

func levelOf(s *labs.Step) estate.Level {
	if s.Text("forest_level") == "2003" {
		return estate.Level2003
	}
	return estate.Level2000
}

// Typical is what AutomatedLab waits for, scaled to one domain controller.
func (promote) Typical() time.Duration { return 8 * time.Minute }

func (promote) Work(c Call) (Work, labs.Diagnostics) {
	p := &pen{call: c}
	domain, netbios := strings.ToLower(c.Step.Text("domain")), p.word("netbios", netbiosOf(c.Step))
	secret := c.Step.Text("safe_mode_password")
	if secret == "" {
		secret = c.Machine.AdminPassword
	}
	file := p.answer(answer.Dcpromo(answer.Promotion{
		OS: c.Machine.OS, Role: answer.FirstDC, Domain: domain, NetBIOS: string(netbios), Site: c.Step.Text("site"),
		SafeMode: p.secret("safe_mode_password", secret), Forest2003: levelOf(c.Step) == estate.Level2003, Origin: p.origin(),
	}))
	level := levelOf(c.Step) > estate.Level2000
	values := map[string]any{"dn": p.word("domain", domainDN(domain)), "old": p.old(), "level": level}
	files := []guest.File{
		p.script(guest.Script, "promote.job.cmd", values),
		p.script(guest.ProofScript, "promote.proof.cmd", values),
		p.helper("LOG.VBS"), file,
		p.logon(netbios, "Administrator", ""),
	}
	if p.old() {
		files = append(files, p.helper("REGISTRY.VBS"))
	}
	proofs := []Proof{
		atLeast("ad.schema.objectVersion", "SCHEMA", "objectVersion", estate.SchemaOf(c.Machine.OS)),
		shared("ad.sysvol", "SHARES", "SYSVOL"),
		shared("ad.netlogon", "SHARES", "NETLOGON"),
		registered("ad.sysvol.ready", "READY", "SysvolReady", "1"),
	}
	if level {
		proofs = append(proofs, atLeast("ad.forest.level", "LEVEL", "msDS-Behavior-Version", int(levelOf(c.Step))))
	}
	return p.done(Work{
		Media:  c.Machine.InstallFrom, // AutoConfigDNS installs the DNS server from it
		Job:    &guest.Job{Then: guest.ThenReboot, Files: files},
		Proofs: proofs, Silence: silence, Limit: limit(c.Step, promoteLimit),
		Explain: explain("[ERROR]", "[WARN"),
	})
}
