package disc

import (
	"regexp"
	"strconv"
	"strings"
)

// What the labels of Microsoft's discs say, as osinfo-db lists them.
var (
	label2003        = regexp.MustCompile(`^(NRM|ARM|CRM|BX2|BRM)([ESWD])([XI]?)(CHK|VOL|EVL|OEM|FPP)_([A-Z]{2,4})$`)
	label2003SP      = regexp.MustCompile(`^CR0SP([XI]?)(\d)_([A-Z]{2,4})$`)
	label2003R2Disc2 = regexp.MustCompile(`^(?:CR0[SE]CD2(X?)|BRM[SE]CD2(X?)FRE)_([A-Z]{2,4})$`)
	label2000        = regexp.MustCompile(`^(W2|SP1|SP2|YRM|ZRM)([PSA])(FPP|OEM|SEL|CCP)_([A-Z]{2,4})$`)
)

// labelled is what a label tells.
type labelled struct {
	label    string
	product  Product
	form     Form
	arch     string
	language string
	pack     int
	r2       bool
	class    KeyClass
	edition  string
}

func readLabel(label string) labelled {
	l := labelled{label: label}
	arch := map[string]string{"": X86, "X": X64, "I": Itanium}
	class := map[string]KeyClass{"VOL": Volume, "SEL": Volume, "EVL": Evaluation, "OEM": OEM, "FPP": Retail, "CCP": Retail}
	if m := label2003.FindStringSubmatch(label); m != nil {
		l.product, l.form, l.arch, l.language, l.class = Windows2003, Whole, arch[m[3]], m[5], class[m[4]]
		l.pack = map[string]int{"NRM": 0, "ARM": 1, "BX2": 1, "CRM": 2, "BRM": 1}[m[1]]
		l.r2 = m[1] == "CRM" || m[1] == "BX2" || m[1] == "BRM"
		l.edition = map[string]string{"S": "standard", "E": "enterprise", "W": "web", "D": "datacenter"}[m[2]]
	}
	if m := label2003SP.FindStringSubmatch(label); m != nil {
		l.product, l.form, l.arch, l.language = Windows2003, ServicePackOnly, arch[m[1]], m[3]
		l.pack, _ = strconv.Atoi(m[2])
	}
	if m := label2003R2Disc2.FindStringSubmatch(label); m != nil {
		l.product, l.form, l.arch, l.language = Windows2003R2, SecondDisc, arch[m[1]+m[2]], m[3]
	}
	if m := label2000.FindStringSubmatch(label); m != nil {
		l.product, l.form, l.arch, l.language, l.class = Windows2000, Whole, X86, m[4], class[m[3]]
		l.pack = map[string]int{"W2": 0, "SP1": 1, "SP2": 2, "YRM": 3, "ZRM": 4}[m[1]]
		l.edition = map[string]string{"S": "standard", "A": "enterprise", "P": "professional"}[m[2]]
	}
	switch upper := strings.ToUpper(label); {
	case strings.HasPrefix(upper, "GRMS"):
		l.product, l.form, l.arch = Windows2008R2, Whole, X64
	case strings.HasPrefix(upper, "IR") && strings.Contains(upper, "_SSS") && strings.Contains(upper, "X64"):
		l.product, l.form, l.arch = Windows2012R2, Whole, X64
	}
	return l
}

// complete adds what only the label tells. A service pack's CD looks like the
// system it updates, so there the label decides. A label alone makes no disc
// of an operating system: that disc's own markers are missing.
func (l labelled) complete(id *Identity) {
	switch {
	case l.product == "":
		return
	case l.form == ServicePackOnly && (id.Product == Windows2003 || id.Product == Unknown):
		id.Product, id.Form, id.Arch, id.Edition, id.KeyClass = l.product, l.form, l.arch, "", ""
	case id.Product == Unknown && l.form == SecondDisc, id.Product == WindowsUnknown && id.Form == Whole && (l.product == Windows2008R2 || l.product == Windows2012R2):
		id.Product, id.Form, id.Arch = l.product, l.form, l.arch
	case id.Product != l.product || id.Form != l.form || l.class == "" && l.language == "":
		return
	}
	id.say("the label %s", l.label)
	id.R2 = l.r2
	if l.language != "" {
		id.Language = l.language
	}
	if id.Edition == "" {
		id.Edition = l.edition
	}
	if id.Form == SecondDisc && l.arch != "" {
		id.Arch = l.arch
	}
	if id.ServicePack == 0 {
		id.ServicePack = l.pack
	}
	if l.class == Evaluation || id.KeyClass == "" {
		id.KeyClass = l.class
	}
}
