package engine

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/doublehop/doublehop/drivers"
	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/catalog"
	"github.com/doublehop/doublehop/provision/disc"
	"github.com/doublehop/doublehop/provision/plan"
)

// digests gives the SHA-256 of every disc that the stages use, by media name.
func (e *Engine) digests(stages []*labs.Stage) (map[string]string, error) {
	digest := e.options.Digest
	if digest == nil {
		digest = disc.Digest
	}
	sums := map[string]string{}
	for _, name := range e.mediaOf(stages) {
		m, ok := e.lab.Medium(name)
		if !ok {
			continue // labfile has complained about it
		}
		path := e.mediaPath(m)
		sum, err := digest(path)
		if err != nil {
			return nil, mediaError(m, path, err)
		}
		if m.SHA256 != "" && m.SHA256 != sum {
			return nil, &MediaError{
				Media: m.Name, Path: path, Range: m.PathRange,
				Err:    fmt.Errorf("its SHA-256 is %s, and the lab file pins %s", sum, m.SHA256),
				Remedy: "Bring the disc image that the lab was written for, or correct sha256 in the lab file.",
			}
		}
		sums[name] = sum
	}
	return sums, nil
}

func (e *Engine) mediaPath(m *labs.Media) string {
	if filepath.IsAbs(m.Path) {
		return m.Path
	}
	return filepath.Join(e.lab.Folder, m.Path)
}

func mediaError(m *labs.Media, path string, err error) *MediaError {
	out := &MediaError{Media: m.Name, Path: path, Range: m.PathRange, Err: err}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		out.Err = errors.New("there is no such file")
		out.Remedy = "Put the disc image there, or say in the lab file or with --var where it is."
	case errors.Is(err, fs.ErrPermission):
		out.Remedy = "Let yourself read the file: chmod u+r on it and u+x on its folders."
	}
	return out
}

// mediaOf lists the media that the stages use, each once, in order of first use.
func (e *Engine) mediaOf(stages []*labs.Stage) []string {
	var list []string
	seen := map[string]bool{}
	add := func(name string) {
		if name != "" && !seen[name] {
			seen[name] = true
			list = append(list, name)
		}
	}
	for _, stage := range stages {
		for _, step := range stage.Steps {
			for _, want := range catalog.Wants(e.lab, step) {
				add(want.Media)
			}
			for _, name := range sortedKeys(step.Args) {
				if ref, ok := step.Args[name].(labs.MediaRef); ok {
					add(string(ref))
				}
			}
		}
	}
	return list
}

// identify refuses a disc that is not what the step needs, before it is copied
// anywhere: the wrong disc costs an hour when Setup is the one who notices.
func (e *Engine) identify(ctx context.Context, stages []*labs.Stage) error {
	for _, stage := range stages {
		for _, step := range stage.Steps {
			if err := context.Cause(ctx); err != nil {
				return err
			}
			for _, want := range catalog.Wants(e.lab, step) {
				if err := e.identifyOne(want); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (e *Engine) identifyOne(want catalog.Want) error {
	m, ok := e.lab.Medium(want.Media)
	if !ok {
		return nil
	}
	path := e.mediaPath(m)
	f, err := os.Open(path)
	if err != nil {
		return mediaError(m, path, err)
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return mediaError(m, path, err)
	}
	found, err := disc.Identify(f, info.Size())
	if err == nil && found.Product == disc.Unknown && m.SHA256 != "" {
		e.tell(Event{Kind: Warn, Text: fmt.Sprintf("nothing known is on media %q; its sha256 is pinned, so it is taken for %s", m.Name, want.Name)})
		return nil
	}
	if err == nil {
		err = found.Serves(want.Product)
	}
	if err != nil {
		return &MediaError{
			Media: m.Name, Path: path, Range: m.PathRange, Err: err,
			Remedy: fmt.Sprintf("Name a disc image of %s in media %q. If this is one, pin it with sha256 in the media block.", want.Name, m.Name),
		}
	}
	return nil
}

// upload makes sure that a disc of the user's lies whole in the pool, and
// gives its volume's name. The mark beside it is written last: without it the
// copy was cut and is made again.
func (e *Engine) upload(ctx context.Context, name, digest string) (string, error) {
	e.uploads.Lock()
	defer e.uploads.Unlock()
	volume, mark := plan.MediaVolume(digest), plan.MediaMark(digest)
	if e.uploaded[volume] {
		return volume, nil
	}
	volumes, err := e.driver.Volumes(ctx)
	if err != nil {
		return "", err
	}
	for _, v := range volumes {
		if v.Name == mark {
			e.uploaded[volume] = true
			return volume, nil
		}
	}
	m, _ := e.lab.Medium(name)
	path := e.mediaPath(m)
	f, err := os.Open(path)
	if err != nil {
		return "", mediaError(m, path, err)
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return "", mediaError(m, path, err)
	}
	e.tell(Event{Kind: Note, Text: fmt.Sprintf("copying %s into the pool (%d MiB)", filepath.Base(path), info.Size()>>20)})
	if err := e.driver.RemoveVolume(ctx, volume); err != nil {
		return "", err
	}
	if err := e.driver.UploadVolume(ctx, volume, info.Size(), f); err != nil {
		return "", err
	}
	if err := e.driver.UploadVolume(ctx, mark, 1, bytes.NewReader([]byte{'1'})); err != nil &&
		drivers.KindOf(err) != drivers.Conflict {
		return "", err
	}
	e.uploaded[volume] = true
	return volume, nil
}
