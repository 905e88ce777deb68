package cli

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/doublehop/doublehop/hcl/labfile"
	"github.com/doublehop/doublehop/labs"
	"github.com/doublehop/doublehop/provision/catalog"
)

// load reads the lab that the flags name. Warnings are shown; an error holds
// every complaint.
func (a *app) load() (*labs.Lab, error) {
	lab, list, err := a.read()
	if err != nil {
		return nil, err
	}
	if err := list.Err(); err != nil {
		return nil, err
	}
	a.complain(list)
	return lab, nil
}

// read reads the lab that the flags name, with every complaint about it.
func (a *app) read() (*labs.Lab, labs.Diagnostics, error) {
	vars, err := variables(a.common.vars)
	if err != nil {
		return nil, nil, err
	}
	a.spell = a.command
	lab, sources, list := labfile.Load(cmp.Or(a.common.file, "."), labfile.Options{
		Schemas: catalog.Schemas(), Vars: vars, VarFiles: a.common.varFiles,
		Environ: a.Environ, Version: a.Build.release(),
	})
	a.sources = sources
	return lab, list, nil
}

// variables reads --var NAME=VALUE.
func variables(list []string) (map[string]string, error) {
	vars := map[string]string{}
	for _, entry := range list {
		name, value, ok := strings.Cut(entry, "=")
		if !ok || name == "" {
			return nil, &usageError{text: fmt.Sprintf("--var %q is not NAME=VALUE", entry)}
		}
		vars[name] = value
	}
	return vars, nil
}

// instance is the name of the built copy that the flags mean.
func (a *app) instance(lab *labs.Lab) (string, error) {
	name := cmp.Or(a.common.name, lab.Name)
	if problem := labs.NameProblem(name); problem != "" {
		return "", &usageError{text: fmt.Sprintf("--name %q cannot name an instance: %s", name, problem)}
	}
	return name, nil
}

// uri is the hypervisor that is meant: the flag, then the lab file, then the
// environment; empty leaves it to the driver.
func (a *app) uri(lab *labs.Lab) string {
	inLab := ""
	if lab != nil {
		inLab = lab.Connect
	}
	return cmp.Or(a.common.connect, inLab, a.Env("LIBVIRT_DEFAULT_URI"), a.Env("VIRSH_DEFAULT_CONNECT_URI"), "qemu:///system")
}

// command spells the command line of a verb for the lab in hand, so that a
// person can paste it.
func (a *app) command(verb string, args ...string) string {
	words := []string{"doublehop", verb}
	if a.common.file != "" {
		words = append(words, "-f", quoted(a.common.file))
	}
	if a.common.name != "" {
		words = append(words, "--name", quoted(a.common.name))
	}
	if a.common.connect != "" {
		words = append(words, "-c", quoted(a.common.connect))
	}
	for _, f := range a.common.varFiles {
		words = append(words, "--var-file", quoted(f))
	}
	for _, v := range a.common.vars {
		words = append(words, "--var", quoted(v))
	}
	for _, arg := range args {
		words = append(words, quoted(arg))
	}
	return strings.Join(words, " ")
}

var harmless = regexp.MustCompile(`^[\w@%+=:,./-]+$`)

// quoted is a word as a shell reads it.
func quoted(word string) string {
	if harmless.MatchString(word) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// stateDir is where a user's records and locks lie: $XDG_STATE_HOME/doublehop.
func (a *app) stateDir() (string, error) {
	if dir := a.Env("XDG_STATE_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "doublehop"), nil
	}
	home := a.Env("HOME")
	if home == "" {
		var err error
		if home, err = os.UserHomeDir(); err != nil {
			return "", fmt.Errorf("find a folder for records: %w", err)
		}
	}
	return filepath.Join(home, ".local", "state", "doublehop"), nil
}
