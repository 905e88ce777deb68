package estate_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/estate"
)

// walk replays steps that must not block, and gives the world and what was said
// by each.
func walk(t *testing.T, e *estate.Estate, verbs []verb) (said []string) {
	t.Helper()
	for i, v := range verbs {
		before := e.Summary()
		for _, p := range v(e) {
			if p.Blocks() {
				t.Fatalf("step %d: %s: %s", i+1, p.Rule, p.Detail)
			}
		}
		said = append(said, e.Changes(before)...)
	}
	return said
}

// host is a machine that Exchange is to stand on.
func host(name string, os labs.OS, pack int, components ...string) verb {
	m := box(name, os, sp(pack))
	m.Components = components
	return install(m)
}

func prepare(machine, release, organization string) []verb {
	return []verb{
		do(estate.PrepareSchema{Machine: machine, Release: release}),
		do(estate.PrepareAD{Machine: machine, Release: release, Organization: organization}),
	}
}

// older2003 is Exchange 2003 SP2 with mailboxes, in native mode, on the way to
// 2010.
func older2003() []verb {
	return then(forest(labs.Windows2003, sp(2)), host("ex01", labs.Windows2003, 2, "aspnet", "iis", "nntp", "smtp"), join("ex01"),
		forestprep("dc01"), domainprep("dc01"), setup("ex01", "Contoso"),
		do(estate.ExchangeUpdate{Machine: "ex01", Release: "exchange-2003-sp2"}), do(estate.CreateMailboxes{Machine: "ex01"}),
		do(estate.NativeMode{Machine: "dc01"}),
		raise("dc01", estate.DomainScope, estate.Level2003), raise("dc01", estate.ForestScope, estate.Level2003))
}

// newer2010 goes on to Exchange 2010.
func newer2010() []verb {
	return slices.Concat(
		[]verb{
			host("ex02", labs.Windows2008R2, 1), join("ex02"),
			do(estate.PrepareLegacyPermissions{Machine: "ex02", Release: "exchange-2010-sp3"}),
		}, prepare("ex02", "exchange-2010-sp3", ""),
		[]verb{
			do(estate.ExchangeInstall{Machine: "ex02", Release: "exchange-2010-sp3", RoutingServer: "ex01"}),
			do(estate.MoveMailboxes{Machine: "ex02", From: "ex01"}), do(estate.PublicFolders{Machine: "ex02", From: "ex01"}),
			do(estate.ExchangeRemove{Machine: "ex01", Release: "exchange-2003-sp2"}),
			do(estate.ExchangeUpdate{Machine: "ex02", Release: "exchange-2010-sp3-ru11"}),
		})
}

func TestFirstHop(t *testing.T) {
	t.Parallel()
	e := estate.New()
	walk(t, e, older2003())
	before := e.Summary()
	said := walk(t, e, newer2010())
	want := []string{
		"ex02: windows-2008r2", "ex02: member of contoso.test",
		"contoso.test: permissions of Exchange 2003 fit for Exchange 2010 SP3",
		"contoso.test: Exchange schema 6870 → 14734",
		"contoso.test: Exchange organization version 6903 → 14322",
		"contoso.test: domain prepared for Exchange, version 6936 → 13040",
		"ex02: Exchange 2010 SP3, build 14.3.123.4",
		"contoso.test: Exchange 2007 can no longer be added",
		"mailboxes: ex01 → ex02, offline (New-MoveRequest on Exchange 2010)",
		"public folders: ex01 → ex02",
		"ex01: Exchange 2003 removed",
		"ex02: Exchange 2010 SP3 → Exchange 2010 SP3 RU11, build 14.3.266.2",
	}
	if diff := cmp.Diff(want, said); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
	wantGood := []string{want[2], want[3], want[4], want[5], want[7]}
	if diff := cmp.Diff(wantGood, e.NoReturn(before)); diff != "" {
		t.Errorf("point of no return (-want +got):\n%s", diff)
	}
	o := e.Forests[0].Exchange
	if o.Mode != estate.Native || len(o.Servers) != 1 || !o.Servers[0].System || !o.Servers[0].Mailboxes || !o.Servers[0].PublicFolders ||
		o.Servers[0].Product != "Exchange 2010" || o.Servers[0].Build != "14.3.266.2" {
		t.Errorf("the organization is %+v with %+v", o, o.Servers[0])
	}
	if diff := cmp.Diff([]string{"exchange-2003", "exchange-2010"}, o.Prepared); diff != "" {
		t.Errorf("prepared (-want +got):\n%s", diff)
	}
}

