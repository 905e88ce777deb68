package disc

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// mostProgram is how much of a setup program is searched for its version.
const mostProgram = 8 << 20

// exchange knows the discs of Exchange by their folders and by the version in
// their setup program: no list of their labels has been published.
func exchange(id *Identity, v *volume, root map[string]bool) error {
	for _, setup := range []struct {
		path string
		form Form
	}{{"SETUP/I386/UPDATE.EXE", ServicePackOnly}, {"SETUP/I386/SETUP.EXE", Whole}} {
		old, ok, err := v.find(setup.path)
		if err != nil {
			return err
		}
		if ok {
			return oldExchange(id, v, root, old, setup.form)
		}
	}
	for _, name := range []string{"SETUP/SERVERROLES", "SETUP/SERVERRO"} { // the whole name, or its 8.3 form
		folder, found, err := v.find(name)
		if err != nil {
			return err
		}
		if found && folder.folder {
			return laterExchange(id, v)
		}
	}
	return nil
}

// laterExchange knows Exchange 2007 and later.
func laterExchange(id *Identity, v *volume) error {
	setup, ok, err := v.find("SETUP.EXE")
	if err != nil || !ok {
		return err
	}
	id.Product, id.Form = ExchangeUnknown, Whole
	id.say(`the folder SETUP\SERVERROLES`)
	if err := exchangeVersion(id, v, setup); err != nil {
		return err
	}
	if id.Product != Exchange2007 {
		id.Arch = X64 // there is no other
		return nil
	}
	return platform(id, v)
}

var template = regexp.MustCompile(`(x64|Intel);\d`)

// platform tells the two builds of Exchange 2007 apart, by the platform that its
// package for Windows Installer names ("Template Summary property"). Setup's own
// program is of .NET, and tells nothing.
func platform(id *Identity, v *volume) error {
	msi, ok, err := v.find("EXCHANGESERVER.MSI")
	if err != nil || !ok {
		return err
	}
	found, err := v.search(msi, template)
	if err != nil || found == nil {
		return err
	}
	id.Arch = map[string]string{"x64": X64, "Intel": X86}[found[1]]
	id.say("%q in EXCHANGESERVER.MSI", found[0])
	return nil
}

// oldExchange knows Exchange 2000 and 2003, whose setup program lies where
// other products have theirs too: its version or a folder must agree.
func oldExchange(id *Identity, v *volume, root map[string]bool, setup item, form Form) error {
	folder := ""
	for _, name := range []string{"EXDEPLOY", "ADC"} {
		if root[name] && folder == "" {
			folder = name
		}
	}
	found := *id
	if err := exchangeVersion(&found, v, setup); err != nil {
		return err
	}
	if found.Product != Exchange2000 && found.Product != Exchange2003 {
		if folder == "" && form == Whole {
			return nil
		}
		found = *id
		if found.Product = ExchangeUnknown; folder == "EXDEPLOY" { // its tools came with Exchange 2003
			found.Product = Exchange2003
		}
	}
	if folder != "" {
		found.say("the folder %s", folder)
	}
	if form == ServicePackOnly {
		found.say(`the file SETUP\I386\UPDATE.EXE`)
	}
	*id = found
	id.Arch, id.Form = X86, form
	return nil
}

// firstSE is the first build of Exchange Server SE, whose setup calls itself
// 15.2 as that of Exchange 2019 does.
const firstSE = 2562

// exchangeVersion reads the setup program's version, where it has one.
func exchangeVersion(id *Identity, v *volume, setup item) error {
	b, err := v.content(setup, mostProgram)
	if err != nil {
		return err
	}
	version, language, ok := fileVersion(b)
	if !ok {
		return nil
	}
	products := map[string]Product{
		"6.0": Exchange2000, "6.5": Exchange2003, "8": Exchange2007, "14": Exchange2010,
		"15.0": Exchange2013, "15.1": Exchange2016, "15.2": Exchange2019,
	}
	parts := strings.Split(version, ".")
	for _, key := range []string{parts[0] + "." + parts[1], parts[0]} {
		p, ok := products[key]
		if !ok {
			continue
		}
		if build, _ := strconv.Atoi(parts[2]); key == "15.2" && build >= firstSE {
			p = ExchangeSE
		}
		id.Product, id.Version = p, version
		if p == Exchange2000 || p == Exchange2003 { // later ones speak every language
			id.Language = language
		}
		id.say("its setup program has version %s", version)
		break
	}
	return nil
}

// fileVersion finds VS_FIXEDFILEINFO in a Windows program: its signature, the
// structure's version 1.0, and the file's version in two numbers; and behind it
// the language of the version's texts.
func fileVersion(program []byte) (version, language string, ok bool) {
	at := bytes.Index(program, []byte("\xBD\x04\xEF\xFE\x00\x00\x01\x00"))
	if at < 0 || at+16 > len(program) {
		return "", "", false
	}
	high, low := binary.LittleEndian.Uint32(program[at+8:]), binary.LittleEndian.Uint32(program[at+12:])
	rest := program[at:min(len(program), at+4096)]
	if t := bytes.Index(rest, translation); t >= 0 && t+len(translation)+4 <= len(rest) {
		language = languages[binary.LittleEndian.Uint16(rest[t+len(translation)+2:])]
	}
	return fmt.Sprintf("%d.%d.%d.%d", high>>16, high&0xFFFF, low>>16, low&0xFFFF), language, true
}

// translation is the key of the version's languages, with the end of its text;
// two bytes fill up to a multiple of four.
var translation = []byte("T\x00r\x00a\x00n\x00s\x00l\x00a\x00t\x00i\x00o\x00n\x00\x00\x00") //nolint:gochecknoglobals // a constant

// languages are Windows' numbers of languages, as Microsoft's labels say them.
var languages = map[uint16]string{ //nolint:gochecknoglobals // a table
	0x409: "EN", 0x407: "DE", 0x40C: "FR", 0x410: "IT", 0x40A: "ES", 0xC0A: "ES", 0x411: "JA", 0x412: "KO", 0x804: "CN", 0x404: "TW",
}
