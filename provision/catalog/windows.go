package catalog

import (
	"fmt"
	"slices"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/estate"
	"github.com/doublehop/doublehop/provision/guest"
)

// osOf is the Windows that is on the machine when the step comes: an upgrade
// may have put another one there than the lab file's machine block says.
func osOf(c Call) labs.OS {
	if c.Estate != nil {
		if m, ok := c.Estate.Machine(c.Machine.Name); ok {
			return m.OS
		}
	}
	return c.Machine.OS
}

// standing says that the machine has an operating system when the step comes;
// otherwise Effects complains, and Work keeps quiet.
func standing(c Call) bool {
	_, ok := c.Estate.Machine(c.Machine.Name)
	return ok
}

// discOf is the lab's name of the disc that the machine's Windows came from:
// dcpromo and the like take files from it.
func discOf(c Call) string {
	disc := c.Machine.InstallFrom
	for _, stage := range c.Lab.Path(c.Stage.Name) {
		for _, s := range stage.Steps {
			if s == c.Step {
				return disc
			}
			if s.Kind == "upgrade_windows" && slices.Contains(s.On, c.Machine.Name) {
				disc = s.Text("media")
			}
		}
	}
	return disc
}

// windowsMediaArg is the argument that names a disc of Windows.
func windowsMediaArg(doc, example string) labs.Arg {
	return labs.Arg{
		Name: "media", Type: labs.MediaType, Required: true,
		Doc: fmt.Sprintf("%s It is in the machine's drive during the step; its media block says with product what it holds, such as \"%s\".", doc, example),
	}
}

// release of Windows on a disc.
type windowsRelease struct {
	os labs.OS
	// servicePack is 0 where the disc says none.
	servicePack int
}

// windowsOn is the Windows that the disc of the media argument holds; false
// where the lab file does not tell.
func windowsOn(c Call) (windowsRelease, bool) {
	m, ok := c.Lab.Medium(c.Step.Text("media"))
	if !ok {
		return windowsRelease{}, false
	}
	os, pack, ok := estate.WindowsProduct(m.Product)
	return windowsRelease{os, pack}, ok
}

// windowsOn is [windowsOn] with the complaint.
func (p *pen) windowsOn(example string) (windowsRelease, bool) {
	w, ok := windowsOn(p.call)
	name := p.call.Step.Text("media")
	m, found := p.call.Lab.Medium(name)
	switch {
	case ok || !found: // of a media that is not there the lab file's reader has complained
	case m.Product == "":
		p.complain("media", "Windows of the disc unknown", fmt.Sprintf(
			"The step %s does different things for different versions of Windows, and media %q does not say which one it holds. Say so in its block, such as:\n\n  product = %q",
			p.call.Step.Kind, name, example))
	default:
		p.complain("media", "Disc without Windows", fmt.Sprintf(
			"The step %s needs a disc of Windows, and media %q holds %q. Products of that kind are such as %q.", p.call.Step.Kind, name, m.Product, example))
	}
	return w, ok
}

// withRegistry adds what Windows 2000 needs to read the registry.
func (p *pen) withRegistry(files ...guest.File) []guest.File {
	if p.old() {
		files = append(files, p.helper("REGISTRY.VBS"))
	}
	return files
}