// Numbers of the directory never go down, whatever is prepared after what.
func TestNumbersNeverGoDown(t *testing.T) {
	t.Parallel()
	e := estate.New()
	walk(t, e, older2003())
	walk(t, e, newer2010())
	for _, release := range []string{"exchange-2007-sp3", "exchange-2010", "exchange-2010-sp1"} {
		for _, v := range slices.Concat(prepare("ex02", release, ""), []verb{do(estate.PrepareDomain{Machine: "ex02", Release: release})}) {
			v(e)
		}
	}
	f := e.Forests[0]
	if f.Exchange.Schema != 14734 || f.Exchange.Version != 14322 || f.Domains[0].Prepared != 13040 {
		t.Errorf("the numbers are %d, %d and %d", f.Exchange.Schema, f.Exchange.Version, f.Domains[0].Prepared)
	}
}

func TestExchange2000BecomesExchange2003(t *testing.T) {
	t.Parallel()
	e := estate.New()
	walk(t, e, then(forest(labs.Windows2000, sp(4)), host("ex01", labs.Windows2000, 4, "iis", "nntp", "smtp"), join("ex01"),
		do(estate.ForestPrep{Machine: "dc01", Release: "exchange-2000"}), do(estate.DomainPrep{Machine: "dc01", Release: "exchange-2000"}),
		do(estate.ExchangeSetup{Machine: "ex01", Release: "exchange-2000", Organization: "Contoso"}), do(estate.ExchangeUpdate{Machine: "ex01", Release: "exchange-2000-sp3"})))
	if f := e.Forests[0]; f.Exchange.Schema != 4397 || f.Exchange.Version != 0 || f.Domains[0].Prepared != 4406 {
		t.Errorf("Exchange 2000 leaves %d, %d and %d", f.Exchange.Schema, f.Exchange.Version, f.Domains[0].Prepared)
	}
	said := walk(t, e, []verb{forestprep("dc01"), domainprep("dc01"), setup("ex01", "Contoso"), do(estate.NativeMode{Machine: "dc01"})})
	want := []string{
		"contoso.test: Exchange schema 4397 → 6870", "contoso.test: Exchange organization version 6903",
		"contoso.test: domain prepared for Exchange, version 4406 → 6936",
		"ex01: Exchange 2000 SP3 → Exchange 2003, build 6.5.6944", "contoso.test: Exchange organization in native mode",
	}
	if diff := cmp.Diff(want, said); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
	if s := e.Forests[0].Exchange.Servers[0]; s.Product != "Exchange 2003" || s.Release != "exchange-2003" || s.Build != "6.5.6944" || !s.First {
		t.Errorf("the server is %+v", s)
	}
}

func TestExchange2019BecomesSE(t *testing.T) {
	t.Parallel()
	e := estate.New()
	walk(t, e, slices.Concat([]verb{
		install(box("dc01", labs.Windows2016)),
		do(estate.Promote{Machine: "dc01", Role: estate.FirstController, Domain: "contoso.test", NetBIOS: "CONTOSO", Level: estate.Level2016}),
		host("ex01", labs.Windows2019, 0), join("ex01"),
	}, prepare("dc01", "exchange-2019-cu14", "Contoso"), []verb{do(estate.ExchangeInstall{Machine: "ex01", Release: "exchange-2019-cu14"})}))
	said := walk(t, e, slices.Concat(prepare("dc01", "exchange-se", ""), []verb{do(estate.ExchangeInstall{Machine: "ex01", Release: "exchange-se"})}))
	want := []string{
		"contoso.test: Exchange organization version 16762 → 16763",
		"ex01: Exchange 2019 CU14 → Exchange Server SE, build 15.2.2562.17",
	}
	if diff := cmp.Diff(want, said); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
}

