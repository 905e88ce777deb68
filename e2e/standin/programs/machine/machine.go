// Package machine is what the stand-in guest remembers about itself: the facts
// setup left, its role in a domain, its services, and where its Windows paths
// lie on the Linux side.
//
// Floor 4. It promises that state is either the old or the new one, never half
// of each, and that nothing which Windows would make effective at a boot is
// effective before it.
package machine

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Facts are what the unattended installation decided, read from machine.txt.
type Facts struct {
	Computer   string   // NetBIOS name
	Password   string   // of the local Administrator
	NIC        string   // Linux name of the lab NIC
	Address    string   // IPv4 address with prefix length, "" without a static address
	DNS        []string // DNS servers in their order
	Components []string // optional components that are on, lower case
	Windows    string   // such as [Windows2000]
}

// The Windows versions, as machine.txt names them: windows=windows-2000.
const (
	Windows2000   = "windows-2000"
	Windows2003   = "windows-2003"
	Windows2008R2 = "windows-2008r2"
	Windows2012R2 = "windows-2012r2"
	Windows2016   = "windows-2016"
)

// Version is the number of the Windows, as its programs print it.
func (f Facts) Version() string {
	return map[string]string{Windows2000: "5.0.2195", Windows2003: "5.2.3790", Windows2008R2: "6.1.7601", Windows2012R2: "6.3.9600", Windows2016: "10.0.14393"}[f.Windows]
}

// IP is the address without its prefix length.
func (f Facts) IP() string {
	ip, _, _ := strings.Cut(f.Address, "/")
	return ip
}

// ReadFacts reads machine.txt: one key=value a line.
func ReadFacts(path string) (Facts, error) {
	facts := Facts{NIC: "eth0", Windows: Windows2003}
	file, err := os.Open(path)
	if err != nil {
		return facts, err
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		key, value, ok := strings.Cut(strings.TrimRight(lines.Text(), "\r"), "=")
		if !ok {
			continue
		}
		facts.set(strings.TrimSpace(key), strings.TrimSpace(value))
	}
	if facts.Computer == "" {
		return facts, fmt.Errorf("%s names no computer", path)
	}
	return facts, lines.Err()
}

func (f *Facts) set(key, value string) {
	switch key {
	case "version":
		f.Windows = map[string]string{"5.0": Windows2000, "5.2": Windows2003, "6.1": Windows2008R2, "6.3": Windows2012R2, "10.0": Windows2016}[value]
	case "computer":
		f.Computer = strings.ToUpper(value)
	case "administrator_password":
		f.Password = value
	case "windows":
		f.Windows = strings.ToLower(value)
	case "nic":
		f.NIC = value
	case "address":
		f.Address = value
	case "dns":
		for server := range strings.SplitSeq(value, ",") {
			if server = strings.TrimSpace(server); server != "" {
				f.DNS = append(f.DNS, server)
			}
		}
	case "component":
		f.Components = append(f.Components, strings.ToLower(value))
	}
}

// Role is what the machine is to a domain.
type Role string

// The roles.
const (
	Workgroup Role = ""
	Member    Role = "member"
	DC        Role = "dc"
)

// Domain is the domain a machine belongs to, or serves.
type Domain struct {
	Name    string `json:"name"`    // DNS name, lower case
	NetBIOS string `json:"netbios"` // upper case
	DNS     bool   `json:"dns"`     // a DC that also serves the domain's zone
	Level   int    `json:"level"`   // forest functional level: 0, or 2 for Windows 2003
	// Schema is the objectVersion that the directory had when it was promoted.
	Schema int `json:"schema,omitempty"`
	// Database is the Windows folder of a domain controller's ntds.dit.
	Database string `json:"database,omitempty"`
}

// Membership is a role in a domain.
type Membership struct {
	Role   Role   `json:"role"`
	Domain Domain `json:"domain"`
	// Administrator is the local Administrator's password after a demotion.
	Administrator string `json:"administrator,omitempty"`
}

