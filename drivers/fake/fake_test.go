package fake_test

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/doublehop/doublehop/drivers"
	"github.com/doublehop/doublehop/drivers/drivertest"
	"github.com/doublehop/doublehop/drivers/fake"
)

// tiny carries out the script on the CD as the boot image does on real QEMU: it
// has it in memory, and so goes on from there when its memory comes back.
func tiny(ctx context.Context, g *fake.Guest) {
	disc, _ := g.Drive("hdc")
	g.Show("Booting from DVD/CD...")
	ops := drivertest.ScriptOf(disc)
	at, _ := strconv.Atoi(g.Recall("at"))
	for i := at; i < len(ops); i++ {
		op := ops[i]
		g.Remember("at", strconv.Itoa(i))
		text, _ := g.Get("hda", "sector 1")
		switch op.Do {
		case 'S':
			g.Say(op.Text)
		case 'R':
			g.Say("disk:" + text)
		case 'W':
			g.Set("hda", "sector 1", op.Text)
		case 'F':
			data, _ := g.Drive("fda")
			text, _, _ := strings.Cut(string(data), "\x00")
			g.Say("floppy:" + text)
		case 'V':
			g.Show("Booting from DVD/CD...", op.Text)
		case 'K':
			select {
			case <-ctx.Done():
			case chord := <-g.Keyboard():
				g.Say("key:" + typed(chord))
			}
		case 'I':
			n, _ := strconv.Atoi(g.Recall("count"))
			g.Remember("count", strconv.Itoa(n+1))
			g.Say(fmt.Sprintf("count:%05d", n+1))
		case 'T':
			g.Say("time:" + g.Now().Format("20060102150405"))
		case 'N':
			sayLines(g, op.N)
		case 'D':
			select {
			case <-ctx.Done():
			case <-time.After(50 * time.Millisecond):
			}
		case 'J':
			if strings.HasPrefix(text, op.Text) {
				i += op.N
			}
		case 'L':
			i = -1
		case 'P':
			g.PowerOff()
		case 'B':
			g.Reboot()
		case 'H':
			return
		}
	}
}

// typed is the one key that the contract presses.
func typed(chord []uint) string {
	if slices.Equal(chord, []uint{42, 30}) {
		return "A"
	}
	return "?"
}

func sayLines(g *fake.Guest, n int) {
	for i := range n {
		g.Say(fmt.Sprintf("line %05d", i+1))
	}
}

func harness(options fake.Options) drivertest.Harness {
	options.Guest = tiny
	var world *fake.Driver
	return drivertest.Harness{
		Limit: 5 * time.Second,
		Open: func(t *testing.T) drivers.Driver {
			if options.File != "" || world == nil {
				world = fake.New(options)
			}
			return world
		},
		PlantMachine: func(t *testing.T, name string) func() bool {
			if err := world.PlantMachine(name); err != nil {
				t.Fatal(err)
			}
			return func() bool { return world.Planted(name) }
		},
		PlantNetwork: func(t *testing.T, name string) func() bool {
			if err := world.PlantNetwork(name); err != nil {
				t.Fatal(err)
			}
			return func() bool { return world.Planted(name) }
		},
	}
}

func TestTheFakeInMemoryKeepsTheContract(t *testing.T) {
	drivertest.Run(t, harness(fake.Options{}))
}

func TestTheFakeInAFileKeepsTheContract(t *testing.T) {
	drivertest.Run(t, harness(fake.Options{File: filepath.Join(t.TempDir(), "world.json")}))
}