// What is left out is asked for: whichever step of a way is dropped, the rules
// that then block name steps that bring the way back, in their order.
func TestRemediesBringTheWayBack(t *testing.T) {
	t.Parallel()
	// What these ask for is a new machine, a newer disc or another way.
	helpless := []string{"DH-WIN-NOT-INSTALLED", "DH-EX-NO-SERVER", "DH-EX-NO-FOREST", "DH-AD-NO-DOMAIN", "DH-AD-NOT-CONTROLLER", "DH-AD-NO-FOREST"}
	for _, pair := range [][2]string{
		{"exchange-2000", "exchange-2003"},
		{"exchange-2003", "exchange-2007"},
		{"exchange-2003", "exchange-2010"},
		{"exchange-2010", "exchange-2013"},
		{"exchange-2010", "exchange-2016"},
		{"exchange-2016", "exchange-2019"},
		{"exchange-2019", "exchange-se"},
	} {
		t.Run(strings.TrimPrefix(pair[0], "exchange-")+" to "+strings.TrimPrefix(pair[1], "exchange-"), func(t *testing.T) {
			t.Parallel()
			r, err := estate.FindRoutes(estate.RouteRequest{From: pair[0], To: pair[1]})
			if err != nil {
				t.Fatal(err)
			}
			start, hops := stepsOf(r, r.Ways[0])
			for i, left := range hops {
				e := estate.New()
				for _, s := range slices.Concat(start, hops[:i], hops[i+1:]) {
					if why := mended(e, s, 8); why != "" && !slices.ContainsFunc(helpless, func(rule string) bool { return strings.HasPrefix(why, rule) }) {
						t.Errorf("without %s on %s: %s on %s: %s", left.Sketch().Kind, left.Sketch().On, s.Sketch().Kind, s.Sketch().On, why)
						break
					} else if why != "" {
						break
					}
				}
			}
		})
	}
}

// mended does a step, after the remedies that its problems name. It says why it
// could not.
func mended(e *estate.Estate, s estate.Step, depth int) string {
	for range 12 {
		trial := e.Clone()
		problems := trial.Do(s)
		at := slices.IndexFunc(problems, estate.Problem.Blocks)
		if at < 0 {
			e.Do(s)
			return ""
		}
		p := problems[at]
		if len(p.Remedy) == 0 || depth == 0 {
			return p.Rule + ": " + p.Detail
		}
		for _, remedy := range p.Remedy {
			if why := mended(e, remedy, depth-1); why != "" {
				return why
			}
		}
	}
	return "its remedies do not end"
}

// The arbitration mailboxes leave with the others, and alone where there are no
// others.
func TestArbitrationMailboxesGoAlong(t *testing.T) {
	t.Parallel()
	move := estate.MoveMailboxes{Machine: "dc03", From: "ex02"}
	for name, test := range map[string]struct {
		first []verb
		want  []string
	}{
		"with others": {nil, []string{"DH-EX-REMOVE-MAILBOXES", "DH-EX-REMOVE-SYSTEM"}},
		"alone": {[]verb{edit(func(e *estate.Estate) {
			s, _, _ := e.Server("ex02")
			s.Mailboxes = false
		})}, []string{"DH-EX-REMOVE-SYSTEM"}},
	} {
		e := estate.New()
		walk(t, e, older2003())
		walk(t, e, slices.Concat(newer2010(), []verb{
			host("dc03", labs.Windows2008R2, 1), join("dc03"), do(estate.ExchangeInstall{Machine: "dc03", Release: "exchange-2010-sp3"}),
			do(estate.PublicFolders{Machine: "dc03", From: "ex02"}),
		}, test.first))
		remove := estate.ExchangeRemove{Machine: "ex02", Release: "exchange-2010-sp3-ru11"}
		problems := e.Clone().Do(remove)
		var broken []string
		for _, p := range problems {
			broken = append(broken, p.Rule)
			if len(p.Remedy) != 1 || p.Remedy[0] != move {
				t.Errorf("%s: %s asks for %v", name, p.Rule, p.Remedy)
			}
		}
		if !slices.Equal(broken, test.want) {
			t.Errorf("%s: the removal breaks %v, want %v", name, broken, test.want)
		}
		if problems := e.Do(move); len(problems) != 0 {
			t.Errorf("%s: the move breaks %v", name, problems)
		}
		if problems := e.Do(remove); len(problems) != 0 {
			t.Errorf("%s: the removal breaks %v afterwards", name, problems)
		}
	}
}
