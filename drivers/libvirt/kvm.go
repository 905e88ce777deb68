package libvirt

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	lv "libvirt.org/go/libvirt"
	"libvirt.org/go/libvirtxml"
)

// probeSector is built from probe/probe.S.
//
//go:generate sh -c "as --32 -o probe/probe.o probe/probe.S && ld -m elf_i386 -Ttext 0x7c00 --oformat binary -o probe/probe.bin probe/probe.o && rm probe/probe.o && chmod 644 probe/probe.bin"
//go:embed probe/probe.bin
var probeSector []byte

const (
	trialName  = "dh-host-trial"
	trialImage = "dh-host-trial.img"
	// trialLimit is many times what the trial takes on the slowest KVM: it
	// needs 0.1 s of processor time.
	trialLimit = 5 * time.Second
)

// trial is what is known about this host's KVM.
type trial struct {
	mu          sync.Mutex
	accelerator string
	why         string
}

// accelerator says "kvm" once KVM was seen to run a 32-bit guest, else "tcg"
// and why. The answer is kept in the pool as the name of an empty volume, under
// a digest of what it depends on: the host's processor and the versions of
// QEMU and libvirt.
func (d *Driver) accelerator(ctx context.Context) (accelerator, why string, err error) {
	d.kvm.mu.Lock()
	defer d.kvm.mu.Unlock()
	if d.kvm.accelerator != "" {
		return d.kvm.accelerator, d.kvm.why, nil
	}
	_, err = call(ctx, d, "try KVM on", d.publicURI(), func(c *lv.Connect) (struct{}, error) {
		accelerator, why, err = d.tryKVM(ctx, c)
		return struct{}{}, err
	})
	if err != nil {
		return "", "", err
	}
	d.kvm.accelerator, d.kvm.why = accelerator, why
	return accelerator, why, nil
}

func (d *Driver) tryKVM(ctx context.Context, c *lv.Connect) (accelerator, why string, err error) {
	caps, err := capabilities(c)
	if err != nil {
		return "", "", err
	}
	if !offersKVM(caps) {
		return "tcg", "libvirt offers no KVM for 32-bit guests on this host (is there a /dev/kvm?)", nil
	}
	prefix, err := hostKey(c, caps)
	if err != nil {
		return "", "", err
	}
	found := ""
	err = d.withPool(c, func(pool *lv.StoragePool, at place) error {
		for range 8 { // each other program that may be trying takes trialLimit at most
			names, err := pool.ListStorageVolumes()
			if err != nil {
				return err
			}
			for _, name := range names {
				if rest, ok := strings.CutPrefix(name, prefix); ok {
					found = rest
					return nil
				}
			}
			said, err := d.runTrial(ctx, c, pool, at)
			if errors.Is(err, errOtherTrial) {
				continue // its answer is in the pool now
			}
			if err != nil {
				return err
			}
			found = "tcg-" + said
			if strings.HasSuffix(said, "K") {
				found = "kvm"
			}
			return keepAnswer(pool, prefix+found)
		}
		return asTransient(errOtherTrial)
	})
	if err != nil || found == "kvm" {
		return found, "", err
	}
	return "tcg", trialWhy(strings.TrimPrefix(found, "tcg-"), prefix+found), nil
}

var errOtherTrial = errors.New("another program is trying KVM at the moment")

// trialWhy says in a sentence what a trial that failed means.
func trialWhy(said, volume string) string {
	got := "a 32-bit guest did not even reach its boot sector"
	for _, step := range []struct{ letter, text string }{
		{"R", "a 32-bit guest stopped in real mode"},
		{"P", "a 32-bit guest stopped when it switched paging on"},
		{"G", "a 32-bit guest stopped at its first floating-point instruction"},
		{"F", "a 32-bit guest stopped in a plain loop"},
	} {
		if strings.HasSuffix(said, step.letter) {
			got = step.text
		}
	}
	return fmt.Sprintf("KVM was tried and %s (nested virtualization?). Remove volume %s to have it tried again", got, volume)
}

func offersKVM(caps *libvirtxml.Caps) bool {
	for _, guest := range caps.Guests {
		if guest.Arch.Name != "i686" {
			continue
		}
		for _, domain := range guest.Arch.Domains {
			if domain.Type == "kvm" {
				return true
			}
		}
	}
	return false
}

// hostKey is the beginning of the name of the volume that holds the answer.
func hostKey(c *lv.Connect, caps *libvirtxml.Caps) (string, error) {
	qemu, err := c.GetVersion()
	if err != nil {
		return "", err
	}
	library, err := c.GetLibVersion()
	if err != nil {
		return "", err
	}
	sum := sha256.New()
	fmt.Fprintln(sum, "kvm trial 1", caps.Host.UUID, qemu, library)
	if cpu := caps.Host.CPU; cpu != nil {
		fmt.Fprintln(sum, cpu.Vendor, cpu.Model)
		if cpu.Microcode != nil {
			fmt.Fprintln(sum, cpu.Microcode.Version)
		}
		for _, feature := range cpu.FeatureFlags {
			fmt.Fprintln(sum, feature.Name)
		}
	}
	return "dh-host-" + hex.EncodeToString(sum.Sum(nil))[:12] + "-", nil
}

