package machine

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// ErrPath says that a Windows path names nothing that can exist here.
var ErrPath = errors.New("the system cannot find the path specified")

// Unix gives the Linux path of a Windows path, relative ones starting at folder
// (a Windows path too). Existing parts are found without regard to case; the
// rest is taken as written, so that a new file can be made there.
func (m *Machine) Unix(folder, path string) (string, error) {
	path = Expand(strings.ReplaceAll(strings.Trim(path, `"`), "/", `\`))
	if path == "" {
		return "", ErrPath
	}
	if len(path) < 2 || path[1] != ':' {
		if strings.HasPrefix(path, `\`) && len(folder) >= 2 {
			path = folder[:2] + path
		} else {
			path = folder + `\` + path
		}
	}
	if len(path) < 2 || path[1] != ':' {
		return "", ErrPath
	}
	unix, err := filepath.EvalSymlinks(filepath.Join(m.Prefix, "dosdevices", strings.ToLower(path[:2])))
	if err != nil {
		return "", fmt.Errorf("%w: drive %s", ErrPath, path[:2])
	}
	for part := range strings.SplitSeq(path[2:], `\`) {
		switch part {
		case "", ".":
			continue
		case "..":
			unix = filepath.Dir(unix)
		default:
			unix = filepath.Join(unix, anyCase(unix, part))
		}
	}
	return unix, nil
}

// Expand replaces a leading %systemroot%, %windir% or %systemdrive%.
func Expand(path string) string {
	for _, known := range [][2]string{{"%systemroot%", `C:\WINDOWS`}, {"%windir%", `C:\WINDOWS`}, {"%systemdrive%", "C:"}} {
		if len(path) >= len(known[0]) && strings.EqualFold(path[:len(known[0])], known[0]) {
			return known[1] + path[len(known[0]):]
		}
	}
	return path
}

// anyCase is the name in folder that equals name without regard to case, or name itself.
func anyCase(folder, name string) string {
	if _, err := os.Lstat(filepath.Join(folder, name)); err == nil {
		return name
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		return name
	}
	for _, e := range entries {
		if strings.EqualFold(e.Name(), name) {
			return e.Name()
		}
	}
	return name
}

// Exists reports whether a Windows path names a file or a folder.
func (m *Machine) Exists(path string) bool {
	unix, err := m.Unix(`C:`, path)
	if err != nil {
		return false
	}
	_, err = os.Stat(unix)
	return err == nil
}

// MakeFolder makes the folder of a Windows path and those above it.
func (m *Machine) MakeFolder(path string) error {
	unix, err := m.Unix(`C:`, path)
	if err != nil {
		return err
	}
	return os.MkdirAll(unix, 0o755)
}

// Append adds text to the file of a Windows path, making it and its folders.
func (m *Machine) Append(path, text string) error {
	unix, err := m.Unix(`C:`, path)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(unix), 0o755); err != nil {
		return err
	}
	file, err := os.OpenFile(unix, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = file.WriteString(text)
	return errors.Join(err, file.Close())
}

// WindowsDisc is the drive that holds a Windows disc ("D:"), or "" when none does:
// by the mark of the machine's own Windows, as labels change.
func (m *Machine) WindowsDisc() string {
	mark := "WIN51"
	if m.Windows == Windows2000 {
		mark = "CDROM_NT.5"
	}
	for letter := 'D'; letter <= 'H'; letter++ {
		drive := string(letter) + ":"
		if m.Exists(drive+`\`+mark) && m.Exists(drive+`\I386`) {
			return drive
		}
	}
	return ""
}

// Windows tells how Windows words a file system error.
func Windows(err error) string {
	if errors.Is(err, fs.ErrPermission) {
		return "Access is denied."
	}
	if errors.Is(err, fs.ErrNotExist) {
		return "The system cannot find the file specified."
	}
	return "The system cannot find the path specified."
}
