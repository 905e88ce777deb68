package estate

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Build is a four-part version number, the only way in which levels of
// Exchange can be compared: marketing names cannot. Parts that are not written
// are 0.
type Build [4]int

// ParseBuild reads "6.5.7638" or "15.1.2507.6".
func ParseBuild(s string) (Build, error) {
	var b Build
	parts := strings.Split(s, ".")
	if len(parts) < 2 || len(parts) > len(b) {
		return b, fmt.Errorf("%q is no version of two to four numbers", s)
	}
	for i, p := range parts {
		n, err := strconv.ParseUint(p, 10, 31)
		if err != nil {
			return Build{}, fmt.Errorf("%q is no version of two to four numbers", s)
		}
		b[i] = int(n)
	}
	return b, nil
}

// Compare orders builds, the older first.
func (b Build) Compare(other Build) int { return slices.Compare(b[:], other[:]) }

// Less says that b is older.
func (b Build) Less(other Build) bool { return b.Compare(other) < 0 }

// String is three parts, or four where the last is not 0.
func (b Build) String() string {
	s := fmt.Sprintf("%d.%d.%d", b[0], b[1], b[2])
	if b[3] != 0 {
		s += "." + strconv.Itoa(b[3])
	}
	return s
}

// MarshalText writes the build as String does.
func (b Build) MarshalText() ([]byte, error) { return []byte(b.String()), nil }

// UnmarshalText reads what [ParseBuild] reads.
func (b *Build) UnmarshalText(text []byte) (err error) {
	*b, err = ParseBuild(string(text))
	return err
}
