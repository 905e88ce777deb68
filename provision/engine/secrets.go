package engine

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/doublehop/doublehop/drivers"
	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/checkpoint"
)

const (
	poolKeyVolume = "dh-pool-key"
	poolKeySize   = 32
	// commandLimit is how long a secret's command may take.
	commandLimit = 30 * time.Second
	// passwordLength is that of a generated password; Windows 2000 and 2003
	// autologon and the answer file take up to 127 characters.
	passwordLength = 16
)

// secrets resolves a lab's secrets, each once.
type secrets struct {
	lab       *labs.Lab
	poolKey   []byte
	lookupEnv func(string) (string, bool)
	// origin is that of the imported checkpoints that a plan stands on; nil for
	// those of this pool.
	origin *checkpoint.Origin

	mu     sync.Mutex
	values map[string]labs.SecretValue
}

// open reads the pool's own random key, or makes it. Secrets enter layer keys
// only as digests under this key, and generated passwords come from it, so
// that nothing about them has to be kept anywhere else.
func (e *Engine) open(ctx context.Context, w *world) error {
	if e.secrets != nil {
		return nil
	}
	key, err := e.poolKey(ctx, w)
	if err != nil {
		return err
	}
	lookup := e.options.LookupEnv
	if lookup == nil {
		lookup = os.LookupEnv
	}
	e.secrets = &secrets{lab: e.lab, poolKey: key, lookupEnv: lookup, values: map[string]labs.SecretValue{}}
	return nil
}

// from are the same secrets as imported checkpoints know them; nil gives those
// of this pool.
func (s *secrets) from(origin *checkpoint.Origin) *secrets {
	return &secrets{lab: s.lab, poolKey: s.poolKey, lookupEnv: s.lookupEnv, origin: origin, values: map[string]labs.SecretValue{}}
}

// media are the digests of the discs that imported checkpoints were made with.
func (s *secrets) media() map[string]string {
	if s.origin == nil {
		return nil
	}
	return s.origin.Media
}

// lent is what an origin knows of a secret.
func (s *secrets) lent(name string) (checkpoint.OriginSecret, bool) {
	if s.origin == nil {
		return checkpoint.OriginSecret{}, false
	}
	lent, ok := s.origin.Secrets[name]
	return lent, ok
}

// pool names the pool that a key is of; it says nothing about the key.
func poolName(key []byte) string {
	return hex.EncodeToString((&secrets{poolKey: key}).mac("pool"))[:16]
}

func (e *Engine) poolKey(ctx context.Context, w *world) ([]byte, error) {
	if _, ok := w.volumes[poolKeyVolume]; !ok {
		fresh := make([]byte, poolKeySize)
		_, _ = rand.Read(fresh) // never fails
		err := e.driver.UploadVolume(ctx, poolKeyVolume, poolKeySize, bytes.NewReader(fresh))
		if err == nil {
			return fresh, nil
		}
		if drivers.KindOf(err) != drivers.Conflict { // another run was first
			return nil, err
		}
	}
	b, err := e.readPoolKey(ctx)
	if err != nil {
		return nil, err
	}
	if b.Len() != poolKeySize || bytes.Equal(b.Bytes(), make([]byte, poolKeySize)) {
		return nil, fmt.Errorf("volume %s should hold the pool's key of %d bytes and holds %d bytes that are none; "+
			"remove it with `virsh vol-delete %[1]s --pool doublehop`: layers made with its secrets are then built anew",
			poolKeyVolume, poolKeySize, b.Len())
	}
	return b.Bytes(), nil
}

