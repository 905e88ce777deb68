package labfile

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/doublehop/doublehop/labs"
)

// stage reads a stage block and its steps.
func (l *loader) stage(b block) *labs.Stage {
	a := l.arguments(b)
	s := &labs.Stage{Name: b.name, Range: rangeOf(b.DefRange()), Attributes: a.ranges}
	if f, ok := a.get("description"); ok {
		s.Description, _ = f.text(labs.ScriptProblem)
	}
	if f, ok := a.get("after"); ok {
		s.After, _ = f.parent()
	}
	if f, ok := a.get("clock"); ok {
		s.Clock = f.instant()
	}
	if f, ok := a.get("checkpoint"); ok {
		word, _ := f.word("cold", "warm")
		s.Warm = word == "warm"
	}
	steps := l.stepBlocks(b)
	sc := scope{steps: map[string]bool{}}
	for _, st := range steps {
		sc.steps[st.name] = true
	}
	for _, st := range steps {
		if step := l.step(st, sc); step != nil {
			s.Steps = append(s.Steps, step)
		}
	}
	l.order(s, steps)
	return s
}

// parent is the value as the one stage before this one.
func (f found) parent() (string, bool) {
	if ty := f.value.Type(); ty.IsTupleType() || ty.IsListType() || ty.IsSetType() {
		f.fail("Stage after several stages", "A stage begins where one other stage ended, since a machine's disk has one past. Write after = stage.NAME.")
		return "", false
	}
	return f.reference("stage")
}

// stepBlock is a step or check block with the name that the step goes by.
type stepBlock struct {
	block
	kind  string
	check bool
}

// stepBlocks names the steps of a stage: what the second label says, or the
// kind, or the kind and a number. A check's one label is its name, unless it
// is a kind of check.
func (l *loader) stepBlocks(stage block) []*stepBlock {
	var list []*stepBlock
	taken := map[string]*stepBlock{}
	var unnamed []*stepBlock
	for _, c := range l.inside(stage, "step", "check") {
		p := c.p
		if !l.labelled(c, "stage."+c.Type) {
			continue
		}
		st := &stepBlock{block: c, kind: c.Labels[0], check: c.Type == "check"}
		list = append(list, st)
		if st.check && len(c.Labels) == 1 && !l.schemas[st.kind].Check && l.schemas["check"].Check {
			st.kind, st.name = "check", c.Labels[0]
		}
		if len(c.Labels) == 2 {
			st.name = c.Labels[1]
		}
		if st.name == "" {
			unnamed = append(unnamed, st)
			continue
		}
		at := c.labelRange(len(c.Labels) - 1)
		if problem := labs.NameProblem(st.name); problem != "" {
			l.fail(p, at, "Bad name", "A step %q: %s", st.name, problem)
		}
		if first := taken[st.name]; first != nil {
			l.fail(p, at, "Duplicate name", "The stage has a step %q already, at %s.", st.name, rangeOf(first.DefRange()))
			continue
		}
		taken[st.name] = st
	}
	count := map[string]int{}
	for _, st := range unnamed {
		st.name = st.kind
		for taken[st.name] != nil {
			count[st.kind] = max(count[st.kind], 1) + 1
			st.name = fmt.Sprintf("%s-%d", st.kind, count[st.kind])
		}
		taken[st.name] = st
	}
	for _, st := range list {
		st.p.addr = stage.p.addr + ".step." + st.name
	}
	return list
}

// step reads one step; nil when its kind is unknown.
func (l *loader) step(st *stepBlock, sc scope) *labs.Step {
	schema, ok := l.schema(st)
	if !ok {
		return nil
	}
	a := l.arguments(st.block)
	a.sc.steps = sc.steps
	s := &labs.Step{
		Kind: st.kind, Name: st.name, Check: st.check, Args: map[string]labs.Value{},
		Range: rangeOf(st.DefRange()), Attributes: a.ranges,
	}
	l.stepShape(st, schema)
	if f, ok := a.require("on"); ok {
		s.On = f.machines(schema)
	}
	if f, ok := a.get("after"); ok {
		s.After = f.steps(st.name)
	}
	a.allow(s)
	for _, arg := range schema.Args {
		if v, discreet, ok := a.argument(arg); ok {
			s.Args[arg.Name] = v
			if discreet {
				s.Sensitive = append(s.Sensitive, arg.Name)
			}
		} else if arg.Default != nil {
			s.Args[arg.Name] = arg.Default
		}
	}
	return s
}

// schema finds what a step may be told.
func (l *loader) schema(st *stepBlock) (labs.Schema, bool) {
	schema, ok := l.schemas[st.kind]
	if ok && schema.Check == st.check {
		return schema, true
	}
	word := map[bool]string{true: "check", false: "step"}
	if ok {
		l.fail(st.p, st.TypeRange, "Wrong word for a step", "%q is written as a %s block: %s %q { … }.",
			st.kind, word[schema.Check], word[schema.Check], st.kind)
		return schema, false
	}
	var kinds []string
	for kind, s := range l.schemas {
		if s.Check == st.check {
			kinds = append(kinds, kind)
		}
	}
	slices.Sort(kinds)
	l.fail(st.p, st.labelRange(0), "Unknown step", "The catalogue has no %s %q.%s", word[st.check], st.kind, didYouMean(st.kind, kinds))
	return schema, false
}