func keepAnswer(pool *lv.StoragePool, name string) error {
	doc, err := rawVolumeOf(name).Marshal()
	if err != nil {
		return err
	}
	volume, err := pool.StorageVolCreateXML(doc, 0)
	if isCode(err, lv.ERR_STORAGE_VOL_EXIST) {
		return nil
	}
	if err != nil {
		return err
	}
	free(volume)
	return nil
}

// runTrial boots the probe under KVM and gives what it said. The domain is
// transient and goes with its connection, so a killed program leaves none.
func (d *Driver) runTrial(ctx context.Context, pools *lv.Connect, pool *lv.StoragePool, at place) (string, error) {
	if err := putTrialImage(ctx, pools, pool); err != nil {
		return "", err
	}
	c, err := connect(d.uri)
	if err != nil {
		return "", err
	}
	defer func() { _, _ = c.Close() }()
	doc, err := trialDomain(at).Marshal()
	if err != nil {
		return "", err
	}
	domain, err := c.DomainCreateXML(doc, lv.DOMAIN_START_PAUSED|lv.DOMAIN_START_AUTODESTROY)
	if says(err, "already exists") || says(err, "already active") || says(err, "already being started") {
		return "", waitTrial(ctx, c)
	}
	if err != nil {
		return "", nil
	}
	defer free(domain)
	defer func() {
		_ = domain.Destroy()
		_ = removeVolume(pool, trialImage)
	}()
	return listenToTrial(ctx, c, domain)
}

func putTrialImage(ctx context.Context, c *lv.Connect, pool *lv.StoragePool) error {
	doc, err := rawVolumeOf(trialImage).Marshal()
	if err != nil {
		return err
	}
	volume, err := pool.StorageVolCreateXML(doc, 0)
	if isCode(err, lv.ERR_STORAGE_VOL_EXIST) {
		volume, err = pool.LookupStorageVolByName(trialImage)
	}
	if err != nil {
		return err
	}
	defer free(volume)
	// 1.44 MB, so that it is a floppy to the BIOS.
	const floppy = 1474560
	image := make([]byte, floppy)
	copy(image, probeSector)
	return upload(ctx, c, volume, floppy, strings.NewReader(string(image)))
}

func trialDomain(at place) *libvirtxml.Domain {
	port := uint(0)
	return &libvirtxml.Domain{
		Type: "kvm", Name: trialName,
		Memory: &libvirtxml.DomainMemory{Value: 16, Unit: "MiB"},
		VCPU:   &libvirtxml.DomainVCPU{Value: 1},
		OS:     &libvirtxml.DomainOS{Type: &libvirtxml.DomainOSType{Arch: "i686", Machine: "pc", Type: "hvm"}},
		CPU: &libvirtxml.DomainCPU{
			Mode: "custom", Match: "exact", Check: "none", Model: &libvirtxml.DomainCPUModel{Fallback: "forbid", Value: "qemu32"},
		},
		OnReboot: "destroy",
		Devices: &libvirtxml.DomainDeviceList{
			Disks: []libvirtxml.DomainDisk{{
				Device: "floppy", Driver: &libvirtxml.DomainDiskDriver{Name: "qemu", Type: "raw"},
				Source: fileSource(at.path(trialImage)), Target: &libvirtxml.DomainDiskTarget{Dev: "fda", Bus: "fdc"},
				ReadOnly: &libvirtxml.DomainDiskReadOnly{}, Boot: &libvirtxml.DomainDeviceBoot{Order: 1},
			}},
			Controllers: []libvirtxml.DomainController{{Type: "usb", Model: "none"}},
			Serials: []libvirtxml.DomainSerial{{
				Source: &libvirtxml.DomainChardevSource{Pty: &libvirtxml.DomainChardevSourcePty{}},
				Target: &libvirtxml.DomainSerialTarget{Port: &port},
			}},
			MemBalloon: &libvirtxml.DomainMemBalloon{Model: "none"},
		},
	}
}

// listenToTrial resumes the probe and reads COM1 until it says K, ends, or the
// limit is over.
func listenToTrial(ctx context.Context, c *lv.Connect, domain *lv.Domain) (string, error) {
	line, err := openLine(c, domain, 0)
	if err != nil {
		return "", err
	}
	ctx, stop := context.WithTimeout(ctx, trialLimit)
	defer stop()
	closed := make(chan struct{})
	go func() {
		defer close(closed)
		<-ctx.Done()
		_ = line.Close()
	}()
	defer func() {
		stop()
		<-closed
	}()
	if err := domain.Resume(); err != nil {
		return "", nil
	}
	said, buffer := "", make([]byte, 64)
	for !strings.HasSuffix(said, "K") {
		n, err := line.Read(buffer)
		if err != nil {
			break
		}
		for _, letter := range string(buffer[:n]) {
			if strings.ContainsRune("RPGFK", letter) {
				said += string(letter)
			}
		}
	}
	if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, context.DeadlineExceeded) {
		return "", cause
	}
	return said, nil
}

// waitTrial waits for another program's trial to end.
func waitTrial(ctx context.Context, c *lv.Connect) error {
	limit, stop := context.WithTimeout(ctx, 2*trialLimit)
	defer stop()
	for context.Cause(limit) == nil {
		domain, err := c.LookupDomainByName(trialName)
		if isCode(err, lv.ERR_NO_DOMAIN) {
			return errOtherTrial
		}
		if err != nil {
			return err
		}
		free(domain)
		select {
		case <-limit.Done():
		case <-time.After(200 * time.Millisecond):
		}
	}
	return errOtherTrial
}
