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
	"github.com/doublehop/doublehop/provision/disc"
	"github.com/doublehop/doublehop/provision/plan"
)

// digests gives the SHA-256 of every disc that the stages use, by media name. A
// disc that is not there has the digest that known says it had: imported
// checkpoints know what went into them, and what is finished needs no disc.
func (e *Engine) digests(stages []*labs.Stage, known map[string]string) (map[string]string, error) {
	digest := e.digest()
	sums := map[string]string{}
	names, _ := usesOf(e.lab, stages)
	for _, name := range names {
		m, ok := e.lab.Medium(name)
		if !ok {
			continue // labfile has complained about it
		}
		path := mediaPath(e.lab, m)
		sum, err := digest(path)
		if errors.Is(err, fs.ErrNotExist) && known[name] != "" {
			sum, err = known[name], nil
		}
		if err != nil {
			return nil, mediaError(m, path, err)
		}
		if m.SHA256 != "" && m.SHA256 != sum {
			return nil, pinError(m, path, sum)
		}
		sums[name] = sum
	}
	return sums, nil
}

// digest is what reads a disc's SHA-256.
func (e *Engine) digest() func(path string) (string, error) {
	if e.options.Digest != nil {
		return e.options.Digest
	}
	return disc.Digest
}

// pinError is a disc with another SHA-256 than the lab file pins.
func pinError(m *labs.Media, path, sum string) *MediaError {
	return &MediaError{
		Media: m.Name, Path: path, Range: m.PathRange,
		Err:    fmt.Errorf("its SHA-256 is %s, and the lab file pins %s", sum, m.SHA256),
		Remedy: "Bring the disc image that the lab was written for, or correct sha256 in the lab file.",
	}
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

// identify refuses discs that are not what the steps need, before they are
// copied anywhere: the wrong disc costs an hour when Setup is the one who
// notices. What is doubted is given back.
func (e *Engine) identify(ctx context.Context, stages []*labs.Stage) (labs.Diagnostics, error) {
	if len(stages) == 0 {
		return nil, nil
	}
	checked, err := CheckMedia(ctx, e.lab, stages, nil)
	if err != nil {
		return nil, err
	}
	var doubts labs.Diagnostics
	var wrong []*MediaError
	for _, c := range checked {
		m, _ := e.lab.Medium(c.Media)
		for _, f := range c.Faults {
			if f.Doubt {
				doubts = append(doubts, labs.Diagnostic{
					Severity: labs.Warning, Addr: "media." + c.Media, Subject: &m.PathRange, Summary: "Doubtful disc",
					Detail: fmt.Sprintf("Media %q may be another disc than the lab needs: %s. %s", c.Media, f.Why, f.Remedy),
				})
				continue
			}
			wrong = append(wrong, &MediaError{Media: c.Media, Path: c.Path, Range: m.PathRange, Err: errors.New(f.Why), Remedy: f.Remedy})
		}
	}
	if len(wrong) > 1 {
		wrong[0].Remedy += fmt.Sprintf(" `doublehop media check` lists the %d things that are wrong with the discs.", len(wrong))
	}
	if len(wrong) > 0 {
		return nil, wrong[0]
	}
	return doubts, nil
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
	path := mediaPath(e.lab, m)
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
