package guest

import (
	"embed"
	"fmt"

	"github.com/doublehop/doublehop/labs"
)

//go:embed runner
var scripts embed.FS

// Runner is the files of the runner, for the root of the answer floppy beside
// WINNT.SIF: Setup's one GuiRunOnce entry calls A:\START.CMD. The systems
// differ in how they are turned off: Windows 2000 has no shutdown.exe.
func Runner(os labs.OS) []File {
	power := "POWER.CMD.2003"
	if os == labs.Windows2000 {
		power = "POWER.CMD.2000"
	}
	return []File{
		script("START.CMD", "START.CMD"),
		script("RUNNER.CMD", "RUNNER.CMD"),
		script("RUNNER.VBS", "RUNNER.VBS"),
		script("POWER.CMD", power),
		script("POWER.VBS", "POWER.VBS"),
	}
}

// script is an embedded file under the name that the guest sees.
func script(path, source string) File {
	text, err := scripts.ReadFile("runner/" + source)
	if err != nil {
		panic(fmt.Sprintf("%v. This is a bug in guest.", err)) // the compiler embedded it
	}
	return Text(path, string(text))
}
