package estate

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/agext/levenshtein"

	"github.com/doublehop/doublehop/labs"
)

// standing is one level of Windows that a machine may stand on.
type standing struct {
	os   labs.OS
	pack int
	arch labs.Arch
}

// wish is a request that was understood.
type wish struct {
	from, to Release
	// anyTo says that to is the newest release of its product, whatever can be
	// reached of it.
	anyTo       bool
	controllers []standing
	server      standing
	level       Level
	mode        Mode
	// serverAfter and controllersAfter are empty when nothing is wanted.
	serverAfter, controllersAfter labs.OS
	// via are products in the order of their age.
	via     []string
	keepOld bool
	typical func(kind string) time.Duration
	most    int
	// told are the words of the request that a person chose: the field's name
	// and the word.
	told []toldWord
}

// toldWord is a word of a request that is not a default.
type toldWord struct {
	what, word string
	without    func(RouteRequest) RouteRequest
}

// understand reads the words of a request.
func (r RouteRequest) understand() (wish, error) {
	w := wish{keepOld: r.KeepOld, most: max(r.Most, 1), typical: r.Typical}
	var err error
	if w.from, err = releaseWord("from", r.From); err != nil {
		return w, err
	}
	if w.to, err = releaseWord("to", r.To); err != nil {
		return w, err
	}
	if w.anyTo = r.To == w.to.Product; w.anyTo {
		w.to = newestDisc(w.to.Product)
	}
	if err := w.readOrder(r); err != nil {
		return w, err
	}
	if err := w.readServer(r); err != nil {
		return w, err
	}
	if err := w.readControllers(r); err != nil {
		return w, err
	}
	return w, w.readDirectory(r)
}

// readOrder asks whether the way leads forward, and reads what it passes.
func (w *wish) readOrder(r RouteRequest) error {
	switch after := r.ServerAfter != "" || r.ControllersAfter != ""; {
	case w.to.Build.Less(w.from.Build):
		return &RouteWordError{What: "to", Word: r.To, Why: w.to.Name + " is older than " + w.from.Name + ", and ways lead to what is newer"}
	case w.to.Product == word55:
		return &RouteWordError{What: "to", Word: r.To, Why: "of Exchange 5.5 the model knows only how it is left"}
	case w.to.ID == w.from.ID && !after:
		return &RouteWordError{What: "to", Word: r.To, Why: "that is where the way begins"}
	}
	for _, word := range r.Via {
		p, ok := FindProduct(word)
		if !ok {
			var known []string
			for _, p := range Products() {
				known = append(known, p.ID)
			}
			return wrongWord("via", word, known)
		}
		if !olderProduct(w.from.Product, p.ID) || !olderProduct(p.ID, w.to.Product) {
			return &RouteWordError{What: "via", Word: word, Why: p.Name + " does not lie between " + w.from.Name + " and " + w.to.Name}
		}
		w.via = append(w.via, p.ID)
		w.tell("via", word, func(r RouteRequest) RouteRequest {
			r.Via = slices.DeleteFunc(slices.Clone(r.Via), func(v string) bool { return v == word })
			return r
		})
	}
	return nil
}

func (w *wish) readServer(r RouteRequest) (err error) {
	w.server = naturalServer(w.from)
	if r.Server != "" {
		if w.server, err = windowsWord("os", r.Server, w.server.arch); err != nil {
			return err
		}
		w.tell("os", r.Server, func(r RouteRequest) RouteRequest { r.Server = ""; return r })
	}
	for _, after := range []struct {
		what, word string
		os         *labs.OS
	}{{"to-os", r.ServerAfter, &w.serverAfter}, {"to-dc", r.ControllersAfter, &w.controllersAfter}} {
		if after.word == "" {
			continue
		}
		s, err := windowsWord(after.what, after.word, "")
		if err != nil {
			return err
		}
		*after.os = s.os
	}
	if r.ServerAfter != "" {
		w.tell("to-os", r.ServerAfter, func(r RouteRequest) RouteRequest { r.ServerAfter = ""; return r })
	}
	if r.ControllersAfter != "" {
		w.tell("to-dc", r.ControllersAfter, func(r RouteRequest) RouteRequest { r.ControllersAfter = ""; return r })
	}
	return nil
}

func (w *wish) readControllers(r RouteRequest) error {
	for i, word := range r.Controllers {
		s, err := windowsWord("dc", word, "")
		if err != nil {
			return err
		}
		w.controllers = append(w.controllers, s)
		w.tell("dc", word, func(r RouteRequest) RouteRequest {
			r.Controllers = slices.Delete(slices.Clone(r.Controllers), i, i+1)
			return r
		})
	}
	if len(w.controllers) == 0 {
		w.controllers = []standing{naturalController(w.from)}
	}
	return nil
}

func (w *wish) readDirectory(r RouteRequest) error {
	w.level = lowestLevel(w.from, w.controllers)
	if r.Level != "" {
		level, ok := ParseLevel(r.Level)
		if !ok {
			var known []string
			for _, l := range allLevels() {
				known = append(known, l.String())
			}
			return wrongWord("level", r.Level, known)
		}
		w.level = level
		w.tell("level", r.Level, func(r RouteRequest) RouteRequest { r.Level = ""; return r })
	}
	if w.mode = Native; knowsModes(w.from.Product) {
		w.mode = Mixed
	}
	if r.Mode != "" {
		modes := []string{string(Mixed), string(Native)}
		if !slices.Contains(modes, r.Mode) {
			return wrongWord("mode", r.Mode, modes)
		}
		w.mode = Mode(r.Mode)
		w.tell("mode", r.Mode, func(r RouteRequest) RouteRequest { r.Mode = ""; return r })
	}
	return nil
}

