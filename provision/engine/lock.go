package engine

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// Lock keeps other runs away from an instance, and prunes away from its pool,
// until the returned function is called or the process ends, however it ends:
// the kernel drops the locks then. It returns an error that is [ErrLocked] when
// another process holds one. The locks are between processes of one client
// machine; dir is where their files lie.
func Lock(dir, uri, instance string) (release func(), err error) {
	one, err := lock(dir, uri, "instance-"+instance, syscall.LOCK_EX)
	if err != nil {
		return nil, err
	}
	pool, err := lock(dir, uri, "pool", syscall.LOCK_SH)
	if err != nil {
		one()
		return nil, err
	}
	return func() { pool(); one() }, nil
}

// LockPool keeps every other run away from a pool, as prune needs it.
func LockPool(dir, uri string) (release func(), err error) {
	return lock(dir, uri, "pool", syscall.LOCK_EX)
}

func lock(dir, uri, what string, how int) (func(), error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	sum := sha256.Sum256([]byte(uri))
	path := filepath.Join(dir, fmt.Sprintf("%s-%s.lock", what, hex.EncodeToString(sum[:4])))
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), how|syscall.LOCK_NB); err != nil {
		defer func() { _ = f.Close() }()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, lockedBy(f)
		}
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	if err := f.Truncate(0); err == nil {
		_, _ = fmt.Fprintf(f, "%d\n", os.Getpid()) // only for the message to others
	}
	return func() { _ = f.Close() }, nil
}

func lockedBy(f *os.File) error {
	b := make([]byte, 32)
	n, _ := f.ReadAt(b, 0)
	if pid := strings.TrimSpace(string(b[:n])); pid != "" {
		return fmt.Errorf("%w (process %s)", ErrLocked, pid)
	}
	return ErrLocked
}
