package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/doublehop/doublehop/e2e/standin/platform/hive"
	"github.com/doublehop/doublehop/e2e/standin/platform/release"
	"github.com/doublehop/doublehop/e2e/standin/platform/winnt"
)

// The registry of the installed system, and the keys that Setup writes.
const (
	machineHive = "/windows/system.reg"
	userHive    = "/windows/user.reg"

	winlogonKey = `Software\Microsoft\Windows NT\CurrentVersion\Winlogon`
	runOnceKey  = `Software\Microsoft\Windows\CurrentVersion\RunOnce`
	computerKey = `System\CurrentControlSet\Control\ComputerName\`
	tcpipKey    = `System\CurrentControlSet\Services\Tcpip\Parameters`
	versionKey  = `Software\Microsoft\Windows NT\CurrentVersion`
	windowsKey  = `System\CurrentControlSet\Control\Windows`
)

// machineFile is what the stand-in programs know about the machine.
const machineFile = "/var/lib/standin/machine.txt"

// finishSetup is the graphical part of Setup: it gives the installed system its identity.
func finishSetup(left *installed) error {
	a := left.Answers
	machine, err := hive.Load(machineHive)
	if err != nil {
		return err
	}
	for _, key := range []string{"ComputerName", "ActiveComputerName"} {
		machine.SetString(computerKey+key, "ComputerName", a.Computer)
	}
	machine.SetString(tcpipKey, "Hostname", strings.ToLower(a.Computer))
	machine.SetString(tcpipKey, "NV Hostname", strings.ToLower(a.Computer))
	machine.SetString(versionKey, "RegisteredOwner", a.Owner)
	setVersion(machine, left.Release)
	if err := fitPrograms(left.Release); err != nil {
		return err
	}
	setAutologon(machine, a)
	if err := machine.Save(); err != nil {
		return err
	}
	user, err := hive.Load(userHive)
	if err != nil {
		return err
	}
	for i, command := range a.RunOnce {
		user.SetString(runOnceKey, fmt.Sprintf("Command%03d", i), command)
	}
	if err := user.Save(); err != nil {
		return err
	}
	if err := os.WriteFile(machineFile, []byte(machineFacts(*left)), 0o600); err != nil {
		return err
	}
	left.Done = true
	return writeInstalled(*left)
}

// setVersion writes which Windows this is where programs look for it, Wine's own libraries among them.
func setVersion(machine *hive.Hive, r release.Release) {
	machine.SetString(versionKey, "ProductName", r.Name)
	machine.SetString(versionKey, "CurrentBuild", r.Build)
	machine.SetString(versionKey, "CurrentBuildNumber", r.Build)
	major, minor, _ := strings.Cut(r.Version, ".")
	current := r.Version
	if major == "10" { // the value stayed at that of Windows 8.1, and two new ones came
		current = "6.3"
	}
	machine.SetString(versionKey, "CurrentVersion", current)
	for name, text := range map[string]string{"CurrentMajorVersionNumber": major, "CurrentMinorVersionNumber": minor} {
		number, _ := strconv.ParseUint(text, 10, 32)
		machine.SetNumber(versionKey, name, uint32(number))
	}
	pack, _ := strconv.ParseUint(r.Pack, 10, 8)
	machine.SetNumber(windowsKey, "CSDVersion", uint32(pack)<<8)
	machine.Delete(versionKey, "CSDVersion")
	if r.ServicePack() != "" {
		machine.SetString(versionKey, "CSDVersion", r.ServicePack())
	}
}

const (
	// laterPrograms are those that came with Windows 2008.
	laterPrograms = "/usr/lib/standin/later/"
	// sparePrograms are those that this version lacks.
	sparePrograms = "/usr/lib/standin/spare/"
)

// fitPrograms gives a version of Windows the programs that it has, and puts away those that it has not.
func fitPrograms(r release.Release) error {
	const folder = prefix + "/drive_c/windows/system32/"
	if err := os.MkdirAll(sparePrograms, 0o755); err != nil { //nolint:gosec // programs
		return err
	}
	if err := moveAll(sparePrograms, folder); err != nil {
		return err
	}
	for _, name := range r.Without {
		if err := os.Rename(folder+name, sparePrograms+name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	if r.Answers != release.Unattended {
		return nil
	}
	return moveAll(laterPrograms, folder)
}

func moveAll(from, to string) error {
	list, err := os.ReadDir(from)
	if err != nil {
		return err
	}
	for _, file := range list {
		if err := os.Rename(from+file.Name(), to+file.Name()); err != nil {
			return err
		}
	}
	return nil
}

func setAutologon(machine *hive.Hive, a winnt.Answers) {
	machine.SetString(winlogonKey, "DefaultUserName", "Administrator")
	machine.SetString(winlogonKey, "DefaultDomainName", a.Computer)
	if a.Autologon == 0 {
		machine.SetString(winlogonKey, "AutoAdminLogon", "0")
		return
	}
	machine.SetString(winlogonKey, "AutoAdminLogon", "1")
	machine.SetString(winlogonKey, "DefaultPassword", a.Password)
	machine.SetNumber(winlogonKey, "AutoLogonCount", uint32(a.Autologon)) //nolint:gosec // checked by winnt
}

// machineFacts are the lines that the stand-in programs' daemon reads.
func machineFacts(left installed) string {
	a := left.Answers
	var b strings.Builder
	fmt.Fprintf(&b, "windows=%s\n", left.Release.OS)
	fmt.Fprintf(&b, "computer=%s\nadministrator_password=%s\n", a.Computer, a.Password)
	for i, adapter := range a.Adapters {
		if adapter.DHCP {
			continue
		}
		fmt.Fprintf(&b, "nic=eth%d\naddress=%s\n", i, adapter.Address)
		var dns []string
		for _, server := range adapter.DNS {
			dns = append(dns, server.String())
		}
		fmt.Fprintf(&b, "dns=%s\n", strings.Join(dns, ","))
		break
	}
	for _, c := range a.Components {
		fmt.Fprintf(&b, "component=%s\n", c)
	}
	return b.String()
}

func writeInstalled(left installed) error {
	text, err := json.Marshal(left)
	if err != nil {
		return err
	}
	temporary := installedFile + ".new"
	if err := os.WriteFile(temporary, text, 0o600); err != nil {
		return err
	}
	if err := os.Rename(temporary, installedFile); err != nil {
		return err
	}
	unix.Sync()
	return nil
}
