// Package mail is the mail store of a stand-in Exchange server: mailboxes,
// public folders, and what other servers ask of them.
//
// Floor 5. It keeps of each message what proofs count and compare: its name,
// size and digest. A store is one file, written whole at each change.
package mail

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/mail"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/doublehop/doublehop/e2e/standin/programs/machine"
)

// Item is one message or post.
type Item struct {
	ID   string `json:"id"`   // Message-ID, or the name of a post
	Size int    `json:"size"` // bytes
	Sum  string `json:"sum"`  // SHA-256
}

// NewItem takes a message's measures. A text without a readable head has no name.
func NewItem(text []byte) Item {
	sum := sha256.Sum256(text)
	i := Item{Size: len(text), Sum: hex.EncodeToString(sum[:])}
	if m, err := mail.ReadMessage(strings.NewReader(string(text))); err == nil {
		i.ID = m.Header.Get("Message-Id")
	}
	return i
}

// Folder is one public folder as one server has it.
type Folder struct {
	Items    []Item   `json:"items,omitempty"`
	Replicas []string `json:"replicas"` // computers, in capitals
}

// Content is all that a store holds.
type Content struct {
	// Mailboxes by the user's distinguished name in lower case.
	Mailboxes map[string][]Item `json:"mailboxes"`
	// Folders by name.
	Folders map[string]Folder `json:"folders"`
	// Locked says that nobody may write into public folders.
	Locked bool `json:"locked,omitempty"`
	// Release is the Exchange that the store is of, such as exchange-2010-sp3-ru8.
	Release string `json:"release,omitempty"`
}

// Order is what a server is asked to do. Verbs: "read"; "mailbox" puts items
// into a mailbox; "drop-mailbox"; "folder" puts a folder; "drop-folder";
// "lock", "unlock" and "release".
type Order struct {
	User, Password string
	Verb, Name     string
	Items          []Item
	Replicas       []string
}

// ErrOrder says that an order cannot be carried out.
var ErrOrder = errors.New("the information store refuses")

// Store is the store of one server.
type Store struct {
	mu      sync.Mutex
	path    string
	content Content
}

// Open reads the store kept in a folder; one that is not there is empty.
func Open(folder string) (*Store, error) {
	s := &Store{path: filepath.Join(folder, "store.json")}
	text, err := os.ReadFile(s.path)
	if err == nil {
		err = json.Unmarshal(text, &s.content)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read %s: %w", s.path, err)
	}
	if s.content.Mailboxes == nil {
		s.content.Mailboxes = map[string][]Item{}
	}
	if s.content.Folders == nil {
		s.content.Folders = map[string]Folder{}
	}
	return s, nil
}

// Read gives a copy of the content.
func (s *Store) Read() Content {
	s.mu.Lock()
	defer s.mu.Unlock()
	return Content{maps.Clone(s.content.Mailboxes), maps.Clone(s.content.Folders), s.content.Locked, s.content.Release}
}

// Do carries an order out and gives the content afterwards.
func (s *Store) Do(o Order) (Content, error) {
	s.mu.Lock()
	err := s.content.do(o)
	if err == nil && o.Verb != "read" {
		var text []byte
		if text, err = json.Marshal(s.content); err == nil {
			err = machine.WriteWhole(s.path, text)
		}
	}
	s.mu.Unlock()
	return s.Read(), err
}

func (c *Content) do(o Order) error {
	name := strings.ToLower(o.Name)
	switch o.Verb {
	case "read":
	case "mailbox":
		c.Mailboxes[name] = union(c.Mailboxes[name], o.Items)
	case "drop-mailbox":
		delete(c.Mailboxes, name)
	case "folder":
		have := c.named(o.Name)
		f := c.Folders[have]
		if c.Locked && len(o.Items) > 0 {
			return fmt.Errorf("%w: public folders are locked", ErrOrder)
		}
		if f.Items = union(f.Items, o.Items); o.Replicas != nil || f.Replicas == nil {
			f.Replicas = o.Replicas
		}
		c.Folders[have] = f
	case "drop-folder":
		delete(c.Folders, c.named(o.Name))
	case "lock", "unlock":
		c.Locked = o.Verb == "lock"
	case "release":
		c.Release = o.Name
	default:
		return fmt.Errorf("%w: it knows no order %q", ErrOrder, o.Verb)
	}
	return nil
}

// named is the folder's name as it is kept, whatever its case.
func (c *Content) named(name string) string {
	for have := range c.Folders {
		if strings.EqualFold(have, name) {
			return have
		}
	}
	return name
}

// union adds what is not there yet: an order that comes twice does no harm.
func union(have, more []Item) []Item {
	all := slices.Clone(have)
	for _, m := range more {
		if !slices.Contains(all, m) {
			all = append(all, m)
		}
	}
	return all
}
