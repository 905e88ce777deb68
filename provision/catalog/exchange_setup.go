package catalog

import (
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/answer"
	"github.com/doublehop/doublehop/provision/estate"
	"github.com/doublehop/doublehop/provision/guest"
)

// exchangeSetup installs an Exchange 2003 server.
type exchangeSetup struct{}

const exchangeSetupLimit = 6 * time.Hour

// exchangeServices run on every Exchange 2003 server after setup (TechNet
// bb124644): the mailbox store, the system attendant, mail transport, the web.
func exchangeServices() []string { return []string{"MSExchangeSA", "MSExchangeIS", "SMTPSVC", "W3SVC"} }

func (exchangeSetup) Schema() labs.Schema {
	return labs.Schema{
		Kind: "exchange_setup",
		Doc: "Installs an Exchange 2003 server, with its management tools, on a member of a prepared domain. " +
			"The first server founds the organization; later ones join it." + wizard,
		Args: []labs.Arg{
			mediaArg("The Exchange 2000 or 2003 disc."),
			{Name: "organization", Type: labs.StringType, Required: true, Doc: "The organization's name, the same for every server of a forest.", Valid: textual(labs.TextProblem)},
			{Name: "administrative_group", Type: labs.StringType, Default: answer.FirstGroup, Doc: "The administrative group. A disc in another language names the first one in that language.", Valid: textual(labs.TextProblem)},
			{Name: "folder", Type: labs.StringType, Default: answer.ExchangeFolder, Doc: "Where Exchange is installed.", Valid: textual(guestPathProblem)},
			{Name: "product_key", Type: labs.SecretType, Doc: "The product key, for discs that ask for one."},
			{Name: "unattend", Type: labs.PathType, Doc: "A file that you recorded with setup /CreateUnattend, to use in place of Doublehop's. " +
				"In it @ORGANIZATION@, @GROUP@, @FOLDER@ and @PRODUCT_KEY@ stand for the values above."},
			limitArg(exchangeSetupLimit),
		},
	}
}

func (exchangeSetup) Needs(c Call) []estate.Fact {
	domain, forest := preparedFacts(c)
	needs := []estate.Fact{estate.FactDomain(domain), estate.FactForestPrep(forest), estate.FactDomainPrep(domain)}
	// Servers of one stage come one after the other: the first founds what the
	// others join.
	for _, s := range c.Stage.Steps {
		if s == c.Step {
			break
		}
		if s.Kind == "exchange_setup" {
			for _, on := range s.On {
				needs = append(needs, estate.FactExchange(on))
			}
		}
	}
	return needs
}

func (exchangeSetup) Makes(c Call) []estate.Fact {
	_, forest := preparedFacts(c)
	return []estate.Fact{estate.FactExchange(c.Machine.Name), estate.FactOrganization(forest)}
}

func (exchangeSetup) Effects(c Call, e *estate.Estate) []estate.Problem {
	r, _ := releaseOf(c, "media", early())
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
	e := answer.Exchange{
		Organization: c.Step.Text("organization"), Group: c.Step.Text("administrative_group"), Folder: c.Step.Text("folder"), Origin: p.origin(),
	}
	if key := c.Step.Text("product_key"); key != "" {
		e.ProductKey = p.secret("product_key", key)
	}
	if path := c.Step.Text("unattend"); path != "" {
		e.Text = p.recorded(path)
	}
	files := []guest.File{p.answer(answer.ExchangeSetup(e))}
	if p.old() {
		files = append(files, p.helper("SERVICE.VBS"))
	}
	x.values["services"] = p.words("on", exchangeServices())
	return x.work("exchange_setup", exchangeSetupLimit, files, append([]Proof{
		called("exchange.organization", "ORG", e.Organization),
		organizationProof(),
		called("exchange.server", "SERVER", strings.ToUpper(c.Machine.Computer)),
		recorded("exchange.server.build", "SERVER", "serialNumber"),
	}, serviceProofs(exchangeServices())...)...)
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
