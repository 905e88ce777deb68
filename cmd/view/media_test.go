package view_test

import (
	"testing"

	"github.com/doublehop/doublehop/cmd/view"
	"github.com/doublehop/doublehop/provision/catalog"
	"github.com/doublehop/doublehop/provision/disc"
	"github.com/doublehop/doublehop/provision/engine"
)

func TestMedia(t *testing.T) {
	t.Parallel()
	windows := disc.Identity{
		Product: disc.Windows2003, Form: disc.Whole, Edition: "enterprise", Arch: disc.X86, Language: "EN", ServicePack: 1, R2: true,
		KeyClass: disc.Volume, Bootable: true, Label: "BX2EVOL_EN",
	}
	later := disc.Identity{Product: disc.Windows2016, Form: disc.Whole, Arch: disc.X64, Version: "10.0.14393.0", Images: make([]disc.SystemImage, 4)}
	rollup := disc.Identity{Product: disc.Exchange2010, Form: disc.Update, Rollups: []disc.Rollup{{File: "A.MSP", Number: 11, ServicePack: 3}}}
	scan := view.Scan{Folder: "discs", Discs: []view.Disc{
		{Path: "discs/a.iso", Bytes: 600 << 20, Product: "windows-2003-sp1", Sure: true, Identity: &windows, Steps: []string{"install", "promote"}, SHA256: "ab12"},
		{Path: "discs/b.iso", Bytes: 5 << 30, Product: "windows-2016", Sure: true, Identity: &later, Steps: []string{"install"}},
		{Path: "discs/c.iso", Bytes: 90 << 20, Product: "exchange-2010-sp3-ru11", Identity: &rollup, Steps: []string{"exchange_update"}},
		{Path: "discs/d.iso", Identity: &disc.Identity{Product: disc.Unknown}, Note: "Nothing known is on it."},
		{Path: "discs/e\x1b[31m.iso", Problem: "it is cut short"},
	}}
	check := view.CheckOf("lab", []engine.MediaCheck{
		{Media: "windows", Path: "discs/a.iso", State: engine.MediaReady, Uses: []string{"stage windows, step install"}, Found: &windows, Holds: "windows-2003-sp1", Sure: true},
		{Media: "exchange", Path: "discs/c.iso", State: engine.MediaWrong, Uses: []string{"stage schema, step forestprep", "stage mail, step exchange_setup"}, Found: &rollup, Holds: "exchange-2010", Faults: []catalog.Fault{
			{Why: "it holds updates only", Remedy: "Bring a disc image of Exchange Server 2003."},
		}},
		{Media: "pack", Path: "discs/pack.iso", Product: "exchange-2003-sp2", State: engine.MediaMissing, Faults: []catalog.Fault{{Why: "there is no such file", Remedy: "Put the disc image there."}}},
	})
	plain := view.Style{}
	golden(t, "media.txt", plain.Scan(scan)+"----\n"+plain.MediaCheck(check)+"----\n"+plain.Scan(view.Scan{Folder: "none"})+plain.MediaCheck(view.CheckOf("lab", nil)))
}
