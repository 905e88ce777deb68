package windows

import (
	"bytes"
	"encoding/binary"
	"maps"
	"strings"
)

// job is what a job disc holds.
type job struct {
	id, ask, then, resume string
	files                 map[string][]byte // by path, folders with "/"
}

// readJob reads a job disc; false when it is none, or not whole.
func readJob(image []byte) (job, bool) {
	files := list(image)
	j := job{files: files}
	end := ""
	for line := range strings.Lines(string(files["DHJOB.TXT"])) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		switch key {
		case "id":
			j.id = value
		case "ask":
			j.ask = value
		case "then":
			j.then = value
		case "resume":
			j.resume = value
		case "end":
			end = value
		}
	}
	return j, j.id != "" && end == j.id
}

const sector = 2048

// list reads every file of an ISO 9660 image of our own making: the path of
// each, in the primary tree, with its content.
func list(image []byte) map[string][]byte {
	files := map[string][]byte{}
	const descriptor = 16 * sector
	if len(image) < descriptor+sector || string(image[descriptor+1:descriptor+6]) != "CD001" {
		return files
	}
	folder(image, image[descriptor+156:], "", 0, files)
	return files
}

// folder reads the files of the directory that record describes.
func folder(image, record []byte, path string, depth int, files map[string][]byte) {
	dir := extent(image, record)
	for at := 0; at < len(dir); {
		n := int(dir[at])
		if n == 0 { // records do not cross sectors
			at = (at/sector + 1) * sector
			continue
		}
		if n < 34 || at+n > len(dir) {
			return
		}
		entry := dir[at : at+n]
		at += n
		length := int(entry[32])
		if 33+length > n {
			return
		}
		name, _, _ := bytes.Cut(entry[33:33+length], []byte(";"))
		if bytes.Equal(name, []byte{0}) || bytes.Equal(name, []byte{1}) {
			continue
		}
		whole := path + strings.TrimSuffix(string(name), ".")
		if entry[25]&2 == 0 {
			files[whole] = extent(image, entry)
			continue
		}
		if depth < 8 {
			below := map[string][]byte{}
			folder(image, entry, whole+"/", depth+1, below)
			maps.Copy(files, below)
		}
	}
}

// extent is the bytes that a directory record points to; none outside the image.
func extent(image, record []byte) []byte {
	from := int(binary.LittleEndian.Uint32(record[2:])) * sector
	to := from + int(binary.LittleEndian.Uint32(record[10:]))
	if from < 0 || to < from || to > len(image) {
		return nil
	}
	return image[from:to]
}
