package command

import (
	"context"
	"strconv"
	"strings"
	"time"
)

// powerDown is shutdown.exe of Windows 2003: -r or -s, -t seconds (30 by default), -f, -a.
func (c *call) powerDown() int {
	kind, seconds := "", 30
	for i := 0; i < len(c.args); i++ {
		name, _, is := option(c.args[i])
		if !is {
			return c.powerUsage()
		}
		switch name {
		case "r":
			kind = "reboot"
		case "s":
			kind = "poweroff"
		case "a":
			kind = "abort"
		case "f":
		case "t", "c", "d":
			i++
			if i >= len(c.args) {
				return c.powerUsage()
			}
			if n, err := strconv.Atoi(c.args[i]); name == "t" && (err != nil || n < 0 || n > 600) {
				return c.powerUsage()
			} else if name == "t" {
				seconds = n
			}
		default:
			return c.powerUsage()
		}
	}
	if kind == "" {
		return c.powerUsage()
	}
	return c.countDown(kind, time.Duration(seconds)*c.Second)
}

func (c *call) powerUsage() int {
	c.Out("Usage: shutdown [-i | -l | -s | -r | -a] [-f] [-m \\\\computername] [-t xx] [-c \"comment\"] [-d up:xx:yy]\n\n" +
		"        -s                      Shutdown the computer\n        -r                      Shutdown and restart the computer\n" +
		"        -a                      Abort a system shutdown\n        -t xx                   Set timeout for shutdown to xx seconds\n" +
		"        -f                      Forces running applications to close without warning\n")
	return 1
}

// countDown starts a shutdown that outlives the program, or ends one.
func (c *call) countDown(kind string, after time.Duration) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if kind == "abort" {
		if c.shutdown == nil {
			c.Err("Unable to abort the system shutdown because no shutdown was in progress.(1116)\n")
			return 1116
		}
		c.shutdown()
		c.shutdown = nil
		return 0
	}
	if c.shutdown != nil {
		c.Err("A system shutdown is in progress.(1115)\n")
		return 1115
	}
	ctx, stop := context.WithCancel(c.ctx)
	c.shutdown = stop
	ring := time.AfterFunc(after, func() { c.Power(kind) })
	context.AfterFunc(ctx, func() { ring.Stop() })
	return 0
}

// sync is Sysinternals' Sync without arguments: what it was told to keep is on the
// disk when it ends, and outlives a power cut.
func (c *call) sync() int {
	if len(c.args) > 0 {
		c.Err("sync: only all disks at once are imitated\n")
		return 1
	}
	c.Flush()
	c.Out("Flushing: C\n")
	return 0
}

// mode is `mode com1: ...`: it takes the settings of a serial port and shows them.
func (c *call) mode() int {
	if len(c.args) == 0 || !strings.EqualFold(strings.TrimSuffix(c.args[0], ":"), "com1") && !strings.Contains(strings.ToLower(c.args[0]), "com1:") {
		device := strings.Join(c.args, " ")
		if device == "" {
			c.Out("\nStatus for device COM1:\n" + modeText("9600", "None", "8", "1"))
			return 0
		}
		c.Out("\nIllegal device name - " + device + "\n")
		return 1
	}
	set := map[string]string{"baud": "9600", "parity": "n", "data": "8", "stop": "1"}
	short := []string{"baud", "parity", "data", "stop"}
	_, tail, _ := strings.Cut(c.args[0], ":")
	for i, word := range append(strings.FieldsFunc(tail, func(r rune) bool { return r == ',' }), c.args[1:]...) {
		name, value, long := strings.Cut(strings.ToLower(word), "=")
		switch _, known := set[name]; {
		case long && known:
			set[name] = value
		case long && strings.Contains(" to xon odsr octs dtr rts idsr ", " "+name+" "):
		case !long && i < len(short):
			set[short[i]] = word
		default:
			c.Out("\nInvalid parameter - " + word + "\n")
			return 1
		}
	}
	if n, err := strconv.Atoi(set["baud"]); err != nil || n <= 0 {
		c.Out("\nInvalid parameter - " + set["baud"] + "\n")
		return 1
	}
	parity := map[string]string{"n": "None", "e": "Even", "o": "Odd"}[set["parity"]]
	c.Out("\nStatus for device COM1:\n" + modeText(set["baud"], parity, set["data"], set["stop"]))
	return 0
}

func modeText(baud, parity, data, stop string) string {
	return "-----------------------\n    Baud:            " + baud + "\n    Parity:          " + parity + "\n    Data Bits:       " + data +
		"\n    Stop Bits:       " + stop + "\n    Timeout:         OFF\n    XON/XOFF:        OFF\n    CTS handshaking: OFF\n" +
		"    DSR handshaking: OFF\n    DSR sensitivity: OFF\n    DTR circuit:     ON\n    RTS circuit:     ON\n\n"
}

// sysocmgr installs optional components from an answer file: sysocmgr /i:inf /u:file [/q] [/r] [/x] [/w].
func (c *call) sysocmgr() int {
	inf, answer := "", ""
	for _, arg := range c.args {
		switch name, value, is := option(arg); {
		case is && name == "i":
			inf = value
		case is && name == "u":
			answer = value
		case is && strings.Contains(" q r x w n c ", " "+name+" "):
		default:
			c.Err("sysocmgr: " + arg + " is not understood\n")
			return 1
		}
	}
	if inf == "" || answer == "" {
		c.Err("sysocmgr: the wizard waits (no /i:inf or no /u:answer file)\n")
		return 1
	}
	path, err := c.Machine.Unix(c.request.Folder, answer)
	if err != nil {
		c.Err("sysocmgr: " + answer + " was not found\n")
		return 1
	}
	file, err := readINI(path)
	if err != nil {
		c.Err("sysocmgr: " + answer + ": " + err.Error() + "\n")
		return 1
	}
	if c.Machine.WindowsDisc() == "" {
		c.Err("Files Needed: the Windows CD-ROM is in no drive\n")
		return 1
	}
	var on []string
	for name, value := range file["components"] {
		if strings.EqualFold(value, "on") {
			on = append(on, name)
		}
	}
	if file["netoptionalcomponents"]["dns"] == "1" {
		on = append(on, "dns")
	}
	c.work(2)
	c.Machine.InstallComponents(on)
	return 0
}
