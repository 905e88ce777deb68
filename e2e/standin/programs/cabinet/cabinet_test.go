package cabinet_test

import (
	"bytes"
	"os"
	"os/exec"
	"testing"

	"github.com/doublehop/doublehop/drivers/drivertest"
	"github.com/doublehop/doublehop/e2e/standin/programs/cabinet"
)

func TestCabinetsOfAnotherToolAreRead(t *testing.T) {
	if _, err := exec.LookPath("gcab"); err != nil {
		drivertest.NeedsHost(t, "there is no gcab", "apt-get install gcab")
	}
	folder := t.TempDir()
	long := bytes.Repeat([]byte("a stand-in, not Windows; "), 9000)
	for name, data := range map[string][]byte{"long.bin": long, "netdom.exe": []byte("MZ")} {
		if err := os.WriteFile(folder+"/"+name, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, packing := range [][]string{{"-c"}, {"-c", "-z"}} {
		cmd := exec.CommandContext(t.Context(), "gcab", append(packing, "x.cab", "long.bin", "netdom.exe")...)
		cmd.Dir = folder
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		raw, err := os.ReadFile(folder + "/x.cab")
		if err != nil {
			t.Fatal(err)
		}
		files, err := cabinet.Read(raw)
		if err != nil || len(files) != 2 || !bytes.Equal(files[0].Data, long) || files[1].Name != "netdom.exe" || string(files[1].Data) != "MZ" {
			t.Errorf("%v: %d files, %v", packing, len(files), err)
		}
	}
}

func FuzzReadNeverPanics(f *testing.F) {
	f.Add([]byte("MSCF\x00\x00\x00\x00\x40\x00\x00\x00\x00\x00\x00\x00\x2c\x00\x00\x00\x00\x00\x00\x00\x03\x01\x01\x00\x01\x00\x00\x00\x00\x00\x00\x00"))
	f.Fuzz(func(_ *testing.T, raw []byte) { _, _ = cabinet.Read(raw) })
}
