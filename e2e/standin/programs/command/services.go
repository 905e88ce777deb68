package command

import (
	"fmt"
	"strings"

	"github.com/doublehop/doublehop/e2e/standin/programs/machine"
)

const completed = "The command completed successfully.\n\n"

func (c *call) help(code int, text string, message int) int { //nolint:unparam // the code is the caller's to say
	c.Err(text + "\n\nMore help is available by typing NET HELPMSG " + fmt.Sprint(message) + ".\n\n")
	return code
}

func (c *call) netStart(args []string) int {
	m := c.Machine
	if len(args) == 0 {
		c.Out("These Windows services are started:\n\n")
		for _, s := range m.SortedServices() {
			if s.Running {
				c.Out("   " + s.Display + "\n")
			}
		}
		c.Out("\n" + completed)
		return 0
	}
	s, ok := m.ServiceNamed(strings.Join(args, " "))
	switch {
	case !ok:
		return c.help(2, "The service name is invalid.", 2185)
	case s.Running:
		return c.help(2, "The requested service has already been started.", 2182)
	case s.Start == "disabled":
		c.Err("System error 1058 has occurred.\n\nThe service cannot be started, either because it is disabled or because it has no enabled devices associated with it.\n\n")
		return 2
	}
	c.Out("The " + s.Display + " service is starting.\n")
	c.work(0.5)
	m.SetRunning(s.Name, true)
	c.Out("The " + s.Display + " service was started successfully.\n\n")
	return 0
}

func (c *call) netStop(args []string) int {
	m, yes := c.Machine, false
	var name []string
	for _, a := range args {
		if strings.EqualFold(a, "/y") {
			yes = true
			continue
		}
		name = append(name, a)
	}
	s, ok := m.ServiceNamed(strings.Join(name, " "))
	switch {
	case !ok:
		return c.help(2, "The service name is invalid.", 2185)
	case !s.Running:
		return c.help(2, "The "+s.Display+" service is not started.", 3521)
	}
	dependents := m.Dependents(s)
	if len(dependents) > 0 {
		c.Out("The following services are dependent on the " + s.Display + " service.\nStopping the " + s.Display + " service will also stop these services.\n\n")
		for _, d := range dependents {
			c.Out("   " + d.Display + "\n")
		}
		if !yes {
			c.Out("\nDo you want to continue this operation? (Y/N) [Y]: ")
			c.Err("\nNo valid response was provided.\n")
			return 2
		}
		c.Out("\n")
	}
	for _, d := range append(dependents, s) {
		c.Out("The " + d.Display + " service is stopping.\n")
		c.work(0.2)
		m.SetRunning(d.Name, false)
		c.Out("The " + d.Display + " service was stopped successfully.\n\n")
	}
	return 0
}

// scText is what `sc query` prints of a service.
func scText(s machine.Service) string {
	kind, state, accepts := "20  WIN32_SHARE_PROCESS ", "1  STOPPED ", "(NOT_STOPPABLE,NOT_PAUSABLE,IGNORES_SHUTDOWN)"
	if s.Own {
		kind = "10  WIN32_OWN_PROCESS "
	}
	if s.Running {
		state, accepts = "4  RUNNING ", "(STOPPABLE,NOT_PAUSABLE,ACCEPTS_SHUTDOWN)"
	}
	exit := "0  (0x0)"
	if !s.Running && s.Start != "auto" {
		exit = "1077  (0x435)"
	}
	return "\nSERVICE_NAME: " + s.Name + "\n        TYPE               : " + kind + "\n        STATE              : " + state +
		"\n                                " + accepts + "\n        WIN32_EXIT_CODE    : " + exit +
		"\n        SERVICE_EXIT_CODE  : 0  (0x0)\n        CHECKPOINT         : 0x0\n        WAIT_HINT          : 0x0\n"
}

func (c *call) scFails(call string, code int, text string) int {
	c.Out(fmt.Sprintf("[SC] %s FAILED %d:\n\n%s\n\n", call, code, text))
	return code
}

func (c *call) sc() int {
	if len(c.args) == 0 {
		c.Out("DESCRIPTION:\n        SC is a command line program used for communicating with the\n        NT Service Controller and services.\n" +
			"USAGE:\n        sc <server> [command] [service name] <option1> <option2>...\n")
		return 0
	}
	verb, args := strings.ToLower(c.args[0]), c.args[1:]
	if verb == "query" && (len(args) == 0 || strings.HasSuffix(args[0], "=")) {
		return c.scList(args)
	}
	if len(args) == 0 {
		c.Out("[SC] " + verb + ": a service name is required\n")
		return 1
	}
	s, ok := c.Machine.Services[strings.ToLower(args[0])]
	if !ok {
		what := map[string]string{"query": "EnumQueryServicesStatus:OpenService"}[verb]
		if what == "" {
			what = "OpenService"
		}
		return c.scFails(what, 1060, "The specified service does not exist as an installed service.")
	}
	switch verb {
	case "query", "queryex", "interrogate":
		c.Out(scText(s))
		return 0
	case "start":
		return c.scStart(s)
	case "stop":
		return c.scStop(s)
	case "config":
		return c.scConfig(s, args[1:])
	}
	c.Out("*** Unrecognized Command ***\n")
	return 1
}

// scList is `sc query` without a name: running services, or with state= all (or inactive).
func (c *call) scList(args []string) int {
	want := "active"
	for i := 0; i+1 < len(args); i += 2 {
		if strings.EqualFold(args[i], "state=") {
			want = strings.ToLower(args[i+1])
		}
	}
	for _, s := range c.Machine.SortedServices() {
		if want == "all" || (want == "active") == s.Running {
			text := scText(s)
			c.Out(strings.Replace(text, "\n        TYPE ", "\nDISPLAY_NAME: "+s.Display+"\n        TYPE ", 1))
		}
	}
	return 0
}

func (c *call) scStart(s machine.Service) int {
	if s.Running {
		return c.scFails("StartService", 1056, "An instance of the service is already running.")
	}
	if s.Start == "disabled" {
		return c.scFails("StartService", 1058, "The service cannot be started, either because it is disabled or because it has no enabled devices associated with it.")
	}
	c.Machine.SetRunning(s.Name, true)
	c.Out(strings.Replace(scText(s), "1  STOPPED ", "2  START_PENDING ", 1))
	return 0
}

func (c *call) scStop(s machine.Service) int {
	if !s.Running {
		return c.scFails("ControlService", 1062, "The service has not been started.")
	}
	if len(c.Machine.Dependents(s)) > 0 {
		return c.scFails("ControlService", 1051, "A stop control has been sent to a service that other running services are dependent on.")
	}
	c.Machine.SetRunning(s.Name, false)
	c.Out(strings.Replace(scText(s), "4  RUNNING ", "3  STOP_PENDING ", 1))
	return 0
}

func (c *call) scConfig(s machine.Service, args []string) int {
	for i := 0; i+1 < len(args); i += 2 {
		value := strings.ToLower(args[i+1])
		if !strings.EqualFold(args[i], "start=") || (value != "auto" && value != "demand" && value != "disabled") {
			c.Out("[SC] config: this stand-in sets start= auto|demand|disabled only\n")
			return errParameter
		}
		s.Start = value
	}
	c.Machine.AddService(s)
	c.Out("[SC] ChangeServiceConfig SUCCESS\n")
	return 0
}
