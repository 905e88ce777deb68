package engine_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/doublehop/doublehop/drivers"
	"github.com/doublehop/doublehop/drivers/fake"
	"github.com/doublehop/doublehop/drivers/fake/windows"
	"github.com/doublehop/doublehop/hcl/labfile"
	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/catalog"
	"github.com/doublehop/doublehop/provision/checkpoint"
	"github.com/doublehop/doublehop/provision/disc"
	"github.com/doublehop/doublehop/provision/engine"
	"github.com/doublehop/doublehop/provision/plan"
)

// rig is a hypervisor in memory with guests that do as a lab's Windows does.
type rig struct {
	*fake.Driver
	mu    sync.Mutex
	begun []string // what Setup and programs began, "machine what"
	// told are all events of all runs.
	told []engine.Event
	dir  string // the record of all runs
	env  map[string]string
}

// spy keeps what is uploaded.
type spy struct {
	drivers.Driver
	mu   sync.Mutex
	kept [][]byte
}

func (s *spy) Unwrap() drivers.Driver { return s.Driver }

// UploadVolume implements drivers.Volumes.
func (s *spy) UploadVolume(ctx context.Context, name string, size int64, r io.Reader) error {
	b, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.mu.Lock()
	s.kept = append(s.kept, b)
	s.mu.Unlock()
	return s.Driver.UploadVolume(ctx, name, size, bytes.NewReader(b))
}

// saw says whether anything that was uploaded holds a text.
func (s *spy) saw(text []byte) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.ContainsFunc(s.kept, func(b []byte) bool { return bytes.Contains(b, text) })
}

// newRig has a pool with a key of its own already, so that two rigs give the
// same lab the same keys and passwords.
func newRig(t *testing.T, guest windows.Options, options fake.Options) *rig {
	t.Helper()
	r := &rig{dir: t.TempDir()}
	guest.Begun = func(machine, what string) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.begun = append(r.begun, strings.TrimPrefix(machine, "dh-demo-")+" "+what)
	}
	options.Guest = windows.New(guest)
	r.Driver = fake.New(options)
	key := bytes.Repeat([]byte("0123456789abcdef"), 2)
	must(t, r.UploadVolume(t.Context(), "dh-pool-key", int64(len(key)), bytes.NewReader(key)))
	t.Cleanup(func() { _ = r.Close() })
	return r
}

// work is what was begun so far.
func (r *rig) work() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]string(nil), r.begun...)
}

func (r *rig) events() []engine.Event {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]engine.Event(nil), r.told...)
}

// engine is one process's engine on the rig; d is the rig, or what wraps it.
func (r *rig) engine(d drivers.Driver, lab *labs.Lab) *engine.Engine {
	return engine.New(d, lab, lab.Name, engine.Options{
		RunDir: r.dir,
		Report: func(e engine.Event) {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.told = append(r.told, e)
		},
		Digest: digest,
		LookupEnv: func(name string) (string, bool) {
			v, ok := r.env[name]
			return v, ok
		},
	})
}

// run is one process: it opens the driver, does its work, and ends.
func (r *rig) run(d drivers.Driver, lab *labs.Lab, work func(*engine.Engine) error) error {
	e := r.engine(d, lab)
	defer e.Close()
	return work(e)
}

// up is `doublehop up --to target`.
func up(ctx context.Context, target string) func(*engine.Engine) error {
	return func(e *engine.Engine) error {
		p, err := planned(ctx, e, target)
		if err != nil {
			return err
		}
		return e.Up(ctx, p)
	}
}

func planned(ctx context.Context, e *engine.Engine, target string) (*plan.Plan, error) {
	p, diags, err := e.Plan(ctx, target)
	if err == nil {
		err = diags.Err()
	}
	return p, err
}

// digest is disc.Digest without a cache in the user's home.
func digest(path string) (string, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:]), nil
}

