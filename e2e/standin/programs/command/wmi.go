package command

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/doublehop/doublehop/e2e/standin/programs/machine"
)

// The values of Win32Shutdown's flags (Microsoft's reference of Win32_OperatingSystem).
const (
	wmiReboot   = 2
	wmiForce    = 4
	wmiPowerOff = 8
)

// Errors of WMI: HRESULTs, and return values of methods of Win32_Service.
const (
	wmiInvalidClass   = 1 // winmgmt's own exit code: wbemdisp.dll makes WBEM_E_INVALID_CLASS of it
	wmiNotFound       = 2
	wmiAlreadyRunning = 10
	wmiDisabled       = 14
)

// wmiQuery is the WQL that the stand-in understands: all objects of a class, or those of one name.
var wmiQuery = regexp.MustCompile(`(?i)^SELECT \* FROM (\w+)(?: WHERE Name ?= ?'([^']*)')?$`)

// wmiPath is an object's own name: CLASS or CLASS.NAME.
var wmiPath = regexp.MustCompile(`^(\w+?)(?:\.(.+))?$`)

// wmiPower is Win32Shutdown: it is apart from the rest, as the machine's state is not locked while it counts.
func (c *call) wmiPower() (code int, done bool) {
	if len(c.args) < 4 || c.args[0] != "call" || !strings.EqualFold(c.args[2], "Win32Shutdown") {
		return 0, false
	}
	switch flags, _ := strconv.Atoi(c.args[3]); flags &^ wmiForce {
	case wmiReboot:
		return c.countDown("reboot", 0), true
	case wmiPowerOff:
		return c.countDown("poweroff", 0), true
	}
	return errParameter, true
}

// wmi answers the scripting side of WMI, shim/wbemdisp.c: classes of machine, system and services, and their methods.
func (c *call) wmi() int {
	switch {
	case len(c.args) == 2 && c.args[0] == "query":
		return c.wmiSelect(c.args[1])
	case len(c.args) >= 3 && c.args[0] == "call":
		return c.wmiCall(c.args[1], strings.ToLower(c.args[2]), c.args[3:])
	}
	c.Err("winmgmt: only query and call are imitated\n")
	return wmiInvalidClass
}

func (c *call) wmiSelect(query string) int {
	parts := wmiQuery.FindStringSubmatch(strings.TrimSpace(query))
	if parts == nil {
		c.Err("winmgmt: this stand-in does not understand " + query + "\n")
		return wmiInvalidClass
	}
	m := c.Machine
	switch strings.ToLower(parts[1]) {
	case "win32_operatingsystem":
		c.object("Win32_OperatingSystem", "CSName", m.Computer)
	case "win32_computersystem":
		c.object("Win32_ComputerSystem", "Name", m.Computer, "Domain", m.Domain.Name, "PartOfDomain", strconv.FormatBool(m.Role != machine.Workgroup))
	case "win32_service":
		for _, s := range m.SortedServices() {
			if parts[2] == "" || strings.EqualFold(parts[2], s.Name) {
				c.object("Win32_Service."+s.Name, "Name", s.Name, "DisplayName", s.Display, "State", serviceState(s),
					"StartMode", map[string]string{"auto": "Auto", "demand": "Manual", "disabled": "Disabled"}[s.Start])
			}
		}
	default:
		c.Err("winmgmt: there is no class " + parts[1] + "\n")
		return wmiInvalidClass
	}
	return 0
}

func serviceState(s machine.Service) string {
	if s.Running {
		return "Running"
	}
	return "Stopped"
}

// object prints one object: its path, then names and values by turns.
func (c *call) object(path string, pairs ...string) {
	c.Out("__RELPATH=" + path + "\n")
	for pair := range slices.Chunk(pairs, 2) {
		c.Out(pair[0] + "=" + pair[1] + "\n")
	}
	c.Out("\n")
}

func (c *call) wmiCall(path, method string, args []string) int {
	parts := wmiPath.FindStringSubmatch(path)
	switch {
	case parts[1] == "Win32_ComputerSystem" && method == "joindomainorworkgroup" && len(args) == 5:
		return c.wmiJoin(args)
	case parts[1] == "Win32_Service" && (method == "startservice" || method == "stopservice"):
		return c.wmiService(parts[2], method == "startservice")
	}
	c.Err("winmgmt: this stand-in has no method " + path + "." + method + "\n")
	return wmiNotFound
}

// wmiJoin takes domain, password, account, organizational unit, and options: 1 a domain, 2 with a new account.
func (c *call) wmiJoin(args []string) int {
	m := c.Machine
	switch {
	case args[4] != "3":
		return errParameter
	case m.Role != machine.Workgroup || m.Pending != nil:
		return errAlreadyJoined
	}
	return c.join(joining{domain: strings.ToLower(args[0]), password: args[1], user: args[2], ou: args[3]})
}

func (c *call) wmiService(name string, start bool) int {
	s, ok := c.Machine.ServiceNamed(name)
	switch {
	case !ok:
		return wmiNotFound
	case start == s.Running:
		return wmiAlreadyRunning
	case start && s.Start == "disabled":
		return wmiDisabled
	}
	c.Machine.SetRunning(s.Name, start)
	return 0
}
