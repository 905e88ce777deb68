package catalog_test

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/catalog"
	"github.com/doublehop/doublehop/provision/estate"
	"github.com/doublehop/doublehop/provision/guest"
)

var update = flag.Bool("update", false, "write the golden files anew")

// password is what every secret of the tests holds.
const password = "Pa55-w0rd.x"

func secrets(name string) (labs.SecretValue, error) {
	if name == "absent" {
		return labs.SecretValue{}, fmt.Errorf("the environment has no ABSENT")
	}
	return labs.NewSecretValue(password), nil
}

// world is a lab with steps, and the estate as far as they were replayed.
type world struct {
	t      *testing.T
	lab    *labs.Lab
	stage  *labs.Stage
	estate *estate.Estate
	secret func(string) (labs.SecretValue, error)
}

func newWorld(t *testing.T, os labs.OS) *world {
	t.Helper()
	lab := &labs.Lab{
		Name:     "corp",
		Secrets:  []*labs.Secret{{Name: "administrator", Generate: true}, {Name: "key", Env: "KEY"}},
		Media:    []*labs.Media{{Name: "windows"}, {Name: "exchange"}},
		Networks: []*labs.Network{{Name: "corp", Subnet: netip.MustParsePrefix("10.20.0.0/24")}},
	}
	dc := netip.MustParseAddr("10.20.0.10")
	machine := func(name, address string, components ...string) *labs.Machine {
		return &labs.Machine{
			Name: name, Computer: strings.ToUpper(name), OS: os, Arch: labs.X86, ServicePack: labs.UnknownServicePack, Memory: 512 << 20, CPUs: 1, InstallFrom: "windows",
			ProductKey: "key", AdminPassword: "administrator", Components: components, TimeZone: 85, Owner: "Lab", Organization: "Lab",
			NICs:  []labs.NIC{{Network: "corp", Address: netip.MustParseAddr(address), DNS: []netip.Addr{dc}}},
			Range: labs.Range{File: "corp.lab.hcl", Start: labs.Pos{Line: 3, Column: 1}},
		}
	}
	lab.Machines = []*labs.Machine{
		machine("dc01", "10.20.0.10"),
		machine("ex01", "10.20.0.20", "iis", "smtp", "nntp", "aspnet"),
	}
	if os == labs.Windows2000 {
		lab.Machines[1].Components = []string{"iis", "smtp", "nntp"}
	}
	stage := &labs.Stage{Name: "all"}
	lab.Stages = []*labs.Stage{stage}
	return &world{t: t, lab: lab, stage: stage, estate: estate.New(), secret: secrets}
}

// step writes a step into the lab, with the defaults that the reader of lab
// files fills in.
func (w *world) step(kind, on string, args map[string]labs.Value) catalog.Call {
	w.t.Helper()
	entry, ok := catalog.Find(kind)
	if !ok {
		w.t.Fatalf("no step %q", kind)
	}
	all := map[string]labs.Value{}
	for _, a := range entry.Schema().Args {
		if a.Default != nil {
			all[a.Name] = a.Default
		}
	}
	at := map[string]labs.Range{}
	line := 10 + 10*len(w.stage.Steps)
	for name, v := range args {
		all[name] = v
		at[name] = labs.Range{File: "corp.lab.hcl", Start: labs.Pos{Line: line + 1, Column: 5}}
	}
	step := &labs.Step{
		Kind: kind, Name: kind, On: []string{on}, Args: all, Attributes: at, Check: entry.Schema().Check,
		Range: labs.Range{File: "corp.lab.hcl", Start: labs.Pos{Line: line, Column: 3}},
	}
	w.stage.Steps = append(w.stage.Steps, step)
	m, ok := w.lab.Machine(on)
	if !ok {
		w.t.Fatalf("no machine %q", on)
	}
	return catalog.Call{Lab: w.lab, Stage: w.stage, Step: step, Machine: m, Estate: w.estate, Secret: w.secret}
}

// do renders a step and replays it; neither may complain.
func (w *world) do(kind, on string, args map[string]labs.Value) catalog.Work {
	w.t.Helper()
	call := w.step(kind, on, args)
	entry, _ := catalog.Find(kind)
	work, diags := entry.Work(call)
	for _, d := range diags {
		w.t.Errorf("%s: %s: %s", kind, d.Summary, d.Detail)
	}
	for _, p := range entry.Effects(call, w.estate) {
		w.t.Errorf("%s: %s: %s", kind, p.Rule, p.Detail)
	}
	return work
}

type args = map[string]labs.Value

