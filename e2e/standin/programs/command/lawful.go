package command

import (
	"errors"
	"strconv"
	"strings"

	"github.com/doublehop/doublehop/e2e/standin/programs/directory"
)

// unwilling is a change that Active Directory refuses whatever the user's
// rights are: Windows' error number and its text.
type unwilling struct {
	code uint32
	text string
}

func (u unwilling) Error() string { return u.text }

// What Windows says to a change of a functional level (winerror.h).
const (
	referral   = "A referral was returned from the server."
	lowerDSA   = "The functional level of the domain (or forest) cannot be raised to the requested value, because there exist one or more domain controllers in the domain (or forest) that are at a lower incompatible functional level."
	stillMixed = "The forest functional level cannot be raised to the requested value since one or more domains are still in mixed domain mode. All domains in the forest must be in native mode, for you to raise the forest functional level."
	illegal    = "Illegal modify operation. Some aspect of the modification is not permitted."
)

// lawful refuses what no domain controller takes: a functional level out of
// order, a return to mixed mode, a role's work away from the role's owner.
func lawful(d Directory, dn string, changes []directory.Change) error {
	root := d.Root().Value("defaultNamingContext")
	for _, change := range changes {
		var err error
		switch name := strings.ToLower(change.Name); {
		case name == "ntmixeddomain" && directory.Same(dn, root):
			if change.Op == directory.Delete || strings.Join(change.Values, "") != "0" {
				err = unwilling{0x2077, illegal}
			}
		case name == "msds-behavior-version" && directory.Same(dn, root):
			err = levelRises(d, dn, "PDC", change)
		case name == "msds-behavior-version" && directory.Same(dn, "CN=Partitions,CN=Configuration,"+root):
			err = levelRises(d, dn, "schema master", change)
		case directory.Under(dn, "CN=Schema,CN=Configuration,"+root) && !holds(d, "schema master"):
			err = unwilling{0x202B, referral}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// holds says that the server which a connection leads to owns a role.
func holds(d Directory, name string) bool {
	owner, ok := role(d, name).Owner(d)
	return ok && directory.Same(owner.SettingsDN(), d.Root().Value("dsServiceName"))
}

// levelRises checks a new functional level of the domain or, on the partitions, of the forest (KB322692).
func levelRises(d Directory, dn, master string, change directory.Change) error {
	root := d.Root().Value("defaultNamingContext")
	if schema, _ := directory.Number(d, "CN=Schema,CN=Configuration,"+root, "objectVersion"); schema < directory.SchemaVersion2003 {
		return errors.New("the attribute is not in the schema: " + change.Name)
	}
	level, err := strconv.Atoi(strings.Join(change.Values, ""))
	now, _ := directory.Number(d, dn, change.Name)
	if err != nil || change.Op == directory.Delete || level <= now || directory.LevelName(level) == "" {
		return unwilling{0x2077, illegal}
	}
	if !holds(d, master) {
		return unwilling{0x202B, referral}
	}
	all, err := directory.Controllers(d)
	if err != nil {
		return err
	}
	for _, c := range all {
		if c.Level < level {
			return unwilling{0x2178, lowerDSA}
		}
	}
	if mixed, _ := directory.Number(d, root, "nTMixedDomain"); mixed != 0 && level != 1 {
		return unwilling{0x2179, stillMixed}
	}
	if domain, _ := directory.Number(d, root, change.Name); master == "schema master" && domain < level {
		return unwilling{0x2178, lowerDSA}
	}
	return nil
}
