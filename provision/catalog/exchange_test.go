package catalog_test

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/catalog"
	"github.com/doublehop/doublehop/provision/estate"
)

// hop is a forest with two domains and a server of every version of Exchange,
// as no rule would allow it: here only the jobs count.
func hop(t *testing.T) *world {
	t.Helper()
	w := newWorld(t, labs.Windows2003)
	w.lab.Machines = nil
	forest := &estate.Forest{
		Root: "contoso.test", Schema: 30, Level: estate.Level2003, SchemaMaster: "dc01",
		Domains: []*estate.Domain{
			{Name: "contoso.test", NetBIOS: "CONTOSO", Controllers: []string{"dc01", "dc02"}},
			{Name: "berlin.contoso.test", NetBIOS: "BERLIN", Controllers: []string{"dc03"}},
		},
		Exchange: &estate.Organization{Name: "Contoso", Mode: estate.Mixed},
	}
	add := func(name, domain, release string, os labs.OS) {
		i := len(w.lab.Machines)
		w.lab.Machines = append(w.lab.Machines, &labs.Machine{
			Name: name, Computer: strings.ToUpper(name), OS: os, Arch: labs.X86, InstallFrom: "windows", AdminPassword: "administrator",
			NICs: []labs.NIC{{Network: "corp", Address: netip.MustParseAddr(fmt.Sprintf("10.20.0.%d", 10+i))}},
		})
		w.estate.Machines = append(w.estate.Machines, &estate.Machine{Name: name, Computer: strings.ToUpper(name), OS: os, Domain: domain})
		if r, ok := estate.FindRelease(release); ok {
			p, _ := estate.FindProduct(r.Product)
			forest.Exchange.Servers = append(forest.Exchange.Servers, &estate.Server{
				Machine: name, Computer: strings.ToUpper(name), Product: p.Name, Release: r.ID, Build: r.Build.String(),
				Roles: []string{estate.ClientAccessRole, estate.HubTransportRole, estate.MailboxRole},
			})
		}
	}
	for _, m := range []struct {
		name, domain, release string
		os                    labs.OS
	}{
		{"dc01", "contoso.test", "", labs.Windows2003},
		{"dc02", "contoso.test", "", labs.Windows2003},
		{"dc03", "berlin.contoso.test", "", labs.Windows2003},
		{"ex00", "contoso.test", "exchange-2000-sp3", labs.Windows2000},
		{"ex03", "contoso.test", "exchange-2003-sp2", labs.Windows2003},
		{"ex07", "contoso.test", "exchange-2007-sp3", labs.Windows2008},
		{"ex10", "contoso.test", "exchange-2010-sp3", labs.Windows2008R2},
		{"ex13", "contoso.test", "exchange-2013-cu23", labs.Windows2012R2},
		{"ex16", "contoso.test", "exchange-2016-cu23", labs.Windows2016},
		{"ex19", "contoso.test", "exchange-2019-cu15", labs.Windows2019},
		{"new", "contoso.test", "", labs.Windows2008R2},
		{"far", "berlin.contoso.test", "", labs.Windows2008R2},
	} {
		add(m.name, m.domain, m.release, m.os)
	}
	for _, r := range estate.Releases() {
		w.lab.Media = append(w.lab.Media, &labs.Media{Name: r.ID, Product: r.ID})
	}
	w.estate.Forests = []*estate.Forest{forest}
	return w
}

// work renders a step on the estate as it is. Two of the arguments are not the
// step's: "without" names a server that is gone by then, "holding" one that has
// the public folders.
func (w *world) work(kind, on string, a args) catalog.Work {
	w.t.Helper()
	if gone, ok := a["without"].(string); ok {
		a = maps.Clone(a)
		delete(a, "without")
		o := w.estate.Forests[0].Exchange
		o.Servers = slices.DeleteFunc(o.Servers, func(s *estate.Server) bool { return s.Machine == gone })
	}
	if holder, ok := a["holding"].(string); ok {
		a = maps.Clone(a)
		delete(a, "holding")
		for _, s := range w.estate.Forests[0].Exchange.Servers {
			s.PublicFolders = s.Machine == holder
		}
	}
	call := w.step(kind, on, a)
	entry, _ := catalog.Find(kind)
	work, diags := entry.Work(call)
	for _, d := range diags {
		w.t.Errorf("%s on %s: %s: %s", kind, on, d.Summary, d.Detail)
	}
	return work
}

