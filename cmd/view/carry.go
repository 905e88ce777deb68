package view

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/dustin/go-humanize"

	"github.com/doublehop/doublehop/provision/archive"
	"github.com/doublehop/doublehop/provision/engine"
)

// Exported is an archive that was written.
type Exported struct {
	File string `json:"file"`
	// Bytes is how large it is, and SHA256 its digest, to be compared at the
	// other end over the telephone.
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
	engine.ExportReport
	// Left are files that the lab uses and that are not in the archive.
	Left []string `json:"left,omitempty"`
}

// Exported draws what an archive holds.
func (s Style) Exported(x Exported) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s  %s of %s\n", s.draw(strong, Clean(x.File)), humanize.IBytes(uint64(max(x.Bytes, 0))), humanize.IBytes(x.Read))
	fmt.Fprintf(&b, "SHA-256      %s\n", x.SHA256)
	fmt.Fprintf(&b, "Checkpoints  %s of lab %s\n", Clean(strings.Join(x.Checkpoints, ", ")), Clean(x.Lab))
	if x.Memories > 0 {
		fmt.Fprintf(&b, "Warm         with the memory of %d machines\n", x.Memories)
	}
	fmt.Fprintf(&b, "Lab files    %s\n", Clean(strings.Join(x.Files, ", ")))
	if x.Sealed {
		b.WriteString("Encrypted    with age; the passwords that the lab generated are in it\n")
	} else {
		b.WriteString("In clear     without the passwords that the lab generated\n")
	}
	s.media(&b, "Not in it are your discs, which building anew would need:", x.Media)
	if len(x.Left) > 0 {
		b.WriteString("Not in it are these files of the lab, which lie elsewhere or are too large:\n")
		for _, path := range x.Left {
			fmt.Fprintf(&b, "  %s\n", Clean(path))
		}
	}
	return b.String()
}

func (s Style) media(b *strings.Builder, title string, media map[string]string) {
	if len(media) == 0 {
		return
	}
	b.WriteString(title + "\n")
	for _, name := range slices.Sorted(maps.Keys(media)) {
		fmt.Fprintf(b, "  %s  SHA-256 %s\n", Clean(name), Clean(media[name]))
	}
}

// InClear warns of what an archive in clear shows.
func (s Style) InClear() string {
	return s.draw(warning, "Warning: ") + "the archive is not encrypted. Outside the disks it holds no password and no product key;\n" +
		"but the guests log on by themselves, so their passwords are on the disks in it, and whoever has\n" +
		"the file can read them. --recipient or --passphrase encrypts it.\n"
}

// Imported is what an archive brought.
type Imported struct {
	engine.ImportReport
	// Folder is where the lab files are; empty when they were not written.
	Folder string `json:"folder,omitempty"`
}

// Imported draws what an archive brought.
func (s Style) Imported(x Imported) string {
	var b strings.Builder
	what := "nothing that was not there"
	if len(x.Checkpoints) > 0 {
		what = strings.Join(x.Checkpoints, ", ")
	}
	fmt.Fprintf(&b, "Imported     %s of lab %s\n", Clean(what), Clean(x.Lab))
	fmt.Fprintf(&b, "Volumes      %d sent (%s), %d there already; each was compared with its SHA-256\n", x.Sent, humanize.IBytes(x.Bytes), x.Kept)
	if x.Folder != "" {
		fmt.Fprintf(&b, "Lab files    %d in %s\n", len(x.Files), Clean(x.Folder))
	}
	if !x.Passwords {
		b.WriteString("The archive was not encrypted and brought no passwords: the lab can be reverted and forked, and nothing\n" +
			"can be built on it.\n")
	}
	s.media(&b, "Building anew would need these discs:", x.Media)
	next := "doublehop up --to " + Clean(x.Stage)
	if x.Folder != "" {
		next += " -f " + Clean(x.Folder)
	}
	fmt.Fprintf(&b, "To start the lab:\n  %s\n", next)
	return b.String()
}

// explainCarried explains what goes wrong with archives and damaged layers.
func explainCarried(err error, again Again) (Problem, bool) {
	if e, ok := errors.AsType[*engine.DamageError](err); ok {
		return Problem{
			What: fmt.Sprintf("layer %s is damaged", e.Volume), Why: e.Why,
			Kept: "Nothing was changed; all other layers are as they were.",
			Next: []string{"See what rests on it:", "  " + again("checkpoint", "verify"), "Give it up, and build it anew or import it again:", "  " + again("checkpoint", "rm", "STAGE")},
		}, true
	}
	if e, ok := errors.AsType[*engine.SecretError](err); ok {
		return Problem{
			What: e.Error(), Kept: "No archive was written.",
			Next: []string{"Take it out of the file, or encrypt the archive:", "  " + again("export", "STAGE", "-o", "FILE", "--passphrase", "ask")},
		}, true
	}
	if errors.Is(err, archive.ErrSealed) {
		return Problem{
			What: err.Error(), Kept: "Nothing was imported.",
			Next: []string{"Open it with the age identity or the passphrase that it was made for:", "  doublehop import FILE --identity KEYFILE", "  doublehop import FILE --passphrase ask"},
		}, true
	}
	damage, damaged := errors.AsType[*archive.Damage](err)
	if !damaged && !errors.Is(err, archive.ErrCut) {
		return Problem{}, false
	}
	p := Problem{
		What: "the archive cannot be believed", Why: err.Error(), Kept: "Nothing of it can be seen; disks that came whole are kept for the next try.",
		Next: []string{"Copy the archive again, compare its SHA-256 with what `doublehop export` said, and import it again.", "To remove what came of it:", "  doublehop prune"},
	}
	if damaged {
		p.Why = damage.Error()
	}
	return p, true
}
