package windows

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/doublehop/doublehop/drivers/fake"
)

var (
	dcpromoLine = regexp.MustCompile(`(?im)^start /wait "" dcpromo /answer:`)
	netdomLine  = regexp.MustCompile(`(?im)netdom\.exe" join .* /domain:(\S+)`)
	setupLine   = regexp.MustCompile(`(?im)^rem Doublehop step (forestprep|domainprep|exchange_setup):(?s:.*)WIZARD\.EXE" .*SETUP\.EXE"`)
	answerLine  = regexp.MustCompile(`(?im)^\s*NewDomainDNSName\s*=\s*"?([^"\s]+)`)
	callLine    = regexp.MustCompile(`(?im)^cmd /c "%DHJOB%\\([A-Z0-9.]+)"`)
	expectLine  = regexp.MustCompile(`(?im)expected (\d+)\.`)
	orgLine     = regexp.MustCompile(`(?im)^\s*heading Organization Name\s+type 1 ([^\r\n]+)`)
)

// script runs a JOB.CMD of the catalogue and gives its exit code.
func (r *runner) script(text string) int {
	if m := setupLine.FindStringSubmatch(text); m != nil {
		return r.exchange(m[1])
	}
	if m := netdomLine.FindStringSubmatch(text); m != nil {
		return r.join(m[1])
	}
	switch {
	case dcpromoLine.MatchString(text):
		return r.promote()
	case r.state.Files["FILES.TXT"] != nil:
		return r.copy()
	}
	m := callLine.FindStringSubmatch(text)
	if m == nil {
		r.out("the fake Windows does not know this script")
		return 1
	}
	r.options.begin(r.ctx, r.g, "command")
	code := r.commands(string(r.state.Files[m[1]]))
	if e := expectLine.FindStringSubmatch(text); e != nil {
		return r.expected(code, e[1])
	}
	return code
}

// expected is the judgement of a step `run` about a script's code.
func (r *runner) expected(code int, want string) int {
	switch {
	case fmt.Sprint(code) == want && code != 3010:
		return 0
	case code == 3010 && (want == "0" || want == "3010"):
		return 3010
	}
	r.out("Ended with exit code %d, expected %s.", code, want)
	return max(code, 1)
}

// promote is dcpromo for the first domain controller of a forest.
func (r *runner) promote() int {
	m := answerLine.FindSubmatch(r.state.Files["DCPROMO.TXT"])
	if m == nil {
		r.out("dcpromo: the answer file names no domain")
		return 1
	}
	r.out("Promoting %s", computer(r.g))
	r.options.begin(r.ctx, r.g, "dcpromo")
	r.g.Set(system, keyDomain, strings.ToLower(string(m[1])))
	r.g.Set(system, keyController, "1")
	return 0
}

// join needs a domain controller in reach; the two keep a word between them
// that both must know from then on.
func (r *runner) join(domain string) int {
	dc, ok := r.controller(strings.ToLower(domain))
	if !ok {
		r.out("netdom: joining %s failed with error 1355", domain)
		return 1
	}
	r.options.begin(r.ctx, r.g, "netdom")
	word := "channel of " + r.state.ID
	dc.set(keyMember+computer(r.g), word)
	r.g.Set(system, keyChannel, word)
	r.g.Set(system, keyDomain, strings.ToLower(domain))
	r.out("netdom ended with 0")
	return 0
}

// directory is the disk of a domain controller: of this machine or a neighbour.
type directory struct {
	g    *fake.Guest
	name string // empty: this machine
}

func (d directory) get(key string) string {
	if d.name == "" {
		v, _ := d.g.Get(system, key)
		return v
	}
	v, _ := d.g.NeighbourGet(d.name, system, key)
	return v
}

func (d directory) set(key, value string) {
	if d.name == "" {
		d.g.Set(system, key, value)
		return
	}
	d.g.NeighbourSet(d.name, system, key, value)
}

// controller finds the machine that controls a domain: this one, or a running
// neighbour.
func (r *runner) controller(domain string) (directory, bool) {
	for _, name := range append([]string{""}, r.g.Neighbours()...) {
		d := directory{r.g, name}
		if d.get(keyController) != "" && d.get(keyDomain) == domain {
			return d, true
		}
	}
	return directory{}, false
}

// trusted says whether a domain controller still knows this machine: one that
// went back alone does not.
func (r *runner) trusted(dc directory) bool {
	word, _ := r.g.Get(system, keyChannel)
	return dc.name == "" || word != "" && dc.get(keyMember+computer(r.g)) == word
}

// exchange is Exchange's setup in one of its modes.
func (r *runner) exchange(mode string) int {
	domain, _ := r.g.Get(system, keyDomain)
	dc, ok := r.controller(domain)
	if domain == "" || !ok {
		r.out("setup: the domain controller does not answer")
		return 4
	}
	if !r.trusted(dc) {
		r.out("setup: the trust relationship between this machine and the domain failed")
		return 1
	}
	r.out("Setup starts")
	switch strings.ToLower(mode) {
	case "forestprep":
		r.options.begin(r.ctx, r.g, "forestprep")
		dc.set(keyForestPrep, "1")
		return 0
	case "domainprep":
		if dc.get(keyForestPrep) == "" {
			r.out("setup: ForestPrep has not been run")
			return 1
		}
		r.options.begin(r.ctx, r.g, "domainprep")
		dc.set(keyDomainPrep, "1")
		return 0
	}
	if dc.get(keyForestPrep) == "" || dc.get(keyDomainPrep) == "" {
		r.out("setup: the schema was not extended")
		return 1
	}
	r.options.begin(r.ctx, r.g, "exchange")
	r.g.Set(system, keyExchange, "1")
	dc.set(keyServer+computer(r.g), "1")
	if m := orgLine.FindSubmatch(r.state.Files["PAGES.TXT"]); m != nil {
		dc.set(keyOrg, strings.TrimSpace(string(m[1])))
	}
	return 0
}

// copy gives the files on the disc their own names.
func (r *runner) copy() int {
	for line := range strings.Lines(string(r.state.Files["FILES.TXT"])) {
		from, to, ok := strings.Cut(strings.TrimSpace(line), "|")
		if !ok {
			continue
		}
		content, there := r.state.Files[strings.ReplaceAll(from, `\`, "/")]
		if !there {
			r.out("copy: %s could not be written", to)
			return 1
		}
		r.g.Set(system, keyFile+strings.ToUpper(to), string(content))
	}
	return 0
}
