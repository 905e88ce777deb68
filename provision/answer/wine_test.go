package answer_test

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/answer"
	"github.com/doublehop/doublehop/provision/guest"
	"github.com/doublehop/doublehop/provision/guest/winetest"
)

// An independent implementation of Windows reads every value as it was meant,
// by its INF reader and by its profile reader.
func TestWineReadsWinntAsMeant(t *testing.T) {
	t.Parallel()
	m := winetest.Open(t)
	m.Write(`C:\`, []guest.File{guest.Bytes("READINF.EXE", readINF(t))})
	hard := setup(labs.Windows2003)
	hard.Owner, hard.Organization = `O'Neil, [Lab]; \\x\`, `'quoted' = A & B ^ <C> | D`
	hard.AdminPassword = labs.NewSecretValue(`;=,'![]{}()~` + "`" + `@#$^&*-_+|\:<>./?`)
	for name, s := range map[string]answer.Setup{"HARD": hard, "OLD": setup(labs.Windows2000), "TWO": twoCards()} {
		f, diags := answer.Winnt(s)
		if diags.Fatal() {
			t.Fatal(diags)
		}
		wineReads(t, m, name, f.Reveal())
	}
}

func wineReads(t *testing.T, m *winetest.Machine, name string, file []byte) {
	t.Helper()
	want, err := parseBoth(string(file))
	if err != nil {
		t.Fatal(err)
	}
	var keys, values []string
	for _, section := range slices.Sorted(maps.Keys(want)) {
		for _, key := range slices.Sorted(maps.Keys(want[section])) {
			keys, values = append(keys, section+"|"+key), append(values, want[section][key])
		}
	}
	m.Write(`C:\`, []guest.File{guest.Bytes(name+".SIF", file), guest.Text(name+".KEY", strings.Join(keys, "\n"))})
	code, out := m.Run(t.Context(), `C:\READINF.EXE`, `C:\`+name+`.SIF`, `C:\`+name+`.KEY`)
	lines := strings.Split(strings.ReplaceAll(out, "\r\n", "\n"), "\n")
	if code != 0 || len(lines) != 2*len(keys) {
		t.Fatalf("%s: exit %d, %d lines for %d keys\n%s", name, code, len(lines), len(keys), out)
	}
	for i, key := range keys {
		if lines[2*i] != values[i] || lines[2*i+1] != values[i] {
			t.Errorf("%s %s: the INF reader says %q, the profile reader %q, meant is %q", name, key, lines[2*i], lines[2*i+1], values[i])
		}
	}
}

// readINF builds the reader.
func readINF(t *testing.T) []byte {
	t.Helper()
	const compiler = "i686-w64-mingw32-gcc"
	if _, err := exec.LookPath(compiler); err != nil {
		if os.Getenv("E2E_STRICT") == "1" {
			t.Fatalf("%v: apt-get install gcc-mingw-w64-i686", err)
		}
		t.Skipf("%v: apt-get install gcc-mingw-w64-i686", err)
	}
	to := filepath.Join(t.TempDir(), "READINF.EXE")
	out, err := exec.CommandContext(t.Context(), compiler, "-o", to,
		filepath.Join("testdata", "readinf", "readinf.c"), "-lsetupapi").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	program, err := os.ReadFile(to)
	if err != nil {
		t.Fatal(err)
	}
	return program
}
