package catalog

import (
	"slices"

	"github.com/doublehop/doublehop/provision/estate"
)

// directoryKinds are steps whose order in a stage matters to the directory: one
// that is written later waits for those written earlier, on other machines too.
// Joins are not among them: each waits for its domain, wherever that is written.
func directoryKinds() []string {
	return []string{
		"run", "name_servers", "upgrade_windows", "promote", "demote", "adprep", "raise_level", "move_roles", "create_users",
		"forestprep", "domainprep", "exchange_setup", "exchange_update", "native_mode",
		"prepare_legacy_permissions", "prepare_schema", "prepare_ad", "prepare_domain", "exchange_install", "exchange_remove",
	}
}

// afterEarlier are the facts that earlier steps of the stage make on other
// machines, where they change the directory.
func afterEarlier(c Call) []estate.Fact { return after(c, directoryKinds()) }

// afterServers are the facts of what stands before a step of Exchange and decides
// whether it is legal: the levels of the servers on other machines, which of them
// are left, and what the author vouches for.
func afterServers(c Call) []estate.Fact {
	return after(c, []string{"run", "exchange_update", "exchange_remove"})
}

// afterMoves are earlier moves of mailboxes on other machines: users go before
// public folders.
func afterMoves(c Call) []estate.Fact {
	var needs []estate.Fact
	for _, s := range c.Stage.Steps {
		if s == c.Step {
			break
		}
		for _, on := range s.On {
			if m, ok := c.Lab.Machine(on); ok && s.Kind == "move_mailboxes" && on != c.Machine.Name {
				needs = append(needs, itself(Call{Stage: c.Stage, Step: s, Machine: m}))
			}
		}
	}
	return needs
}

// after are the facts that earlier steps of some kinds make on other machines.
func after(c Call, kinds []string) []estate.Fact {
	var needs []estate.Fact
	for _, s := range c.Stage.Steps {
		if s == c.Step {
			break
		}
		entry, ok := Find(s.Kind)
		if !ok || !slices.Contains(kinds, s.Kind) {
			continue
		}
		for _, on := range s.On {
			if m, ok := c.Lab.Machine(on); ok && on != c.Machine.Name {
				needs = append(needs, entry.Makes(Call{Lab: c.Lab, Stage: c.Stage, Step: s, Machine: m, Estate: c.Estate})...)
			}
		}
	}
	return needs
}

// itself is the fact that a step makes by which later steps wait for it.
func itself(c Call) estate.Fact { return estate.FactStep(c.Stage.Name, c.Step.Name, c.Machine.Name) }

// inDomain are the needs of a step on a member or a controller of a domain,
// which comes after what is written before it.
func inDomain(c Call) []estate.Fact {
	needs := afterEarlier(c)
	if domain := domainOf(c); domain != "" {
		needs = append(needs, estate.FactDomain(domain))
	}
	return needs
}

// mayUse is the effect of a step whose own meaning cannot be told, since an
// argument of it is wrong: the machine is used.
func mayUse(c Call, e *estate.Estate) []estate.Problem {
	return e.Do(estate.Use{Machine: c.Machine.Name})
}
