package fake

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"github.com/doublehop/doublehop/drivers"
)

// world is all that the hypervisor knows, as it lies in the file.
type world struct {
	Machines map[string]*machine
	Networks map[string]*network
	Volumes  map[string]*volume
}

type machine struct {
	Spec     drivers.MachineSpec
	Foreign  bool `json:",omitempty"`
	State    drivers.State
	StateWhy string `json:",omitempty"`
	ShutDown bool   `json:",omitempty"`
	// Saved is the volume that the memory of a machine without power lies in.
	Saved string `json:",omitempty"`
	// Clock is what the hardware clock showed at Since; it stands still while the
	// machine does not run, and is zero while it follows the host's.
	Clock, Since time.Time `json:",omitzero"`
	// Words are what the guest holds in its memory.
	Words map[string]string `json:",omitempty"`
	// Power counts power-ons, Boot the boots since the last one.
	Power, Boot int
	// Owner is the process in which the guest runs.
	Owner int `json:",omitempty"`
	// Media counts changes in each drive.
	Media map[string]uint64 `json:",omitempty"`
	// Screen is what the guest shows on its text screen.
	Screen []string `json:",omitempty"`
	// Activity since power-on.
	DiskBytes, NetBytes uint64
}

type network struct {
	Spec    drivers.NetworkSpec
	Foreign bool `json:",omitempty"`
	Active  bool
	Leaks   []drivers.Leak `json:",omitempty"`
}

type volume struct {
	Name     string
	Disk     bool
	Capacity uint64
	Backing  string `json:",omitempty"`
	// Data are the bytes of what was uploaded.
	Data []byte `json:",omitempty"`
	// Keys are what a guest wrote to this very layer; nil is a deletion.
	Keys map[string]*string `json:",omitempty"`
}

func newWorld() *world {
	return &world{Machines: map[string]*machine{}, Networks: map[string]*network{}, Volumes: map[string]*volume{}}
}

// chain is a volume and what lies under it, top first.
func (w *world) chain(name string) []*volume {
	var all []*volume
	for v := w.Volumes[name]; v != nil && len(all) < len(w.Volumes); v = w.Volumes[v.Backing] {
		all = append(all, v)
	}
	return all
}

// used is how many bytes the volumes hold.
func (w *world) used() uint64 {
	sum := uint64(0)
	for _, v := range w.Volumes {
		sum += v.allocated()
	}
	return sum
}

// allocated is what a volume takes: an empty qcow2 file is 192 KiB.
func (v *volume) allocated() uint64 {
	if !v.Disk {
		return uint64(len(v.Data))
	}
	sum := uint64(192 << 10)
	for key, value := range v.Keys {
		sum += uint64(len(key))
		if value != nil {
			sum += uint64(len(*value))
		}
	}
	return sum
}

// store keeps the world and lets one look at or change it at a time.
type store interface {
	with(write bool, do func(*world) error) error
}

// memory keeps the world in this process. What do changed before it failed is
// kept, so every do checks first and changes after.
type memory struct {
	mu    sync.Mutex
	world *world
}

func (m *memory) with(_ bool, do func(*world) error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return do(m.world)
}

// file keeps the world in a JSON file beside a lock file.
type file struct {
	path string

	mu    sync.Mutex
	world *world
	seen  os.FileInfo
}

func (f *file) with(write bool, do func(*world) error) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	lock, err := os.OpenFile(f.path+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	defer func() { _ = lock.Close() }()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		return err
	}
	if err := f.load(); err != nil {
		return err
	}
	if err := do(f.world); err != nil {
		f.world = nil // whatever it changed is not kept
		return err
	}
	if !write {
		return nil
	}
	return f.save()
}

// load reads the file, unless it is the one that we have read or written last.
func (f *file) load() error {
	now, err := os.Stat(f.path)
	if errors.Is(err, fs.ErrNotExist) {
		f.world, f.seen = newWorld(), nil
		return nil
	}
	if err != nil {
		return err
	}
	if f.world != nil && f.seen != nil && os.SameFile(now, f.seen) && now.ModTime().Equal(f.seen.ModTime()) {
		return nil
	}
	text, err := os.ReadFile(f.path)
	if err != nil {
		return err
	}
	f.world, f.seen = newWorld(), now
	return json.Unmarshal(text, f.world)
}

func (f *file) save() error {
	text, err := json.Marshal(f.world)
	if err != nil {
		return err
	}
	next := filepath.Join(filepath.Dir(f.path), "."+filepath.Base(f.path)+".next")
	if err := os.WriteFile(next, text, 0o600); err != nil {
		return err
	}
	if err := os.Rename(next, f.path); err != nil {
		return err
	}
	f.seen, err = os.Stat(f.path)
	return err
}
