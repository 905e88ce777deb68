package main

import (
	"context"
	"encoding/xml"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

// script is what one would write by hand for the same lab: the overlays, the
// network with its filter, and the domains of the instance that stands there,
// under other names.
type script struct {
	up, down string
}

// domain is what the script needs of a domain's definition.
type domain struct {
	Disks []struct {
		Device string `xml:"device,attr"`
		Source struct {
			File string `xml:"file,attr"`
		} `xml:"source"`
	} `xml:"devices>disk"`
}

var (
	names = regexp.MustCompile(`dh-` + instance + `-`)
	uuids = regexp.MustCompile(`(?m)^\s*<uuid>.*</uuid>\n`)
	macs  = regexp.MustCompile(`dh[0-9a-f]{10}`)
	marks = regexp.MustCompile(`(?s)<metadata>.*?</metadata>`)
)

const other = "dht-bench-"

// rename makes a definition of ours into one of nobody's.
func rename(doc string) string {
	doc = marks.ReplaceAllString(uuids.ReplaceAllString(doc, ""), "")
	return macs.ReplaceAllString(names.ReplaceAllString(doc, other), "dhtbench0")
}

func newScript(ctx context.Context, work string) (script, error) {
	s := script{up: filepath.Join(work, "up.sh"), down: filepath.Join(work, "down.sh")}
	folder := filepath.Join(work, "overlays")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return s, err
	}
	if err := os.Chmod(work, 0o755); err != nil { //nolint:gosec // QEMU's user passes through it
		return s, err
	}
	network := "dh-" + instance + "-corp"
	up, down := []string{"virsh() { command virsh -q -c qemu:///system \"$@\" >/dev/null; }"}, []string{"set +e"}
	define := func(kind, name, dump string) (string, error) {
		doc, err := virsh(ctx, strings.Fields(dump+" "+name)...)
		if err != nil {
			return "", err
		}
		path := filepath.Join(work, kind+"-"+name+".xml")
		return path, os.WriteFile(path, []byte(rename(doc)), 0o600)
	}
	filter, err := define("filter", network, "nwfilter-dumpxml")
	if err != nil {
		return s, err
	}
	net, err := define("network", network, "net-dumpxml --inactive")
	if err != nil {
		return s, err
	}
	up = append(up, "virsh nwfilter-define "+filter, "virsh net-define "+net, "virsh net-start "+rename(network))
	for _, machine := range []string{"dc01", "ex01"} {
		lines, err := s.machine(ctx, define, folder, machine)
		if err != nil {
			return s, err
		}
		up = append(up, lines...)
		down = append(down, "virsh -q -c qemu:///system destroy "+other+machine, "virsh -q -c qemu:///system undefine "+other+machine)
	}
	down = append(down, "virsh -q -c qemu:///system net-destroy "+rename(network), "virsh -q -c qemu:///system net-undefine "+rename(network),
		"virsh -q -c qemu:///system nwfilter-undefine "+rename(network), "rm -f "+folder+"/*", "true")
	if err := os.WriteFile(s.up, []byte(strings.Join(up, "\n")+"\n"), 0o600); err != nil {
		return s, err
	}
	return s, os.WriteFile(s.down, []byte(strings.Join(down, "\n")+"\n"), 0o600)
}

// machine writes the lines for one machine.
func (s script) machine(ctx context.Context, define func(kind, name, dump string) (string, error), folder, machine string) ([]string, error) {
	name := "dh-" + instance + "-" + machine
	path, err := define("domain", name, "dumpxml --inactive")
	if err != nil {
		return nil, err
	}
	doc, err := os.ReadFile(path) //nolint:gosec // written just now
	if err != nil {
		return nil, err
	}
	var d domain
	if err := xml.Unmarshal(doc, &d); err != nil {
		return nil, err
	}
	var lines []string
	text := string(doc)
	for i, disk := range d.Disks {
		if disk.Device != "disk" || disk.Source.File == "" {
			continue
		}
		base, err := backing(ctx, strings.Replace(disk.Source.File, other, "dh-"+instance+"-", 1))
		if err != nil {
			return nil, err
		}
		overlay := filepath.Join(folder, fmt.Sprintf("%s-%d.qcow2", machine, i))
		text = strings.Replace(text, disk.Source.File, overlay, 1)
		lines = append(lines, fmt.Sprintf("qemu-img create -q -f qcow2 -b %s -F qcow2 %s", base, overlay))
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		return nil, err
	}
	return append(lines, "virsh define "+path, "virsh start "+other+machine), nil
}

// backing is the file that an overlay rests on.
func backing(ctx context.Context, file string) (string, error) {
	out, err := exec.CommandContext(ctx, "qemu-img", "info", "-U", file).Output()
	if err != nil {
		return "", fmt.Errorf("qemu-img info %s: %w", file, err)
	}
	for line := range strings.Lines(string(out)) {
		if rest, ok := strings.CutPrefix(line, "backing file: "); ok {
			path, _, _ := strings.Cut(strings.TrimSpace(rest), " (")
			return path, nil
		}
	}
	return "", fmt.Errorf("%s rests on nothing", file)
}

func virsh(ctx context.Context, args ...string) (string, error) {
	out, err := exec.CommandContext(ctx, "virsh", append([]string{"-q", "-c", "qemu:///system"}, args...)...).Output()
	if err != nil {
		return "", fmt.Errorf("virsh %s: %w", strings.Join(args, " "), err)
	}
	return string(out), nil
}

// clear removes what the script made.
func (s script) clear(ctx context.Context) error {
	out, err := exec.CommandContext(ctx, "bash", s.down).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	return nil
}
