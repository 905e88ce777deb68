package estate

import (
	"fmt"
	"strings"

	"github.com/doublehop/doublehop/labs"
)

// WindowsProduct reads what a media's product says of a Windows:
// "windows-2003-sp2". Without a service pack in the name it is the first
// release.
func WindowsProduct(id string) (os labs.OS, servicePack int, ok bool) {
	for _, w := range AllWindows() {
		rest, found := strings.CutPrefix(id, string(w.OS))
		if !found {
			continue
		}
		if rest == "" {
			return w.OS, 0, true
		}
		for n := 1; n <= w.ServicePack; n++ {
			if rest == fmt.Sprintf("-sp%d", n) {
				return w.OS, n, true
			}
		}
	}
	return "", 0, false
}
