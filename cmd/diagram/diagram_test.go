package diagram_test

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/doublehop/doublehop/cmd/diagram"
	"github.com/doublehop/doublehop/labs"
)

var update = flag.Bool("update", false, "write the golden files anew")

func machine(name string, os labs.OS, cards ...labs.NIC) *labs.Machine {
	m := &labs.Machine{Name: name, Computer: strings.ToUpper(name), OS: os, Arch: labs.X86, Memory: 512 * labs.MiB, CPUs: 1, NICs: cards}
	if os >= labs.Windows2008 {
		m.Arch, m.Memory = labs.X64, 4*labs.GiB
	}
	return m
}

func card(network, address string, dns ...string) labs.NIC {
	n := labs.NIC{Network: network, Address: netip.MustParseAddr(address)}
	for _, a := range dns {
		n.DNS = append(n.DNS, netip.MustParseAddr(a))
	}
	return n
}

func step(kind, name string, on ...string) *labs.Step {
	return &labs.Step{Kind: kind, Name: name, On: on}
}

func check(name string, on ...string) *labs.Step {
	return &labs.Step{Kind: "check", Name: name, On: on, Check: true}
}

// hop is a lab with two sites, branches, and stages of every size.
func hop() *labs.Lab {
	var many []*labs.Step
	for i := range 18 {
		many = append(many, step("run", fmt.Sprintf("command-%d", i+1), "ex16"))
	}
	return &labs.Lab{
		Name:        "double-hop",
		Description: "From Exchange 2003 to Exchange 2013 by way of Exchange 2010,\nwith a branch that goes on to 2016. There is no direct move from 2003 to 2013 or later, so that this lab rehearses both hops, one after the other, as often as it takes.",
		Networks: []*labs.Network{
			{Name: "corp", Subnet: netip.MustParsePrefix("10.20.0.0/24")},
			{Name: "branch-office-in-a-far-away-town", Subnet: netip.MustParsePrefix("10.21.0.0/24")},
			{Name: "backup", Subnet: netip.MustParsePrefix("192.168.7.0/24")},
		},
		Machines: []*labs.Machine{
			machine("dc01", labs.Windows2003, card("corp", "10.20.0.10"), card("backup", "192.168.7.10")),
			machine("dc02", labs.Windows2008R2, card("branch-office-in-a-far-away-town", "10.21.0.10", "10.20.0.10")),
			machine("ex03", labs.Windows2003, card("corp", "10.20.0.20", "10.20.0.10")),
			machine("ex10", labs.Windows2008R2, card("corp", "10.20.0.30"), card("backup", "192.168.7.30")),
			machine("ex16", labs.Windows2012R2, card("corp", "10.20.0.40")),
			machine("a-machine-with-a-name-of-forty-characters", labs.Windows2000),
		},
		Stages: []*labs.Stage{
			{Name: "windows", Description: "All machines installed", Steps: []*labs.Step{step("install", "install", "dc01", "dc02", "ex03", "ex10", "ex16", "a-machine-with-a-name-of-forty-characters")}},
			{Name: "forest", After: "windows", Steps: []*labs.Step{step("promote", "promote", "dc01"), step("join", "join", "ex03"), step("join", "join-2", "ex10", "ex16", "dc02", "ex03"), check("sysvol", "dc01")}},
			{Name: "exchange-2003", After: "forest", Description: "Where every branch begins", Steps: []*labs.Step{step("forestprep", "forestprep", "dc01"), step("domainprep", "domainprep", "dc01"), step("exchange_setup", "exchange_setup", "ex03"), {Kind: "mailflow", Name: "mailflow", Check: true, On: []string{"ex03"}}}},
			{Name: "exchange-2010", After: "exchange-2003", Steps: []*labs.Step{step("prepare_legacy_permissions", "prepare_legacy_permissions", "ex10"), step("prepare_schema", "prepare_schema", "ex10"), step("exchange_install", "exchange_install", "ex10")}},
			{Name: "exchange-2013", After: "exchange-2010", Steps: []*labs.Step{step("exchange_install", "exchange_install", "ex16")}},
			{Name: "exchange-2016", After: "exchange-2010", Steps: many},
			{Name: "recovery", After: "exchange-2003", Clock: time.Date(2006, 9, 1, 8, 0, 0, 0, time.UTC), Description: "Half a year later: the server is gone, and only its old store is left", Steps: []*labs.Step{step("mount_store", "mount_store", "ex03")}},
			{Name: "nothing", After: "forest"},
		},
	}
}

