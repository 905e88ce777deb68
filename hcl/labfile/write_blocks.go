package labfile

import (
	"net/netip"
	"slices"
	"time"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"

	"github.com/doublehop/doublehop/labs"
)

func (w *writer) lab(d labs.Draft) {
	b := w.block("lab", d.Name)
	b.text("description", d.Description)
	if !d.Clock.IsZero() {
		clock := b.block("clock")
		clock.text("start", d.Clock.UTC().Format(time.RFC3339))
		b.inner(clock)
	}
	w.end(b)
}

// discs writes the variable with the folder of discs, the secrets and the
// media.
func (w *writer) discs(d labs.Draft) {
	b := w.block("variable", "discs")
	b.text("description", "Folder with your own disc images")
	b.text("default", d.Discs)
	w.end(b)
	for i, s := range d.Secrets {
		b := w.block("secret", s.Name)
		if s.Env != "" {
			b.text("env", s.Env)
		} else {
			b.SetAttributeValue("generate", cty.True)
		}
		if i == 0 {
			w.AppendNewline()
		}
		w.inner(b)
	}
	for _, m := range d.Media {
		b := w.block("media", m.Name)
		b.SetAttributeRaw("path", inDiscs(m.File))
		b.text("product", m.Product)
		w.end(b)
	}
}

// inDiscs is "${var.discs}/FILE".
func inDiscs(file string) hclwrite.Tokens {
	literal := hclwrite.TokensForValue(cty.StringVal("/" + file))
	tokens := hclwrite.Tokens{
		{Type: hclsyntax.TokenOQuote, Bytes: []byte(`"`)},
		{Type: hclsyntax.TokenTemplateInterp, Bytes: []byte("${")},
	}
	tokens = append(tokens, reference("var", "discs")...)
	tokens = append(tokens, &hclwrite.Token{Type: hclsyntax.TokenTemplateSeqEnd, Bytes: []byte("}")})
	return append(tokens, literal[1:]...)
}

func (w *writer) machine(m labs.DraftMachine, addresses map[netip.Addr]string) {
	b := w.block("machine", m.Name)
	b.text("os", string(m.OS))
	if m.Arch == labs.X64 {
		b.text("arch", string(m.Arch))
	}
	b.text("edition", m.Edition)
	if m.ServicePack > 0 {
		b.number("service_pack", m.ServicePack)
	}
	b.text("memory", labs.FormatSize(m.Memory))
	if m.CPUs > 1 {
		b.number("cpus", m.CPUs)
	}
	b.refers("install_from", "media", m.InstallFrom)
	b.refers("product_key", "secret", m.ProductKey)
	b.refers("admin_password", "secret", m.AdminPassword)
	if len(m.Components) > 0 {
		b.SetAttributeRaw("components", stringList(m.Components))
	}
	for _, d := range m.Disks {
		disk := b.block("disk", d.Name)
		disk.text("size", labs.FormatSize(d.Size))
		b.inner(disk)
	}
	for _, n := range m.NICs {
		b.nic(n, addresses)
	}
	w.end(b, m.Comment)
}

func (w *writer) nic(n labs.NIC, addresses map[netip.Addr]string) {
	b := w.block("nic", n.Network)
	b.text("address", n.Address.String())
	var servers []hclwrite.Tokens
	for _, a := range n.DNS {
		if name := addresses[a]; name != "" {
			servers = append(servers, reference("machine", name, "address"))
		} else {
			servers = append(servers, hclwrite.TokensForValue(cty.StringVal(a.String())))
		}
	}
	if len(servers) > 0 {
		b.SetAttributeRaw("dns", hclwrite.TokensForTuple(servers))
	}
	w.inner(b)
}

func (w *writer) stage(s labs.DraftStage) {
	b := w.block("stage", s.Name)
	b.text("description", s.Description)
	b.refers("after", "stage", s.After)
	count := map[string]int{}
	for _, st := range s.Steps {
		count[st.Kind]++
	}
	for _, st := range s.Steps {
		b.step(st, count[st.Kind] > 1)
	}
	w.end(b, s.Comment...)
}

func (w *writer) step(s labs.DraftStep, named bool) {
	kind, labels := "step", []string{s.Kind}
	switch {
	case s.Check:
		kind, labels = "check", []string{s.Name}
	case named && s.Name != "":
		labels = append(labels, s.Name)
	}
	b := w.block(kind, labels...)
	if len(s.On) == 1 {
		b.refers("on", "machine", s.On[0])
	} else {
		b.SetAttributeRaw("on", references("machine", s.On))
	}
	for _, a := range s.Args {
		b.value(a.Name, a.Value)
	}
	if after := slices.Clone(s.After); len(after) > 0 {
		b.SetAttributeRaw("after", references("step", after))
	}
	w.inner(b, s.Comment)
}
