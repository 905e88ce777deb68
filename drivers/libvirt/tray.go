package libvirt

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"

	lv "libvirt.org/go/libvirt"

	"github.com/doublehop/doublehop/drivers"
)

// tray is a CD drive of a running machine as libvirt sees it, which is not
// always as it is.
//
// libvirt changes a medium in four steps, as blockdev-open-tray, -remove-medium,
// -insert-medium and -close-tray, and leaves the first out when it holds the
// tray for open (qemuDomainChangeMediaBlockdev, libvirt 9.0). What it holds comes
// from QEMU's event DEVICE_TRAY_MOVED. But a software reset of the IDE channel
// closes the trays of both its drives without that event (ide_reset in
// hw/ide/core.c, QEMU 7.2). Every boot does one, and so do operating systems when
// a drive does not answer in time. In the middle of a change it has these ends:
//
//   - before the removal or the insertion: these fail with "Tray of device
//     'ide0-1-0' is not open", now and at every later change, since libvirt takes
//     the tray for open from then on; before the insertion the old disc is out,
//     and libvirt does not know it
//   - after the insertion: the change succeeds, but blockdev-close-tray finds
//     nothing to do. The guest is not told of the new disc, and QEMU not of its
//     size: it stays unseen until it is changed again. libvirt takes the tray for
//     open, unless it was a reset of the whole machine, after which it asks QEMU
//     for its trays (processResetEvent); then nothing shows at all
//
// So the guest stands still during a change (see [still]), and what it did before
// is mended first. Nothing in libvirt's own API makes it ask for a tray, or moves
// one, so that QEMU is told to through its monitor, which goes over remote
// connections too. libvirt marks the machine as tainted by that in its own log;
// a change that nothing disturbed does without.
type tray struct {
	domain *lv.Domain
	at     place
	target string
	alias  string // libvirt's and QEMU's name, such as ide0-1-0
	volume string // "" for none
	open   bool
}

// briefDrives is the part of a running machine's XML that says how its drives are.
type briefDrives struct {
	Disks []struct {
		Alias struct {
			Name string `xml:"name,attr"`
		} `xml:"alias"`
		Source struct {
			File string `xml:"file,attr"`
		} `xml:"source"`
		Target struct {
			Dev  string `xml:"dev,attr"`
			Tray string `xml:"tray,attr"`
		} `xml:"target"`
	} `xml:"devices>disk"`
}

// trayOf reads a drive from the machine as it runs.
func trayOf(domain *lv.Domain, target string, at place) (*tray, error) {
	doc, err := domain.GetXMLDesc(0)
	if err != nil {
		return nil, err
	}
	var in briefDrives
	if err := xml.Unmarshal([]byte(doc), &in); err != nil {
		return nil, err
	}
	for _, disk := range in.Disks {
		if disk.Target.Dev == target {
			return &tray{domain, at, target, disk.Alias.Name, at.volume(disk.Source.File), disk.Target.Tray == "open"}, nil
		}
	}
	return nil, asNotFound(fmt.Errorf("it has no drive %s", target))
}

// holds says whether the drive is closed with the wanted medium in it.
func (t *tray) holds(wanted drivers.Drive) bool { return t.volume == wanted.Volume && !t.open }

// prepare brings libvirt and QEMU in step, so that libvirt can then put wanted
// in. stuck says that they were found out of step, whatever it looks like.
func (t *tray) prepare(wanted drivers.Drive, stuck bool) error {
	if t.open || stuck {
		// No event when it is open already, as a guest leaves it that ejected its
		// disc. Closed, it is opened with an event, and both call it open.
		if err := t.monitor("blockdev-open-tray", map[string]any{"id": t.alias, "force": true}, nil); err != nil {
			return err
		}
		t.open = true
	}
	if t.volume != wanted.Volume {
		return nil
	}
	// libvirt would do nothing.
	volume, open, err := t.really()
	t.open = t.open || open
	if err != nil || volume == wanted.Volume {
		return err
	}
	if wanted.Volume == "" {
		return fmt.Errorf("QEMU has %s in drive %s, of which libvirt does not know; stop the machine", volume, t.target)
	}
	t.volume = ""
	return updateDrive(t.domain, drivers.Drive{Target: t.target}, t.at, lv.DOMAIN_DEVICE_MODIFY_LIVE)
}

// close closes the tray. The guest takes what is in it for a new disc.
func (t *tray) close() error {
	return t.monitor("blockdev-close-tray", map[string]any{"id": t.alias}, nil)
}

// really asks QEMU what is in the drive, "" for nothing, and how its tray is.
func (t *tray) really() (volume string, open bool, err error) {
	var all []struct {
		Device   string `json:"qdev"`
		Open     bool   `json:"tray_open"`
		Inserted *struct {
			File string `json:"file"`
		} `json:"inserted"`
	}
	if err := t.monitor("query-block", nil, &all); err != nil {
		return "", false, err
	}
	for _, each := range all {
		if each.Device != t.alias {
			continue
		}
		if each.Inserted != nil {
			volume = t.at.volume(each.Inserted.File)
		}
		return volume, each.Open, nil
	}
	return "", false, fmt.Errorf("QEMU has no drive %q", t.alias)
}

// monitor gives QEMU a command and reads its answer.
func (t *tray) monitor(command string, arguments map[string]any, answer any) error {
	request := map[string]any{"execute": command}
	if arguments != nil {
		request["arguments"] = arguments
	}
	doc, err := json.Marshal(request)
	if err != nil {
		return err
	}
	reply, err := t.domain.QemuMonitorCommand(string(doc), lv.DOMAIN_QEMU_MONITOR_COMMAND_DEFAULT)
	if err != nil {
		return err
	}
	var got struct {
		Return json.RawMessage `json:"return"`
		Error  *struct {
			Desc string `json:"desc"`
		} `json:"error"`
	}
	if err := json.Unmarshal([]byte(reply), &got); err != nil {
		return fmt.Errorf("QEMU's answer to %s: %w", command, err)
	}
	if got.Error != nil {
		return errors.New(got.Error.Desc)
	}
	if answer == nil {
		return nil
	}
	return json.Unmarshal(got.Return, answer)
}

// saysTray tells QEMU's complaint that a tray is not open.
func saysTray(err error) bool {
	return says(err, "Tray of device") || says(err, "Tray of the device")
}
