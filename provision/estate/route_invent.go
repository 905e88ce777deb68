package estate

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/doublehop/doublehop/labs"
)

// What the worlds of routes are called.
const (
	routeDomain       = "contoso.test"
	routeNetBIOS      = "CONTOSO"
	routeOrganization = "Contoso"
	routeNetwork      = "corp"
)

// firstController and firstServer are the last parts of the first domain
// controller's and the first other machine's addresses.
const (
	firstController = 10
	firstServer     = 20
)

// serverName is how a server of a product is called: ex10 with Exchange 2010,
// exse with Exchange Server SE.
func serverName(product string) string {
	tail := strings.TrimPrefix(product, "exchange-")
	if len(tail) == 4 {
		tail = tail[2:]
	}
	return "ex" + strings.ReplaceAll(tail, ".", "")
}

// machine makes a recruit a machine of a lab, that asks the domain controllers
// of today for names.
func (w *walk) machine(r *recruit) *labs.Machine {
	m := &labs.Machine{
		Name: r.name, Computer: strings.ToUpper(r.name), OS: r.on.os, Arch: r.on.arch, ServicePack: r.on.pack,
		Components: r.components, Memory: r.memory, CPUs: 1,
		Disks: []labs.Disk{{Name: "system", Size: r.disk}},
		NICs:  []labs.NIC{{Network: routeNetwork, Address: w.address(r.name), DNS: w.nameServers()}},
	}
	if r.on.arch == labs.X64 {
		m.CPUs = 2
	}
	return m
}

// address gives out addresses: dc01 has .10, dc02 .11, the others .20 and on.
func (w *walk) address(name string) netip.Addr {
	var n int
	last := firstServer
	if _, err := fmt.Sscanf(name, "dc%d", &n); err == nil {
		last = firstController + n - 1
	} else {
		for _, m := range w.machines {
			if !strings.HasPrefix(m.Name, "dc") {
				last++
			}
		}
	}
	return netip.AddrFrom4([4]byte{10, 20, 0, byte(last)})
}

// nameServers are the addresses of the domain controllers, the first one first.
func (w *walk) nameServers() []netip.Addr {
	var list []netip.Addr
	for _, f := range w.estate.Forests {
		for _, d := range f.Domains {
			for _, name := range d.Controllers {
				if m, ok := w.estate.Machine(name); ok && len(m.NICs) > 0 {
					list = append(list, m.NICs[0].Address)
				}
			}
		}
	}
	return list
}

// newController is a domain controller to be.
func (w *walk) newController(on standing) *recruit {
	n := 1
	for _, m := range w.machines {
		if strings.HasPrefix(m.Name, "dc") {
			n++
		}
	}
	for _, r := range w.pending {
		if strings.HasPrefix(r.name, "dc") {
			n++
		}
	}
	r := &recruit{name: fmt.Sprintf("dc%02d", n), on: on}
	if olderWindows(on.os, labs.Windows2008) {
		r.components = []string{"dns"} // promotion of later ones brings it
	}
	r.memory, r.disk = needsOf(on.os)
	return r
}

// newServer is an Exchange server to be, on a Windows that its release may
// stand on.
func newServer(name string, r Release, on standing) *recruit {
	s := &recruit{name: name, on: on, member: true}
	s.memory, s.disk = needsOf(on.os)
	s.memory *= 2
	if row, ok := memoryOf(r.Product); ok {
		s.memory = max(s.memory, uint64(row.Least))
	}
	for _, row := range componentsFor(r.Product, on.os) {
		if row.Verdict == componentNeeded {
			s.components = append(s.components, row.Component)
		}
	}
	s.disk += 20 * gibibyte
	return s
}

// needsOf is what a lab's machine with a Windows should have, in bytes: about
// twice what its makers name as the least.
func needsOf(os labs.OS) (memory, disk uint64) {
	switch {
	case !olderWindows(labs.Windows2003R2, os):
		return gibibyte / 2, 16 * gibibyte
	case olderWindows(os, labs.Windows2012):
		return 2 * gibibyte, 40 * gibibyte
	}
	return 2 * gibibyte, 60 * gibibyte
}

