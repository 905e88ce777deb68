package command

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	table "github.com/doublehop/doublehop/e2e/standin/platform/release"
	"github.com/doublehop/doublehop/e2e/standin/platform/winnt"
	"github.com/doublehop/doublehop/e2e/standin/programs/machine"
)

const (
	upgradeReport = `C:\WINDOWS\upgrade.txt`
	upgradeLog    = `C:\WINDOWS\winnt32.log`
	// upgradeFile beside the machine's state is the table of the Windows that the next boot makes of this one.
	upgradeFile = "upgrade.txt"
)

// winnt32 is I386\WINNT32.EXE of Windows Server 2003 as an upgrade uses it: /checkupgradeonly, and /unattend:FILE,
// which ends with a restart into Setup. What would stop a person's Setup fails here, with the words in winnt32.log.
func (c *call) winnt32() int {
	check, answers := false, ""
	for _, arg := range c.args {
		switch name, value, is := option(arg); {
		case is && name == "checkupgradeonly":
			check = true
		case is && name == "unattend":
			answers = value
		default:
			return c.upgradeFails("the command line is not understood: " + arg)
		}
	}
	to, err := c.discOfProgram()
	if err != nil {
		return c.upgradeFails(err.Error())
	}
	stops := c.upgradeStops(to)
	if check {
		_ = c.Machine.Append(upgradeReport, "Windows Upgrade Report\r\n\r\n"+strings.Join(stops, "\r\n")+"\r\n")
		return 0
	}
	if len(stops) > 0 {
		return c.upgradeFails(stops[0])
	}
	if why := c.upgradeAnswers(answers); why != "" {
		return c.upgradeFails(why)
	}
	return c.beginUpgrade()
}

func (c *call) upgradeFails(why string) int {
	_ = c.Machine.Append(upgradeLog, "Error: "+why+"\r\n")
	c.Err("Windows Setup: " + why + "\n")
	return 1
}

// discOfProgram is the table of the disc that the running program lies on.
func (c *call) discOfProgram() (table.Release, error) {
	text, err := c.tableOfProgram()
	if err != nil {
		return table.Release{}, err
	}
	return table.Parse(string(text))
}

func (c *call) tableOfProgram() ([]byte, error) {
	path, err := c.Machine.Unix(`C:`, c.request.Module[:2]+`\`+strings.ReplaceAll(table.File, "/", `\`))
	if err != nil {
		return nil, err
	}
	return os.ReadFile(path)
}

// upgradeStops is what Setup stops at: a Windows from which there is no way, Exchange 2000 (its server wants Windows
// 2000), and a domain controller whose forest or domain adprep has not prepared (KB325379).
func (c *call) upgradeStops(to table.Release) []string {
	m := c.Machine
	var stops []string
	if !slices.Contains([]string{machine.Windows2000, machine.Windows2003}, m.Windows) || to.OS != machine.Windows2003 {
		stops = append(stops, "Windows Setup does not support upgrading from "+m.Windows+" to "+to.Title+".")
	}
	if strings.HasPrefix(m.Exchange, "exchange-2000") {
		stops = append(stops, "Setup cannot continue because Microsoft Exchange 2000 Server is installed, which is not compatible with "+to.Title+".")
	}
	if m.Role != machine.DC || m.Windows == to.OS {
		return stops
	}
	d, err := c.open("")
	if err != nil {
		return append(stops, "The directory of this domain controller does not answer.")
	}
	defer d.Close()
	root := d.Root()
	schema, _ := one(d, root.Value("schemaNamingContext"), "objectVersion")
	if version := schema.Value("objectVersion"); len(version) < 2 || version < "30" {
		stops = append(stops, "The Active Directory forest needs to be prepared: run adprep /forestprep.")
	}
	if _, ok := one(d, "CN=Windows2003Update,CN=DomainUpdates,CN=System,"+root.Value("defaultNamingContext"), "cn"); !ok {
		stops = append(stops, "The Active Directory domain needs to be prepared: run adprep /domainprep.")
	}
	return stops
}

// upgradeAnswers says at which page Setup would wait; "" for none.
func (c *call) upgradeAnswers(file string) string {
	path, err := c.Machine.Unix(c.request.Folder, file)
	if err != nil || file == "" {
		return "there is no answer file, so the first page waits"
	}
	answers, err := readINI(path)
	if err != nil {
		return "the answer file cannot be read: " + err.Error()
	}
	for _, want := range [][2]string{{"unattendmode", "FullUnattended"}, {"ntupgrade", "Yes"}, {"oemskipeula", "Yes"}, {"dudisable", "Yes"}} {
		if !strings.EqualFold(answers["unattended"][want[0]], want[1]) {
			return "[Unattended] " + want[0] + " is not " + want[1] + ", so a page waits"
		}
	}
	if !winnt.StandInKey(answers["userdata"]["productkey"]) {
		return "Your Product Key: this stand-in takes only keys that repeat one group five times"
	}
	return ""
}

func (c *call) beginUpgrade() int {
	text, err := c.tableOfProgram()
	if err != nil {
		return c.upgradeFails(err.Error())
	}
	c.work(1)
	if err := os.WriteFile(filepath.Join(c.Machine.Folder, upgradeFile), text, 0o600); err != nil {
		return c.upgradeFails(err.Error())
	}
	_ = c.Machine.Append(upgradeLog, "Setup restarts the computer.\r\n")
	c.Power("reboot")
	return 0
}