// demo is the demo lab with discs that are told for what it needs.
func demo(t *testing.T) *labs.Lab {
	t.Helper()
	return read(t, filepath.Join("..", "..", "labs", "demo"), nil)
}

// lab is a lab file with discs beside it.
func lab(t *testing.T, text string) *labs.Lab {
	t.Helper()
	dir := t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, "lab.lab.hcl"), []byte(text), 0o600))
	return read(t, dir, nil)
}

func read(t *testing.T, dir string, vars map[string]string) *labs.Lab {
	t.Helper()
	given := map[string]string{"discs": discs(t)}
	maps.Copy(given, vars)
	l, _, diags := labfile.Load(dir, labfile.Options{Schemas: catalog.Schemas(), Vars: given})
	must(t, diags.Err())
	return l
}

// discs is a folder with images that are told for discs of Windows Server 2003
// and Exchange Server 2003 and hold nothing else.
func discs(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	windows := bootable(image(t, "NRMSEVL_EN", disc.Bytes("WIN51", nil), disc.Bytes("WIN51IS", nil)))
	exchange := image(t, "EXCHANGE", disc.Bytes("SETUP/I386/SETUP.EXE", nil), disc.Bytes("EXDEPLOY/A.HTM", nil))
	must(t, errors.Join(
		os.WriteFile(filepath.Join(dir, "win2003-standin.iso"), windows, 0o600),
		os.WriteFile(filepath.Join(dir, "exchange2003-standin.iso"), exchange, 0o600)))
	return dir
}

func image(t *testing.T, label string, files ...disc.File) []byte {
	t.Helper()
	made, err := disc.ISO(label, files)
	must(t, err)
	var b bytes.Buffer
	_, err = made.WriteTo(&b)
	must(t, err)
	return b.Bytes()
}

// bootable puts an El Torito boot record in place of the terminator, and its
// catalogue behind the volume.
func bootable(image []byte) []byte {
	record := image[17*2048:][:2048]
	clear(record)
	copy(record, "\x00CD001\x01EL TORITO SPECIFICATION")
	binary.LittleEndian.PutUint32(record[71:], uint32(len(image)/2048))
	catalog := make([]byte, 2048)
	catalog[0], catalog[30], catalog[31], catalog[32] = 1, 0x55, 0xAA, 0x88
	binary.LittleEndian.PutUint16(catalog[28:], 0x10000-0xAA55-1) // the sum of its words is 0
	return append(image, catalog...)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// manifests are the whole checkpoints of the pool.
func manifests(t *testing.T, r *rig) []checkpoint.Manifest {
	t.Helper()
	volumes, err := r.Volumes(t.Context())
	must(t, err)
	list, broken, err := checkpoint.List(t.Context(), r, volumes)
	must(t, err)
	if len(broken) > 0 {
		t.Errorf("broken checkpoints: %v", broken)
	}
	return list
}

// small is a lab of one machine that installs itself, and then does a `run` step.
func small(t *testing.T, machine, step string) *labs.Lab {
	t.Helper()
	return lab(t, smallLab(machine, step))
}

func smallLab(machine, step string) string {
	if step == "" {
		step = `command = "ver"`
	}
	return `
lab "demo" {}
variable "discs" { default = "." }
secret "administrator" { generate = true }
media "windows" { path = "${var.discs}/win2003-standin.iso" }
network "corp" { subnet = "10.20.0.0/24" }
` + machineBlock(machine, "10.20.0.10") + `
stage "windows" {
  step "install" { on = machine.` + machine + ` }
}
stage "work" {
  after = stage.windows
  step "run" {
    on = machine.` + machine + `
    ` + step + `
  }
}
`
}

func machineBlock(name, address string) string {
	return `
machine "` + name + `" {
  os             = "windows-2003"
  memory         = "256MiB"
  install_from   = media.windows
  admin_password = secret.administrator
  disk "system" { size = "2GiB" }
  nic "corp" { address = "` + address + `" }
}
`
}
