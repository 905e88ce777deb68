package libvirt

import (
	"encoding/xml"
	"fmt"
	"maps"
	"slices"
	"unicode"
	"unicode/utf8"

	"github.com/doublehop/doublehop/drivers"
)

// The namespace of our metadata, and the prefix it has in XML that we write.
const (
	markURI    = "https://doublehop.dev/xmlns/mark/1"
	markPrefix = "doublehop"
)

// markXML is the one element of ours in a domain's or network's <metadata>:
//
//	<doublehop:mark xmlns:doublehop="…/mark/1" lab="demo" instance="demo" object="dc01">
//	  <fact name="stage">forest</fact>
//	</doublehop:mark>
//
// libvirt hands it back with the prefix taken off, so it is read by local name.
type markXML struct {
	XMLName  xml.Name
	Space    string    `xml:"xmlns:doublehop,attr,omitempty"`
	Lab      string    `xml:"lab,attr"`
	Instance string    `xml:"instance,attr"`
	Object   string    `xml:"object,attr"`
	Subnet   string    `xml:"subnet,attr,omitempty"`
	Facts    []factXML `xml:"fact"`
}

type factXML struct {
	Name  string `xml:"name,attr"`
	Value string `xml:",chardata"`
}

// encodeMark writes a mark. With a prefix it is ready for a <metadata> element;
// without, for a SetMetadata call, which adds the namespace itself.
func encodeMark(mark drivers.Mark, subnet string, prefixed bool) (string, error) {
	out := markXML{
		XMLName: xml.Name{Local: "mark"}, Lab: mark.Lab, Instance: mark.Instance, Object: mark.Object, Subnet: subnet,
	}
	if prefixed {
		out.XMLName.Local, out.Space = markPrefix+":mark", markURI
	}
	for _, name := range slices.Sorted(maps.Keys(mark.Facts)) {
		out.Facts = append(out.Facts, factXML{Name: name, Value: mark.Facts[name]})
	}
	for _, text := range append([]string{mark.Lab, mark.Instance, mark.Object}, factTexts(mark.Facts)...) {
		if !writable(text) {
			return "", fmt.Errorf("%q holds characters that XML cannot carry", text)
		}
	}
	doc, err := xml.Marshal(out)
	return string(doc), err
}

func factTexts(facts map[string]string) []string {
	var all []string
	for name, value := range facts {
		all = append(all, name, value)
	}
	return all
}

// writable says whether XML 1.0 gives the text back as it was.
func writable(text string) bool {
	if !utf8.ValidString(text) {
		return false
	}
	for _, r := range text {
		if r == '\ufffd' || r > unicode.MaxRune || r < ' ' && r != '\t' && r != '\n' || r == '\ufffe' || r == '\uffff' {
			return false
		}
	}
	return true
}

// decodeMark reads what libvirt keeps in our namespace, as GetMetadata or the
// inside of <metadata> gives it; ok is false when there is nothing of ours.
func decodeMark(inner string) (mark drivers.Mark, subnet string, ok bool) {
	var all struct {
		Marks []struct {
			markXML
			XMLName xml.Name
		} `xml:"mark"`
	}
	if err := xml.Unmarshal([]byte("<metadata>"+inner+"</metadata>"), &all); err != nil {
		return mark, "", false
	}
	for _, in := range all.Marks {
		// GetMetadata gives no namespace; a dump of the whole object does.
		if in.XMLName.Space != "" && in.XMLName.Space != markURI {
			continue
		}
		mark = drivers.Mark{Lab: in.Lab, Instance: in.Instance, Object: in.Object}
		for _, fact := range in.Facts {
			if mark.Facts == nil {
				mark.Facts = map[string]string{}
			}
			mark.Facts[fact.Name] = fact.Value
		}
		return mark, in.Subnet, true
	}
	return mark, "", false
}

// sameMark compares two marks, taking no facts and an empty set as equal.
func sameMark(a, b drivers.Mark) bool {
	return a.Lab == b.Lab && a.Instance == b.Instance && a.Object == b.Object && maps.Equal(a.Facts, b.Facts)
}
