package disc

import (
	"fmt"
	"strings"
)

// servers are the versions of Windows' servers, by their builds.
var servers = map[int]Product{ //nolint:gochecknoglobals // a table
	6001: Windows2008, 6002: Windows2008, 6003: Windows2008, 7600: Windows2008R2, 7601: Windows2008R2,
	9200: Windows2012, 9600: Windows2012R2, 14393: Windows2016, 17763: Windows2019, 20348: Windows2022, 26100: Windows2025,
}

// laterWindows knows discs of Windows Vista and later, by what their file of
// images says of itself. Most of them keep their files in UDF and only a note in
// ISO 9660.
func laterWindows(id *Identity, v *volume, _ map[string]bool) error {
	for _, path := range []string{"SOURCES/INSTALL.WIM", "SOURCES/INSTALL.ESD", "SOURCES/INSTALL.SWM"} {
		wim, ok, err := v.find(path)
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		id.Form = Whole
		id.say("the file %s", strings.ReplaceAll(path, "/", `\`))
		if id.Images, err = v.systemImages(wim); err != nil || len(id.Images) == 0 {
			id.Product = WindowsUnknown
			if err != nil {
				id.say("it %v", err)
			}
			return nil
		}
		id.images()
		return channel(id, v)
	}
	return nil
}

// images tells what all images of a disc are.
func (i *Identity) images() {
	first := i.Images[0]
	i.Product = servers[first.build]
	if i.Product == "" {
		i.Product = WindowsUnknown
	}
	i.Edition, i.Arch, i.Language, i.Version, i.ServicePack = first.Edition, first.arch, first.language, first.Version, first.pack
	i.say("its %d images of Windows %s", len(i.Images), first.Version)
	for _, image := range i.Images {
		if image.client {
			i.Product = WindowsClient
		}
		if image.evaluation {
			i.KeyClass = Evaluation
		}
		if image.Edition != i.Edition {
			i.Edition = ""
		}
		if image.arch != i.Arch {
			i.Arch = ""
		}
	}
	if i.Product == Windows2008 && i.ServicePack == 0 { // it came out as SP1
		i.ServicePack = 1
	}
}

// channel reads sources\ei.cfg, in which a disc says what keys it takes.
func channel(id *Identity, v *volume) error {
	text, err := v.text("SOURCES/EI.CFG")
	if err != nil || id.KeyClass != "" {
		return err
	}
	section := ""
	for line := range strings.Lines(text) {
		line = strings.ToLower(strings.TrimSpace(line))
		if strings.HasPrefix(line, "[") {
			section = line
			continue
		}
		class := map[string]KeyClass{"[channel]retail": Retail, "[channel]oem": OEM, "[channel]volume": Volume, "[vl]1": Volume}[section+line]
		if class != "" {
			id.KeyClass = class
			id.say(`%s in sources\ei.cfg`, fmt.Sprintf("%s %s", section, line))
		}
	}
	return nil
}
