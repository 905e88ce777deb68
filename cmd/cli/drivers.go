package cli

import (
	"context"
	"maps"
	"slices"

	"github.com/doublehop/doublehop/drivers"
	"github.com/doublehop/doublehop/drivers/fake"
	"github.com/doublehop/doublehop/drivers/fake/windows"
	"github.com/doublehop/doublehop/drivers/libvirt"
)

// opener connects to a hypervisor.
type opener func(ctx context.Context, o IO, uri string) (drivers.Driver, error)

// driverVariable names the variable with the driver for those who give no flag:
// a session of tests.
const driverVariable = "DOUBLEHOP_DRIVER"

// fakeFile names the variable with the file that keeps the fake driver's world
// from one process to the next.
const fakeFile = "DOUBLEHOP_FAKE"

// openers are the drivers by the name of --driver.
func openers() map[string]opener {
	return map[string]opener{
		"libvirt": func(ctx context.Context, _ IO, uri string) (drivers.Driver, error) {
			return libvirt.Open(ctx, libvirt.Options{URI: uri})
		},
		"fake": func(_ context.Context, o IO, uri string) (drivers.Driver, error) {
			return fake.New(fake.Options{File: o.Env(fakeFile), URI: uri, Guest: windows.Guest}), nil
		},
	}
}

func driverNames() []string { return slices.Sorted(maps.Keys(openers())) }
