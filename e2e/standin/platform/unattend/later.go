package unattend

import (
	"net/netip"
	"strconv"
	"strings"

	"github.com/doublehop/doublehop/e2e/standin/platform/winnt"
)

func (s *session) name() *winnt.Question {
	const title, text = "Set Up Windows", "Windows could not parse or process the unattend answer file for pass [specialize]."
	shell := s.component("specialize", "Microsoft-Windows-Shell-Setup")
	name := shell.text("ComputerName")
	if !winnt.ComputerName(name) {
		return stop(title, text, "ComputerName %q is not 1 to 15 letters, digits and hyphens.", name)
	}
	if shell.text("TimeZone") == "" {
		return stop("Set Up Windows", "Review your time and date settings", "Microsoft-Windows-Shell-Setup in specialize has no TimeZone.")
	}
	s.answers.Computer, s.answers.Workgroup = strings.ToUpper(name), "WORKGROUP"
	return nil
}

// network reads the cards. What names no card, or no address, is not applied: Windows says nothing of it.
func (s *session) network() *winnt.Question {
	for _, card := range s.component("specialize", "Microsoft-Windows-TCPIP").at("Interfaces").Children {
		a := winnt.Adapter{MAC: plain(card.text("Identifier"))}
		if card.text("Ipv4Settings", "DhcpEnabled") == "false" {
			address, err := netip.ParsePrefix(card.text("UnicastIpAddresses", "IpAddress"))
			if err != nil {
				continue
			}
			a.Address = address
		} else {
			a.DHCP = true
		}
		a.Gateway, _ = netip.ParseAddr(card.text("Routes", "Route", "NextHopAddress"))
		for _, other := range s.component("specialize", "Microsoft-Windows-DNS-Client").at("Interfaces").Children {
			if plain(other.text("Identifier")) != a.MAC {
				continue
			}
			for _, server := range other.at("DNSServerSearchOrder").Children {
				if address, err := netip.ParseAddr(server.text()); err == nil {
					a.DNS = append(a.DNS, address)
				}
			}
		}
		s.answers.Adapters = append(s.answers.Adapters, a)
	}
	return nil
}

// plain is a card's address as 12 digits in lower case.
func plain(identifier string) string { return strings.ToLower(strings.ReplaceAll(identifier, "-", "")) }

// welcome are the pages of the Out-Of-Box Experience before the first logon.
func (s *session) welcome() *winnt.Question {
	shell, locale := s.component("oobeSystem", "Microsoft-Windows-Shell-Setup"), s.component("oobeSystem", "Microsoft-Windows-International-Core")
	switch {
	case locale.text("InputLocale") == "" || locale.text("SystemLocale") == "" || locale.text("UserLocale") == "":
		return stop("Set Up Windows", "Country or region, app language, keyboard layout", "Microsoft-Windows-International-Core in oobeSystem is not whole.")
	case shell.text("OOBE", "HideEULAPage") != "true":
		return stop("Set Up Windows", "Please read the license terms", "OOBE/HideEULAPage is not true.")
	case shell.text("OOBE", "ProtectYourPC") == "":
		return stop("Set Up Windows", "Help protect your computer and improve Windows automatically", "OOBE/ProtectYourPC is missing.")
	}
	return nil
}

func (s *session) password() *winnt.Question {
	password := s.component("oobeSystem", "Microsoft-Windows-Shell-Setup").at("UserAccounts", "AdministratorPassword")
	s.answers.Password = password.text("Value")
	if s.answers.Password == "" || password.text("PlainText") != "true" {
		return stop("Settings", "Type a password for the built-in administrator account that you can use to sign in to this computer.",
			"UserAccounts/AdministratorPassword is missing, or not in plain text.")
	}
	return nil
}

// logon is the first logon, and what it runs.
func (s *session) logon() *winnt.Question {
	shell := s.component("oobeSystem", "Microsoft-Windows-Shell-Setup")
	auto := shell.at("AutoLogon")
	if auto.text("Enabled") == "true" && strings.EqualFold(auto.text("Username"), "Administrator") && auto.text("Password", "Value") == s.answers.Password {
		s.answers.Autologon, _ = strconv.Atoi(auto.text("LogonCount"))
	}
	for _, command := range shell.at("FirstLogonCommands").Children {
		if line := command.text("CommandLine"); line != "" {
			s.answers.RunOnce = append(s.answers.RunOnce, line)
		}
	}
	return nil
}
