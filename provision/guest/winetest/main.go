package winetest

import (
	"flag"
	"os"
	"testing"
)

// parallel is how many tests of Wine may go on at once: they wait for a guest
// most of their time.
const parallel = "4"

// Main is the TestMain of a package most of whose tests run in Wine: more of them
// go on at once than there are processors. The flag -parallel overrules it.
func Main(m *testing.M) {
	if err := flag.Set("test.parallel", parallel); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}
