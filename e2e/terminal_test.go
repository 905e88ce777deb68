package e2e_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/sys/unix"
)

// asked runs a command on a terminal of its own, answers its question once it
// has been asked, and demands an exit code and words on stdout or stderr:
// asked CODE QUESTION ANSWER WORDS COMMAND ARG ...
// (testscript's ttyin answers at once, and may lose what is on the terminal when
// the command ends.)
func asked(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 5 {
		ts.Fatalf("usage: asked CODE QUESTION ANSWER WORDS COMMAND ARG ...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	question, err := regexp.Compile(args[1])
	ts.Check(err)
	words, err := regexp.Compile(args[3])
	ts.Check(err)
	control, tty, err := terminal()
	ts.Check(err)
	defer control.Close() //nolint:errcheck // nothing is kept there
	ctx, stop := context.WithTimeout(context.Background(), time.Minute)
	defer stop()
	var said bytes.Buffer
	c := exec.CommandContext(ctx, args[4], args[5:]...)
	c.Dir, c.Env = ts.MkAbs("."), []string{"PATH=" + os.Getenv("PATH")}
	for _, name := range []string{"HOME", "DOUBLEHOP_FAKE", "DOUBLEHOP_DRIVER"} {
		c.Env = append(c.Env, name+"="+ts.Getenv(name))
	}
	c.Stdin, c.Stdout, c.Stderr = tty, &said, &said
	c.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true, Ctty: 0}
	err = c.Start()
	_ = tty.Close() // the command has it
	ts.Check(err)
	shown := readUntil(control, question)
	if _, err := control.WriteString(args[2] + "\n"); err != nil {
		shown = append(shown, err.Error()...)
	}
	err = c.Wait()
	ts.Logf("[terminal]\n%s\n[said]\n%s", shown, said.String())
	if exit, ok := errors.AsType[*exec.ExitError](err); err != nil && !ok {
		ts.Fatalf("%v", err)
	} else if got := c.ProcessState.ExitCode(); got != want {
		ts.Fatalf("exit code %d, not %d: %v", got, want, exit)
	}
	if !question.Match(shown) {
		ts.Fatalf("it never asked %s", question)
	}
	if !words.Match(said.Bytes()) {
		ts.Fatalf("no match for %s", words)
	}
}

// readUntil reads what is on a terminal until a pattern is in it, for half a
// minute or until the program is gone.
func readUntil(control *os.File, pattern *regexp.Regexp) (shown []byte) {
	_ = control.SetReadDeadline(time.Now().Add(30 * time.Second))
	buffer := make([]byte, 4096)
	for !pattern.Match(shown) {
		n, err := control.Read(buffer)
		if shown = append(shown, buffer[:n]...); err != nil {
			break
		}
	}
	return shown
}

// terminal opens a pseudo-terminal: the end that a person would sit at, and the
// one for a program.
func terminal() (control, tty *os.File, err error) {
	if control, err = os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0); err != nil {
		return nil, nil, err
	}
	raw, err := control.SyscallConn()
	if err != nil {
		return nil, nil, errors.Join(err, control.Close())
	}
	var number int
	var one error
	err = raw.Control(func(fd uintptr) { // File.Fd would take the deadlines away
		if one = unix.IoctlSetPointerInt(int(fd), unix.TIOCSPTLCK, 0); one == nil {
			number, one = unix.IoctlGetInt(int(fd), unix.TIOCGPTN)
		}
	})
	if err = errors.Join(err, one); err == nil {
		tty, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	}
	if err != nil {
		return nil, nil, errors.Join(err, control.Close())
	}
	return control, tty, nil
}
