package labs

import "fmt"

// Secret says where a value that must not be seen comes from. It never holds
// the value itself. Exactly one source is set.
type Secret struct {
	Name string
	// Generate makes a password that the pool's own key decides: the same in
	// every run, different in every pool.
	Generate bool
	// Env is the name of an environment variable.
	Env string
	// File is a path, absolute or relative to the lab's folder; one trailing
	// line end is cut.
	File string
	// Command is run without a shell; its standard output is the value, less
	// one trailing line end.
	Command []string
	Range   Range
}

// SecretValue is a value that cannot be printed, logged or marshalled by
// accident: every form of it says (secret). Values are not comparable with ==.
type SecretValue struct {
	_ [0]func()
	// value is behind a pointer because fmt calls no method of a value in an
	// unexported field, nor of any value for %p; what it then prints is an address.
	value *string
}

// NewSecretValue hides value.
func NewSecretValue(value string) SecretValue { return SecretValue{value: &value} }

const hidden = "(secret)"

// Reveal gives the value to the one place that must write it into a disc.
func (s SecretValue) Reveal() string {
	if s.value == nil {
		return ""
	}
	return *s.value
}

// Empty says whether there is no value.
func (s SecretValue) Empty() bool { return s.Reveal() == "" }

// String hides the value.
func (SecretValue) String() string { return hidden }

// GoString hides the value from %#v.
func (SecretValue) GoString() string { return hidden }

// Format hides the value from every verb.
func (SecretValue) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(hidden)) }

// MarshalText hides the value from JSON, HCL and log encoders.
func (SecretValue) MarshalText() ([]byte, error) { return []byte(hidden), nil }
