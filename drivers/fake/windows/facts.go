package windows

import (
	"fmt"
	"regexp"
	"strings"
)

var (
	proofFile  = regexp.MustCompile(`"%DHPROOF%\\([A-Z0-9]+)\.TXT"`)
	ldifdeLine = regexp.MustCompile(`(?i)^ldifde .*-s (\S+) -d "([^"]*)"(.*)$`)
	filterName = regexp.MustCompile(`(?i)\(cn=([^)]+)\)`)
	attributes = regexp.MustCompile(`-l (\S+)`)
	regLine    = regexp.MustCompile(`(?i)^reg query "([^"]*)" /v "?([^" ]+)"?`)
	scLine     = regexp.MustCompile(`(?i)^sc query "?([^" ]+)"?`)
	existLine  = regexp.MustCompile(`(?i)^if exist "([^"]*)" >`)
)

// gather answers the lines of a PROOF.CMD that write proofs; what stands
// between them waits, and here everything is ready at once.
func (r *runner) gather(script string) {
	for line := range strings.Lines(script) {
		line = strings.TrimSpace(line)
		at := proofFile.FindStringSubmatch(line)
		if at == nil {
			continue
		}
		if said, ok := r.fact(line); ok {
			r.proofs[at[1]] = said
		}
	}
}

// fact is what one line of a proof script writes into its file.
func (r *runner) fact(line string) ([]string, bool) {
	lower := strings.ToLower(line)
	if m := ldifdeLine.FindStringSubmatch(line); m != nil {
		return r.ldifde(m[1], m[2], m[3]), true
	}
	if m := regLine.FindStringSubmatch(line); m != nil {
		return r.registry(m[1], m[2]), true
	}
	if m := scLine.FindStringSubmatch(line); m != nil {
		return r.service(m[1]), true
	}
	if m := existLine.FindStringSubmatch(line); m != nil {
		_, there := r.g.Get(system, keyFile+strings.ToUpper(m[1]))
		return []string{"found"}, there
	}
	switch {
	case strings.HasPrefix(lower, "net share"):
		if dc, _ := r.g.Get(system, keyController); dc == "" {
			return []string{"C$           C:\\"}, true
		}
		return []string{"NETLOGON     C:\\WINDOWS\\SYSVOL\\sysvol", "SYSVOL       C:\\WINDOWS\\SYSVOL\\sysvol"}, true
	case strings.HasPrefix(lower, "ver "):
		return []string{"Microsoft Windows [Version 5.2.3790]"}, true
	case strings.HasSuffix(lower, "echo missing"):
		return []string{"missing"}, true
	case strings.HasPrefix(lower, "find "), strings.HasPrefix(lower, "findstr "):
		return nil, false
	case strings.Contains(line, "SIZES.TXT"):
		return r.sizes(), true
	}
	return nil, false
}

// sizes are those of the files that a copy gave the machine.
func (r *runner) sizes() []string {
	var list []string
	for line := range strings.Lines(string(r.state.Files["FILES.TXT"])) {
		_, to, _ := strings.Cut(strings.TrimSpace(line), "|")
		content, ok := r.g.Get(system, keyFile+strings.ToUpper(to))
		if !ok {
			list = append(list, "missing")
			continue
		}
		list = append(list, fmt.Sprint(len(content)))
	}
	return list
}

func (r *runner) registry(key, name string) []string {
	domain, _ := r.g.Get(system, keyDomain)
	controller, _ := r.g.Get(system, keyController)
	switch strings.ToLower(name) {
	case "domain":
		if domain != "" {
			return []string{key, "    Domain    REG_SZ    " + domain}
		}
	case "sysvolready":
		if controller != "" {
			return []string{key, "    SysvolReady    REG_DWORD    0x1"}
		}
	}
	return []string{"ERROR: The system was unable to find the specified registry key or value."}
}

func (r *runner) service(name string) []string {
	if has, _ := r.g.Get(system, keyExchange); has == "" {
		return []string{"[SC] EnumQueryServicesStatus:OpenService FAILED 1060:", "", "The specified service does not exist as an installed service."}
	}
	return []string{"SERVICE_NAME: " + name, "        STATE              : 4  RUNNING"}
}

// ldifde reads the directory on the domain controller of the machine's domain.
func (r *runner) ldifde(server, dn, rest string) []string {
	domain, _ := r.g.Get(system, keyDomain)
	dc, ok := r.controller(domain)
	if !ok {
		return []string{"The connection to " + server + " cannot be established"}
	}
	name := ""
	if m := filterName.FindStringSubmatch(rest); m != nil {
		name, dn = m[1], "CN="+m[1]+","+dn
	}
	var values []string
	if m := attributes.FindStringSubmatch(rest); m != nil {
		for attribute := range strings.SplitSeq(m[1], ",") {
			if v := dc.value(dn, rest, name, attribute); v != "" {
				values = append(values, attribute+": "+v)
			}
		}
	}
	if len(values) == 0 {
		return nil
	}
	return append([]string{"dn: " + dn, "changetype: add"}, append(values, "")...)
}

// value is the value of one attribute; empty when there is none yet.
func (d directory) value(dn, rest, name, attribute string) string {
	object := strings.ToLower(dn)
	forest, prepared := d.get(keyForestPrep) != "", d.get(keyDomainPrep) != ""
	organization := d.get(keyOrg)
	container := strings.Contains(rest, "msExchOrganizationContainer")
	server := strings.Contains(rest, "msExchExchangeServer")
	switch {
	case server && d.get(keyServer+strings.ToUpper(name)) == "":
		return ""
	case server:
		return map[string]string{"cn": name, "serialNumber": "Version 6.5 (Build 6944.4: Service Pack 0)", "versionNumber": "6944"}[attribute]
	case container && !forest:
		return ""
	case container && attribute == "cn" && organization == "":
		return "{335a1087-5131-4d45-be3e-3c6c7f76f5ec}"
	case container:
		return map[string]string{"cn": organization, "objectVersion": "6903"}[attribute]
	case strings.HasPrefix(object, "cn=microsoft exchange system objects,"):
		return map[bool]string{true: "6936"}[prepared]
	case strings.HasPrefix(object, "cn=ms-exch-schema-version-pt,"):
		return map[bool]string{true: "6870"}[forest]
	case strings.Contains(rest, "objectClass=computer") && d.get(keyMember+strings.ToUpper(name)) == "":
		return ""
	case attribute == "cn":
		return name
	case attribute == "objectVersion":
		return "30"
	case attribute == "msDS-Behavior-Version":
		return "2"
	case attribute == "name":
		return "name"
	}
	return ""
}
