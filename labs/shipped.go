package labs

import (
	"embed"
	"io/fs"
)

// The labs that ship stand in the folders of this package, one each.
//
//go:embed demo/README.md demo/demo.lab.hcl demo/standin.key exchange-2003/README.md exchange-2003/exchange-2003.lab.hcl
//go:embed double-hop/README.md double-hop/double-hop.lab.hcl inside-out/README.md inside-out/inside-out.lab.hcl
//go:embed two-sites/README.md two-sites/two-sites.lab.hcl recovery/README.md recovery/recovery.lab.hcl recovery/store/PUTHERE.TXT
var shipped embed.FS

// Shipped are the labs that ship, a folder each.
func Shipped() fs.FS { return shipped }
