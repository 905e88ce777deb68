// Package disc makes the discs that a guest is given, floppies and ISO images,
// and tells what a disc image of the user is by looking into it.
//
// What it makes is plain enough for Windows 2000: 8.3 upper-case names, FAT12
// with the geometry of a 1.44 MB floppy, ISO 9660 level 1 exactly as ECMA-119
// wants it. Equal input gives equal bytes. A name or a size that a disc cannot
// carry is an error that says so, never a disc with another name on it. What
// it reads may be hostile: every length is checked before it is believed.
//
// Floor 1. It knows no guest, no job and no hypervisor.
package disc

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// File is one file for a disc.
type File struct {
	// Path is the file's name with its folders, "/" between them: "FILES/A.TXT".
	// Each part is a 8.3 name of A-Z, 0-9 and "_".
	Path string
	// Long is a longer name that Windows 95, NT 3.5 and later show in place of
	// Path's, on a floppy only: "Autounattend.xml"; empty for none. It is of
	// letters, digits, "-", "_" and ".".
	Long string
	// Size is in bytes. A disc is not made when Open gives another number.
	Size int64
	// Open gives the content from its beginning. It may be called several times.
	Open func() (io.ReadCloser, error)
	// Secret says that the content must be readable by no one else.
	Secret bool
}

// Bytes is a file with content that is at hand.
func Bytes(path string, content []byte) File {
	return File{
		Path: path,
		Size: int64(len(content)),
		Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil },
	}
}

// Stamp is the date of every file that we write, so that equal input gives
// equal bytes. It lies before any date that a lab's clock would be set to and
// after the release of every Windows that reads it.
func Stamp() time.Time { return time.Date(2005, time.July, 1, 0, 0, 0, 0, time.UTC) }

// NameError is a name that the disc cannot carry.
type NameError struct {
	// Name is the path or label as it was given; Why is a clause: "is empty".
	Name, Why string
}

// Error names the name and the reason.
func (e *NameError) Error() string { return fmt.Sprintf("the name %q %s", e.Name, e.Why) }

// node is a folder or a file of the tree that becomes a disc.
type node struct {
	name     string
	file     *File // nil for a folder
	children []*node

	// The rest is filled in by the ISO layout: first sector, bytes of a
	// folder's extent, and number in the path table.
	sector, size uint32
	number       int
	parent       *node
}

// tree makes folders of the paths, sorted as ECMA-119 9.3 wants it.
func tree(files []File) (*node, error) {
	root := &node{}
	var errs []error
	for i := range files {
		if err := root.add(&files[i]); err != nil {
			errs = append(errs, err)
		}
	}
	root.sort()
	return root, errors.Join(errs...)
}

func (n *node) add(f *File) error {
	parts := strings.Split(f.Path, "/")
	for i, part := range parts {
		last := i == len(parts)-1
		if why := checkName(part, !last); why != "" {
			return &NameError{f.Path, why}
		}
		child := n.child(part)
		switch {
		case child == nil:
			child = &node{name: part, parent: n}
			if last {
				child.file = f
			}
			n.children = append(n.children, child)
		case last && child.file != nil:
			return &NameError{f.Path, "is there twice"}
		case last || child.file != nil:
			return &NameError{f.Path, fmt.Sprintf("needs %s to be a file and a folder at once", part)}
		}
		n = child
	}
	switch {
	case f.Size < 0:
		return fmt.Errorf("the file %q has a size below zero", f.Path)
	case f.Open == nil:
		return fmt.Errorf("the file %q has no content", f.Path)
	}
	return nil
}

func (n *node) child(name string) *node {
	for _, c := range n.children {
		if c.name == name {
			return c
		}
	}
	return nil
}

func (n *node) sort() {
	slices.SortFunc(n.children, func(a, b *node) int {
		an, ae, _ := strings.Cut(a.name, ".")
		bn, be, _ := strings.Cut(b.name, ".")
		return cmp.Or(strings.Compare(an, bn), strings.Compare(ae, be))
	})
	for _, c := range n.children {
		c.sort()
	}
}

// checkName says what keeps a name from being a 8.3 name of d-characters
// (ECMA-119 7.4.1); empty when nothing does. Folders have no extension at
// level 1 (10.1).
func checkName(name string, folder bool) string {
	base, ext, dotted := strings.Cut(name, ".")
	switch {
	case name == "":
		return "has an empty part"
	case folder && dotted:
		return fmt.Sprintf("has a dot in the folder %q; a folder has no extension at ISO 9660 level 1", name)
	case base == "" || dotted && ext == "":
		return fmt.Sprintf("has the part %q with nothing before or after its dot", name)
	case len(base) > 8 || len(ext) > 3:
		return fmt.Sprintf("has the part %q, which is longer than 8.3", name)
	}
	for _, r := range base + ext {
		switch {
		case r >= 'a' && r <= 'z':
			return fmt.Sprintf("has the part %q with lower-case letters", name)
		case !dCharacter(r):
			return fmt.Sprintf("has the part %q with %q, which is none of A-Z, 0-9 and _", name, r)
		}
	}
	if device(base) {
		return fmt.Sprintf("has the part %q, which Windows takes for a device", name)
	}
	return ""
}

func dCharacter(r rune) bool { return r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_' }

// device says whether Windows reserves the name, whatever its extension.
func device(base string) bool {
	switch base {
	case "CON", "PRN", "AUX", "NUL":
		return true
	}
	return len(base) == 4 && (strings.HasPrefix(base, "COM") || strings.HasPrefix(base, "LPT")) &&
		base[3] >= '1' && base[3] <= '9'
}

// checkLabel says whether a volume may be called so.
func checkLabel(label string, most int) error {
	switch {
	case label == "":
		return &NameError{label, "is empty; a disc needs a label"}
	case len(label) > most:
		return &NameError{label, fmt.Sprintf("is longer than the %d characters of this disc's label", most)}
	}
	for _, r := range label {
		if !dCharacter(r) {
			return &NameError{label, fmt.Sprintf("has %q, which is none of A-Z, 0-9 and _", r)}
		}
	}
	return nil
}

// exactly reads a file that must hold the size it was announced with.
type exactly struct {
	file   *File
	body   io.ReadCloser
	remain int64
}

func open(f *File) (*exactly, error) {
	body, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", f.Path, err)
	}
	return &exactly{f, body, f.Size}, nil
}

func (e *exactly) Read(p []byte) (int, error) {
	if e.remain == 0 {
		var one [1]byte
		if n, _ := io.ReadFull(e.body, one[:]); n != 0 {
			return 0, fmt.Errorf("read %s: it is longer than the %d bytes announced", e.file.Path, e.file.Size)
		}
		return 0, io.EOF
	}
	n, err := e.body.Read(p[:min(int64(len(p)), e.remain)])
	e.remain -= int64(n)
	switch {
	case errors.Is(err, io.EOF) && e.remain > 0:
		return n, fmt.Errorf("read %s: it ends %d bytes short of the %d announced: %w",
			e.file.Path, e.remain, e.file.Size, io.ErrUnexpectedEOF)
	case errors.Is(err, io.EOF):
		return n, nil
	case err != nil:
		return n, fmt.Errorf("read %s: %w", e.file.Path, err)
	}
	return n, nil
}

func (e *exactly) Close() error { return e.body.Close() }
