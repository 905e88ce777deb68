package libvirt

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	lv "libvirt.org/go/libvirt"
	"libvirt.org/go/libvirtxml"

	"github.com/doublehop/doublehop/drivers"
)

// DefineNetwork implements drivers.Networks. The network is defined before its
// filter is made and started after, so that wherever this is cut, a marked
// network says whose the filter is.
func (d *Driver) DefineNetwork(ctx context.Context, spec drivers.NetworkSpec) error {
	const op = "define network"
	if len(spec.Bridge) == 0 || len(spec.Bridge) > 15 {
		return fail(op, spec.Name, asRefused(fmt.Errorf("bridge name %q has not 1 to 15 characters", spec.Bridge)))
	}
	filter, err := filterOf(spec.Name, spec.Bridge, spec.Subnet)
	if err != nil {
		return fail(op, spec.Name, asRefused(err))
	}
	return change(ctx, d, op, spec.Name, func(c *lv.Connect) error {
		if err := d.refuseOverlap(c, spec); err != nil {
			return err
		}
		network, isNew, err := ensureNetwork(c, spec)
		if err != nil {
			return err
		}
		defer free(network)
		if err := ensureFilter(c, filter, isNew); err != nil {
			if isNew {
				_ = network.Undefine()
			}
			return err
		}
		active, err := network.IsActive()
		if err != nil || active {
			return err
		}
		return startNetwork(network)
	})
}

func startNetwork(network *lv.Network) error {
	err := network.Create()
	switch {
	case says(err, "already active"):
		return nil
	case says(err, "already in use"), says(err, "File exists"):
		return asConflict(err)
	}
	return err
}

// ensureNetwork defines the network where it is absent or differs, and says
// whether it was absent.
func ensureNetwork(c *lv.Connect, spec drivers.NetworkSpec) (network *lv.Network, isNew bool, err error) {
	want, err := networkOf(spec)
	if err != nil {
		return nil, false, asRefused(err)
	}
	network, have, err := ourNetwork(c, spec.Name)
	if err != nil && !isCode(err, lv.ERR_NO_NETWORK) {
		return nil, false, err
	}
	if err == nil {
		same, err := matchNetwork(network, have, want, spec)
		if err != nil || same {
			return network, false, err
		}
		free(network)
	}
	isNew = have == nil
	doc, err := want.Marshal()
	if err != nil {
		return nil, isNew, err
	}
	network, err = c.NetworkDefineXML(doc)
	if says(err, "already exists with uuid") || says(err, "is already defined with uuid") || says(err, "already in use by") {
		err = asConflict(err)
	}
	return network, isNew, err
}

// matchNetwork compares a network of ours with what is wanted. It takes away
// one that differs, unless it is in use.
func matchNetwork(network *lv.Network, have, want *libvirtxml.Network, spec drivers.NetworkSpec) (bool, error) {
	mark, subnet, _ := decodeMark(have.Metadata.XML)
	if mark.Instance != spec.Mark.Instance || mark.Lab != spec.Mark.Lab {
		free(network)
		return false, asConflict(fmt.Errorf("it belongs to instance %q of lab %q", mark.Instance, mark.Lab))
	}
	same := sameNetwork(have, want)
	if same && sameMark(mark, spec.Mark) && subnet == spec.Subnet {
		return true, nil
	}
	if same {
		return false, nil // only metadata: it can be defined again while it is active
	}
	active, err := network.IsActive()
	if err == nil && active {
		if err = refuseInUse(network); err == nil {
			err = network.Destroy()
		}
	}
	if err == nil {
		err = network.Undefine()
	}
	if err != nil {
		free(network)
	}
	return false, err
}

// refuseInUse refuses to pull a network from under running machines.
func refuseInUse(network *lv.Network) error {
	ports, err := network.ListAllPorts(0)
	if err != nil {
		return err
	}
	for i := range ports {
		free(&ports[i])
	}
	if len(ports) > 0 {
		return asRefused(fmt.Errorf("%d network cards of running machines are on it; stop them first", len(ports)))
	}
	return nil
}

// ourNetwork looks a network up and insists on our mark. An absent one is
// libvirt's own error.
func ourNetwork(c *lv.Connect, name string) (*lv.Network, *libvirtxml.Network, error) {
	network, err := c.LookupNetworkByName(name)
	if err != nil {
		return nil, nil, err
	}
	have, err := readNetwork(network, lv.NETWORK_XML_INACTIVE)
	if err == nil {
		if _, _, ok := networkMark(have); !ok {
			err = notOurs("network")
		}
	}
	if err != nil {
		free(network)
		return nil, nil, err
	}
	return network, have, nil
}

