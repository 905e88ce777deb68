package command

import (
	"cmp"
	"errors"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/doublehop/doublehop/e2e/standin/programs/directory"
	"github.com/doublehop/doublehop/e2e/standin/programs/machine"
	store "github.com/doublehop/doublehop/e2e/standin/programs/mail"
)

func mailboxCmdlets() map[string]cmdlet {
	return map[string]cmdlet{
		"Get-MailboxDatabase":    {takes: "Server Identity -Status", run: getDatabase},
		"Remove-MailboxDatabase": {run: removeMailboxDatabase},
		"Mount-Database":         {takes: "Identity", run: mountDatabase},
		"Get-User":               {takes: "OrganizationalUnit RecipientTypeDetails ResultSize DomainController", run: getUser},
		"Enable-Mailbox":         {takes: "Database DomainController", run: enableMailbox},
		"Get-Mailbox":            {takes: "Server Identity ResultSize -Arbitration -PublicFolder -AuditLog", run: getMailbox},
		"Get-MailboxStatistics":  {takes: "Server", run: getMailboxStatistics},
		"Get-Queue":              {takes: "Server", run: getQueue},
		"New-Mailbox":            {takes: "Name Database -PublicFolder -HoldForMigration", run: newFolderMailbox},
		"Set-Mailbox":            {takes: "-PublicFolder -IsExcludedFromServingHierarchy", run: setFolderMailbox},
	}
}

// laterBases are databases of a class that are on servers of Exchange 2010 and later.
func laterBases(d Directory, class string) []directory.Entry {
	found, err := d.Search(directory.Query{
		Base: "CN=Microsoft Exchange,CN=Services,CN=Configuration," + d.Root().Value("rootDomainNamingContext"), Scope: directory.Subtree, Filter: "(objectClass=" + class + ")",
	})
	if err != nil {
		return nil
	}
	return found
}

// firstName is the first part of a distinguished name, without its type.
func firstName(dn string) string {
	first, _, _ := strings.Cut(dn, ",")
	_, name, _ := strings.Cut(first, "=")
	return name
}

func baseObject(e directory.Entry) object {
	return newObject("Name", e.Value("cn"), "Server", firstName(e.Value("msExchOwningServer")), "Mounted", "True", "DistinguishedName", e.DN, "Identity", e.Value("cn"))
}

func getDatabase(s *shell, p parameters) ([]object, error) { return s.bases(p, "msExchPrivateMDB") }

// bases are databases of a server, or the one that is named.
func (s *shell) bases(p parameters, class string) ([]object, error) {
	d, err := s.open("")
	if err != nil {
		return nil, err
	}
	defer d.Close()
	server, identity := p.text("Server"), p.text("Identity")
	if _, ok := serverNamed(d, server); server != "" && !ok {
		return nil, fmt.Errorf("The Exchange server \"%s\" was not found. Please make sure you have typed the Exchange server name correctly.", server) //nolint:staticcheck // Exchange's words
	}
	var out []object
	for _, e := range laterBases(d, class) {
		o := baseObject(e)
		if (server == "" || strings.EqualFold(o.property("Server"), server)) && (identity == "" || strings.EqualFold(identity, o.property("Name")) || directory.Same(identity, e.DN)) {
			out = append(out, o)
		}
	}
	if identity != "" && out == nil {
		return nil, fmt.Errorf("The database \"%s\" was not found.", identity) //nolint:staticcheck // Exchange's words
	}
	return out, nil
}

func removeMailboxDatabase(s *shell, p parameters) ([]object, error) {
	return nil, s.each(p, func(d Directory, o object) error {
		dn := o.property("DistinguishedName")
		if len(mailboxesIn(d, dn)) > 0 {
			return fmt.Errorf("This mailbox database contains one or more mailboxes, mailbox plans, archive mailboxes, public folder mailboxes or arbitration mailboxes. (%s)", o.property("Name")) //nolint:staticcheck // Exchange's words
		}
		return d.Delete(dn)
	})
}

func mountDatabase(s *shell, p parameters) ([]object, error) {
	private, err := s.bases(p, "msExchPrivateMDB")
	if err != nil || private == nil {
		_, err = s.bases(p, "msExchPublicMDB")
	}
	return nil, err
}

func getUser(s *shell, p parameters) ([]object, error) {
	d, err := s.open(p.text("DomainController"))
	if err != nil {
		return nil, err
	}
	defer d.Close()
	unit := p.text("OrganizationalUnit")
	if !strings.Contains(unit, "=") { // contoso.test/Mailboxes
		parts := strings.Split(unit, "/")
		domain := directory.DomainDN(parts[0])
		unit = domain
		for _, part := range parts[1:] {
			unit = "OU=" + part + "," + unit
		}
	}
	found, err := d.Search(directory.Query{Base: unit, Scope: directory.Subtree, Filter: "(&(objectClass=user)(!(homeMDB=*)))"})
	var out []object
	for _, e := range found {
		out = append(out, newObject("Name", e.Value("cn"), "SamAccountName", e.Value("sAMAccountName"), "DistinguishedName", e.DN, "Identity", e.DN))
	}
	return out, err
}

