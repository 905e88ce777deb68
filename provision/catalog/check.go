package catalog

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/estate"
	"github.com/doublehop/doublehop/provision/guest"
)

// check looks at a machine and changes nothing.
type check struct{}

const (
	checkLimit  = time.Hour
	checkWithin = 2 * time.Minute
	// checkPause is between two looks.
	checkPause = 2 * time.Second
	mostChecks = 40
)

func (check) Schema() labs.Schema {
	return labs.Schema{
		Kind: "check",
		Doc: "Looks at a machine and changes nothing: everything that is named must be as it should, or the stage has no checkpoint. " +
			"The label is the check's name, of your choice.",
		Many: true, Check: true,
		Args: []labs.Arg{
			{Name: "service", Type: labs.StringsType, Doc: "Services that must run, by their short names, such as MSExchangeIS.", Valid: listed(serviceProblem)},
			{Name: "file", Type: labs.StringsType, Doc: "Files or folders that must exist, with their whole paths.", Valid: listed(guestPathProblem)},
			{
				Name: "registry", Type: labs.StringMapType, Doc: `Values that the registry must have: "HKLM\\SOFTWARE\\KEY\\VALUE" = "data". Numbers are compared as numbers, decimal or 0x.`,
				Valid: func(v labs.Value) string {
					m, _ := v.(map[string]string)
					for _, path := range slices.Sorted(maps.Keys(m)) {
						if why := registryProblem(path); why != "" {
							return why
						}
					}
					return ""
				},
			},
			{Name: "share", Type: labs.StringsType, Doc: "Shares that the machine must offer.", Valid: listed(carried)},
			{Name: "directory", Type: labs.BoolType, Default: false, Doc: "The machine must be a domain controller in the state that the plan reckons with: Net Logon and the key distribution center run, SYSVOL and NETLOGON are shared, the schema and the functional levels are what they should be, and each operations master role is where it should be."},
			{Name: "smtp", Type: labs.BoolType, Default: false, Doc: "The machine's mail service must greet. The ftp program of Windows asks: both protocols greet with 220."},
			{Name: "owa", Type: labs.BoolType, Default: false, Doc: "Outlook Web Access must answer: /exchange/ up to Exchange 2003, /owa/ with TLS later. A demand for a password is an answer."},
			{Name: "mailboxes", Type: labs.NumberType, Doc: "So many users of the forest, or more, must have their mailbox on the machine's Exchange server.", Valid: between(1, mostObjects)},
			{Name: "mail", Type: labs.BoolType, Default: false, Doc: "Every mailbox that seed_mail wrote to, and that is on the machine's Exchange server by now, must have all its mail. The record has a digest of everybody's number of items, to compare across hops."},
			{Name: "within", Type: labs.DurationType, Default: checkWithin, Doc: "How long to go on looking until all is there.", Valid: positive},
			limitArg(checkLimit),
		},
	}
}

// serviceProblem holds a name to what the names of services are made of, so
// that it needs no quoting for WMI either.
func serviceProblem(name string) string {
	if name == "" || len(name) > 80 || strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-$") != "" {
		return fmt.Sprintf("%q is no short name of a service: letters, digits and _ . - $.", name)
	}
	return ""
}

// registryProblem says in a full sentence why path is no HKLM\KEY\VALUE.
func registryProblem(path string) string {
	if why := carried(path); why != "" {
		return why
	}
	hive, rest, _ := strings.Cut(path, `\`)
	if !slices.Contains([]string{"HKLM", "HKCU", "HKCR", "HKU"}, hive) || !strings.Contains(rest, `\`) {
		return fmt.Sprintf(`%q is no value of the registry, such as HKLM\SOFTWARE\KEY\VALUE.`, path)
	}
	return ""
}

func (check) Needs(Call) []estate.Fact { return nil }
func (check) Makes(Call) []estate.Fact { return nil }

func (check) Effects(c Call, e *estate.Estate) []estate.Problem {
	return e.Do(estate.Use{Machine: c.Machine.Name})
}

func (check) Typical() time.Duration { return time.Minute }

// looked is one value of the registry.
type looked struct{ key, value, want string }

func (check) Work(c Call) (Work, labs.Diagnostics) {
	if !standing(c) {
		return Work{}, nil
	}
	p := &pen{call: c}
	services, files, shares := c.Step.Texts("service"), c.Step.Texts("file"), c.Step.Texts("share")
	values := registryOf(c.Step)
	look := &looks{values: map[string]any{
		"smtp": false, "owa": word(""), "homes": false, "least": 0, "items": command(""), "wmi": false, "domains": []word(nil), "controllers": []word(nil), "computer": p.word("on", c.Machine.Computer),
	}}
	look.exchange(p)
	look.directory(p)
	services, shares = slices.Concat(services, look.services), slices.Concat(shares, look.shares)
	if n := len(services) + len(files) + len(shares) + len(values) + look.count; n == 0 || n > mostChecks {
		p.complain("on", "Nothing to check", fmt.Sprintf("Name 1 to %d things that the machine must have, such as services, files, shares or registry values; here are %d.", mostChecks, n))
	}
	var keys, names []string
	proofs := serviceProofs(services)
	for i, f := range files {
		proofs = append(proofs, exactly("file."+f, fmt.Sprintf("FILE%d", i+1), "found: "+f, "found"))
	}
	for i, v := range values {
		keys, names = append(keys, v.key), append(names, v.value)
		proofs = append(proofs, registered(`registry.`+v.key+`\`+v.value, fmt.Sprintf("REG%d", i+1), v.value, v.want))
	}
	for _, s := range shares {
		proofs = append(proofs, shared("share."+s, "SHARES", s))
	}
	maps.Copy(look.values, map[string]any{
		"services": p.words("service", services), "files": p.words("file", trimEnds(files)),
		"keys": p.words("registry", keys), "names": p.words("registry", names), "shares": p.words("share", shares),
		"tries": int(c.Step.Lasting("within")/checkPause) + 1, "pause": int(checkPause/time.Second) + 1, "old": p.old(), "queries": look.queries,
	})
	scripts := []guest.File{p.script(guest.ProofScript, "check.proof.cmd", look.values)}
	if p.old() {
		scripts = append(scripts, p.helper("REGISTRY.VBS"), p.helper("SERVICE.VBS"))
	}
	return p.done(Work{
		Job: &guest.Job{Files: append(scripts, look.files...)}, Proofs: append(proofs, look.proofs...), Silence: silence, Limit: limit(c.Step, checkLimit),
	})
}

// registryOf sorts the registry argument.
func registryOf(s *labs.Step) []looked {
	m, _ := s.Args["registry"].(map[string]string)
	var list []looked
	for _, path := range slices.Sorted(maps.Keys(m)) {
		at := max(strings.LastIndex(path, `\`), 0)
		list = append(list, looked{path[:at], strings.TrimPrefix(path[at:], `\`), m[path]})
	}
	return list
}

// trimEnds takes the last backslash off each path: it would hide the closing quote.
func trimEnds(paths []string) []string {
	list := make([]string, len(paths))
	for i, f := range paths {
		list[i] = strings.TrimSuffix(f, `\`)
	}
	return list
}
