package catalog

import (
	"fmt"
	"os"
	"time"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/answer"
	"github.com/doublehop/doublehop/provision/estate"
	"github.com/doublehop/doublehop/provision/guest"
)

// exchangeSetup installs an Exchange 2000 or 2003 server.
type exchangeSetup struct{}

const exchangeSetupLimit = 6 * time.Hour

// exchangeServices run on every server of Exchange 2000 and 2003 after setup (TechNet
// bb124644): the mailbox store, the system attendant, mail transport, the web.
func exchangeServices() []string { return []string{"MSExchangeSA", "MSExchangeIS", "SMTPSVC", "W3SVC"} }

func (exchangeSetup) Schema() labs.Schema {
	return labs.Schema{
		Kind: "exchange_setup",
		Doc: "Installs an Exchange 2000 or 2003 server, with its management tools, on a member of a prepared domain. " +
			"The first server founds the organization; later ones join it. On a machine with Exchange 2000, the disc of Exchange 2003 upgrades it in place." + driven,
		Args: []labs.Arg{
			mediaArg("The Exchange 2000 or 2003 disc."),
			{Name: "organization", Type: labs.StringType, Required: true, Doc: "The organization's name, the same for every server of a forest.", Valid: textual(organizationProblem)},
			{Name: "administrative_group", Type: labs.StringType, Default: answer.FirstGroup, Doc: "The administrative group. Setup's wizard asks for it only where the organization has several. A disc in another language names the first one in that language.", Valid: textual(labs.TextProblem)},
			{Name: "folder", Type: labs.StringType, Default: answer.ExchangeFolder, Doc: "Where Exchange is installed.", Valid: textual(guestPathProblem)},
			{Name: "front_end", Type: labs.BoolType, Default: false, Doc: "Make it a front-end server, which serves clients and holds no mailboxes. The machine is restarted."},
			{Name: "product_key", Type: labs.SecretType, Doc: "The product key, for discs that ask for one."},
			{Name: "unattend", Type: labs.PathType, Doc: "A file that you recorded with setup /CreateUnattend. With it, setup is given /UnattendFile and shows no wizard. " +
				"In it @ORGANIZATION@, @GROUP@, @FOLDER@ and @PRODUCT_KEY@ stand for the values above."},
			pagesArg(), limitArg(exchangeSetupLimit),
		},
	}
}

func (exchangeSetup) Needs(c Call) []estate.Fact {
	domain, forest := preparedFacts(c)
	needs := []estate.Fact{estate.FactDomain(domain), estate.FactForestPrep(forest), estate.FactDomainPrep(domain)}
	return append(append(needs, afterServers(c)...), earlierSteps(c, "exchange_setup", "exchange_install")...)
}

func (exchangeSetup) Makes(c Call) []estate.Fact {
	_, forest := preparedFacts(c)
	return []estate.Fact{estate.FactExchange(c.Machine.Name), estate.FactOrganization(forest)}
}

func (exchangeSetup) Effects(c Call, e *estate.Estate) []estate.Problem {
	r, ok := heldBy(c, early())
	if !ok {
		return e.Do(estate.Use{Machine: c.Machine.Name})
	}
	return e.Do(estate.ExchangeSetup{
		Machine: c.Machine.Name, Release: r.ID, Organization: c.Step.Text("organization"), FrontEnd: c.Step.Flag("front_end"),
	})
}

// Typical is from people's memory, 10 to 30 minutes; no source has measured it.
func (exchangeSetup) Typical() time.Duration { return 25 * time.Minute }

func (exchangeSetup) Work(c Call) (Work, labs.Diagnostics) {
	x, ok := exchangeFor(c)
	if !ok {
		return Work{}, nil
	}
	p := x.p
	r, ok := p.release(early())
	if !ok {
		return p.done(Work{})
	}
	organization := c.Step.Text("organization")
	var v versions
	v.organization(x, r)
	if r.Organization == 0 { // the organization of Exchange 2000 has no version
		v.founded(x)
	}
	v.server(x, c.Machine, r)
	v.into(x)
	x.values["tries"] = serviceTries
	_, x.values["upgrade"] = installedOn(c, c.Machine.Name)
	x.values["services"] = p.words("on", exchangeServices())
	var files []guest.File
	x.values["unattend"] = c.Step.Text("unattend") != ""
	if c.Step.Text("unattend") != "" {
		files = append(files, p.answer(answer.ExchangeSetup(exchangeAnswers(p))))
	} else {
		told := exchangeAnswers(p)
		p.diags = append(p.diags, told.Check()...)
		p.unasked(told)
	}
	work, diags := x.work("exchange_setup", exchangeSetupLimit, p.withServices(files, exchangeServices()),
		append(append([]Proof{called("exchange.organization", "ORG", organization)}, v.proofs...), serviceProofs(exchangeServices())...)...)
	if c.Step.Flag("front_end") && !diags.Fatal() {
		x.frontEnd(&work)
	}
	return work, diags
}

// unasked refuses what the shipped pages of setup's wizard do not answer.
func (p *pen) unasked(e answer.Exchange) {
	if e.Folder == answer.ExchangeFolder || p.call.Step.Text("pages") != "" {
		return
	}
	p.complain("folder", "Setup's wizard is not told this folder",
		fmt.Sprintf("The pages that Doublehop answers leave Exchange in %s. Give pages of your own, with @FOLDER@ in them, or a recorded answer file with unattend.", answer.ExchangeFolder))
}

// exchangeAnswers is what setup is told.
func exchangeAnswers(p *pen) answer.Exchange {
	step := p.call.Step
	e := answer.Exchange{
		Organization: step.Text("organization"), Group: step.Text("administrative_group"), Folder: step.Text("folder"), Origin: p.origin(),
	}
	if key := step.Text("product_key"); key != "" {
		e.ProductKey = p.secret("product_key", key)
	}
	if path := step.Text("unattend"); path != "" {
		e.Text = p.recorded(path)
	}
	return e
}

// frontEnd makes the server a front end when setup has ended: System Manager
// sets the same mark of the server's object, and asks for a restart.
func (x exchange) frontEnd(w *Work) {
	for i, f := range w.Job.Files {
		if f.Path == guest.Script {
			w.Job.Files[i].Path = "SETUP.CMD"
		}
	}
	w.Job.Files = append(w.Job.Files, x.p.script(guest.Script, "frontend.job.cmd", x.values), x.p.helper("FILL.VBS"),
		guest.Text("FRONTEND.LDF", "dn: @dn@\nchangetype: modify\nreplace: serverRole\nserverRole: 1\n-\n\n"))
	w.Proofs = append(w.Proofs, exactValue("exchange.server.role", "SERVER", "serverRole", "1", "front end"))
}

// recorded reads an answer file that the lab's author recorded.
func (p *pen) recorded(path string) string {
	const summary = "Unattend file cannot be read"
	info, err := os.Stat(path)
	if err == nil && (!info.Mode().IsRegular() || info.Size() == 0 || info.Size() > longestScript) {
		err = fmt.Errorf("it is no plain file of 1 byte to %d KiB", longestScript>>10)
	}
	var text []byte
	if err == nil {
		text, err = os.ReadFile(path) //nolint:gosec // the lab's author names the file
	}
	if err != nil {
		p.complain("unattend", summary, fmt.Sprintf("The file %s cannot be read: %v.", path, err))
	}
	return string(text)
}
