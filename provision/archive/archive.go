// Package archive is the one file that carries checkpoints to a place that no
// network reaches: disks, manifests, lab files, and what is needed to find them
// again.
//
// The file is a tar compressed with zstd, so that `tar --zstd -t` lists it;
// encrypted, the whole of it is one age file. Its first entry, index.json, says
// what follows, in order, with sizes and digests: see [Index]. Both ends
// stream; neither keeps a disk in memory or in a file of its own.
//
// An archive is a stranger's. A [Reader] gives nothing that the index does not
// promise, in another order, of another size or with another digest; no name in
// it leads out of a folder; and an archive that ends too early, or goes on when
// it should have ended, is an error before anybody believes what came.
//
// Floor 1. It knows no hypervisor, no manifest and no lab.
package archive

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"strings"
	"time"
	"unicode"
)

// Format names what this package writes; a later one that an older program
// would misread has another.
const Format = "doublehop.archive.v1"

// The entries, and the folders of entries.
const (
	indexName   = "index.json"
	SecretsName = "secrets.json"
	labFolder   = "lab/"
	manifests   = "checkpoints/"
	volumes     = "volumes/"
)

// The bounds of an archive. No lab comes near.
const (
	largestIndex = 8 << 20
	// LargestFile and LargestFiles bound one small file, and all of them.
	LargestFile  = 16 << 20
	LargestFiles = 64 << 20
	mostEntries  = 20_000
	largestDisk  = 1 << 46
	longestPath  = 200
)

// Index says what an archive holds.
type Index struct {
	Format string `json:"format"`
	// Tool is the version of the Doublehop that wrote it.
	Tool string    `json:"tool"`
	Made time.Time `json:"made"`
	// Lab, Stage and Key name the checkpoint that was asked for; those of the
	// stages before come with it as far as they were there.
	Lab   string `json:"lab"`
	Stage string `json:"stage"`
	Key   string `json:"key"`
	// Media are the SHA-256 digests of the user's discs that went in, by name:
	// the discs themselves are in no archive.
	Media map[string]string `json:"media,omitempty"`
	// Files are the lab's files, then the manifests, then secrets.json.
	Files []File `json:"files"`
	// Volumes are disks, each after the one that it lies over.
	Volumes []Volume `json:"volumes"`
}

// File is a small file of an archive.
type File struct {
	// Name is "lab/PATH", "checkpoints/KEY.json" or "secrets.json".
	Name   string `json:"name"`
	Length int64  `json:"length"`
	SHA256 string `json:"sha256"`
}

// LabFile names a file of the lab's folder.
func LabFile(path string) string { return labFolder + path }

// LabPath is the path in the lab's folder of a file; false for other files.
func (f File) LabPath() (string, bool) { return strings.CutPrefix(f.Name, labFolder) }

// Manifest names the manifest of the checkpoint of a key.
func Manifest(key string) string { return manifests + key + ".json" }

// ManifestKey is the key of the checkpoint whose manifest a file is; false for
// other files.
func (f File) ManifestKey() (string, bool) {
	rest, ok := strings.CutPrefix(f.Name, manifests)
	return strings.TrimSuffix(rest, ".json"), ok
}

// Volume is a volume of the pool, byte for byte as it lay there.
type Volume struct {
	// Name is its name in the pool that it comes from.
	Name string `json:"name"`
	// Backing is the volume that it lies over; empty for none.
	Backing string `json:"backing,omitempty"`
	// Capacity is what a guest sees of a disk, in bytes; 0 for a volume that is
	// no disk.
	Capacity uint64 `json:"capacity,omitempty"`
	Length   int64  `json:"length"`
	SHA256   string `json:"sha256"`
}

// volumeName is what a volume in an archive may be called: a name of ours with
// nothing in it that means something in a path, in XML or on a screen.
var volumeName = regexp.MustCompile(`^dh-[a-z0-9][a-z0-9_.-]{0,240}$`)

var key = regexp.MustCompile(`^[0-9a-f]{64}$`)

