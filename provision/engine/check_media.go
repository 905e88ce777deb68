package engine

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/catalog"
	"github.com/doublehop/doublehop/provision/disc"
)

// MediaState says whether a disc can do what a lab wants of it.
type MediaState string

// The states of a disc.
const (
	MediaReady    MediaState = "ready"
	MediaDoubtful MediaState = "doubtful"
	MediaWrong    MediaState = "wrong"
	MediaMissing  MediaState = "missing"
)

// MediaCheck is what was found out about one media block of a lab.
type MediaCheck struct {
	// Media is the block's name, Path where the image should be.
	Media string `json:"media"`
	Path  string `json:"path"`
	// Product is what the block says that the disc holds; empty when it does not.
	Product string     `json:"product"`
	State   MediaState `json:"state"`
	// Holds is what the disc does hold, in the same words; empty where it is
	// nothing that a lab can use. Sure is false where the disc tells the product
	// and not its level.
	Holds string `json:"holds"`
	Sure  bool   `json:"sure"`
	// Uses are the steps that want it: "stage windows, step install"; none when
	// no step does.
	Uses []string `json:"uses"`
	// Found is what the disc is; nil where it could not be looked into.
	Found *disc.Identity `json:"found"`
	// Faults are what is wrong with it, or doubted.
	Faults []catalog.Fault `json:"faults"`
}

// use is what a step wants of a disc; want is nil where it only reads files.
type use struct {
	step string
	want *catalog.Want
}

// CheckMedia looks into every disc that the stages use, in order of first use,
// and compares it with what each step wants. Without stages it takes all of the
// lab's, and then those media that no step uses. digest gives the SHA-256 of those
// that the lab pins; nil leaves pins alone. It needs no hypervisor. The error is
// ctx's.
func CheckMedia(ctx context.Context, lab *labs.Lab, stages []*labs.Stage, digest func(path string) (string, error)) ([]MediaCheck, error) {
	whole := stages == nil
	if whole {
		stages = lab.Stages
	}
	names, uses := usesOf(lab, stages)
	for _, m := range lab.Media {
		if whole && !slices.Contains(names, m.Name) {
			names = append(names, m.Name)
		}
	}
	list := make([]MediaCheck, 0, len(names))
	for _, name := range names {
		if err := context.Cause(ctx); err != nil {
			return nil, err
		}
		m, ok := lab.Medium(name)
		if !ok {
			continue // the lab file's reader has complained about it
		}
		c := MediaCheck{Media: name, Path: mediaPath(lab, m), Product: m.Product, State: MediaReady, Uses: []string{}, Faults: []catalog.Fault{}}
		for _, u := range uses[name] {
			if !slices.Contains(c.Uses, u.step) {
				c.Uses = append(c.Uses, u.step)
			}
		}
		c.look(m, uses[name])
		if c.State != MediaMissing && m.SHA256 != "" && digest != nil {
			c.pinned(m, digest)
		}
		list = append(list, c)
	}
	return list, nil
}

// usesOf lists the media that the stages use, each once, in order of first use,
// and what for.
func usesOf(lab *labs.Lab, stages []*labs.Stage) ([]string, map[string][]use) {
	var names []string
	uses := map[string][]use{}
	add := func(name string, u use) {
		if name == "" {
			return
		}
		if _, ok := uses[name]; !ok {
			names = append(names, name)
		}
		uses[name] = append(uses[name], u)
	}
	for _, stage := range stages {
		for _, step := range stage.Steps {
			text := fmt.Sprintf("stage %s, step %s", stage.Name, step.Kind)
			for _, want := range catalog.Wants(lab, step) {
				add(want.Media, use{text, &want})
			}
			for _, arg := range sortedKeys(step.Args) {
				if ref, ok := step.Args[arg].(labs.MediaRef); ok {
					add(string(ref), use{step: text})
				}
			}
		}
	}
	return names, uses
}

// look opens the image and compares it with its uses.
func (c *MediaCheck) look(m *labs.Media, uses []use) {
	f, err := os.Open(c.Path)
	if err != nil {
		c.fails(mediaError(m, c.Path, err))
		if errors.Is(err, fs.ErrNotExist) {
			c.State = MediaMissing
		}
		return
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("it is no plain file")
	}
	if err != nil {
		c.fails(mediaError(m, c.Path, err))
		return
	}
	found, err := disc.Open(f, info.Size())
	if err != nil {
		c.unreadable(m, err)
		return
	}
	id := found.Identity()
	c.Found = &id
	c.Holds, c.Sure = catalog.Holds(id)
	if !slices.ContainsFunc(uses, func(u use) bool { return u.want != nil }) {
		for _, fault := range catalog.Agrees(found, m) {
			c.fault(fault)
		}
	}
	for _, u := range uses {
		if u.want == nil {
			continue
		}
		faults, err := u.want.Fits(found, m)
		if err != nil {
			c.unreadable(m, err)
			return
		}
		for _, fault := range faults {
			c.fault(fault)
		}
	}
}

// fault adds what is wrong, once.
func (c *MediaCheck) fault(f catalog.Fault) {
	switch {
	case !f.Doubt:
		c.State = MediaWrong
	case c.State == MediaReady:
		c.State = MediaDoubtful
	}
	if !slices.Contains(c.Faults, f) {
		c.Faults = append(c.Faults, f)
	}
}

// fails says that the file cannot be opened.
func (c *MediaCheck) fails(err *MediaError) {
	c.fault(catalog.Fault{Why: err.Err.Error(), Remedy: err.Remedy})
}

func (c *MediaCheck) unreadable(m *labs.Media, err error) {
	c.fault(catalog.Fault{Why: err.Error(), Remedy: fmt.Sprintf("Bring a whole disc image for media %q.", m.Name)})
}

// pinned compares the disc with the SHA-256 that the lab file pins.
func (c *MediaCheck) pinned(m *labs.Media, digest func(path string) (string, error)) {
	sum, err := digest(c.Path)
	switch {
	case err != nil:
		c.fails(mediaError(m, c.Path, err))
	case sum != m.SHA256:
		err := pinError(m, c.Path, sum)
		c.fault(catalog.Fault{Why: err.Err.Error(), Remedy: err.Remedy})
	}
}

// mediaPath is where a media's image should be.
func mediaPath(lab *labs.Lab, m *labs.Media) string {
	if filepath.IsAbs(m.Path) {
		return m.Path
	}
	return filepath.Join(lab.Folder, m.Path)
}
