package command

import (
	"os"
	"path/filepath"
	"strings"

	store "github.com/doublehop/doublehop/e2e/standin/programs/mail"
)

// msiexec applies an update rollup of Exchange 2010: msiexec /update PATCH
// /quiet /norestart /l* LOG. The stand-in's patch is the new ExSetup.exe itself,
// and the disc that it lies on says which rollup it is. 1642 says that it is for another product.
func (c *call) msiexec() int {
	patch, log := "", ""
	for i := 0; i < len(c.args); i++ {
		switch strings.ToLower(c.args[i]) {
		case "/quiet", "/norestart":
		case "/update", "/p", "/l*", "/l*v":
			if i+1 == len(c.args) {
				return 1639
			}
			if strings.HasPrefix(strings.ToLower(c.args[i]), "/l") {
				log = c.args[i+1]
			} else {
				patch = c.args[i+1]
			}
			i++
		default:
			c.Err("stand-in msiexec: it applies patches of Exchange 2010 only, with /update, /quiet, /norestart and /l*\n")
			return 1639
		}
	}
	code, text := c.patch(patch)
	if log != "" {
		if path, err := c.Machine.Unix(c.request.Folder, log); err == nil {
			_ = os.WriteFile(filepath.Clean(path), []byte(text+"\r\n"), 0o644)
		}
	}
	return code
}

func (c *call) patch(file string) (code int, said string) {
	have, ok := c.installed()
	if file == "" || !c.Machine.Exists(file) {
		return 1635, "Error 1635. This patch package could not be opened."
	}
	there := *c
	there.request.Module = file
	rollup, known := there.disc()
	switch {
	case !known || !ok || !rollup.patch || rollup.year < 2010 || rollup.year != have.year:
		return 1642, "Error 1642. The upgrade cannot be installed by the Windows Installer service because the program to be upgraded may be missing."
	case !laterBuild(rollup.build, have.build):
		return 1648, "Error 1648. No valid sequence could be found for the set of patches."
	}
	c.work(2)
	if err := c.copyFile(file, laterFolder(have)+`\bin\ExSetup.exe`); err != nil {
		return 1603, "Error 1603. " + err.Error()
	}
	if err := c.stand(rollup.id); err != nil {
		return 1603, "Error 1603. " + err.Error()
	}
	return 0, "MSI (s) Product: Microsoft Exchange Server - Update '" + rollup.id + "' installed successfully."
}

// laterBuild compares builds such as 14.3.224.2 by their third number.
func laterBuild(a, b string) bool {
	third := func(build string) string { parts := strings.Split(build, "."); return parts[min(2, len(parts)-1)] }
	return third(a) != third(b) && atLeast(third(a), third(b))
}

// stand notes what Exchange stands on the machine, for itself and for other servers.
func (c *call) stand(id string) error {
	c.Machine.Exchange = id
	if c.Mail == nil {
		return nil
	}
	_, err := c.Mail.Do(store.Order{Verb: "release", Name: id})
	return err
}
