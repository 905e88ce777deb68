package labfile_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/doublehop/doublehop/hcl/labfile"
)

// large writes a lab of many machines and stages: a domain controller in each
// network, members that ask it for names, and stages in a chain with branches.
func large(machines, stages int) string {
	var b strings.Builder
	b.WriteString(`
lab "large" {}
variable "discs" { default = "./discs" }
locals { memory = "512MiB" }
secret "administrator" { generate = true }
secret "key" { env = "KEY" }
media "windows" { path = "${var.discs}/windows.iso" }
`)
	const perNetwork = 50
	for i := range (machines + perNetwork - 1) / perNetwork {
		fmt.Fprintf(&b, "network \"net-%d\" { subnet = \"10.%d.0.0/24\" }\n", i, i+1)
	}
	for i := range machines {
		net := i / perNetwork
		fmt.Fprintf(&b, `machine "m%d" {
  os             = "windows-2003"
  memory         = local.memory
  install_from   = media.windows
  product_key    = secret.key
  admin_password = secret.administrator
  components     = ["iis", "smtp"]
  disk "system" { size = "16GiB" }
  nic "net-%d" {
    address = cidrhost(network.net-%d.subnet, %d)
    dns     = [machine.m%d.address]
  }
}
`, i, net, net, 10+i%perNetwork, net*perNetwork)
	}
	b.WriteString("stage \"s0\" {\n  step \"install\" { on = values(machine) }\n}\n")
	for i := 1; i < stages; i++ {
		parent := i - 1
		if i%10 == 0 {
			parent = i / 2
		}
		fmt.Fprintf(&b, `stage "s%d" {
  after = stage.s%d
  step "run" {
    on      = [machine.m%d, machine.m%d]
    command = "echo ${machine.m%d.name} ${local.memory}"
  }
  step "reboot" { on = machine.m%d }
}
`, i, parent, i%machines, (i+1)%machines, i%machines, i%machines)
	}
	return strings.ReplaceAll(b.String(), `step "reboot"`, `step "run" "last"`)
}

func BenchmarkLoadOfALargeLab(b *testing.B) {
	src := large(300, 1000)
	folder := fstest.MapFS{"large.lab.hcl": {Data: []byte(src)}}
	b.ReportAllocs()
	b.SetBytes(int64(len(src)))
	for b.Loop() {
		lab, sources, diags := labfile.LoadFS(folder, "", options())
		if lab == nil || len(diags) > 0 {
			b.Fatal(told(sources, diags))
		}
	}
}

func BenchmarkLoadOfTheDemo(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if lab, sources, diags := labfile.Load("../../labs/demo", options()); lab == nil {
			b.Fatal(told(sources, diags))
		}
	}
}

// The cost of a lab grows with its size and not with its square: the shapes
// that would show it, each four times as large, may take six times as long.
func BenchmarkGrowth(b *testing.B) {
	for _, machines := range []int{300, 1200} {
		for _, stages := range []int{1000, 4000} {
			src := large(machines, stages)
			folder := fstest.MapFS{"large.lab.hcl": {Data: []byte(src)}}
			b.Run(fmt.Sprintf("%d machines %d stages", machines, stages), func(b *testing.B) {
				for b.Loop() {
					if lab, sources, diags := labfile.LoadFS(folder, "", options()); lab == nil {
						b.Fatal(told(sources, diags))
					}
				}
			})
		}
	}
}