// State is what changes while the machine lives.
type State struct {
	Membership
	Pending    *Membership        `json:"pending,omitempty"` // effective at the next boot
	AtBoot     []Value            `json:"at_boot,omitempty"` // registry values of that boot
	Components []string           `json:"components,omitempty"`
	Services   map[string]Service `json:"services"`
	Shares     map[string]Share   `json:"shares,omitempty"`
	Users      map[string]string  `json:"users"`                      // local accounts and their passwords
	Cached     map[string]string  `json:"cached,omitempty"`           // domain\user to the password of the last good logon
	Exchange   string             `json:"exchange_release,omitempty"` // what stands on it, such as exchange-2003-sp2
	// Moves are move requests, and Batch the migration of public folders, that were made here.
	Moves []Move `json:"moves,omitempty"`
	Batch *Batch `json:"batch,omitempty"`
	// NameServers are the DNS servers that netsh set; empty for those of the facts.
	NameServers []string `json:"name_servers,omitempty"`
	// Neighbours are addresses by names in lower case that NetBIOS finds on the
	// wire: after a demotion, those of the domain and its domain controllers.
	Neighbours map[string]string `json:"neighbours,omitempty"`
}

// Move is one move request of a mailbox.
type Move struct{ User, Name, Batch, Status, Message string }

// Batch is a migration batch: from and to are computers.
type Batch struct{ Name, Status, From, To, Error string }

// Share is one shared folder.
type Share struct {
	Path   string `json:"path"`
	Remark string `json:"remark"`
}

// Machine is a guest: its facts, its state, and its file system.
type Machine struct {
	Facts
	State
	Folder string // where state is kept
	Prefix string // the Wine prefix
}

// Open reads the machine kept in folder; a machine never opened before starts as setup left it.
func Open(folder, prefix string) (*Machine, error) {
	facts, err := ReadFacts(filepath.Join(folder, "machine.txt"))
	if err != nil {
		return nil, err
	}
	m := &Machine{Facts: facts, Folder: folder, Prefix: prefix}
	text, err := os.ReadFile(m.stateFile())
	if errors.Is(err, fs.ErrNotExist) {
		m.fresh()
		return m, nil
	}
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(text, &m.State); err != nil {
		return nil, fmt.Errorf("read %s: %w", m.stateFile(), err)
	}
	m.maps()
	if len(m.NameServers) > 0 {
		m.DNS = m.NameServers
	}
	return m, nil
}

// maps makes those that an empty one left out of the file.
func (m *Machine) maps() {
	for _, group := range []*map[string]string{&m.Users, &m.Cached} {
		if *group == nil {
			*group = map[string]string{}
		}
	}
	if m.Shares == nil {
		m.Shares = map[string]Share{}
	}
	if m.Services == nil {
		m.Services = map[string]Service{}
	}
}

func (m *Machine) fresh() {
	m.maps()
	m.Users = map[string]string{"Administrator": m.Password, "Guest": ""}
	for _, s := range windowsServices() {
		m.Services[key(s.Name)] = s
	}
	m.InstallComponents(m.Facts.Components)
}

func (m *Machine) stateFile() string { return filepath.Join(m.Folder, "state.json") }

// Save writes the state.
func (m *Machine) Save() error {
	text, err := json.MarshalIndent(m.State, "", "\t")
	if err != nil {
		return err
	}
	return WriteWhole(m.stateFile(), text)
}

// Has reports whether an optional component is installed.
func (m *Machine) Has(component string) bool {
	return slices.Contains(m.State.Components, component)
}

// FQDN is the full DNS name of the machine: with its domain once it has one.
func (m *Machine) FQDN() string {
	host := strings.ToLower(m.Computer)
	if m.Role == Workgroup {
		return host
	}
	return host + "." + m.Domain.Name
}

// WriteWhole replaces a file so that a reader sees the old or the new text, also after a power cut.
func WriteWhole(path string, text []byte) error {
	temporary := path + ".new"
	file, err := os.OpenFile(temporary, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return err
	}
	return os.Rename(temporary, path)
}
