package windows

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

var (
	echoInto  = regexp.MustCompile(`(?i)^echo[ .](.*?)\s*(>>?)\s*(\S+)$`)
	ifExist   = regexp.MustCompile(`(?i)^if (not )?exist (\S+) (.+)$`)
	branches  = regexp.MustCompile(`(?i)^\((.*?)\)(?:\s*else\s*\((.*)\))?$`)
	exitWord  = regexp.MustCompile(`(?i)^exit(?: /b)?(?: (\d+))?$`)
	fakeWords = regexp.MustCompile(`(?i)^fake (\S+)(?: (.+))?$`)
)

// commands runs the lines of a batch file of a lab's author, as far as the fake
// knows cmd: echo, type, del, if exist, exit, ver, hostname, and fake.
func (r *runner) commands(text string) int {
	code := 0
	for line := range strings.Lines(text) {
		line = strings.TrimPrefix(strings.TrimSpace(line), "@")
		if line == "" || strings.HasPrefix(strings.ToLower(line), "rem ") || strings.EqualFold(line, "echo off") {
			continue
		}
		var ended bool
		if code, ended = r.command(line); ended {
			return code
		}
	}
	return code
}

// command runs one command; ended says that it ends its script.
func (r *runner) command(line string) (code int, ended bool) {
	if m := ifExist.FindStringSubmatch(line); m != nil {
		return r.branch(m)
	}
	if before, after, both := strings.Cut(line, "&&"); both {
		code, ended = r.command(strings.TrimSpace(before))
		if code != 0 || ended {
			return code, ended
		}
		return r.command(strings.TrimSpace(after))
	}
	if m := echoInto.FindStringSubmatch(line); m != nil {
		key := keyFile + strings.ToUpper(m[3])
		text := m[1] + "\r\n"
		if before, ok := r.g.Get(system, key); ok && m[2] == ">>" {
			text = before + text
		}
		r.g.Set(system, key, text)
		return 0, false
	}
	if m := exitWord.FindStringSubmatch(line); m != nil {
		code, _ = strconv.Atoi(m[1])
		return code, true
	}
	if m := fakeWords.FindStringSubmatch(line); m != nil {
		return r.fault(m[1], m[2]), false
	}
	return r.simple(line), false
}

func (r *runner) branch(m []string) (code int, ended bool) {
	_, there := r.g.Get(system, keyFile+strings.ToUpper(m[2]))
	yes, no := m[3], ""
	if b := branches.FindStringSubmatch(m[3]); b != nil {
		yes, no = b[1], b[2]
	}
	if there == (m[1] != "") {
		yes = no
	}
	if yes == "" {
		return 0, false
	}
	return r.command(strings.TrimSpace(yes))
}

// simple are the commands of one word with an argument.
func (r *runner) simple(line string) int {
	word, rest, _ := strings.Cut(line, " ")
	rest = strings.TrimSpace(rest)
	switch strings.ToLower(word) {
	case "echo":
		r.out("%s", rest)
		return 0
	case "type":
		text, ok := r.g.Get(system, keyFile+strings.ToUpper(rest))
		if !ok {
			r.out("The system cannot find the file specified.")
			return 1
		}
		for l := range strings.Lines(text) {
			r.out("%s", strings.TrimRight(l, "\r\n"))
		}
		return 0
	case "del":
		r.g.Delete(system, keyFile+strings.ToUpper(rest))
		return 0
	case "ver":
		r.out("Microsoft Windows [Version 5.2.3790]")
		return 0
	case "hostname":
		r.out("%s", computer(r.g))
		return 0
	case "net":
		for _, l := range []string{"Share name   Resource", "C$           C:\\"} {
			r.out("%s", l)
		}
		return 0
	}
	r.out("'%s' is not recognized as an internal or external command,", word)
	r.out("operable program or batch file.")
	return 1
}

// ask shows a question until Enter is pressed, as a program does that was started
// and not waited for, and then the keys that were.
func (r *runner) ask(question string) {
	r.g.Show(question)
	var keys []string
	for {
		select {
		case <-r.ctx.Done():
			return
		case chord := <-r.g.Keyboard():
			keys = append(keys, strings.Trim(fmt.Sprint(chord), "[]"))
			if slices.Contains(chord, keyEnter) {
				r.g.Show("Thank you:", strings.Join(keys, ", "))
				return
			}
		}
	}
}

// keyWord is where in memory a word is kept.
const keyWord = "word"

// keyEnter is Enter's Linux key code.
const keyEnter = 28

// fault does what a lab asked for to go wrong.
func (r *runner) fault(what, rest string) int {
	n, _ := strconv.Atoi(rest)
	switch strings.ToLower(what) {
	case "hang":
		<-r.ctx.Done()
	case "noise":
		for range 50 {
			_, _ = r.g.Serial().Write([]byte("~DH1 99 X 00000000 1 done 0\x00\xff\x1b[2J~DH1 ~DH1 1 x\r\n"))
		}
		<-r.ctx.Done()
	case "poweroff":
		if r.state.Pass == 1 {
			r.powerOff()
		}
	case "reboot":
		if r.state.Pass == 1 {
			r.g.Reboot()
		}
	case "wait":
		r.wait(time.Duration(n) * time.Millisecond)
	case "show":
		r.g.Show(strings.Split(rest, `\n`)...)
	case "ask":
		go r.ask(rest)
	case "remember":
		r.g.Remember(keyWord, rest)
	case "recall":
		r.out("%s", cmp.Or(r.g.Recall(keyWord), "nothing"))
	case "fail-once":
		if _, seen := r.g.Get(system, "failed-once"); !seen {
			r.g.Set(system, "failed-once", "1")
			r.out("this fails once")
			return 1
		}
	default:
		r.out("fake: no fault %q", what)
		return 1
	}
	return 0
}
