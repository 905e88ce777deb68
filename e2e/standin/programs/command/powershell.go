package command

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// cmdlet is one command of PowerShell.
type cmdlet struct {
	// takes names the parameters: "Name" has a value, "-Force" is a switch.
	// Those in positions may be given without their names, in this order.
	takes     string
	positions []string
	// snapIn must be loaded first, "" for what every PowerShell knows.
	snapIn string
	run    func(s *shell, given parameters) ([]object, error)
}

// object is one thing in a pipeline: its properties, or a plain text.
type object struct {
	text string
	// names keeps the properties in the order that Format-List * has.
	names  []string
	values map[string]any
}

// newObject makes an object of names and values in turn.
func newObject(pairs ...any) object {
	o := object{values: map[string]any{}}
	for i := 0; i+1 < len(pairs); i += 2 {
		name := pairs[i].(string)
		o.names = append(o.names, name)
		o.values[strings.ToLower(name)] = pairs[i+1]
	}
	return o
}

// property is the text of a property, "" where there is none.
func (o object) property(name string) string { return textOf(o.values[strings.ToLower(name)]) }

// block is a script block, not yet run.
type block string

// parameters is what a cmdlet was given.
type parameters struct {
	named map[string]any // by lower-case name; a switch has "True" or "False"
	input []object       // from the pipeline
	piped bool           // there is a pipeline before it, though perhaps an empty one
}

// text is the value of a parameter as a text.
func (p parameters) text(name string) string { return textOf(p.named[strings.ToLower(name)]) }

// on says that a switch is given and not taken back with :$false.
func (p parameters) on(name string) bool { return p.text(name) == "True" }

// list is the value of a parameter as texts.
func (p parameters) list(name string) []string {
	var all []string
	for _, v := range valuesOf(p.named[strings.ToLower(name)]) {
		all = append(all, textOf(v))
	}
	return all
}

// shell is one run of PowerShell, or one session at an endpoint.
type shell struct {
	*call
	variables map[string]any
	loaded    []string // snap-ins
	commands  map[string]cmdlet
	// exchange is the release whose cmdlets are loaded; remote says that they run
	// in a session at an endpoint.
	exchange release
	remote   bool
}

// errStop ends a script: an error under -ErrorAction Stop.
var errStop = errors.New("the script stops at its first error")

// cmdletTables are the commands by who makes them; a table is in its own file.
func cmdletTables() []map[string]cmdlet {
	return []map[string]cmdlet{basicCmdlets(), exchangeCmdlets(), directoryCmdlets(), featureCmdlets()}
}

// powershell runs powershell -Command "TEXT". Its exit code is 1 where the last
// statement failed, as Windows PowerShell's is (about_PowerShell_exe).
func (c *call) powershell() int {
	script, bad := scriptOf(c.args)
	if bad != "" {
		c.Err(bad + "\n")
		return 1
	}
	s := &shell{call: c, variables: map[string]any{"true": "True", "false": "False", "null": nil}, commands: map[string]cmdlet{}}
	for _, table := range cmdletTables() {
		for name, known := range table {
			s.commands[strings.ToLower(name)] = known
		}
	}
	out, err := s.script(script)
	s.print(out)
	if err != nil {
		return 1
	}
	return 0
}

// scriptOf takes the text behind -Command; the switches before it are those that the host knows.
func scriptOf(args []string) (script, bad string) {
	for i, a := range args {
		switch strings.ToLower(strings.TrimLeft(a, "-/")) {
		case "nologo", "noprofile", "noninteractive", "sta", "mta":
		case "command", "c":
			if i+1 == len(args) {
				return "", "Cannot process the command because the value specified with -Command is missing."
			}
			return strings.Join(args[i+1:], " "), ""
		default:
			return "", "stand-in PowerShell: it takes -NoLogo -NoProfile -NonInteractive -Command only, not " + a
		}
	}
	return "", "stand-in PowerShell: nobody is there to type commands"
}

// script runs statements. What they give goes into one output; the error is that of the last one.
func (s *shell) script(text string) (out []object, last error) {
	for _, statement := range splitTop(text, ';') {
		if statement = strings.TrimSpace(statement); statement == "" {
			continue
		}
		given, err := s.statement(statement)
		out = append(out, given...)
		last = err
		if errors.Is(err, errStop) {
			return out, err
		}
	}
	return out, last
}

func (s *shell) statement(text string) ([]object, error) {
	if name, rest, ok := strings.Cut(text, "="); ok && strings.HasPrefix(name, "$") && !strings.ContainsAny(strings.TrimSpace(name), " .('") {
		got, err := s.pipeline(rest)
		if err == nil {
			s.variables[strings.ToLower(strings.TrimSpace(name)[1:])] = fold(got)
		}
		return nil, err
	}
	words := tokens(text)
	if len(words) == 0 || !strings.EqualFold(words[0], "if") {
		return s.pipeline(text)
	}
	if len(words) != 3 && (len(words) != 5 || !strings.EqualFold(words[3], "else")) {
		return nil, s.fails("if", "stand-in PowerShell: it knows if (...) {...} else {...} only")
	}
	is, err := s.value(words[1])
	switch {
	case err != nil:
		return nil, err
	case truth(is):
		return s.script(inner(words[2]))
	case len(words) == 5:
		return s.script(inner(words[4]))
	}
	return nil, nil
}

