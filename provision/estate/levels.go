package estate

import (
	"slices"
	"strings"

	"github.com/doublehop/doublehop/labs"
)

// fits asks whether a Windows serves at a functional level that somebody wants.
// say names the machine and {what} is at the level.
func fits(w Windows, level Level, say words, attr string) []Problem {
	say["os"], say["level"], say["highest"], say["lowest"] = w.Name, level.String(), w.Highest.String(), w.LowestForest.String()
	switch {
	case level > w.Highest:
		return []Problem{breaks("DH-AD-LEVEL-OS", attr, say).as(w.Origin)}
	case level > Level2000 && level < w.LowestForest:
		return []Problem{breaks("DH-AD-LEVEL-LOW", attr, say).as(w.Origin)}
	}
	return nil
}

// mayServe asks whether a Windows can serve as a domain controller of d (nil
// for a new domain) in f.
func (e *Estate) mayServe(m *Machine, os labs.OS, d *Domain, f *Forest, attr string) []Problem {
	w, ok := WindowsOf(os)
	if !ok {
		return nil
	}
	what, level := "the forest of "+f.Root, f.Level
	if d != nil && d.Level > level {
		what, level = "the domain "+d.Name, d.Level
	}
	say := words{"machine": m.Name, "os": w.Name, "what": what, "level": level.String(), "highest": w.Highest.String()}
	var problems []Problem
	if level > w.Highest {
		problems = append(problems, breaks("DH-AD-LEVEL-OS", attr, say).as(w.Origin))
	}
	if f.Level < w.LowestForest {
		problems = append(problems, tooLow(m, w, f, attr))
	}
	if d != nil && d.Mixed() && since2008(os) && f.Level >= w.LowestForest {
		problems = append(problems, mixedMode(d, w.Name, attr))
	}
	if w.DFSR && !f.DFSR {
		problems = append(problems, breaks("DH-AD-FRS", attr, words{"machine": m.Name, "os": w.Name, "forest": f.Root}, migration(f)).as(w.Origin))
	}
	if other, ok := e.mixes(os, d, m.Name); ok {
		problems = append(problems, breaks("DH-AD-2003-WITH-2012R2", attr, words{"machine": m.Name, "os": w.Name, "other": other.Name, "otheros": windowsName(other.OS), "domain": d.Name}))
	}
	return append(problems, e.bearsController(m, os, f, attr)...)
}

// tooLow is a forest's level below what a Windows serves in. Its domains' are
// never lower than the forest's.
func tooLow(m *Machine, w Windows, f *Forest, attr string) Problem {
	return breaks("DH-AD-LEVEL-LOW", attr, words{
		"machine": m.Name, "os": w.Name, "what": "the forest of " + f.Root, "level": f.Level.String(), "lowest": w.LowestForest.String(),
	}, RaiseLevel{Machine: f.schemaMaster(), Scope: ForestScope, Level: w.LowestForest}).as(w.Origin)
}

// since2008 says that a Windows is 2008 or later. Its domain controllers serve in
// no domain in mixed mode, and correct their clock by so much only.
func since2008(os labs.OS) bool { return !olderWindows(os, labs.Windows2008) }

func mixedMode(d *Domain, what, attr string) Problem {
	return breaks("DH-AD-MIXED-MODE", attr, words{"domain": d.Name, "what": what}, RaiseLevel{Machine: d.pdc(), Scope: DomainScope, Level: Level2000})
}

// migration moves SYSVOL from FRS to DFSR.
func migration(f *Forest) Step {
	return Establish{
		Machine: f.Domains[0].pdc(), Facts: []string{"sysvol-dfsr"},
		Commands: []string{"dfsrmig /setglobalstate 1", "dfsrmig /setglobalstate 2", "dfsrmig /setglobalstate 3"},
	}
}

// mixes finds a domain controller of d beside which a new one of a Windows
// loses the passwords of machines: Windows 2003 and 2012 R2 do not read each
// other's keys.
func (e *Estate) mixes(os labs.OS, d *Domain, machine string) (*Machine, bool) {
	if d == nil {
		return nil, false
	}
	return first(e.controllersOf(d), func(m *Machine) bool {
		return m.Name != machine && (is2003(m.OS) && os == labs.Windows2012R2 || is2003(os) && m.OS == labs.Windows2012R2)
	})
}

// is2003 says that a Windows is 2003 or its R2.
func is2003(os labs.OS) bool { return servicePackOf(os) == labs.Windows2003 }

func (s RaiseLevel) do(e *Estate) []Problem {
	m, problems := e.installed(s.Machine)
	if m == nil {
		return problems
	}
	d, f, problems := e.controls(m)
	if f == nil {
		return problems
	}
	if s.Scope == ForestScope {
		return e.raiseForest(f, s.Level)
	}
	return e.raiseDomain(d, f, s.Level)
}