// common are the arguments of every step.
func common() []string { return []string{"on", "after", "allow", "because"} }

// stepShape reports arguments that the step does not have, and those that it
// lacks.
func (l *loader) stepShape(st *stepBlock, schema labs.Schema) {
	takes := common()
	for _, arg := range schema.Args {
		takes = append(takes, arg.Name)
		if arg.Required && st.Body.Attributes[arg.Name] == nil {
			l.fail(st.p, st.DefRange(), "Missing argument", "The step %q needs the argument %q (%s).", st.kind, arg.Name, arg.Type)
		}
	}
	if st.Body.Attributes["on"] == nil {
		l.fail(st.p, st.DefRange(), "Missing argument", "A step needs the argument \"on\": the machine that it runs on.")
	}
	for _, a := range sorted(st.Body.Attributes) {
		if !slices.Contains(takes, a.Name) {
			hint := didYouMean(a.Name, takes)
			if a.Name == "for_each" || a.Name == "count" {
				hint = " To make several steps, write dynamic \"step\" { … }."
			}
			l.fail(st.p, a.NameRange, "Unknown argument", "The step %q has no argument %q.%s", st.kind, a.Name, hint)
		}
	}
	for _, b := range st.Body.Blocks {
		detail := "A step has arguments only."
		if slices.Contains(takes, b.Type) {
			detail = fmt.Sprintf("%q is an argument: write %s = ….", b.Type, b.Type)
		}
		l.fail(st.p, b.TypeRange, "Argument written as a block", "%s", detail)
	}
}

// machines are what `on` names.
func (f found) machines(schema labs.Schema) []string {
	list, ok := f.spread()
	if !ok {
		return nil
	}
	var out []string
	seen := map[string]bool{}
	for _, e := range list {
		name, ok := e.reference("machine")
		switch {
		case !ok:
		case seen[name]:
			e.fail("Named twice", "%s is in the list already.", e.l.placeOf("machine", name).addr)
		default:
			seen[name] = true
			out = append(out, name)
		}
	}
	switch {
	case len(list) == 0:
		f.fail("Step on no machine", "There is no machine in it, so that nothing would be done.")
	case len(out) > 1 && !schema.Many:
		f.fail("Step on several machines", "%q runs on one machine. Write one step for each of %s, or dynamic \"step\" { … }.", schema.Kind, strings.Join(out, ", "))
	}
	return out
}

// spread lists one machine, all copies of a machine, all machines, or what a
// list holds of these.
func (f found) spread() ([]found, bool) {
	ty := f.value.Type()
	switch kind := kindOf(ty); {
	case kind == "machines by key":
		return f.membersOf(), true
	case !ty.IsTupleType() && !ty.IsListType() && !ty.IsSetType():
		if ty.IsObjectType() && f.value.LengthInt() == 0 {
			return nil, true // all copies of none
		}
		return []found{f}, true
	}
	list, ok := f.elements()
	var out []found
	for _, e := range list {
		if kindOf(e.value.Type()) == "machines by key" {
			out = append(out, e.membersOf()...)
			continue
		}
		out = append(out, e)
	}
	return out, ok
}

// membersOf are the values of an object, in the order of their keys.
func (f found) membersOf() []found {
	var out []found
	for it := f.value.ElementIterator(); it.Next(); {
		e := f
		_, e.value = it.Element()
		out = append(out, e)
	}
	return out
}

// steps are the steps of the same stage that come first.
func (f found) steps(self string) []string {
	if r, ok := refIn(f.value); ok && r.kind == "step" {
		f.fail("Wrong type of argument", "%q takes a list of steps: write after = [step.%s].", f.name, r.name)
		return nil
	}
	list, ok := f.elements()
	if !ok {
		return nil
	}
	var out []string
	for _, e := range list {
		name, ok := e.reference("step")
		switch {
		case !ok:
		case name == self:
			e.fail("Step after itself", "step.%s is this very step.", name)
		case slices.Contains(out, name):
			e.fail("Named twice", "step.%s is in the list already.", name)
		default:
			out = append(out, name)
		}
	}
	return out
}

// allow reads which rules the author silences, and why.
func (a *arguments) allow(s *labs.Step) {
	because, reasoned := a.get("because")
	if reasoned {
		s.Because, _ = because.text(labs.LineProblem)
	}
	f, ok := a.get("allow")
	switch {
	case !ok && reasoned:
		because.fail("Reason without a rule", "\"because\" says why a rule is silenced; \"allow\" says which, as in allow = [\"DH-E2003-X64\"].")
	case ok:
		s.Allow = f.rules()
		if strings.TrimSpace(s.Because) == "" {
			f.fail("Rule silenced without a reason", "Write because = \"…\" beside it: the reason stands in the report, for whoever reads it in a year.")
		}
	}
}

