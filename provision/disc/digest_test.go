package disc_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/doublehop/doublehop/provision/disc"
)

// oldFile is a file that was changed a minute ago.
func oldFile(t *testing.T, content string) string {
	t.Helper()
	path := writeTemp(t, []byte(content))
	age(t, path, time.Minute)
	return path
}

func age(t *testing.T, path string, by time.Duration) {
	t.Helper()
	then := time.Now().Add(-by)
	if err := os.Chtimes(path, then, then); err != nil {
		t.Fatal(err)
	}
}

func sumOf(content string) string {
	sum := sha256.Sum256([]byte(content))
	return hex.EncodeToString(sum[:])
}

func TestDigestIsRememberedUntilTheFileChanges(t *testing.T) {
	t.Parallel()
	d := disc.Digests{File: filepath.Join(t.TempDir(), "deep", "digests.json")}
	path := oldFile(t, "one")
	want := func(content string) {
		t.Helper()
		if sum, err := d.Of(t.Context(), path); err != nil || sum != sumOf(content) {
			t.Errorf("%s, %v, want the sum of %q", sum, err, content)
		}
	}
	want("one")
	cached, err := os.ReadFile(d.File)
	if err != nil || !strings.Contains(string(cached), sumOf("one")) {
		t.Fatalf("%s %v", cached, err)
	}
	// Only a remembered sum can be changed behind its back.
	forged := strings.ReplaceAll(string(cached), sumOf("one"), sumOf("forged"))
	if err := os.WriteFile(d.File, []byte(forged), 0o600); err != nil {
		t.Fatal(err)
	}
	want("forged")
	if err := os.WriteFile(path, []byte("two"), 0o600); err != nil {
		t.Fatal(err)
	}
	want("two")
	age(t, path, time.Hour)
	want("two")
	for _, broken := range []string{"", "{", `[{"SHA256":"zz"}]`, "\x00\x01", `{"a":1}`} {
		if err := os.WriteFile(d.File, []byte(broken), 0o600); err != nil {
			t.Fatal(err)
		}
		want("two")
	}
	if cached, _ = os.ReadFile(d.File); !strings.Contains(string(cached), sumOf("two")) {
		t.Error("a broken cache was not mended")
	}
}

func TestDigestOfAFileJustWrittenIsNotRemembered(t *testing.T) {
	t.Parallel()
	d := disc.Digests{File: filepath.Join(t.TempDir(), "digests.json")}
	if _, err := d.Of(t.Context(), writeTemp(t, []byte("new"))); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(d.File); err == nil {
		t.Error("remembered")
	}
}

func TestDigestWorksWithoutACache(t *testing.T) {
	t.Parallel()
	d := disc.Digests{File: "/dev/null/digests.json"}
	if sum, err := d.Of(t.Context(), oldFile(t, "x")); err != nil || sum != sumOf("x") {
		t.Error(sum, err)
	}
}

func TestDigestFails(t *testing.T) {
	t.Parallel()
	d := disc.Digests{File: filepath.Join(t.TempDir(), "digests.json")}
	if _, err := d.Of(t.Context(), filepath.Join(t.TempDir(), "none")); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{pipe, t.TempDir()} {
		if _, err := d.Of(t.Context(), path); err == nil || !strings.Contains(err.Error(), "no plain file") {
			t.Error(err)
		}
	}
	stopped, stop := context.WithCancelCause(t.Context())
	why := errors.New("asked to stop")
	stop(why)
	if _, err := d.Of(stopped, oldFile(t, "x")); !errors.Is(err, why) {
		t.Error(err)
	}
}

func TestDigestsAtOnceLoseNone(t *testing.T) {
	t.Parallel()
	d := disc.Digests{File: filepath.Join(t.TempDir(), "digests.json")}
	var all sync.WaitGroup
	for i := range 20 {
		content := strings.Repeat("x", i)
		path := oldFile(t, content)
		all.Go(func() {
			if sum, err := d.Of(t.Context(), path); err != nil || sum != sumOf(content) {
				t.Error(sum, err)
			}
		})
	}
	all.Wait()
	cached, err := os.ReadFile(d.File)
	if err != nil || strings.Count(string(cached), "SHA256") != 20 {
		t.Errorf("%s %v", cached, err)
	}
}
