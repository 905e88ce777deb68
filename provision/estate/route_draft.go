package estate

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/doublehop/doublehop/labs"
)

// Draft is a lab that goes a way: it builds the world at the start and then
// does the steps of each hop, in stages that follow one another.
func (r *Routes) Draft(way Route) labs.Draft {
	first, last := way.Hops[0].From, way.Hops[len(way.Hops)-1].To
	d := &drafting{way: way, seen: map[string]bool{}, draft: labs.Draft{
		Name:        labName(first, last),
		Description: fmt.Sprintf("From %s to %s, step by step", first.Name, last.Name),
		Comment:     preface(way),
		Discs:       "./discs",
		Secrets:     []labs.DraftSecret{{Name: adminSecret}},
		Networks:    []*labs.Network{{Name: routeNetwork, Subnet: netip.MustParsePrefix("10.20.0.0/24")}},
		Clock:       clockOfDraft(way, last),
	}}
	for _, m := range way.machines {
		d.machine(m)
	}
	d.hop = "start"
	for _, s := range r.StartSteps {
		d.step(s)
	}
	for i, h := range way.Hops {
		d.check(i)
		d.close()
		d.hop, d.title, d.noReturn = fmt.Sprintf("hop%d", i+1), hopTitle(h), h.NoReturn
		for _, s := range h.Steps {
			d.step(s)
		}
	}
	d.check(len(way.Hops))
	d.close()
	return d.draft
}

// adminSecret is the password of every Administrator.
const adminSecret = "administrator"

func labName(from, to Release) string {
	short := func(r Release) string { return strings.ReplaceAll(strings.TrimPrefix(r.Product, "exchange-"), ".", "") }
	if from.Product == to.Product {
		return "exchange-" + short(to)
	}
	return fmt.Sprintf("exchange-%s-to-%s", short(from), short(to))
}

func hopTitle(h Hop) string {
	if h.InPlace {
		return fmt.Sprintf("%s becomes %s in place.", h.From.Name, h.To.Name)
	}
	return fmt.Sprintf("From %s on %s to %s on %s. Mailboxes are moved with %s, %s.", h.From.Name, h.Old, h.To.Name, h.New, h.Tool, h.Mode)
}

func preface(way Route) []string {
	names := []string{way.Hops[0].From.Name}
	for _, h := range way.Hops {
		names = append(names, h.To.Name)
	}
	return []string{
		strings.Join(names, " → "),
		"Written by `doublehop route`. Every step stands here because a rule asks for it, or because the way would not reach its end without; the comments name the rule (`doublehop explain DH-…`). Put your disc images into the folder of the variable discs, and the product keys into the environment.",
	}
}

// clockOfDraft is an instant at which everything that the way uses had come
// out, so that no certificate is from the future.
func clockOfDraft(way Route, last Release) time.Time {
	newest := "2000-06-01"
	if p, ok := FindProduct(last.Product); ok {
		newest = max(newest, p.Released)
	}
	for _, m := range way.machines {
		if w, ok := WindowsOf(m.OS); ok {
			newest = max(newest, w.Released)
		}
	}
	day, err := time.Parse(time.DateOnly, newest)
	if err != nil {
		return time.Time{}
	}
	return day.AddDate(0, 6, 0).Add(8 * time.Hour)
}

// drafting is a draft under way.
type drafting struct {
	draft labs.Draft
	way   Route
	// seen are the names of media, secrets, stages and steps that the draft has.
	seen map[string]bool
	// stage is the one that steps go into, and class what it is for; the others
	// belong to its hop.
	stage      *labs.DraftStage
	class      stageClass
	hop, title string
	noReturn   []string
}

// machine adds a machine, with its disc and its product key.
func (d *drafting) machine(m *labs.Machine) {
	c := *m
	c.InstallFrom = d.windowsMedia(m.OS, m.ServicePack, m.Arch)
	c.AdminPassword = adminSecret
	if asksForKey(m.OS) {
		c.ProductKey = d.key(m.OS)
	}
	role := "Exchange server"
	if strings.HasPrefix(m.Name, "dc") {
		role = "Domain controller"
	}
	d.draft.Machines = append(d.draft.Machines, labs.DraftMachine{
		Machine: &c, Comment: fmt.Sprintf("%s on %s.", role, windowsLevel(standing{m.OS, m.ServicePack, m.Arch})),
	})
}

// asksForKey says that no installation without a product key is known: from
// Windows 2008 on, Setup takes an empty one.
func asksForKey(os labs.OS) bool { return olderWindows(os, labs.Windows2008) }

func (d *drafting) key(os labs.OS) string {
	word := strings.ReplaceAll(string(os), "-", "_")
	name := word + "_key"
	if !d.seen["secret."+name] {
		d.seen["secret."+name] = true
		d.draft.Secrets = append(d.draft.Secrets, labs.DraftSecret{Name: name, Env: "LAB_" + strings.ToUpper(word) + "_KEY"})
	}
	return name
}

