package cli

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
)

var update = flag.Bool("update", false, "write the golden files anew")

const reference = "../../docs/reference/commands.md"

// The page of the commands is what the program itself says.
func TestTheReferenceIsUpToDate(t *testing.T) {
	var page bytes.Buffer
	page.WriteString("# Commands\n\nWhat `doublehop help VERB` says. This page is written by `make golden`.\n\n" +
		"stdout is the answer, stderr the progress. Exit codes: 0 done, 1 error, 2 wrong usage, 3 `fmt --check` found\n" +
		"differences, 4 the host is not ready, 5 a disc is missing or wrong, 6 a guest failed or stalled, 7 a check or rule\n" +
		"failed, 8 another run has the instance, 130 interrupted (the same command goes on).\n")
	root := (&app{}).root()
	for _, group := range root.Groups() {
		fmt.Fprintf(&page, "\n## %s\n", strings.TrimSuffix(group.Title, ":"))
		for _, cmd := range root.Commands() {
			if cmd.GroupID != group.ID {
				continue
			}
			for _, cmd := range append([]*cobra.Command{cmd}, cmd.Commands()...) {
				var help bytes.Buffer
				cmd.SetOut(&help)
				if err := cmd.Help(); err != nil {
					t.Fatal(err)
				}
				name := strings.TrimPrefix(cmd.CommandPath(), root.Name()+" ")
				fmt.Fprintf(&page, "\n### %s\n\n```text\n%s\n```\n", name, strings.TrimSpace(help.String()))
			}
		}
	}
	if *update {
		if err := os.WriteFile(reference, page.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(reference)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), page.String()); diff != "" {
		t.Errorf("%s (-want +got): run make golden\n%s", reference, diff)
	}
}
