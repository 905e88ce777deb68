package archive

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"

	"github.com/klauspost/compress/zstd"
)

// ErrCut says that an archive ends before it should.
var ErrCut = errors.New("the archive is cut short")

// Reader reads an archive in one pass.
type Reader struct {
	// Index is what the archive says of itself; it makes sense, and nothing of
	// it is proved yet.
	Index Index

	packed *zstd.Decoder
	tar    *tar.Reader
	todo   []promise
	open   *proved
}

// NewReader reads an archive's index. Close the reader.
func NewReader(r io.Reader) (*Reader, error) {
	packed, err := zstd.NewReader(r, zstd.WithDecoderMaxWindow(window), zstd.WithDecoderMaxMemory(64<<20), zstd.WithDecoderLowmem(true), zstd.WithDecoderConcurrency(2))
	if err != nil {
		return nil, err
	}
	in := &Reader{packed: packed, tar: tar.NewReader(packed)}
	if err := in.index(); err != nil {
		packed.Close()
		return nil, err
	}
	in.todo = in.Index.promises()
	return in, nil
}

// Close frees what the reader holds; it reads nothing.
func (r *Reader) Close() { r.packed.Close() }

func (r *Reader) index() error {
	h, err := r.header(indexName)
	if err != nil {
		return err
	}
	if h.Size > largestIndex {
		return fmt.Errorf("its index has %d bytes, more than any", h.Size)
	}
	text, err := io.ReadAll(r.tar)
	if err != nil {
		return cut(err)
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	if err := dec.Decode(&r.Index); err != nil {
		return fmt.Errorf("its index cannot be read: %w", err)
	}
	return r.Index.check()
}

// header goes on to the next entry of the tar, which must be of that name.
func (r *Reader) header(want string) (*tar.Header, error) {
	h, err := r.tar.Next()
	switch {
	case errors.Is(err, io.EOF) && want == indexName:
		return nil, errors.New("it is empty, or no archive of Doublehop's")
	case errors.Is(err, io.EOF):
		return nil, fmt.Errorf("%w: %s is missing", ErrCut, want)
	case errors.Is(err, ErrCut):
		return nil, err
	case err != nil && want == indexName && !isCut(err):
		return nil, fmt.Errorf("it is no archive of Doublehop's: %w", err)
	case err != nil:
		return nil, cut(err)
	case h.Typeflag != tar.TypeReg || h.Name != want:
		return nil, fmt.Errorf("it holds %q where %s should be", clean(h.Name), want)
	}
	return h, nil
}

// Next goes on to the next entry, in the order of the index: all Files, then
// all Volumes. Reading it to its end proves it: a *Damage comes in place of
// io.EOF when it is not what the index promises. After the last entry Next
// looks whether the archive ends as it should, and gives io.EOF if it does.
func (r *Reader) Next() (io.Reader, error) {
	if r.open != nil {
		if _, err := io.Copy(io.Discard, r.open); err != nil {
			return nil, err
		}
		r.open = nil
	}
	if len(r.todo) == 0 {
		return nil, r.end()
	}
	p := r.todo[0]
	r.todo = r.todo[1:]
	h, err := r.header(p.name)
	if err != nil {
		return nil, err
	}
	if h.Size != p.length {
		return nil, &Damage{What: p.shown, Why: fmt.Sprintf("it has %d bytes and should have %d", h.Size, p.length)}
	}
	r.open = &proved{in: r.tar, promise: p, sum: sha256.New()}
	return r.open, nil
}

// end gives io.EOF if nothing follows that should not be there. It reads to the
// very end: only then have zstd and age seen that nothing was cut off.
func (r *Reader) end() error {
	if h, err := r.tar.Next(); err == nil {
		return fmt.Errorf("it holds %q, which its index does not list", clean(h.Name))
	} else if !errors.Is(err, io.EOF) {
		return cut(err)
	}
	const mostPadding = 1 << 20 // tar fills up its last record
	n, err := io.Copy(io.Discard, io.LimitReader(r.packed, mostPadding))
	if err != nil {
		return cut(err)
	}
	if n == mostPadding {
		return errors.New("it goes on after its end")
	}
	return io.EOF
}

// proved is an entry that is compared with its promise while it is read.
type proved struct {
	in      io.Reader
	promise promise
	sum     hash.Hash
	got     int64
	err     error
}

func (p *proved) Read(b []byte) (int, error) {
	if p.err != nil {
		return 0, p.err
	}
	n, err := p.in.Read(b)
	p.sum.Write(b[:n])
	p.got += int64(n)
	switch {
	case errors.Is(err, io.EOF):
		if p.err = p.promise.kept(p.got, p.sum); p.err == nil {
			p.err = io.EOF
		}
	case err != nil:
		p.err = fmt.Errorf("%s: %w", p.promise.shown, cut(err))
	}
	return n, p.err
}

// cut tells a file that ends too early from other faults.
func cut(err error) error {
	if isCut(err) {
		return fmt.Errorf("%w: %w", ErrCut, err)
	}
	return err
}

func isCut(err error) bool { return errors.Is(err, io.ErrUnexpectedEOF) }
