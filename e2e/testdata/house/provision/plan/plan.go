// Package plan is planted: it imports a neighbour of its own floor, and what belongs to
// another room.
//
// Floor 3.
package plan

import (
	_ "github.com/hashicorp/hcl/v2"
	_ "github.com/spf13/cobra"
	_ "github.com/zclconf/go-cty/cty"
	_ "libvirt.org/go/libvirt"

	_ "planted.test/house/cmd/cli"
)
