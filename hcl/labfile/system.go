package labfile

import (
	"bytes"
	_ "embed"
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/jszwec/csvutil"

	"github.com/doublehop/doublehop/labs"
)

//go:embed systems.csv
var systemsFile []byte

// size is a number of bytes, as lab files write it.
type size uint64

// UnmarshalText reads "512MiB".
func (s *size) UnmarshalText(text []byte) error {
	n, err := labs.ParseSize(string(text))
	*s = size(n)
	return err
}

// system is what is known of an operating system before any disc is read: a
// row of systems.csv, which says what the columns mean.
type system struct {
	OS          labs.OS
	Arch        labs.Arch
	Title       string
	Least, Most uint64
	Disk        uint64
	LBA28       bool
	Components  string
}

// systems reads the file once, at the first use. It is part of the program: a
// mistake in it is one of its makers, which a test finds.
//
//nolint:gochecknoglobals // a table, read at first use
var systems = sync.OnceValue(func() []system {
	var rows []struct {
		OS         labs.OS   `csv:"os"`
		Arch       labs.Arch `csv:"arch"`
		Title      string    `csv:"title"`
		Least      size      `csv:"least"`
		Most       size      `csv:"most"`
		Disk       size      `csv:"disk"`
		LBA28      bool      `csv:"lba28"`
		Components string    `csv:"components"`
	}
	lines := csv.NewReader(bytes.NewReader(systemsFile))
	lines.Comment = '#'
	decoder, err := csvutil.NewDecoder(lines)
	if err == nil {
		decoder.DisallowMissingColumns = true
		err = decoder.Decode(&rows)
	}
	if err != nil {
		panic(fmt.Sprintf("systems.csv: %v", err))
	}
	list := make([]system, len(rows))
	for i, r := range rows {
		list[i] = system{
			r.OS, r.Arch, r.Title, uint64(r.Least), uint64(r.Most), uint64(r.Disk), r.LBA28, r.Components,
		}
	}
	return list
})

// systemsOf lists the systems of a name, that of the usual architecture first.
func systemsOf(name string) []system {
	var list []system
	for _, s := range systems() {
		if string(s.OS) == name {
			list = append(list, s)
		}
	}
	return list
}

func systemNames() []string {
	var names []string
	for _, s := range systems() {
		names = append(names, string(s.OS))
	}
	return slices.Compact(names)
}

// allComponents are those that any system has.
func allComponents() []string {
	var all []string
	for _, s := range systems() {
		all = append(all, strings.Fields(s.Components)...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}
