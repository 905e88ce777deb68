package catalog

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/estate"
	"github.com/doublehop/doublehop/provision/guest"
)

// copyFiles puts files of the user's on a machine.
type copyFiles struct{}

const (
	copyLimit = 2 * time.Hour
	// The most that one job disc carries: Windows 2000 reads no file of 4 GiB
	// from ISO 9660, and each file is two lines of a script.
	mostFiles = 2000
	mostBytes = 3 << 30
)

func (copyFiles) Schema() labs.Schema {
	return labs.Schema{
		Kind: "copy",
		Doc: "Copies a file, or a folder with all that is in it, from your side to the machine. " +
			"It travels on a disc, so no network is needed. What is there already under the same name is replaced.",
		Many: true,
		Args: []labs.Arg{
			{Name: "from", Type: labs.PathType, Required: true, Doc: "A file or a folder on your side. Names in it are plain ASCII."},
			{Name: "to", Type: labs.StringType, Required: true, Doc: `Where it goes: the new file's or folder's whole path, such as C:\DATA. With a backslash at the end, the folder that a file goes into.`, Valid: textual(guestPathProblem)},
			limitArg(copyLimit),
		},
	}
}

func (copyFiles) Needs(Call) []estate.Fact { return nil }
func (copyFiles) Makes(Call) []estate.Fact { return nil }

func (copyFiles) Effects(c Call, e *estate.Estate) []estate.Problem {
	return e.Do(estate.Use{Machine: c.Machine.Name})
}

func (copyFiles) Typical() time.Duration { return time.Minute }

// carriedFile is a file on its way: from a path of the client to one of the guest.
type carriedFile struct {
	from string
	// to is relative to the target, with backslashes; empty for the target itself.
	to   string
	size int64
}

func (copyFiles) Work(c Call) (Work, labs.Diagnostics) {
	p := &pen{call: c}
	from, to := c.Step.Text("from"), c.Step.Text("to")
	if why := guestPathProblem(to); why != "" {
		p.complain("to", "Target cannot be written into a script", why)
	}
	list, folders, err := gather(from)
	if err != nil {
		p.complain("from", "Files cannot be copied", fmt.Sprintf("%s cannot be copied: %v.", from, err))
	}
	if p.diags.Fatal() {
		return Work{}, p.diags
	}
	into := strings.HasSuffix(to, `\`)
	target := strings.TrimSuffix(to, `\`)
	if into && len(list) == 1 && list[0].to == "" {
		target += `\` + filepath.Base(from)
	}
	files, on := p.onDisc(list, target)
	var makes []string
	for _, f := range foldersOf(target, folders, len(list) == 1 && list[0].to == "") {
		makes = append(makes, string(p.word("to", f)))
	}
	var lines []string
	for i, w := range on {
		lines = append(lines, strings.ReplaceAll(discName(i), "/", `\`)+"|"+string(w))
	}
	files = append([]guest.File{
		p.script(guest.Script, "copy.job.cmd", nil), p.script(guest.ProofScript, "copy.proof.cmd", nil),
		guest.Text("FOLDERS.TXT", strings.Join(makes, "\n")), guest.Text("FILES.TXT", strings.Join(lines, "\n")),
	}, files...)
	return p.done(Work{
		Job: &guest.Job{Files: files}, Proofs: []Proof{sizes(list, on)},
		Silence: silence, Limit: limit(c.Step, copyLimit),
	})
}

// onDisc gives each file a name that ISO 9660 can carry, and lists the names
// that the job gives back. Folders of a hundred files keep directories small.
func (p *pen) onDisc(list []carriedFile, target string) (files []guest.File, paths []word) {
	for i, f := range list {
		to := target
		if f.to != "" {
			to += `\` + f.to
		}
		if len(to) > 250 {
			p.complain("to", "Files cannot be copied", fmt.Sprintf("The path %s would have %d characters, and Windows refuses more than 259.", to, len(to)))
		}
		paths = append(paths, p.word("from", to))
		name := f.from
		files = append(files, guest.File{
			Path: discName(i), Size: f.size,
			Open: func() (io.ReadCloser, error) { return os.Open(name) }, //nolint:gosec // the lab's author names it
		})
	}
	return files, paths
}

// discName is the name of the i-th file on the disc: "FILES/D000/F00000.BIN".
func discName(i int) string { return fmt.Sprintf("FILES/D%03d/F%05d.BIN", i/100, i) }

// gather lists what is at a path of the client, in the order of names.
func gather(root string) (files []carriedFile, folders []string, err error) {
	info, err := os.Stat(root)
	if err != nil {
		return nil, nil, reason(err)
	}
	if info.Mode().IsRegular() {
		if info.Size() > mostBytes {
			return nil, nil, fmt.Errorf("it has %d bytes, and a job disc carries %d", info.Size(), int64(mostBytes))
		}
		return []carriedFile{{from: root, size: info.Size()}}, nil, nil
	}
	if !info.IsDir() {
		return nil, nil, errors.New("it is neither a file nor a folder")
	}
	var total int64
	err = filepath.WalkDir(root, func(at string, d fs.DirEntry, err error) error {
		if err != nil || at == root {
			return reason(err)
		}
		within, err := filepath.Rel(root, at)
		if err != nil {
			return err
		}
		to := strings.ReplaceAll(filepath.ToSlash(within), "/", `\`)
		if why := partProblem(path.Base(filepath.ToSlash(within))); why != "" {
			return fmt.Errorf("%s cannot be on Windows: %s", within, why)
		}
		if d.IsDir() {
			folders = append(folders, to)
			return nil
		}
		info, err := os.Stat(at)
		if err != nil {
			return reason(err)
		}
		if total += info.Size(); !info.Mode().IsRegular() {
			return fmt.Errorf("%s is no plain file", within)
		}
		files = append(files, carriedFile{from: at, to: to, size: info.Size()})
		if len(files) > mostFiles || total > mostBytes {
			return fmt.Errorf("a job disc carries %d files and %d bytes, and here are more", mostFiles, int64(mostBytes))
		}
		return nil
	})
	if err == nil && len(files) == 0 {
		err = errors.New("there is no file in it")
	}
	return files, folders, err
}

// reason is the error without the call that failed.
func reason(err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err
	}
	return err
}

// foldersOf lists the folders to make, parents first. cmd makes missing parents
// itself, with its extensions on, as they are on every Windows that is installed.
func foldersOf(target string, below []string, single bool) []string {
	if single {
		at := strings.LastIndex(target, `\`)
		if at <= 2 {
			return nil // the root of a drive
		}
		return []string{target[:at]}
	}
	var list []string
	if len(target) > 3 {
		list = append(list, target)
	}
	for _, f := range below {
		list = append(list, target+`\`+f)
	}
	return list
}

// sizes is the proof that every file arrived whole.
func sizes(list []carriedFile, paths []word) Proof {
	expect := fmt.Sprintf("%d files with the sizes they have here", len(list))
	return Proof{Name: "files", File: "SIZES", Expect: expect, Read: func(lines []string) (string, error) {
		got := trimmed(lines)
		for i, f := range list {
			switch want := fmt.Sprint(f.size); {
			case i >= len(got):
				return "", fmt.Errorf("expected %s, and only %d were listed", expect, len(got))
			case got[i] != want:
				return "", fmt.Errorf("expected %s bytes in %s, and read %q", want, paths[i], clip(got[i]))
			}
		}
		return fmt.Sprintf("%d files", len(list)), nil
	}}
}
