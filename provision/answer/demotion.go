package answer

import (
	"github.com/doublehop/doublehop/labs"
)

// Demotion is what dcpromo of Windows 2000 to 2008 R2 is told when it takes
// Active Directory off a domain controller.
type Demotion struct {
	OS labs.OS
	// Last says that the domain ends with this domain controller.
	Last bool
	// Administrator is the password of the local Administrator that comes back.
	Administrator labs.SecretValue
	// User, UserDomain and Password are an account that may do it; empty leaves
	// it to the user who is logged on.
	User, UserDomain string
	Password         labs.SecretValue
	// Origin is the step's block.
	Origin Origin
}

// Demote writes the file for `dcpromo /answer:FILE`, or `/unattend:FILE` from
// Windows 2008 on (KB223757, KB947034). The machine is not restarted by it.
func Demote(d Demotion) (File, labs.Diagnostics) {
	diags := checkDcpromo(d.OS, d.Origin)
	if d.Administrator.Empty() {
		diags = append(diags, d.Origin.complaint("password", "Password missing",
			"dcpromo asks for the password of the new local Administrator when the file has none, and would wait."))
	}
	var keys []keyed
	add := func(key string, v value) { keys = append(keys, keyed{key, v}) }
	if d.User != "" {
		add("UserName", bare("user", d.User))
		add("UserDomain", bare("user_domain", d.UserDomain))
		add("Password", bare("password", d.Password.Reveal()).hush())
	}
	add("AdministratorPassword", bare("password", d.Administrator.Reveal()).hush())
	add("IsLastDCInDomain", literal(map[bool]string{true: "Yes", false: "No"}[d.Last]))
	// Windows 2000 has no application partitions; later ones keep DNS in them.
	if d.OS != labs.Windows2000 {
		add("RemoveApplicationPartitions", literal("Yes"))
	}
	if modernDcpromo(d.OS) {
		add("IgnoreIsLastDNSServerForZone", literal("Yes"))
		add("RemoveDNSDelegation", literal("No"))
		add("RebootOnCompletion", literal("No"))
	} else {
		add("RebootOnSuccess", literal("NoAndNoPromptEither"))
	}
	return dcinstall(keys, diags, d.Origin)
}
