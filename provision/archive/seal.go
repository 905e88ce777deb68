package archive

import (
	"bufio"
	"errors"
	"fmt"
	"io"

	"filippo.io/age"
)

// ageIntro is how an age file begins.
const ageIntro = "age-encryption.org/v1\n"

// ErrSealed says that an archive is encrypted and no key was given that opens it.
var ErrSealed = errors.New("the archive is encrypted")

// Recipients reads age recipients, one "age1…" a line; lines with # are skipped.
func Recipients(r io.Reader) ([]age.Recipient, error) { return age.ParseRecipients(r) }

// Identities reads age identities, as age-keygen writes them.
func Identities(r io.Reader) ([]age.Identity, error) { return age.ParseIdentities(r) }

// Phrase is a passphrase as something to encrypt to. workFactor is the
// logarithm of the work that a guess takes; 0 is age's own choice, about a second.
func Phrase(passphrase string, workFactor int) (age.Recipient, error) {
	r, err := age.NewScryptRecipient(passphrase)
	if err == nil && workFactor > 0 {
		r.SetWorkFactor(workFactor)
	}
	return r, err
}

// PhraseIdentity is a passphrase as something to decrypt with.
func PhraseIdentity(passphrase string) (age.Identity, error) {
	return age.NewScryptIdentity(passphrase)
}

// Seal encrypts what is written to it, to w. Close it before w.
func Seal(w io.Writer, to []age.Recipient) (io.WriteCloser, error) { return age.Encrypt(w, to...) }

// Sealed says whether an archive is encrypted, from its first bytes.
func Sealed(r *bufio.Reader) bool {
	intro, _ := r.Peek(len(ageIntro))
	return string(intro) == ageIntro
}

// Unseal decrypts an archive. A file that was changed or cut is an error when
// the reader comes there.
func Unseal(r io.Reader, with []age.Identity) (io.Reader, error) {
	if len(with) == 0 {
		return nil, ErrSealed
	}
	plain, err := age.Decrypt(r, with...)
	if _, wrong := errors.AsType[*age.NoIdentityMatchError](err); wrong {
		return nil, fmt.Errorf("%w, and not to the key or passphrase that was given", ErrSealed)
	}
	if err != nil {
		return nil, fmt.Errorf("%w, or was changed: %w", ErrCut, err)
	}
	return unsealed{plain}, nil
}

// unsealed tells what age cannot prove from other faults.
type unsealed struct{ io.Reader }

func (u unsealed) Read(b []byte) (int, error) {
	n, err := u.Reader.Read(b)
	if err != nil && !errors.Is(err, io.EOF) {
		err = fmt.Errorf("%w, or was changed: %w", ErrCut, err)
	}
	return n, err
}
