package labs

import "time"

// Type is what an argument of a step may hold.
type Type uint8

// The types of arguments, with the Go type that [Value] then holds.
const (
	// StringType holds a string.
	StringType Type = iota
	// BoolType holds a bool.
	BoolType
	// NumberType holds an int64.
	NumberType
	// StringsType holds a []string.
	StringsType
	// StringMapType holds a map[string]string.
	StringMapType
	// DurationType holds a time.Duration; written "90s", "20m".
	DurationType
	// SizeType holds a uint64 of bytes; written "512MiB".
	SizeType
	// MediaType holds a MediaRef; written media.exchange.
	MediaType
	// MachineType holds a MachineRef; written machine.dc01.
	MachineType
	// SecretType holds a SecretRef; written secret.administrator.
	SecretType
	// PathType holds a string: a path of the client, absolute after loading.
	PathType
)

// String is the type as the reference page calls it.
func (t Type) String() string {
	return [...]string{
		"string", "bool", "number", "list of strings", "map of strings", "duration", "size",
		"media", "machine", "secret", "path",
	}[t]
}

// Value is an argument's value; see [Type] for what it holds.
type Value any

// Names of the lab's objects, as arguments hold them.
type (
	// MediaRef names a media.
	MediaRef string
	// MachineRef names a machine.
	MachineRef string
	// SecretRef names a secret.
	SecretRef string
)

// Schema is what a step of the catalogue may be told.
type Schema struct {
	// Kind is the step's name: "promote".
	Kind string
	// Doc is one or two sentences for the reference.
	Doc string
	// Many says that `on` may name several machines.
	Many bool
	// Check says that the step is written as `check`, not `step`.
	Check bool
	Args  []Arg
}

// Arg is one argument of a step.
type Arg struct {
	Name     string
	Type     Type
	Required bool
	// Default is used when the argument is left out; nil for none.
	Default Value
	Doc     string
	// Sensitive says that the value may be one that is shown to nobody: neither
	// plans nor messages hold it.
	Sensitive bool
	// Valid checks a value and says in a full sentence what is wrong with it;
	// empty when it is fine. It may be nil.
	Valid func(Value) string
}

// Text is the argument as a string; empty when it is left out.
func (s *Step) Text(name string) string {
	switch v := s.Args[name].(type) {
	case string:
		return v
	case MediaRef:
		return string(v)
	case MachineRef:
		return string(v)
	case SecretRef:
		return string(v)
	}
	return ""
}

// Texts is the argument as a list of strings; empty when it is left out.
func (s *Step) Texts(name string) []string {
	v, _ := s.Args[name].([]string)
	return v
}

// Flag is the argument as a bool; false when it is left out.
func (s *Step) Flag(name string) bool {
	v, _ := s.Args[name].(bool)
	return v
}

// Lasting is the argument as a duration; 0 when it is left out.
func (s *Step) Lasting(name string) time.Duration {
	v, _ := s.Args[name].(time.Duration)
	return v
}
