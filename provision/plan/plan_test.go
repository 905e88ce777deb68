package plan_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/plan"
)

var update = flag.Bool("update", false, "rewrite golden files")

// lab is a domain controller and a member, in two stages.
func lab() *labs.Lab {
	machine := func(name, address string) *labs.Machine {
		return &labs.Machine{
			Name: name, Computer: strings.ToUpper(name), OS: labs.Windows2003, Arch: labs.X86, ServicePack: labs.UnknownServicePack, Memory: 256 << 20, CPUs: 1,
			InstallFrom: "windows", ProductKey: "key", AdminPassword: "administrator", TimeZone: 85, Licenses: 5,
			Owner: "Lab", Organization: "Lab", Components: []string{"iis", "smtp", "nntp"},
			Disks: []labs.Disk{{Name: "system", Size: 2 << 30}},
			NICs:  []labs.NIC{{Network: "corp", Address: netip.MustParseAddr(address), DNS: []netip.Addr{netip.MustParseAddr("10.20.0.10")}}},
		}
	}
	return &labs.Lab{
		Name: "small",
		Secrets: []*labs.Secret{
			{Name: "administrator", Generate: true}, {Name: "key", Env: "KEY"},
		},
		Media:    []*labs.Media{{Name: "windows", Path: "windows.iso"}},
		Networks: []*labs.Network{{Name: "corp", Subnet: netip.MustParsePrefix("10.20.0.0/24")}},
		Machines: []*labs.Machine{machine("dc01", "10.20.0.10"), machine("ex01", "10.20.0.20")},
		Stages: []*labs.Stage{
			{Name: "windows", Steps: []*labs.Step{
				{Kind: "install", Name: "install", On: []string{"dc01", "ex01"}, Args: map[string]labs.Value{}},
			}},
			{Name: "forest", After: "windows", Steps: []*labs.Step{
				{Kind: "join", Name: "join", On: []string{"ex01"}, Args: map[string]labs.Value{"domain": "contoso.test"}},
				{Kind: "promote", Name: "promote", On: []string{"dc01"}, Args: map[string]labs.Value{
					"domain": "contoso.test", "netbios": "CONTOSO",
				}},
			}},
		},
	}
}

func input(l *labs.Lab, target string) plan.Input {
	return plan.Input{
		Lab: l, Instance: "demo", Target: target, Media: map[string]string{"windows": strings.Repeat("ab", 32)},
		Secret: func(name string) (string, error) { return fmt.Sprintf("%x", name+"-digest-of-it"), nil },
		World:  plan.World{Checkpoints: plan.Known{}},
	}
}

func mustMake(t *testing.T, in plan.Input) *plan.Plan {
	t.Helper()
	p, diags := plan.Make(in)
	if diags.Fatal() {
		t.Fatalf("plan: %+v", diags)
	}
	return p
}

// finished is a world in which the plan's first n stages have their checkpoints.
func finished(p *plan.Plan, n int) plan.World {
	known := plan.Known{}
	for _, s := range p.Stages[:n] {
		c := plan.Checkpoint{Key: s.Key, Lab: p.Lab, Stage: s.Name, Layers: map[string]plan.Frozen{}}
		for _, l := range s.Layers {
			c.Layers[l.Machine] = plan.Frozen{Key: l.Key, Preimage: l.Preimage}
		}
		known[s.Key] = c
	}
	return plan.World{Checkpoints: known}
}

