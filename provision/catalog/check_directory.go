package catalog

import (
	"fmt"

	"github.com/doublehop/doublehop/provision/estate"
)

// directoryServices run on every domain controller, whatever its Windows.
func directoryServices() []string { return []string{"Netlogon", "kdc"} }

// directory adds what the check asks of Active Directory on the machine: it must
// be what the estate reckons with.
func (l *looks) directory(p *pen) {
	if !p.call.Step.Flag("directory") {
		return
	}
	j, ok := controllerFor(p.call)
	if !ok {
		if standing(p.call) {
			p.complain("directory", "No domain controller to check", fmt.Sprintf(
				"Machine %q is no domain controller when this check comes, and directory looks at one. Put it after its promotion, or leave directory out.", p.call.Machine.Name))
		}
		return
	}
	j.p = p
	f, d := j.at.forest, j.at.domain
	j.look(j.here, "SCHEMA", "CN=Schema,CN=Configuration,"+string(j.root), "objectVersion", f.Schema,
		atLeast("ad.schema.objectVersion", "SCHEMA", "objectVersion", f.Schema))
	if f.Level > estate.Level2000 {
		j.look(j.here, "FOREST", "CN=Partitions,CN=Configuration,"+string(j.root), levelAttribute, int(f.Level),
			atLeast("ad.forest.level", "FOREST", levelAttribute, int(f.Level)))
	}
	if d.Level > estate.Level2000 {
		j.look(j.here, "DOMAIN", string(j.base), levelAttribute, int(d.Level), atLeast("ad.domain.level", "DOMAIN", levelAttribute, int(d.Level)))
	}
	if !d.Mixed() {
		j.look(j.here, "MODE", string(j.base), mixedAttribute, 0, nativeDomain("ad.domain.mode", "MODE"))
	}
	j.lookForRoles()
	l.queries = j.queries
	l.proofs = append(l.proofs, j.proofs...)
	l.files = append(l.files, p.helper("LEAST.VBS"))
	l.services, l.shares = directoryServices(), []string{"SYSVOL", "NETLOGON"}
}

// lookForRoles holds the five operations master roles to those who should have
// them.
func (j *controllerJob) lookForRoles() {
	f, d := j.at.forest, j.at.domain
	holders := map[string]string{
		estate.SchemaRole: f.SchemaMaster, estate.NamingRole: f.NamingMaster,
		estate.PDCRole: d.PDC, estate.RIDRole: d.RID, estate.InfrastructureRole: d.Infrastructure,
	}
	for i, role := range roleNames() {
		m, ok := j.p.call.Lab.Machine(holders[role])
		if !ok {
			continue
		}
		file := fmt.Sprintf("ROLE%d", i+1)
		j.look(j.here, file, string(j.masters()[role].Base), "fSMORoleOwner", 0, owned("ad.role."+role, file, m.Computer))
	}
}