func enableMailbox(s *shell, p parameters) ([]object, error) {
	return nil, s.each(p, func(d Directory, o object) error {
		to, home, err := s.target(d, p.text("Database"))
		if err != nil {
			return err
		}
		alias := o.property("SamAccountName")
		changes := slices.Concat(replacing("mailNickname", alias), replacing("homeMDB", to), replacing("msExchHomeServerName", home), replacing("msExchRecipientTypeDetails", "1"))
		return d.Modify(o.property("DistinguishedName"), append(changes, addressed(alias, domainName(d.Root().Value("rootDomainNamingContext")))...))
	})
}

// target is a database that mailboxes may go to, and the path of its server: it
// must be on a server of the shell's own version.
func (s *shell) target(d Directory, name string) (base, home string, err error) {
	bases := laterBases(d, "msExchPrivateMDB")
	at := slices.IndexFunc(bases, func(e directory.Entry) bool {
		return directory.Same(e.DN, name) || strings.EqualFold(e.Value("cn"), name)
	})
	if at < 0 {
		return "", "", fmt.Errorf("The database \"%s\" was not found.", name) //nolint:staticcheck // Exchange's words
	}
	server, ok := serverNamed(d, firstName(bases[at].Value("msExchOwningServer")))
	if !ok || !strings.HasPrefix(server.Value("serialNumber"), strings.Split(s.exchange.serial, " (")[0]) {
		return "", "", fmt.Errorf("The database \"%s\" is on a server of another version than this shell.", name) //nolint:staticcheck // Exchange's words
	}
	return bases[at].DN, server.Value("legacyExchangeDN"), nil
}

// getMailbox are mailboxes of one kind: of users, or those that a switch asks for.
func getMailbox(s *shell, p parameters) ([]object, error) {
	d, err := s.open("")
	if err != nil {
		return nil, err
	}
	defer d.Close()
	want := ""
	switch {
	case p.on("Arbitration"):
		want = arbitration
	case p.on("PublicFolder"):
		want = publicFolder
	case p.on("AuditLog"):
		want = "8589934592"
	}
	found, err := d.Search(directory.Query{Base: d.Root().Value("defaultNamingContext"), Scope: directory.Subtree, Filter: "(&(objectClass=user)(homeMDB=*))"})
	var out []object
	for _, e := range found {
		kind := e.Value("msExchRecipientTypeDetails")
		if special := kind == arbitration || kind == publicFolder || kind == "8589934592"; kind != want && (want != "" || special) {
			continue
		}
		if server := p.text("Server"); server != "" && !strings.EqualFold(server, homeOf(e)) {
			continue
		}
		if match, _ := path.Match(strings.ToLower(p.text("Identity")), strings.ToLower(e.Value("cn"))); p.text("Identity") != "" && !match {
			continue
		}
		out = append(out, newObject("Name", e.Value("cn"), "DisplayName", cmp.Or(e.Value("displayName"), e.Value("cn")), "ServerName", strings.ToLower(homeOf(e)),
			"Database", firstName(e.Value("homeMDB")), "DistinguishedName", e.DN, "Identity", e.DN))
	}
	return out, err
}

func getMailboxStatistics(s *shell, p parameters) ([]object, error) {
	d, err := s.open("")
	if err != nil {
		return nil, err
	}
	defer d.Close()
	content, err := s.order(d, p.text("Server"), store.Order{Verb: "read"})
	if err != nil {
		return nil, err
	}
	boxes, err := getMailbox(s, p)
	var out []object
	for _, o := range boxes {
		items := len(content.Mailboxes[strings.ToLower(o.property("DistinguishedName"))])
		out = append(out, newObject("DisplayName", o.property("DisplayName"), "ItemCount", strconv.Itoa(items)))
	}
	return out, err
}

func getQueue(_ *shell, p parameters) ([]object, error) {
	return []object{newObject("Identity", p.text("Server")+`\Submission`, "Status", "Ready", "MessageCount", "0")}, nil
}

