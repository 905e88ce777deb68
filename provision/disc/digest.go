package disc

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/adrg/xdg"
	"github.com/google/renameio/v2"
)

// Digest is the SHA-256 of a media, in lower-case hex. It is computed once and
// remembered in the user's cache folder: see [Digests].
func Digest(path string) (string, error) {
	return Digests{}.Of(context.Background(), path)
}

// Digests remembers the SHA-256 of files by device, inode, size and the time
// of their last change, so that a disc of 700 MB is read once. It is safe for
// several processes at once. A cache that is lost, broken or cannot be written
// costs time and nothing else.
type Digests struct {
	// File is where they are kept; empty means doublehop/digests.json in the
	// user's cache folder.
	File string
}

// fresh is how long a file must have been unchanged to be remembered: a change
// within the clock tick of a file system leaves its time as it was.
const fresh = 2 * time.Second

// remembered is one entry of the cache.
type remembered struct {
	Device, Inode uint64
	Size          int64
	// Changed are nanoseconds since 1970 of the last change of content and of
	// the inode.
	Changed, Inoded int64
	SHA256          string
}

// Of is the SHA-256 of the file at path, in lower-case hex. It fails when the
// file is not a plain one, cannot be read, or changes while it is read.
func (d Digests) Of(ctx context.Context, path string) (string, error) {
	f, err := openPlain(path)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }()
	before, err := stamp(f)
	if err != nil {
		return "", err
	}
	cache := d.path()
	if sum, ok := lookup(cache, before); ok {
		return sum, nil
	}
	started := time.Now()
	h := sha256.New()
	if _, err := io.Copy(h, reader{ctx, f}); err != nil {
		return "", fmt.Errorf("read %s: %w", path, err)
	}
	after, err := stamp(f)
	if err != nil {
		return "", err
	}
	if before != after {
		return "", fmt.Errorf("read %s: it changed while it was read", path)
	}
	before.SHA256 = hex.EncodeToString(h.Sum(nil))
	if started.Sub(time.Unix(0, before.Changed)) > fresh {
		remember(cache, before)
	}
	return before.SHA256, nil
}

// openPlain opens a plain file; a pipe would be waited for, and the size of a
// device is not known.
func openPlain(path string) (*os.File, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("open %s: it is no plain file; copy the disc into an image first: dd if=%s of=disc.iso bs=1M", path, path)
	}
	return os.Open(path)
}

func stamp(f *os.File) (remembered, error) {
	info, err := f.Stat()
	if err != nil {
		return remembered{}, err
	}
	r := remembered{Size: info.Size(), Changed: info.ModTime().UnixNano()}
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		r.Device, r.Inode, r.Inoded = s.Dev, s.Ino, s.Ctim.Nano()
	}
	return r, nil
}

// reader stops a long read when ctx is done.
type reader struct {
	ctx  context.Context //nolint:containedctx // lives for one copy
	next io.Reader
}

func (r reader) Read(p []byte) (int, error) {
	select {
	case <-r.ctx.Done():
		return 0, context.Cause(r.ctx)
	default:
		return r.next.Read(p)
	}
}

func (d Digests) path() string {
	if d.File != "" {
		return d.File
	}
	return filepath.Join(xdg.CacheHome, "doublehop", "digests.json")
}

// load reads the cache; what is broken in it is as if it were not there.
func load(cache string) []remembered {
	b, err := os.ReadFile(cache)
	if err != nil {
		return nil
	}
	var list []remembered
	if json.Unmarshal(b, &list) != nil {
		return nil
	}
	good := list[:0]
	for _, r := range list {
		if sum, err := hex.DecodeString(r.SHA256); err == nil && len(sum) == sha256.Size {
			good = append(good, r)
		}
	}
	return good
}

func lookup(cache string, want remembered) (string, bool) {
	for _, r := range load(cache) {
		want.SHA256 = r.SHA256
		if r == want {
			return r.SHA256, true
		}
	}
	return "", false
}

// mostRemembered keeps the cache small; the oldest are forgotten first.
const mostRemembered = 1000

// remember adds an entry under a lock of its own, so that two processes do not
// lose each other's. A cache that cannot be written is left alone.
func remember(cache string, add remembered) {
	if os.MkdirAll(filepath.Dir(cache), 0o700) != nil {
		return
	}
	lock, err := os.OpenFile(cache+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return
	}
	defer func() { _ = lock.Close() }() // which releases it
	if syscall.Flock(int(lock.Fd()), syscall.LOCK_EX) != nil {
		return
	}
	list := make([]remembered, 0, mostRemembered)
	for _, r := range load(cache) {
		if r.Device != add.Device || r.Inode != add.Inode {
			list = append(list, r)
		}
	}
	list = append(list, add)
	b, err := json.Marshal(list[max(0, len(list)-mostRemembered):])
	if err != nil {
		return
	}
	_ = renameio.WriteFile(cache, b, 0o600)
}
