package catalog_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/catalog"
	"github.com/doublehop/doublehop/provision/disc"
	"github.com/doublehop/doublehop/provision/estate"
)

// brought is a user's disc with these files.
func brought(t *testing.T, label string, files map[string]string) *disc.Media {
	t.Helper()
	var list []disc.File
	for path, text := range files {
		list = append(list, disc.Bytes(path, []byte(text)))
	}
	image, err := disc.ISO(label, list)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if _, err := image.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	m, err := disc.Open(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// versioned is a program with a version.
func versioned(b estate.Build) string {
	p := []byte("MZ\xBD\x04\xEF\xFE\x00\x00\x01\x00")
	for _, n := range []int{b[1], b[0], b[3], b[2]} {
		p = binary.LittleEndian.AppendUint16(p, uint16(n))
	}
	return string(p)
}

// images is a file of images.
func images(texts ...string) string {
	text := "<WIM>"
	for n, t := range texts {
		text += fmt.Sprintf(`<IMAGE INDEX="%d">%s</IMAGE>`, n+1, t)
	}
	wide := []byte{0xFF, 0xFE}
	for _, c := range text + "</WIM>" {
		wide = append(wide, byte(c), 0)
	}
	head := make([]byte, 208)
	copy(head, "MSWIM\x00\x00\x00")
	binary.LittleEndian.PutUint64(head[72:], uint64(len(wide)))
	binary.LittleEndian.PutUint64(head[80:], 208)
	return string(head) + string(wide)
}

func server(edition string, v estate.Build) string {
	return fmt.Sprintf("<NAME>%s</NAME><WINDOWS><ARCH>9</ARCH><EDITIONID>Server%s</EDITIONID><PRODUCTTYPE>ServerNT</PRODUCTTYPE>"+
		"<VERSION><MAJOR>%d</MAJOR><MINOR>%d</MINOR><BUILD>%d</BUILD></VERSION></WINDOWS>", edition, edition, v[0], v[1], v[2])
}

// What discs are told by, and what the tables say of the same products.
func TestDiscsAndTablesUseTheSameWords(t *testing.T) {
	t.Parallel()
	for _, w := range estate.AllWindows() {
		if w.Version[0] < 6 {
			continue
		}
		id := brought(t, "DISC", map[string]string{"SOURCES/INSTALL.WIM": images(server("Standard", w.Version))}).Identity()
		if held, sure := catalog.Holds(id); held != string(w.OS) || !sure {
			t.Errorf("build %s is %s, %v, and not %s", w.Version, held, sure, w.OS)
		}
	}
	for _, r := range estate.Releases() {
		files := map[string]string{"SETUP.EXE": versioned(r.Build), "SETUP/SERVERRO/A": ""}
		switch {
		case r.Product == "exchange-5.5" || strings.Contains(r.ID, "-ru"):
			continue
		case r.Product == "exchange-2000" || r.Product == "exchange-2003":
			files = map[string]string{"SETUP/I386/UPDATE.EXE": versioned(r.Build)}
		}
		if held, sure := catalog.Holds(brought(t, "DISC", files).Identity()); held != r.ID || !sure {
			t.Errorf("build %s is %s, %v, and not %s", r.Build, held, sure, r.ID)
		}
	}
}

// fitted is a disc, a want, and what is said of them.
type fitted struct {
	label string
	files map[string]string
	want  catalog.Want
	block labs.Media
	says  string // empty when it fits
	doubt bool
}

func windowsFits() map[string]fitted {
	x86 := catalog.Want{Product: disc.Windows2003, Form: disc.Whole, Name: "Windows Server 2003", Arch: labs.X86}
	starts := x86
	starts.Starts = true
	r2 := catalog.Want{Product: disc.Windows2003R2, Form: disc.SecondDisc, Name: "disc 2"}
	enterprise := x86
	enterprise.Machine = &labs.Machine{Name: "dc01", Edition: "enterprise", ServicePack: labs.UnknownServicePack}
	packed := x86
	packed.Machine = &labs.Machine{Name: "dc01", ServicePack: 2}
	files := map[string]string{"WIN51": "", "WIN51IS": "", "WIN51IS.SP1": ""}
	cd2 := map[string]string{"CMPNENTS/R2/A": ""}
	return map[string]fitted{
		"right":                {label: "ARMSVOL_EN", files: files, want: x86},
		"the level is right":   {label: "X", files: files, want: x86, block: labs.Media{Product: "windows-2003-sp1"}},
		"R2 is 2003 too":       {label: "X", files: files, want: x86, block: labs.Media{Product: "windows-2003r2-sp1"}},
		"another level":        {label: "X", files: files, want: x86, block: labs.Media{Product: "windows-2003-sp2"}, says: "it holds windows-2003-sp1, and the media block says windows-2003-sp2"},
		"service-pack CD":      {label: "CR0SP2_EN", files: files, want: x86, says: "cannot install it"},
		"x64":                  {label: "X", files: map[string]string{"WIN51": "", "WIN51AS": "", "AMD64/A": ""}, want: x86, says: "it is a disc for x64 machines, and this one is x86"},
		"disc 2 for disc 1":    {label: "CR0SCD2_EN", files: cd2, want: x86, says: "disc 2 of Windows Server 2003 R2"},
		"disc 2":               {label: "CR0SCD2_EN", files: cd2, want: r2},
		"disc 1 for disc 2":    {label: "X", files: files, want: r2, says: "what is wanted is on disc 2"},
		"cannot start":         {label: "X", files: files, want: starts, says: "no boot record"},
		"web":                  {label: "X", files: map[string]string{"WIN51": "", "WIN51IB": ""}, want: x86, says: "web edition"},
		"nothing known":        {label: "X", files: map[string]string{"A": ""}, want: x86, says: "nothing known is on it"},
		"nothing known, taken": {label: "X", files: map[string]string{"A": ""}, want: x86, block: labs.Media{SHA256: "0"}, says: "taken for Windows Server 2003", doubt: true},
		"another edition":      {label: "X", files: files, want: enterprise, says: "standard edition, and machine", doubt: true},
		"another pack":         {label: "X", files: files, want: packed, says: `service pack 1, and machine "dc01" says 2`},
	}
}

func laterFits() map[string]fitted {
	build := estate.Build{6, 3, 9600}
	wim := map[string]string{"SOURCES/INSTALL.WIM": images(server("StandardCore", build), server("Standard", build), server("DatacenterCore", build), server("Datacenter", build))}
	on := func(edition, image string) catalog.Want {
		return catalog.Want{
			Product: disc.Windows2012R2, Form: disc.Whole, Name: "Windows Server 2012 R2", Arch: labs.X64,
			Machine: &labs.Machine{Name: "ex02", OS: labs.Windows2012R2, Edition: edition, Image: image, ServicePack: labs.UnknownServicePack},
		}
	}
	newer := on("", "")
	newer.Product, newer.Name = disc.Windows2016, "Windows Server 2016"
	one := map[string]string{"SOURCES/INSTALL.WIM": images(server("Standard", build))}
	rev := map[string]string{"SOURCES/INSTALL.WIM": images(server("Standard", build), server("StandardCore", build))}
	return map[string]fitted{
		"right":           {files: wim, want: on("", "")},
		"datacenter":      {files: wim, want: on("datacenter", "")},
		"by name":         {files: wim, want: on("", "StandardCore")},
		"another Windows": {files: wim, want: newer, says: "not of windows-2016"},
		"too few images":  {files: one, want: on("", ""), says: `no image 2 for machine "ex02"; it has 1 Standard`},
		"the core":        {files: rev, want: on("", ""), says: "its image 2 is StandardCore"},
		"no images":       {files: map[string]string{"SOURCES/INSTALL.WIM": "x"}, want: on("", ""), says: "does not tell which", doubt: true},
		"a Windows 2003":  {files: map[string]string{"WIN51": "", "WIN51IS": ""}, want: on("", ""), says: "it is a disc of windows-2003"},
	}
}

func exchangeFits() map[string]fitted {
	setup := catalog.Want{Product: disc.Exchange2010, Form: disc.Whole, Name: "Exchange 2010 SP3", Arch: labs.X64}
	old := catalog.Want{Product: disc.Exchange2003, Form: disc.Whole, Name: "Exchange Server 2003", Arch: labs.X86}
	sp2 := catalog.Want{Product: disc.Exchange2003, Form: disc.ServicePackOnly, Name: "Exchange 2003 SP2", Programs: []string{`SETUP\I386\UPDATE.EXE`}}
	remove := old
	remove.Programs = []string{`SETUP\I386\SETUP.EXE`}
	ru := catalog.Want{Product: disc.Exchange2010, Form: disc.Update, Name: "Exchange 2010 SP3 RU11", Programs: []string{"*.msp"}}
	whole := map[string]string{"SETUP.EXE": versioned(estate.Build{14, 3, 123, 4}), "SETUP/SERVERRO/A": ""}
	update := map[string]string{"SETUP/I386/UPDATE.EXE": versioned(estate.Build{6, 5, 7638, 1})}
	of2000 := map[string]string{"SETUP/I386/UPDATE.EXE": versioned(estate.Build{6, 0, 6249, 4})}
	plain := map[string]string{"SETUP/I386/UPDATE.EXE": ""}
	return map[string]fitted{
		"right":                   {files: whole, want: setup, block: labs.Media{Product: "exchange-2010-sp3"}},
		"another level":           {files: whole, want: setup, block: labs.Media{Product: "exchange-2010-sp2"}, says: "it holds exchange-2010-sp3"},
		"another version":         {files: whole, want: old, says: "not of exchange-2003"},
		"an update for setup":     {files: update, want: old, says: "cannot install it"},
		"the update":              {files: update, want: sp2, block: labs.Media{Product: "exchange-2003-sp2"}},
		"an update of another":    {files: of2000, want: sp2, says: "it is for exchange-2000, not for exchange-2003"},
		"an update without level": {files: plain, want: sp2, block: labs.Media{Product: "exchange-2003-sp2"}},
		"to remove":               {files: map[string]string{"SETUP/I386/UPDATE.EXE": versioned(estate.Build{6, 5, 7638, 1}), "SETUP/I386/SETUP.EXE": ""}, want: remove, block: labs.Media{Product: "exchange-2003-sp2"}},
		"no setup to remove with": {files: update, want: remove, says: `none of SETUP\I386\SETUP.EXE`},
		"another one to remove":   {files: map[string]string{"SETUP/I386/SETUP.EXE": versioned(estate.Build{6, 0, 4417, 5})}, want: remove, says: "it is for exchange-2000"},
		"no update on it":         {files: whole, want: ru, says: "which has no update on it"},
		"nothing on it":           {files: map[string]string{"A": ""}, want: ru, says: "none of *.msp"},
		"a rollup of my own":      {files: map[string]string{"MINE.MSP": ""}, want: ru, block: labs.Media{Product: "exchange-2010-sp3-ru11"}},
		"silent about its level":  {files: map[string]string{"SETUP/I386/SETUP.EXE": "", "EXDEPLOY/A": ""}, want: old, block: labs.Media{Product: "exchange-2003-sp1"}, says: "does not tell its level", doubt: true},
	}
}

func TestFits(t *testing.T) {
	t.Parallel()
	for kind, cases := range map[string]map[string]fitted{"windows": windowsFits(), "later": laterFits(), "exchange": exchangeFits()} {
		for name, c := range cases {
			if c.label == "" {
				c.label = "DISC"
			}
			faults, err := c.want.Fits(brought(t, c.label, c.files), &c.block)
			if err != nil {
				t.Errorf("%s, %s: %v", kind, name, err)
			}
			switch {
			case c.says == "" && len(faults) > 0:
				t.Errorf("%s, %s: %+v", kind, name, faults)
			case c.says != "" && (len(faults) != 1 || !strings.Contains(faults[0].Why, c.says) || faults[0].Doubt != c.doubt || !strings.HasSuffix(faults[0].Remedy, ".")):
				t.Errorf("%s, %s: %+v, want %q", kind, name, faults, c.says)
			}
		}
	}
}
