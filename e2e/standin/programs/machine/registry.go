package machine

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Value is one registry value below HKEY_LOCAL_MACHINE.
type Value struct {
	Key, Name string
	Type      string // SZ or DWORD (decimal data)
	Data      string
}

func (m *Machine) registryFile() string { return filepath.Join(m.Prefix, "system.reg") }

// section is a key as Wine 10 writes it in system.reg: CurrentControlSet is a link there.
func section(key string) string {
	parts := strings.Split(key, `\`)
	if len(parts) > 1 && strings.EqualFold(parts[0], "SYSTEM") && strings.EqualFold(parts[1], "CurrentControlSet") {
		parts[0], parts[1] = "System", "ControlSet001"
	}
	if strings.EqualFold(parts[0], "SOFTWARE") {
		parts[0] = "Software"
	}
	return "[" + strings.Join(parts, `\\`) + "]"
}

func quoted(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
}

// EditRegistry sets values in a system.reg that no wineserver has open. It adds
// sections at the end: Wine merges sections of one key when it loads the file,
// the last value of a name counting (seen with Wine 10.0).
func EditRegistry(path string, values []Value) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var out strings.Builder
	out.WriteString(strings.TrimRight(string(text), "\n") + "\n")
	for _, v := range values {
		data := quoted(v.Data)
		if v.Type == "DWORD" {
			number, err := strconv.ParseUint(v.Data, 10, 32)
			if err != nil {
				return fmt.Errorf("registry value %s: %w", v.Name, err)
			}
			data = fmt.Sprintf("dword:%08x", number)
		}
		fmt.Fprintf(&out, "\n%s 1700000000\n%s=%s\n", section(v.Key), quoted(v.Name), data)
	}
	return WriteWhole(path, []byte(out.String()))
}

// WindowsKey is the key in which Windows tells its version, below HKEY_LOCAL_MACHINE.
const WindowsKey = `SOFTWARE\Microsoft\Windows NT\CurrentVersion`

// ServicePack is the number of the installed service pack of Windows, 0 for none.
func (m *Machine) ServicePack() int {
	values, err := ReadRegistry(m.registryFile(), WindowsKey)
	if err != nil {
		return 0
	}
	number, err := strconv.Atoi(strings.TrimPrefix(values["csdversion"], "Service Pack "))
	if err != nil {
		return 0
	}
	return number
}

// ReadRegistry gives the text and DWORD values of one key, names in lower case.
func ReadRegistry(path, key string) (map[string]string, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	values := map[string]string{}
	want, inside := section(key), false
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		line := lines.Text()
		if strings.HasPrefix(line, "[") {
			head, _, _ := strings.Cut(line, "] ")
			inside = strings.EqualFold(strings.TrimSuffix(head, "]")+"]", want)
			continue
		}
		if name, data, ok := strings.Cut(line, `"=`); inside && ok && strings.HasPrefix(name, `"`) {
			values[strings.ToLower(unquoted(name+`"`))] = unquoted(data)
		}
	}
	return values, lines.Err()
}

func unquoted(text string) string {
	if number, ok := strings.CutPrefix(text, "dword:"); ok {
		if n, err := strconv.ParseUint(number, 16, 32); err == nil {
			return strconv.FormatUint(n, 10)
		}
	}
	if len(text) < 2 || text[0] != '"' {
		return text
	}
	return strings.NewReplacer(`\\`, `\`, `\"`, `"`).Replace(text[1 : len(text)-1])
}
