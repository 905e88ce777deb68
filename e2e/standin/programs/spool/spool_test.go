package spool_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/doublehop/doublehop/e2e/standin/programs/spool"
)

func TestCommandLinesAreSplitAsTheRuntimeDoes(t *testing.T) {
	for line, want := range map[string][]string{
		`net share`:                           {"net", "share"},
		`ldifde -d "CN=a b,DC=c"  -p base`:    {"ldifde", "-d", "CN=a b,DC=c", "-p", "base"},
		`"C:\Program Files\x.exe" /f:"a b" c`: {`C:\Program Files\x.exe`, "/f:a b", "c"},
		`x "" y`:                              {"x", "", "y"},
		`x a\\b "c\"d" "C:\dir\\"`:            {"x", `a\\b`, `c"d`, `C:\dir\`},
		``:                                    nil,
	} {
		if diff := cmp.Diff(want, spool.Split(line)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", line, diff)
		}
	}
}

func TestARequestIsAnsweredOnceAndOnlyWhenComplete(t *testing.T) {
	folder := t.TempDir()
	ctx, stop := context.WithCancel(t.Context())
	calls := make(chan spool.Request, 4)
	ended := make(chan error)
	go func() {
		ended <- spool.Serve(ctx, folder, func(_ context.Context, r spool.Request, a *spool.Answer) int {
			a.Out("said\n")
			calls <- r
			if r.Program() == "broken" {
				panic("on purpose")
			}
			return 7
		})
	}()
	answer := func(name, text string, within time.Duration) []byte {
		if err := os.WriteFile(filepath.Join(folder, name+".req"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		for began := time.Now(); time.Since(began) < within; {
			out, _ := os.ReadFile(filepath.Join(folder, name+".out"))
			if bytes.Contains(out, []byte("X\x04\x00\x00\x00")) {
				return out
			}
			time.Sleep(5 * time.Millisecond)
		}
		return nil
	}
	time.Sleep(50 * time.Millisecond) // the watch stands
	if out := answer("half", "module=C:\\x\\net.exe\ncommand=net\n", time.Second); out != nil {
		t.Errorf("half a request was answered: %q", out)
	}
	out := answer("whole", "module=C:\\x\\NET.exe\ncommand=net share\nfolder=C:\\\nenv.Temp=C:\\T\nend\n", time.Minute)
	if want := "O\x06\x00\x00\x00said\r\nX\x04\x00\x00\x00\x07\x00\x00\x00"; string(out) != want {
		t.Errorf("answered %q", out)
	}
	want := spool.Request{Module: `C:\x\NET.exe`, Command: "net share", Folder: `C:\`, Env: map[string]string{"TEMP": `C:\T`}}
	if diff := cmp.Diff(want, <-calls); diff != "" {
		t.Errorf("asked (-want +got):\n%s", diff)
	}
	if out := answer("bad", "module=broken.exe\ncommand=broken\nend\n", time.Minute); !bytes.HasSuffix(out, []byte("X\x04\x00\x00\x00\xff\x00\x00\x00")) {
		t.Errorf("a panic gave %q", out)
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
