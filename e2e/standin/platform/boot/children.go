package main

import (
	"bytes"
	"io"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// children are the processes of this machine. Process 1 inherits every orphan,
// and Wine makes many, so one place waits for all of them.
type children struct {
	mu      sync.Mutex
	waiting map[int]chan int
}

// program is what to run: a path, its arguments, its environment, and where it believes / to be.
type program struct {
	argv []string
	env  []string
	root string
	dir  string
	// noise is where standard error goes; nil is to where standard output does.
	noise *os.File
}

// child is a running program.
type child struct {
	// ended gives the exit code; 128 and more is a signal.
	ended chan int
	// said is closed when nobody can write to the program's output any more.
	said chan struct{}
}

// start runs a program with its output to out.
func (c *children) start(out io.Writer, p program) (*child, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	null, err := os.Open(os.DevNull)
	if err != nil {
		return nil, err
	}
	defer null.Close() //nolint:errcheck // read only
	if p.dir == "" {
		p.dir = "/"
	}
	if p.noise == nil {
		p.noise = w
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	process, err := os.StartProcess(p.argv[0], p.argv, &os.ProcAttr{
		Dir: p.dir, Env: p.env, Files: []*os.File{null, w, p.noise}, Sys: &syscall.SysProcAttr{Chroot: p.root},
	})
	_ = w.Close()
	if err != nil {
		_ = r.Close()
		return nil, err
	}
	started := &child{ended: make(chan int, 1), said: make(chan struct{})}
	go func() {
		_, _ = io.Copy(out, r)
		_ = r.Close()
		close(started.said)
	}()
	if c.waiting == nil {
		c.waiting = map[int]chan int{}
	}
	c.waiting[process.Pid] = started.ended
	return started, process.Release()
}

// run is start, and waits for the end.
func (c *children) run(out io.Writer, p program) (int, error) {
	started, err := c.start(out, p)
	if err != nil {
		return 0, err
	}
	return <-started.ended, nil
}

// output is run, with what the program said.
func (c *children) output(p program) (string, int, error) {
	var out bytes.Buffer
	started, err := c.start(&out, p)
	if err != nil {
		return "", 0, err
	}
	<-started.said
	return strings.TrimSpace(out.String()), <-started.ended, nil
}

// reap waits for every process that ends, for ever.
func (c *children) reap() {
	ended := make(chan os.Signal, 16)
	signal.Notify(ended, unix.SIGCHLD)
	for range ended {
		for c.reapOne() {
		}
	}
}

func (c *children) reapOne() bool {
	var status unix.WaitStatus
	c.mu.Lock() // also held by start, so that no process ends before it is known
	defer c.mu.Unlock()
	pid, err := unix.Wait4(-1, &status, unix.WNOHANG, nil)
	if err != nil || pid <= 0 {
		return false
	}
	if done, ok := c.waiting[pid]; ok {
		delete(c.waiting, pid)
		code := status.ExitStatus()
		if status.Signaled() {
			code = 128 + int(status.Signal())
		}
		done <- code
	}
	return true
}
