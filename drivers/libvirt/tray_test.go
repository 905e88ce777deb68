package libvirt_test

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"path"
	"strings"
	"testing"
	"time"

	lv "libvirt.org/go/libvirt"
	"libvirt.org/go/libvirtxml"

	"github.com/doublehop/doublehop/drivers"
	"github.com/doublehop/doublehop/drivers/drivertest"
	"github.com/doublehop/doublehop/drivers/libvirt"
)

// trayRig is a machine whose drive hdd has been brought out of step.
type trayRig struct {
	*testing.T
	d       *libvirt.Driver
	domain  *lv.Domain
	machine string
	said    chan string
}

// hddAlias is libvirt's and QEMU's name for hdd.
const hddAlias = "ide0-1-1"

// newTrayRig starts a guest, paused, that says again and again what it reads in hdd.
func newTrayRig(t *testing.T, guest ...drivertest.Op) *trayRig {
	t.Helper()
	d := open(t)
	host, err := d.Host(t.Context())
	ok(t, err)
	for volume, content := range map[string][]byte{
		"dh-tray-old.iso": make([]byte, 4096), "dh-tray-new.iso": make([]byte, 8192), "dh-tray-guest.iso": drivertest.TinyGuest(guest...),
	} {
		if volume != "dh-tray-guest.iso" {
			copy(content, volume) // the guest can read it
		}
		ok(t, d.UploadVolume(t.Context(), volume, int64(len(content)), bytes.NewReader(content)))
		t.Cleanup(func() { ok(t, d.RemoveVolume(context.Background(), volume)) })
	}
	spec := drivers.MachineSpec{
		Name: own("tray"), UUID: fmt.Sprintf("00000000-0000-5000-8002-%012d", time.Now().UnixNano()%1e12),
		Mark: drivers.Mark{Lab: "live", Instance: own("live"), Object: "pc"}, Memory: 16 << 20, CPUs: 1,
		Hardware: drivers.Hardware{Arch: "i686", Chipset: host.Chipset, ACPI: true, NIC: "rtl8139", Video: "cirrus"},
		Drives:   []drivers.Drive{{Target: "hdc", Volume: "dh-tray-guest.iso"}, {Target: "hdd", Volume: "dh-tray-old.iso"}},
	}
	ok(t, d.DefineMachine(t.Context(), spec))
	t.Cleanup(func() { ok(t, d.RemoveMachine(context.Background(), spec.Name)) })
	domain, err := raw(t).LookupDomainByName(spec.Name)
	ok(t, err)
	t.Cleanup(func() { _ = domain.Free() })
	ok(t, d.StartMachine(t.Context(), spec.Name, drivers.StartPaused))
	line, err := d.OpenSerial(t.Context(), spec.Name)
	ok(t, err)
	r := &trayRig{t, d, domain, spec.Name, make(chan string)}
	go func() {
		defer close(r.said)
		for text := bufio.NewScanner(line); text.Scan(); {
			select {
			case r.said <- strings.TrimSpace(text.Text()):
			case <-t.Context().Done():
			}
		}
	}()
	t.Cleanup(func() { _ = line.Close() })
	return r
}

// sees waits until the guest reads a disc; "" is none.
func (r *trayRig) sees(volume string) {
	r.Helper()
	got := ""
	for deadline := time.After(30 * time.Second); ; {
		select {
		case line, more := <-r.said:
			if !more {
				r.Fatal("the serial line ended")
			}
			if got = cmp.Or(line, got); got == "disc:"+volume {
				return
			}
		case <-deadline:
			r.Fatalf("the guest says %q, and has %q in its drive", got, volume)
		}
	}
}

// ask gives QEMU a command, past libvirt.
func (r *trayRig) ask(command string, arguments map[string]any, answer any) {
	r.Helper()
	request, err := json.Marshal(map[string]any{"execute": command, "arguments": arguments})
	ok(r, err)
	reply, err := r.domain.QemuMonitorCommand(string(request), lv.DOMAIN_QEMU_MONITOR_COMMAND_DEFAULT)
	ok(r, err)
	var out struct {
		Return json.RawMessage
		Error  *struct{ Desc string }
	}
	ok(r, json.Unmarshal([]byte(reply), &out))
	if out.Error != nil {
		r.Fatalf("%s: %s", command, out.Error.Desc)
	}
	if answer != nil {
		ok(r, json.Unmarshal(out.Return, answer))
	}
}

// hdd says what QEMU has in the drive, and whether its tray is open.
func (r *trayRig) hdd() (volume string, open bool) {
	r.Helper()
	var all []struct {
		QDev     string
		TrayOpen bool `json:"tray_open"`
		Inserted *struct{ File string }
	}
	r.ask("query-block", map[string]any{}, &all)
	for _, each := range all {
		if each.QDev == hddAlias {
			if each.Inserted != nil {
				volume = path.Base(each.Inserted.File)
			}
			return volume, each.TrayOpen
		}
	}
	r.Fatalf("QEMU has no %s: %+v", hddAlias, all)
	return "", false
}

