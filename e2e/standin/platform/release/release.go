// Package release is what tells one version of the stand-in's Windows from another.
//
// Floor 4. A disc carries its own as STANDIN\WINDOWS.TXT, key=value a line, and
// so does the disk that was installed from it: there is one platform, and this
// table is all that its versions differ by.
package release

import (
	"fmt"
	"slices"
	"strings"
)

// File is the table's place on a disc.
const File = "standin/windows.txt"

// The files that Setup takes its answers from.
const (
	Winnt      = "winnt.sif"        // Windows 2000 and 2003
	Unattended = "autounattend.xml" // Windows 2008 and later
)

// Release is a version of Windows.
type Release struct {
	// OS is what the stand-in programs call it: "windows-2003".
	OS string
	// Name is ProductName in the registry, Title what the screen says.
	Name, Title string
	// Version is "5.2", Build "3790", Pack the number of the service pack, "0" without.
	Version, Build, Pack string
	// Answers is one of [Winnt] and [Unattended].
	Answers string
	// Folder is what TargetPath of WINNT.SIF may say: \WINNT before Windows XP.
	Folder string
	// Without are the programs of the others that this version lacks.
	Without []string
	// Images are the names of the images in INSTALL.WIM, in their order; none before Windows 2008.
	Images []string
}

// Parse reads a table; every value that Setup needs must be there.
func Parse(text string) (Release, error) {
	values := map[string]string{}
	for line := range strings.Lines(text) {
		if key, value, ok := strings.Cut(strings.TrimSpace(line), "="); ok {
			values[key] = value
		}
	}
	r := Release{
		OS: values["os"], Name: values["name"], Title: values["title"], Version: values["version"], Build: values["build"], Pack: values["pack"],
		Answers: values["answers"], Folder: values["folder"], Without: strings.Fields(values["without"]), Images: strings.Fields(values["images"]),
	}
	if slices.Contains([]string{r.OS, r.Name, r.Title, r.Version, r.Build, r.Pack}, "") || r.Answers != Winnt && r.Answers != Unattended {
		return Release{}, fmt.Errorf("the table %s of this disc is not whole: %+v", File, r)
	}
	return r, nil
}

// Is2000 says that it is the version before Windows XP, whose answer file has other keys.
func (r Release) Is2000() bool { return r.Version == "5.0" }

// ServicePack is CSDVersion in the registry, "" without a service pack.
func (r Release) ServicePack() string {
	if r.Pack == "0" {
		return ""
	}
	return "Service Pack " + r.Pack
}
