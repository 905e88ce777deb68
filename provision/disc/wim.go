package disc

import (
	"bytes"
	"encoding/binary"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
)

// SystemImage is one system that a disc of Windows Vista or later installs, as
// its file of images describes it ("Windows Imaging File Format (WIM)",
// Microsoft, 2007).
type SystemImage struct {
	// Number counts from 1; Name is "Windows Server 2012 R2 SERVERSTANDARD".
	Number int    `json:"number"`
	Name   string `json:"name"`
	// Edition is "standard", "enterprise", "datacenter", "web", or Microsoft's
	// own word for another one.
	Edition string `json:"edition"`
	// Core says that it has no desktop.
	Core bool `json:"core"`
	// Version is NT's: "6.3.9600.17031".
	Version string `json:"version"`

	client, evaluation bool
	arch, language     string
	build, pack        int
}

// The most that is read of what a WIM says of its images. Discs have 20 KiB on
// up to a dozen.
const (
	mostXML    = 1 << 20
	mostImages = 100
)

// wimText is the XML of a WIM, in the parts that are read.
type wimText struct {
	Images []wimImage `xml:"IMAGE"`
}

type wimImage struct {
	Number   int    `xml:"INDEX,attr"`
	Name     string `xml:"NAME"`
	Arch     string `xml:"WINDOWS>ARCH"`
	Edition  string `xml:"WINDOWS>EDITIONID"`
	Kind     string `xml:"WINDOWS>INSTALLATIONTYPE"`
	Product  string `xml:"WINDOWS>PRODUCTTYPE"`
	Language string `xml:"WINDOWS>LANGUAGES>DEFAULT"`
	Major    int    `xml:"WINDOWS>VERSION>MAJOR"`
	Minor    int    `xml:"WINDOWS>VERSION>MINOR"`
	Build    int    `xml:"WINDOWS>VERSION>BUILD"`
	Revision int    `xml:"WINDOWS>VERSION>SPBUILD"`
	Pack     int    `xml:"WINDOWS>VERSION>SPLEVEL"`
}

// systemImages reads what a WIM says of its images. The text lies uncompressed,
// in UTF-16, where the header's third resource says (offset 72: its length in
// seven bytes and a flag, then its place).
func (v *volume) systemImages(wim item) ([]SystemImage, error) {
	head := make([]byte, 208)
	if wim.length < int64(len(head)) {
		return nil, bad("is broken: %q is no file of Windows images", wim.name)
	}
	if err := v.readAt(wim, head, 0); err != nil {
		return nil, err
	}
	length, at := binary.LittleEndian.Uint64(head[72:])&(1<<56-1), binary.LittleEndian.Uint64(head[80:])
	switch {
	case !bytes.HasPrefix(head, []byte("MSWIM\x00\x00\x00")):
		return nil, bad("is broken: %q is no file of Windows images", wim.name)
	case length > mostXML || at > uint64(wim.length) || length > uint64(wim.length)-at:
		return nil, bad("is broken: the text on the images in %q lies outside it, or has %d bytes", wim.name, length)
	}
	text := make([]byte, length)
	if err := v.readAt(wim, text, int64(at)); err != nil {
		return nil, err
	}
	return parseImages(text, wim.name)
}

func parseImages(text []byte, name string) ([]SystemImage, error) {
	d := xml.NewDecoder(strings.NewReader(strings.TrimPrefix(wide(text, binary.LittleEndian), "\uFEFF")))
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil } // it is UTF-8 by now
	var t wimText
	if err := d.Decode(&t); err != nil {
		return nil, bad("is broken: the text on the images in %q cannot be read: %v", name, err)
	}
	images := make([]SystemImage, 0, min(len(t.Images), mostImages))
	for _, i := range t.Images[:min(len(t.Images), mostImages)] {
		images = append(images, i.system())
	}
	return images, nil
}

// system puts an image into our words.
func (i wimImage) system() SystemImage {
	s := SystemImage{
		Number: i.Number, Name: i.Name, Version: fmt.Sprintf("%d.%d.%d.%d", i.Major, i.Minor, i.Build, i.Revision),
		arch: map[string]string{"0": X86, "6": Itanium, "9": X64, "12": "arm64"}[i.Arch], language: i.Language, build: i.Build, pack: i.Pack,
		client: i.Product == "WinNT" || i.Product == "" && i.Kind == "Client",
	}
	// Microsoft's words: ServerStandard, ServerStandardCore, ServerStandardEval.
	word := strings.TrimPrefix(i.Edition, "Server")
	word, s.evaluation = strings.CutSuffix(word, "Eval")
	word, core := strings.CutSuffix(word, "Core")
	s.Core = core || strings.EqualFold(i.Kind, "Server Core")
	s.Edition = strings.ToLower(word)
	return s
}