// readNetwork reads a network's definition: as it runs (flags 0), or as it was
// defined last, where the newest mark is. virNetworkGetMetadata would need
// libvirt 9.7.
func readNetwork(network *lv.Network, flags lv.NetworkXMLFlags) (*libvirtxml.Network, error) {
	doc, err := network.GetXMLDesc(flags)
	if err != nil {
		return nil, err
	}
	have := &libvirtxml.Network{}
	return have, have.Unmarshal(doc)
}

func networkMark(have *libvirtxml.Network) (mark drivers.Mark, subnet string, ok bool) {
	if have.Metadata == nil {
		return mark, "", false
	}
	return decodeMark(have.Metadata.XML)
}

// ensureFilter makes the filter or mends its rules, which changes running
// machines at once. Filters carry no mark: beside a network that is new, only
// one that holds exactly our rules is taken for ours.
func ensureFilter(c *lv.Connect, want *libvirtxml.NWFilter, isNew bool) error {
	have, err := readFilter(c, want.Name)
	if err != nil && !isCode(err, lv.ERR_NO_NWFILTER) {
		return err
	}
	filter := *want
	if err == nil {
		if sameFilter(have, want) {
			return nil
		}
		if isNew {
			return notOurs("network filter")
		}
		filter.UUID = have.UUID
	}
	doc, err := filter.Marshal()
	if err != nil {
		return err
	}
	made, err := c.NWFilterDefineXML(doc)
	if err != nil {
		return err
	}
	free(made)
	return nil
}

func readFilter(c *lv.Connect, name string) (*libvirtxml.NWFilter, error) {
	filter, err := c.LookupNWFilterByName(name)
	if err != nil {
		return nil, err
	}
	defer free(filter)
	doc, err := filter.GetXMLDesc(0)
	if err != nil {
		return nil, err
	}
	have := &libvirtxml.NWFilter{}
	return have, have.Unmarshal(doc)
}

// RemoveNetwork implements drivers.Networks. The filter goes first: while the
// network is there, everyone can see whose it is.
func (d *Driver) RemoveNetwork(ctx context.Context, name string) error {
	return change(ctx, d, "remove network", name, func(c *lv.Connect) error {
		network, _, err := ourNetwork(c, name)
		if isCode(err, lv.ERR_NO_NETWORK) {
			return nil
		}
		if err != nil {
			return err
		}
		defer free(network)
		active, err := network.IsActive()
		if err != nil {
			return err
		}
		if active {
			if err := refuseInUse(network); err != nil {
				return err
			}
		}
		if err := removeFilter(c, name); err != nil {
			return err
		}
		if active {
			if err := network.Destroy(); err != nil && !says(err, "not active") && !isCode(err, lv.ERR_NO_NETWORK) {
				return err
			}
		}
		if err := network.Undefine(); err != nil && !isCode(err, lv.ERR_NO_NETWORK) {
			return err
		}
		return nil
	})
}

func removeFilter(c *lv.Connect, name string) error {
	filter, err := c.LookupNWFilterByName(name)
	if isCode(err, lv.ERR_NO_NWFILTER) {
		return nil
	}
	if err != nil {
		return err
	}
	defer free(filter)
	err = filter.Undefine()
	if says(err, "in use") {
		return asRefused(errors.New("its filter is in use by a running machine; stop that first"))
	}
	return err
}

// Networks implements drivers.Networks.
func (d *Driver) Networks(ctx context.Context, instance string) ([]drivers.Network, error) {
	return call(ctx, d, "list networks of", d.publicURI(), func(c *lv.Connect) ([]drivers.Network, error) {
		all, err := c.ListAllNetworks(0)
		if err != nil {
			return nil, err
		}
		var found []drivers.Network
		for i := range all {
			network, ok, one := describeNetwork(&all[i])
			free(&all[i])
			if ok && (instance == "" || network.Mark.Instance == instance) {
				found = append(found, network)
			}
			if one != nil && err == nil && !isCode(one, lv.ERR_NO_NETWORK) {
				err = one
			}
		}
		slices.SortFunc(found, func(a, b drivers.Network) int { return strings.Compare(a.Name, b.Name) })
		return found, err
	})
}

func describeNetwork(network *lv.Network) (out drivers.Network, ok bool, err error) {
	have, err := readNetwork(network, lv.NETWORK_XML_INACTIVE)
	if err != nil {
		return out, false, err
	}
	out.Name, out.UUID = have.Name, have.UUID
	if have.Bridge != nil {
		out.Bridge = have.Bridge.Name
	}
	if out.Mark, _, ok = networkMark(have); !ok {
		return out, false, nil
	}
	out.Active, err = network.IsActive()
	return out, err == nil, err
}
