// Package spool carries a stand-in program's call from Wine to the daemon: a
// request file in, a growing answer file out.
//
// Floor 5. It promises the caller its frames in order, a beat while a command
// is silent, and exactly one exit frame, also when a command panics.
package spool

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// Request is one call of a stand-in program.
type Request struct {
	Module  string            // Windows path of the program file
	Command string            // the whole command line
	Folder  string            // current directory
	Input   string            // first line of its standard input, of programs that ask a question
	Env     map[string]string // a few values of its environment, names in upper case
}

// Answer is where a command writes. Its methods are safe for concurrent use.
type Answer struct {
	mu  sync.Mutex
	out io.Writer
}

// NewAnswer writes frames to out.
func NewAnswer(out io.Writer) *Answer { return &Answer{out: out} }

func (a *Answer) frame(kind byte, body []byte) {
	a.mu.Lock()
	defer a.mu.Unlock()
	head := binary.LittleEndian.AppendUint32([]byte{kind}, uint32(len(body)))
	// One write a frame; a spool that cannot be written has no reader to tell.
	_, _ = a.out.Write(append(head, body...))
}

// Out sends text for the program's standard output, line ends made CRLF.
func (a *Answer) Out(text string) { a.frame('O', []byte(CRLF(text))) }

// Err sends text for the program's standard error, line ends made CRLF.
func (a *Answer) Err(text string) { a.frame('E', []byte(CRLF(text))) }

// Registry has the program write a value below HKEY_LOCAL_MACHINE; kind is SZ, DWORD (decimal) or - to remove it.
func (a *Answer) Registry(key, name, kind, data string) {
	a.frame('R', []byte(strings.Join([]string{key, name, kind, data}, "\x00")+"\x00"))
}

func (a *Answer) beat() { a.frame('B', nil) }
func (a *Answer) exit(code int) {
	a.frame('X', binary.LittleEndian.AppendUint32(nil, uint32(int32(code))))
}

// CRLF ends lines as Windows does.
func CRLF(text string) string {
	return strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\n", "\r\n")
}

// Handler runs one call and returns its exit code.
type Handler func(ctx context.Context, r Request, a *Answer) int

// Serve answers the requests in folder until ctx is done.
func Serve(ctx context.Context, folder string, handle Handler) error {
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return err
	}
	fd, err := unix.InotifyInit1(unix.IN_NONBLOCK | unix.IN_CLOEXEC)
	if err != nil {
		return fmt.Errorf("watch %s: %w", folder, err)
	}
	events := os.NewFile(uintptr(fd), "inotify")
	if _, err := unix.InotifyAddWatch(fd, folder, unix.IN_CLOSE_WRITE); err != nil {
		return errors.Join(fmt.Errorf("watch %s: %w", folder, err), events.Close())
	}
	stop := context.AfterFunc(ctx, func() { _ = events.Close() })
	defer stop()
	var running sync.WaitGroup
	defer running.Wait()
	buffer := make([]byte, 64<<10)
	for {
		for _, request := range waiting(folder) {
			running.Go(func() { serveOne(ctx, request, handle) })
		}
		if _, err := events.Read(buffer); err != nil {
			if context.Cause(ctx) != nil {
				return nil
			}
			return err
		}
	}
}

// waiting takes the complete requests: each is renamed, so that it is served once.
func waiting(folder string) []string {
	requests, _ := filepath.Glob(filepath.Join(folder, "*.req"))
	var taken []string
	for _, r := range requests {
		run := strings.TrimSuffix(r, ".req") + ".run"
		text, err := os.ReadFile(r)
		if err == nil && strings.HasSuffix(string(text), "\nend\n") && os.Rename(r, run) == nil {
			taken = append(taken, run)
		}
	}
	return taken
}

func serveOne(ctx context.Context, path string, handle Handler) {
	request, err := read(path)
	_ = os.Remove(path)
	if err != nil {
		return
	}
	out, err := os.OpenFile(strings.TrimSuffix(path, ".run")+".out", os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o666)
	if err != nil {
		return
	}
	defer out.Close()
	Run(ctx, request, NewAnswer(out), handle)
}

// Run runs one call to its exit frame.
func Run(ctx context.Context, r Request, a *Answer, handle Handler) {
	done := make(chan struct{})
	var beats sync.WaitGroup
	beats.Go(func() {
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			case <-tick.C:
				a.beat()
			}
		}
	})
	code := guarded(ctx, r, a, handle)
	close(done)
	beats.Wait()
	a.exit(code)
}

func guarded(ctx context.Context, r Request, a *Answer, handle Handler) (code int) {
	defer func() {
		if why := recover(); why != nil {
			a.Err(fmt.Sprintf("stand-in program broke: %v\n", why))
			code = 255
		}
	}()
	return handle(ctx, r, a)
}

func read(path string) (Request, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return Request{}, err
	}
	r := Request{Env: map[string]string{}}
	for line := range strings.SplitSeq(string(text), "\n") {
		key, value, _ := strings.Cut(strings.TrimRight(line, "\r"), "=")
		switch name, isEnv := strings.CutPrefix(key, "env."); {
		case isEnv:
			r.Env[strings.ToUpper(name)] = value
		case key == "module":
			r.Module = value
		case key == "command":
			r.Command = value
		case key == "folder":
			r.Folder = value
		case key == "input":
			r.Input = value
		}
	}
	return r, nil
}

// Program is the name the program was called by: its file name without extension, in lower case.
func (r Request) Program() string {
	name := r.Module[strings.LastIndexAny(r.Module, `\/`)+1:]
	if dot := strings.LastIndexByte(name, '.'); dot >= 0 {
		name = name[:dot]
	}
	return strings.ToLower(name)
}

// Args are the arguments of the command line, split as the Microsoft C runtime does.
func (r Request) Args() []string {
	all := Split(r.Command)
	if len(all) == 0 {
		return nil
	}
	return all[1:]
}

// Split splits a command line as Microsoft's C runtime does: blanks part, quotes
// join, and backslashes are themselves except before a quote, where two are one
// and an odd one makes the quote a letter.
func Split(line string) []string {
	var all []string
	var word strings.Builder
	inside, begun := false, false
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case c == '\\':
			n := len(line[i:]) - len(strings.TrimLeft(line[i:], `\`))
			i += n - 1
			begun = true
			if i+1 < len(line) && line[i+1] == '"' {
				word.WriteString(strings.Repeat(`\`, n/2))
				if n%2 == 1 {
					word.WriteByte('"')
					i++
				}
				continue
			}
			word.WriteString(strings.Repeat(`\`, n))
		case c == '"':
			inside, begun = !inside, true
		case (c == ' ' || c == '\t') && !inside:
			if begun {
				all = append(all, word.String())
			}
			word.Reset()
			begun = false
		default:
			word.WriteByte(c)
			begun = true
		}
	}
	if begun {
		all = append(all, word.String())
	}
	return all
}
