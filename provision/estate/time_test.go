package estate_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/estate"
)

const day = 24 * time.Hour

func began() time.Time { return time.Date(2006, 3, 1, 8, 0, 0, 0, time.UTC) }

// clock sets the lab's clock to a time after its beginning.
func clock(after time.Duration) verb {
	return func(e *estate.Estate) []estate.Problem { return e.SetClock(began().Add(after)) }
}

// timeCases are the rules of the lab's clock.
func timeCases() []ruleCase {
	at := func(os labs.OS) []verb { return then([]verb{clock(0)}, forest(os)...) }
	one := at(labs.Windows2008R2)
	two := then(one, added("dc02", labs.Windows2008R2)...)
	old := then(at(labs.Windows2000), added("dc02", labs.Windows2000)...)
	standing := func() []verb { return []verb{clock(0), install(box("dc01", labs.Windows2003))} }
	server := func(release string) []verb {
		return then(one, install(box("ex01", labs.Windows2008R2)), exchange("ex01", release), clock(time.Hour))
	}
	const computers, users = "DH-TIME-MACHINE-PASSWORD", "DH-TIME-USER-PASSWORD"
	return []ruleCase{
		{name: "back with a domain", verbs: then(one, clock(day), clock(0)), want: []string{"DH-TIME-BACKWARDS"}},
		{name: "back without a domain", verbs: then(standing(), clock(day), clock(0)), keeps: "DH-TIME-BACKWARDS"},
		{name: "no time at all", verbs: then(two, clock(0)), keeps: "DH-TIME-BACKWARDS"},
		{name: "past 180 days with two domain controllers", verbs: then(two, clock(181*day)), want: []string{"DH-TIME-TOMBSTONE", "DH-TIME-W32TIME", computers, users, "DH-TIME-EVALUATION"}},
		{name: "past 60 days with two of Windows 2000", verbs: then(old, clock(61*day)), want: []string{"DH-TIME-TOMBSTONE", computers, users}},
		{name: "60 days with two of Windows 2000", verbs: then(old, clock(60*day)), want: []string{computers, users}, keeps: "DH-TIME-TOMBSTONE DH-TIME-W32TIME"},
		{name: "past 180 days with one domain controller", verbs: then(one, clock(181*day)), want: []string{computers, users, "DH-TIME-EVALUATION"}, keeps: "DH-TIME-TOMBSTONE DH-TIME-W32TIME DH-TIME-ACTIVATION"},
		{name: "past 180 days with the lifetime raised", verbs: then(two, establish("dc01", "tombstones-3650-days"), clock(181*day)), want: []string{"DH-TIME-W32TIME", computers, users, "DH-TIME-EVALUATION"}, keeps: "DH-TIME-TOMBSTONE"},
		{name: "180 days in two stages", verbs: then(two, clock(100*day), clock(181*day)), want: []string{"DH-TIME-W32TIME", computers, "DH-TIME-EVALUATION"}, keeps: "DH-TIME-TOMBSTONE " + users},
		{name: "two days", verbs: then(two, clock(2*day)), keeps: "DH-TIME-W32TIME DH-TIME-MACHINE-PASSWORD DH-TIME-USER-PASSWORD"},
		{name: "three days", verbs: then(two, clock(3*day)), want: []string{"DH-TIME-W32TIME"}},
		{name: "30 days of Windows 2003", verbs: then(standing(), clock(31*day)), want: []string{"DH-TIME-ACTIVATION"}},
		{name: "more than 30 days, which passed before", verbs: then(standing(), clock(31*day), clock(32*day)), keeps: "DH-TIME-ACTIVATION"},
		{name: "180 days of a machine in a workgroup", verbs: then(standing(), clock(31*day), clock(181*day)), want: []string{"DH-TIME-EVALUATION"}},
		{name: "180 days, the day before", verbs: then(standing(), clock(31*day), clock(180*day)), keeps: "DH-TIME-EVALUATION"},
		{name: "a year of Exchange 2007", verbs: then(server("exchange-2007"), clock(100*day), clock(366*day)), want: []string{computers, "DH-TIME-EVALUATION", "DH-TIME-CERTIFICATE"}},
		{name: "a year of Exchange 2010", verbs: then(server("exchange-2010"), clock(100*day), clock(366*day)), want: []string{computers, "DH-TIME-EVALUATION"}, keeps: "DH-TIME-CERTIFICATE"},
		{name: "five years of Exchange 2010", verbs: then(server("exchange-2010"), clock(366*day), clock(5*366*day)), want: []string{computers, "DH-TIME-CERTIFICATE"}},
		{name: "ten years of Exchange 2003", verbs: then(server("exchange-2003"), clock(366*day), clock(10*366*day)), want: []string{computers}},
	}
}