// hostsFor lists the Windows that a release may stand on: the newest of its
// product's time first, then what came out later, then what is older, and last
// what sources disagree about.
func hostsFor(r Release) []standing {
	type host struct {
		standing
		rank, age int
	}
	var list []host
	for _, row := range hostsOf(r) {
		w, known := WindowsOf(row.OS)
		if row.LabOnly || !known {
			continue
		}
		h := host{standing{row.OS, w.ServicePack, row.Arch}, 0, windowsIndex(row.OS)}
		switch {
		case row.Confidence == Weak:
			h.rank = 2
		case !ofItsTime(w, r.Product):
			h.rank = 1
		}
		list = append(list, h)
	}
	slices.SortStableFunc(list, func(a, b host) int { return cmp.Or(a.rank-b.rank, b.age-a.age) })
	var order []standing
	for _, h := range list {
		order = append(order, h.standing)
	}
	return order
}

// ofItsTime says that a Windows came out before a product of Exchange, or up to
// a year and a half after it: what that product's servers were installed on.
func ofItsTime(w Windows, product string) bool {
	p, _ := FindProduct(product)
	day, err := time.Parse(time.DateOnly, p.Released)
	return err == nil && w.Released <= day.AddDate(1, 6, 0).Format(time.DateOnly)
}

// present lists the releases of Exchange in the world, with the one that the
// hop under way brings.
func (w *walk) present() []Release {
	var list []Release
	if w.target.ID != "" {
		list = append(list, w.target)
	}
	for _, f := range w.estate.Forests {
		if f.Exchange == nil {
			continue
		}
		for _, s := range f.Exchange.Servers {
			if r, ok := FindRelease(s.Release); ok {
				list = append(list, r)
			}
		}
	}
	return list
}

// allowedControllers lists the Windows that a domain controller may have beside
// all of the releases, oldest first: those of which nobody says no first, then
// those about which sources disagree.
func allowedControllers(present []Release) (sure, perhaps []labs.OS) {
	for _, w := range AllWindows() {
		yes, maybe := true, true
		for _, r := range present {
			row, ok := controllersFor(r)
			if !ok {
				continue
			}
			fits := !olderWindows(w.OS, row.Least)
			yes = yes && fits && !olderWindows(row.Most, w.OS)
			maybe = maybe && fits && (!olderWindows(row.Most, w.OS) || row.Perhaps != "" && !olderWindows(row.Perhaps, w.OS))
		}
		switch {
		case w.OS == labs.WindowsNT4:
		case yes:
			sure = append(sure, w.OS)
		case maybe:
			perhaps = append(perhaps, w.OS)
		}
	}
	return sure, perhaps
}

// allowedLevels lists the functional levels that the forest may have beside all
// of the releases, oldest first.
func allowedLevels(present []Release) []Level {
	var list []Level
	for _, l := range allLevels() {
		if !slices.ContainsFunc(present, func(r Release) bool {
			row, ok := levelsFor(r)
			return ok && (l < row.Forest || l > row.Most)
		}) {
			list = append(list, l)
		}
	}
	return list
}

// candidates are the Windows for a new domain controller, the newest one first, and
// those last that would first change how SYSVOL is replicated.
// Windows 2003 R2 has nothing for it that 2003 lacks.
func (w *walk) candidates() []labs.OS {
	sure, perhaps := allowedControllers(w.present())
	slices.Reverse(sure)
	slices.Reverse(perhaps)
	list := append(sure, perhaps...)
	if len(w.estate.Forests) > 0 && !w.estate.Forests[0].DFSR {
		slices.SortStableFunc(list, func(a, b labs.OS) int { return needsDFSR(a) - needsDFSR(b) })
	}
	return slices.DeleteFunc(list, func(os labs.OS) bool {
		return os == labs.Windows2003R2 || w.wish.controllersAfter != "" && w.phase == PhaseFinish && olderWindows(os, w.wish.controllersAfter)
	})
}

// needsDFSR is 1 for a Windows whose domain controllers replicate SYSVOL by DFSR
// only, which a forest has to be brought to first.
func needsDFSR(os labs.OS) int {
	if w, ok := WindowsOf(os); ok && w.DFSR {
		return 1
	}
	return 0
}

