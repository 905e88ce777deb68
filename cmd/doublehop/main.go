// Command doublehop builds disposable labs of legacy Windows servers.
//
// This file is signals and the exit status: the first Ctrl-C asks the run to
// stop, the second gets its default effect back and ends the program at once.
//
// Floor 7.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/doublehop/doublehop/cmd/cli"
)

// Set by the linker: -ldflags -X.
var (
	version = "unknown"
	commit  = "unknown" //nolint:gochecknoglobals // the linker sets variables only
)

func main() {
	os.Exit(run())
}

func run() int {
	signals := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) { // under nohup it stays ignored
		signals = append(signals, syscall.SIGHUP)
	}
	ctx, stop := signal.NotifyContext(context.Background(), signals...)
	defer stop()
	context.AfterFunc(ctx, stop)
	return cli.Main(ctx, os.Args[1:], cli.IO{
		In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Environ: os.Environ(),
		Build: cli.Build{Version: version, Commit: commit},
	})
}
