package estate

import (
	"bytes"
	"embed"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/jszwec/csvutil"
)

// The tables are what is known of Microsoft's products, one file each, in a
// form that a spreadsheet opens. Lines that begin with # are comments. A row
// names the source that it was read in, by its key in sources.csv, and how sure
// it is.
//
//go:embed tables/*.csv
var tableFiles embed.FS

// Confidence says how sure a row of a table or a rule is.
type Confidence string

// How sure a fact is. Only what is [Sure] may block a step; the rest warns.
const (
	// Sure: a document of Microsoft's was read, or two independent sources agree.
	Sure Confidence = "H"
	// Fair: one secondary source, or only a part of Microsoft's text was seen.
	Fair Confidence = "M"
	// Weak: sources contradict each other.
	Weak Confidence = "L"
	// Remembered with high, middle and low confidence, and not confirmed.
	RememberedHigh   Confidence = "mem-H"
	RememberedMiddle Confidence = "mem-M"
	RememberedLow    Confidence = "mem-L"
)

// Meaning says in a sentence what the mark means.
func (c Confidence) Meaning() string {
	switch c {
	case Sure:
		return "A document of Microsoft's was read, or two independent sources agree."
	case Fair:
		return "One secondary source was read, or a part of Microsoft's text."
	case Weak:
		return "Sources contradict each other."
	case RememberedHigh:
		return "It is remembered with high confidence, and was not confirmed."
	case RememberedMiddle:
		return "It is remembered with some confidence, and was not confirmed."
	case RememberedLow:
		return "It is remembered faintly, and was not confirmed."
	}
	return "Nobody said how sure it is."
}

// Origin is where a row was read. Every table has its columns.
type Origin struct {
	// Source is one or more keys of sources.csv, with blanks between.
	Source     string     `csv:"source"`
	Confidence Confidence `csv:"confidence"`
}

// Citations are the sources of o, in its order.
func (o Origin) Citations() []Citation {
	var list []Citation
	for key := range strings.FieldsSeq(o.Source) {
		if c, ok := pick(Sources(), func(c Citation) bool { return c.Key == key }); ok {
			list = append(list, c)
		}
	}
	return list
}

// Citation is a row of sources.csv: what a source key stands for.
type Citation struct {
	Key   string `csv:"key"`
	Title string `csv:"title"`
}

// table reads a table once, at the first use. The files are part of the
// program: one that cannot be read is a mistake of its makers, which a test
// finds.
func table[Row any](name string) func() []Row {
	return sync.OnceValue(func() []Row {
		text, err := tableFiles.ReadFile("tables/" + name + ".csv")
		if err != nil {
			panic(err)
		}
		rows, err := readTable[Row](text)
		if err != nil {
			panic(fmt.Sprintf("table %s: %v", name, err))
		}
		return rows
	})
}

func readTable[Row any](text []byte) ([]Row, error) {
	lines := csv.NewReader(bytes.NewReader(text))
	lines.Comment, lines.TrimLeadingSpace = '#', true
	decoder, err := csvutil.NewDecoder(lines)
	if err != nil {
		return nil, err
	}
	decoder.DisallowMissingColumns = true
	decoder.WithUnmarshalers(csvutil.NewUnmarshalers(
		csvutil.UnmarshalFunc(readLevel), csvutil.UnmarshalFunc(readBytes), csvutil.UnmarshalFunc(readDuration)))
	decoder.Map = func(field, _ string, _ any) string { return strings.TrimSpace(field) }
	var rows []Row
	for {
		var row Row
		switch err := decoder.Decode(&row); {
		case errors.Is(err, io.EOF):
			return rows, nil
		case err != nil:
			return nil, fmt.Errorf("row %d: %w", len(rows)+1, err)
		}
		rows = append(rows, row)
	}
}

// Bytes is an amount of memory or of disk.
type Bytes uint64

// String is the amount in the largest unit that leaves no rest: "4GiB".
func (b Bytes) String() string {
	switch {
	case b == 0:
		return "0"
	case b%(1<<30) == 0:
		return strconv.FormatUint(uint64(b>>30), 10) + "GiB"
	}
	return strconv.FormatUint(uint64(b>>20), 10) + "MiB"
}

// readLevel reads "2008R2"; an empty field is level 2000.
func readLevel(text []byte, l *Level) error {
	level, ok := ParseLevel(string(text))
	if !ok && len(text) > 0 {
		return fmt.Errorf("%q is no functional level", text)
	}
	*l = level
	return nil
}

// readBytes reads "512MiB", "4GiB" and "0".
func readBytes(text []byte, b *Bytes) error {
	for unit, shift := range map[string]int{"MiB": 20, "GiB": 30} {
		if number, ok := strings.CutSuffix(string(text), unit); ok {
			n, err := strconv.ParseUint(number, 10, 32)
			*b = Bytes(n << shift)
			return err
		}
	}
	if string(text) != "0" {
		return fmt.Errorf("%q is no size in MiB or GiB", text)
	}
	*b = 0
	return nil
}

// readDuration reads "720h".
func readDuration(text []byte, d *time.Duration) (err error) {
	*d, err = time.ParseDuration(string(text))
	return err
}

//nolint:gochecknoglobals // a table, read at first use
var citations = table[Citation]("sources")

// Sources lists what the source keys of tables and rules stand for.
func Sources() []Citation { return citations() }

func pick[T any](list []T, fits func(T) bool) (T, bool) {
	if i := slices.IndexFunc(list, fits); i >= 0 {
		return list[i], true
	}
	var none T
	return none, false
}
