package drivers

import (
	"errors"
	"fmt"
)

// Kind is the class of a failure: all that a caller may branch on.
type Kind uint8

// The classes of failure.
const (
	// Other is a failure that no caller can do anything about.
	Other Kind = iota
	// NotFound: there is no such object.
	NotFound
	// Conflict: it exists, and is not ours or differs in what cannot be changed.
	Conflict
	// Transient: it may succeed if tried again.
	Transient
	// Refused: permission or policy.
	Refused
	// Missing: the host lacks something: a socket, a binary, room on the disk.
	Missing
)

// String is the kind in one or two words, as shown to a person.
func (k Kind) String() string {
	switch k {
	case Other:
		return "other"
	case NotFound:
		return "not found"
	case Conflict:
		return "conflict"
	case Transient:
		return "transient"
	case Refused:
		return "refused"
	case Missing:
		return "missing"
	}
	return "unknown"
}

// Error is a failed call to a hypervisor.
type Error struct {
	Kind Kind
	// Op and Object say what was tried on what: "define machine", "dh-demo-dc01".
	Op, Object string
	// Remedy is what to do or type next, if the driver knows.
	Remedy string
	Err    error
}

// Error is one line without the remedy.
func (e *Error) Error() string { return fmt.Sprintf("%s %s: %v", e.Op, e.Object, e.Err) }

// Unwrap gives the hypervisor's own error.
func (e *Error) Unwrap() error { return e.Err }

// KindOf classifies err; an error that is not of this package is Other.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return Other
}
