package catalog

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/estate"
	"github.com/doublehop/doublehop/provision/guest"
)

// publicFolders makes public folders, or pulls those of an older server.
type publicFolders struct{}

const foldersLimit = 12 * time.Hour

func (publicFolders) Schema() labs.Schema {
	return labs.Schema{
		Kind: "public_folders",
		Doc: "Makes public folders on the machine's Exchange server; with from, moves those of another server to it instead: " +
			"every replica; from Exchange 2013 on every public folder mailbox; and from Exchange 2007 or 2010 to later ones by the batch migration, " +
			"which locks the folders, restarts the old server's information store and leaves the folders in one public folder mailbox.",
		Args: []labs.Arg{
			{Name: "from", Type: labs.MachineType, Doc: "The machine whose server gives its public folders away. Without it, folders are made."},
			{Name: "names", Type: labs.StringsType, Default: []string{"Projects", "Contacts", "Announcements"}, Doc: "The folders to make.", Valid: listed(unitProblem)},
			limitArg(foldersLimit),
		},
	}
}

func (publicFolders) Needs(c Call) []estate.Fact {
	if from := c.Step.Text("from"); from != "" {
		needs := append(afterServers(c), afterMoves(c)...)
		return append(needs, estate.FactExchange(from), estate.FactFolders(from), estate.FactMailboxes(from))
	}
	return nil
}

func (publicFolders) Makes(c Call) []estate.Fact {
	facts := []estate.Fact{estate.FactFolders(c.Machine.Name)}
	if from := c.Step.Text("from"); from != "" {
		facts = append(facts, estate.FactEmptied(from))
	}
	return facts
}

func (publicFolders) Effects(c Call, e *estate.Estate) []estate.Problem {
	return e.Do(estate.PublicFolders{Machine: c.Machine.Name, From: c.Step.Text("from")})
}

// Typical is for a lab's few folders that another server gives away; replicas of
// real ones take hours to days.
func (publicFolders) Typical() time.Duration { return 20 * time.Minute }

// takes knows that folders are made at once, and that a batch waits twice: for
// its first turn, and for the stores to see the lock. Microsoft says of the second
// that it takes a few hours; the restart of the store cuts it short.
func (p publicFolders) takes(c Call) time.Duration {
	from := c.Step.Text("from")
	if from == "" {
		return 2 * time.Minute
	}
	r, _ := installedOn(c, c.Machine.Name)
	old, _ := installedOn(c, from)
	if batched(r, old) {
		return time.Hour
	}
	return p.Typical()
}

// batched says that public folders go from stores to mailboxes.
func batched(r, old estate.Release) bool {
	return since(r, "exchange-2013") && !since(old, "exchange-2013")
}

func (publicFolders) Work(c Call) (Work, labs.Diagnostics) {
	x, ok := exchangeFor(c)
	if !ok {
		return Work{}, nil
	}
	r, ok := installedOn(c, c.Machine.Name)
	if !ok {
		return Work{}, nil // Effects says that there is no Exchange
	}
	if from := c.Step.Text("from"); from != "" {
		return x.pullFolders(r, from)
	}
	p, names := x.p, c.Step.Texts("names")
	x.values["names"], x.values["shell"] = p.words("names", names), since(r, "exchange-2007")
	x.values["store"], x.values["make"], x.values["list"] = command(""), []command(nil), command("")
	if x.values["shell"] == true {
		x.values["store"] = x.folderStore(r)
		var lines []command
		for _, n := range names {
			lines = append(lines, p.shell("names", "folder", r, map[string]any{"folder": n, "server": c.Machine.Computer}))
		}
		x.values["make"], x.values["list"] = lines, p.shell("names", "folders", r, nil)
	}
	return p.done(Work{
		Job: &guest.Job{Files: []guest.File{
			p.script(guest.Script, "public_folders.job.cmd", x.values), p.script(guest.ProofScript, "public_folders.proof.cmd", x.values),
			p.helper("HTTP.VBS"), guest.Text("POST.EML", firstPost),
		}},
		Proofs:  folderProofs(names, x.values["shell"] == true),
		Silence: silence, Limit: limit(c.Step, foldersLimit), Explain: explain("folders: ", "Error"),
	})
}

// firstPost is put into each folder that is made over WebDAV.
const firstPost = `From: "Doublehop" <doublehop@doublehop.invalid>
Subject: First post
Date: Mon, 02 Jan 2006 08:00:00 +0000
Message-ID: <first.post@doublehop.invalid>
MIME-Version: 1.0
Content-Type: text/plain; charset=us-ascii

This folder was made for a rehearsal.
`

// folderStore is the line that makes room for public folders on the server.
func (x exchange) folderStore(r estate.Release) command {
	values := map[string]any{"server": x.p.call.Machine.Computer, "store": "Public Folders " + x.p.call.Machine.Computer}
	if since(r, "exchange-2013") {
		return x.p.shell("on", "folder-mailbox", r, values)
	}
	return x.p.shell("on", "folder-store", r, values)
}

// folderProofs read that each folder is there: from the shell's list, or from
// the answer of the web server to a question after it.
func folderProofs(names []string, shell bool) []Proof {
	proofs := make([]Proof, len(names))
	for i, n := range names {
		if shell {
			proofs[i] = listedAs("folder."+n, "FOLDERS", "Name", n)
		} else {
			proofs[i] = answered("folder."+n, fmt.Sprintf("FOLDER%d", i+1), "the folder "+n, 200, 207)
		}
	}
	return proofs
}

