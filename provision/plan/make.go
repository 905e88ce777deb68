package plan

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/doublehop/doublehop/drivers"
	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/catalog"
)

// Input is everything a plan is made from.
type Input struct {
	Lab      *labs.Lab
	Instance string
	// Target is the stage to stand at.
	Target string
	World  World
	// Media are the SHA-256 digests of the discs, by the media's name.
	Media map[string]string
	// Secret gives a keyed digest of a secret's value: hexadecimal text that
	// changes when the secret does and tells nothing about it.
	Secret func(name string) (string, error)
}

// Make lays the lab beside the world. The plan is complete only when the
// diagnostics are not fatal.
func Make(in Input) (*Plan, labs.Diagnostics) {
	m := maker{Input: in, digests: map[string]string{}}
	if diags := m.resolve(); diags.Fatal() {
		return nil, diags
	}
	p := &Plan{Lab: in.Lab.Name, Instance: in.Instance, Target: in.Target}
	diags := m.stages(p)
	if diags.Fatal() {
		return nil, diags
	}
	m.boxes(p)
	m.actions(p)
	m.final(p)
	for _, s := range p.Stages {
		if s.Action != Reuse {
			p.Estimate += s.Estimate
			p.Disk += s.Disk
		}
	}
	return p, diags
}

// maker makes one plan.
type maker struct {
	Input
	digests map[string]string // of secrets
	tip     map[string]string // the key of each machine's newest layer
}

// resolve asks for every secret's digest once.
func (m *maker) resolve() labs.Diagnostics {
	var diags labs.Diagnostics
	for _, s := range m.Lab.Secrets {
		digest, err := m.Secret(s.Name)
		if err != nil {
			diags = append(diags, labs.Diagnostic{
				Summary: "Secret cannot be read",
				Detail:  fmt.Sprintf("The value of secret %q is not to be had: %v.", s.Name, err),
				Addr:    labs.Address("secret", s.Name), Subject: &s.Range,
			})
			continue
		}
		m.digests[s.Name] = digest
	}
	return diags
}

func (m *maker) secret(name string) (labs.SecretValue, error) {
	digest, ok := m.digests[name]
	if !ok {
		return labs.SecretValue{}, fmt.Errorf("there is no secret %q", name)
	}
	return labs.NewSecretValue(digest), nil
}

// stages replays the way to the target and names every layer on it.
func (m *maker) stages(p *Plan) labs.Diagnostics {
	m.tip = map[string]string{}
	r := replay{lab: m.Lab, secret: m.secret}
	now := r.begin()
	var diags labs.Diagnostics
	for _, stage := range m.Lab.Path(m.Target) {
		before := now.estate.Summary()
		s := stageMaker{maker: m, stage: Stage{Name: stage.Name, Warm: stage.Warm}, clock: instant(stage.Clock), images: map[string][]StepImage{}}
		r.silenced = func(list []Silenced) { s.stage.Silenced = append(s.stage.Silenced, list...) }
		diags = append(diags, r.stage(now, stage, s.visit)...)
		if s.err != nil {
			at := stage.Range
			diags = append(diags, labs.Diagnostic{
				Summary: "Step's files cannot be read", Detail: s.err.Error() + ".",
				Addr: labs.Address("stage", stage.Name), Subject: &at,
			})
		}
		s.stage.Coupled = s.stage.Coupled || now.estate.Joined() || stage.Warm
		s.layers(now)
		s.stage.Becomes, s.stage.NoReturn = now.estate.Changes(before), now.estate.NoReturn(before)
		p.Stages = append(p.Stages, s.stage)
	}
	return diags
}

// stageMaker collects one stage while it is replayed.
type stageMaker struct {
	*maker
	stage  Stage
	clock  string // that the stage sets
	images map[string][]StepImage
	index  map[int]int // from a step's place among the stage's calls to its place in Steps
	err    error
}

func (s *stageMaker) visit(call catalog.Call, at int, work catalog.Work, needs []int, makers []string) {
	image, err := imageOf(call.Step, work, s.Media)
	s.err = cmp.Or(s.err, err)
	name := call.Machine.Name
	s.images[name] = append(s.images[name], image)
	s.stage.Coupled = s.stage.Coupled || len(makers) > 0
	if s.index == nil {
		s.index = map[int]int{}
	}
	s.index[at] = len(s.stage.Steps)
	step := Step{
		Name: call.Step.Name, Kind: call.Step.Kind, Machine: name, Estimate: Seconds(catalog.Takes(call)), Disk: catalog.Grows(call),
		Source: call.Step,
	}
	s.stage.Disk += step.Disk
	for _, n := range needs {
		step.Needs = append(step.Needs, s.index[n])
	}
	s.stage.Steps = append(s.stage.Steps, step)
}

