package disc

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
)

// isoSector is the size of a logical sector and, here, of a logical block.
const isoSector = 2048

// systemArea is the number of sectors that ECMA-119 6.2.1 keeps free.
const systemArea = 16

// levels is how deep folders may lie, the root counted (ECMA-119 6.8.2.1).
const levels = 8

// Image is an ISO 9660 image that is about to be written. It holds the
// folders; the content of files is read when the image is.
type Image struct {
	parts  []part
	size   int64
	secret bool
}

// part is a stretch of the image: bytes at hand, or a file, and zeros after it.
type part struct {
	bytes []byte
	file  *File
	pad   int64
}

// ISO lays out an ISO 9660 image, interchange level 1 (ECMA-119 10.1): one
// volume, one extent a file, no extensions. The label has up to 32 characters
// of A-Z, 0-9 and "_". It fails on names, depths and sizes that the standard
// cannot carry; the files are opened only when the image is read.
func ISO(label string, files []File) (*Image, error) {
	files = append([]File(nil), files...)
	root, err := tree(files)
	if err = errors.Join(checkLabel(label, 32), err); err != nil {
		return nil, fmt.Errorf("make disc: %w", err)
	}
	l := layout{label: label}
	if err := l.place(root); err != nil {
		return nil, fmt.Errorf("make disc: %w", err)
	}
	return l.image(), nil
}

// Size is the size of the image in bytes, a multiple of 2,048.
func (i *Image) Size() int64 { return i.size }

// Secret says whether a file on it is secret.
func (i *Image) Secret() bool { return i.secret }

// Open gives the image from its beginning. Files are opened one at a time, as
// their turn comes; close it when it is not read to the end.
func (i *Image) Open() io.ReadCloser { return &imageReader{parts: i.parts} }

// WriteTo writes the whole image, [Image.Size] bytes.
func (i *Image) WriteTo(w io.Writer) (int64, error) {
	r := i.Open()
	n, err := io.Copy(w, r)
	return n, errors.Join(err, r.Close())
}

var _ io.WriterTo = (*Image)(nil)

// layout gives every folder and file its sectors.
type layout struct {
	label   string
	folders []*node // in the order of the path table: breadth first
	files   []*node
	table   uint32 // sectors of one path table
	empty   bool   // a file without content is there
	total   uint32
}

func (l *layout) place(root *node) error {
	root.parent, l.folders = root, []*node{root}
	depth := map[*node]int{root: 1}
	for i := 0; i < len(l.folders); i++ {
		folder := l.folders[i]
		folder.number = i + 1
		for _, c := range folder.children {
			if c.file != nil {
				l.files = append(l.files, c)
				continue
			}
			depth[c] = depth[folder] + 1
			if depth[c] > levels {
				return fmt.Errorf("the folder %s lies deeper than the %d levels of ISO 9660", c.name, levels)
			}
			l.folders = append(l.folders, c)
		}
	}
	if len(l.folders) > math.MaxUint16 {
		return fmt.Errorf("%d folders do not fit; a path table numbers %d", len(l.folders), math.MaxUint16)
	}
	return l.number()
}

// number hands out sectors: system area, two descriptors, path tables L and M,
// folders, one sector that all empty files point at, files.
func (l *layout) number() error {
	l.table = sectors(int64(len(pathTable(l.folders, binary.LittleEndian))))
	next := int64(systemArea+2) + 2*int64(l.table)
	for _, f := range l.folders {
		f.sector, f.size = uint32(next), folderSize(f)
		next += int64(f.size / isoSector)
	}
	none := uint32(next)
	for _, f := range l.files {
		if f.file.Size == 0 && !l.empty {
			l.empty = true
			next++
		}
	}
	for _, f := range l.files {
		if f.file.Size > math.MaxUint32 {
			return fmt.Errorf("the file %s of %d bytes does not fit; one extent of ISO 9660 holds %d",
				f.file.Path, f.file.Size, uint32(math.MaxUint32))
		}
		f.sector, f.size = uint32(next), uint32(f.file.Size)
		if f.size == 0 {
			f.sector = none
		}
		if next += int64(sectors(f.file.Size)); next > math.MaxUint32 {
			return fmt.Errorf("the files do not fit; a volume of ISO 9660 holds %d sectors", uint32(math.MaxUint32))
		}
	}
	l.total = uint32(next)
	return nil
}

func sectors(bytes int64) uint32 { return uint32((bytes + isoSector - 1) / isoSector) }

func (l *layout) image() *Image {
	i := &Image{}
	put := func(b []byte) { i.parts = append(i.parts, part{bytes: b, pad: padding(int64(len(b)))}) }
	i.parts = append(i.parts, part{pad: systemArea * isoSector})
	put(l.primary())
	put(terminator())
	put(pathTable(l.folders, binary.LittleEndian))
	put(pathTable(l.folders, binary.BigEndian))
	for _, f := range l.folders {
		put(folderExtent(f))
	}
	if l.empty {
		i.parts = append(i.parts, part{pad: isoSector})
	}
	for _, f := range l.files {
		i.secret = i.secret || f.file.Secret
		i.parts = append(i.parts, part{file: f.file, pad: padding(f.file.Size)})
	}
	i.size = int64(l.total) * isoSector
	return i
}

func padding(size int64) int64 { return (isoSector - size%isoSector) % isoSector }

// imageReader reads the parts one after the other.
type imageReader struct {
	parts  []part
	body   *exactly // the file of parts[0], when it is open
	done   bool     // the content of parts[0] is read; its padding is not
	at     int      // how much of parts[0].bytes is read
	padded int64    // how much of parts[0].pad is read
	err    error
}

// Read gives the next bytes of the image.
func (r *imageReader) Read(p []byte) (int, error) {
	for r.err == nil && len(p) > 0 {
		if len(r.parts) == 0 {
			return 0, io.EOF
		}
		var n int
		if n, r.err = r.part(&r.parts[0], p); n > 0 {
			return n, nil
		}
	}
	return 0, r.err
}

// part reads from the first part and drops it when it is used up.
func (r *imageReader) part(now *part, p []byte) (int, error) {
	if !r.done {
		n, err := r.content(now, p)
		if n > 0 || err != nil {
			return n, err
		}
		r.done = true
	}
	if n := min(int64(len(p)), now.pad-r.padded); n > 0 {
		clear(p[:n])
		r.padded += n
		return int(n), nil
	}
	*r = imageReader{parts: r.parts[1:]}
	return 0, nil
}

// content reads what comes before the padding; 0 and nil at its end.
func (r *imageReader) content(now *part, p []byte) (int, error) {
	if now.file == nil {
		n := copy(p, now.bytes[r.at:])
		r.at += n
		return n, nil
	}
	if r.body == nil {
		body, err := open(now.file)
		if err != nil {
			return 0, err
		}
		r.body = body
	}
	n, err := io.ReadAtLeast(r.body, p, 1)
	if errors.Is(err, io.EOF) {
		return 0, r.closeBody()
	}
	return n, err
}

// Close closes the file that is open, if one is; nothing can be read after it.
func (r *imageReader) Close() error {
	if r.err == nil {
		r.err = fs.ErrClosed
	}
	return r.closeBody()
}

func (r *imageReader) closeBody() error {
	if r.body == nil {
		return nil
	}
	body := r.body
	r.body = nil
	return body.Close()
}
