package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/doublehop/doublehop/e2e/standin/programs/command"
	"github.com/doublehop/doublehop/e2e/standin/programs/directory"
	"github.com/doublehop/doublehop/e2e/standin/programs/machine"
	"github.com/doublehop/doublehop/e2e/standin/programs/mail"
	"github.com/doublehop/doublehop/e2e/standin/programs/names"
	"github.com/doublehop/doublehop/e2e/standin/programs/spool"
)

// How long a boot waits for the directory to answer, and a logon for the domain:
// long, because a guest's minute may be a few seconds of a host that is busy.
const (
	directoryWithin = 10 * time.Minute
	domainWithin    = 10 * time.Minute
)

// places are the folders and files that standind works with.
type places struct{ state, run, prefix, slapd, hosts, resolv string }

func (p places) directory() directory.Slapd {
	return directory.Slapd{Program: p.slapd, Folder: filepath.Join(p.state, "directory")}
}

// serve is the whole life of a boot.
func serve(ctx context.Context, p places) error {
	m, err := machine.Open(p.state, p.prefix)
	if err != nil {
		return err
	}
	for _, old := range []string{"ready", "logon", "power", "spool"} {
		if err := os.RemoveAll(filepath.Join(p.run, old)); err != nil {
			return err
		}
	}
	if err := m.Boot(); err != nil {
		return fmt.Errorf("boot: %w", err)
	}
	// Wine takes its Tcpip\Parameters Domain and Hostname from here at each start.
	if err := os.WriteFile(p.hosts, []byte(hosts(m)), 0o644); err != nil {
		return err
	}
	if len(m.NameServers) > 0 {
		if err := p.resolve(m.NameServers); err != nil {
			return err
		}
	}
	session, automatic, err := m.Autologon()
	if err != nil {
		return fmt.Errorf("read the registry: %w", err)
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var running sync.WaitGroup
	defer running.Wait()
	background := func(what string, work func(context.Context) error) {
		running.Go(func() {
			if err := work(ctx); err != nil {
				stop(fmt.Errorf("%s: %w", what, err))
			}
		})
	}
	g := &command.Guest{World: world(p, m), Session: session, Machine: m}
	if g.Mail, err = mail.Open(p.state); err != nil {
		return err
	}
	background("spool", func(ctx context.Context) error {
		return spool.Serve(ctx, filepath.Join(p.run, "spool"), g.Handle)
	})
	background("mail", func(ctx context.Context) error { return post(ctx, g) })
	if m.Role != machine.DC { // a demotion leaves nothing
		if err := os.RemoveAll(p.directory().Folder); err != nil {
			stop(err)
		}
	} else {
		if err := control(ctx, p, m, background); err != nil {
			stop(err)
		}
	}
	if err := publish(p, "ready", "ok\n"); err != nil {
		stop(err)
	}
	background("logon", func(ctx context.Context) error { return enter(ctx, p, g, automatic) })
	<-ctx.Done()
	if cause := context.Cause(ctx); !errors.Is(cause, context.Canceled) {
		return cause
	}
	return nil
}

// hosts is the hosts file: the machine's full name first.
func hosts(m *machine.Machine) string {
	address := m.IP()
	if address == "" {
		address = "127.0.1.1"
	}
	return "127.0.0.1 localhost\n" + address + " " + m.FQDN() + " " + strings.ToLower(m.Computer) + " " + m.Computer + "\n"
}

// resolve lets the whole guest ask some DNS servers.
func (p places) resolve(servers []string) error {
	text := "nameserver " + strings.Join(servers, "\nnameserver ") + "\noptions timeout:1 attempts:2\n"
	return os.WriteFile(p.resolv, []byte(text), 0o644)
}

func world(p places, m *machine.Machine) command.World {
	return command.World{
		Locator: names.Resolver{Servers: servers(m, m.DNS), Alive: alive},
		Ask: func(list []string) command.Locator {
			if err := p.resolve(list); err != nil {
				fmt.Fprintln(os.Stderr, "standind: DNS servers:", err)
			}
			return names.Resolver{Servers: servers(m, list), Alive: alive}
		},
		Connect: func(address string) (command.Directory, error) {
			return directory.Dial(net.JoinHostPort(address, "389"), 5*time.Second)
		},
		Peer:      mail.Ask,
		Promote:   p.directory().Create,
		Replicate: p.directory().Copy,
		Power: func(kind string) {
			if err := publish(p, "power", kind+"\n"); err != nil {
				fmt.Fprintln(os.Stderr, "standind: power:", err)
			}
		},
		Flush:  syscall.Sync,
		Now:    time.Now,
		Second: time.Second,
	}
}

// servers are the DNS servers that the machine asks: one that is such a server asks itself at last.
func servers(m *machine.Machine, list []string) []string {
	if m.Role == machine.DC && m.Domain.DNS {
		return append(slices.Clone(list), "127.0.0.1")
	}
	return list
}

// alive says that the directory at an address answers: the locator of Windows asks each domain controller, too.
func alive(address netip.Addr) bool {
	c, err := net.DialTimeout("tcp", net.JoinHostPort(address.String(), "389"), 2*time.Second)
	if err != nil {
		return false
	}
	_ = c.Close()
	return true
}

// publish makes a file of the run folder appear whole.
func publish(p places, name, text string) error {
	temporary := filepath.Join(p.run, "."+name)
	if err := os.WriteFile(temporary, []byte(text), 0o644); err != nil {
		return err
	}
	return os.Rename(temporary, filepath.Join(p.run, name))
}

// enter finds out whether Winlogon's values log somebody on, waiting for the domain as Windows does.
func enter(ctx context.Context, p places, g *command.Guest, automatic bool) error {
	if !automatic {
		return publish(p, "logon", "no Press Ctrl-Alt-Delete to begin (AutoAdminLogon is not 1)\n")
	}
	limit, stop := context.WithTimeout(ctx, domainWithin)
	defer stop()
	why := g.Logon(limit)
	if why == "" {
		return publish(p, "logon", "ok "+g.Session.String()+"\n")
	}
	return publish(p, "logon", "no "+strings.ReplaceAll(why, "\n", " ")+"\n")
}
