package machine

import (
	"maps"
	"slices"
	"strings"
)

// Service is a Windows service as `sc query` sees it.
type Service struct {
	Name    string   `json:"name"`
	Display string   `json:"display"`
	Own     bool     `json:"own"`     // a process of its own
	Start   string   `json:"start"`   // auto, demand or disabled
	Running bool     `json:"running"` // now
	Needs   []string `json:"needs,omitempty"`
}

func key(name string) string { return strings.ToLower(name) }

func windowsServices() []Service {
	return []Service{
		{Name: "Dhcp", Display: "DHCP Client", Start: "auto", Running: true},
		{Name: "Dnscache", Display: "DNS Client", Start: "auto", Running: true},
		{Name: "Eventlog", Display: "Event Log", Start: "auto", Running: true},
		{Name: "lanmanserver", Display: "Server", Start: "auto", Running: true},
		{Name: "lanmanworkstation", Display: "Workstation", Start: "auto", Running: true},
		{Name: "Netlogon", Display: "Net Logon", Start: "demand", Needs: []string{"lanmanworkstation"}},
		{Name: "PlugPlay", Display: "Plug and Play", Start: "auto", Running: true},
		{Name: "RpcSs", Display: "Remote Procedure Call (RPC)", Start: "auto", Running: true},
		{Name: "SamSs", Display: "Security Accounts Manager", Start: "auto", Running: true},
		{Name: "Spooler", Display: "Print Spooler", Own: true, Start: "auto", Running: true},
		{Name: "TlntSvr", Display: "Telnet", Own: true, Start: "disabled"},
		{Name: "W32Time", Display: "Windows Time", Start: "auto", Running: true},
	}
}

// componentServices are the services that an optional component of Windows 2003 brings.
func componentServices(component string) []Service {
	switch component {
	case "iis_common":
		return []Service{{Name: "IISADMIN", Display: "IIS Admin Service", Start: "auto", Running: true}}
	case "iis_www":
		return []Service{
			{Name: "HTTPFilter", Display: "HTTP SSL", Start: "demand", Running: true},
			{Name: "W3SVC", Display: "World Wide Web Publishing Service", Start: "auto", Running: true, Needs: []string{"IISADMIN"}},
		}
	case "iis_smtp":
		return []Service{{Name: "SMTPSVC", Display: "Simple Mail Transfer Protocol (SMTP)", Start: "auto", Running: true, Needs: []string{"IISADMIN"}}}
	case "iis_nntp":
		return []Service{{Name: "NntpSvc", Display: "Network News Transfer Protocol (NNTP)", Start: "auto", Running: true, Needs: []string{"IISADMIN"}}}
	case "dns":
		return []Service{{Name: "DNS", Display: "DNS Server", Own: true, Start: "auto", Running: true}}
	}
	return nil
}

// ExchangeServices are those of Exchange 2003 with their states after setup:
// POP3 and IMAP4 are disabled by default there (KB bb124644).
func ExchangeServices() []Service {
	return []Service{
		{Name: "IMAP4Svc", Display: "Microsoft Exchange IMAP4", Start: "disabled", Needs: []string{"IISADMIN"}},
		{Name: "MSExchangeES", Display: "Microsoft Exchange Event", Own: true, Start: "demand", Needs: []string{"MSExchangeIS"}},
		{Name: "MSExchangeIS", Display: "Microsoft Exchange Information Store", Own: true, Start: "auto", Running: true, Needs: []string{"MSExchangeSA"}},
		{Name: "MSExchangeMGMT", Display: "Microsoft Exchange Management", Own: true, Start: "auto", Running: true},
		{Name: "MSExchangeMTA", Display: "Microsoft Exchange MTA Stacks", Own: true, Start: "auto", Running: true, Needs: []string{"MSExchangeSA"}},
		{Name: "MSExchangeSA", Display: "Microsoft Exchange System Attendant", Own: true, Start: "auto", Running: true},
		{Name: "MSExchangeSRS", Display: "Microsoft Exchange Site Replication Service", Own: true, Start: "disabled"},
		{Name: "POP3Svc", Display: "Microsoft Exchange POP3", Start: "disabled", Needs: []string{"IISADMIN"}},
		{Name: "RESvc", Display: "Microsoft Exchange Routing Engine", Start: "auto", Running: true, Needs: []string{"IISADMIN"}},
	}
}

// ControllerServices are those a promotion adds or makes automatic.
func ControllerServices() []Service {
	return []Service{
		{Name: "IsmServ", Display: "Intersite Messaging", Own: true, Start: "auto", Running: true},
		{Name: "kdc", Display: "Kerberos Key Distribution Center", Start: "auto", Running: true},
		{Name: "NtFrs", Display: "File Replication Service", Own: true, Start: "auto", Running: true},
	}
}

// AddService registers a service, replacing one of the same name.
func (m *Machine) AddService(s Service) { m.Services[key(s.Name)] = s }

// ServiceNamed finds a service by its name or by its display name, as `net` does.
func (m *Machine) ServiceNamed(name string) (Service, bool) {
	if s, ok := m.Services[key(name)]; ok {
		return s, true
	}
	for _, s := range m.SortedServices() {
		if strings.EqualFold(s.Display, name) {
			return s, true
		}
	}
	return Service{}, false
}

// SortedServices are all services by name.
func (m *Machine) SortedServices() []Service {
	var all []Service
	for _, k := range slices.Sorted(maps.Keys(m.Services)) {
		all = append(all, m.Services[k])
	}
	return all
}

// Dependents are the running services that need s, directly or through another, those to stop first first.
func (m *Machine) Dependents(s Service) []Service {
	var all []Service
	for _, other := range m.SortedServices() {
		if !other.Running || !slices.ContainsFunc(other.Needs, func(n string) bool { return strings.EqualFold(n, s.Name) }) {
			continue
		}
		all = append(append(all, m.Dependents(other)...), other)
	}
	return all
}

// SetRunning starts or stops one service; starting starts what it needs too.
func (m *Machine) SetRunning(name string, running bool) {
	s, ok := m.ServiceNamed(name)
	if !ok {
		return
	}
	if running {
		for _, need := range s.Needs {
			m.SetRunning(need, true)
		}
	}
	s.Running = running
	m.AddService(s)
}

// InstallComponents adds optional components and their services.
func (m *Machine) InstallComponents(names []string) {
	for _, name := range names {
		if m.Has(name) {
			continue
		}
		m.State.Components = append(m.State.Components, name)
		for _, s := range componentServices(name) {
			m.AddService(s)
		}
	}
}

// RemoveService forgets a service.
func (m *Machine) RemoveService(name string) { delete(m.Services, key(name)) }

// Runs says whether a service is there and runs.
func (m *Machine) Runs(name string) bool {
	s, ok := m.ServiceNamed(name)
	return ok && s.Running
}
