package engine_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/doublehop/doublehop/drivers/fake"
	"github.com/doublehop/doublehop/drivers/fake/windows"
	"github.com/doublehop/doublehop/provision/disc"
)

// Windows 2000 runs without ACPI, so its guest shuts down and halts: the engine
// cuts the power of a machine at rest, and holds its disk for whole.
func TestAMachineThatCannotSwitchItselfOff(t *testing.T) {
	t.Parallel()
	folder := discs(t)
	cd := bootable(image(t, "ZRMSSEL_EN", disc.Bytes("CDROM_NT.5", nil), disc.Bytes("CDROM_IS.5", nil)))
	must(t, os.WriteFile(filepath.Join(folder, "windows-2000.iso"), cd, 0o600))
	text := strings.NewReplacer(`"windows-2003"`, `"windows-2000"`, "win2003-standin", "windows-2000").Replace(smallLab("dc01", ""))
	must(t, os.WriteFile(filepath.Join(folder, "small.lab.hcl"), []byte(text), 0o600))
	l := read(t, folder, map[string]string{"discs": folder})
	inTime(t, windows.Options{}, fake.Options{}, func(t *testing.T, r *rig) {
		began := time.Now()
		must(t, r.run(r, l, up(t.Context(), "")))
		if got := len(manifests(t, r)); got != 2 {
			t.Errorf("%d checkpoints", got)
		}
		if took := time.Since(began); took > 10*time.Minute {
			t.Errorf("it took %s", took)
		}
	})
}