func (w *wish) tell(what, word string, without func(RouteRequest) RouteRequest) {
	w.told = append(w.told, toldWord{what, word, without})
}

// knowsModes says whether an organization of a product can be mixed: only with
// Exchange 5.5 in mind, so up to Exchange 2003.
func knowsModes(product string) bool { return !olderProduct("exchange-2003", product) }

func releaseWord(what, word string) (Release, error) {
	if r, ok := FindRelease(word); ok {
		return r, nil
	}
	var known []string
	for _, r := range Releases() {
		known = append(known, r.ID)
	}
	return Release{}, wrongWord(what, word, known)
}

// windowsWord reads "windows-2003-sp1-x64". Without a service pack it is the
// last one, without an architecture the one that is wished, or the first that
// there is.
func windowsWord(what, word string, arch labs.Arch) (standing, error) {
	rest, pack, known := word, UnknownServicePack, []string{}
	for _, a := range []labs.Arch{labs.X86, labs.X64} {
		if cut, ok := strings.CutSuffix(rest, "-"+string(a)); ok {
			rest, arch = cut, a
		}
	}
	if at := strings.LastIndex(rest, "-sp"); at > 0 {
		if n, err := strconv.Atoi(rest[at+3:]); err == nil {
			rest, pack = rest[:at], n
		}
	}
	for _, w := range AllWindows() {
		known = append(known, string(w.OS))
		if string(w.OS) != rest {
			continue
		}
		if arch == "" || !w.Has(arch) {
			arch = labs.Arch(strings.Fields(w.Archs)[0])
		}
		if pack > w.ServicePack {
			break
		}
		if pack == UnknownServicePack {
			pack = w.ServicePack
		}
		return standing{w.OS, pack, arch}, nil
	}
	return standing{}, wrongWord(what, word, known)
}

func wrongWord(what, word string, known []string) error {
	e := &RouteWordError{What: what, Word: word, Known: known}
	least, shared := 4, 0
	for _, k := range known {
		d, n := levenshtein.Distance(strings.ToLower(word), strings.ToLower(k), nil), sharedPrefix(word, k)
		if d < len(word) && (d < least || d == least && n >= shared && e.Near != "") {
			e.Near, least, shared = k, d, n
		}
	}
	return e
}

// sharedPrefix is how many bytes two words begin with alike.
func sharedPrefix(a, b string) int {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	return n
}

// naturalServer is the Windows that was current when a release's product came
// out, of those that the release may stand on; else the first that it may.
func naturalServer(r Release) standing {
	p, _ := FindProduct(r.Product)
	var best standing
	for _, row := range hostsOf(r) {
		w, known := WindowsOf(row.OS)
		if row.LabOnly || !known || row.OS == labs.WindowsNT4 {
			continue
		}
		if best.os == "" || w.Released <= p.Released && row.Confidence != Weak {
			best = standing{row.OS, w.ServicePack, row.Arch}
		}
	}
	return best
}

// naturalController is the same for a domain controller.
func naturalController(r Release) standing {
	p, _ := FindProduct(r.Product)
	row, ok := controllersFor(r)
	if !ok {
		return standing{labs.Windows2000, 4, labs.X86}
	}
	var best standing
	for _, w := range AllWindows() {
		if olderWindows(w.OS, row.Least) || olderWindows(row.Most, w.OS) || w.OS == labs.Windows2003R2 {
			continue
		}
		if best.os == "" || w.Released <= p.Released {
			best = standing{w.OS, w.ServicePack, labs.Arch(strings.Fields(w.Archs)[0])}
		}
	}
	return best
}

// lowestLevel is the lowest functional level of the forest at which a release
// runs and all domain controllers can serve.
func lowestLevel(r Release, controllers []standing) Level {
	level := Level2000
	if row, ok := levelsFor(r); ok {
		level = max(row.Forest, row.Domain)
	}
	for _, c := range controllers {
		if w, ok := WindowsOf(c.os); ok {
			level = max(level, w.LowestForest, w.Lowest)
		}
	}
	return level
}

// newestDisc is the newest release of a product that is a level of its own and
// no rollup or fix on one.
func newestDisc(product string) Release {
	var newest Release
	for _, r := range Releases() {
		if r.Product == product && !patch(r) && cmp.Or(newest.Build.Compare(r.Build), -1) < 0 {
			newest = r
		}
	}
	return newest
}

// patch says that a release is an update rollup or a fix, which no disc holds.
func patch(r Release) bool {
	return strings.Contains(r.ID, "-ru") || strings.Contains(r.ID, "-kb")
}

// onDisc says that there is a disc which installs a release from nothing: the
// service packs of Exchange 2003 and earlier are updates only.
func onDisc(r Release) bool {
	p, _ := FindProduct(r.Product)
	return !patch(r) && (p.Servicing != "service-pack" || r.ID == r.Product)
}