func (e *Estate) raiseDomain(d *Domain, f *Forest, level Level) []Problem {
	say := words{"what": "The domain " + d.Name, "level": level.String(), "now": d.Level.String()}
	switch {
	case level < d.Level:
		return []Problem{breaks("DH-AD-LEVEL-LOWERED", "level", say)}
	case level == d.Level && !d.Mixed():
		return []Problem{breaks("DH-AD-LEVEL-TWICE", "level", say)}
	}
	problems := append(e.controllersKnow(e.controllersOf(d), level, say), e.bearsLevel(f, level, say["what"])...)
	e.lift(e.editForest(f.Root).domain(d.Name), level)
	return problems
}

// raiseForest raises a forest with its domains: those below the level rise with
// it.
func (e *Estate) raiseForest(f *Forest, level Level) []Problem {
	say := words{"what": "The forest of " + f.Root, "level": level.String(), "now": f.Level.String()}
	switch {
	case level < f.Level:
		return []Problem{breaks("DH-AD-LEVEL-LOWERED", "level", say)}
	case level == f.Level:
		return []Problem{breaks("DH-AD-LEVEL-TWICE", "level", say)}
	}
	problems := append(e.controllersKnow(e.controllers(f), level, say), e.bearsLevel(f, level, say["what"])...)
	for _, d := range f.Domains {
		if d.Mixed() && level >= Level2003 {
			problems = append(problems, breaks("DH-AD-FOREST-MIXED", "level", words{"domain": d.Name, "forest": f.Root, "level": level.String()},
				RaiseLevel{Machine: d.pdc(), Scope: DomainScope, Level: Level2000}))
		}
	}
	problems = append(problems, e.connectorTrap(f, level, "level", e.newConnector)...)
	f = e.editForest(f.Root)
	for _, d := range f.Domains {
		if d.Level < level {
			e.lift(d, level)
		}
	}
	e.sayForGood("%s: forest level %s → %s", f.Root, f.Level, level)
	f.Level = level
	return problems
}

// lift raises a domain of an edited forest.
func (e *Estate) lift(d *Domain, level Level) {
	if level > d.Level {
		e.sayForGood("%s: domain level %s → %s", d.Name, d.Level, level)
	} else {
		e.sayForGood("%s: native mode", d.Name)
	}
	d.Level, d.Native = level, true
}

// controllersKnow asks whether domain controllers serve at a level. Those too
// old for it are demoted where the domain has others, or upgraded.
func (e *Estate) controllersKnow(list []*Machine, level Level, say words) []Problem {
	var old []*Machine
	var remedy []Step
	for _, m := range list {
		if w, ok := WindowsOf(m.OS); ok && w.Highest < level {
			old = append(old, m)
			remedy = append(remedy, e.replace(m, level)...)
		}
	}
	if len(old) == 0 {
		return nil
	}
	if len(remedy) < len(old) {
		remedy = nil // some of them need a new machine
	}
	say["controllers"] = and(quotedAll(namesOf(old)))
	return []Problem{breaks("DH-AD-LEVEL-CONTROLLERS", "level", say, remedy...)}
}

// replace is the step that takes a domain controller which is too old for a
// level out of the way; none where only a new machine can.
func (e *Estate) replace(m *Machine, level Level) []Step {
	d, _, _ := e.Domain(m.Domain)
	for _, other := range e.controllersOf(d) {
		if w, ok := WindowsOf(other.OS); ok && w.Highest >= level {
			return []Step{Demote{Machine: m.Name}}
		}
	}
	for _, w := range windows() {
		if row, ok := windowsUpgrade(m.OS, w.OS, ""); ok && row.Verdict == upgradeAllowed && w.Highest >= level && w.Has(m.Arch) {
			return []Step{UpgradeWindows{Machine: m.Name, OS: w.OS, ServicePack: UnknownServicePack}}
		}
	}
	return nil
}

// connectorTrap asks whether an Active Directory Connector of Exchange 2000
// meets linked-value replication, which the forest does from level 2003 interim
// on. cure gives what helps; it may be nil.
func (e *Estate) connectorTrap(f *Forest, level Level, attr string, cure func(*Machine) []Step) []Problem {
	if level < Level2003Interim {
		return nil
	}
	var problems []Problem
	for _, m := range e.Machines {
		if _, home, ok := e.Domain(m.Domain); !ok || home.Root != f.Root || m.Connector != "exchange-2000" {
			continue
		}
		var remedy []Step
		if cure != nil {
			remedy = cure(m)
		}
		problems = append(problems, breaks("DH-AD-CONNECTOR-2000", attr, words{"machine": m.Name, "forest": f.Root, "level": level.String()}, remedy...))
	}
	return problems
}

// newConnector puts the Active Directory Connector of Exchange 2003 over the
// one on a machine.
func (*Estate) newConnector(m *Machine) []Step {
	return []Step{Establish{Machine: m.Name, Facts: []string{"connector-2003"}, Commands: []string{`D:\ADC\I386\setup.exe`}}}
}

func quotedAll(names []string) []string {
	list := slices.Clone(names)
	for i, n := range list {
		list[i] = `"` + n + `"`
	}
	return list
}

// distinguished is the distinguished name of a domain.
func distinguished(domain string) string { return "dc=" + strings.ReplaceAll(domain, ".", ",dc=") }
