package machine

import "slices"

// servicesKey is where Wine's service manager keeps what it starts.
const servicesKey = `SYSTEM\CurrentControlSet\Services\`

// Mirrored are the services that Wine's own service manager is to show, because
// scripts ask WMI for them: those of IIS and Exchange, on Windows 2000, which has
// no sc.exe.
func (m *Machine) Mirrored() []Service {
	if m.Windows != Windows2000 {
		return nil
	}
	known := windowsServices()
	return slices.DeleteFunc(m.SortedServices(), func(s Service) bool {
		return slices.ContainsFunc(known, func(k Service) bool { return k.Name == s.Name })
	})
}

// mirror is what tells Wine's service manager at a boot. On a Windows that
// needs it no longer, the services are disabled.
func (m *Machine) mirror() []Value {
	var all []Value
	now := map[string]bool{}
	for _, s := range m.Mirrored() {
		now[s.Name] = true
		start := "3"
		if s.Running {
			start = "2"
		}
		k := servicesKey + s.Name
		all = append(all, Value{k, "Type", "DWORD", "16"}, Value{k, "Start", "DWORD", start}, Value{k, "ErrorControl", "DWORD", "1"},
			Value{k, "ImagePath", "SZ", `C:\windows\system32\standsvc.exe`}, Value{k, "DisplayName", "SZ", s.Display}, Value{k, "ObjectName", "SZ", "LocalSystem"})
	}
	for _, name := range m.Shown {
		if !now[name] {
			all = append(all, Value{servicesKey + name, "Start", "DWORD", "4"})
		}
	}
	m.Shown = nil
	for _, s := range m.Mirrored() {
		m.Shown = append(m.Shown, s.Name)
	}
	return all
}