// exchangeJobs are the steps whose discs are held to goldens, by name.
func exchangeJobs() []exchangeJob {
	media := func(id string) labs.MediaRef { return labs.MediaRef(id) }
	from := func(name string) labs.MachineRef { return labs.MachineRef(name) }
	return []exchangeJob{
		{"forestprep-2000", "forestprep", "dc01", args{"media": media("exchange-2000"), "organization": "Contoso"}},
		{"forestprep", "forestprep", "dc01", args{"media": media("exchange-2003")}},
		{"domainprep", "domainprep", "dc01", args{"media": media("exchange-2003")}},
		{"setup-2000", "exchange_setup", "ex00", args{"media": media("exchange-2000"), "organization": "Contoso"}},
		{"front-end", "exchange_setup", "ex03", args{"media": media("exchange-2003"), "organization": "Contoso", "front_end": true}},
		{"update-2003", "exchange_update", "ex03", args{"media": media("exchange-2003-sp2")}},
		{"update-2003-recovery", "exchange_update", "ex03", args{"media": media("exchange-2003-sp2"), "disaster_recovery": true}},
		{"update-2000-kb", "exchange_update", "ex00", args{"media": media("exchange-2000-sp3-kb870540"), "program": `EXCHANGE2000-KB870540.EXE`, "switches": []string{"/q"}}},
		{"update-2010-ru", "exchange_update", "ex10", args{"media": media("exchange-2010-sp3-ru22")}},
		{"update-2016-cu", "exchange_update", "ex16", args{"media": media("exchange-2016-cu23")}},
		{"native-mode", "native_mode", "dc01", nil},
		{"legacy-permissions", "prepare_legacy_permissions", "dc01", args{"media": media("exchange-2010-sp3")}},
		{"prepare-schema-2010", "prepare_schema", "dc01", args{"media": media("exchange-2010-sp3")}},
		{"prepare-schema-2016", "prepare_schema", "dc01", args{"media": media("exchange-2016-cu23")}},
		{"prepare-ad-2010", "prepare_ad", "dc01", args{"media": media("exchange-2010-sp3"), "organization": "Contoso Ltd"}},
		{"prepare-domain-all", "prepare_domain", "dc01", args{"media": media("exchange-2013-cu23")}},
		{"prepare-domain-named", "prepare_domain", "dc01", args{"media": media("exchange-2010-sp3"), "domains": []string{"contoso.test", "Berlin.contoso.test"}}},
		{"install-2007", "exchange_install", "new", args{"media": media("exchange-2007-sp3"), "routing_server": from("ex03")}},
		{"install-2010", "exchange_install", "new", args{"media": media("exchange-2010-sp3"), "routing_server": from("ex03")}},
		{"install-2013", "exchange_install", "new", args{"media": media("exchange-2013-cu23"), "folder": `E:\Exchange Server`}},
		{"install-2016", "exchange_install", "new", args{"media": media("exchange-2016-cu23"), "organization": "Contoso Ltd"}},
		{"install-2016-cu21", "exchange_install", "new", args{"media": media("exchange-2016-cu21"), "windows_components": false}},
		{"install-se", "exchange_install", "ex19", args{"media": media("exchange-se")}},
		{"install-hub", "exchange_install", "far", args{"media": media("exchange-2010-sp3"), "roles": []string{"hub-transport", "client-access"}}},
		{"mailboxes-2003", "create_mailboxes", "ex03", args{"count": int64(3), "password": labs.SecretRef("administrator")}},
		{"mailboxes-2003-store", "create_mailboxes", "ex03", args{"count": int64(2), "database": "Mailbox Store 2 (EX03)"}},
		{"mailboxes-2010", "create_mailboxes", "ex10", args{"count": int64(2), "ou": "People of Berlin"}},
		{"mailboxes-2013-database", "create_mailboxes", "ex13", args{"count": int64(1), "database": "O'Neill's"}},
		{"mail-2003", "seed_mail", "ex03", args{"count": int64(3), "messages": int64(4), "size": uint64(8000)}},
		{"mail-2000", "seed_mail", "ex00", args{"count": int64(3), "messages": int64(2), "size": uint64(0), "mail_domain": "contoso.com"}},
		{"mail-2010", "seed_mail", "ex10", args{"count": int64(3), "messages": int64(3), "size": uint64(4000)}},
		{"folders-2003", "public_folders", "ex03", args{"names": []string{"Projects", "Old Mail"}}},
		{"folders-2010", "public_folders", "ex10", nil},
		{"folders-2013", "public_folders", "ex13", args{"names": []string{"Projects"}}},
		{"folders-2003-2010", "public_folders", "ex10", args{"from": from("ex03")}},
		{"folders-2007-2013", "public_folders", "ex13", args{"from": from("ex07")}},
		{"folders-2010-2016", "public_folders", "ex16", args{"from": from("ex10")}},
		{"folders-2013-2016", "public_folders", "ex16", args{"from": from("ex13")}},
		{"move-2000-2003", "move_mailboxes", "ex03", args{"from": from("ex00")}},
		{"move-2003-2007", "move_mailboxes", "ex07", args{"from": from("ex03")}},
		{"move-2003-2010", "move_mailboxes", "ex10", args{"from": from("ex03"), "database": "Mailbox Database 01", "bad_items": int64(20)}},
		{"move-2010-2016", "move_mailboxes", "ex16", args{"from": from("ex10")}},
		{"move-2016-2019", "move_mailboxes", "ex19", args{"from": from("ex16")}},
		{"remove-2000", "exchange_remove", "ex00", args{"media": media("exchange-2000")}},
		{"remove-2003", "exchange_remove", "ex03", args{"media": media("exchange-2003")}},
		{"remove-2003-last", "exchange_remove", "ex03", args{"media": media("exchange-2003"), "without": "ex00"}},
		{"remove-2010", "exchange_remove", "ex10", nil},
		{"remove-2010-migrated", "exchange_remove", "ex10", args{"holding": "ex13"}},
		{"remove-2016", "exchange_remove", "ex16", args{"media": media("exchange-2016-cu23")}},
		{"mount-2003", "mount_store", "ex03", args{"edb": `C:\OLD\priv1.edb`, "stm": `C:\OLD\priv1.stm`}},
		{"mount-2003-recovery", "mount_store", "ex03", args{"edb": `C:\OLD\priv1.edb`, "stm": `C:\OLD\priv1.stm`, "recovery": true}},
		{"mount-2010", "mount_store", "ex10", args{"edb": `C:\OLD\mail.edb`, "database": "Mailbox Database 01"}},
		{"mount-2007-recovery", "mount_store", "ex07", args{"edb": `C:\OLD\mail.edb`, "database": "Mailbox Database", "recovery": true}},
		{"mount-2013-recovery", "mount_store", "ex13", args{"edb": `C:\OLD\mail.edb`, "recovery": true}},
		{"check-2003", "check", "ex03", args{"smtp": true, "owa": true, "mailboxes": int64(3)}},
		{"check-2010", "check", "ex10", args{"smtp": true, "owa": true, "service": []string{"MSExchangeTransport"}}},
		{"eseutil-header", "eseutil", "ex03", args{"edb": `C:\OLD\priv1.edb`, "state": "dirty"}},
		{"eseutil-all", "eseutil", "ex03", args{
			"edb": `C:\OLD files\priv1.edb`, "logs": `C:\OLD files\`, "work": `C:\COPY here`,
			"actions": []string{"header", "logs", "integrity", "recover", "repair", "defragment", "isinteg"},
		}},
		{"recovery-2003", "disaster_recovery", "ex03", args{"media": media("exchange-2003")}},
		{"recovery-2010", "disaster_recovery", "ex10", args{"media": media("exchange-2010-sp3")}},
		{"recovery-2019", "disaster_recovery", "ex19", args{"media": media("exchange-2019-cu15")}},
	}
}

// onePage shows a work's scripts and proofs. Helper scripts are named only: each
// is one file of the catalogue's own.
func onePage(t *testing.T, work catalog.Work) []byte {
	t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "media %q, then %q, resume %q\n", work.Media, work.Job.Then, work.Job.Resume)
	for _, p := range work.Proofs {
		fmt.Fprintf(&b, "proof %s from %s: %s\n", p.Name, p.File, p.Expect)
	}
	for _, f := range work.Job.Files {
		secret := ""
		if f.Secret {
			secret = " (secret)"
		}
		fmt.Fprintf(&b, "\n==== %s%s\n", f.Path, secret)
		if strings.HasSuffix(f.Path, ".VBS") || strings.HasSuffix(f.Path, ".EXE") {
			continue
		}
		text := string(read(t, f))
		if strings.Count(text, "\n") != strings.Count(text, "\r\n") {
			t.Errorf("%s has lines that do not end as Windows wants", f.Path)
		}
		b.WriteString(strings.ReplaceAll(text, "\r\n", "\n"))
	}
	return []byte(b.String())
}

type exchangeJob struct {
	name, kind, on string
	args           args
}

// TestDiscsOfExchange holds every job of a step of Exchange to a golden disc.
// The command lines in them are traced to their sources in the steps' comments.
func TestDiscsOfExchange(t *testing.T) {
	t.Parallel()
	for _, job := range exchangeJobs() {
		t.Run(job.name, func(t *testing.T) {
			t.Parallel()
			golden(t, "exchange/"+job.name+".txt", onePage(t, hop(t).work(job.kind, job.on, job.args)))
		})
	}
}

// TestEveryStepOfExchangeIsHeldToRules replays each job's step where nothing is
// installed.
func TestEveryStepOfExchangeIsHeldToRules(t *testing.T) {
	t.Parallel()
	for _, job := range exchangeJobs() {
		w := hop(t)
		call := w.step(job.kind, job.on, job.args)
		entry, _ := catalog.Find(job.kind)
		w.estate = estate.New() // nothing is installed
		call.Estate = w.estate
		rules := entry.Effects(call, w.estate)
		if len(rules) == 0 || rules[0].Rule != "DH-WIN-NOT-INSTALLED" {
			t.Errorf("%s: on a machine that is not installed the rules say %v", job.name, rules)
		}
	}
}

func TestTheDiscSaysWhichRelease(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, kind, product, summary, says string }{
		{"nothing said", "prepare_schema", "", "Release of the disc unknown", `product = "exchange-se`},
		{"not a release", "prepare_schema", "exchange-2010-sp9", "Unknown release of Exchange", "exchange-2010-sp3"},
		{"another product", "exchange_install", "windows-2003", "Unknown release of Exchange", "no known release"},
		{"a disc of 2003 where nothing is said", "forestprep", "", "", ""},
		{"a disc for another step", "prepare_schema", "exchange-2003", "", ""}, // a rule says so
	} {
		w := hop(t)
		w.lab.Media = append(w.lab.Media, &labs.Media{Name: "disc", Product: c.product})
		call := w.step(c.kind, "dc01", args{"media": labs.MediaRef("disc")})
		entry, _ := catalog.Find(c.kind)
		work, diags := entry.Work(call)
		if c.summary == "" {
			if len(diags) > 0 {
				t.Errorf("%s: %s", c.name, diags[0].Detail)
			}
			continue
		}
		if len(diags) != 1 || diags[0].Summary != c.summary || !strings.Contains(diags[0].Detail, c.says) {
			t.Errorf("%s: %+v", c.name, diags)
			continue
		}
		if *diags[0].Subject != call.Step.Attributes["media"] || work.Job != nil {
			t.Errorf("%s: the complaint points at %v, the work is %v", c.name, diags[0].Subject, work)
		}
	}
}

func TestLicenceSwitches(t *testing.T) {
	t.Parallel()
	got := map[string]string{}
	for _, id := range []string{"exchange-2007-sp3", "exchange-2010-sp3", "exchange-2013-cu23", "exchange-2016-cu21", "exchange-2016-cu22", "exchange-2019-cu10", "exchange-2019-cu11", "exchange-se"} {
		w := hop(t)
		job := string(read(t, w.work("prepare_schema", "dc01", args{"media": labs.MediaRef(id)}).Job.Files[0]))
		_, line, _ := strings.Cut(job, "call :run ")
		line, _, _ = strings.Cut(line, "\r")
		got[id] = line
	}
	want := map[string]string{
		"exchange-2007-sp3": "/PrepareSchema", "exchange-2010-sp3": "/PrepareSchema",
		"exchange-2013-cu23": "/PrepareSchema /IAcceptExchangeServerLicenseTerms",
		"exchange-2016-cu21": "/PrepareSchema /IAcceptExchangeServerLicenseTerms",
		"exchange-2016-cu22": "/PrepareSchema /IAcceptExchangeServerLicenseTerms_DiagnosticDataOFF",
		"exchange-2019-cu10": "/PrepareSchema /IAcceptExchangeServerLicenseTerms",
		"exchange-2019-cu11": "/PrepareSchema /IAcceptExchangeServerLicenseTerms_DiagnosticDataOFF",
		"exchange-se":        "/PrepareSchema /IAcceptExchangeServerLicenseTerms_DiagnosticDataOFF",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("setup's switches (-want +got):\n%s", diff)
	}
}

// TestScriptsForExchange2000 holds what runs on Windows 2000 to what it has, and
// every line to what its cmd takes (KB830473).
func TestScriptsForExchange2000(t *testing.T) {
	t.Parallel()
	for _, job := range exchangeJobs() {
		for _, f := range hop(t).work(job.kind, job.on, job.args).Job.Files {
			if !strings.HasSuffix(f.Path, ".CMD") {
				continue
			}
			for l := range strings.SplitSeq(string(read(t, f)), "\r\n") {
				if len(l) > 1200 {
					t.Errorf("%s: %s has a line of %d characters", job.name, f.Path, len(l))
				}
				word, _, _ := strings.Cut(strings.TrimSpace(l), " ")
				if job.on == "ex00" && slices.Contains([]string{"reg", "sc", "shutdown", "wmic", "powershell", "timeout", "where"}, word) {
					t.Errorf("%s: %s calls %s, which Windows 2000 lacks: %s", job.name, f.Path, word, l)
				}
			}
		}
	}
}

// TestHostileValues writes signs of cmd, of LDIF, of search filters and of the
// shell into every text that a step of Exchange takes. The reader of lab files
// or the step itself refuses them, or they arrive harmless.
func TestHostileValues(t *testing.T) {
	t.Parallel()
	for _, job := range exchangeJobs() {
		entry, _ := catalog.Find(job.kind)
		for _, arg := range entry.Schema().Args {
			for _, evil := range []string{`x" & del C:\`, "x\nchangetype: delete", "x%PATH%", "x)(cn=*", "x'; Remove-Mailbox '", "x$(y)", "x`n", "ümlaut"} {
				var value labs.Value
				switch arg.Type {
				case labs.StringType:
					value = evil
				case labs.StringsType:
					value = []string{evil}
				default:
					continue
				}
				if arg.Valid != nil && arg.Valid(value) != "" {
					continue
				}
				a := args{arg.Name: value}
				for name, v := range job.args {
					if name != arg.Name {
						a[name] = v
					}
				}
				w := hop(t)
				work, diags := entry.Work(w.step(job.kind, job.on, a))
				if diags.Fatal() || work.Job == nil {
					continue
				}
				for _, f := range work.Job.Files {
					if strings.HasSuffix(f.Path, ".BIN") {
						continue
					}
					harmless(t, job.name+" "+arg.Name, f.Path, string(read(t, f)), evil)
				}
			}
		}
	}
}

// harmless looks for a value where it would mean something.
func harmless(t *testing.T, what, file, text, evil string) {
	t.Helper()
	for line := range strings.SplitSeq(text, "\r\n") {
		switch {
		case !strings.Contains(line, evil) && !strings.Contains(line, strings.ReplaceAll(evil, "'", "''")):
		case strings.HasPrefix(line, "powershell "):
			_, rest, _ := strings.Cut(line, `-Command "`)
			script, _, _ := strings.Cut(rest, `"`)
			if err := parseShell(script); err != nil {
				t.Errorf("%s: %q in %s: %v", what, evil, file, err)
			}
		case strings.HasPrefix(line, "ldifde ") && strings.Contains(evil, ")("), strings.Contains(evil, `"`), strings.Contains(evil, "%"), strings.Contains(evil, "\n"):
			t.Errorf("%s: %q stands in %s: %s", what, evil, file, line)
		}
	}
}
