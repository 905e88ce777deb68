package cli

import (
	"context"
	"maps"
	"slices"
	"strings"

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

// poolName names the variable that says which storage pool holds layers and
// discs, as NAME or NAME:FOLDER; a pool that is not there is made, and FOLDER
// counts only then. Without it the pool is "doublehop". Runs in different pools
// share nothing.
const poolName = "DOUBLEHOP_POOL"

// openers are the drivers by the name of --driver.
func openers() map[string]opener {
	return map[string]opener{
		"libvirt": func(ctx context.Context, o IO, uri string) (drivers.Driver, error) {
			name, path, _ := strings.Cut(o.Env(poolName), ":")
			return libvirt.Open(ctx, libvirt.Options{URI: uri, Pool: name, PoolPath: path})
		},
		"fake": func(_ context.Context, o IO, uri string) (drivers.Driver, error) {
			return fake.New(fake.Options{File: o.Env(fakeFile), URI: uri, Guest: windows.Guest}), nil
		},
	}
}

func driverNames() []string { return slices.Sorted(maps.Keys(openers())) }