func newFolderMailbox(s *shell, p parameters) ([]object, error) {
	if !p.on("PublicFolder") || s.exchange.year < 2013 {
		return nil, errors.New("stand-in PowerShell: New-Mailbox makes public folder mailboxes only, from Exchange 2013 on")
	}
	d, err := s.open("")
	if err != nil {
		return nil, err
	}
	defer d.Close()
	to, home, err := s.target(d, p.text("Database"))
	if err != nil {
		return nil, err
	}
	if s.publicBases(d) != nil && !p.on("HoldForMigration") {
		return nil, errors.New("An existing Public Folder deployment has been detected. To migrate existing Public Folder data, create new Public Folder mailbox using -HoldForMigration switch.") //nolint:staticcheck // Exchange's words
	}
	name := p.text("Name")
	held := truthText(p.on("HoldForMigration"))
	err = d.Add(directory.New("CN="+name+",CN=Users,"+d.Root().Value("defaultNamingContext"), "objectClass", "user", "displayName", name, "mailNickname", name,
		"homeMDB", to, "msExchHomeServerName", home, "msExchRecipientTypeDetails", publicFolder, "keywords", "Held="+held))
	return nil, err
}

// setFolderMailbox lets a public folder mailbox serve.
func setFolderMailbox(s *shell, p parameters) ([]object, error) {
	return nil, s.each(p, func(d Directory, o object) error {
		return d.Modify(o.property("DistinguishedName"), replacing("keywords", "Held="+truthText(p.on("IsExcludedFromServingHierarchy"))))
	})
}

func moveCmdlets() map[string]cmdlet {
	return map[string]cmdlet{
		"New-MoveRequest":           {takes: "TargetDatabase BadItemLimit BatchName", run: newMoveRequest},
		"Get-MoveRequest":           {takes: "BatchName MoveStatus ResultSize", run: getMoveRequest},
		"Get-MoveRequestStatistics": {run: func(_ *shell, p parameters) ([]object, error) { return p.input, nil }},
		"Remove-MoveRequest":        {run: removeMoveRequest},
	}
}

// newMoveRequest moves each mailbox of the pipeline at once; how it went is kept as its request.
func newMoveRequest(s *shell, p parameters) ([]object, error) {
	var out []object
	err := s.each(p, func(d Directory, o object) error {
		dn := o.property("DistinguishedName")
		if slices.ContainsFunc(s.Machine.Moves, func(m machine.Move) bool { return directory.Same(m.User, dn) }) {
			return fmt.Errorf("The mailbox \"%s\" already has a move request.", o.property("Name")) //nolint:staticcheck // Exchange's words
		}
		to, home, err := s.target(d, p.text("TargetDatabase"))
		if err != nil {
			return err
		}
		move := machine.Move{User: dn, Name: o.property("DisplayName"), Batch: p.text("BatchName"), Status: "Completed"}
		if err := s.move(d, dn, to, home); err != nil {
			move.Status, move.Message = "Failed", "Error: "+err.Error()
		}
		s.Machine.Moves = append(s.Machine.Moves, move)
		out = append(out, moveObject(move))
		return nil
	})
	return out, err
}

// move copies a mailbox to the server of a database, points the user to it, and empties the old one.
func (s *shell) move(d Directory, dn, to, home string) error {
	user, ok := one(d, dn, "homeMDB", "msExchHomeServerName")
	if !ok {
		return directory.ErrNoSuchObject
	}
	from, target := homeOf(user), strings.ToUpper(home[strings.LastIndex(home, "=")+1:])
	source, _ := serverNamed(d, from)
	if s.exchange.year > 2010 && strings.HasPrefix(source.Value("serialNumber"), "Version 6.") {
		return fmt.Errorf("a mailbox cannot come from %s: its Exchange is too old", from)
	}
	content, err := s.order(d, from, store.Order{Verb: "read"})
	if err != nil {
		return err
	}
	if _, err := s.order(d, target, store.Order{Verb: "mailbox", Name: dn, Items: content.Mailboxes[strings.ToLower(dn)]}); err != nil {
		return err
	}
	if err := d.Modify(dn, append(replacing("homeMDB", to), replacing("msExchHomeServerName", home)...)); err != nil {
		return err
	}
	if from == target {
		return nil
	}
	_, err = s.order(d, from, store.Order{Verb: "drop-mailbox", Name: dn})
	return err
}

func moveObject(m machine.Move) object {
	percent := "100"
	if m.Status == "Failed" {
		percent = "0"
	}
	return newObject("DisplayName", m.Name, "Status", m.Status, "PercentComplete", percent, "Message", m.Message, "Identity", m.User)
}

func getMoveRequest(s *shell, p parameters) ([]object, error) {
	var out []object
	for _, m := range s.Machine.Moves {
		if (p.text("BatchName") == "" || strings.EqualFold(m.Batch, p.text("BatchName"))) && (p.text("MoveStatus") == "" || strings.EqualFold(m.Status, p.text("MoveStatus"))) {
			out = append(out, moveObject(m))
		}
	}
	return out, nil
}

func removeMoveRequest(s *shell, p parameters) ([]object, error) {
	for _, o := range p.input {
		s.Machine.Moves = slices.DeleteFunc(s.Machine.Moves, func(m machine.Move) bool { return m.User == o.property("Identity") })
	}
	return nil, nil
}
