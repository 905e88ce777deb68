package archive

import (
	"archive/tar"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"time"

	"github.com/klauspost/compress/zstd"
)

// Writer writes an archive: every entry of its index, in order.
type Writer struct {
	packed *zstd.Encoder
	tar    *tar.Writer
	made   time.Time
	todo   []promise
}

// promise is an entry that the index promises.
type promise struct {
	name   string // in the tar
	shown  string // in messages
	length int64
	sha256 string
}

// promises lists what follows an index.
func (x *Index) promises() []promise {
	var list []promise
	for _, f := range x.Files {
		list = append(list, promise{f.Name, f.Name, f.Length, f.SHA256})
	}
	for _, v := range x.Volumes {
		list = append(list, promise{volumes + v.Name, "volume " + v.Name, v.Length, v.SHA256})
	}
	return list
}

// NewWriter begins an archive with its index.
func NewWriter(w io.Writer, index Index) (*Writer, error) {
	index.Format = Format
	if err := index.check(); err != nil {
		return nil, fmt.Errorf("this lab cannot be put into an archive: %w", err)
	}
	text, err := json.MarshalIndent(index, "", "  ")
	if err != nil {
		return nil, err
	}
	packed, err := zstd.NewWriter(w, zstd.WithWindowSize(window), zstd.WithEncoderCRC(true))
	if err != nil {
		return nil, err
	}
	out := &Writer{packed: packed, tar: tar.NewWriter(packed), made: index.Made, todo: index.promises()}
	if err := out.header(indexName, int64(len(text))); err != nil {
		return nil, err
	}
	_, err = out.tar.Write(text)
	return out, err
}

// window is how far back the compression looks. A reader needs as much memory.
const window = 8 << 20

func (w *Writer) header(name string, size int64) error {
	return w.tar.WriteHeader(&tar.Header{
		Typeflag: tar.TypeReg, Name: name, Size: size, Mode: 0o600, ModTime: w.made.UTC().Truncate(time.Second), Format: tar.FormatPAX,
	})
}

// Next begins the next entry of the index. Close says whether it was what the
// index promises; no entry may be left out.
func (w *Writer) Next() (io.WriteCloser, error) {
	if len(w.todo) == 0 {
		return nil, errors.New("the index lists nothing more")
	}
	p := w.todo[0]
	w.todo = w.todo[1:]
	if err := w.header(p.name, p.length); err != nil {
		return nil, err
	}
	return &entry{out: w.tar, promise: p, sum: sha256.New()}, nil
}

type entry struct {
	out     io.Writer
	promise promise
	sum     hash.Hash
	sent    int64
}

func (e *entry) Write(b []byte) (int, error) {
	if e.sent+int64(len(b)) > e.promise.length {
		return 0, &Damage{What: e.promise.shown, Why: fmt.Sprintf("it is longer than the %d bytes that it had", e.promise.length)}
	}
	n, err := e.out.Write(b)
	e.sum.Write(b[:n])
	e.sent += int64(n)
	return n, err
}

func (e *entry) Close() error { return e.promise.kept(e.sent, e.sum) }

// kept says whether what came is what was promised.
func (p promise) kept(length int64, sum hash.Hash) error {
	if length != p.length {
		return &Damage{What: p.shown, Why: fmt.Sprintf("it has %d bytes and should have %d", length, p.length)}
	}
	if got := digestText(sum.Sum(nil)); got != p.sha256 {
		return &Damage{What: p.shown, Why: fmt.Sprintf("its SHA-256 is %s and should be %s", got[:12], p.sha256[:12])}
	}
	return nil
}

// Damage is an entry that is not what the index says.
type Damage struct {
	// What is the entry, Why a sentence without its end.
	What, Why string
}

// Error names the entry, and says why.
func (d *Damage) Error() string { return d.What + " is damaged: " + d.Why }

// Close ends the archive.
func (w *Writer) Close() error {
	if len(w.todo) > 0 {
		_ = w.packed.Close()
		return fmt.Errorf("%s was not written", w.todo[0].shown)
	}
	return errors.Join(w.tar.Close(), w.packed.Close())
}