// windowsMedia adds the disc of a Windows and gives its name.
func (d *drafting) windowsMedia(os labs.OS, pack int, arch labs.Arch) string {
	product := windowsID(os, pack)
	name := product
	if w, ok := WindowsOf(os); ok && arch == labs.X64 && w.Has(labs.X86) {
		name += "-x64"
	}
	return d.media(name, product)
}

func (d *drafting) media(name, product string) string {
	name = strings.ReplaceAll(name, ".", "-")
	if !d.seen["media."+name] {
		d.seen["media."+name] = true
		d.draft.Media = append(d.draft.Media, labs.DraftMedia{Name: name, File: name + ".iso", Product: product})
	}
	return name
}

// close puts the stage under way into the draft.
func (d *drafting) close() {
	if d.stage != nil {
		shorten(d.stage.Steps)
		d.draft.Stages = append(d.draft.Stages, *d.stage)
	}
	d.stage, d.class = nil, stageClass{}
}

// shorten calls those steps of a stage by their kind that are the only ones of
// it, as a lab file does that gives them no name.
func shorten(steps []labs.DraftStep) {
	count, names := map[string]int{}, map[string]string{}
	for _, s := range steps {
		count[s.Kind]++
	}
	for i, s := range steps {
		if count[s.Kind] == 1 && !s.Check {
			names[s.Name], steps[i].Name = s.Kind, s.Kind
		}
		for j, before := range s.After {
			if name, ok := names[before]; ok {
				steps[i].After[j] = name
			}
		}
	}
}

// stageClass is what a stage is for: its checkpoint is where a lab can go back
// to.
type stageClass struct{ name, description string }

func classOf(s RouteStep) stageClass {
	switch s.Step.(type) {
	case ForestPrep, DomainPrep, PrepareLegacyPermissions, PrepareSchema, PrepareAD, PrepareDomain:
		return stageClass{"schema", "The directory prepared for Exchange"}
	case CreateMailboxes:
		return stageClass{"mail", "Mailboxes and public folders with something in them"}
	case ExchangeSetup, ExchangeInstall:
		return stageClass{"exchange", "Exchange installed"}
	}
	switch s.Phase {
	case PhaseStart:
		switch s.Step.(type) {
		case PublicFolders:
			return stageClass{"mail", "Mailboxes and public folders with something in them"}
		case ExchangeUpdate, NativeMode:
			return stageClass{"exchange", "Exchange installed"}
		}
		return stageClass{"forest", "Windows, and a domain"}
	case PhaseInstall:
		return stageClass{"exchange", "Exchange installed"}
	case PhaseMove:
		return stageClass{"move", "Mailboxes and public folders moved"}
	case PhaseRemove:
		return stageClass{"removal", "The older version removed"}
	case PhaseFinish:
		return stageClass{"finish", "What is wanted beyond the version"}
	case PhasePrepare:
	}
	return stageClass{"ready", "What the newer version asks for before it comes"}
}

// step adds a step to the stage that it belongs to, or begins one. Steps on
// different machines would be done at once: all but the installations wait for
// the one before.
func (d *drafting) step(s RouteStep) {
	if class := classOf(s); d.stage == nil || class != d.class {
		d.next(class)
	}
	sketch := s.Step.Sketch()
	if i, ok := s.Step.(Install); ok && d.joins(i.Machine.Name) {
		return
	}
	step := labs.DraftStep{Kind: sketch.Kind, On: []string{sketch.On}, Args: d.args(s.Step), Comment: because(s)}
	if e, ok := s.Step.(Establish); ok && len(e.Commands) == 0 {
		step.Comment = strings.TrimPrefix(step.Comment+"\n"+describeFacts(e.Facts)+". Nothing is run for it: put commands of yours here, or do it at the machine's screen.", "\n")
	}
	step.Name = d.free("step."+d.stage.Name+".", sketch.On+"-"+strings.ReplaceAll(step.Kind, "_", "-"))
	if last := d.lastBut("install"); last != nil && sketch.Kind != "install" && last.On[0] != sketch.On {
		step.After = []string{last.Name}
	}
	d.stage.Steps = append(d.stage.Steps, step)
	if _, ok := s.Step.(CreateMailboxes); ok {
		d.stage.Steps = append(d.stage.Steps, labs.DraftStep{
			Kind: "seed_mail", Name: sketch.On + "-seed-mail", On: step.On, Args: []labs.DraftArg{{Name: "count", Value: mailboxes}},
			Comment: "The same mail in every rehearsal, to be counted again after each hop.",
		})
	}
}

// joins puts a machine into the stage's installation of another one.
func (d *drafting) joins(machine string) bool {
	for i, s := range d.stage.Steps {
		if s.Kind == "install" {
			d.stage.Steps[i].On = append(d.stage.Steps[i].On, machine)
			return true
		}
	}
	return false
}

