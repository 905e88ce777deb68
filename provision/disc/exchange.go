package disc

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
)

// mostProgram is how much of a setup program is searched for its version.
const mostProgram = 8 << 20

// exchange knows the discs of Exchange by their folders and by the version in
// their setup program: no list of their labels has been published.
func exchange(id *Identity, v *volume, root map[string]bool) error {
	old, ok, err := v.find("SETUP/I386/SETUP.EXE")
	if err != nil {
		return err
	}
	if ok {
		return oldExchange(id, v, root, old)
	}
	roles := false
	for _, name := range []string{"SETUP/SERVERROLES", "SETUP/SERVERRO"} { // the whole name, or its 8.3 form
		_, found, err := v.find(name)
		if err != nil {
			return err
		}
		roles = roles || found
	}
	if !roles {
		return nil
	}
	setup, ok, err := v.find("SETUP.EXE")
	if err != nil || !ok {
		return err
	}
	id.Arch, id.Product = X64, ExchangeOther
	id.say(`the folder SETUP\SERVERROLES`)
	return exchangeVersion(id, v, setup)
}

// oldExchange knows Exchange 2000 and 2003, whose setup program lies where
// other products have theirs too: its version or a folder must agree.
func oldExchange(id *Identity, v *volume, root map[string]bool, setup item) error {
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
		if folder == "" {
			return nil
		}
		found = *id
		if found.Product = ExchangeOther; folder == "EXDEPLOY" { // its tools came with Exchange 2003
			found.Product = Exchange2003
		}
	}
	if folder != "" {
		found.say("the folder %s", folder)
	}
	*id = found
	id.Arch = X86
	return nil
}

// exchangeVersion reads the setup program's version, where it has one.
func exchangeVersion(id *Identity, v *volume, setup item) error {
	b, err := v.content(setup, mostProgram)
	if err != nil {
		return err
	}
	version, ok := fileVersion(b)
	if !ok {
		return nil
	}
	products := map[string]Product{
		"6.0": Exchange2000, "6.5": Exchange2003, "8": Exchange2007, "14": Exchange2010,
		"15.0": Exchange2013, "15.1": Exchange2016, "15.2": Exchange2019,
	}
	major, minor, _ := strings.Cut(version, ".")
	minor, _, _ = strings.Cut(minor, ".")
	for _, key := range []string{major + "." + minor, major} {
		if p, ok := products[key]; ok {
			id.Product, id.Version = p, version
			id.say("its setup program has version %s", version)
			break
		}
	}
	return nil
}

// fileVersion finds VS_FIXEDFILEINFO in a Windows program: its signature, the
// structure's version 1.0, and the file's version in two numbers.
func fileVersion(program []byte) (string, bool) {
	at := bytes.Index(program, []byte("\xBD\x04\xEF\xFE\x00\x00\x01\x00"))
	if at < 0 || at+16 > len(program) {
		return "", false
	}
	high, low := binary.LittleEndian.Uint32(program[at+8:]), binary.LittleEndian.Uint32(program[at+12:])
	return fmt.Sprintf("%d.%d.%d.%d", high>>16, high&0xFFFF, low>>16, low&0xFFFF), true
}
