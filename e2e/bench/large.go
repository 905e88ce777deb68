package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// writeLarge writes a lab of many machines and a long chain of stages.
func writeLarge(folder string, machines, stages int) error {
	var b strings.Builder
	b.WriteString(`lab "large" {}
secret "administrator" { generate = true }
secret "key" { generate = true }
media "windows" { path = "windows.iso" }
network "corp" { subnet = "10.20.0.0/16" }
`)
	var all []string
	for i := range machines {
		name := fmt.Sprintf("m%03d", i)
		all = append(all, "machine."+name)
		fmt.Fprintf(&b, `machine "%s" {
  os             = "windows-2003"
  memory         = "256MiB"
  install_from   = media.windows
  product_key    = secret.key
  admin_password = secret.administrator
  disk "system" { size = "4GiB" }
  nic "corp" { address = "10.20.%d.%d" }
}
`, name, 1+i/200, 1+i%200)
	}
	fmt.Fprintf(&b, "stage \"s0000\" {\n  step \"install\" { on = [%s] }\n}\n", strings.Join(all, ", "))
	for i := 1; i < stages; i++ {
		fmt.Fprintf(&b, `stage "s%04d" {
  after = stage.s%04d
  step "run" {
    on      = %s
    command = "echo %d"
  }
}
`, i, i-1, all[i%machines], i)
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(folder, "windows.iso"), make([]byte, 1<<20), 0o600); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, "large.lab.hcl"), []byte(b.String()), 0o600)
}
