package guest_test

import (
	"testing"

	"github.com/doublehop/doublehop/provision/guest/winetest"
)

func TestMain(m *testing.M) { winetest.Main(m) }
