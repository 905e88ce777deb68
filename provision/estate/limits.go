package estate

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/doublehop/doublehop/labs"
)

const (
	mebibyte = 1 << 20
	gibibyte = 1 << 30
)

// mayUse asks whether a machine's Windows can use what the lab gives it. The
// Standard edition is assumed where nobody told.
func mayUse(m *labs.Machine) []Problem {
	edition := cmp.Or(m.Edition, "standard")
	if edition == "advanced-server" { // Windows 2000's name for it
		edition = "enterprise"
	}
	row, ok := limitsOf(m.OS, edition, m.Arch)
	if !ok {
		return nil
	}
	say := words{
		"machine": m.Name, "memory": labs.FormatSize(m.Memory), "cpus": strconv.Itoa(m.CPUs), "edition": edition,
		"os": windowsName(m.OS), "arch": string(m.Arch), "most": row.Memory.String(), "sockets": strconv.Itoa(row.CPUs), "told": "",
	}
	if m.Edition == "" {
		say["told"] = " (nobody said which edition the disc holds)"
	}
	var problems []Problem
	if m.Memory > uint64(row.Memory) {
		problems = append(problems, breaks("DH-LIMIT-MEMORY", "on", say))
	}
	if m.CPUs > row.CPUs {
		problems = append(problems, breaks("DH-LIMIT-CPUS", "on", say))
	}
	if m.OS == labs.Windows2000 && m.CPUs > 1 {
		problems = append(problems, breaks("DH-LIMIT-W2K-SMP", "on", say))
	}
	return problems
}

// mayHold asks whether a machine has the memory that a version of Exchange
// wants, and no more than it can use.
func mayHold(m *Machine, product string, roles []string) []Problem {
	if m.Memory == 0 {
		return nil
	}
	p, _ := FindProduct(product)
	say := words{"machine": m.Name, "memory": labs.FormatSize(m.Memory), "product": p.Name}
	var problems []Problem
	if row, ok := memoryOf(product); ok && m.Memory < uint64(row.Least) {
		say["least"] = row.Least.String()
		problems = append(problems, breaks("DH-LIMIT-EXCHANGE-MEMORY", "on", say))
	}
	if p.Arch != labs.X86 {
		return problems
	}
	if m.Memory > 4*gibibyte {
		problems = append(problems, breaks("DH-LIMIT-E2003-MEMORY", "on", say))
	}
	if wantsLargeUserSpace(m, product, roles) {
		problems = append(problems, breaks("DH-LIMIT-3GB", "on", say))
	}
	return problems
}

// wantsLargeUserSpace says that a server should be started with /3GB: one that
// holds mailboxes or public folders of Exchange 2003, on Windows 2003, with
// more than 1 GiB, and is no domain controller (KB823440).
func wantsLargeUserSpace(m *Machine, product string, roles []string) bool {
	return product == "exchange-2003" && is2003(m.OS) && m.Arch == labs.X86 && m.Memory > gibibyte && !m.Controller && !slices.Contains(roles, FrontEndRole)
}
