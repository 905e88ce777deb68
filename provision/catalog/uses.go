package catalog

import (
	"strings"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/disc"
	"github.com/doublehop/doublehop/provision/estate"
)

// Uses lists the steps that a disc can serve, and in note what else is to be
// known of it: why it serves none, or which machines it is for. Note is in full
// sentences, or empty.
func Uses(id disc.Identity) (steps []string, note string) {
	if note := useless(id); note != "" {
		return nil, note
	}
	if known, ok := estate.WindowsOf(labs.OS(id.Product)); ok {
		return usesOfWindows(id, known)
	}
	switch {
	case id.Product == disc.WindowsUnknown && id.Form == disc.Whole:
		return []string{Install}, "It does not tell which Windows it installs."
	case id.Product == disc.WindowsUnknown:
		return []string{"service_pack"}, "It updates a Windows, and does not tell which."
	case id.Form != disc.Whole:
		return []string{"exchange_update"}, ""
	case id.Product == disc.Exchange2000 || id.Product == disc.Exchange2003:
		return []string{"forestprep", "domainprep", "exchange_setup", "exchange_remove", "disaster_recovery"}, ""
	case id.Product == disc.Exchange2007 && id.Arch == disc.X86:
		return []string{"prepare_legacy_permissions", "prepare_schema", "prepare_ad", "prepare_domain"}, "It is the 32-bit build, whose servers are for laboratories."
	}
	steps = []string{"prepare_schema", "prepare_ad", "prepare_domain", "exchange_install", "exchange_update", "exchange_remove", "disaster_recovery"}
	if bridging().covers(string(id.Product)) {
		steps = append([]string{"prepare_legacy_permissions"}, steps...)
	}
	return steps, ""
}

// useless says why a disc serves no step.
func useless(id disc.Identity) string {
	switch {
	case id.Product == disc.Unknown:
		return "Nothing known is on it. A step of the kind run or copy may use it, and a pinned sha256 makes it serve any step."
	case id.Product == disc.WindowsClient || id.Edition == "professional" || id.Edition == "home":
		return "It is a Windows for workstations, which can be no server of a domain."
	case id.Form == disc.Packed:
		return "It holds a download that is packed still. Unpack the program (it takes /extract:FOLDER), and make a disc image of what comes out."
	case id.Arch == disc.Itanium || id.Arch == "arm64":
		return "It is for machines with " + id.Arch + ", which a lab cannot have."
	case id.Edition == "web" && id.Product == disc.Windows2003:
		return "It is the web edition, which cannot be a domain controller and runs no Exchange."
	}
	return ""
}

func usesOfWindows(id disc.Identity, known estate.Windows) (steps []string, note string) {
	if id.Form == disc.SecondDisc {
		return []string{"adprep"}, "It is disc 2; Windows is installed from disc 1."
	}
	if id.Form == disc.ServicePackOnly {
		return []string{"service_pack"}, "It updates an installed Windows, and cannot install one."
	}
	steps = []string{Install, "components", "promote", "join"}
	if known.OS != labs.Windows2000 {
		steps = append(steps, "upgrade_windows")
	}
	if _, ok := estate.AdprepOf(known.OS); ok {
		steps = append(steps, "adprep")
	}
	var notes []string
	if !id.Bootable {
		steps = steps[1:]
		notes = append(notes, "It has no boot record, so no machine can start from it. Copy the whole disc, boot sectors too.")
	}
	if id.Product == disc.Windows2003 && id.Arch == disc.X64 {
		notes = append(notes, `It is for machines with arch = "x64", and so not for Exchange 2000 and 2003.`)
	}
	return steps, strings.Join(notes, " ")
}
