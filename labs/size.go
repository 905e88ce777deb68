package labs

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// The units of sizes, in bytes.
const (
	KiB uint64 = 1 << (10 * (iota + 1))
	MiB
	GiB
	TiB
)

//nolint:gochecknoglobals // a table, never changed
var units = []struct {
	name  string
	bytes uint64
}{
	{"TiB", TiB},
	{"GiB", GiB},
	{"MiB", MiB},
	{"KiB", KiB},
	{"TB", 1e12},
	{"GB", 1e9},
	{"MB", 1e6},
	{"KB", 1e3},
	{"B", 1},
}

// ParseSize reads "512MiB", "1.5 GiB" or "2GB" as bytes. The unit must be
// there; its letters may be of either case. The error is a full sentence.
func ParseSize(text string) (uint64, error) {
	for _, u := range units {
		at := len(text) - len(u.name)
		if at < 0 || !strings.EqualFold(text[at:], u.name) {
			continue
		}
		number := strings.TrimSpace(text[:at])
		if n, err := strconv.ParseUint(number, 10, 64); err == nil {
			if n > math.MaxInt64/u.bytes {
				return 0, fmt.Errorf("%q is larger than any disk.", text) //nolint:staticcheck // a sentence for the author
			}
			return n * u.bytes, nil
		}
		f, err := strconv.ParseFloat(number, 64)
		if err != nil || strings.Trim(number, "0123456789.") != "" {
			break
		}
		if f*float64(u.bytes) > math.MaxInt64 {
			return 0, fmt.Errorf("%q is larger than any disk.", text) //nolint:staticcheck // a sentence for the author
		}
		return uint64(math.Round(f * float64(u.bytes))), nil
	}
	return 0, fmt.Errorf("%q is not a size. Write a number and a unit, such as \"512MiB\" or \"16GiB\".", text) //nolint:staticcheck // a sentence for the author
}

// FormatSize writes bytes in the largest binary unit that gives a whole
// number: "512MiB", "16GiB", "1000B". [ParseSize] reads it back.
func FormatSize(bytes uint64) string {
	for _, u := range units[:4] {
		if bytes >= u.bytes && bytes%u.bytes == 0 {
			return strconv.FormatUint(bytes/u.bytes, 10) + u.name
		}
	}
	return strconv.FormatUint(bytes, 10) + "B"
}