// listedAs is a value that the shell lists: "Name : Projects".
func listedAs(name, file, property, want string) Proof {
	expect := property + " " + want
	return Proof{Name: name, File: file, Expect: expect, Read: func(lines []string) (string, error) {
		var seen []string
		for _, l := range lines {
			if m := listLine.FindStringSubmatch(l); m != nil && m[1] == property {
				if strings.EqualFold(m[2], want) {
					return m[2], nil
				}
				seen = append(seen, m[2])
			}
		}
		if len(seen) == 0 {
			seen = trimmed(lines)
		}
		return "", fmt.Errorf("expected %s, and the shell listed %s", expect, listOr(seen, "nothing"))
	}}
}

// answered is a web server that answers with one of some numbers.
func answered(name, file, what string, good ...int) Proof {
	expect := fmt.Sprintf("%s with status %s", what, strings.Trim(strings.ReplaceAll(fmt.Sprint(good), " ", ", "), "[]"))
	return Proof{Name: name, File: file, Expect: expect, Read: func(lines []string) (string, error) {
		text, err := nonEmpty(expect)(lines)
		if err != nil {
			return "", err
		}
		number, _, _ := strings.Cut(strings.TrimPrefix(text, "status: "), " ")
		n, err := strconv.Atoi(number)
		if err != nil || !slices.Contains(good, n) {
			return "", fmt.Errorf("expected %s, and read %q", expect, clip(text))
		}
		return "status " + number, nil
	}}
}

// pullFolders moves what another server has to the machine's.
func (x exchange) pullFolders(r estate.Release, from string) (Work, labs.Diagnostics) {
	p := x.p
	source, known := p.call.Lab.Machine(from)
	old, stands := installedOn(p.call, from)
	if !known || !stands {
		return Work{}, nil // Effects says so
	}
	if why := pullProblem(r); why != "" {
		p.complain("from", "Public folders cannot be pulled", why)
		return p.done(Work{})
	}
	if batched(r, old) {
		return x.migrateFolders(r, old, source)
	}
	values := map[string]any{"server": p.call.Machine.Computer, "from": source.Computer, "limit": 10, "key": setupKey(r)}
	modern := since(r, "exchange-2013")
	x.values["from"], x.values["modern"] = p.word("from", source.Computer), modern
	if modern {
		x.values["begin"] = []command{p.shell("from", "pull-folders", r, values)}
		x.values["list"], x.values["end"] = p.shell("from", "moves", r, nil), p.shell("from", "moves-done", r, nil)
	} else {
		x.values["begin"] = []command{
			x.folderStore(r), p.shell("from", "replicas", r, values), p.shell("from", "replicas-system", r, values), p.shell("from", "replicas-off", r, values),
		}
		x.values["list"], x.values["end"] = p.shell("from", "replicas-left", r, nil), command("")
	}
	proof := replicasOff("folders.left", "FOLDERS", source.Computer)
	if modern {
		proof = movesEnded("folders.left", "FOLDERS")
	}
	return p.done(Work{
		Job: &guest.Job{Files: []guest.File{
			p.script(guest.Script, "pull_folders.job.cmd", x.values), p.script(guest.ProofScript, "pull_folders.proof.cmd", x.values),
		}},
		Proofs: []Proof{proof}, Silence: silence, Limit: limit(p.call.Step, foldersLimit), Explain: explainMove,
	})
}

// pullProblem says in full sentences why no tool in the box moves public
// folders to a version.
func pullProblem(r estate.Release) string {
	if !since(r, "exchange-2007") {
		return fmt.Sprintf("%s moves replicas in System Manager only. Upgrade the old server in place, or add the replicas by hand in a run of the lab that waits for you.", r.Name)
	}
	return ""
}

// replicasOff is a list of folders none of which names the old server's store.
func replicasOff(name, file, computer string) Proof {
	expect := "no replica on " + computer
	return Proof{Name: name, File: file, Expect: expect, Read: func(lines []string) (string, error) {
		folders := 0
		for _, l := range lines {
			m := listLine.FindStringSubmatch(l)
			switch {
			case m == nil:
			case m[1] == "Name":
				folders++
			case m[1] == "Replicas" && strings.Contains(strings.ToUpper(m[2]), strings.ToUpper(computer)):
				return "", fmt.Errorf("expected %s, and read %q", expect, clip(m[2]))
			}
		}
		if folders == 0 {
			return "", fmt.Errorf("expected %s, and the shell listed %s", expect, listOr(trimmed(lines), "nothing"))
		}
		return fmt.Sprintf("%d folders, none there", folders), nil
	}}
}

// movesEnded is a list of moves of which none is open or failed; an empty one
// says that all were done and forgotten.
func movesEnded(name, file string) Proof {
	const expect = "no move open or failed"
	return Proof{Name: name, File: file, Expect: expect, Read: func(lines []string) (string, error) {
		for _, l := range lines {
			if m := listLine.FindStringSubmatch(l); m != nil && m[1] == "Status" && m[2] != "Completed" {
				return "", fmt.Errorf("expected %s, and read %q", expect, clip(m[2]))
			}
		}
		return "all ended", nil
	}}
}