// rules are the ids of rules, each once.
func (f found) rules() []string {
	list, _ := f.elements()
	var out []string
	for _, e := range list {
		id, ok := e.raw("the id of a rule")
		switch {
		case !ok:
		case !ruleID.MatchString(id):
			e.fail("Not a rule", "%q is no rule: their ids are written like DH-E2003-X64.", id)
		case slices.Contains(out, id):
			e.fail("Named twice", "%q is in the list already.", id)
		default:
			out = append(out, id)
		}
	}
	return out
}

// ruleID is the form of a rule's id.
var ruleID = regexp.MustCompile(`^DH(-[A-Z0-9]+)+$`)

// order reports steps of a stage that wait for each other: what `after` says,
// and that steps on one machine run in the order written.
func (l *loader) order(s *labs.Stage, blocks []*stepBlock) {
	waits := map[string][]string{}
	last := map[string]string{}
	for _, st := range s.Steps {
		if _, twice := waits[st.Name]; twice {
			continue // reported already
		}
		waits[st.Name] = append([]string{}, st.After...)
		for _, m := range st.On {
			if before := last[m]; before != "" {
				waits[st.Name] = append(waits[st.Name], before)
			}
			last[m] = st.Name
		}
	}
	at := map[string]*stepBlock{}
	for _, b := range blocks {
		at[b.name] = b
	}
	l.acyclic(s.Steps, waits, func(path []string) {
		b := at[path[0]]
		r := b.DefRange()
		if a := b.Body.Attributes["after"]; a != nil {
			r = a.Expr.Range()
		}
		l.fail(b.p, r, "Steps wait for each other",
			"%s. Steps on one machine run in the order written; change that order, or what \"after\" says.", strings.Join(path, " waits for "))
	})
}

// acyclic calls report with each circle that waits holds, once.
func (*loader) acyclic(steps []*labs.Step, waits map[string][]string, report func([]string)) {
	states := map[string]state{}
	var stack []string
	var visit func(string)
	visit = func(name string) {
		states[name] = open
		stack = append(stack, name)
		for _, before := range waits[name] {
			switch states[before] {
			case untouched:
				visit(before)
			case open:
				report(append(slices.Clone(stack[slices.Index(stack, before):]), before))
			case closed:
			}
		}
		stack = stack[:len(stack)-1]
		states[name] = closed
	}
	for _, s := range steps {
		if states[s.Name] == untouched {
			visit(s.Name)
		}
	}
}

// tree puts parents before their children, siblings in the order written, and
// reports stages that hang on nothing.
func (l *loader) tree(stages []*labs.Stage) []*labs.Stage {
	children := map[string][]*labs.Stage{}
	var roots []*labs.Stage
	for _, s := range stages {
		if s.After == "" && !l.afterFailed(s) {
			roots = append(roots, s)
			continue
		}
		children[s.After] = append(children[s.After], s)
	}
	if len(roots) > 1 {
		for _, s := range roots[1:] {
			l.fail(l.placeOf("stage", s.Name), hclRange(s.Range), "Second first stage",
				"The stages of a lab are one tree, which begins with stage %q. Say where this one begins: after = stage.%s.", roots[0].Name, roots[0].Name)
		}
	}
	out := make([]*labs.Stage, 0, len(stages))
	pending := slices.Clone(roots)
	slices.Reverse(pending)
	for len(pending) > 0 {
		s := pending[len(pending)-1]
		pending = pending[:len(pending)-1]
		out = append(out, s)
		for _, c := range slices.Backward(children[s.Name]) {
			pending = append(pending, c)
		}
	}
	if len(out) < len(stages) {
		l.lost(stages, out)
	}
	return out
}

// afterFailed says whether a stage has an `after` that could not be read.
func (l *loader) afterFailed(s *labs.Stage) bool {
	b := l.decl.byAddr["stage."+s.Name]
	return b.Block != nil && b.Body.Attributes["after"] != nil
}

// lost reports the circles among the stages that no root leads to.
func (l *loader) lost(stages, found []*labs.Stage) {
	seen := map[string]bool{"": true}
	for _, s := range found {
		seen[s.Name] = true
	}
	after := map[string]string{}
	for _, s := range stages {
		after[s.Name] = s.After
	}
	for _, s := range stages {
		var path []string
		name := s.Name
		for ; !seen[name]; name = after[name] {
			seen[name] = true
			path = append(path, name)
		}
		if from := slices.Index(path, name); from >= 0 {
			b := l.decl.byAddr["stage."+name]
			l.fail(b.p, b.Body.Attributes["after"].Expr.Range(), "Stages go in a circle",
				"%s. One of them is the first stage, and has no \"after\".", strings.Join(append(path[from:], name), " is after "))
		}
	}
}
