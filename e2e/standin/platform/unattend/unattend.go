// Package unattend asks an answer file what Setup of Windows 2008 and later would ask.
//
// Floor 6. The file is Autounattend.xml. Where it has no answer, or a wrong one,
// Setup stops at the page where a person would give it, and so does the stand-in,
// for ever. The components, their passes and their settings are those of Microsoft's
// Unattended Windows Setup Reference.
package unattend

import (
	"encoding/xml"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/doublehop/doublehop/e2e/standin/platform/release"
	"github.com/doublehop/doublehop/e2e/standin/platform/winnt"
)

// node is an element of the file.
type node struct {
	XMLName  xml.Name
	Attrs    []xml.Attr `xml:",any,attr"`
	Text     string     `xml:",chardata"`
	Children []node     `xml:",any"`
}

// at follows a path of element names to the first element that has it; an empty one where there is none.
func (n node) at(path ...string) node {
	for _, name := range path {
		i := slices.IndexFunc(n.Children, func(c node) bool { return c.XMLName.Local == name })
		if i < 0 {
			return node{}
		}
		n = n.Children[i]
	}
	return n
}

// text is what stands in the element at a path.
func (n node) text(path ...string) string { return strings.TrimSpace(n.at(path...).Text) }

func (n node) attr(name string) string {
	for _, a := range n.Attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// component is a component in a pass, for 64-bit machines; an empty one where there is none.
func (n node) component(pass, name string) node {
	for _, settings := range n.Children {
		if settings.XMLName.Local != "settings" || settings.attr("pass") != pass {
			continue
		}
		for _, c := range settings.Children {
			if c.XMLName.Local == "component" && c.attr("name") == name && c.attr("processorArchitecture") == "amd64" &&
				c.attr("publicKeyToken") == "31bf3856ad364e35" && c.attr("language") == "neutral" && c.attr("versionScope") == "nonSxS" {
				return c
			}
		}
	}
	return node{}
}

// Interrogate reads an answer file as Setup of a version of Windows does. Erase
// says that Setup may erase a disk that has partitions. TextMode is the first
// page at which Setup stops before it copies, guiMode the first after the
// restart; nil where nothing stops.
func Interrogate(text []byte, of release.Release) (answers winnt.Answers, erase bool, textMode, guiMode *winnt.Question) {
	var file node
	if err := xml.Unmarshal(text, &file); err != nil || file.XMLName.Local != "unattend" || file.XMLName.Space != "urn:schemas-microsoft-com:unattend" {
		return answers, false, stop("Windows Setup", "The answer file is invalid.", "Autounattend.xml cannot be read: %v", err), nil
	}
	s := session{node: file, release: of}
	for _, ask := range []func() *winnt.Question{s.language, s.disk, s.image, s.licence} {
		if q := ask(); q != nil {
			return answers, false, q, nil
		}
	}
	for _, ask := range []func() *winnt.Question{s.name, s.network, s.welcome, s.password, s.logon} {
		if q := ask(); q != nil {
			return s.answers, s.erase, nil, q
		}
	}
	return s.answers, s.erase, nil, nil
}

func stop(title, text, because string, args ...any) *winnt.Question {
	return &winnt.Question{Title: title, Text: text, Because: fmt.Sprintf(because, args...)}
}

// session is Setup while it asks.
type session struct {
	node
	release release.Release
	answers winnt.Answers
	erase   bool
}

func (s *session) language() *winnt.Question {
	c := s.component("windowsPE", "Microsoft-Windows-International-Core-WinPE")
	for _, path := range [][]string{{"SetupUILanguage", "UILanguage"}, {"UILanguage"}, {"SystemLocale"}, {"UserLocale"}, {"InputLocale"}} {
		if c.text(path...) == "" {
			return stop("Install Windows", "Language to install, time and currency format, keyboard or input method",
				"Microsoft-Windows-International-Core-WinPE in windowsPE has no %s.", strings.Join(path, "/"))
		}
	}
	return nil
}

func (s *session) disk() *winnt.Question {
	const title, text = "Where do you want to install Windows?", "Disk 0 Unallocated Space"
	setup := s.component("windowsPE", "Microsoft-Windows-Setup")
	disk := setup.at("DiskConfiguration", "Disk")
	part, to := disk.at("CreatePartitions", "CreatePartition"), setup.at("ImageInstall", "OSImage", "InstallTo")
	switch {
	case disk.text("DiskID") != "0" || to.text("DiskID") != "0":
		return stop(title, text, "DiskConfiguration and InstallTo do not both name disk 0, the only one that the stand-in installs on.")
	case part.text("Type") != "Primary" || part.text("Extend") != "true" && part.text("Size") == "":
		return stop(title, text, "CreatePartitions makes no primary partition.")
	case to.text("PartitionID") != "1" || disk.text("ModifyPartitions", "ModifyPartition", "Format") != "NTFS":
		return stop(title, text, "InstallTo names no partition that ModifyPartitions formats as NTFS.")
	case disk.text("ModifyPartitions", "ModifyPartition", "Active") != "true":
		return stop(title, text, "The partition is not active, so the BIOS would not start it.")
	}
	s.erase = disk.text("WillWipeDisk") == "true"
	return nil
}

func (s *session) image() *winnt.Question {
	const title = "Select the operating system you want to install."
	meta := s.component("windowsPE", "Microsoft-Windows-Setup").at("ImageInstall", "OSImage", "InstallFrom", "MetaData")
	number, list := 0, s.release.Images
	switch meta.text("Key") {
	case "/IMAGE/INDEX":
		number, _ = strconv.Atoi(meta.text("Value"))
	case "/IMAGE/NAME":
		number = 1 + slices.IndexFunc(list, func(name string) bool {
			return strings.HasSuffix(strings.ToUpper(meta.text("Value")), strings.ToUpper(name))
		})
	}
	if number < 1 || number > len(list) {
		return stop(title, strings.Join(list, ", "), "OSImage names image %q, and this disc has %d.", meta.text("Value"), len(list))
	}
	if strings.HasSuffix(list[number-1], "Core") {
		return stop(title, strings.Join(list, ", "), "Image %d is %s, without a desktop: the stand-in has none of those.", number, list[number-1])
	}
	return nil
}

func (s *session) licence() *winnt.Question {
	user := s.component("windowsPE", "Microsoft-Windows-Setup").at("UserData")
	key := user.text("ProductKey", "Key")
	switch {
	case user.text("AcceptEula") != "true":
		return stop("Please read the license terms", "I accept the license terms", "UserData/AcceptEula is not true.")
	case key != "" && !winnt.StandInKey(key):
		return stop("Enter the product key to activate Windows", "The product key entered does not match any of the Windows images available for installation.",
			"This stand-in takes only keys that repeat one group five times, or none.")
	}
	s.answers.Owner = user.text("FullName")
	return nil
}