// lastBut is the last step of the stage that is of another kind; nil when there
// is none.
func (d *drafting) lastBut(kind string) *labs.DraftStep {
	for i := range slices.Backward(d.stage.Steps) {
		if d.stage.Steps[i].Kind != kind {
			return &d.stage.Steps[i]
		}
	}
	return nil
}

// free is a name that nothing in a scope has yet.
func (d *drafting) free(scope, name string) string {
	fresh := name
	for n := 2; d.seen[scope+fresh]; n++ {
		fresh = fmt.Sprintf("%s-%d", name, n)
	}
	d.seen[scope+fresh] = true
	return fresh
}

// next begins a stage.
func (d *drafting) next(class stageClass) {
	opening := d.stage == nil
	d.close()
	after := ""
	if n := len(d.draft.Stages); n > 0 {
		after = d.draft.Stages[n-1].Name
	}
	d.stage = &labs.DraftStage{Name: d.free("stage.", d.hop+"-"+class.name), Description: class.description, After: after}
	d.class = class
	if opening && d.title != "" {
		d.stage.Comment = []string{d.title}
		if len(d.noReturn) > 0 {
			d.stage.Comment = append(d.stage.Comment, "No step takes these back; the way back is the checkpoint before:\n  "+strings.Join(d.noReturn, "\n  "))
		}
	}
}

// check ends a hop, or the start (0), with a look at the server's services.
func (d *drafting) check(hop int) {
	machine, release := d.way.Hops[0].Old, d.way.Hops[0].From
	if hop > 0 {
		machine, release = d.way.Hops[hop-1].New, d.way.Hops[hop-1].To
	}
	services := []string{"MSExchangeIS", "MSExchangeADTopology", "W3SVC"}
	if knowsModes(release.Product) {
		services = []string{"MSExchangeIS", "MSExchangeSA", "W3SVC"}
	}
	if d.stage != nil && release.Product != "exchange-5.5" {
		d.stage.Steps = append(d.stage.Steps, labs.DraftStep{
			Kind: "check", Check: true, Name: machine + "-services", On: []string{machine}, Args: []labs.DraftArg{{Name: "service", Value: services}},
		})
	}
}

// because says why a step stands where it does; what goes without saying it
// does not say.
func because(s RouteStep) string {
	if len(s.Rules) == 0 {
		return ""
	}
	rule, ok := FindRule(s.Rules[0])
	if !ok || rule.Source == "model" {
		return ""
	}
	return fmt.Sprintf("Without it: %s. (%s)", rule.Title, strings.Join(s.Rules, " "))
}

// args are the arguments of a step's sketch, with its discs in the draft, and
// those that only an author can know.
func (d *drafting) args(s Step) []labs.DraftArg {
	var list []labs.DraftArg
	for _, a := range s.Sketch().Args {
		value := labs.Value(a.Value)
		if words, ok := a.Value.([]string); ok && len(words) == 0 {
			continue
		}
		if ref, ok := a.Value.(Ref); ok {
			kind, name, _ := strings.Cut(string(ref), ".")
			if kind == "machine" {
				value = labs.MachineRef(name)
			} else {
				value = labs.MediaRef(d.discOf(s, name))
			}
		}
		list = append(list, labs.DraftArg{Name: a.Name, Value: value})
	}
	return append(list, d.authors(s)...)
}

// discOf adds the disc that a step's sketch names.
func (d *drafting) discOf(s Step, name string) string {
	switch s := s.(type) {
	case Adprep:
		w, _ := WindowsOf(s.OS)
		return d.windowsMedia(s.OS, w.ServicePack, labs.Arch(strings.Fields(w.Archs)[0]))
	case UpgradeWindows:
		return d.windowsMedia(s.OS, s.ServicePack, d.arch(s.Machine))
	case ServicePack:
		return d.media(fmt.Sprintf("%s-sp%d", s.OS, s.Level), fmt.Sprintf("%s-sp%d", s.OS, s.Level))
	}
	if i := slices.IndexFunc(Releases(), func(r Release) bool { return MediaFor(r.ID) == Ref("media."+name) }); i >= 0 {
		return d.media(name, Releases()[i].ID)
	}
	return d.media(name, "")
}

// arch is the architecture of a machine of the way.
func (d *drafting) arch(machine string) labs.Arch {
	for _, m := range d.way.machines {
		if m.Name == machine {
			return m.Arch
		}
	}
	return labs.X86
}

// mailboxes is how many a lab has.
const mailboxes = 20

// authors are arguments that a step needs and its sketch does not know.
func (d *drafting) authors(s Step) []labs.DraftArg {
	switch s := s.(type) {
	case CreateMailboxes:
		return []labs.DraftArg{{Name: "count", Value: mailboxes}}
	case UpgradeWindows:
		if asksForKey(s.OS) {
			return []labs.DraftArg{{Name: "product_key", Value: labs.SecretRef(d.key(s.OS))}}
		}
	}
	return nil
}