// readPoolKey reads the volume of the pool's key, for some seconds again where it
// is short: it is while another run, the first in a pool, writes it.
func (e *Engine) readPoolKey(ctx context.Context) (*bytes.Buffer, error) {
	var b bytes.Buffer
	for tries := 0; ; tries++ {
		b.Reset()
		if err := e.driver.DownloadVolume(ctx, poolKeyVolume, &b); err != nil {
			return nil, err
		}
		if b.Len() >= poolKeySize || tries >= 50 {
			return &b, nil
		}
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// value gives a secret's value.
func (s *secrets) value(name string) (labs.SecretValue, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if v, ok := s.values[name]; ok {
		return v, nil
	}
	secret, ok := s.lab.Secret(name)
	if !ok {
		return labs.SecretValue{}, fmt.Errorf("there is no secret %q", name)
	}
	text, err := s.read(secret)
	if err != nil {
		return labs.SecretValue{}, err
	}
	if text == "" {
		return labs.SecretValue{}, errors.New("it is empty")
	}
	v := labs.NewSecretValue(text)
	s.values[name] = v
	return v, nil
}

// digest gives a secret's keyed digest, which tells only whether it changed.
func (s *secrets) digest(name string) (string, error) {
	v, err := s.value(name)
	if lent, ok := s.lent(name); ok {
		// A value that is not at hand is not known to differ: nothing that is
		// finished needs it, and what is not is not begun without it.
		if err != nil || lent.Check == "" || lent.Check == s.origin.CheckOf(v.Reveal()) {
			return lent.Digest, nil //nolint:nilerr // said above
		}
	}
	if err != nil {
		return "", err
	}
	return hex.EncodeToString(s.mac("digest", v.Reveal()))[:32], nil
}

// errNotImported says that the guests have a password that nobody here knows.
var errNotImported = errors.New("the checkpoints that the lab stands on were imported from an archive that was not encrypted, " +
	"which carries no passwords, so nothing can be built on them; import an archive that was made with --recipient or --passphrase, " +
	"or give the password that the guests have with env, file or command")

func (s *secrets) read(secret *labs.Secret) (string, error) {
	switch {
	case secret.Generate:
		if lent, ok := s.lent(secret.Name); ok && lent.Value == "" {
			return "", errNotImported
		} else if ok {
			return lent.Value, nil
		}
		return password(s.mac("password", s.lab.Name, secret.Name)), nil
	case secret.Env != "":
		v, ok := s.lookupEnv(secret.Env)
		if !ok {
			return "", fmt.Errorf("the environment variable %s is not set", secret.Env)
		}
		return v, nil
	case secret.File != "":
		path := secret.File
		if !filepath.IsAbs(path) {
			path = filepath.Join(s.lab.Folder, path)
		}
		b, err := os.ReadFile(path)
		return lineOf(b), err
	case len(secret.Command) > 0:
		return s.run(secret.Command)
	}
	return "", errors.New("it has no source")
}

// run asks a command for a secret. Its standard error is shown when it fails;
// its standard output never is.
func (s *secrets) run(argv []string) (string, error) {
	ctx, stop := context.WithTimeout(context.Background(), commandLimit)
	defer stop()
	command := exec.CommandContext(ctx, argv[0], argv[1:]...) //nolint:gosec // the lab's author asks for this very command
	command.Dir = s.lab.Folder
	var complaint bytes.Buffer
	command.Stderr = &complaint
	out, err := command.Output()
	if err != nil {
		return "", fmt.Errorf("the command %s: %w: %s", argv[0], err, lineOf(complaint.Bytes()))
	}
	return lineOf(out), nil
}

// lineOf cuts one line end.
func lineOf(b []byte) string {
	return strings.TrimSuffix(strings.TrimSuffix(string(b), "\n"), "\r")
}

func (s *secrets) mac(words ...string) []byte {
	mac := hmac.New(sha256.New, s.poolKey)
	for _, w := range words {
		fmt.Fprintf(mac, "%d:%s", len(w), w)
	}
	return mac.Sum(nil)
}

// password makes a password of letters and digits that an answer file, a batch
// file and LDAP all carry, without those that look alike, with an upper-case
// letter, a lower-case letter and a digit so that Windows' complexity rule is met.
func password(seed []byte) string {
	const upper, lower, digits = "ABCDEFGHJKLMNPQRSTUVWXYZ", "abcdefghijkmnpqrstuvwxyz", "23456789"
	text := make([]byte, passwordLength)
	for i := range text {
		set := upper + lower + digits
		switch i {
		case 0:
			set = upper
		case 1:
			set = lower
		case 2:
			set = digits
		}
		text[i] = set[int(seed[i])%len(set)]
	}
	return string(text)
}
