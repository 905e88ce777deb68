package command

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/doublehop/doublehop/e2e/standin/programs/directory"
	"github.com/doublehop/doublehop/e2e/standin/programs/machine"
)

// What the logon box of Windows says.
const (
	badLogon = "The system could not log you on. Make sure your User name and domain are correct, then type your password again."
	noDomain = "The system cannot log you on now because the domain is not available: "
)

// Logon logs the session's user on, waiting for the domain until ctx is done; a user
// who was on before gets on without it. The text says why not, "" that it worked.
func (g *Guest) Logon(ctx context.Context) string {
	s := g.Session
	g.mu.Lock()
	local := g.Machine.LocalLogon(s)
	member, domain := g.Machine.Role, g.Machine.Domain
	known := strings.ToLower(s.String())
	cached, before := g.Machine.Cached[known]
	g.mu.Unlock()
	if local {
		return ""
	}
	if member == machine.Workgroup || !strings.EqualFold(s.Domain, domain.NetBIOS) {
		return badLogon
	}
	err := g.domainLogon(ctx, before)
	switch {
	case err == nil:
		g.mu.Lock()
		defer g.mu.Unlock()
		if g.Machine.Cached == nil {
			g.Machine.Cached = map[string]string{}
		}
		g.Machine.Cached[known] = s.Password
		if err := g.Machine.Save(); err != nil {
			return err.Error()
		}
		return ""
	case errors.Is(err, directory.ErrPassword):
		return badLogon
	case before && cached == s.Password:
		return ""
	}
	return noDomain + domain.NetBIOS
}

// domainLogon tries until the domain answers; a cached user waits for one try only.
func (g *Guest) domainLogon(ctx context.Context, once bool) error {
	tick := time.NewTicker(max(g.Second, time.Millisecond))
	defer tick.Stop()
	for {
		c := &call{Guest: g, ctx: ctx}
		d, err := c.open("")
		if err == nil {
			return d.Close()
		}
		if once || errors.Is(err, directory.ErrPassword) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-tick.C:
		}
	}
}
