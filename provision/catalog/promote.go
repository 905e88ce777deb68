package catalog

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/answer"
	"github.com/doublehop/doublehop/provision/estate"
	"github.com/doublehop/doublehop/provision/guest"
)

// promote makes a machine a domain controller.
type promote struct{}

const promoteLimit = 2 * time.Hour

func (promote) Schema() labs.Schema {
	return labs.Schema{
		Kind: "promote",
		Doc: "Makes the machine a domain controller, with DNS on the same machine, and restarts it: the first one of a new forest, the first one of a new child domain, or a further one of a domain. " +
			"The Administrator of a new domain is the machine's own, with the same password; the automatic logon becomes one to the domain.",
		Args: []labs.Arg{
			{Name: "domain", Type: labs.StringType, Required: true, Doc: "The domain's DNS name, such as contoso.test.", Valid: textual(labs.DomainProblem)},
			{
				Name: "role", Type: labs.StringType, Default: string(estate.FirstController), Valid: textual(func(s string) string {
					return oneOf(s, string(estate.FirstController), string(estate.ChildController), string(estate.ReplicaController))
				}),
				Doc: `What the domain controller is: "first" founds a forest, "child" a domain below parent, and "replica" joins a domain that is there.`,
			},
			{Name: "parent", Type: labs.StringType, Doc: "The domain above a child. Without it, the child's own name less its first label.", Valid: textual(labs.DomainProblem)},
			{Name: "netbios", Type: labs.StringType, Doc: "A new domain's NetBIOS name, in upper case. Without it, the first label of the DNS name, cut to 15 characters.", Valid: textual(labs.NetBIOSProblem)},
			{Name: "safe_mode_password", Type: labs.SecretType, Doc: "The password of Directory Services Restore Mode. Without it, the machine's admin_password."},
			{
				Name: "forest_level", Type: labs.StringType, Default: "2000", Valid: textual(levelProblem),
				Doc: "The functional level of a new forest and of its first domain, or the lowest that the Windows can serve in where that is higher: " + levelNames() + ".",
			},
			{Name: "site", Type: labs.StringType, Default: answer.FirstSite, Doc: "The name of the Active Directory site.", Valid: textual(siteProblem)},
			{Name: "user", Type: labs.StringType, Default: "Administrator", Doc: "For a child and a replica: an account of the forest's root domain with the rights of Enterprise Admins.", Valid: textual(carried)},
			{Name: "password", Type: labs.SecretType, Doc: "That account's password. Without it, the admin_password of the machine that founded the forest."},
			{Name: "source", Type: labs.MachineType, Doc: "For a replica: the domain controller to copy the directory from. Without it, Windows chooses."},
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

func (promote) Needs(c Call) []estate.Fact {
	needs := []estate.Fact{estate.FactInstalled(c.Machine.Name)}
	switch roleOf(c.Step) {
	case estate.ChildController:
		return append(needs, append(afterEarlier(c), estate.FactDomain(parentOf(c.Step)))...)
	case estate.ReplicaController:
		return append(needs, append(afterEarlier(c), estate.FactDomain(c.Step.Text("domain")))...)
	case estate.FirstController:
	}
	return needs
}

func (promote) Makes(c Call) []estate.Fact {
	makes := []estate.Fact{estate.FactController(c.Machine.Name), itself(c)}
	if roleOf(c.Step) != estate.ReplicaController {
		makes = append(makes, estate.FactDomain(c.Step.Text("domain")))
	}
	return makes
}

func (promote) Effects(c Call, e *estate.Estate) []estate.Problem {
	role := roleOf(c.Step)
	s := estate.Promote{Machine: c.Machine.Name, Role: role, Domain: strings.ToLower(c.Step.Text("domain"))}
	if role != estate.ReplicaController {
		s.NetBIOS = netbiosOf(c.Step)
	}
	switch role {
	case estate.FirstController:
		s.Level = levelOf(c.Step)
	case estate.ChildController:
		s.Parent = parentOf(c.Step)
	case estate.ReplicaController:
	}
	return e.Do(s)
}

// roleOf is what the domain controller becomes.
func roleOf(s *labs.Step) estate.PromoteRole {
	if role := s.Text("role"); role != "" {
		return estate.PromoteRole(role)
	}
	return estate.FirstController
}

// parentOf is the domain above a child.
func parentOf(s *labs.Step) string {
	if parent := s.Text("parent"); parent != "" {
		return strings.ToLower(parent)
	}
	_, parent, _ := strings.Cut(strings.ToLower(s.Text("domain")), ".")
	return parent
}

func netbiosOf(s *labs.Step) string {
	if name := s.Text("netbios"); name != "" {
		return strings.ToUpper(name)
	}
	label, _, _ := strings.Cut(s.Text("domain"), ".")
	return strings.Trim(strings.ToUpper(label[:min(len(label), labs.LongestComputer)]), "-")
}

func levelOf(s *labs.Step) estate.Level {
	level, _ := estate.ParseLevel(s.Text("forest_level"))
	return level
}

// Typical is what AutomatedLab waits for, scaled to one domain controller.
func (promote) Typical() time.Duration { return 8 * time.Minute }

func (promote) Work(c Call) (Work, labs.Diagnostics) {
	if later(osOf(c)) {
		return waiting(c)
	}
	p := &pen{call: c}
	n, ok := p.newcomer()
	if !ok {
		return p.done(Work{})
	}
	file := p.answer(answer.Dcpromo(n.Promotion))
	level := n.Level > int(estate.Level2000)
	values := map[string]any{"dn": p.word("domain", domainDN(n.forest)), "old": p.old(), "level": level}
	files := []guest.File{
		p.script(guest.Script, "promote.job.cmd", values),
		p.script(guest.ProofScript, "promote.proof.cmd", values),
		p.helper("LOG.VBS"), file, n.logon,
	}
	if p.old() {
		files = append(files, p.helper("REGISTRY.VBS"))
	}
	proofs := []Proof{
		atLeast("ad.schema.objectVersion", "SCHEMA", "objectVersion", estate.SchemaOf(osOf(c))),
		shared("ad.sysvol", "SHARES", "SYSVOL"),
		shared("ad.netlogon", "SHARES", "NETLOGON"),
		registered("ad.sysvol.ready", "READY", "SysvolReady", "1"),
	}
	if level {
		proofs = append(proofs, atLeast("ad.forest.level", "LEVEL", "msDS-Behavior-Version", n.Level))
	}
	return p.done(Work{
		Media:  discOf(c), // AutoConfigDNS installs the DNS server from it
		Job:    &guest.Job{Then: guest.ThenReboot, Files: files},
		Proofs: proofs, Silence: silence, Limit: limit(c.Step, promoteLimit),
		Explain: explain("[ERROR]", "[WARN"),
	})
}

// newcomer is a promotion with what the step's scripts need besides.
type newcomer struct {
	answer.Promotion
	// forest is the DNS name of the forest's root domain.
	forest string
	// logon makes the automatic logon one to the domain.
	logon guest.File
}

// newcomer gathers what the new domain controller is told; false where the
// estate lacks the forest, which Effects reports.
func (p *pen) newcomer() (newcomer, bool) {
	c := p.call
	step := c.Step
	secret := cmp.Or(step.Text("safe_mode_password"), c.Machine.AdminPassword)
	domain := strings.ToLower(step.Text("domain"))
	n := newcomer{forest: domain, Promotion: answer.Promotion{
		OS: osOf(c), Domain: domain, Site: step.Text("site"), SafeMode: p.secret("safe_mode_password", secret), Origin: p.origin(),
	}}
	role := roleOf(step)
	if role != estate.ReplicaController {
		n.NetBIOS = string(p.word("netbios", netbiosOf(step)))
		n.logon = p.logon(word(n.NetBIOS), "Administrator", "")
	}
	if role == estate.FirstController {
		n.Level = int(estate.Promote{Level: levelOf(step)}.LevelOn(osOf(c)))
		return n, true
	}
	above := domain
	if role == estate.ChildController {
		above = parentOf(step)
	}
	at, ok := placeIn(c, above)
	if !ok {
		return n, false
	}
	root, ok := placeIn(c, at.forest.Root)
	if !ok {
		return n, false
	}
	n.forest, n.Role = at.forest.Root, answer.ChildDC
	n.User, n.UserDomain = cmp.Or(step.Text("user"), "Administrator"), root.domain.Name
	n.Password = p.secret("password", cmp.Or(step.Text("password"), root.promoted.AdminPassword))
	if role == estate.ReplicaController {
		n.Role = answer.ReplicaDC
		if source, ok := c.Lab.Machine(step.Text("source")); ok {
			n.Source = fqdn(source.Computer, domain)
		}
		n.logon = p.logon(p.word("domain", at.domain.NetBIOS), "Administrator", p.password("password", at.promoted.AdminPassword))
	}
	return n, true
}
