package directory

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// Slapd keeps a forest in a folder and serves it.
type Slapd struct {
	Program string // slapd; "" for /usr/sbin/slapd
	Folder  string // configuration and data
}

func (s Slapd) program() string {
	if s.Program == "" {
		return "/usr/sbin/slapd"
	}
	return s.Program
}

func (s Slapd) config() string { return filepath.Join(s.Folder, "slapd.conf") }

// configuration is slapd.conf of a domain controller: one database a naming
// context, so that a subtree search ends at its border as in Active Directory.
// Domain controllers may write, and read passwords, as their replication carries them.
func (s Slapd) configuration(me Controller, others []Controller) string {
	dn := DomainDN(me.Domain)
	var b strings.Builder
	fmt.Fprintf(&b, "include %s\n", filepath.Join(s.Folder, "standin.schema"))
	fmt.Fprintf(&b, "pidfile %s\nmodulepath /usr/lib/ldap\nmoduleload back_mdb\nmoduleload syncprov\nserverID %d\n", filepath.Join(s.Folder, "slapd.pid"), number(me.Address))
	fmt.Fprintf(&b, "rootDSE %s\nthreads 4\nsizelimit unlimited\nallow bind_v2\nlogfile %s\n",
		filepath.Join(s.Folder, "rootdse.ldif"), filepath.Join(s.Folder, "slapd.log"))
	controllers := "dn.children=\"OU=Domain Controllers," + dn + "\""
	for _, context := range s.contexts(dn) {
		fmt.Fprintf(&b, "\ndatabase mdb\nsuffix %q\nrootdn %q\ndirectory %s\nmaxsize 33554432\nindex entryCSN,entryUUID eq\n"+
			"access to attrs=userPassword by %s read by self write by anonymous auth by * none\n"+
			"access to * by %s write by users read by * none\n", context.suffix, Administrator(dn), context.folder, controllers, controllers)
		b.WriteString(replication(me, context.suffix, others))
	}
	return b.String()
}

type context3 struct{ suffix, folder string }

func (s Slapd) contexts(dn string) []context3 {
	return []context3{
		{"CN=Schema,CN=Configuration," + dn, filepath.Join(s.Folder, "schema")},
		{"CN=Configuration," + dn, filepath.Join(s.Folder, "configuration")},
		{dn, filepath.Join(s.Folder, "domain")},
	}
}

// Create makes the databases of a new forest, replacing what an unfinished promotion left.
func (s Slapd) Create(ctx context.Context, f Forest) error {
	if err := s.prepare(f.Controller(), f.Level); err != nil {
		return err
	}
	contexts := s.contexts(f.DN())
	seed := f.Seed()
	for _, c := range contexts {
		var mine []Entry
		for _, e := range seed {
			if home(contexts, e.DN) == c {
				mine = append(mine, e)
			}
		}
		if err := s.load(ctx, c.suffix, mine); err != nil {
			return err
		}
	}
	return nil
}

// home is the naming context of a name: contexts has the deepest first.
func home(contexts []context3, dn string) context3 {
	for _, c := range contexts {
		if Under(dn, c.suffix) {
			return c
		}
	}
	return context3{}
}

// rawLDIF is LDIF as slapadd reads it.
func rawLDIF(entries []Entry) string {
	return strings.ReplaceAll(strings.ReplaceAll(WriteLDIF(entries), "changetype: add\r\n", ""), "\r\n", "\n")
}

func (s Slapd) load(ctx context.Context, suffix string, entries []Entry) error {
	cmd := exec.CommandContext(ctx, s.program(), "-Ta", "-q", "-w", "-f", s.config(), "-b", suffix)
	cmd.Stdin = strings.NewReader(rawLDIF(entries))
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("load %s: %w: %s", suffix, err, bytes.TrimSpace(out))
	}
	return nil
}

// Serve runs slapd on the given URLs until ctx is done, and starts it again when it ends by itself.
func (s Slapd) Serve(ctx context.Context, urls ...string) error {
	for {
		cmd := exec.CommandContext(ctx, s.program(), "-d", "0", "-f", s.config(), "-h", strings.Join(urls, " "))
		cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
		cmd.WaitDelay = 10 * time.Second
		out, err := cmd.CombinedOutput()
		if context.Cause(ctx) != nil {
			return nil
		}
		if exit, ok := errors.AsType[*exec.ExitError](err); !ok || exit.ExitCode() == 1 {
			return fmt.Errorf("slapd: %w: %s", err, bytes.TrimSpace(out))
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(time.Second):
		}
	}
}

// Await waits until a server answers at address (host:port).
func Await(ctx context.Context, address string) error {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		c, err := Dial(address, time.Second)
		if err == nil {
			return c.Close()
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for %s: %w", address, err)
		case <-tick.C:
		}
	}
}
