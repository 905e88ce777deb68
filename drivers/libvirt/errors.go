package libvirt

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	lv "libvirt.org/go/libvirt"

	"github.com/doublehop/doublehop/drivers"
)

// fail turns an error into one of the contract: nil stays nil, and what is
// already of the contract stays as it is.
func fail(op, object string, err error) error {
	if err == nil {
		return nil
	}
	if known, ok := errors.AsType[*drivers.Error](err); ok {
		return known
	}
	out := &drivers.Error{Op: op, Object: object, Err: plain(err)}
	if own, ok := errors.AsType[*kindError](err); ok {
		out.Kind, out.Remedy = own.kind, own.remedy
		return out
	}
	if theirs, ok := errors.AsType[lv.Error](err); ok {
		out.Kind, out.Remedy = classify(int(theirs.Code), theirs.Message)
	}
	return out
}

// plain takes the envelope off a libvirt error: a person wants the sentence.
func plain(err error) error {
	if theirs, ok := errors.AsType[lv.Error](err); ok {
		return &libvirtError{theirs}
	}
	return err
}

// libvirtError reads as its message alone; the code stays within reach of
// errors.As.
type libvirtError struct{ cause lv.Error }

func (e *libvirtError) Error() string { return e.cause.Message }
func (e *libvirtError) Unwrap() error { return e.cause }

// isCode says whether err is a libvirt error with one of the codes.
func isCode(err error, codes ...lv.ErrorNumber) bool {
	theirs, ok := errors.AsType[lv.Error](err)
	if !ok {
		return false
	}
	return slices.Contains(codes, theirs.Code)
}

// says reports whether err's text holds part. libvirt has few codes, and this
// program never calls setlocale, so that its messages are always in English.
func says(err error, part string) bool { return err != nil && strings.Contains(err.Error(), part) }

const freeRoom = "Free some room on the pool's disk:\n  doublehop prune"

// classify gives the kind of a libvirt error, and what to do about it.
func classify(code int, message string) (drivers.Kind, string) {
	has := func(part string) bool { return strings.Contains(message, part) }
	switch {
	case has("No space left on device"):
		return drivers.Missing, freeRoom
	case has("Cannot access storage file") && has("Permission denied"), has("Could not open") && has("Permission denied"):
		return drivers.Missing, "QEMU's user must be able to pass through every folder above the pool:\n  chmod o+x FOLDER"
	case has("cannot acquire state change lock"), has("client socket is closed"), has("End of file while reading data"),
		has("Cannot write data"), has("Cannot recv data"), has("has asynchronous jobs running"):
		return drivers.Transient, "libvirtd was busy or restarted; try again."
	}
	return kindOfCode(lv.ErrorNumber(code)), ""
}

func kindOfCode(code lv.ErrorNumber) drivers.Kind {
	switch code {
	case lv.ERR_NO_DOMAIN, lv.ERR_NO_NETWORK, lv.ERR_NO_STORAGE_POOL, lv.ERR_NO_STORAGE_VOL, lv.ERR_NO_NWFILTER:
		return drivers.NotFound
	case lv.ERR_STORAGE_VOL_EXIST, lv.ERR_DOM_EXIST, lv.ERR_NETWORK_EXIST:
		return drivers.Conflict
	case lv.ERR_AUTH_FAILED, lv.ERR_AUTH_CANCELLED, lv.ERR_AUTH_UNAVAILABLE, lv.ERR_ACCESS_DENIED, lv.ERR_OPERATION_DENIED:
		return drivers.Refused
	case lv.ERR_OPERATION_TIMEOUT, lv.ERR_RESOURCE_BUSY, lv.ERR_RPC:
		return drivers.Transient
	}
	return drivers.Other
}

// openError says why there is no connection and which command mends it.
func openError(err error, d *Driver) error {
	kind, remedy := openRemedy(err.Error(), d.publicURI(), d.local())
	return &drivers.Error{Kind: kind, Op: "connect to", Object: d.publicURI(), Remedy: remedy, Err: plain(err)}
}

func openRemedy(message, uri string, local bool) (drivers.Kind, string) {
	has := func(part string) bool { return strings.Contains(message, part) }
	switch {
	case has("Failed to open libvirt.so"):
		return drivers.Missing, "Install libvirt's client library:\n  sudo apt-get install libvirt0"
	case has("Failed to connect socket") && has("Permission denied"), has("authentication unavailable"), has("authentication failed"), has("access denied"):
		return drivers.Refused, "Join the group that may use libvirt, then log in again:\n  sudo usermod -aG libvirt \"$USER\""
	case has("system bus"): // libvirtd asks polkit over D-Bus about everyone but root
		return drivers.Refused, "libvirt asks polkit whether you may use it, and no D-Bus runs on this host, so only root may:\n  sudo doublehop ..."
	case has("Failed to connect socket") && local:
		return drivers.Missing, "Start libvirt's daemon:\n  sudo systemctl start libvirtd\nIf it is not installed:\n  sudo apt-get install libvirt-daemon-system qemu-system-x86"
	case has("no connection driver available"), has("invalid connection pointer"), has("Unable to parse URI"):
		return drivers.Refused, "Give a libvirt URI, such as qemu:///system or qemu+ssh://user@host/system."
	}
	return drivers.Missing, fmt.Sprintf("See whether virsh can connect:\n  virsh -c %s version", uri)
}

// errLost says that libvirt closed a connection.
var errLost = errors.New("the connection to libvirt was lost")
