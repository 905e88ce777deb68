package command

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// splitTop splits a text at a sign that stands in no quotes and no brackets.
func splitTop(text string, at byte) []string {
	var all []string
	depth, from := 0, 0
	var quote byte
	for i := range len(text) {
		switch c := text[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"':
			quote = c
		case strings.IndexByte("({[", c) >= 0:
			depth++
		case strings.IndexByte(")}]", c) >= 0:
			depth--
		case c == at && depth == 0:
			all = append(all, text[from:i])
			from = i + 1
		}
	}
	return append(all, text[from:])
}

// tokens splits an element at blanks, keeping quotes and brackets whole. Blanks
// around commas join, as in PowerShell.
func tokens(text string) []string {
	var all []string
	for _, word := range splitTop(strings.NewReplacer("\t", " ", "\r", " ", "\n", " ").Replace(text), ' ') {
		switch last := len(all) - 1; {
		case word == "":
		case last >= 0 && (strings.HasSuffix(all[last], ",") || strings.HasPrefix(word, ",")):
			all[last] += word
		default:
			all = append(all, word)
		}
	}
	return all
}

// isExpression says that an element begins with a value and not with a command.
func isExpression(word string) bool {
	return strings.IndexByte("$('@\"0123456789", word[0]) >= 0 || strings.EqualFold(word, "-not")
}

// inner is what stands between the outermost brackets.
func inner(word string) string {
	if len(word) < 2 {
		return ""
	}
	return word[1 : len(word)-1]
}

// expression evaluates values with the few operators that scripts here use.
func (s *shell) expression(words []string) (any, error) {
	if strings.EqualFold(words[0], "-not") && len(words) > 1 {
		v, err := s.expression(words[1:])
		return truthText(!truth(v)), err
	}
	left, err := s.value(words[0])
	for at := 1; err == nil && at < len(words); at += 2 {
		if at+1 == len(words) {
			return nil, s.fails(words[at], "You must provide a value expression following the '"+words[at]+"' operator.")
		}
		var right any
		if right, err = s.value(words[at+1]); err == nil {
			left, err = s.operator(words[at], left, right)
		}
	}
	return left, err
}

func (s *shell) operator(sign string, left, right any) (any, error) {
	l, r := textOf(left), textOf(right)
	switch strings.ToLower(sign) {
	case "+":
		return l + r, nil
	case "-eq":
		return truthText(strings.EqualFold(l, r)), nil
	case "-ne":
		return truthText(!strings.EqualFold(l, r)), nil
	case "-and":
		return truthText(truth(left) && truth(right)), nil
	case "-or":
		return truthText(truth(left) || truth(right)), nil
	case "-match":
		pattern, err := regexp.Compile("(?i)" + r)
		if err != nil {
			return nil, s.fails(sign, "parsing \""+r+"\" - "+err.Error())
		}
		return truthText(pattern.MatchString(l)), nil
	}
	return nil, s.fails(sign, "Unexpected token '"+sign+"' in expression or statement.")
}

// value evaluates one word: a list, a text, a variable, a subexpression or a block.
func (s *shell) value(word string) (any, error) {
	if parts := splitTop(word, ','); len(parts) > 1 {
		var all []any
		for _, p := range parts {
			v, err := s.value(p)
			if err != nil {
				return nil, err
			}
			all = append(all, v)
		}
		return all, nil
	}
	switch {
	case word == "":
		return nil, nil
	case word[0] == '{':
		return block(inner(word)), nil
	case word[0] == '\'' || word[0] == '"':
		mark := word[:1]
		return strings.ReplaceAll(inner(word), mark+mark, mark), nil
	case word[0] != '$' && word[0] != '(' && word[0] != '@':
		return word, nil
	}
	return s.reference(word)
}

