package command

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/doublehop/doublehop/e2e/standin/programs/directory"
	"github.com/doublehop/doublehop/e2e/standin/programs/machine"
	store "github.com/doublehop/doublehop/e2e/standin/programs/mail"
)

func folderCmdlets() map[string]cmdlet {
	return map[string]cmdlet{
		"Get-PublicFolderDatabase":    {takes: "Server", run: func(s *shell, p parameters) ([]object, error) { return s.bases(p, "msExchPublicMDB") }},
		"New-PublicFolderDatabase":    {takes: "Name Server", run: newFolderDatabase},
		"Remove-PublicFolderDatabase": {takes: "-RemoveLastAllowed", run: removeFolderDatabase},
		"New-PublicFolder":            {takes: "Name Path Server", run: newPublicFolder},
		"Get-PublicFolder":            {takes: "Identity ResultSize -Recurse", run: getPublicFolder},
		"Get-PublicFolderStatistics":  {takes: "Server ResultSize", run: getFolderStatistics},
		"AddReplicaToPFRecursive.ps1": {takes: "TopPublicFolder ServerToAdd", run: addReplica},
		"MoveAllReplicas.ps1":         {takes: "Server NewServer", run: moveReplicas},
		"Get-OrganizationConfig":      {run: getOrganization},
		"Set-OrganizationConfig":      {takes: "PublicFoldersLockedForMigration PublicFolderMigrationComplete PublicFoldersEnabled", run: setOrganization},
	}
}

// publicBases are the public folder databases of the organization, those of Exchange 2000 and 2003 too.
func (c *call) publicBases(d Directory) []directory.Entry { return laterBases(d, "msExchPublicMDB") }

// keepers are the computers that keep public folders as this shell sees them:
// servers with a public folder database for Exchange 2010, and those with a
// public folder mailbox from Exchange 2013 on.
func (s *shell) keepers(d Directory) []string {
	var all []string
	if s.exchange.year <= 2010 {
		for _, base := range s.publicBases(d) {
			all = append(all, strings.ToUpper(firstName(base.Value("msExchOwningServer"))))
		}
		return all
	}
	found, _ := d.Search(directory.Query{
		Base: d.Root().Value("defaultNamingContext"), Scope: directory.Subtree,
		Filter: "(&(objectClass=user)(msExchRecipientTypeDetails=" + publicFolder + "))",
	})
	for _, e := range found {
		if home := homeOf(e); !slices.Contains(all, home) {
			all = append(all, home)
		}
	}
	return all
}

// folders are all public folders, each with what any of its keepers has.
func (s *shell) folders(d Directory) (map[string]store.Folder, error) {
	all := map[string]store.Folder{}
	for _, computer := range s.keepers(d) {
		content, err := s.order(d, computer, store.Order{Verb: "read"})
		if err != nil {
			return nil, err
		}
		for name, f := range content.Folders {
			have := all[name]
			for _, item := range f.Items {
				if !slices.Contains(have.Items, item) {
					have.Items = append(have.Items, item)
				}
			}
			if have.Replicas == nil {
				have.Replicas = f.Replicas
			}
			all[name] = have
		}
	}
	return all, nil
}

func newFolderDatabase(s *shell, p parameters) ([]object, error) {
	if s.exchange.year != 2010 {
		return nil, errors.New("public folder databases are of Exchange 2010 and earlier")
	}
	d, err := s.open("")
	if err != nil {
		return nil, err
	}
	defer d.Close()
	server, ok := serverNamed(d, p.text("Server"))
	if !ok {
		return nil, fmt.Errorf("The Exchange server \"%s\" was not found.", p.text("Server")) //nolint:staticcheck // Exchange's words
	}
	_, group, _ := strings.Cut(server.DN, ",CN=Servers,")
	return nil, d.Add(directory.New("CN="+p.text("Name")+",CN=Databases,"+group, "objectClass", "msExchPublicMDB", "msExchOwningServer", server.DN))
}