// controllerRules are the rules that domain controllers with a newer Windows
// satisfy.
func controllerRules() []string {
	return []string{"DH-AD-DEMOTE-LAST", "DH-AD-LEVEL-CONTROLLERS", "DH-EX-DC-OLD"}
}

// replacements lists the ways to domain controllers with a newer Windows, for a
// step that needs them: upgrade the old ones in place, or demote them, where
// another one is there or a new one comes.
func (w *walk) replacements(s Step) []mending {
	level := Level2000
	if raise, ok := s.(RaiseLevel); ok {
		level = raise.Level
	}
	fits := slices.DeleteFunc(w.candidates(), func(os labs.OS) bool {
		windows, _ := WindowsOf(os)
		return windows.Highest < level
	})
	if _, ok := s.(Demote); ok {
		return w.newControllers(fits, nil)
	}
	var old []*Machine
	there := ""
	for _, name := range w.controllers() {
		m, _ := w.estate.Machine(name)
		if slices.Contains(fits, m.OS) || m.OS == labs.Windows2003R2 && slices.Contains(fits, labs.Windows2003) {
			there = name
			continue
		}
		if windows, _ := WindowsOf(m.OS); windows.Highest < level || len(fits) > 0 && olderWindows(m.OS, slices.MinFunc(fits, byAge)) {
			old = append(old, m)
		}
	}
	if len(old) == 0 {
		return nil
	}
	list := inPlace(old, fits)
	if there != "" {
		return append(list, func(w *walk) *stuck { return w.demoteAll(old) })
	}
	return append(list, w.newControllers(fits, old)...)
}

// byAge orders Windows, the older first.
func byAge(a, b labs.OS) int { return windowsIndex(a) - windowsIndex(b) }

// inPlace lists a way for each Windows that all of the machines can be
// upgraded to in place.
func inPlace(old []*Machine, fits []labs.OS) []mending {
	var list []mending
	for _, os := range fits {
		windows, _ := WindowsOf(os)
		var steps []Step
		for _, m := range old {
			if row, ok := windowsUpgrade(m.OS, os, ""); ok && row.Verdict == upgradeAllowed && windows.Has(m.Arch) {
				steps = append(steps, UpgradeWindows{m.Name, os, windows.ServicePack})
			}
		}
		if len(steps) == len(old) {
			list = append(list, func(w *walk) *stuck { return w.all(steps) })
		}
	}
	return list
}

// newControllers lists a way for each Windows that a new domain controller may
// have, after which the old ones go.
func (w *walk) newControllers(fits []labs.OS, old []*Machine) []mending {
	var list []mending
	for _, os := range fits {
		windows, _ := WindowsOf(os)
		arch := labs.X64
		if !windows.Has(arch) || !olderWindows(labs.Windows2003R2, os) {
			arch = labs.X86
		}
		on := standing{os, windows.ServicePack, arch}
		list = append(list, func(w *walk) *stuck {
			if failed := w.addController(on); failed != nil {
				return failed
			}
			return w.demoteAll(old)
		})
	}
	return list
}

// demoteAll demotes domain controllers, after one that stays has taken over what
// they hold.
func (w *walk) demoteAll(old []*Machine) *stuck {
	for _, m := range old {
		if stays := w.staying(old); stays != "" {
			d, f, _ := w.estate.Domain(m.Domain)
			if held := heldBy(m.Name, d, f); len(held) > 0 {
				if failed := w.achieve(MoveRoles{Machine: stays, Roles: held}); failed != nil {
					return failed
				}
			}
		}
		if failed := w.achieve(Demote{Machine: m.Name}); failed != nil {
			return failed
		}
	}
	return nil
}

// staying is the newest domain controller that is not among those which go;
// empty when there is none.
func (w *walk) staying(old []*Machine) string {
	for _, name := range slices.Backward(w.controllers()) {
		if !slices.ContainsFunc(old, func(m *Machine) bool { return m.Name == name }) {
			return name
		}
	}
	return ""
}

// addController installs a machine and makes it a further domain controller.
func (w *walk) addController(on standing) *stuck {
	r := w.newController(on)
	w.pending = append(slices.Clip(w.pending), r)
	return w.achieve(Promote{Machine: r.name, Role: ReplicaController, Domain: w.domain()})
}
