package engine

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/doublehop/doublehop/provision/checkpoint"
	"github.com/doublehop/doublehop/provision/plan"
)

// Comparison is what differs between two checkpoints, in sentences' pieces:
// "schema 13 → 30".
type Comparison struct {
	From Kept `json:"from"`
	To   Kept `json:"to"`
	// Machines says of each machine whose disks differ what was done to it since
	// both were the same, or what it was otherwise made of.
	Machines []MachineComparison `json:"machines,omitempty"`
	// Estate is what Windows, Active Directory and Exchange became.
	Estate []string `json:"estate,omitempty"`
	// Proofs are facts that were read back from guests.
	Proofs []string `json:"proofs,omitempty"`
	Media  []string `json:"media,omitempty"`
	Host   []string `json:"host,omitempty"`
}

// MachineComparison is one machine of a comparison.
type MachineComparison struct {
	Machine string `json:"machine"`
	// Only says that just one checkpoint has it: "from" or "to".
	Only string `json:"only,omitempty"`
	// Why are differences of what the layers were made of.
	Why []string `json:"why,omitempty"`
	// Undone and Done are the steps since the layer that both rest on: those that
	// only from has, and those that only to has.
	Undone []string `json:"undone,omitempty"`
	Done   []string `json:"done,omitempty"`
}

// absent is shown where one side has nothing.
const absent = "(none)"

// compare lays two checkpoints beside each other. layers are the pool's, by key.
func compare(from, to checkpoint.Manifest, layers map[string]checkpoint.Machine) (Comparison, error) {
	c := Comparison{From: brief(from), To: brief(to)}
	for _, name := range union(from.Machines, to.Machines) {
		a, inA := from.Machines[name]
		b, inB := to.Machines[name]
		switch {
		case !inB:
			c.Machines = append(c.Machines, MachineComparison{Machine: name, Only: "from"})
		case !inA:
			c.Machines = append(c.Machines, MachineComparison{Machine: name, Only: "to"})
		case a.Layer != b.Layer:
			m, err := compareMachine(a, b, layers)
			if err != nil {
				return c, fmt.Errorf("read the layers of machine %s: %w", name, err)
			}
			m.Machine = name
			c.Machines = append(c.Machines, m)
		}
	}
	var err error
	if c.Estate, err = compareJSON(from.Estate, to.Estate); err != nil {
		return c, fmt.Errorf("read the estates: %w", err)
	}
	c.Proofs = changed(proved(from), proved(to))
	c.Media = changed(shortened(from.Media), shortened(to.Media))
	c.Host = changed(hosted(from.Host), hosted(to.Host))
	return c, nil
}

// brief is what a manifest alone says of its checkpoint.
func brief(m checkpoint.Manifest) Kept {
	return Kept{Lab: m.Lab, Stage: m.Stage, Key: m.Key, Made: m.Made, LabTime: m.LabTime, Machines: len(m.Machines), Warm: m.Warm()}
}

// compareMachine finds the layer that both rest on; where there is none, or both
// rest right on it, what they are made of is compared.
func compareMachine(a, b checkpoint.Machine, layers map[string]checkpoint.Machine) (m MachineComparison, err error) {
	before, err := chain(a, layers)
	if err != nil {
		return m, err
	}
	after, err := chain(b, layers)
	if err != nil {
		return m, err
	}
	same := 0
	for same < min(len(before), len(after)) && before[same].Key() == after[same].Key() {
		same++
	}
	if same < min(len(before), len(after)) { // the first layer in which they part
		m.Why = before[same].Differences(after[same])
	}
	for _, p := range before[same:] {
		m.Undone = append(m.Undone, stepsOf(p)...)
	}
	for _, p := range after[same:] {
		m.Done = append(m.Done, stepsOf(p)...)
	}
	return m, nil
}

func stepsOf(p plan.Preimage) []string {
	var list []string
	for _, s := range p.Steps {
		list = append(list, s.Kind)
	}
	return list
}

// chain is what a machine's layers were made of, the first one first. A layer
// whose checkpoint was removed ends it.
func chain(m checkpoint.Machine, layers map[string]checkpoint.Machine) ([]plan.Preimage, error) {
	var list []plan.Preimage
	seen := map[string]bool{}
	for ok := true; ok && !seen[m.Layer]; {
		seen[m.Layer] = true
		var p plan.Preimage
		if err := json.Unmarshal(m.Preimage, &p); err != nil {
			return nil, err
		}
		list = append(list, p)
		m, ok = layers[p.Base]
	}
	slices.Reverse(list)
	return list, nil
}

// compareJSON lists the values that differ in two documents, by their paths.
func compareJSON(a, b json.RawMessage) ([]string, error) {
	from, err := leaves(a)
	if err != nil {
		return nil, err
	}
	to, err := leaves(b)
	if err != nil {
		return nil, err
	}
	return changed(from, to), nil
}

// leaves is a document as the texts of its values by their paths.
func leaves(doc json.RawMessage) (map[string]string, error) {
	all := map[string]string{}
	if len(doc) == 0 {
		return all, nil
	}
	var v any
	if err := json.Unmarshal(doc, &v); err != nil {
		return nil, err
	}
	var walk func(path string, v any)
	walk = func(path string, v any) {
		switch v := v.(type) {
		case map[string]any:
			for name, each := range v {
				walk(strings.TrimPrefix(path+"."+name, "."), each)
			}
		case []any:
			for i, each := range v {
				walk(fmt.Sprintf("%s[%d]", path, i), each)
			}
		case nil:
		default:
			all[path] = fmt.Sprint(v)
		}
	}
	walk("", v)
	return all, nil
}

// changed lists what is otherwise in to, sorted.
func changed(from, to map[string]string) []string {
	var list []string
	for _, name := range union(from, to) {
		a, inA := from[name]
		b, inB := to[name]
		if !inA {
			a = absent
		}
		if !inB {
			b = absent
		}
		if a != b {
			list = append(list, fmt.Sprintf("%s %s → %s", name, a, b))
		}
	}
	return list
}

func union[V any](a, b map[string]V) []string {
	list := slices.AppendSeq(slices.Collect(maps.Keys(a)), maps.Keys(b))
	slices.Sort(list)
	return slices.Compact(list)
}

func proved(m checkpoint.Manifest) map[string]string {
	all := map[string]string{}
	for _, p := range m.Proofs {
		all[p.Machine+" "+p.Step+" "+p.Name] = p.Value
	}
	return all
}

func shortened(digests map[string]string) map[string]string {
	all := map[string]string{}
	for name, digest := range digests {
		all[name] = digest[:min(len(digest), 12)]
	}
	return all
}

func hosted(h checkpoint.Host) map[string]string {
	return map[string]string{"libvirt": h.Libvirt, "QEMU": h.QEMU, "accelerator": h.Accelerator}
}