func removeFolderDatabase(s *shell, p parameters) ([]object, error) {
	return nil, s.each(p, func(d Directory, o object) error {
		content, err := s.order(d, o.property("Server"), store.Order{Verb: "read"})
		if err != nil {
			return err
		}
		last := len(s.publicBases(d)) == 1
		if len(content.Folders) > 0 && (!last || !p.on("RemoveLastAllowed")) {
			return fmt.Errorf("The public folder database \"%s\" cannot be deleted because it contains folder replicas. Before deleting the public folder database, remove the folders or move the replicas to another public folder database.", o.property("Name")) //nolint:staticcheck // Exchange's words
		}
		if last && !p.on("RemoveLastAllowed") {
			return fmt.Errorf("The public folder database \"%s\" is the last one in the organization: use -RemoveLastAllowed.", o.property("Name")) //nolint:staticcheck // Exchange's words
		}
		for name := range content.Folders {
			if _, err := s.order(d, o.property("Server"), store.Order{Verb: "drop-folder", Name: name}); err != nil {
				return err
			}
		}
		return d.Delete(o.property("DistinguishedName"))
	})
}

func newPublicFolder(s *shell, p parameters) ([]object, error) {
	if p.text("Path") != `\` {
		return nil, errors.New("stand-in PowerShell: public folders stand at the top only")
	}
	d, err := s.open("")
	if err != nil {
		return nil, err
	}
	defer d.Close()
	keepers := s.keepers(d)
	at := p.text("Server")
	if at == "" && len(keepers) > 0 {
		at = keepers[0]
	}
	if !slices.ContainsFunc(keepers, func(k string) bool { return strings.EqualFold(k, at) }) {
		return nil, errors.New("No active public folder mailboxes or databases were found.") //nolint:staticcheck // Exchange's words
	}
	have, err := s.folders(d)
	if err != nil {
		return nil, err
	}
	for name := range have {
		if strings.EqualFold(name, p.text("Name")) {
			return nil, fmt.Errorf("The public folder \"\\%s\" already exists.", name) //nolint:staticcheck // Exchange's words
		}
	}
	_, err = s.order(d, at, store.Order{Verb: "folder", Name: p.text("Name"), Replicas: []string{strings.ToUpper(at)}})
	return nil, err
}

// getPublicFolder lists the root and all folders below it.
func getPublicFolder(s *shell, p parameters) ([]object, error) {
	d, err := s.open("")
	if err != nil {
		return nil, err
	}
	defer d.Close()
	if len(s.keepers(d)) == 0 {
		return nil, errors.New("There is no existing PublicFolder that matches the following Identity: '" + p.text("Identity") + "'.")
	}
	all, err := s.folders(d)
	out := []object{newObject("Name", "IPM_SUBTREE", "Replicas", []any{}, "Identity", `\`)}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		replicas := []any{}
		for _, r := range all[name].Replicas {
			replicas = append(replicas, "Public Folders "+r)
		}
		out = append(out, newObject("Name", name, "Replicas", replicas, "Identity", `\`+name))
	}
	return out, err
}

func getFolderStatistics(s *shell, p parameters) ([]object, error) {
	d, err := s.open("")
	if err != nil {
		return nil, err
	}
	defer d.Close()
	all, err := s.folders(d)
	var out []object
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if server := strings.ToUpper(p.text("Server")); server == "" || s.exchange.year > 2010 || slices.Contains(all[name].Replicas, server) {
			out = append(out, newObject("Name", name, "ItemCount", strconv.Itoa(len(all[name].Items))))
		}
	}
	return out, err
}

// replicate gives folders a list of replicas: those who are to have one get the
// items, the others lose theirs.
func (s *shell) replicate(d Directory, change func(have []string) []string) error {
	all, err := s.folders(d)
	if err != nil {
		return err
	}
	for name, f := range all {
		now := change(slices.Clone(f.Replicas))
		for _, computer := range now {
			if _, err := s.order(d, computer, store.Order{Verb: "folder", Name: name, Items: f.Items, Replicas: now}); err != nil {
				return err
			}
		}
		for _, computer := range f.Replicas {
			if slices.Contains(now, computer) {
				continue
			}
			if _, err := s.order(d, computer, store.Order{Verb: "drop-folder", Name: name}); err != nil {
				return err
			}
		}
	}
	return nil
}

// withDatabase says that a server can have replicas.
func (s *shell) withDatabase(d Directory, computer string) error {
	if !slices.ContainsFunc(s.keepers(d), func(k string) bool { return strings.EqualFold(k, computer) }) {
		return fmt.Errorf("Server '%s' has no public folder database.", computer) //nolint:staticcheck // the script's words
	}
	return nil
}

func addReplica(s *shell, p parameters) ([]object, error) {
	d, err := s.open("")
	if err != nil {
		return nil, err
	}
	defer d.Close()
	to := strings.ToUpper(p.text("ServerToAdd"))
	if err := s.withDatabase(d, to); err != nil {
		return nil, err
	}
	if strings.EqualFold(p.text("TopPublicFolder"), `\NON_IPM_SUBTREE`) { // the system's own folders hold nothing here
		return nil, nil
	}
	return nil, s.replicate(d, func(have []string) []string {
		if !slices.Contains(have, to) {
			have = append(have, to)
		}
		return have
	})
}

func moveReplicas(s *shell, p parameters) ([]object, error) {
	d, err := s.open("")
	if err != nil {
		return nil, err
	}
	defer d.Close()
	from, to := strings.ToUpper(p.text("Server")), strings.ToUpper(p.text("NewServer"))
	if err := s.withDatabase(d, to); err != nil {
		return nil, err
	}
	return nil, s.replicate(d, func(have []string) []string {
		if !slices.Contains(have, from) {
			return have
		}
		have = slices.DeleteFunc(have, func(r string) bool { return r == from })
		if !slices.Contains(have, to) {
			have = append(have, to)
		}
		return have
	})
}

func getOrganization(s *shell, _ parameters) ([]object, error) {
	d, err := s.open("")
	if err != nil {
		return nil, err
	}
	defer d.Close()
	o := newObject("Name", "")
	for _, name := range []string{"PublicFoldersEnabled", "PublicFoldersLockedForMigration", "PublicFolderMigrationComplete"} {
		value := setting(d, name)
		if name != "PublicFoldersEnabled" {
			value = isTrue(value)
		}
		o.names = append(o.names, name)
		o.values[strings.ToLower(name)] = value
	}
	return []object{o}, nil
}

func setOrganization(s *shell, p parameters) ([]object, error) {
	d, err := s.open("")
	if err != nil {
		return nil, err
	}
	defer d.Close()
	for _, name := range []string{"PublicFoldersLockedForMigration", "PublicFolderMigrationComplete", "PublicFoldersEnabled"} {
		value := p.text(name)
		if value == "" {
			continue
		}
		if name != "PublicFoldersEnabled" {
			value = isTrue(value)
		}
		if err := setSetting(d, name, value); err != nil {
			return nil, err
		}
	}
	return nil, nil
}

func migrationCmdlets() map[string]cmdlet {
	return map[string]cmdlet{
		"New-MigrationBatch":      {takes: "Name SourcePublicFolderDatabase CSVData BadItemLimit", run: newBatch},
		"Start-MigrationBatch":    {takes: "Identity", run: startBatch},
		"Get-MigrationBatch":      {takes: "Identity", run: getBatch},
		"Complete-MigrationBatch": {takes: "Identity", run: completeBatch},
		"Get-MigrationUser":       {takes: "BatchId", run: getMigrationUser},
	}
}

// newBatch holds a new batch to what Microsoft's guide demands: a session at an
// endpoint, Exchange 2010 SP3 RU8 on the source (for Exchange 2016 RU11), a
// public folder mailbox that is held for it, and the arbitration mailbox here.
func newBatch(s *shell, p parameters) ([]object, error) {
	if s.exchange.year < 2013 || !s.remote {
		return nil, errors.New("Value cannot be null. Parameter name: executingUserId. The batch needs a session at the server's endpoint.") //nolint:staticcheck // Exchange's words
	}
	d, err := s.open("")
	if err != nil {
		return nil, err
	}
	defer d.Close()
	source, ok := p.named["sourcepublicfolderdatabase"].(object)
	if !ok || p.text("CSVData") == "" {
		return nil, errors.New("Cannot bind argument to parameter 'SourcePublicFolderDatabase' because it is null.") //nolint:staticcheck // PowerShell's words
	}
	from := strings.ToUpper(source.property("Server"))
	content, err := s.order(d, from, store.Order{Verb: "read"})
	if err != nil {
		return nil, err
	}
	if have, _ := releaseOf(content.Release); have.year == 2010 && !have.patch || s.exchange.year == 2016 && have.id == "exchange-2010-sp3-ru8" {
		return nil, fmt.Errorf("The source server %s is too old: Exchange 2010 needs Service Pack 3 with Update Rollup 8, and Update Rollup 11 beside Exchange 2016.", from) //nolint:staticcheck // the guide's demand
	}
	if s.Machine.Batch != nil {
		return nil, fmt.Errorf("The migration batch \"%s\" already exists.", s.Machine.Batch.Name) //nolint:staticcheck // Exchange's words
	}
	held, _ := d.Search(directory.Query{
		Base: d.Root().Value("defaultNamingContext"), Scope: directory.Subtree,
		Filter: "(&(msExchRecipientTypeDetails=" + publicFolder + ")(keywords=Held=True))",
	})
	if len(held) == 0 {
		return nil, errors.New("No public folder mailbox is held for the migration.") //nolint:staticcheck // Exchange's words
	}
	s.Machine.Batch = &machine.Batch{Name: p.text("Name"), Status: "Created", From: from, To: homeOf(held[0])}
	return nil, nil
}

// batch is the one that is named.
func (s *shell) batch(name string) (*machine.Batch, error) {
	if b := s.Machine.Batch; b != nil && strings.EqualFold(b.Name, name) {
		return b, nil
	}
	return nil, fmt.Errorf("The migration batch \"%s\" couldn't be found.", name) //nolint:staticcheck // Exchange's words
}

// startBatch copies the folders; it stays in Starting while the arbitration
// mailbox that keeps migrations is on an older server.
func startBatch(s *shell, p parameters) ([]object, error) {
	b, err := s.batch(p.text("Identity"))
	if err != nil {
		return nil, err
	}
	d, err := s.open("")
	if err != nil {
		return nil, err
	}
	defer d.Close()
	keeper, _ := one(d, "CN=Migration.8f3e7716-2011-43e4-96b1-aba62d229136,CN=Users,"+d.Root().Value("rootDomainNamingContext"), "msExchHomeServerName")
	server, _ := serverNamed(d, homeOf(keeper))
	if b.Status = "Starting"; !strings.HasPrefix(server.Value("serialNumber"), "Version 15.") {
		return nil, nil
	}
	if err := s.copyFolders(d, b); err != nil {
		b.Status, b.Error = "Failed", err.Error()
		return nil, nil
	}
	b.Status = "Synced"
	return nil, nil
}

func (s *shell) copyFolders(d Directory, b *machine.Batch) error {
	content, err := s.order(d, b.From, store.Order{Verb: "read"})
	if err != nil {
		return err
	}
	for name, f := range content.Folders {
		if _, err := s.order(d, b.To, store.Order{Verb: "folder", Name: name, Items: f.Items, Replicas: []string{b.To}}); err != nil {
			return err
		}
	}
	return nil
}

func getBatch(s *shell, p parameters) ([]object, error) {
	b, err := s.batch(p.text("Identity"))
	if err != nil {
		return nil, err
	}
	return []object{newObject("Identity", b.Name, "Status", b.Status, "Type", "PublicFolder")}, nil
}

// completeBatch copies once more and ends the batch, where the source's store
// has seen the lock; until then it stays in Completing.
func completeBatch(s *shell, p parameters) ([]object, error) {
	b, err := s.batch(p.text("Identity"))
	if err != nil {
		return nil, err
	}
	d, err := s.open("")
	if err != nil {
		return nil, err
	}
	defer d.Close()
	if b.Status != "Synced" && b.Status != "Completing" {
		return nil, fmt.Errorf("The batch can't be completed because its status is %s.", b.Status) //nolint:staticcheck // Exchange's words
	}
	content, err := s.order(d, b.From, store.Order{Verb: "read"})
	if err != nil {
		return nil, err
	}
	if b.Status = "Completing"; !content.Locked {
		return nil, nil
	}
	if err := s.copyFolders(d, b); err != nil {
		b.Status, b.Error = "Failed", err.Error()
		return nil, nil
	}
	b.Status = "Completed"
	return nil, nil
}

func getMigrationUser(s *shell, p parameters) ([]object, error) {
	b, err := s.batch(p.text("BatchId"))
	if err != nil {
		return nil, err
	}
	return []object{newObject("Identity", b.To, "Status", b.Status, "ErrorSummary", b.Error)}, nil
}
