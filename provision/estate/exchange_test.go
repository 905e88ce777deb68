package estate_test

import (
	"testing"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/estate"
)

// Most rules about Exchange are broken and kept by the lab files of
// provision/plan. These are not, since other rooms refuse such a lab before.
func TestRulesThatNoLabFileReaches(t *testing.T) {
	t.Parallel()
	server := then(demo(), do(estate.CreateMailboxes{Machine: "ex01"}))
	spare := func(computer string) verb {
		m := box("ex02", labs.Windows2003)
		m.Computer, m.Components = computer, []string{"aspnet", "iis", "nntp", "smtp"}
		return install(m)
	}
	for _, c := range []ruleCase{
		{name: "a disc of nothing", verbs: then(demo(), do(estate.ExchangeUpdate{Machine: "ex01", Release: ""})), want: []string{"DH-EX-NO-RELEASE"}},
		{
			name: "2003 is not prepared like 2010", verbs: then(demo(), do(estate.PrepareSchema{Machine: "dc01", Release: "exchange-2003"})),
			want: []string{"DH-EX-PREPARE-OLD"},
		},
		{
			name: "2010 is not set up like 2003", verbs: then(demo(), do(estate.ExchangeSetup{Machine: "ex01", Release: "exchange-2010", Organization: "Contoso"})),
			want: []string{"DH-EX-SETUP-LATER"},
		},
		{
			name: "2010 knows no ForestPrep", verbs: then(demo(), do(estate.ForestPrep{Machine: "dc01", Release: "exchange-2010"})),
			want: []string{"DH-EX-FORESTPREP-LATER"},
		},
		{
			name: "2013 knows nothing of legacy permissions", verbs: then(demo(), do(estate.PrepareLegacyPermissions{Machine: "dc01", Release: "exchange-2013"})),
			want: []string{"DH-EX-PREPARE-X86", "DH-EX-LEGACY-VERSION"},
		},
		{
			name: "no global catalog",
			verbs: then(forest(labs.Windows2003), edit(func(e *estate.Estate) { e.Machines[0].Catalog = false }),
				do(estate.ForestPrep{Machine: "dc01", Release: "exchange-2003"})),
			want: []string{"DH-EX-NO-CATALOG"},
		},
		{
			name:  "nobody of that name was lost",
			verbs: then(server, spare("EX02"), do(estate.Join{Machine: "ex02", Domain: "contoso.test"}), do(estate.DisasterRecovery{Machine: "ex02", Release: "exchange-2003"})),
			want:  []string{"DH-EX-RECOVERY-NONE"},
		},
		{
			name: "recovery with another version",
			verbs: then(server, edit(func(e *estate.Estate) { e.Machines[1].Computer = "GONE" }), spare("EX01"),
				do(estate.Join{Machine: "ex02", Domain: "contoso.test"}), do(estate.DisasterRecovery{Machine: "ex02", Release: "exchange-2000"})),
			want: []string{"DH-EX-RECOVERY-VERSION", "DH-E2000-W2K3"},
		},
		{
			name: "recovery",
			verbs: then(server, edit(func(e *estate.Estate) { e.Machines[1].Computer = "GONE" }), spare("EX01"),
				do(estate.Join{Machine: "ex02", Domain: "contoso.test"}), do(estate.DisasterRecovery{Machine: "ex02", Release: "exchange-2003"})),
			keeps: "DH-EX-RECOVERY-NONE DH-EX-RECOVERY-VERSION",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.run(t)
		})
	}
}
