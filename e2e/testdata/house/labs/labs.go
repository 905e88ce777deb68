// Package labs is planted: it looks up to a higher floor.
//
// Floor 0.
package labs

import "planted.test/house/cmd/cli"

// Name is borrowed from above.
const Name = cli.Name