// reference evaluates $name, (...), @(...), with .Property and [number] behind them.
func (s *shell) reference(word string) (any, error) {
	var now any
	rest := ""
	if word[0] == '$' {
		end := strings.IndexAny(word, ".[")
		if end < 0 {
			end = len(word)
		}
		name := strings.ToLower(word[1:end])
		v, known := s.variables[name]
		if !known {
			v = nil
		}
		now, rest = v, word[end:]
	} else {
		open := strings.IndexByte(word, '(')
		size := closing(word[open:])
		if open < 0 || size < 0 {
			return nil, s.fails("powershell", "Missing closing ')' in expression.")
		}
		got, err := s.script(inner(word[open : open+size]))
		if err != nil {
			return nil, err
		}
		if now = fold(got); word[0] == '@' {
			now = folded(got)
		}
		rest = word[open+size:]
	}
	for rest != "" {
		var err error
		if now, rest, err = s.postfix(now, rest); err != nil {
			return nil, err
		}
	}
	return now, nil
}

// postfix takes .Property or [number] off rest.
func (s *shell) postfix(now any, rest string) (value any, left string, err error) {
	if rest[0] == '.' {
		end := strings.IndexAny(rest[1:], ".[")
		if end < 0 {
			end = len(rest) - 1
		}
		name := rest[1 : 1+end]
		if o, ok := now.(object); ok {
			return o.values[strings.ToLower(name)], rest[1+end:], nil
		}
		if all, ok := now.([]any); ok && strings.EqualFold(name, "Count") {
			return strconv.Itoa(len(all)), rest[1+end:], nil
		}
		return nil, rest[1+end:], nil
	}
	end := strings.IndexByte(rest, ']')
	number, bad := strconv.Atoi(strings.Trim(rest[:max(end, 0)], "[ "))
	if rest[0] != '[' || end < 0 || bad != nil {
		return nil, "", s.fails("powershell", "Unexpected token '"+rest+"' in expression or statement.")
	}
	if all := valuesOf(now); number < len(all) && number >= 0 {
		return all[number], rest[end+1:], nil
	}
	return nil, rest[end+1:], nil
}

// closing is the length of a text up to the bracket that closes its first one, -1 without.
func closing(text string) int {
	depth := 0
	var quote byte
	for i := range len(text) {
		switch c := text[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"':
			quote = c
		case strings.IndexByte("({[", c) >= 0:
			depth++
		case strings.IndexByte(")}]", c) >= 0:
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return -1
}

// fold makes a value of what a pipeline gave: nothing, one thing, or a list.
func fold(got []object) any {
	switch len(got) {
	case 0:
		return nil
	case 1:
		return plain(got[0])
	}
	return folded(got)
}

func folded(got []object) []any {
	all := make([]any, len(got))
	for i, o := range got {
		all[i] = plain(o)
	}
	return all
}

func plain(o object) any {
	if o.values == nil {
		return o.text
	}
	return o
}

// unfold makes objects of a value again.
func unfold(v any) []object {
	var all []object
	for _, one := range valuesOf(v) {
		if o, ok := one.(object); ok {
			all = append(all, o)
			continue
		}
		all = append(all, object{text: textOf(one)})
	}
	return all
}

// valuesOf are the single values of one that may be a list.
func valuesOf(v any) []any {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		var all []any
		for _, one := range v {
			all = append(all, valuesOf(one)...)
		}
		return all
	}
	return []any{v}
}

func truth(v any) bool {
	switch v := v.(type) {
	case nil:
		return false
	case string:
		return v != "" && v != "False" && v != "0"
	case []any:
		return len(v) > 1 || len(v) == 1 && truth(v[0])
	}
	return true
}

func truthText(is bool) string {
	if is {
		return "True"
	}
	return "False"
}

// textOf is a value as a text; an object has its identity, or its name.
func textOf(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case block:
		return string(v)
	case object:
		for _, name := range []string{"Identity", "Name"} {
			if _, ok := v.values[strings.ToLower(name)]; ok {
				return v.property(name)
			}
		}
		return v.text
	case []any:
		var all []string
		for _, one := range v {
			all = append(all, textOf(one))
		}
		return strings.Join(all, " ")
	}
	return fmt.Sprint(v)
}
