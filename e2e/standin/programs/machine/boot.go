package machine

import (
	"errors"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"
)

// The registry keys, below HKEY_LOCAL_MACHINE, that the machine itself writes.
const (
	TcpipKey    = `SYSTEM\CurrentControlSet\Services\Tcpip\Parameters`
	NetlogonKey = `SYSTEM\CurrentControlSet\Services\Netlogon\Parameters`
	NTDSKey     = `SYSTEM\CurrentControlSet\Services\NTDS\Parameters`
	ProductKey  = `SYSTEM\CurrentControlSet\Control\ProductOptions`
	WinlogonKey = `SOFTWARE\Microsoft\Windows NT\CurrentVersion\Winlogon`
)

// Promise makes a role effective at the next boot, with the registry values it brings.
func (m *Machine) Promise(to Membership) {
	m.Pending = &to
	m.AtBoot = append(m.AtBoot,
		Value{TcpipKey, "Domain", "SZ", to.Domain.Name},
		Value{TcpipKey, "NV Domain", "SZ", to.Domain.Name},
		Value{WinlogonKey, "CachePrimaryDomain", "SZ", to.Domain.NetBIOS},
	)
	if to.Role == DC {
		m.AtBoot = append(m.AtBoot,
			Value{NetlogonKey, "SysvolReady", "DWORD", "1"},
			Value{NetlogonKey, "SysVol", "SZ", `C:\WINDOWS\SYSVOL\sysvol`},
			Value{NTDSKey, "Schema Version", "DWORD", strconv.Itoa(to.Domain.Schema)},
			Value{ProductKey, "ProductType", "SZ", "LanmanNT"},
		)
	}
	if m.Role == DC && to.Role != DC {
		m.AtBoot = append(m.AtBoot, Value{NetlogonKey, "SysvolReady", "DWORD", "0"}, Value{ProductKey, "ProductType", "SZ", "ServerNT"})
	}
}

// Boot makes effective what waits for a boot, starts the automatic services, and
// saves. It edits the registry file: no Wine process may be running.
func (m *Machine) Boot() error {
	if m.Pending != nil {
		if err := EditRegistry(m.registryFile(), m.AtBoot); err != nil {
			return err
		}
		if err := m.MarkDatabase(*m.Pending); err != nil {
			return err
		}
		if m.Role == DC && m.Pending.Role != DC {
			if err := m.leaveDirectory(); err != nil {
				return err
			}
		}
		m.Membership, m.Pending, m.AtBoot = *m.Pending, nil, nil
		m.takeRole()
	}
	for _, s := range m.SortedServices() {
		s.Running = s.Start == "auto" || s.Name == "HTTPFilter"
		m.AddService(s)
	}
	return m.Save()
}

// MarkDatabase makes the ntds.dit that a promotion leaves, once the promotion is
// kept: a script that finds the file may rely on the next boot.
func (m *Machine) MarkDatabase(to Membership) error {
	if to.Role != DC || m.Exists(to.Domain.Database+`\ntds.dit`) {
		return nil
	}
	return m.Append(to.Domain.Database+`\ntds.dit`, "stand-in directory: kept on the Linux side\r\n")
}

func (m *Machine) takeRole() {
	netlogon, _ := m.ServiceNamed("Netlogon")
	netlogon.Start = "auto"
	m.AddService(netlogon)
	if m.Role != DC {
		return
	}
	for _, s := range ControllerServices() {
		m.AddService(s)
	}
	if m.Domain.DNS {
		m.InstallComponents([]string{"dns"})
	}
	m.Users = map[string]string{}
	scripts := `C:\WINDOWS\SYSVOL\sysvol\` + m.Domain.Name + `\SCRIPTS`
	m.Shares["NETLOGON"] = Share{scripts, "Logon server share"}
	m.Shares["SYSVOL"] = Share{`C:\WINDOWS\SYSVOL\sysvol`, "Logon server share"}
}

// leaveDirectory takes back what made the machine a domain controller.
func (m *Machine) leaveDirectory() error {
	for _, s := range ControllerServices() {
		delete(m.Services, key(s.Name))
	}
	delete(m.Shares, "NETLOGON")
	delete(m.Shares, "SYSVOL")
	m.Users = map[string]string{"Administrator": m.Pending.Administrator, "Guest": ""}
	path, err := m.Unix(`C:`, m.Domain.Database+`\ntds.dit`)
	if err != nil {
		return err
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// Session is who is logged on.
type Session struct {
	User, Domain, Password string
}

// String is DOMAIN\User.
func (s Session) String() string { return s.Domain + `\` + s.User }

// Autologon is whom Winlogon's values would log on, and whether they do so at all.
func (m *Machine) Autologon() (Session, bool, error) {
	values, err := ReadRegistry(m.registryFile(), WinlogonKey)
	if err != nil {
		return Session{}, false, err
	}
	s := Session{values["defaultusername"], values["defaultdomainname"], values["defaultpassword"]}
	if s.User == "" {
		s.User = "Administrator"
	}
	if s.Domain == "" {
		s.Domain = m.Computer
	}
	return s, values["autoadminlogon"] == "1", nil
}

// LocalLogon reports whether a session is one of the machine's own accounts with its password.
func (m *Machine) LocalLogon(s Session) bool {
	if m.Role == DC || !strings.EqualFold(s.Domain, m.Computer) {
		return false
	}
	for user, password := range m.Users {
		if strings.EqualFold(user, s.User) {
			return password == s.Password
		}
	}
	return false
}

// SortedShares are all shares by name, those that Windows makes itself included.
func (m *Machine) SortedShares() []string {
	names := []string{"ADMIN$", "C$", "IPC$"}
	for name := range m.Shares {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Share finds a share by name, without regard to case.
func (m *Machine) Share(name string) (string, Share, bool) {
	own := map[string]Share{
		"ADMIN$": {`C:\WINDOWS`, "Remote Admin"}, "C$": {`C:\`, "Default share"}, "IPC$": {"", "Remote IPC"},
	}
	for _, all := range []map[string]Share{own, m.Shares} {
		for known, share := range all {
			if strings.EqualFold(known, name) {
				return known, share, true
			}
		}
	}
	return "", Share{}, false
}
