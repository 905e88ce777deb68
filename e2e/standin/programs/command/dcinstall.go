package command

import (
	"os"
	"slices"
	"strings"

	"github.com/doublehop/doublehop/e2e/standin/programs/directory"
	"github.com/doublehop/doublehop/e2e/standin/programs/machine"
)

// dcInstallKeys are the keys of [DCINSTALL] in Windows 2000 and 2003 (KB223757).
func dcInstallKeys() []string {
	return strings.Fields(`administratorpassword allowanonymousaccess autoconfigdns childname confirmgc createorjoin criticalreplicationonly
		databasepath disablecancelfordnsinstall dnsonnetwork domainnetbiosname islastdcindomain logpath newdomaindnsname parentdomaindnsname
		password rebootonsuccess removeapplicationpartitions replicadomaindnsname replicaornewdomain replicationsourcedc
		replicationsourcepath safemodeadminpassword setforestversion sitename syskey sysvolpath treeorchild userdomain username`)
}

// laterKeys are those of Windows 2008 and 2008 R2 (KB947034).
func laterKeys() []string {
	return strings.Fields(`administratorpassword allowdomaincontrollerreinstall applicationpartitionstoreplicate childname confirmgc
		creatednsdelegation criticalreplicationonly databasepath delegatedadmin demotefsmo dnsdelegationpassword dnsdelegationusername dnsonnetwork
		domainlevel domainnetbiosname forestlevel ignoreislastdcindomainmismatch ignoreislastdnsserverforzone installationdns installdns
		islastdcindomain logpath newdomain newdomaindnsname parentdomaindnsname password rebootoncompletion removeapplicationpartitions
		removednsdelegation replicadomaindnsname replicaornewdomain replicationsourcedc replicationsourcepath safemodeadminpassword sitename
		sysvolpath transferimroleifnecessary userdomain username`)
}

// modern says that dcpromo of a Windows takes /unattend and the newer keys.
func modern(w directory.Windows) bool { return w.Level == 3 || w.Level == 4 }

// readDCInstall reads the one section of dcpromo's answer file, the newer
// names turned into the older ones; the text says what Windows would stop at.
func readDCInstall(path string, w directory.Windows) (keys map[string]string, why string) {
	file, err := readINI(path)
	if err != nil {
		return nil, "the answer file cannot be read: " + err.Error()
	}
	keys, ok := file["dcinstall"]
	if !ok {
		return nil, "the answer file has no [DCInstall] section"
	}
	known := dcInstallKeys()
	if modern(w) {
		known = laterKeys()
	}
	if bad := file.unknown("dcinstall", known...); len(bad) > 0 {
		return nil, "[DCInstall] does not know " + strings.Join(bad, ", ")
	}
	if modern(w) {
		keys["autoconfigdns"], keys["rebootonsuccess"] = keys["installdns"], keys["rebootoncompletion"]
		if strings.EqualFold(keys["newdomain"], "forest") {
			keys["treeorchild"], keys["createorjoin"] = "Tree", "Create"
		}
	}
	if v := strings.ToLower(keys["rebootonsuccess"]); !slices.Contains([]string{"yes", "no", "noandnoprompteither"}, v) {
		return nil, "[DCInstall] RebootOnSuccess=" + keys["rebootonsuccess"] + " is none of Yes, No, NoAndNoPromptEither"
	}
	return keys, ""
}

// replicaByFile is a replica as an answer file describes it. Windows 2003 and older
// installs no DNS server with it.
func (c *call) replicaByFile(keys map[string]string) string {
	for need := range strings.FieldsSeq("ReplicaDomainDNSName UserName UserDomain Password SafeModeAdminPassword DatabasePath LogPath SYSVOLPath") {
		if keys[strings.ToLower(need)] == "" {
			return "the wizard waits: [DCInstall] " + need + " is missing"
		}
	}
	site := keys["sitename"]
	if site == "" {
		site = "Default-First-Site-Name"
	}
	return c.replica(joiningDC{
		domain: strings.ToLower(keys["replicadomaindnsname"]), site: site, source: keys["replicationsourcedc"],
		user: keys["username"], realm: keys["userdomain"], secret: keys["password"], dns: yes(keys["installdns"]) || c.Machine.Has("dns"),
		database: machine.Expand(keys["databasepath"]), sysvol: machine.Expand(keys["sysvolpath"]),
	})
}

// forgetPasswords erases the passwords of an answer file (TechNet cc758390). A
// file on a disc that cannot be written keeps them, on Windows too.
func (c *call) forgetPasswords(path string) {
	if err := eraseValues(path, "safemodeadminpassword", "password", "administratorpassword"); err != nil && !os.IsPermission(err) {
		c.promoLine("[WARN] the answer file's passwords could not be erased")
	}
}