// layers names the layers of every machine that exists by now.
func (s *stageMaker) layers(now *moment) {
	company := ""
	if s.stage.Coupled {
		company = s.company(now)
	}
	for _, machine := range s.Lab.Machines {
		if now.count[machine.Name] == 0 {
			continue // it enters the lab in a later stage, or never
		}
		base := s.tip[machine.Name]
		image := Preimage{
			Version: keyVersion, Base: base, Clock: s.clock, Warm: s.stage.Warm, Steps: s.images[machine.Name], Company: company,
		}
		if base == "" {
			image.Box = boxOf(s.Lab, machine)
		}
		layer := Layer{
			Machine: machine.Name, Domain: Domain(s.Instance, machine.Name),
			Key: image.Key(), Base: base, Preimage: image,
		}
		s.stage.Layers = append(s.stage.Layers, layer)
	}
	for _, l := range s.stage.Layers {
		s.tip[l.Machine] = l.Key
	}
	s.stage.Key = checkpointKey(s.stage.Layers)
	s.nameJobs()
	s.stage.Estimate = criticalPath(s.stage.Steps)
}

// company digests what all machines of the stage bring along and do.
func (s *stageMaker) company(now *moment) string {
	type member struct {
		Machine, Base string
		Box           *Box `json:",omitempty"`
		Steps         []StepImage
	}
	var list []member
	for _, machine := range s.Lab.Machines {
		if now.count[machine.Name] > 0 {
			m := member{Machine: machine.Name, Base: s.tip[machine.Name], Steps: s.images[machine.Name]}
			if m.Base == "" {
				m.Box = boxOf(s.Lab, machine)
			}
			list = append(list, m)
		}
	}
	return digestOf(list)
}

// nameJobs gives every step its name in the guest: its place on the machine,
// and enough of the layer's key that another lab's step of that place differs.
func (s *stageMaker) nameJobs() {
	keys := map[string]string{}
	for _, l := range s.stage.Layers {
		keys[l.Machine] = l.Key
	}
	count := map[string]int{}
	for i := range s.stage.Steps {
		step := &s.stage.Steps[i]
		count[step.Machine]++
		step.ID = fmt.Sprintf("S%02d-%s", count[step.Machine], strings.ToUpper(short(keys[step.Machine], 10)))
	}
}

// criticalPath is how long the steps take when as many run at once as may.
func criticalPath(steps []Step) Seconds {
	end := make([]time.Duration, len(steps))
	var whole time.Duration
	for i, s := range steps {
		var start time.Duration
		for _, n := range s.Needs {
			start = max(start, end[n])
		}
		end[i] = start + time.Duration(s.Estimate)
		whole = max(whole, end[i])
	}
	return Seconds(whole)
}

// boxes lists the networks and machines that the target's checkpoint holds.
func (m *maker) boxes(p *Plan) {
	used := map[string]bool{}
	for _, machine := range m.Lab.Machines {
		if m.tip[machine.Name] == "" {
			continue
		}
		spec := drivers.MachineSpec{
			Hardware: Hardware(machine), Memory: machine.Memory, CPUs: machine.CPUs,
			Mark: drivers.Mark{Lab: m.Lab.Name, Object: machine.Name},
		}
		var on []string
		for i, n := range machine.NICs {
			used[n.Network] = true
			on = append(on, n.Network)
			spec.NICs = append(spec.NICs, drivers.NIC{MAC: macOf(m.Lab.Name, machine.Name, i)})
		}
		p.Machines = append(p.Machines, Machine{Name: machine.Name, Spec: spec, Disks: machine.Disks, Skew: machine.ClockSkew, on: on})
	}
	for _, n := range m.Lab.Networks {
		if used[n.Name] {
			p.Networks = append(p.Networks, Network{Name: n.Name, Spec: drivers.NetworkSpec{
				Subnet: n.Subnet.String(), Mark: drivers.Mark{Lab: m.Lab.Name, Object: n.Name},
			}})
		}
	}
	p.name(m.Instance)
}

// Machine finds a machine of the plan by its name in the lab.
func (p *Plan) Machine(name string) (Machine, bool) {
	i := slices.IndexFunc(p.Machines, func(m Machine) bool { return m.Name == name })
	if i < 0 {
		return Machine{}, false
	}
	return p.Machines[i], true
}

// Last is the target's stage.
func (p *Plan) Last() Stage { return p.Stages[len(p.Stages)-1] }

// Building says whether any stage has to be built or continued.
func (p *Plan) Building() bool {
	return slices.ContainsFunc(p.Stages, func(s Stage) bool { return s.Action != Reuse })
}
