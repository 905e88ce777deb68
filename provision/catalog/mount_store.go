package catalog

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/estate"
	"github.com/doublehop/doublehop/provision/guest"
)

// mountStore brings a store from elsewhere onto a server.
type mountStore struct{}

const mountLimit = 6 * time.Hour

func (mountStore) Schema() labs.Schema {
	return labs.Schema{
		Kind: "mount_store",
		Doc: "Mounts a mailbox store whose files lie on the machine: in the place of a store of the server, or beside it for recovery " +
			"(a recovery storage group up to Exchange 2007, a recovery database from 2010 on). The files are copied; what was there is kept beside the copy. " +
			"A recovery storage group of Exchange 2003 can only be made in System Manager: the step waits until a person has made it.",
		Args: []labs.Arg{
			{Name: "edb", Type: labs.StringType, Required: true, Doc: `The store's database on the machine: "C:\\OLD\\PRIV1.EDB".`, Valid: textual(guestPathProblem)},
			{Name: "stm", Type: labs.StringType, Doc: "Its streaming file, which Exchange 2000 and 2003 have beside the database.", Valid: textual(guestPathProblem)},
			databaseArg("The store whose place the files take, or whose mailboxes are recovered."),
			{Name: "recovery", Type: labs.BoolType, Default: false, Doc: "Mount it beside the server's own stores, for recovery."},
			{Name: "folder", Type: labs.StringType, Default: `C:\RECOVERY`, Doc: "For recovery on Exchange 2007 and later: where the files are copied to.", Valid: textual(guestPathProblem)},
			{Name: "product", Type: labs.StringType, Doc: `The version of Exchange that the files are from, such as "exchange-2003". No version mounts the files of another.`, Valid: textual(productProblem)},
			limitArg(mountLimit),
		},
	}
}

func productProblem(id string) string {
	if _, ok := estate.FindProduct(id); ok {
		return ""
	}
	var all []string
	for _, p := range estate.Products() {
		all = append(all, p.ID)
	}
	slices.Sort(all)
	return fmt.Sprintf("%q is none of %s.", id, strings.Join(all, ", "))
}

func (mountStore) Needs(Call) []estate.Fact { return nil }
func (mountStore) Makes(Call) []estate.Fact { return nil }

func (mountStore) Effects(c Call, e *estate.Estate) []estate.Problem {
	return e.Do(estate.MountStore{Machine: c.Machine.Name, Product: c.Step.Text("product"), Recovery: c.Step.Flag("recovery")})
}

func (mountStore) Typical() time.Duration { return 10 * time.Minute }

func (mountStore) Work(c Call) (Work, labs.Diagnostics) {
	x, ok := exchangeFor(c)
	if !ok {
		return Work{}, nil
	}
	r, ok := installedOn(c, c.Machine.Name)
	if !ok {
		return Work{}, nil // Effects says that there is no Exchange
	}
	p, step := x.p, c.Step
	later := since(r, "exchange-2007")
	x.values["edb"], x.values["stm"] = p.word("edb", step.Text("edb")), p.word("stm", step.Text("stm"))
	x.values["database"], x.values["later"], x.values["recovery"] = p.word("database", filterText(step.Text("database"))), later, step.Flag("recovery")
	if later {
		return x.mountLater(r)
	}
	return p.done(Work{
		Job: &guest.Job{Files: []guest.File{
			p.script(guest.Script, "mount_store.job.cmd", x.values), p.script(guest.ProofScript, "mount_store.proof.cmd", x.values),
			p.helper("VALUE.VBS"), p.helper("FILL.VBS"),
			guest.Text("MOUNT.LDF", "dn: @dn@\nchangetype: modify\nreplace: msExchPatchMDB\nmsExchPatchMDB: TRUE\n-\nreplace: msExchEDBOffline\nmsExchEDBOffline: FALSE\n-\n\n"),
		}},
		Proofs:  []Proof{exactly("store.mounted", "MOUNTED", "the store's file in use by the information store", "yes")},
		Silence: silence, Limit: limit(step, mountLimit), Explain: explain("mount: ", "Modify error"),
	})
}

// mountLater mounts a store on Exchange 2007 or later, whose shell does it.
func (x exchange) mountLater(r estate.Release) (Work, labs.Diagnostics) {
	p, step := x.p, x.p.call.Step
	database, server := step.Text("database"), p.call.Machine.Computer
	if database == "" && (!step.Flag("recovery") || r.Product == "exchange-2007") {
		p.complain("database", "Database missing", fmt.Sprintf("On %s the step must know the database whose place the files take, or whose mailboxes are recovered. Name it with database.", r.Name))
	}
	script := "mount_store.job.cmd"
	values := map[string]any{"database": database, "server": server}
	if step.Flag("recovery") {
		script = "recover_store.job.cmd"
		folder := strings.TrimSuffix(step.Text("folder"), `\`)
		file := folder + `\` + step.Text("edb")[strings.LastIndex(step.Text("edb"), `\`)+1:]
		store, group := "Recovery "+server, "Recovery"
		if r.Product == "exchange-2007" {
			store = server + `\` + group + `\` + database
		}
		x.values["folder"], x.values["file"] = p.word("folder", folder), p.word("edb", file)
		x.values["recovery"] = p.shell("edb", "recovery", r, map[string]any{
			"server": server, "group": group, "folder": folder, "database": database, "path": server + `\` + group, "file": file, "store": store,
		})
		values["database"] = store
	} else {
		x.values["dismount"] = p.shell("database", "dismount", r, values)
	}
	x.values["mount"], x.values["mounted"] = p.shell("database", "mount", r, values), p.shell("database", "mounted", r, values)
	return p.done(Work{
		Job: &guest.Job{Files: []guest.File{
			p.script(guest.Script, script, x.values), p.script(guest.ProofScript, "mount_store.proof.cmd", x.values), p.helper("VALUE.VBS"),
		}},
		Proofs:  []Proof{listedAs("store.mounted", "MOUNTED", "Mounted", "True")},
		Silence: silence, Limit: limit(step, mountLimit), Explain: explain("mount: ", "Error", "couldn't"),
	})
}