// check refuses an index that no Doublehop wrote.
func (x *Index) check() error {
	switch {
	case x.Format != Format && strings.HasPrefix(x.Format, "doublehop.archive."):
		return fmt.Errorf("the archive is of format %q, and this Doublehop reads %q; it was written by Doublehop %s", clean(x.Format), Format, clean(x.Tool))
	case x.Format != Format:
		return errors.New("its index is not that of an archive of Doublehop's")
	case len(x.Files)+len(x.Volumes) > mostEntries:
		return fmt.Errorf("its index lists %d entries, more than any lab has", len(x.Files)+len(x.Volumes))
	case !key.MatchString(x.Key):
		return errors.New("its index names no checkpoint")
	}
	seen := map[string]bool{}
	total := int64(0)
	for _, f := range x.Files {
		if err := f.check(); err != nil {
			return err
		}
		low := strings.ToLower(f.Name)
		if seen[low] {
			return fmt.Errorf("its index lists %q twice", f.Name)
		}
		seen[low] = true
		if total += f.Length; total > LargestFiles {
			return errors.New("its small files are larger than those of any lab")
		}
	}
	if !seen[Manifest(x.Key)] {
		return errors.New("its index lists no manifest of the checkpoint that it names")
	}
	return x.checkVolumes()
}

func (x *Index) checkVolumes() error {
	place := map[string]int{}
	for i, v := range x.Volumes {
		if _, twice := place[v.Name]; twice {
			return fmt.Errorf("its index lists volume %q twice", clean(v.Name))
		}
		place[v.Name] = i
	}
	for i, v := range x.Volumes {
		under, known := place[v.Backing]
		switch {
		case !volumeName.MatchString(v.Name) || strings.Contains(v.Name, ".."):
			return fmt.Errorf("%q is no name of a volume", clean(v.Name))
		case v.Length <= 0 || v.Length > largestDisk || v.Capacity > largestDisk:
			return fmt.Errorf("volume %s is said to have %d bytes", v.Name, v.Length)
		case !key.MatchString(v.SHA256):
			return fmt.Errorf("volume %s has no digest", v.Name)
		case v.Backing != "" && !known:
			return fmt.Errorf("volume %s lies over %q, which is not in the archive", v.Name, clean(v.Backing))
		case v.Backing != "" && under >= i:
			return fmt.Errorf("volume %s lies over %s, which comes after it or lies over it: the volumes rest on each other in a circle, or are out of order", v.Name, v.Backing)
		case v.Backing != "" && (v.Capacity == 0 || x.Volumes[under].Capacity == 0):
			return fmt.Errorf("volume %s lies over %s, and they are not both disks", v.Name, v.Backing)
		}
	}
	return nil
}

func (f File) check() error {
	switch {
	case f.Length < 0 || f.Length > LargestFile:
		return fmt.Errorf("%q is said to have %d bytes", clean(f.Name), f.Length)
	case !key.MatchString(f.SHA256):
		return fmt.Errorf("%q has no digest", clean(f.Name))
	case f.Name == SecretsName:
		return nil
	}
	if path, ok := f.LabPath(); ok {
		return PathProblem(path)
	}
	if k, ok := f.ManifestKey(); ok && key.MatchString(k) && f.Name == Manifest(k) {
		return nil
	}
	return fmt.Errorf("%q is no file of an archive", clean(f.Name))
}

// PathProblem says why a lab's file cannot be in an archive: its path must stay
// in a folder on any system, and hide nothing.
func PathProblem(path string) error {
	odd := func(r rune) bool {
		return unicode.IsControl(r) || strings.ContainsRune(`\:*?"<>|`, r) || !unicode.IsPrint(r)
	}
	if !fs.ValidPath(path) || path == "." || len(path) > longestPath || strings.ContainsFunc(path, odd) {
		return fmt.Errorf("%q is no path in a lab's folder", clean(path))
	}
	for part := range strings.SplitSeq(path, "/") {
		if strings.HasPrefix(part, ".") || strings.TrimRight(part, ". ") != part {
			return fmt.Errorf("%q is no path in a lab's folder: %q hides a file", clean(path), clean(part))
		}
	}
	return nil
}

// clean is a stranger's text as a message may show it.
func clean(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return '?'
	}, text)
	return text[:min(len(text), 120)]
}

// digestText is a digest as an index has it.
func digestText(sum []byte) string { return hex.EncodeToString(sum) }