func TestPlanIsWhatItWas(t *testing.T) {
	t.Parallel()
	got, err := json.MarshalIndent(mustMake(t, input(lab(), "forest")), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join("testdata", "small.json")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, append(shape(got), '\n'), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(shape(got))+"\n"); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// shape hides keys, which change with every script of the catalogue.
func shape(b []byte) []byte {
	lines := strings.Split(string(b), "\n")
	for i, l := range lines {
		for _, name := range []string{`"key": "`, `"base": "`, `"job": "S01-`, `"job": "S02-`} {
			if at := strings.Index(l, name); at >= 0 {
				lines[i] = l[:at+len(name)] + `…"` + strings.TrimLeft(l[strings.LastIndex(l, `"`)+1:], " ")
			}
		}
	}
	return []byte(strings.Join(lines, "\n"))
}

func TestTwoPlansOfOneLabAreEqual(t *testing.T) {
	t.Parallel()
	a, b := mustMake(t, input(lab(), "forest")), mustMake(t, input(lab(), "forest"))
	if diff := cmp.Diff(a, b, cmp.Exporter(func(reflect.Type) bool { return true })); diff != "" {
		t.Error(diff)
	}
}

func TestJoinWaitsForPromoteWhateverTheOrderIsWritten(t *testing.T) {
	t.Parallel()
	p := mustMake(t, input(lab(), "forest"))
	steps := p.Last().Steps
	if steps[0].Kind != "promote" || steps[1].Kind != "join" {
		t.Fatalf("order is %s, %s", steps[0].Kind, steps[1].Kind)
	}
	if diff := cmp.Diff([]int{0}, steps[1].Needs); diff != "" {
		t.Error(diff)
	}
}

func TestMemoryOfOneMachineRebuildsOnlyItsInstall(t *testing.T) {
	t.Parallel()
	before := mustMake(t, input(lab(), "forest"))
	changed := lab()
	changed.Machines[1].Memory = 384 << 20
	in := input(changed, "forest")
	in.World = finished(before, 2)
	p := mustMake(t, in)
	layers := p.Stages[0].Layers
	if layers[0].Action != plan.Reuse || layers[1].Action != plan.Build {
		t.Errorf("dc01 %s, ex01 %s", layers[0].Action, layers[1].Action)
	}
	if diff := cmp.Diff([]string{"ex01: memory 256 MiB → 384 MiB."}, p.Stages[0].Why); diff != "" {
		t.Error(diff)
	}
	if p.Stages[1].Action != plan.Build {
		t.Error("the stage after it was not built again")
	}
}

func TestStepsThatWaitForOneAnotherAreNamed(t *testing.T) {
	t.Parallel()
	l := lab()
	l.Stages[1].Steps[1].After = []string{"join"}
	_, diags := plan.Make(input(l, "forest"))
	if !diags.Fatal() || diags[0].Summary != "Steps wait for one another" {
		t.Fatalf("%+v", diags)
	}
	for _, want := range []string{"join on ex01", "promote on dc01"} {
		if !strings.Contains(diags[0].Detail, want) {
			t.Errorf("detail lacks %q: %s", want, diags[0].Detail)
		}
	}
}

func TestWhatCannotWorkIsSaidBeforeAnything(t *testing.T) {
	t.Parallel()
	l := lab()
	l.Stages[1].Steps = l.Stages[1].Steps[:1] // join without promote
	if diags := plan.Check(l); !diags.Fatal() {
		t.Error("a join without a domain passed")
	}
	if diags := plan.Check(lab()); diags.Fatal() {
		t.Errorf("%+v", diags)
	}
}

// TestEveryFieldOfAMachineChangesItsKey walks the model by reflection: a new
// field must change the key or be named here, with the reason.
func TestEveryFieldOfAMachineChangesItsKey(t *testing.T) {
	t.Parallel()
	exempt := map[string]string{
		"Name":       "names the machine; another name is another machine",
		"Range":      "where it is written",
		"Attributes": "where it is written",
		// What the lab file says of a disc is held against the disc, and the
		// disc's digest is in the key.
		"Arch": "of the disc", "Edition": "of the disc", "ServicePack": "of the disc",
		// They stand in the answer file of the systems that know them, whose
		// digest is in the key.
		"Image": "of the answer file", "Language": "of the answer file",
	}
	base := mustMake(t, input(lab(), "windows")).Stages[0].Layers[0].Key
	machine := reflect.TypeFor[labs.Machine]()
	for i := range machine.NumField() {
		field := machine.Field(i).Name
		if exempt[field] != "" {
			continue
		}
		l := lab()
		disturb(t, reflect.ValueOf(l.Machines[0]).Elem().Field(i), field)
		l.Media = append(l.Media, &labs.Media{Name: "other", Path: "other.iso"})
		l.Secrets = append(l.Secrets, &labs.Secret{Name: "other", Env: "OTHER"})
		in := input(l, "windows")
		in.Media["other"] = strings.Repeat("cd", 32)
		p, diags := plan.Make(in)
		if diags.Fatal() {
			t.Errorf("%s: %+v", field, diags)
			continue
		}
		if p.Stages[0].Layers[0].Key == base {
			t.Errorf("%s does not change the key; make it do so, or say here why not", field)
		}
	}
}

// disturb gives a field another legal value.
func disturb(t *testing.T, v reflect.Value, field string) {
	t.Helper()
	switch field {
	case "ClockSkew":
		v.SetInt(int64(time.Minute))
	case "OS":
		v.SetString(string(labs.Windows2000))
	case "InstallFrom", "ProductKey", "AdminPassword":
		v.SetString("other")
	case "Disks":
		v.Set(reflect.ValueOf([]labs.Disk{{Name: "system", Size: 3 << 30}}))
	case "NICs":
		v.Set(reflect.ValueOf([]labs.NIC{{Network: "corp", Address: netip.MustParseAddr("10.20.0.11")}}))
	case "Components":
		v.Set(reflect.ValueOf([]string{"iis"}))
	case "Memory":
		v.SetUint(v.Uint() + 1<<20)
	case "Computer", "Owner", "Organization":
		v.SetString("OTHER")
	default:
		switch v.Kind() {
		case reflect.Int:
			v.SetInt(v.Int() + 1)
		case reflect.String:
			v.SetString("other")
		default:
			t.Fatalf("field %s is new: say here how to change it", field)
		}
	}
}

func TestTheKeyIsTheDigestOfTheWrittenPreimage(t *testing.T) {
	t.Parallel()
	key := strings.Repeat("ab", 32)
	for _, p := range []plan.Preimage{
		{Version: "v"},
		{Version: "v", Base: key},
		{Version: "v", Company: key},
		{Version: "v", Base: key, Company: key},
		{Version: "v", Base: key, Steps: []plan.StepImage{{Kind: "run"}}},
		{Version: "v", Box: &plan.Box{OS: "x"}},
	} {
		b, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(b)
		if got, want := p.Key(), hex.EncodeToString(sum[:]); got != want {
			t.Errorf("%s: key %s, want %s", b, got, want)
		}
	}
}

func TestATimeLimitDoesNotChangeTheKey(t *testing.T) {
	t.Parallel()
	a := mustMake(t, input(lab(), "forest"))
	l := lab()
	l.Stages[0].Steps[0].Args["limit"] = 90 * time.Minute
	if b := mustMake(t, input(l, "forest")); a.Last().Key != b.Last().Key {
		t.Error("it does")
	}
}

func TestVolumesOfDifferentMachinesNeverShareAName(t *testing.T) {
	t.Parallel()
	a := plan.InstanceVolumes("a", "b-c")
	for _, name := range []string{
		plan.RunVolume("a-b", "c", "system", "0123456789abcdef"), plan.DiscVolume("a-b", "c", "S01-X", "00000000"),
		plan.FloppyVolume("a-b", "c", "0123456789abcdef"),
	} {
		for _, prefix := range a {
			if strings.HasPrefix(name, prefix) {
				t.Errorf("%s looks like a volume of another machine (%s)", name, prefix)
			}
		}
	}
}

func TestBridgeNamesFitLinux(t *testing.T) {
	t.Parallel()
	if n := len(plan.Bridge(strings.Repeat("i", 40), strings.Repeat("n", 40))); n > 15 {
		t.Errorf("%d characters", n)
	}
}

// large is a lab of 300 machines and 1,000 stages in one chain.
func large() *labs.Lab {
	l := lab()
	first := *l.Machines[0]
	l.Machines = nil
	l.Networks[0].Subnet = netip.MustParsePrefix("10.20.0.0/16")
	var all []string
	for i := range 300 {
		m := first
		m.Name, m.Computer = fmt.Sprintf("m%03d", i), fmt.Sprintf("M%03d", i)
		m.NICs = []labs.NIC{{Network: "corp", Address: netip.AddrFrom4([4]byte{10, 20, byte(i / 250), byte(i%250 + 1)})}}
		l.Machines = append(l.Machines, &m)
		all = append(all, m.Name)
	}
	l.Stages = []*labs.Stage{{Name: "s0000", Steps: []*labs.Step{{Kind: "install", Name: "install", On: all, Args: map[string]labs.Value{}}}}}
	for i := 1; i < 1000; i++ {
		l.Stages = append(l.Stages, &labs.Stage{
			Name: fmt.Sprintf("s%04d", i), After: fmt.Sprintf("s%04d", i-1),
			Steps: []*labs.Step{{Kind: "run", Name: "run", On: []string{all[i%300]}, Args: map[string]labs.Value{"command": fmt.Sprintf("echo %d", i)}}},
		})
	}
	return l
}

func BenchmarkPlan300Machines1000Stages(b *testing.B) {
	in := input(large(), "s0999")
	b.ReportAllocs()
	for b.Loop() {
		if _, diags := plan.Make(in); diags.Fatal() {
			b.Fatalf("%+v", diags[:1])
		}
	}
}

func BenchmarkCheckDemo(b *testing.B) {
	l := lab()
	for b.Loop() {
		plan.Check(l)
	}
}

// allowing is the small lab with Exchange on its domain controller, on which
// some rules are silenced.
func allowing(rules ...string) *labs.Lab {
	l := lab()
	l.Media = append(l.Media, &labs.Media{Name: "exchange", Path: "exchange.iso", Product: "exchange-2003"})
	l.Machines[0].Components = []string{"aspnet", "iis", "nntp", "smtp"}
	media := map[string]labs.Value{"media": labs.MediaRef("exchange")}
	l.Stages = append(l.Stages, &labs.Stage{Name: "exchange", After: "forest", Steps: []*labs.Step{
		{Kind: "forestprep", Name: "forestprep", On: []string{"dc01"}, Args: media},
		{Kind: "domainprep", Name: "domainprep", On: []string{"dc01"}, Args: media},
		{
			Kind: "exchange_setup", Name: "exchange_setup", On: []string{"dc01"}, Allow: rules, Because: "There is one server.",
			Args: map[string]labs.Value{"media": labs.MediaRef("exchange"), "organization": "Contoso"},
		},
	}})
	return l
}

func TestASilencedRuleStandsInThePlan(t *testing.T) {
	t.Parallel()
	in := input(allowing("DH-EX-ON-CONTROLLER"), "exchange")
	in.Media["exchange"] = strings.Repeat("ef", 32)
	if diags := plan.Check(in.Lab); len(diags) > 0 {
		t.Errorf("%+v", diags)
	}
	p := mustMake(t, in)
	want := []plan.Silenced{{
		Rule: "DH-EX-ON-CONTROLLER", Title: "Exchange on a domain controller", Step: "exchange_setup", Machine: "dc01",
		Because: "There is one server.",
	}}
	if diff := cmp.Diff(want, p.Last().Silenced); diff != "" {
		t.Error(diff)
	}
	if len(p.Last().NoReturn) < 3 || len(p.Stages[0].NoReturn) > 0 {
		t.Errorf("no return from %q, and from %q of the installation", p.Last().NoReturn, p.Stages[0].NoReturn)
	}
}

func TestWhatCannotBeSilenced(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		rules []string
		want  []string
	}{
		{nil, []string{"Exchange on a domain controller"}},
		{[]string{"DH-EX-ON-CONTROLLER", "DH-E2003-X64"}, []string{"Silenced rule that is not broken"}},
		{[]string{"DH-EX-ON-CONTROLLER", "DH-EX-TWICE"}, []string{"Rule that cannot be silenced"}},
		{[]string{"DH-EX-ON-CONTROLER"}, []string{"Exchange on a domain controller", "Unknown rule"}},
	} {
		var got []string
		for _, d := range plan.Check(allowing(c.rules...)) {
			got = append(got, d.Summary)
			if d.Summary == "Unknown rule" && !strings.Contains(d.Detail, "DH-EX-ON-CONTROLLER") {
				t.Errorf("no suggestion: %s", d.Detail)
			}
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", c.rules, diff)
		}
	}
}
