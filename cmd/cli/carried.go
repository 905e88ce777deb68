package cli

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/doublehop/doublehop/hcl/labfile"
	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/archive"
	"github.com/doublehop/doublehop/provision/catalog"
)

// opened is a folder that remembers which of its files were opened.
type opened struct {
	fs.FS
	names map[string]bool
}

// Open implements fs.FS.
func (o opened) Open(name string) (fs.File, error) {
	f, err := o.FS.Open(name)
	if err == nil {
		if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
			o.names[name] = true
		}
	}
	return f, err
}

// carriedFiles are the files of the lab's folder that the lab is made of: those
// that reading it opens, and those that its steps give to guests. No file of a
// secret is among them. left are paths that the importing side has to bring,
// because they lie elsewhere or are large.
func (a *app) carriedFiles(lab *labs.Lab) (files map[string][]byte, left []string, err error) {
	root, err := os.OpenRoot(lab.Folder)
	if err != nil {
		return nil, nil, err
	}
	defer root.Close() //nolint:errcheck // opened to read
	names, err := a.openedFiles(lab, root)
	if err != nil {
		return nil, nil, err
	}
	for _, path := range stepPaths(lab) {
		left = append(left, inFolder(lab.Folder, path, names)...)
	}
	for _, s := range lab.Secrets {
		if rel, ok := relative(lab.Folder, s.File); ok {
			delete(names, rel)
		}
	}
	files = map[string][]byte{}
	total := 0
	for _, name := range slices.Sorted(maps.Keys(names)) {
		info, err := root.Stat(name)
		if err != nil {
			return nil, nil, err
		}
		if archive.PathProblem(name) != nil || info.Size() > archive.LargestFile || total+int(info.Size()) > archive.LargestFiles {
			left = append(left, filepath.Join(lab.Folder, name))
			continue
		}
		if files[name], err = fs.ReadFile(root.FS(), name); err != nil {
			return nil, nil, err
		}
		total += len(files[name])
	}
	return files, left, nil
}

// openedFiles are the files that reading the lab again opens.
func (a *app) openedFiles(lab *labs.Lab, root *os.Root) (map[string]bool, error) {
	vars, err := variables(a.common.vars)
	if err != nil {
		return nil, err
	}
	one := ""
	if path := cmp.Or(a.common.file, "."); strings.HasSuffix(path, labfile.Extension) {
		one = filepath.Base(path)
	}
	seen := opened{root.FS(), map[string]bool{}}
	_, _, diags := labfile.LoadFS(seen, one, labfile.Options{
		Schemas: catalog.Schemas(), Vars: vars, VarFiles: a.common.varFiles, Environ: a.Environ,
		Version: a.Build.release(), Folder: lab.Folder,
	})
	return seen.names, diags.Err()
}

// stepPaths are the paths that steps are given.
func stepPaths(lab *labs.Lab) []string {
	kinds := map[string][]string{}
	for _, s := range catalog.Schemas() {
		for _, arg := range s.Args {
			if arg.Type == labs.PathType {
				kinds[s.Kind] = append(kinds[s.Kind], arg.Name)
			}
		}
	}
	var list []string
	for _, stage := range lab.Stages {
		for _, step := range stage.Steps {
			for _, arg := range kinds[step.Kind] {
				if path := step.Text(arg); path != "" {
					list = append(list, path)
				}
			}
		}
	}
	return list
}

// relative is a path in the lab's folder; false for one elsewhere.
func relative(folder, path string) (string, bool) {
	if path == "" {
		return "", false
	}
	if filepath.IsAbs(path) {
		rel, err := filepath.Rel(folder, path)
		if err != nil {
			return "", false
		}
		path = rel
	}
	path = filepath.ToSlash(filepath.Clean(path))
	return path, fs.ValidPath(path) && path != "."
}

// inFolder adds the files at a path to names, and gives back what it cannot.
func inFolder(folder, path string, names map[string]bool) (left []string) {
	if _, ok := relative(folder, path); !ok {
		return []string{path}
	}
	err := filepath.WalkDir(path, func(at string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, ok := relative(folder, at)
		if !ok || !d.Type().IsRegular() {
			left = append(left, at)
			return nil
		}
		names[rel] = true
		return nil
	})
	if err != nil {
		left = append(left, path)
	}
	return left
}

// unpack writes a lab's files into a folder, of which none may be another there.
func unpack(folder string, files map[string][]byte) error {
	if err := mayUnpack(folder, files); err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil { //nolint:gosec // a lab's files are for everybody
		return err
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return err
	}
	defer root.Close() //nolint:errcheck // each file was closed
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if dir := filepath.Dir(name); dir != "." {
			if err := root.MkdirAll(dir, 0o755); err != nil {
				return err
			}
		}
		if err := root.WriteFile(name, files[name], 0o644); err != nil {
			return err
		}
	}
	return nil
}

// mayUnpack says whether a folder can take a lab's files.
func mayUnpack(folder string, files map[string][]byte) error {
	root, err := os.OpenRoot(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer root.Close() //nolint:errcheck // opened to read
	for _, name := range slices.Sorted(maps.Keys(files)) {
		there, err := fs.ReadFile(root.FS(), name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		if string(there) != string(files[name]) {
			return &usageError{text: fmt.Sprintf("%s is there already, and is not what the archive holds; choose another folder with --lab. Nothing was imported",
				filepath.Join(folder, name))}
		}
	}
	return nil
}
