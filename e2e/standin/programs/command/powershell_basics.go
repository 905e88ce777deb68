package command

import (
	"errors"
	"os"
	"strings"
)

// basicCmdlets are what every PowerShell has.
func basicCmdlets() map[string]cmdlet {
	return map[string]cmdlet{
		"Format-List":            {takes: "Property", positions: []string{"Property"}, run: formatList},
		"Out-Null":               {run: func(*shell, parameters) ([]object, error) { return nil, nil }},
		"Where-Object":           {takes: "FilterScript", positions: []string{"FilterScript"}, run: whereObject},
		"ConvertTo-SecureString": {takes: "String -AsPlainText -Force", positions: []string{"String"}, run: secureString},
		"New-Object":             {takes: "TypeName ArgumentList", positions: []string{"TypeName", "ArgumentList"}, run: newCredential},
		"Get-Content":            {takes: "Path Encoding", positions: []string{"Path"}, run: getContent},
	}
}

func formatList(_ *shell, p parameters) ([]object, error) {
	var out []object
	for i, o := range p.input {
		names := p.list("Property")
		if len(names) == 0 {
			names = o.names
		}
		text := formatted(o, names)
		if i == 0 {
			text = "\n" + text
		}
		out = append(out, object{text: text})
	}
	return out, nil
}

func whereObject(s *shell, p parameters) ([]object, error) {
	script, ok := p.named["filterscript"].(block)
	if !ok {
		return nil, errors.New("cannot bind parameter 'FilterScript'")
	}
	var out []object
	for _, o := range p.input {
		s.variables["_"] = plain(o)
		is, err := s.script(string(script))
		if err != nil {
			return nil, err
		}
		if truth(fold(is)) {
			out = append(out, o)
		}
	}
	return out, nil
}

// secureString keeps the text, as a cmdlet needs it.
func secureString(_ *shell, p parameters) ([]object, error) {
	if !p.on("AsPlainText") || !p.on("Force") {
		return nil, errors.New("the system cannot protect plain text input. To suppress this warning and convert the plain text to a SecureString, reissue the command specifying the Force parameter")
	}
	return []object{newObject("SecureString", p.text("String"))}, nil
}

// newCredential makes a PSCredential of a name and a secure string.
func newCredential(_ *shell, p parameters) ([]object, error) {
	given := valuesOf(p.named["argumentlist"])
	if !strings.EqualFold(p.text("TypeName"), "System.Management.Automation.PSCredential") || len(given) != 2 {
		return nil, errors.New("stand-in PowerShell: it makes a PSCredential of a name and a SecureString only, not " + p.text("TypeName"))
	}
	password, ok := given[1].(object)
	if !ok || !password.hasProperty("SecureString") {
		return nil, errors.New(`cannot find an overload for "PSCredential" and the argument count: "2"`)
	}
	return []object{newObject("UserName", textOf(given[0]), "Password", password.property("SecureString"))}, nil
}

func (o object) hasProperty(name string) bool { _, ok := o.values[strings.ToLower(name)]; return ok }

func getContent(s *shell, p parameters) ([]object, error) {
	path, err := s.Machine.Unix(s.request.Folder, p.text("Path"))
	if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, errors.New("Cannot find path '" + p.text("Path") + "' because it does not exist.")
	}
	return []object{{text: string(text)}}, nil
}
