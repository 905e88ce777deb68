package estate_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

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

// A lab has one computer of each name: that a lost server comes back on another
// one is for the model alone.
func TestRecoveryOnAnotherMachine(t *testing.T) {
	t.Parallel()
	fresh := func(os labs.OS, pack int) verb {
		m := box("ex02", os, sp(pack))
		m.Computer, m.Components = "EX01", []string{"aspnet", "iis", "nntp", "smtp"}
		return install(m)
	}
	lost := edit(func(e *estate.Estate) { m, _ := e.Machine("ex01"); m.Computer = "GONE" })
	join2 := do(estate.Join{Machine: "ex02", Domain: "contoso.test"})
	newer := slices.Concat(forest(labs.Windows2012R2), []verb{
		raise("dc01", estate.ForestScope, estate.Level2012R2), host("ex01", labs.Windows2012R2, 0), join("ex01"),
	}, prepare("dc01", "exchange-2016-cu23", "Contoso"), []verb{do(estate.ExchangeInstall{Machine: "ex01", Release: "exchange-2016-cu23"}), lost})
	recover2016 := do(estate.DisasterRecovery{Machine: "ex02", Release: "exchange-2016-cu23"})
	for _, c := range []ruleCase{
		{
			name: "2003 on Windows 2000", want: []string{"DH-EX-RECOVERY-WINDOWS"},
			verbs: then(demo(), lost, fresh(labs.Windows2000, 4), join2, do(estate.DisasterRecovery{Machine: "ex02", Release: "exchange-2003"})),
		},
		{name: "2016 on Windows 2016", want: []string{"DH-EX-RECOVERY-WINDOWS"}, verbs: then(newer, fresh(labs.Windows2016, 0), join2, recover2016)},
		{name: "2016 on the same Windows", keeps: "DH-EX-RECOVERY-WINDOWS DH-EX-RECOVERY-ALIVE", verbs: then(newer, fresh(labs.Windows2012R2, 0), join2, recover2016)},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.run(t)
		})
	}
}

// An update that leaves a server where it was is not told again what Setup was
// told.
func TestUpdatesRepeatNothing(t *testing.T) {
	t.Parallel()
	e := estate.New()
	m := box("ex01", labs.Windows2003, x64)
	m.Components = []string{"aspnet", "iis", "nntp", "smtp"}
	for _, v := range []verb{install(dc()), install(m), promote("dc01", "contoso.test", "CONTOSO"), join("ex01"), forestprep("dc01"), domainprep("dc01")} {
		v(e)
	}
	if got := setup("ex01", "Contoso")(e); len(got) != 1 || got[0].Rule != "DH-E2003-X64" {
		t.Fatalf("Setup breaks %v", got)
	}
	if got := e.Do(estate.ExchangeUpdate{Machine: "ex01", Release: "exchange-2003-sp2"}); len(got) != 0 {
		t.Errorf("the update breaks %v", got)
	}
}

// What helps against a version that cannot come is said as it is: another level
// of it, or a version in between.
func TestWaysOut(t *testing.T) {
	t.Parallel()
	with := func(release string) []verb {
		return then(forest(labs.Windows2008R2), raise("dc01", estate.ForestScope, estate.Level2008R2), host("ex01", labs.Windows2008R2, 1), join("ex01"), exchange("ex01", release))
	}
	for name, c := range map[string]struct {
		there, comes, want string
	}{
		"too early":    {"exchange-2010-sp3", "exchange-2013-cu1", "The way out is to use Exchange 2013 CU2 or later, which can."},
		"too late":     {"exchange-2013-cu23", "exchange-2019-cu15", "The way out is to use Exchange 2019 CU14, the last level that can, until the older version is removed."},
		"in between":   {"exchange-2007-sp3-ru13", "exchange-2016", "The way out is to remove the older one first. Here the mailboxes of Exchange 2007 go to Exchange 2013, Exchange 2007 is removed, and then Exchange 2016 comes."},
		"over several": {"exchange-2007-sp3-ru13", "exchange-se", "The way out is to remove the older one first. There is no single version that both can live with; `doublehop route` finds the way over several."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := estate.New()
			for _, v := range with(c.there) {
				v(e)
			}
			var said string
			for _, p := range e.Do(estate.PrepareSchema{Machine: "dc01", Release: c.comes}) {
				if p.Rule == "DH-EX-COEXIST" {
					said = p.Detail
				}
			}
			if !strings.Contains(said, c.want) {
				t.Errorf("said %q, want %q", said, c.want)
			}
		})
	}
}

// PrepareAD alone does what the preparations before it would have done, and each
// of them that it stands in for is named.
func TestPrepareADAlone(t *testing.T) {
	t.Parallel()
	e := estate.New()
	walk(t, e, then(older2003(), host("ex02", labs.Windows2008R2, 1), join("ex02")))
	problems := e.Do(estate.PrepareAD{Machine: "ex02", Release: "exchange-2010-sp3"})
	if len(problems) != 1 || problems[0].Rule != "DH-EX-PREPARE-AT-ONCE" || problems[0].Blocks() {
		t.Fatalf("it breaks %v", problems)
	}
	want := []estate.Step{
		estate.PrepareLegacyPermissions{Machine: "ex02", Release: "exchange-2010-sp3"}, estate.PrepareSchema{Machine: "ex02", Release: "exchange-2010-sp3"},
	}
	if diff := cmp.Diff(want, problems[0].Remedy); diff != "" {
		t.Errorf("remedy (-want +got):\n%s", diff)
	}
	f := e.Forests[0]
	if f.Exchange.Schema != 14734 || f.Exchange.Version != 14322 || f.Domains[0].Prepared != 13040 || !f.Domains[0].LegacyPermissions {
		t.Errorf("it leaves %+v and %+v", f.Exchange, f.Domains[0])
	}
	if problems := e.Do(estate.ExchangeInstall{Machine: "ex02", Release: "exchange-2010-sp3", RoutingServer: "ex01"}); len(problems) != 0 {
		t.Errorf("Setup breaks %v", problems)
	}
}

// An old domain controller stands in nobody's way where Exchange need not use it,
// unless it is the schema master.
func TestControllersThatExchangeNeedNotUse(t *testing.T) {
	t.Parallel()
	raised := []verb{raise("dc01", estate.DomainScope, estate.Level2003), raise("dc01", estate.ForestScope, estate.Level2003)}
	both := then(forest(labs.Windows2003, sp(2)), added("dc02", labs.Windows2003, sp(0))...)
	prepare2013 := do(estate.PrepareSchema{Machine: "ex01", Release: "exchange-2013-cu23"})
	member := []verb{host("ex01", labs.Windows2012, 0), join("ex01")}
	for _, c := range []ruleCase{
		{name: "beside a newer one", keeps: "DH-EX-DC-SP DH-EX-NO-CATALOG", verbs: slices.Concat(both, raised, member, []verb{prepare2013})},
		{
			name: "as schema master", want: []string{"DH-EX-DC-SP"},
			verbs: slices.Concat(both, raised, []verb{roles("dc02", estate.SchemaRole)}, member, []verb{prepare2013}),
		},
		{
			name: "as the only global catalog", want: []string{"DH-EX-NO-CATALOG"},
			verbs: slices.Concat(both, raised, []verb{
				edit(func(e *estate.Estate) { e.Machines[0].Catalog, e.Machines[1].Catalog = false, true }),
			}, member, []verb{prepare2013}),
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.run(t)
		})
	}
}
