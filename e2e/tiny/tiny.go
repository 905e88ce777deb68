// Package tiny is a lab whose guests are boot sectors, with a checkpoint made by
// hand: what would take minutes to install is there in a moment, and a hundred
// of them can run side by side.
//
// It makes layers and a manifest under the keys that `plan -o json` names, so
// that the program takes them for its own work.
//
// Floor 6. It is used by tests and measurements on real libvirt only.
package tiny

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/doublehop/doublehop/drivers"
	"github.com/doublehop/doublehop/provision/checkpoint"
)

//go:generate sh -c "as --32 -o wire.o wire.S && ld -m elf_i386 -Ttext 0x7c00 --oformat binary -o wire.bin wire.o && rm wire.o && chmod 644 wire.bin"
//go:embed wire.bin
var wire []byte

// Role is what a guest does.
type Role byte

// What a guest does, once it has found its network card.
const (
	// Talk sends a broadcast five times a second, and says "sent" on COM1.
	Talk Role = 'T'
	// Listen says "heard" for each of those that it receives.
	Listen Role = 'L'
	// Halt does nothing at all, and uses no processor.
	Halt Role = 'H'
)

// roleAt is the place of the role in the boot sector, and capacity the size of
// the disk that it is on, in bytes.
const (
	roleAt   = 508
	capacity = 1 << 20
)

// Lab is a lab file with two machines, one to talk and one to listen. The
// variable discs is the folder with the stand-in disc of Windows.
const Lab = `
lab "tiny" {}
variable "discs" { default = "." }
secret "administrator" { generate = true }
secret "windows_key" { file = "standin.key" }
media "windows" { path = "${var.discs}/win2003-standin.iso" }
network "corp" { subnet = "10.20.0.0/24" }
machine "talker" {
  os             = "windows-2003"
  memory         = "128MiB"
  install_from   = media.windows
  product_key    = secret.windows_key
  admin_password = secret.administrator
  disk "system" { size = "2GiB" }
  nic "corp" { address = "10.20.0.10" }
}
machine "listener" {
  os             = "windows-2003"
  memory         = "128MiB"
  install_from   = media.windows
  product_key    = secret.windows_key
  admin_password = secret.administrator
  disk "system" { size = "2GiB" }
  nic "corp" { address = "10.20.0.20" }
}
stage "windows" {
  step "install" { on = [machine.talker, machine.listener] }
}
`

// Checkpoint makes the checkpoint of the one stage of a plan, as `plan -o json`
// wrote it. Machines without a role halt. folder is for files that are needed
// meanwhile.
func Checkpoint(ctx context.Context, pool drivers.Volumes, plan []byte, roles map[string]Role, folder string) error {
	var p struct {
		Lab    string
		Stages []struct {
			Name, Key string
			Layers    []struct{ Machine, Key string }
		}
	}
	if err := json.Unmarshal(plan, &p); err != nil {
		return err
	}
	if len(p.Stages) != 1 {
		return fmt.Errorf("the plan has %d stages", len(p.Stages))
	}
	stage := p.Stages[0]
	m := checkpoint.Manifest{Key: stage.Key, Lab: p.Lab, Stage: stage.Name, Made: time.Now().UTC(), Machines: map[string]checkpoint.Machine{}}
	for _, l := range stage.Layers {
		role, ok := roles[l.Machine]
		if !ok {
			role = Halt
		}
		disk, err := image(ctx, folder, role)
		if err != nil {
			return err
		}
		volume := fmt.Sprintf("dh-layer-%.32s_system_hand.qcow2", l.Key)
		err = pool.UploadDisk(ctx, drivers.VolumeSpec{Name: volume, Capacity: capacity}, int64(len(disk)), bytes.NewReader(disk))
		if err != nil && drivers.KindOf(err) != drivers.Conflict {
			return err
		}
		m.Machines[l.Machine] = checkpoint.Machine{
			Layer: l.Key, Preimage: json.RawMessage("{}"),
			Disks: map[string]checkpoint.Disk{"system": {Volume: volume, Capacity: capacity}},
		}
	}
	return checkpoint.Commit(ctx, pool, m)
}

// image is a disk in the qcow2 format that begins with the boot sector.
func image(ctx context.Context, folder string, role Role) ([]byte, error) {
	raw, disk := filepath.Join(folder, "tiny.raw"), filepath.Join(folder, "tiny.qcow2")
	b := make([]byte, capacity)
	copy(b, wire)
	b[roleAt] = byte(role)
	if err := os.WriteFile(raw, b, 0o600); err != nil {
		return nil, err
	}
	out, err := exec.CommandContext(ctx, "qemu-img", "convert", "-f", "raw", "-O", "qcow2", raw, disk).CombinedOutput() //nolint:gosec // paths of ours
	if err != nil {
		return nil, fmt.Errorf("qemu-img convert: %w: %s", err, out)
	}
	made, err := os.ReadFile(disk) //nolint:gosec // written just now
	return made, errors.Join(err, os.Remove(raw), os.Remove(disk))
}
