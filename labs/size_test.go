package labs_test

import (
	"testing"

	"github.com/doublehop/doublehop/labs"
)

func TestSizes(t *testing.T) {
	for text, want := range map[string]uint64{
		"512MiB": 512 * labs.MiB, "1 GiB": labs.GiB, "1.5GiB": 1536 * labs.MiB, "2GB": 2e9,
		"16gib": 16 * labs.GiB, "10B": 10, "0MiB": 0, "2TiB": 2 * labs.TiB, "4KB": 4000,
	} {
		if got, err := labs.ParseSize(text); err != nil || got != want {
			t.Errorf("%s is %d (%v), not %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "512", "MiB", "-1MiB", "1e3MiB", "0x10MiB", "1..5GiB", "99999999999TiB", "9e30GiB", "16 parsecs", "InfGiB", "NaNGiB"} {
		if got, err := labs.ParseSize(text); err == nil {
			t.Errorf("%q was read as %d", text, got)
		}
	}
}

func TestASizeIsWrittenAsItIsRead(t *testing.T) {
	for bytes, want := range map[uint64]string{
		512 * labs.MiB: "512MiB", labs.GiB: "1GiB", 1536 * labs.MiB: "1536MiB", 1000: "1000B", 0: "0B", 3 * labs.TiB: "3TiB", 1024: "1KiB",
	} {
		got := labs.FormatSize(bytes)
		back, err := labs.ParseSize(got)
		if got != want || err != nil || back != bytes {
			t.Errorf("%d is written %s, read back as %d (%v)", bytes, got, back, err)
		}
	}
}
