// Package cli is planted. Its sentence about Floor 3. is not the last one, but
// the first floor that a comment names is the package's.
package cli

// Name is looked at from below.
const Name = "cli"
