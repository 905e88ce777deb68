package release_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/doublehop/doublehop/e2e/standin/platform/release"
)

func TestEveryTableIsWhole(t *testing.T) {
	list, err := filepath.Glob("../../cd/windows/*.txt")
	if err != nil || len(list) < 6 {
		t.Fatalf("%d tables: %v", len(list), err)
	}
	for _, file := range list {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		r, err := release.Parse(string(text))
		if err != nil {
			t.Errorf("%s: %v", file, err)
		}
		if later := r.Answers == release.Unattended; later != (len(r.Images) > 0) || later == (r.Folder != "") {
			t.Errorf("%s is of two kinds: %+v", file, r)
		}
	}
	if _, err := release.Parse("name=Windows\r\n"); err == nil {
		t.Error("half a table is taken")
	}
}
