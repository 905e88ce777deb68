// Package winnt asks an answer file what Setup of Windows 2000 and Server 2003 would ask.
//
// Floor 5. Where the file has the answer, Setup goes on; where it has none, or a
// wrong one, Setup stops at the page where a person would give it, and so does
// the stand-in, for ever. The keys and the pages are Microsoft's reference of
// the deployment tools (KB250985, TechNet cc755852, cc755725, cc772901).
package winnt

import (
	"net/netip"

	"github.com/doublehop/doublehop/e2e/standin/platform/inf"
	"github.com/doublehop/doublehop/e2e/standin/platform/release"
)

// Question is a page at which Setup waits.
type Question struct {
	// Title is the page's, Text what it asks.
	Title, Text string
	// Because says what the answer file did wrong: Windows does not tell this.
	Because string
}

// Answers is what the installed machine is made from.
type Answers struct {
	Computer string
	Owner    string
	Password string
	// KeyDigest is the SHA-256 of the product key, in hexadecimal: the key
	// itself is not kept.
	KeyDigest string
	Workgroup string
	// Autologon counts the logons that need no password; 0 is none.
	Autologon int
	Adapters  []Adapter
	// Components are the keys of [Components] that are On, in lower case, and
	// "dns" for the DNS server of [NetOptionalComponents].
	Components []string
	// RunOnce are the commands of [GuiRunOnce] in their order.
	RunOnce []string
}

// Adapter is the configuration of one network card.
type Adapter struct {
	// MAC is the card's address as 12 hexadecimal digits, or "" for any card.
	MAC     string
	DHCP    bool
	Address netip.Prefix
	Gateway netip.Addr
	DNS     []netip.Addr
}

// Interrogate reads an answer file as Setup of a version of Windows does. TextMode is the first page at
// which the text mode stops, GUIMode the first of the graphical part, which
// comes after the disk is written and the machine restarted; nil where nothing
// stops.
func Interrogate(text []byte, of release.Release) (answers Answers, textMode, guiMode *Question) {
	f, err := inf.Parse(text)
	if err != nil {
		return Answers{}, &Question{
			"Welcome to Setup.", "To set up Windows now, press ENTER.",
			"A:\\WINNT.SIF cannot be read: " + err.Error(),
		}, nil
	}
	if textMode = first(f, textPages(of)); textMode != nil {
		return Answers{}, textMode, nil
	}
	s := session{File: f, release: of}
	for _, ask := range []func() *Question{
		s.regional, s.personal, s.key, s.licensing, s.name, s.date, s.network, s.workgroup, s.components, s.runOnce,
	} {
		if guiMode = ask(); guiMode != nil {
			return Answers{}, nil, guiMode
		}
	}
	return s.answers, nil, nil
}

// page is a question that is answered when every test of it passes.
type page struct {
	Question
	answered func(*inf.File) bool
}

func first(f *inf.File, pages []page) *Question {
	for _, p := range pages {
		if !p.answered(f) {
			return &p.Question
		}
	}
	return nil
}
