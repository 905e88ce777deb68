package main

import (
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/doublehop/doublehop/e2e/standin/platform/hive"
)

const (
	wineServer = "/usr/lib/wine/wineserver32"
	wineLoader = "/usr/lib/wine/wine"
	prefix     = "/windows"
	daemon     = "/usr/lib/standin/standind"
	readyFile  = "/run/standin/ready"
	serialPort = "/dev/ttyS0"
)

// wine is a program of Wine with its environment.
func wine(argv ...string) program {
	return program{argv: argv, dir: prefix + "/drive_c", env: []string{
		"HOME=/root", "PATH=/usr/lib/wine:/usr/bin:/usr/sbin", "WINEPREFIX=" + prefix, "WINESERVER=" + wineServer,
		"WINEDEBUG=-all", "WINEDLLOVERRIDES=mscoree,mshtml,winemenubuilder.exe=d",
	}}
}

// logon is Winlogon: it logs on by itself when the registry says so, and stands at the logon box when not.
func (g *guest) logon(left installed) error {
	computer := strings.ToLower(left.Answers.Computer)
	if err := unix.Sethostname([]byte(computer)); err != nil {
		return err
	}
	hosts := "127.0.0.1 localhost\n127.0.1.1 " + computer + "\n"
	if err := os.WriteFile("/etc/hosts", []byte(hosts), 0o644); err != nil { //nolint:gosec // read by all
		return err
	}
	loadCards(lateModules)
	if err := network(left.Answers.Adapters); err != nil {
		return err
	}
	trace("network up")
	port, err := openSerial()
	if err != nil {
		return err
	}
	defer port.Close() //nolint:errcheck // nothing is written to it
	if err := g.startDaemon(); err != nil {
		return err
	}
	user, why := g.autologon()
	if user == "" {
		g.screen.page("  Press CTRL+ALT+DELETE to begin.", "Welcome to Windows (stand-in)", "", "Log on to Windows", why)
		g.waitForever()
	}
	g.screen.desktop("  "+computer+": logged on as "+user+" (stand-in)", "Desktop of "+user+" on "+computer, "")
	trace("logon of %s", user)
	session := wine(wineLoader, `C:\windows\system32\userinit.exe`)
	// Wine complains there that it has no fonts and no wineboot, which is meant.
	if session.noise, err = os.Create("/var/log/session.log"); err != nil {
		return err
	}
	if _, err = g.children.run(g.screen, session); err != nil {
		return err
	}
	if !going.Load() {
		g.screen.page("  Press CTRL+ALT+DELETE to begin.", "Welcome to Windows (stand-in)", "", "The session has ended.")
	}
	g.waitForever()
	return nil
}

// startDaemon starts the stand-in programs' daemon and waits until it has made effective what this boot makes so.
func (g *guest) startDaemon() error {
	if !exists(daemon) {
		return nil
	}
	started, err := g.children.start(g.screen, program{argv: []string{daemon, "serve", "--prefix", prefix}})
	if err != nil {
		return err
	}
	g.daemon = started
	within(12*time.Minute, func() bool { return exists(readyFile) || len(started.ended) > 0 })
	trace("daemon ready")
	return nil
}

// endDaemon lets the daemon end its own: a directory server that is killed has to mend its files.
func (g *guest) endDaemon() {
	if g.daemon == nil {
		return
	}
	_, _ = g.children.run(g.screen, program{argv: []string{"/usr/bin/busybox", "killall", "-TERM", "standind"}})
	select {
	case <-g.daemon.ended:
	case <-time.After(time.Minute):
	}
}

// autologon is who logs on without a password being typed, or "" and what the logon box says. Windows counts
// AutoLogonCount down at each such logon and ends them at 0 (KB221477).
func (g *guest) autologon() (user, why string) {
	machine, err := hive.Load(machineHive)
	if err != nil {
		return "", err.Error()
	}
	if on, _ := machine.Get(winlogonKey, "AutoAdminLogon"); on != "1" {
		return "", "User name: Administrator   Password: ________"
	}
	name, _ := machine.Get(winlogonKey, "DefaultUserName")
	password, _ := machine.Get(winlogonKey, "DefaultPassword")
	if password == "" {
		return "", "There is no DefaultPassword, so nobody logs on automatically."
	}
	user = name
	if exists(daemon) {
		said, code, err := g.children.output(program{argv: []string{daemon, "logon", "--prefix", prefix}})
		if err != nil || code != 0 {
			return "", said
		}
		user = said
	}
	return user, countLogon(machine)
}

func countLogon(machine *hive.Hive) (why string) {
	text, ok := machine.Get(winlogonKey, "AutoLogonCount")
	if !ok {
		return ""
	}
	count, err := strconv.ParseUint(text, 10, 32)
	if err == nil && count > 1 {
		machine.SetNumber(winlogonKey, "AutoLogonCount", uint32(count-1))
	} else {
		machine.SetString(winlogonKey, "AutoAdminLogon", "0")
		machine.Delete(winlogonKey, "AutoLogonCount")
		machine.Delete(winlogonKey, "DefaultPassword")
	}
	if err := machine.Save(); err != nil {
		return err.Error()
	}
	return ""
}

// openSerial makes COM1 pass every byte as it is, and keeps it open so that it stays so.
func openSerial() (*os.File, error) {
	port, err := os.OpenFile(serialPort, os.O_RDWR|unix.O_NOCTTY|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	settings, err := unix.IoctlGetTermios(int(port.Fd()), unix.TCGETS)
	if err != nil {
		return nil, err
	}
	settings.Iflag, settings.Oflag, settings.Lflag = 0, 0, 0
	settings.Cflag = unix.B115200 | unix.CS8 | unix.CREAD | unix.CLOCAL
	return port, unix.IoctlSetTermios(int(port.Fd()), unix.TCSETS, settings)
}