// pipeline runs elements, each with what the one before it gave.
func (s *shell) pipeline(text string) ([]object, error) {
	var now []object
	for i, element := range splitTop(text, '|') {
		words := tokens(element)
		if len(words) == 0 {
			return nil, s.fails("powershell", "An empty pipe element is not allowed.")
		}
		var err error
		if i == 0 && isExpression(words[0]) {
			var v any
			v, err = s.expression(words)
			now = unfold(v)
		} else {
			now, err = s.invoke(words, now, i > 0)
		}
		if err != nil {
			return nil, err
		}
	}
	return now, nil
}

// fails says an error as PowerShell does, and gives it.
func (s *shell) fails(command, message string) error {
	s.Err(command + " : " + message + "\n    + CategoryInfo          : NotSpecified: (:) [" + command + "], Exception\n    + FullyQualifiedErrorId : StandIn," + command + "\n")
	return errors.New(message)
}

// invoke runs one command with its parameters.
func (s *shell) invoke(words []string, input []object, piped bool) ([]object, error) {
	name, words := words[0], words[1:]
	if name == "&" {
		if len(words) == 0 {
			return nil, s.fails("&", "The expression after '&' in a pipeline element produced an invalid object.")
		}
		path, err := s.value(words[0])
		if err != nil {
			return nil, err
		}
		name, words = textOf(path)[strings.LastIndexAny(textOf(path), `\/`)+1:], words[1:]
	}
	known, ok := s.commands[strings.ToLower(name)]
	if !ok || known.snapIn != "" && !slices.Contains(s.loaded, known.snapIn) && !slices.Contains(s.loaded, known.snapIn+":"+strings.ToLower(name)) {
		return nil, s.fails(name, "The term '"+name+"' is not recognized as the name of a cmdlet, function, script file, or operable program.")
	}
	given, err := s.bind(name, known, words)
	if err != nil {
		return nil, err
	}
	given.input, given.piped = input, piped
	out, err := known.run(s, given)
	if err != nil {
		if err = s.fails(name, err.Error()); strings.EqualFold(given.text("ErrorAction"), "Stop") {
			err = errors.Join(errStop, err)
		}
	}
	return out, err
}

// bind matches words to the parameters that a cmdlet takes.
func (s *shell) bind(name string, known cmdlet, words []string) (parameters, error) {
	given := parameters{named: map[string]any{}}
	free := slices.Clone(known.positions)
	for i := 0; i < len(words); i++ {
		word := words[i]
		if len(word) < 2 || word[0] != '-' || word[1] >= '0' && word[1] <= '9' {
			if len(free) == 0 {
				return given, s.fails(name, "A positional parameter cannot be found that accepts argument '"+word+"'.")
			}
			v, err := s.value(word)
			if err != nil {
				return given, err
			}
			given.named[strings.ToLower(free[0])], free = v, free[1:]
			continue
		}
		key, colon, hasValue := strings.Cut(word[1:], ":")
		takes, isSwitch := known.parameter(key)
		if takes == "" {
			return given, s.fails(name, "A parameter cannot be found that matches parameter name '"+key+"'.")
		}
		free = slices.DeleteFunc(free, func(f string) bool { return strings.EqualFold(f, takes) })
		switch {
		case isSwitch && !hasValue:
			given.named[takes] = "True"
			continue
		case !hasValue && i+1 < len(words):
			i++
			colon = words[i]
		case !hasValue:
			return given, s.fails(name, "Missing an argument for parameter '"+key+"'.")
		}
		v, err := s.value(colon)
		if err != nil {
			return given, err
		}
		given.named[takes] = v
	}
	return given, nil
}

// parameter finds a parameter by its name, in lower case; every cmdlet takes ErrorAction and Confirm.
func (k cmdlet) parameter(name string) (lower string, isSwitch bool) {
	name = strings.ToLower(name)
	for p := range strings.FieldsSeq(k.takes + " ErrorAction WarningAction -Confirm -Verbose -WhatIf") {
		if plain, cut := strings.CutPrefix(strings.ToLower(p), "-"); plain == name {
			return plain, cut
		}
	}
	return "", false
}

// print shows what is left of a pipeline: texts as they are, objects as lists.
func (s *shell) print(out []object) {
	for _, o := range out {
		if o.values == nil {
			s.Out(o.text + "\n")
			continue
		}
		s.Out(formatted(o, o.names) + "\n")
	}
}

// formatted is an object as Format-List writes it.
func formatted(o object, names []string) string {
	wide := 0
	for _, n := range names {
		wide = max(wide, len(n))
	}
	var text strings.Builder
	for _, n := range names {
		fmt.Fprintf(&text, "%-*s : %s\n", wide, n, shown(o.values[strings.ToLower(n)]))
	}
	return text.String()
}

// shown is a value in a list: several stand in braces.
func shown(v any) string {
	if list, ok := v.([]any); ok {
		var all []string
		for _, one := range list {
			all = append(all, textOf(one))
		}
		return "{" + strings.Join(all, ", ") + "}"
	}
	return textOf(v)
}
