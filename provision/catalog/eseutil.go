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

// eseutil works on the files of a store.
type eseutil struct{}

const eseutilLimit = 12 * time.Hour

func (eseutil) Schema() labs.Schema {
	return labs.Schema{
		Kind: "eseutil",
		Doc: "Looks at a store's files or repairs them, with eseutil and isinteg of the Exchange that stands on the machine. " +
			"It works on a copy, and the proof is the state that eseutil /mh reports in the end.",
		Args: []labs.Arg{
			{Name: "edb", Type: labs.StringType, Required: true, Doc: `The store's database on the machine: "C:\\OLD\\PRIV1.EDB". Its streaming file is taken along.`, Valid: textual(guestPathProblem)},
			{Name: "actions", Type: labs.StringsType, Default: []string{"header"}, Doc: "What to do, in order: header (/mh), logs (/ml), integrity (/g), recover (/r), repair (/p), defragment (/d), isinteg (of the store itself on Exchange 2000 to 2007, which is dismounted for it).", Valid: listed(eseutilProblem)},
			{Name: "logs", Type: labs.StringType, Doc: "The folder of the store's transaction logs, for logs and recover.", Valid: textual(guestPathProblem)},
			{Name: "prefix", Type: labs.StringType, Default: "E00", Doc: "The log files' prefix.", Valid: textual(prefixProblem)},
			{Name: "number", Type: labs.NumberType, Default: int64(1), Doc: "For isinteg: the store's place in the list that isinteg shows.", Valid: between(1, 25)},
			{Name: "work", Type: labs.StringType, Default: `C:\ESEUTIL`, Doc: "The folder that the copy is made in. What an earlier copy left there under the same name is replaced.", Valid: textual(guestPathProblem)},
			{Name: "state", Type: labs.StringType, Default: "clean", Doc: "The state that the copy must be in at the end: clean, dirty or any.", Valid: textual(func(s string) string { return oneOf(s, "clean", "dirty", "any") })},
			limitArg(eseutilLimit),
		},
	}
}

func eseutilProblem(action string) string {
	return oneOf(action, "header", "logs", "integrity", "recover", "repair", "defragment", "isinteg")
}

func prefixProblem(s string) string {
	if len(s) == 3 && (s[0]|0x20) == 'e' && isHex(s[1]) && isHex(s[2]) {
		return ""
	}
	return "Log files are called E00, E01 and so on; " + s + " is no such prefix."
}

func isHex(b byte) bool { return b >= '0' && b <= '9' || b|0x20 >= 'a' && b|0x20 <= 'f' }

func (eseutil) Needs(Call) []estate.Fact { return nil }
func (eseutil) Makes(Call) []estate.Fact { return nil }

func (eseutil) Effects(c Call, e *estate.Estate) []estate.Problem {
	return e.Do(estate.Use{Machine: c.Machine.Name})
}

// Typical is for a small store: eseutil does some gigabytes an hour.
func (eseutil) Typical() time.Duration { return 10 * time.Minute }

func (eseutil) Work(c Call) (Work, labs.Diagnostics) {
	x, ok := exchangeFor(c)
	if !ok {
		return Work{}, nil
	}
	p := x.p
	actions, logs := c.Step.Texts("actions"), c.Step.Text("logs")
	if logs == "" && (slices.Contains(actions, "logs") || slices.Contains(actions, "recover")) {
		p.complain("logs", "Folder of the logs missing", "The actions logs and recover need the store's transaction logs. Name their folder with logs.")
	}
	number, _ := c.Step.Args["number"].(int64)
	work := strings.TrimSuffix(c.Step.Text("work"), `\`)
	values := map[string]any{
		"edb": p.word("edb", c.Step.Text("edb")), "work": p.word("work", work), "logs": p.word("logs", strings.TrimSuffix(logs, `\`)),
		"prefix": p.word("prefix", c.Step.Text("prefix")), "actions": p.eseutilLines(actions, work), "number": int(number),
		"isinteg": slices.Contains(actions, "isinteg"), "escaped": p.word("edb", filterText(c.Step.Text("edb"))),
	}
	maps.Copy(x.values, values)
	values = x.values
	return p.done(Work{
		Job: &guest.Job{Files: []guest.File{
			p.script(guest.Script, "eseutil.job.cmd", values), p.script(guest.ProofScript, "eseutil.proof.cmd", values), p.helper("BIN.VBS"), p.helper("FILL.VBS"),
			offline("OFFLINE.LDF", "TRUE"), offline("ONLINE.LDF", "FALSE"),
		}},
		Proofs:  []Proof{storeState("store.state", "HEADER", c.Step.Text("state"))},
		Silence: silence, Limit: limit(c.Step, eseutilLimit), Explain: explain("terminated with error", "eseutil: "),
	})
}

// offline says of a store whether it stays dismounted when the information
// store starts.
func offline(path, value string) guest.File {
	return guest.Text(path, "dn: @dn@\nchangetype: modify\nreplace: msExchEDBOffline\nmsExchEDBOffline: "+value+"\n-\n\n")
}

// eseutilLines are the calls, in order. Every file lies in the folder of the
// copy, so /r gets that folder for logs, checkpoint and databases; its paths
// follow their switches without a blank (TechNet aa998074). /o of /p leaves the
// question out, which would be a box on the screen.
func (p *pen) eseutilLines(actions []string, work string) []command {
	folder, prefix := string(p.word("work", work)), string(p.word("prefix", p.call.Step.Text("prefix")))
	calls := map[string]string{
		"header": `call :tool /mh "%NAME%.edb"`, "logs": `call :tool /ml ` + prefix, "integrity": `call :tool /g "%NAME%.edb"`,
		"recover":    fmt.Sprintf(`call :tool /r %s /l"%s" /s"%s" /d"%s" /i`, prefix, folder, folder, folder),
		"repair":     `call :tool /p "%NAME%.edb" /o`,
		"defragment": `call :tool /d "%NAME%.edb"`,
		"isinteg":    `call :isinteg`,
	}
	var lines []command
	for _, a := range actions {
		lines = append(lines, command(calls[a]))
	}
	return lines
}

// storeState is the state in a database's header: "State: Clean Shutdown".
func storeState(name, file, want string) Proof {
	expect := "State: any"
	if want != "any" {
		expect = "State: " + strings.ToUpper(want[:1]) + want[1:] + " Shutdown"
	}
	return Proof{Name: name, File: file, Expect: expect, Read: func(lines []string) (string, error) {
		for _, l := range trimmed(lines) {
			state, ok := strings.CutPrefix(l, "State:")
			if !ok {
				continue
			}
			state = strings.TrimSpace(state)
			if want != "any" && !strings.HasPrefix(strings.ToLower(state), want) {
				return "", fmt.Errorf("expected %s, and it is %s", expect, clip(state))
			}
			return state, nil
		}
		return "", fmt.Errorf("expected %s, and eseutil said %s", expect, listOr(trimmed(lines), "nothing"))
	}}
}
