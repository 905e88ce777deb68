package labfile

import (
	"maps"
	"slices"
	"strings"
)

// Brief makes a load give up early on what takes seconds.
func Brief(o Options) Options {
	o.mostWork = 20_000
	return o
}

// Functions are the names of all functions.
func Functions() []string {
	funcs := newLoader(Options{}).functions()
	delete(funcs, meterName)
	return slices.Sorted(maps.Keys(funcs))
}

// Words are the names of all blocks and arguments.
func Words() []string {
	words := common()
	for kind, s := range shapes() {
		words = append(append(words, last(kind)), s.names()...)
	}
	slices.Sort(words)
	return slices.DeleteFunc(slices.Compact(words), func(w string) bool { return strings.Contains(w, ".") })
}