// demo replays the demo lab's stages and gives the work of each step.
func (w *world) demo() map[string]catalog.Work {
	w.t.Helper()
	works := map[string]catalog.Work{}
	works["install-dc01"] = w.do("install", "dc01", nil)
	works["install-ex01"] = w.do("install", "ex01", nil)
	works["promote"] = w.do("promote", "dc01", args{"domain": "contoso.test", "netbios": "CONTOSO"})
	works["join"] = w.do("join", "ex01", args{"domain": "contoso.test"})
	works["forestprep"] = w.do("forestprep", "dc01", args{"media": labs.MediaRef("exchange")})
	works["domainprep"] = w.do("domainprep", "dc01", args{"media": labs.MediaRef("exchange")})
	works["exchange_setup"] = w.do("exchange_setup", "ex01", args{"media": labs.MediaRef("exchange"), "organization": "Contoso"})
	works["check"] = w.do("check", "ex01", args{
		"service": []string{"MSExchangeIS", "MSExchangeSA", "W3SVC"},
		"file":    []string{`C:\Program Files\Exchsrvr\`, `C:\boot.ini`},
		"registry": map[string]string{
			`HKLM\SOFTWARE\Microsoft\Exchange\Setup\NewestBuild`:                           "6944",
			`HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Winlogon\DefaultDomainName`: "CONTOSO",
		},
		"share": []string{"Address", "IPC$"},
	})
	works["run"] = w.do("run", "ex01", args{"command": `echo "%OS%" & dir "C:\Program Files" | find "x" > C:\y.txt`})
	works["run-code"] = w.do("run", "ex01", args{"script": filepath.Join("testdata", "user", "setup.vbs"), "expect_code": int64(7), "reboot": true})
	works["copy"] = w.do("copy", "ex01", args{"from": filepath.Join("testdata", "user"), "to": `C:\Data Files\user`})
	works["copy-file"] = w.do("copy", "ex01", args{"from": filepath.Join("testdata", "user", "setup.vbs"), "to": `C:\`})
	works["wizard"] = w.do("wizard", "ex01", args{
		"program": `SETUP\I386\SETUP.EXE`, "switches": []string{"/x"}, "title": "Some Tool", "media": labs.MediaRef("exchange"),
		"pages": filepath.Join("testdata", "pages", "tool.txt"),
	})
	works["reboot"] = w.do("reboot", "ex01", nil)
	return works
}

// read is a file's content.
func read(t *testing.T, f guest.File) []byte {
	t.Helper()
	r, err := f.Open()
	if err != nil {
		t.Fatalf("open %s: %v", f.Path, err)
	}
	defer func() { _ = r.Close() }()
	content, err := io.ReadAll(r)
	if err != nil {
		t.Fatalf("read %s: %v", f.Path, err)
	}
	if int64(len(content)) != f.Size {
		t.Errorf("%s says %d bytes and has %d", f.Path, f.Size, len(content))
	}
	return content
}

// golden holds content to a file in testdata.
func golden(t *testing.T, path string, content []byte) {
	t.Helper()
	path = filepath.Join("testdata", filepath.FromSlash(path))
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (go test -update writes it)", err)
	}
	if !bytes.Equal(want, content) {
		t.Errorf("%s differs (go test -update writes it anew). Now:\n%s", path, content)
	}
}

// discGolden holds every file of a work to testdata, and their list.
func discGolden(t *testing.T, folder string, work catalog.Work) {
	t.Helper()
	var list []string
	show := func(drive string, files []guest.File) {
		for _, f := range files {
			secret := ""
			if f.Secret {
				secret = " secret"
			}
			list = append(list, fmt.Sprintf("%s%s%s", drive, f.Path, secret))
			if content := read(t, f); !strings.HasSuffix(f.Path, ".EXE") { // the driver has its own test
				golden(t, folder+"/"+f.Path, content)
			}
		}
	}
	show("A:", work.Floppy)
	if work.Job != nil {
		list = append(list, fmt.Sprintf("then %q resume %q", work.Job.Then, work.Job.Resume))
		show("", work.Job.Files)
	}
	list = append(list, fmt.Sprintf("media %q", work.Media))
	for _, p := range work.Proofs {
		list = append(list, fmt.Sprintf("proof %s from %s: %s", p.Name, p.File, p.Expect))
	}
	sort.Strings(list)
	golden(t, folder+"/INDEX", []byte(strings.Join(list, "\n")+"\n"))
}

func TestDiscsOfTheDemoLab(t *testing.T) {
	t.Parallel()
	for _, system := range []labs.OS{labs.Windows2000, labs.Windows2003} {
		t.Run(string(system), func(t *testing.T) {
			t.Parallel()
			for name, work := range newWorld(t, system).demo() {
				if name == "install-dc01" || name == "install-ex01" {
					work.Floppy = work.Floppy[:1] // the runner has goldens of its own
				}
				discGolden(t, fmt.Sprintf("discs/%s/%s", system, name), work)
			}
		})
	}
}
