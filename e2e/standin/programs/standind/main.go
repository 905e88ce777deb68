// Command standind is the Linux half of the stand-in programs: it runs inside a
// stand-in guest, starts what a domain controller serves, and answers the
// programs that Windows scripts call.
//
// Floor 7.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	code := run(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}

func run(ctx context.Context, args []string) int {
	if len(args) == 0 {
		args = []string{"help"}
	}
	flags := flag.NewFlagSet("standind", flag.ContinueOnError)
	p := places{}
	flags.StringVar(&p.state, "state", "/var/lib/standin", "folder on the persistent disk")
	flags.StringVar(&p.run, "run", "/run/standin", "folder that a boot empties")
	flags.StringVar(&p.prefix, "prefix", "", "the Wine prefix")
	flags.StringVar(&p.hosts, "hosts", "/etc/hosts", "the hosts file, which each boot writes anew")
	flags.StringVar(&p.resolv, "resolv", "/etc/resolv.conf", "the resolver's file, which netsh writes anew")
	flags.StringVar(&p.slapd, "slapd", "/usr/sbin/slapd", "the LDAP server")
	if err := flags.Parse(args[1:]); err != nil {
		return 2
	}
	var err error
	switch args[0] {
	case "serve":
		err = serve(ctx, p)
	case "logon":
		return logon(ctx, p)
	default:
		err = errors.New("usage: standind serve|logon --prefix FOLDER")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "standind:", err)
		return 1
	}
	return 0
}

// logon waits for what serve found out about the logon, and prints it.
func logon(ctx context.Context, p places) int {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		text, err := os.ReadFile(filepath.Join(p.run, "logon"))
		if err == nil {
			verdict, who, _ := strings.Cut(strings.TrimSpace(string(text)), " ")
			fmt.Println(who)
			if verdict == "ok" {
				return 0
			}
			return 1
		}
		select {
		case <-ctx.Done():
			return 1
		case <-tick.C:
		}
	}
}
