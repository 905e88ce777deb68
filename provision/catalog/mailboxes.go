package catalog

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/estate"
	"github.com/doublehop/doublehop/provision/guest"
)

// mailAt is how many letters of seed_mail the mailboxes on a machine must have
// when a step comes, by display name. It follows the steps on the way to it:
// who was made where, who was moved, who was written to.
func mailAt(c Call, machine string) map[string]int {
	type group struct{ seed, unit string }
	home := map[group]string{}
	mail := map[group]map[string]int{}
	for _, s := range stepsBefore(c) {
		g := group{s.Text("seed"), unitOf(s)}
		switch s.Kind {
		case "create_mailboxes":
			home[g] = on(s)
		case "seed_mail":
			if mail[g] == nil {
				mail[g] = map[string]int{}
			}
			mailOf(c.Lab, s, "").items(mail[g])
		case "move_mailboxes":
			for g, at := range home {
				if at == s.Text("from") {
					home[g] = on(s)
				}
			}
		}
	}
	items := map[string]int{}
	for g, at := range home {
		if at != machine {
			continue
		}
		for name, n := range mail[g] {
			items[name] += n
		}
	}
	return items
}

func on(s *labs.Step) string {
	if len(s.On) == 0 {
		return ""
	}
	return s.On[0]
}

// stepsBefore are the steps on the way to a step, in the order written.
func stepsBefore(c Call) []*labs.Step {
	var list []*labs.Step
	for _, stage := range c.Lab.Path(c.Stage.Name) {
		for _, s := range stage.Steps {
			if s == c.Step {
				return list
			}
			list = append(list, s)
		}
	}
	return list
}

// itemsInto lets a script count the items of the mailboxes on the machine, with
// the files that takes. It says whether there is a tool for it: Exchange 2000 has
// none.
func (x exchange) itemsInto(r estate.Release) (files []guest.File, there bool) {
	x.values["items"], x.values["wmi"] = command(""), false
	switch {
	case since(r, "exchange-2007"):
		x.values["items"] = x.p.shell("on", "items", r, map[string]any{"server": x.p.call.Machine.Computer})
	case r.Product == "exchange-2003":
		x.values["wmi"] = true
		files = append(files, x.p.helper("PLAIN.VBS"))
	default:
		return nil, false
	}
	return files, true
}

var (
	// listLine is "DisplayName : Ada Baker 001", as Format-List writes it.
	listLine = regexp.MustCompile(`^\s*(\w+)\s*:\s?(.*?)\s*$`)
	// tableLine is "Ada Baker 001   12", as wmic writes a table of two columns.
	tableLine = regexp.MustCompile(`^(.*\S)\s+(\d+)\s*$`)
)

// readItems reads the numbers of items by display name, from wmic's table or
// from the shell's list.
func readItems(lines []string) map[string]int {
	items := map[string]int{}
	name := ""
	for _, l := range lines {
		if m := listLine.FindStringSubmatch(l); m != nil && (m[1] == "DisplayName" || m[1] == "ItemCount") {
			if m[1] == "DisplayName" {
				name = m[2]
			} else if n, err := strconv.Atoi(m[2]); err == nil && name != "" {
				items[name] += n
			}
			continue
		}
		if m := tableLine.FindStringSubmatch(strings.TrimRight(l, "\r ")); m != nil {
			if n, err := strconv.Atoi(m[2]); err == nil {
				items[m[1]] += n
			}
		}
	}
	return items
}

// seeded is the seeded mail in the mailboxes of a machine: nobody may have less
// than was sent. The digest is of everybody's number of items: as long as
// nobody writes or deletes, it stays the same over every hop.
func seeded(name, file string, want map[string]int) Proof {
	total := 0
	for _, n := range want {
		total += n
	}
	expect := fmt.Sprintf("%d items or more in %d mailboxes", total, len(want))
	return Proof{Name: name, File: file, Expect: expect, Read: func(lines []string) (string, error) {
		items := readItems(lines)
		if len(items) == 0 {
			return "", fmt.Errorf("expected %s, and read %s", expect, listOr(trimmed(lines), "nothing"))
		}
		var list strings.Builder
		got := 0
		for _, who := range slices.Sorted(maps.Keys(want)) {
			if items[who] < want[who] {
				return "", fmt.Errorf("expected %s, and the mailbox of %s has %d of its %d", expect, who, items[who], want[who])
			}
			got += items[who]
			fmt.Fprintf(&list, "%s %d\n", who, items[who])
		}
		sum := sha256.Sum256([]byte(list.String()))
		return fmt.Sprintf("%d items in %d mailboxes, digest %s", got, len(want), hex.EncodeToString(sum[:6])), nil
	}}
}
