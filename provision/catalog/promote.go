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
	p := &pen{call: c}
	n, ok := p.newcomer()
	if !ok {
		return p.done(Work{}) // Effects says that the forest is missing
	}
	level := n.Role == answer.FirstDC && n.Level > int(estate.Level2000)
	values := map[string]any{
		"dn": p.word("domain", domainDN(n.forest)), "old": p.old(), "later": later(n.OS), "level": level,
		"source": p.word("domain", n.above), "cmdlet": command(""), "feature": command(""),
	}
	job, answers := p.promotion(n, values)
	files := []guest.File{
		job, p.script(guest.ProofScript, "promote.proof.cmd", values), p.helper("LOG.VBS"), n.logon,
	}
	if answers != nil {
		files = append(files, *answers)
	}
	proofs := []Proof{
		atLeast("ad.schema.objectVersion", "SCHEMA", "objectVersion", estate.SchemaOf(n.OS)),
		shared("ad.sysvol", "SHARES", "SYSVOL"),
		shared("ad.netlogon", "SHARES", "NETLOGON"),
		registered("ad.sysvol.ready", "READY", "SysvolReady", "1"),
	}
	if level {
		proofs = append(proofs, atLeast("ad.forest.level", "LEVEL", levelAttribute, n.Level))
	}
	media := ""
	if !later(n.OS) {
		media = discOf(c) // AutoConfigDNS installs the DNS server from it
	}
	return p.done(Work{
		Media: media, Job: &guest.Job{Then: guest.ThenReboot, Files: p.withRegistry(files...)},
		Proofs: proofs, Silence: silence, Limit: limit(c.Step, promoteLimit),
		Explain: explainPromotion,
	})
}

// promotion is the job's script, and the answer file that it reads where there
// is one. Both may hold passwords.
func (p *pen) promotion(n newcomer, values map[string]any) (guest.File, *guest.File) {
	if !withCmdlets(n.OS) {
		file := p.answer(answer.Dcpromo(n.Promotion))
		return p.script(guest.Script, "promote.job.cmd", values), &file
	}
	p.diags = append(p.diags, n.Check()...)
	if n.Role == answer.FirstDC && n.Site != "" && n.Site != answer.FirstSite {
		p.complain("site", "Site cannot be named", fmt.Sprintf(
			"Install-ADDSForest, which founds a forest on %s, calls the first site %s and takes no other name. Leave site out.", n.OS, answer.FirstSite))
	}
	safe := word("invalid")
	if !p.diags.Fatal() {
		safe = p.password("safe_mode_password", p.safeMode())
	}
	line := map[string]any{
		"domain": p.word("domain", n.Domain), "netbios": p.word("netbios", n.NetBIOS), "level": n.Level,
		"site": p.word("site", cmp.Or(n.Site, answer.FirstSite)), "safemode": safe,
	}
	name := "first"
	if n.Role != answer.FirstDC {
		child, parent, _ := strings.Cut(n.Domain, ".")
		line["child"], line["parent"] = p.word("domain", child), p.word("domain", parent)
		line["account"], line["password"] = p.word("user", n.UserDomain+`\`+n.User), p.password("password", n.secret)
		name = "child"
	}
	if n.Role == answer.ReplicaDC {
		name = "replica"
		if n.Source != "" {
			name, line["source"] = "replica-from", p.word("source", n.Source)
		}
	}
	values["cmdlet"] = p.cmdlet(name, line)
	values["feature"] = p.cmdlet("features", map[string]any{"features": []word{"AD-Domain-Services", "DNS", "RSAT-ADDS"}})
	job := p.script(guest.Script, "promote.job.cmd", values)
	job.Secret = true
	return job, nil
}

// safeMode is the name of the secret for restore mode.
func (p *pen) safeMode() string {
	return cmp.Or(p.call.Step.Text("safe_mode_password"), p.call.Machine.AdminPassword)
}

// explainPromotion finds dcpromo's own word on what is wrong: its log marks
// lines, and PowerShell names the cmdlet that it complains of.
func explainPromotion(output []string) string {
	return explain("[ERROR]", "[WARN", "Install-ADDS", "Uninstall-ADDS", "promote: ")(output)
}

// newcomer is a promotion with what the step's scripts need besides.
type newcomer struct {
	answer.Promotion
	// forest is the DNS name of the forest's root domain; above is the domain
	// that must be found first, empty for a new forest.
	forest, above string
	// secret is the name of the account's password.
	secret string
	// logon makes the automatic logon one to the domain.
	logon guest.File
}

// newcomer gathers what the new domain controller is told; false where the
// estate lacks the forest, which Effects reports.
func (p *pen) newcomer() (newcomer, bool) {
	c := p.call
	step := c.Step
	domain := strings.ToLower(step.Text("domain"))
	n := newcomer{forest: domain, Promotion: answer.Promotion{
		OS: osOf(c), Domain: domain, Site: step.Text("site"), SafeMode: p.secret("safe_mode_password", p.safeMode()), Origin: p.origin(),
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
	n.above = domain
	if role == estate.ChildController {
		n.above = parentOf(step)
	}
	at, ok := placeIn(c, n.above)
	if !ok {
		return n, false
	}
	root, ok := placeIn(c, at.forest.Root)
	if !ok {
		return n, false
	}
	n.forest, n.Role = at.forest.Root, answer.ChildDC
	n.User, n.UserDomain = cmp.Or(step.Text("user"), "Administrator"), root.domain.Name
	n.secret = cmp.Or(step.Text("password"), root.promoted.AdminPassword)
	n.Password = p.secret("password", n.secret)
	if role == estate.ChildController && later(n.OS) {
		w, _ := estate.WindowsOf(n.OS)
		n.Level = int(max(at.forest.Level, w.Lowest))
	}
	if role == estate.ReplicaController {
		n.Role = answer.ReplicaDC
		if source, ok := c.Lab.Machine(step.Text("source")); ok {
			n.Source = fqdn(source.Computer, domain)
		}
		n.logon = p.logon(p.word("domain", at.domain.NetBIOS), "Administrator", p.password("password", at.promoted.AdminPassword))
	}
	return n, true
}
