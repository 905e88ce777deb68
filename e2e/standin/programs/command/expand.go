package command

import (
	"fmt"
	"os"
	"path"
	"strings"

	"github.com/doublehop/doublehop/e2e/standin/programs/cabinet"
)

// expand is `expand CABINET -F:files DESTINATION` and `expand -D CABINET`.
func (c *call) expand() int {
	c.Out("Microsoft (R) File Expansion Utility (stand-in)\n\n")
	pattern, lists := "", false
	var names []string
	for _, arg := range c.args {
		switch name, value, is := option(arg); {
		case !is:
			names = append(names, arg)
		case name == "f" && value != "":
			pattern = value
		case name == "d":
			lists = true
		case name == "r":
		default:
			c.Out("Unrecognized switch " + arg + ".\n")
			return 1
		}
	}
	if len(names) == 0 || (!lists && (len(names) != 2 || pattern == "")) {
		c.Out("Expands one or more compressed files.\n\nEXPAND Source.cab -F:Files Destination\nEXPAND -D Source.cab [-F:Files]\n")
		return 1
	}
	from, err := c.Machine.Unix(c.request.Folder, names[0])
	var raw []byte
	if err == nil {
		raw, err = os.ReadFile(from)
	}
	if err != nil {
		c.Out("Can't open input file: " + names[0] + ".\n")
		return 1
	}
	files, err := cabinet.Read(raw)
	if err != nil {
		c.Out(names[0] + " is not in a recognized compressed format: " + err.Error() + "\n")
		return 1
	}
	return c.unpack(files, pattern, names, lists)
}

func (c *call) unpack(files []cabinet.File, pattern string, names []string, lists bool) int {
	found := 0
	for _, f := range files {
		if hit, err := path.Match(strings.ToLower(pattern), strings.ToLower(f.Name)); pattern != "" && (err != nil || !hit) {
			continue
		}
		found++
		if lists {
			c.Out(names[0] + ": " + f.Name + "\n")
			continue
		}
		to := names[1]
		target, err := c.Machine.Unix(c.request.Folder, to)
		if info, isThere := os.Stat(target); err == nil && isThere == nil && info.IsDir() {
			to = strings.TrimSuffix(to, `\`) + `\` + f.Name
			target, err = c.Machine.Unix(c.request.Folder, to)
		}
		if err == nil {
			err = os.WriteFile(target, f.Data, 0o644)
		}
		if err != nil {
			c.Out("Can't open output file: " + to + ".\n")
			return 1
		}
		c.Out(fmt.Sprintf("Expanding %s to %s.\n%s: %d bytes expanded.\n", names[0], to, f.Name, len(f.Data)))
	}
	if found == 0 {
		c.Out("No files in " + names[0] + " match " + pattern + ".\n")
		return 1
	}
	return 0
}
