// Package guest is how a guest is given work and how it answers: the job disc,
// the lines on its first serial port, and the runner that does the jobs.
//
// It needs no network, no driver and nothing that is not on the discs of
// Windows 2000 and 2003. What a guest says is foreign text: a line that is not
// a whole record of the job that was asked for is kept for people to read and
// is never obeyed, no input takes more than a bounded amount of memory, and a
// wait on a silent guest always ends.
//
// Floor 1. It knows no hypervisor, no step and no lab file: a [Job] comes
// from provision/catalog, its disc is made by provision/disc, and the stream
// that a [Session] reads comes from a driver.
package guest

import (
	"bytes"
	"io"
	"strings"
)

// File is one file of a floppy or a disc.
type File struct {
	// Path is upper case and 8.3, with "/" between folders: "FILES/SETUP.INI".
	Path string
	// Long is a longer name that Windows shows on a floppy in place of Path's;
	// empty for none.
	Long string
	// Size is in bytes.
	Size int64
	// Open starts a read from the first byte. It can be called again.
	Open func() (io.ReadCloser, error)
	// Secret says that a disc with this file in it must be readable by nobody
	// else and be deleted when its step has ended.
	Secret bool
}

// Bytes is a file that is held in memory.
func Bytes(path string, content []byte) File {
	return File{
		Path: path,
		Size: int64(len(content)),
		Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil },
	}
}

// Text is a text file as Windows wants it: every line ends in CR LF, the last
// one too, whatever line ends text has.
func Text(path, text string) File {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	if text != "" && !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	return Bytes(path, []byte(strings.ReplaceAll(text, "\n", "\r\n")))
}
