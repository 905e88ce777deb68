package catalog

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/estate"
	"github.com/doublehop/doublehop/provision/guest"
)

// folderMailbox is the public folder mailbox that the batch fills.
const folderMailbox = "DoublehopFolders"

// migrateFolders moves the folders of stores (Exchange 2007 and 2010) into a
// public folder mailbox (2013 and 2016), as "Use batch migration to migrate
// public folders to Exchange 2013 from previous versions" has it: a batch that
// is synchronized, a lock on the older side, a batch that is completed.
//
// Microsoft's scripts for it are a download, and the one that measures the
// folders runs on the older server only, on objects that do not travel. The
// map that the next one makes of the sizes is a single line as long as the
// folders fit into one mailbox, so the job writes that line itself.
//
// A batch notes who made it, which the snap-in does not know: commands for it
// go to the endpoint of the server, as those of the management shell do.
func (x exchange) migrateFolders(r, old estate.Release, source *labs.Machine) (Work, labs.Diagnostics) {
	p := x.p
	values := map[string]any{
		"server": p.call.Machine.Computer, "from": source.Computer, "store": folderMailbox, "limit": x.systemFolders(old),
		"here": endpoint(p.call, p.call.Machine), "older": endpoint(p.call, source),
	}
	lines := []string{
		"keeper", "folder-mailboxes", "batch-mailbox", "batch", "batch-start", "batch-state", "batch-errors", "see-lock", "folders-remote", "batch-complete",
		"folders-serve", "folders-local", "folders-used", "folders", "folder-items",
	}
	asks := since(old, "exchange-2010")
	lock, migrated := "lock-here", "migrated-here"
	if asks {
		lines, lock, migrated = append(lines, "old-folders", "old-items", "slashed"), "lock", "migrated"
	}
	for _, name := range lines {
		x.values[strings.ReplaceAll(name, "-", "")] = p.shell("from", name, r, values)
	}
	x.values["asks"], x.values["lock"], x.values["migrated"] = asks, p.shell("from", lock, r, values), p.shell("from", migrated, r, values)
	x.values["from"], x.values["mailbox"] = p.word("from", source.Computer), p.word("on", folderMailbox)
	proofs := []Proof{
		listedAs("folders.batch", "BATCH", "Status", "Completed"), listedAs("folders.enabled", "USED", "PublicFoldersEnabled", "Local"),
		listedAs("folders.migrated", "USED", "PublicFolderMigrationComplete", "True"), sameFolders("folders.names", "FOLDERS", source.Computer, asks),
	}
	if asks {
		proofs = append(proofs, sameItems("folders.items", "FOLDERS", source.Computer))
	}
	return p.done(Work{
		Job: &guest.Job{Files: []guest.File{
			p.script(guest.Script, "migrate_folders.job.cmd", x.values), p.script(guest.ProofScript, "migrate_folders.proof.cmd", x.values),
		}},
		Proofs: proofs, Silence: silence, Limit: limit(p.call.Step, foldersLimit), Explain: explainBatch,
	})
}

// endpoint is where a server of Exchange 2010 and later takes commands from
// afar.
func endpoint(c Call, m *labs.Machine) string {
	name, _ := fullName(c, m.Name)
	return "http://" + strings.ToLower(name) + "/PowerShell/"
}

// systemFolders is how many items the batch may leave behind: none, but with
// Exchange 2007 five of the system's own folders, which later versions do not
// know, and one more for each further store.
func (x exchange) systemFolders(old estate.Release) int {
	if old.Product != "exchange-2007" {
		return 0
	}
	stores := 0
	for _, s := range x.at.forest.Exchange.Servers {
		if s.PublicFolders || slices.Contains(s.Roles, estate.MailboxRole) {
			stores++
		}
	}
	return 5 + max(stores-1, 0)
}

// folderCount is what a list of folders says: how many have a name, and how
// many items they hold together.
type folderCount struct {
	folders, items map[string]int
}

// countFolders reads the lists before and after a migration. An entry with a
// number of items is of the statistics, which know the system's folders too; one
// without is of the hierarchy.
func countFolders(lines []string) (before, after folderCount) {
	before = folderCount{map[string]int{}, map[string]int{}}
	after = folderCount{map[string]int{}, map[string]int{}}
	list, name := before, ""
	end := func() {
		if name != "" && name != "IPM_SUBTREE" {
			list.folders[name]++
		}
		name = ""
	}
	for _, l := range lines {
		m := listLine.FindStringSubmatch(l)
		switch {
		case strings.TrimSpace(l) == "After":
			end()
			list = after
		case m == nil:
		case m[1] == "Name":
			end()
			name = m[2]
		case m[1] == "ItemCount":
			n, err := strconv.Atoi(m[2])
			if err == nil && name != "" {
				list.items[name] += n
			}
			name = ""
		}
	}
	end()
	return before, after
}

// sameFolders holds the list of folders after the migration to that before it,
// which the job took where it could.
func sameFolders(name, file, from string, asked bool) Proof {
	expect := "folders"
	if asked {
		expect = "every folder that was on " + from
	}
	return Proof{Name: name, File: file, Expect: expect, Read: func(lines []string) (string, error) {
		before, after := countFolders(lines)
		if len(after.folders) == 0 && (!asked || len(before.folders) > 0) {
			return "", fmt.Errorf("expected %s, and the shell listed no folder", expect)
		}
		for _, folder := range slices.Sorted(maps.Keys(before.folders)) {
			if had, has := before.folders[folder], after.folders[folder]; has < had {
				return "", fmt.Errorf("expected %s, and of %d named %q there are %d", expect, had, folder, has)
			}
		}
		total := 0
		for _, n := range after.folders {
			total += n
		}
		return fmt.Sprintf("%d folders", total), nil
	}}
}

// sameItems holds the items of the folders to what they were.
func sameItems(name, file, from string) Proof {
	expect := "every item that was in them on " + from
	return Proof{Name: name, File: file, Expect: expect, Read: func(lines []string) (string, error) {
		before, after := countFolders(lines)
		total := 0
		for _, folder := range slices.Sorted(maps.Keys(before.folders)) {
			had, has := before.items[folder], after.items[folder]
			if has < had {
				return "", fmt.Errorf("expected %s, and %q had %d items and has %d", expect, folder, had, has)
			}
			total += has
		}
		return fmt.Sprintf("%d items", total), nil
	}}
}

// explainBatch joins what the job says of the batch with the batch's own error.
func explainBatch(output []string) string {
	why := explain("folders: ", "Error")(output)
	for _, l := range output {
		if m := listLine.FindStringSubmatch(l); m != nil && m[1] == "ErrorSummary" && m[2] != "" {
			return why + " " + m[2]
		}
	}
	return why
}
