package plan

import "slices"

// For is a plan that has nothing to build, for another instance of the same lab:
// other names in the hypervisor, and the same machine names, addresses and MACs
// inside. What is done to that instance in the end is for its own machines to
// tell, so Final is empty.
func (p *Plan) For(instance string) *Plan {
	other := *p
	other.Final = Final{}
	other.Machines, other.Networks, other.Stages = slices.Clone(p.Machines), slices.Clone(p.Networks), slices.Clone(p.Stages)
	for i := range other.Machines {
		other.Machines[i].Spec.NICs = slices.Clone(p.Machines[i].Spec.NICs)
	}
	for i := range other.Stages {
		other.Stages[i].Layers = slices.Clone(p.Stages[i].Layers)
	}
	other.name(instance)
	return &other
}

// name gives everything the names that it has in the hypervisor.
func (p *Plan) name(instance string) {
	p.Instance = instance
	for i := range p.Machines {
		m := &p.Machines[i]
		m.Domain = Domain(instance, m.Name)
		m.Spec.Name, m.Spec.UUID, m.Spec.Mark.Instance = m.Domain, uuidOf(m.Domain), instance
		for k, network := range m.on {
			m.Spec.NICs[k].Network = NetworkName(instance, network)
		}
	}
	for i := range p.Networks {
		n := &p.Networks[i]
		n.Libvirt = NetworkName(instance, n.Name)
		n.Spec.Name, n.Spec.UUID, n.Spec.Mark.Instance = n.Libvirt, uuidOf(n.Libvirt), instance
		n.Spec.Bridge = Bridge(instance, n.Name)
	}
	for _, s := range p.Stages {
		for i := range s.Layers {
			s.Layers[i].Domain = Domain(instance, s.Layers[i].Machine)
		}
	}
}
