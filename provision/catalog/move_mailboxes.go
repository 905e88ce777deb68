package catalog

import (
	"fmt"
	"strings"
	"time"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/estate"
	"github.com/doublehop/doublehop/provision/guest"
)

// moveMailboxes pulls the mailboxes of an older server.
type moveMailboxes struct{}

const moveLimit = 12 * time.Hour

func (moveMailboxes) Schema() labs.Schema {
	return labs.Schema{
		Kind: "move_mailboxes",
		Doc: "Moves every mailbox of another server to the machine's own, which is the newer one and pulls: Exchange 2007 with Move-Mailbox, later ones with New-MoveRequest. " +
			"From Exchange 2010 on the arbitration mailboxes go first, and from 2016 on the audit log's. " +
			"It is done when no user of the forest has a mailbox on the other server.",
		Args: []labs.Arg{
			{Name: "from", Type: labs.MachineType, Required: true, Doc: "The machine whose server gives its mailboxes away."},
			databaseArg("The database that takes them."),
			{Name: "bad_items", Type: labs.NumberType, Default: int64(10), Doc: "How many damaged items of a mailbox may be left behind.", Valid: between(0, 50)},
			limitArg(moveLimit),
		},
	}
}

// databaseArg names a mailbox database.
func databaseArg(doc string) labs.Arg {
	return labs.Arg{Name: "database", Type: labs.StringType, Doc: doc + " Without it, the first one of the server.", Valid: textual(carried)}
}

func (moveMailboxes) Needs(c Call) []estate.Fact {
	from := c.Step.Text("from")
	return append(afterServers(c), estate.FactExchange(from), estate.FactMailboxes(from))
}

func (moveMailboxes) Makes(c Call) []estate.Fact {
	return []estate.Fact{estate.FactEmptied(c.Step.Text("from")), estate.FactMailboxes(c.Machine.Name), itself(c)}
}

func (moveMailboxes) Effects(c Call, e *estate.Estate) []estate.Problem {
	return e.Do(estate.MoveMailboxes{Machine: c.Machine.Name, From: c.Step.Text("from")})
}

// Typical is for a lab's few mailboxes.
func (moveMailboxes) Typical() time.Duration { return 20 * time.Minute }

func (moveMailboxes) Work(c Call) (Work, labs.Diagnostics) {
	x, ok := exchangeFor(c)
	from, known := c.Lab.Machine(c.Step.Text("from"))
	if !ok || !known {
		return Work{}, nil
	}
	r, there := installedOn(c, c.Machine.Name)
	old, stands := installedOn(c, from.Name)
	if !there || !stands {
		return Work{}, nil // Effects says that there is no Exchange
	}
	p := x.p
	x.values["from"], x.values["most"] = p.word("from", from.Computer), mostObjects
	x.values["shell"], x.values["asks"], x.values["modern"] = since(r, "exchange-2007"), since(r, "exchange-2010"), since(r, "exchange-2013")
	x.domainsInto()
	files := []guest.File{p.helper("COUNT.VBS")}
	var proofs []Proof
	for i, d := range x.at.forest.Domains {
		proofs = append(proofs, movedFrom(d.Name, fmt.Sprintf("LEFT%d", i+1), from.Computer))
	}
	if x.values["shell"] == true {
		x.moves(r, old, from.Computer)
	} else {
		files = append(files, p.helper("VALUE.VBS"), p.helper("MOVE.VBS"))
	}
	mail := mailAt(c, from.Name)
	for name, n := range mailAt(c, c.Machine.Name) {
		mail[name] += n
	}
	if counting, counted := x.itemsInto(r); counted && len(mail) > 0 {
		files = append(files, counting...)
		proofs = append(proofs, seeded("mail.items", "ITEMS", mail))
	}
	files = append([]guest.File{
		p.script(guest.Script, "move_mailboxes.job.cmd", x.values), p.script(guest.ProofScript, "move_mailboxes.proof.cmd", x.values),
	}, files...)
	return p.done(Work{
		Job: &guest.Job{Files: files}, Proofs: proofs,
		Silence: silence, Limit: limit(c.Step, moveLimit), Explain: explainMove,
	})
}

// moves are the lines that begin, watch and end the moves.
func (x exchange) moves(r, old estate.Release, from string) {
	p, step := x.p, x.p.call.Step
	bad, _ := step.Args["bad_items"].(int64)
	values := map[string]any{"server": p.call.Machine.Computer, "from": from, "limit": bad}
	begin := "move"
	if database := step.Text("database"); database != "" {
		begin, values["database"] = "move-in", database
	}
	var lines []command
	if since(r, "exchange-2010") && since(old, "exchange-2010") {
		lines = append(lines, p.shell("from", "move-system", r, values))
	}
	if since(r, "exchange-2016") && since(old, "exchange-2016") {
		lines = append(lines, p.shell("from", "move-audit", r, values))
	}
	x.values["begin"] = append(lines, p.shell("from", begin, r, values))
	x.values["watch"], x.values["end"] = command(""), command("")
	if since(r, "exchange-2010") {
		x.values["watch"], x.values["end"] = p.shell("from", "moves", r, nil), p.shell("from", "moves-done", r, nil)
	}
}

// domainsInto gives the script the forest's domains, and one domain controller
// of each: users live in all of them.
func (x exchange) domainsInto() {
	var names, labels, controllers []word
	for _, d := range x.at.forest.Domains {
		if at, ok := placeIn(x.p.call, d.Name); ok {
			label, _, _ := strings.Cut(d.Name, ".")
			labels = append(labels, x.p.word("on", label))
			names, controllers = append(names, x.p.word("on", domainDN(d.Name))), append(controllers, x.p.word("on", at.controller))
		}
	}
	x.values["domains"], x.values["labels"], x.values["controllers"] = names, labels, controllers
}

// movedFrom is a domain in which nobody has a mailbox on a server: the domain
// itself is the only object that the query finds.
func movedFrom(domain, file, computer string) Proof {
	expect := "no mailbox on " + computer
	return Proof{Name: "mailboxes.left." + domain, File: file, Expect: expect, Read: func(lines []string) (string, error) {
		objects, err := parseLDIF(lines)
		if err != nil {
			return "", fmt.Errorf("expected %s, and what ldifde wrote cannot be read: %w", expect, err)
		}
		if len(objects) == 0 {
			return "", fmt.Errorf("expected %s, and ldifde found not even the domain", expect)
		}
		if n := len(objects) - 1; n > 0 {
			return "", fmt.Errorf("expected %s, and %d are there, such as that of %s", expect, n, clip(objects[len(objects)-1].DN))
		}
		return "none", nil
	}}
}

// explainMove finds in what the shell said why a mailbox did not move.
func explainMove(output []string) string {
	return explain("Message : ", "Error", "cannot be", "couldn't", "move: ")(output)
}
