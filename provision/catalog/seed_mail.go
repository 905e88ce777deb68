package catalog

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/estate"
	"github.com/doublehop/doublehop/provision/guest"
)

// seedMail fills mailboxes with mail.
type seedMail struct{}

const (
	seedLimit = 6 * time.Hour
	// Mail travels on the job disc, and each message is a file of it.
	mostMessages  = 5000
	mostSeedBytes = 1 << 30
)

func (seedMail) Schema() labs.Schema {
	args := append(crowdArgs(),
		labs.Arg{Name: "messages", Type: labs.NumberType, Default: int64(200), Doc: "How many messages, up to 5000.", Valid: between(1, mostMessages)},
		labs.Arg{Name: "size", Type: labs.SizeType, Default: uint64(8 << 20), Doc: "What all messages have together, up to 1GiB. One in four has an attachment, and the attachments make up the size.", Valid: seedSize},
		labs.Arg{Name: "mail_domain", Type: labs.StringType, Doc: "What stands behind the @ of the users' addresses. Without it, the name of the forest's root domain, as Exchange's first recipient policy has it.", Valid: textual(labs.DomainProblem)},
		limitArg(seedLimit))
	return labs.Schema{
		Kind: "seed_mail",
		Doc: "Sends mail to the users that create_mailboxes made with the same count, seed and ou, through the SMTP pickup folder of the machine's Exchange server. " +
			"Texts, dates and attachments come from the seed, so that two rehearsals carry the same mail, and its count and digest can be compared after each hop.",
		Args: args,
	}
}

func seedSize(v labs.Value) string {
	if n, ok := v.(uint64); !ok || n > mostSeedBytes {
		return "Mail travels on a disc that is made for the step: give up to 1GiB."
	}
	return ""
}

func (seedMail) Needs(Call) []estate.Fact { return nil }

func (seedMail) Makes(c Call) []estate.Fact {
	return []estate.Fact{estate.FactMailboxes(c.Machine.Name)}
}

func (seedMail) Effects(c Call, e *estate.Estate) []estate.Problem {
	return e.Do(estate.Use{Machine: c.Machine.Name})
}

// Typical is for the usual 200 messages.
func (seedMail) Typical() time.Duration { return 5 * time.Minute }

func (seedMail) Work(c Call) (Work, labs.Diagnostics) {
	x, ok := exchangeFor(c)
	if !ok {
		return Work{}, nil
	}
	r, ok := installedOn(c, c.Machine.Name)
	if !ok {
		return Work{}, nil // Effects says that there is no Exchange
	}
	p := x.p
	domain := c.Step.Text("mail_domain")
	if domain == "" {
		domain = x.at.forest.Root
	}
	bag := mailOf(c.Lab, c.Step, domain)
	later := since(r, "exchange-2007")
	x.values["later"], x.values["queues"] = later, command("")
	if later {
		x.values["queues"] = p.shell("on", "queues", r, map[string]any{"server": c.Machine.Computer})
	}
	items := mailAt(c, c.Machine.Name)
	bag.items(items)
	proofs := []Proof{mailSent(bag)}
	counting, counted := x.itemsInto(r)
	if counted {
		proofs = append(proofs, seeded("mail.items", "ITEMS", items))
	}
	var list strings.Builder
	files := []guest.File{
		p.script(guest.Script, "seed_mail.job.cmd", x.values), p.script(guest.ProofScript, "seed_mail.proof.cmd", x.values),
		p.helper("BIN.VBS"), guest.Text("MANIFEST.TXT", bag.manifest()),
	}
	files = append(files, counting...)
	for _, l := range bag.letters {
		fmt.Fprintf(&list, "%s|M%05d\n", strings.ReplaceAll(discName(l.number-1), "/", `\`), l.number)
		files = append(files, l.file())
	}
	files = append(files, guest.Text("FILES.TXT", list.String()))
	return p.done(Work{
		Job: &guest.Job{Files: files}, Proofs: proofs,
		Silence: silence, Limit: limit(c.Step, seedLimit), Explain: explain("seed: "),
	})
}

// mailSent is all mail taken out of the pickup folder, none refused, and the
// queues empty.
func mailSent(bag mailbag) Proof {
	expect := fmt.Sprintf("%d messages sent, none left, none refused, none in a queue", len(bag.letters))
	value := fmt.Sprintf("%d messages, %d bytes, sha256 %s", len(bag.letters), bag.bytes, bag.digest())
	return Proof{Name: "mail.sent", File: "SENT", Expect: expect, Read: func(lines []string) (string, error) {
		got := map[string]string{}
		for _, l := range trimmed(lines) {
			name, number, _ := strings.Cut(l, " ")
			got[name] = strings.TrimSpace(number)
		}
		for name, want := range map[string]string{"sent": strconv.Itoa(len(bag.letters)), "left": "0", "refused": "0", "queued": "0"} {
			if got[name] != want {
				return "", fmt.Errorf("expected %s, and read %s", expect, listOr(trimmed(lines), "nothing"))
			}
		}
		return value, nil
	}}
}
