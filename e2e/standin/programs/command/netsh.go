package command

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// netsh is "netsh interface ip set|add|show dns".
func (c *call) netsh() int {
	args := slices.Clone(c.args)
	for i, a := range args[:min(len(args), 4)] {
		args[i] = strings.ToLower(a)
	}
	switch {
	case len(args) == 4 && slices.Equal(args, []string{"interface", "ip", "show", "dns"}):
		c.Out(c.resolvers())
		return 0
	case len(args) > 4 && slices.Equal(args[:4], []string{"interface", "ip", "set", "dns"}):
		return c.setResolvers(args[4:])
	case len(args) > 4 && slices.Equal(args[:4], []string{"interface", "ip", "add", "dns"}):
		return c.addResolver(args[4:])
	}
	c.Out("The following command was not found: " + strings.Join(c.args, " ") + ".\n(This stand-in imitates no other NETSH command than interface ip set, add and show dns.)\n")
	return 1
}

// card is what Windows calls the only card: the one name up to 2008 R2, the
// other from 2012 on.
func card(name string) bool {
	return strings.EqualFold(name, "Local Area Connection") || strings.EqualFold(name, "Ethernet")
}

// resolvers is the list that show dns prints.
func (c *call) resolvers() string {
	var b strings.Builder
	b.WriteString("\nConfiguration for interface \"Local Area Connection\"\n")
	for i, server := range c.Machine.DNS {
		label := ""
		if i == 0 {
			label = "    Statically Configured DNS Servers:"
		}
		b.WriteString(label + strings.Repeat(" ", 42-len(label)) + server + "\n")
	}
	if len(c.Machine.DNS) == 0 {
		b.WriteString("    Statically Configured DNS Servers:    None\n")
	}
	b.WriteString("    Register with which suffix:           Primary only\n\n")
	return b.String()
}

// setResolvers is NAME static ADDRESS, with validate=no and register=primary
// behind it.
func (c *call) setResolvers(args []string) int {
	if len(args) < 3 || !strings.EqualFold(args[1], "static") {
		c.Out("One or more essential parameters were not entered.\nVerify the required parameters, and reenter them.\n")
		return 1
	}
	if !card(args[0]) {
		return c.noCard()
	}
	if code := c.address(args[2], args[3:], "validate", "register"); code != 0 {
		return code
	}
	c.ask([]string{args[2]})
	return 0
}

// addResolver is NAME ADDRESS index=N.
func (c *call) addResolver(args []string) int {
	if len(args) < 2 {
		c.Out("One or more essential parameters were not entered.\nVerify the required parameters, and reenter them.\n")
		return 1
	}
	if !card(args[0]) {
		return c.noCard()
	}
	if code := c.address(args[1], args[2:], "validate", "index"); code != 0 {
		return code
	}
	at := len(c.Machine.DNS)
	for _, a := range args[2:] {
		if n, err := strconv.Atoi(strings.TrimPrefix(strings.ToLower(a), "index=")); err == nil && n >= 1 && n <= at {
			at = n - 1
		}
	}
	if slices.Contains(c.Machine.DNS, args[1]) {
		c.Out("The object already exists.\n")
		return 1
	}
	c.ask(slices.Insert(slices.Clone(c.Machine.DNS), at, args[1]))
	return 0
}

func (c *call) noCard() int {
	c.Out("An interface with this name is not registered with the router.\n")
	return 1
}

// address holds an address and the options behind it to what netsh takes.
func (c *call) address(address string, options []string, known ...string) int {
	if a, err := netip.ParseAddr(address); err != nil || !a.Is4() {
		c.Out("Invalid address parameter (" + address + "). It should be a valid IPv4 address.\n")
		return 1
	}
	for _, o := range options {
		name, value, ok := strings.Cut(strings.ToLower(o), "=")
		if !ok || value == "" || !slices.Contains(known, name) {
			c.Out(o + " is not an acceptable value or argument.\n")
			return 1
		}
	}
	return 0
}

// ask takes other DNS servers, now and at every boot.
func (c *call) ask(servers []string) {
	c.Machine.DNS, c.Machine.NameServers = servers, servers
	if c.Ask != nil {
		c.Locator = c.Ask(servers)
	}
	c.Out("Ok.\n\n")
}