// libvirtSays is hdd as libvirt sees it, live or in the configuration.
func (r *trayRig) libvirtSays(flags lv.DomainXMLFlags) (volume string, open bool) {
	r.Helper()
	doc, err := r.domain.GetXMLDesc(flags)
	ok(r, err)
	var in libvirtxml.Domain
	ok(r, in.Unmarshal(doc))
	for _, disk := range in.Devices.Disks {
		if disk.Target.Dev == "hdd" {
			if disk.Source != nil && disk.Source.File != nil && disk.Source.File.File != "" {
				volume = path.Base(disk.Source.File.File)
			}
			return volume, disk.Target.Tray == "open"
		}
	}
	r.Fatal("libvirt has no hdd")
	return "", false
}

// set changes the medium in hdd and holds both sides to it.
func (r *trayRig) set(volume string) {
	r.Helper()
	if err := r.d.SetMedia(r.Context(), r.machine, "hdd", volume); err != nil {
		r.Fatalf("put %q in: %v", volume, err)
	}
	for who, says := range map[string]func() (string, bool){
		"QEMU":                    r.hdd,
		"libvirt":                 func() (string, bool) { return r.libvirtSays(0) },
		"libvirt's configuration": func() (string, bool) { return r.libvirtSays(lv.DOMAIN_XML_INACTIVE) },
	} {
		if got, open := says(); got != volume || open {
			r.Fatalf("%s has %q (tray open: %t), want %q in a closed tray", who, got, open, volume)
		}
	}
}

func (r *trayRig) openTray() {
	r.Helper()
	r.ask("blockdev-open-tray", map[string]any{"id": hddAlias, "force": true}, nil)
}

// closeSilently lets the guest reset its drives, which closes the tray without
// an event. (A reset of the whole machine makes libvirt look at the drives; when
// that of an earlier one comes late, this is tried again.)
func (r *trayRig) closeSilently() {
	r.Helper()
	for range 20 {
		r.openTray()
		ok(r, r.d.ResumeMachine(r.Context(), r.machine))
		for deadline := time.Now().Add(30 * time.Second); ; pause(r.T) { // another process runs the guest
			if _, open := r.hdd(); !open {
				break
			}
			if time.Now().After(deadline) {
				r.Fatal("the guest did not reset its drives")
			}
		}
		ok(r, r.d.PauseMachine(r.Context(), r.machine))
		if _, open := r.libvirtSays(0); open {
			return
		}
	}
	r.Fatal("libvirt always knows that the tray is closed: this provokes nothing")
}

// A reset of the drive closes its tray without a word to libvirt, which from
// then on takes it for open, does not open it, and cannot take the disc out.
func TestMediaAreChangedWhereverTheTrayIs(t *testing.T) {
	remove := func(r *trayRig) { r.ask("blockdev-remove-medium", map[string]any{"id": hddAlias}, nil) }
	for name, provoke := range map[string]func(*trayRig){
		"as it should be":                    func(*trayRig) {},
		"the guest ejected its disc":         (*trayRig).openTray,
		"a reset closed it":                  (*trayRig).closeSilently,
		"a reset closed it without the disc": func(r *trayRig) { r.openTray(); remove(r); r.closeSilently() },
		"the disc is out and the tray open":  func(r *trayRig) { r.openTray(); remove(r) },
		"the disc is out unknown to libvirt": func(r *trayRig) {
			r.openTray()
			remove(r)
			r.ask("blockdev-close-tray", map[string]any{"id": hddAlias}, nil)
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := newTrayRig(t, drivertest.ResetDrives(), drivertest.ReadDisc(), drivertest.Again())
			for _, volume := range []string{"dh-tray-old.iso", "dh-tray-new.iso", ""} {
				provoke(r)
				r.set(volume)
				ok(r, r.domain.Reset(0)) // the BIOS looks for changed discs at a boot only
				ok(r, r.d.ResumeMachine(r.Context(), r.machine))
				r.sees(volume)
				ok(r, r.d.PauseMachine(r.Context(), r.machine))
				r.set("dh-tray-new.iso")
				r.set("")
				r.set("dh-tray-old.iso")
			}
		})
	}
}

// Each boot of a guest resets its drives, and so do operating systems when one
// does not answer. A reset that cut a change in two left the disc unseen for
// good, or the drive for ever as it was.
func TestMediaAreChangedUnderAGuestThatResetsItsDrives(t *testing.T) {
	for name, guest := range map[string][]drivertest.Op{
		"as fast as it can": {drivertest.ResetDrives(), drivertest.Again()},
		"with the machine":  {drivertest.ReadDisc(), drivertest.Reboot()},
	} {
		t.Run(name, func(t *testing.T) {
			r := newTrayRig(t, guest...)
			ok(t, r.d.ResumeMachine(t.Context(), r.machine))
			for i := range 24 {
				volume := []string{"dh-tray-new.iso", "", "dh-tray-old.iso"}[i%3]
				r.set(volume)
				if guest[0] == drivertest.ReadDisc() && i%3 != 1 {
					r.sees(volume)
				}
			}
		})
	}
}
