package plan

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/doublehop/doublehop/drivers"
	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/catalog"
	"github.com/doublehop/doublehop/provision/guest"
)

// keyVersion begins every preimage; raise it when a step's meaning changes in
// a way that its scripts do not show.
const keyVersion = "layer.v1"

// patienceArg is the argument that says how long a step may take. It changes
// when Doublehop gives up, and nothing on the disk.
const patienceArg = "limit"

// Preimage is what a layer's key is the digest of, written out so that a
// later plan can say what changed. What cannot change the disk is not in it:
// descriptions, time limits, the instance's name.
type Preimage struct {
	Version string `json:"version"`
	// Base is the key of the layer underneath; empty for blank disks.
	Base string `json:"base,omitempty"`
	// Box is the machine itself; only in a machine's first layer, since every
	// later one rests on that.
	Box *Box `json:"box,omitempty"`
	// Clock is the lab's time that the stage sets; empty when it goes on from
	// the stage before.
	Clock string `json:"clock,omitempty"`
	// Warm says that the machine was not shut down at the stage's end: its memory
	// goes with the disk.
	Warm bool `json:"warm,omitempty"`
	// Steps are the steps on this machine.
	Steps []StepImage `json:"steps,omitempty"`
	// Company is a digest of the other machines' layers and steps, in a stage
	// in which machines change one another.
	Company string `json:"company,omitempty"`
}

// Box is what of a machine its disks depend on.
type Box struct {
	OS       string            `json:"os"`
	Memory   uint64            `json:"memory"`
	CPUs     int               `json:"cpus"`
	Disks    map[string]uint64 `json:"disks"`
	NICs     []string          `json:"nics"`
	Hardware drivers.Hardware  `json:"hardware"`
	Clock    string            `json:"clock,omitempty"`
	Skew     string            `json:"skew,omitempty"`
}

// StepImage is what of a step a disk depends on.
type StepImage struct {
	Kind string `json:"kind"`
	// Args are the arguments as a person reads them; of a secret only the name
	// is here, and Files tell when its value changes.
	Args map[string]string `json:"args,omitempty"`
	// Files are the digests of what the guest is given, by drive and path.
	Files map[string]string `json:"files,omitempty"`
	// Media is the digest of the disc that the step uses.
	Media string `json:"media,omitempty"`
	// Then and Resume are what the job does about reboots.
	Then   string `json:"then,omitempty"`
	Resume string `json:"resume,omitempty"`
}

// Key is the digest that names the layer.
func (p Preimage) Key() string {
	if p.Box != nil || len(p.Steps) > 0 || p.Warm {
		return digestOf(p)
	}
	// A machine that a stage only keeps running, which in a large lab most do:
	// its JSON form is written without reflection. Keys need no escaping.
	b := make([]byte, 0, 256)
	b = append(append(b, `{"version":"`...), p.Version...)
	if p.Base != "" {
		b = append(append(b, `","base":"`...), p.Base...)
	}
	if p.Clock != "" {
		b = append(append(b, `","clock":"`...), p.Clock...)
	}
	if p.Company != "" {
		b = append(append(b, `","company":"`...), p.Company...)
	}
	sum := sha256.Sum256(append(b, `"}`...))
	return hex.EncodeToString(sum[:])
}

// digestOf is the digest of v's JSON form: maps are sorted, fields in order.
func digestOf(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("a preimage that is plain data does not marshal: %v", err)) // a bug of ours
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// boxOf collects what of m its disks depend on.
func boxOf(lab *labs.Lab, m *labs.Machine) *Box {
	box := &Box{
		OS: string(m.OS), Memory: m.Memory, CPUs: m.CPUs,
		Disks: map[string]uint64{}, Hardware: Hardware(m),
	}
	for _, d := range m.Disks {
		box.Disks[d.Name] = d.Size
	}
	for i, n := range m.NICs {
		box.NICs = append(box.NICs, fmt.Sprintf("%s %s", n.Network, macOf(lab.Name, m.Name, i)))
	}
	box.Clock = instant(lab.Clock.Start)
	if m.ClockSkew != 0 {
		box.Skew = m.ClockSkew.String()
	}
	return box
}

// instant is a time of the lab's clock as keys have it; empty for none.
func instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// imageOf collects what of a step a disk depends on. work was rendered with
// digests in place of secrets.
func imageOf(step *labs.Step, work catalog.Work, media map[string]string) (StepImage, error) {
	image := StepImage{Kind: step.Kind, Args: map[string]string{}, Files: map[string]string{}}
	for name, value := range step.Args {
		if name == patienceArg {
			continue
		}
		if slices.Contains(step.Sensitive, name) {
			image.Args[name] = "(sensitive)" // Files tell when it changes
			continue
		}
		switch v := value.(type) {
		case nil:
		case labs.SecretRef:
			image.Args[name] = "secret." + string(v)
		default:
			image.Args[name] = fmt.Sprint(v)
		}
	}
	if work.Media != "" {
		image.Media = media[work.Media]
	}
	err := digestFiles(image.Files, "A:", work.Floppy)
	if work.Job != nil {
		image.Then, image.Resume = string(work.Job.Then), string(work.Job.Resume)
		if err == nil {
			err = digestFiles(image.Files, "E:", work.Job.Files)
		}
	}
	if len(work.Console) > 0 {
		image.Files["console"] = digestOf(work.Console)
	}
	return image, err
}

func digestFiles(into map[string]string, drive string, files []guest.File) error {
	for _, f := range files {
		sum, err := digestFile(f)
		if err != nil {
			return fmt.Errorf("read %s: %w", f.Path, err)
		}
		into[drive+f.Path] = sum
	}
	return nil
}

func digestFile(f guest.File) (string, error) {
	r, err := f.Open()
	if err != nil {
		return "", err
	}
	sum := sha256.New()
	_, err = io.Copy(sum, r)
	if err = errors.Join(err, r.Close()); err != nil {
		return "", err
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// CheckpointKey names a checkpoint by the keys of the layers in it, by machine.
func CheckpointKey(layers map[string]string) string {
	list := make([]Layer, 0, len(layers))
	for machine, key := range layers {
		list = append(list, Layer{Machine: machine, Key: key})
	}
	return checkpointKey(list)
}

// checkpointKey names the checkpoint of a stage by the layers in it.
func checkpointKey(layers []Layer) string {
	list := make([]string, len(layers))
	for i, l := range layers {
		list[i] = l.Machine + " " + l.Key
	}
	slices.Sort(list)
	return digestOf(append([]string{"checkpoint.v1"}, list...))
}
