package libvirt

import (
	"context"
	"errors"

	lv "libvirt.org/go/libvirt"

	"github.com/doublehop/doublehop/drivers"
)

// StartMachine implements drivers.Machines.
func (d *Driver) StartMachine(ctx context.Context, name string, how drivers.StartMode) error {
	return d.onOurs(ctx, "start machine", name, func(_ *lv.Connect, domain *lv.Domain, _ drivers.Mark) error {
		active, err := domain.IsActive()
		if err != nil || active {
			return err
		}
		flags := lv.DOMAIN_NONE
		if how == drivers.StartPaused {
			flags |= lv.DOMAIN_START_PAUSED
		}
		err = domain.CreateWithFlags(flags)
		if says(err, "already running") {
			return nil
		}
		return err
	})
}

// ResumeMachine implements drivers.Machines. A machine that runs is left alone;
// one without power is a Conflict.
func (d *Driver) ResumeMachine(ctx context.Context, name string) error {
	return d.onOurs(ctx, "resume machine", name, func(_ *lv.Connect, domain *lv.Domain, _ drivers.Mark) error {
		state, _, err := domain.GetState()
		if err != nil || state == lv.DOMAIN_RUNNING {
			return err
		}
		return powerless(domain.Resume())
	})
}

// PauseMachine implements drivers.Machines. A paused machine is left alone; one
// without power is a Conflict.
func (d *Driver) PauseMachine(ctx context.Context, name string) error {
	return d.onOurs(ctx, "pause machine", name, func(_ *lv.Connect, domain *lv.Domain, _ drivers.Mark) error {
		state, _, err := domain.GetState()
		if err != nil || state == lv.DOMAIN_PAUSED {
			return err
		}
		return powerless(domain.Suspend())
	})
}

// powerless makes a Conflict of libvirt's complaint that a machine is off.
func powerless(err error) error {
	if says(err, "not running") {
		return asConflict(errors.New("the machine has no power"))
	}
	return err
}

// StopMachine implements drivers.Machines.
func (d *Driver) StopMachine(ctx context.Context, name string, how drivers.StopMode) error {
	return d.onOurs(ctx, "stop machine", name, func(_ *lv.Connect, domain *lv.Domain, _ drivers.Mark) error {
		if how == drivers.ForceOff {
			return forceOff(domain)
		}
		err := domain.ShutdownFlags(lv.DOMAIN_SHUTDOWN_ACPI_POWER_BTN)
		if says(err, "not running") {
			return nil
		}
		return err
	})
}

// forceOff cuts the power. libvirt asks QEMU to end first, so that what the
// guest has written reaches the disk image.
func forceOff(domain *lv.Domain) error {
	active, err := domain.IsActive()
	if isCode(err, lv.ERR_NO_DOMAIN) {
		return nil
	}
	if err != nil || !active {
		return err
	}
	err = domain.Destroy()
	if says(err, "not running") || isCode(err, lv.ERR_NO_DOMAIN) {
		return nil
	}
	return err
}

// stateOf turns libvirt's state and its reason into ours.
func stateOf(state lv.DomainState, reason int) (drivers.State, string) {
	switch state {
	case lv.DOMAIN_SHUTOFF:
		switch lv.DomainShutoffReason(reason) {
		case lv.DOMAIN_SHUTOFF_CRASHED:
			return drivers.Crashed, "QEMU ended without being asked to"
		case lv.DOMAIN_SHUTOFF_FAILED:
			return drivers.Crashed, "QEMU could not be started"
		}
		return drivers.Off, ""
	case lv.DOMAIN_CRASHED:
		return drivers.Crashed, "the guest panicked"
	case lv.DOMAIN_PAUSED:
		if lv.DomainPausedReason(reason) == lv.DOMAIN_PAUSED_IOERROR {
			return drivers.Paused, "an input/output error, such as a full disk"
		}
		return drivers.Paused, ""
	case lv.DOMAIN_PMSUSPENDED:
		return drivers.Paused, "the guest went to standby"
	}
	// Running, blocked, and on its way down: all still have power.
	return drivers.Running, ""
}
