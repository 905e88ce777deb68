package cli

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"
)

// Build says what a program was built from.
type Build struct {
	// Version is a tag such as "v1.2.3", or what git says of a commit.
	Version string
	// Commit is the full hash.
	Commit string
}

// release is the version when it is one that can be compared: "1.2.3".
func (b Build) release() string {
	v, ok := strings.CutPrefix(b.Version, "v")
	if !ok || strings.ContainsAny(v, "-+ ") {
		return ""
	}
	return v
}

func newVersion(a *app, run func(context.Context) error) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Say which version this is and what it was built from",
		Args:  exactly(0, "no arguments"),
		RunE:  func(cmd *cobra.Command, _ []string) error { return run(cmd.Context()) },
	}
	a.talkFlags(cmd)
	return cmd
}

// versions is the JSON form of version's answer.
type versions struct {
	Version  string `json:"version"`
	Commit   string `json:"commit"`
	Go       string `json:"go"`
	Platform string `json:"platform"`
	// Libvirt is the version of the binding, not of a daemon.
	Libvirt string `json:"libvirt_binding,omitempty"`
}

func (a *app) version(context.Context) error {
	v := versions{
		Version: a.Build.Version, Commit: a.Build.Commit,
		Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH,
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, m := range info.Deps {
			if m.Path == "libvirt.org/go/libvirt" {
				v.Libvirt = m.Version
			}
		}
	}
	text := fmt.Sprintf("doublehop %s\ncommit  %s\nbuilt   %s, %s\n", v.Version, v.Commit, v.Go, v.Platform)
	if v.Libvirt != "" {
		text += fmt.Sprintf("libvirt binding %s\n", v.Libvirt)
	}
	return a.answer(text, v)
}
