package libvirt

import (
	"context"
	"errors"
	"strings"
	"testing"

	lv "libvirt.org/go/libvirt"

	"github.com/doublehop/doublehop/drivers"
)

// The messages are those of libvirt 9.0.
func TestWhatKeepsOneFromConnectingIsMendedByACommand(t *testing.T) {
	for _, c := range []struct {
		message string
		local   bool
		kind    drivers.Kind
		remedy  string
	}{
		{"Failed to open libvirt.so.0", true, drivers.Missing, "apt-get install libvirt0"},
		{"Failed to connect socket to '/var/run/libvirt/libvirt-sock': No such file or directory", true, drivers.Missing, "systemctl start libvirtd"},
		{"Failed to connect socket to '/var/run/libvirt/libvirt-sock': Connection refused", true, drivers.Missing, "systemctl start libvirtd"},
		{"Failed to connect socket to '/var/run/libvirt/libvirt-sock': Permission denied", true, drivers.Refused, "usermod -aG libvirt"},
		{"authentication unavailable: no polkit agent available to authenticate action 'org.libvirt.unix.manage'", true, drivers.Refused, "usermod -aG libvirt"},
		{"no connection driver available for nonsense:///", true, drivers.Refused, "qemu:///system"},
		{"Cannot recv data: ssh: connect to host lab7 port 22: No route to host: Connection reset by peer", false, drivers.Missing, "virsh -c qemu+ssh://lab7/system"},
	} {
		kind, remedy := openRemedy(c.message, "qemu+ssh://lab7/system", c.local)
		if kind != c.kind || !strings.Contains(remedy, c.remedy) {
			t.Errorf("%s\n is %s with %q", c.message, kind, remedy)
		}
	}
}

func TestALibvirtErrorGetsItsKindAndReadsAsASentence(t *testing.T) {
	for _, c := range []struct {
		err  error
		want drivers.Kind
	}{
		{lv.Error{Code: lv.ERR_NO_DOMAIN, Message: "Domain not found"}, drivers.NotFound},
		{lv.Error{Code: lv.ERR_NO_STORAGE_VOL, Message: "Storage volume not found"}, drivers.NotFound},
		{lv.Error{Code: lv.ERR_STORAGE_VOL_EXIST, Message: "storage volume 'x' exists already"}, drivers.Conflict},
		{lv.Error{Code: lv.ERR_SYSTEM_ERROR, Message: "cannot write: No space left on device"}, drivers.Missing},
		{lv.Error{Code: lv.ERR_SYSTEM_ERROR, Message: "Cannot access storage file '/root/x' (as uid:64055, gid:64055): Permission denied"}, drivers.Missing},
		{lv.Error{Code: lv.ERR_OPERATION_TIMEOUT, Message: "Timed out during operation: cannot acquire state change lock"}, drivers.Transient},
		{lv.Error{Code: lv.ERR_INTERNAL_ERROR, Message: "client socket is closed"}, drivers.Transient},
		{lv.Error{Code: lv.ERR_ACCESS_DENIED, Message: "access denied"}, drivers.Refused},
		{lv.Error{Code: lv.ERR_INTERNAL_ERROR, Message: "something else"}, drivers.Other},
		{asConflict(errors.New("not ours")), drivers.Conflict},
		{context.Canceled, drivers.Other},
	} {
		got := fail("start machine", "dh-x", c.err)
		if drivers.KindOf(got) != c.want {
			t.Errorf("%v is %s, want %s", c.err, drivers.KindOf(got), c.want)
		}
		if strings.Contains(got.Error(), "virError") || !strings.HasPrefix(got.Error(), "start machine dh-x: ") {
			t.Errorf("it reads %q", got)
		}
		if !errors.Is(got, c.err) && !errors.As(got, new(lv.Error)) {
			t.Errorf("%v is lost", c.err)
		}
	}
	if fail("a", "b", nil) != nil {
		t.Error("nil became an error")
	}
}

func TestATrialThatFailedIsExplained(t *testing.T) {
	for said, want := range map[string]string{
		"": "did not even reach", "R": "real mode", "RP": "paging", "RPG": "floating-point", "RPGF": "plain loop",
	} {
		if got := trialWhy(said, "dh-host-x"); !strings.Contains(got, want) || !strings.Contains(got, "dh-host-x") {
			t.Errorf("%q: %s", said, got)
		}
	}
}