// TestClockCounts holds from when things age that came before anybody set the
// clock, and what a machine's clock becomes in a domain.
func TestClockCounts(t *testing.T) {
	t.Parallel()
	e := estate.New()
	for _, v := range then(forest(labs.Windows2008R2, ahead(time.Minute)), install(box("ex01", labs.Windows2008R2, ahead(5*time.Minute))), join("ex01"), exchange("ex01", "exchange-2010"), clock(0)) {
		for _, p := range v(e) {
			t.Errorf("%s: %s", p.Rule, p.Detail)
		}
	}
	m, _ := e.Machine("ex01")
	s, f, _ := e.Server("ex01")
	for _, at := range []time.Time{m.Installed, s.Installed, f.Founded, e.Clock} {
		if !at.Equal(began()) {
			t.Errorf("something began at %s", at)
		}
	}
	if m.Skew != time.Minute {
		t.Errorf("the member's clock is %s ahead, its domain's a minute", m.Skew)
	}
	if diff := cmp.Diff([]string{"lab: clock 2006-03-01T08:00:00Z"}, e.Changes(e.Summary()-1)); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
	before := e.Clone()
	e.SetClock(began().Add(day))
	if !before.Clock.Equal(began()) {
		t.Error("the clock of an earlier estate was set too")
	}
}

// TestPartialRevert holds the reasons for not reverting a part of a forest.
func TestPartialRevert(t *testing.T) {
	t.Parallel()
	e := estate.New()
	way := then(forest(labs.Windows2003), added("dc02", labs.Windows2003)...)
	for _, v := range then(way, install(box("ex01", labs.Windows2003)), join("ex01"), exchange("ex01", "exchange-2003"), install(box("ex02", labs.Windows2003)), join("ex02")) {
		v(e)
	}
	for _, c := range []struct {
		machines, says, hides []string
	}{
		{[]string{"dc01", "ex01", "ex02"}, []string{"USN rollback", `"dc02"`, "Exchange keeps"}, nil},
		{[]string{"dc01", "dc02"}, []string{"different passwords", "Exchange keeps"}, []string{"USN rollback"}},
		{[]string{"ex02"}, []string{"different passwords"}, []string{"USN rollback"}},
	} {
		problems := e.MayRevert(c.machines)
		if len(problems) != 1 || !problems[0].Blocks() {
			t.Errorf("%v: %v", c.machines, problems)
			continue
		}
		wellSaid(t, problems[0])
		for _, s := range c.says {
			if !strings.Contains(problems[0].Detail, s) {
				t.Errorf("%v: %q is not said in %q", c.machines, s, problems[0].Detail)
			}
		}
		for _, s := range c.hides {
			if strings.Contains(problems[0].Detail, s) {
				t.Errorf("%v: %q is said in %q", c.machines, s, problems[0].Detail)
			}
		}
	}
	if problems := e.MayRevert(slices.Concat([]string{"ex01", "dc02"}, []string{"dc01", "ex02"})); len(problems) != 0 {
		t.Errorf("the whole forest: %v", problems)
	}
}
