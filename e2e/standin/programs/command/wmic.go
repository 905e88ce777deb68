package command

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf16"

	"github.com/doublehop/doublehop/e2e/standin/programs/directory"
)

// wmic lists the mailboxes of an Exchange 2003 server with their items:
// wmic /output:FILE /namespace:\\root\MicrosoftExchangeV2 path Exchange_Mailbox get MailboxDisplayName,TotalItems.
// The file is UTF-16, as wmic writes files.
func (c *call) wmic() int {
	output, words := "", []string(nil)
	for _, a := range c.args {
		name, value, is := option(a)
		switch {
		case is && name == "output":
			output = value
		case is && name == "namespace" && strings.EqualFold(value, `\\root\MicrosoftExchangeV2`):
		default:
			words = append(words, strings.ToLower(a))
		}
	}
	if !slices.Equal(words, []string{"path", "exchange_mailbox", "get", "mailboxdisplayname,totalitems"}) {
		c.Err("stand-in wmic: it gets MailboxDisplayName,TotalItems of Exchange_Mailbox only\n")
		return 44125
	}
	if have, ok := c.installed(); !ok || have.year != 2003 {
		c.Err("ERROR:\nDescription = Invalid namespace\n")
		return -2147217394
	}
	path, err := c.Machine.Unix(c.request.Folder, output)
	if err == nil {
		err = os.WriteFile(filepath.Clean(path), utf16File(c.mailboxTable()), 0o644)
	}
	if err != nil {
		c.Err("Invalid file name.\n")
		return 44124
	}
	return 0
}

// mailboxTable names each mailbox of the store with the number of its items.
func (c *call) mailboxTable() string {
	d, err := c.open("")
	if err != nil {
		return ""
	}
	defer d.Close()
	var table strings.Builder
	fmt.Fprintf(&table, "%-40s  %-10s\r\n", "MailboxDisplayName", "TotalItems")
	content := c.Mail.Read()
	found, _ := d.Search(directory.Query{Base: d.Root().Value("defaultNamingContext"), Scope: directory.Subtree, Filter: "(&(objectClass=user)(homeMDB=*)(mail=*))"})
	for _, user := range found {
		if strings.EqualFold(homeOf(user), c.Machine.Computer) {
			name := user.Value("displayName")
			if name == "" {
				name = user.Value("cn")
			}
			fmt.Fprintf(&table, "%-40s  %-10d\r\n", name, len(content.Mailboxes[strings.ToLower(user.DN)]))
		}
	}
	return table.String()
}

// utf16File is a text as Windows writes it in Unicode: little-endian, with a mark at its begin.
func utf16File(text string) []byte {
	out := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(text)) {
		out = append(out, byte(u), byte(u>>8))
	}
	return out
}