// hostile is a lab as no reader lets it through.
func hostile() *labs.Lab {
	const bad = "\"><script>alert(1)</script>\\\n]]>&amp;`${x}`--%\x00\u202e end #quot; <b>"
	lab := hop()
	lab.Name, lab.Description = bad, strings.Repeat(bad+" ", 40)
	lab.Networks[0].Name, lab.Machines[0].NICs[0].Network = bad, bad
	for _, m := range lab.Machines[1:] {
		m.NICs = nil
	}
	lab.Machines[0].Name, lab.Machines[0].OS = bad, bad
	lab.Stages[0].Name, lab.Stages[0].Description = bad, bad
	lab.Stages[1].After = bad
	lab.Stages[0].Steps[0] = &labs.Step{Kind: bad, Name: bad + "2", On: []string{bad, bad}}
	return lab
}

func forms(lab *labs.Lab) map[string]string {
	d := diagram.Of(lab)
	raw, _ := json.MarshalIndent(d, "", "  ")
	return map[string]string{"dot": d.DOT(), "mmd": d.Mermaid(), "svg": d.SVG(), "json": string(raw) + "\n"}
}

func TestForms(t *testing.T) {
	t.Parallel()
	for name, lab := range map[string]*labs.Lab{"hop": hop(), "hostile": hostile(), "empty": {Name: "empty"}} {
		for ext, got := range forms(lab) {
			path := filepath.Join("testdata", name+"."+ext)
			if *update {
				if err := os.MkdirAll("testdata", 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", path, diff)
			}
		}
	}
}

// A picture is XML that has only the elements that we draw, without anything
// that runs or that is fetched.
func TestAPictureIsHarmless(t *testing.T) {
	t.Parallel()
	for _, lab := range []*labs.Lab{hop(), hostile()} {
		dec := xml.NewDecoder(strings.NewReader(diagram.Of(lab).SVG()))
		for {
			token, err := dec.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			e, ok := token.(xml.StartElement)
			if !ok {
				continue
			}
			switch e.Name.Local {
			case "svg", "title", "style", "rect", "g", "text", "path", "circle":
			default:
				t.Errorf("the picture has an element %s", e.Name.Local)
			}
			for _, a := range e.Attr {
				if strings.HasPrefix(a.Name.Local, "on") || strings.Contains(a.Name.Local, "href") || a.Name.Local == "style" {
					t.Errorf("%s has an attribute %s", e.Name.Local, a.Name.Local)
				}
			}
		}
	}
}

// Graphviz reads what is written for it.
func TestGraphvizReadsIt(t *testing.T) {
	t.Parallel()
	program, err := exec.LookPath("dot")
	if err != nil {
		t.Skip("there is no dot here: install graphviz")
	}
	for _, lab := range []*labs.Lab{hop(), hostile(), {Name: "empty"}} {
		ctx, stop := context.WithTimeout(t.Context(), time.Minute)
		defer stop()
		cmd := exec.CommandContext(ctx, program, "-Tcanon")
		cmd.Stdin = strings.NewReader(diagram.Of(lab).DOT())
		var said bytes.Buffer
		cmd.Stderr = &said
		if err := cmd.Run(); err != nil || said.Len() > 0 {
			t.Errorf("%v: %s", err, said.String())
		}
	}
}

// A large lab is drawn in no time.
func BenchmarkSVG(b *testing.B) {
	lab := &labs.Lab{Name: "large", Networks: []*labs.Network{{Name: "corp", Subnet: netip.MustParsePrefix("10.20.0.0/16")}}}
	for i := range 300 {
		lab.Machines = append(lab.Machines, machine(fmt.Sprintf("m%d", i), labs.Windows2003, card("corp", fmt.Sprintf("10.20.%d.%d", i/250, 1+i%250))))
	}
	for i := range 1000 {
		s := &labs.Stage{Name: fmt.Sprintf("s%d", i), Steps: []*labs.Step{step("run", "run", "m1", "m2")}}
		if i > 0 {
			s.After = fmt.Sprintf("s%d", (i-1)/2)
		}
		lab.Stages = append(lab.Stages, s)
	}
	for b.Loop() {
		_ = diagram.Of(lab).SVG()
	}
}
