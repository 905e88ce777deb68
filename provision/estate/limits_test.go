package estate_test

import (
	"github.com/doublehop/doublehop/labs"
)

// limitCases are the rules of memory and processors.
func limitCases() []ruleCase {
	has := func(memory uint64, cpus int, edition string) func(*labs.Machine) {
		return func(m *labs.Machine) { m.Memory, m.CPUs, m.Edition = memory, cpus, edition }
	}
	one := func(os labs.OS, change ...func(*labs.Machine)) []verb {
		return []verb{install(box("dc01", os, change...))}
	}
	ready := func(memory uint64) []verb {
		m := ex()
		m.Memory, m.Edition = memory, "enterprise"
		return []verb{install(dc()), install(m), promote("dc01", "contoso.test", "CONTOSO"), join("ex01"), forestprep("dc01"), domainprep("dc01"), setup("ex01", "Contoso")}
	}
	return []ruleCase{
		{name: "Exchange 2003 in 96 MiB", verbs: ready(96 * labs.MiB), want: []string{"DH-LIMIT-EXCHANGE-MEMORY"}},
		{name: "Exchange 2003 in 1 GiB", verbs: ready(labs.GiB), keeps: "DH-LIMIT-EXCHANGE-MEMORY DH-LIMIT-3GB DH-LIMIT-E2003-MEMORY"},
		{name: "Exchange 2003 in 2 GiB", verbs: ready(2 * labs.GiB), want: []string{"DH-LIMIT-3GB"}, keeps: "DH-LIMIT-E2003-MEMORY"},
		{name: "Exchange 2003 in 6 GiB", verbs: ready(6 * labs.GiB), want: []string{"DH-LIMIT-E2003-MEMORY", "DH-LIMIT-3GB"}},
		{name: "8 GiB under an unknown edition", verbs: one(labs.Windows2003, has(8*labs.GiB, 1, "")), want: []string{"DH-LIMIT-MEMORY"}},
		{name: "8 GiB under the Enterprise edition", verbs: one(labs.Windows2003, has(8*labs.GiB, 1, "enterprise")), keeps: "DH-LIMIT-MEMORY"},
		{name: "8 GiB under 64 bit", verbs: one(labs.Windows2003, x64, has(8*labs.GiB, 1, "")), keeps: "DH-LIMIT-MEMORY"},
		{name: "4 GiB under the Web Edition", verbs: one(labs.Windows2003, has(4*labs.GiB, 1, "web")), want: []string{"DH-LIMIT-MEMORY"}},
		{name: "8 processors under the Standard edition", verbs: one(labs.Windows2003, has(labs.GiB, 8, "standard")), want: []string{"DH-LIMIT-CPUS"}},
		{name: "8 processors under the Enterprise edition", verbs: one(labs.Windows2003, has(labs.GiB, 8, "enterprise")), keeps: "DH-LIMIT-CPUS"},
		{name: "an edition that nobody knows", verbs: one(labs.Windows2003, has(64*labs.GiB, 8, "home"))},
		{name: "2 processors under Windows 2000", verbs: one(labs.Windows2000, has(labs.GiB, 2, "")), want: []string{"DH-LIMIT-W2K-SMP"}},
		{name: "1 processor under Windows 2000", verbs: one(labs.Windows2000, has(labs.GiB, 1, "")), keeps: "DH-LIMIT-W2K-SMP"},
	}
}
