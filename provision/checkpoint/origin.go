package checkpoint

import (
	"bytes"
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/doublehop/doublehop/drivers"
)

const (
	originVersion = "origin.v1"
	originPrefix  = "dh-origin-"
)

// Origin is what an imported checkpoint brings from the pool that it was made
// in, so that a plan finds it again: there, the lab's secrets entered the keys
// of layers under another pool's key.
type Origin struct {
	Version string `json:"version"`
	// Pool tells the pools apart in which checkpoints were made; it says nothing
	// about a pool's key.
	Pool string `json:"pool"`
	Lab  string `json:"lab"`
	// Salt is what Check is made with, hexadecimal.
	Salt string `json:"salt,omitempty"`
	// Secrets are the lab's secrets, by name.
	Secrets map[string]OriginSecret `json:"secrets,omitempty"`
	// Media are the SHA-256 digests of the user's discs, by name.
	Media map[string]string `json:"media,omitempty"`
}

// OriginSecret is what is known of a secret.
type OriginSecret struct {
	// Digest is what entered the layers' keys: a digest under the first pool's
	// own key, which says nothing to whoever does not have that key.
	Digest string `json:"digest"`
	// Generated says that the first pool made the value.
	Generated bool `json:"generated,omitempty"`
	// Value is a password that the first pool generated, which the guests have
	// now. It is empty in what came in an archive that was not encrypted, and
	// for secrets that the user brings.
	Value string `json:"value,omitempty"`
	// Check tells whether a value that the user brings is the one that the guests
	// were given; empty where Value is, and it is not known.
	Check string `json:"check,omitempty"`
}

// Clear is the origin without what an archive may hold only when it is encrypted.
func (o Origin) Clear() Origin {
	bare := Origin{Version: o.Version, Pool: o.Pool, Lab: o.Lab, Media: o.Media, Secrets: map[string]OriginSecret{}}
	for name, s := range o.Secrets {
		bare.Secrets[name] = OriginSecret{Digest: s.Digest, Generated: s.Generated}
	}
	return bare
}

// CheckOf is what Check is for a value.
func (o Origin) CheckOf(value string) string {
	mac := hmac.New(sha256.New, []byte(o.Salt))
	_, _ = mac.Write([]byte(value))
	return hex.EncodeToString(mac.Sum(nil))
}

// OriginVolume is the volume that keeps the origin of the checkpoint of a key.
func OriginVolume(key string) string {
	return originPrefix + strings.TrimPrefix(Volume(key), namePrefix)
}

// EncodeOrigin is an origin as it lies in a pool or an archive.
func EncodeOrigin(o Origin) ([]byte, error) {
	o.Version = originVersion
	body, err := json.Marshal(o)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(body)
	return json.Marshal(sealed{Digest: hex.EncodeToString(sum[:]), Manifest: body})
}

// DecodeOrigin reads an origin and refuses one that is not whole.
func DecodeOrigin(b []byte) (Origin, error) {
	var s sealed
	if err := json.Unmarshal(bytes.TrimRight(b, "\x00"), &s); err != nil {
		return Origin{}, fmt.Errorf("it is cut short or is none: %w", err)
	}
	sum := sha256.Sum256(s.Manifest)
	if hex.EncodeToString(sum[:]) != s.Digest {
		return Origin{}, errors.New("it was changed after it was written: its digest differs")
	}
	var o Origin
	if err := json.Unmarshal(s.Manifest, &o); err != nil {
		return Origin{}, fmt.Errorf("it is not one of ours: %w", err)
	}
	if o.Version != originVersion {
		return Origin{}, fmt.Errorf("it is of version %q, and this Doublehop reads %q", o.Version, originVersion)
	}
	return o, nil
}

// Origins reads what a lab's imported checkpoints were found by. Those of one
// pool are one, unless a secret was changed between two exports. One that is
// damaged is passed over: its checkpoint is then built anew where it is wanted,
// and an import brings it back. volumes is what the pool holds.
func Origins(ctx context.Context, pool drivers.Volumes, volumes []drivers.Volume, lab string) ([]Origin, error) {
	var found []Origin
	for _, v := range volumes {
		if !strings.HasPrefix(v.Name, originPrefix) || v.Capacity > largest {
			continue
		}
		o, ok, err := ReadOrigin(ctx, pool, v.Name)
		if err != nil {
			return nil, err
		}
		if !ok || o.Lab != lab {
			continue
		}
		if i := slices.IndexFunc(found, o.agrees); i >= 0 {
			found[i] = found[i].With(o)
		} else {
			found = append(found, o)
		}
	}
	return found, nil
}

// agrees says whether two origins are of one pool and no secret differs.
func (o Origin) agrees(other Origin) bool {
	for name, s := range o.Secrets {
		if old, ok := other.Secrets[name]; ok && old.Digest != s.Digest {
			return false
		}
	}
	return o.Pool == other.Pool && o.Lab == other.Lab
}

// ID tells origins apart.
func (o Origin) ID() string {
	sum := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(o.Secrets)) {
		fmt.Fprintf(sum, "%s=%s\n", name, o.Secrets[name].Digest)
	}
	return o.Pool + "-" + hex.EncodeToString(sum.Sum(nil)[:8])
}

// ReadOrigin reads one origin; false is one that is gone or damaged.
func ReadOrigin(ctx context.Context, pool drivers.Volumes, volume string) (Origin, bool, error) {
	var b bytes.Buffer
	if err := pool.DownloadVolume(ctx, volume, &b); err != nil {
		if drivers.KindOf(err) == drivers.NotFound {
			return Origin{}, false, nil
		}
		return Origin{}, false, err
	}
	o, err := DecodeOrigin(b.Bytes())
	return o, err == nil, nil
}

// With is o and what another origin that agrees with it knows more.
func (o Origin) With(other Origin) Origin {
	both := o
	both.Secrets, both.Media = maps.Clone(o.Secrets), maps.Clone(o.Media)
	if both.Secrets == nil {
		both.Secrets = map[string]OriginSecret{}
	}
	if both.Salt == "" {
		both.Salt = other.Salt
	}
	for name, s := range other.Secrets {
		if other.Salt != both.Salt {
			s.Check = ""
		}
		mine := both.Secrets[name]
		both.Secrets[name] = OriginSecret{
			Digest: s.Digest, Generated: s.Generated, Value: cmp.Or(mine.Value, s.Value), Check: cmp.Or(mine.Check, s.Check),
		}
	}
	for name, sum := range other.Media {
		if both.Media == nil {
			both.Media = map[string]string{}
		}
		if _, ok := both.Media[name]; !ok {
			both.Media[name] = sum
		}
	}
	return both
}
