package catalog

import "github.com/doublehop/doublehop/labs"

func (servicePack) Work(c Call) (Work, labs.Diagnostics)    { return waiting(c) }
func (components) Work(c Call) (Work, labs.Diagnostics)     { return waiting(c) }
func (upgradeWindows) Work(c Call) (Work, labs.Diagnostics) { return waiting(c) }
func (demote) Work(c Call) (Work, labs.Diagnostics)         { return waiting(c) }
func (adprep) Work(c Call) (Work, labs.Diagnostics)         { return waiting(c) }
func (raiseLevel) Work(c Call) (Work, labs.Diagnostics)     { return waiting(c) }
func (moveRoles) Work(c Call) (Work, labs.Diagnostics)      { return waiting(c) }
func (createUsers) Work(c Call) (Work, labs.Diagnostics)    { return waiting(c) }

// adprepSwitches are adprep's, by scope.
func adprepSwitches() []scoped {
	return []scoped{{"forest", "/forestprep"}, {"domain", "/domainprep"}, {"policies", "/domainprep /gpprep"}, {"rodc", "/rodcprep"}}
}

type scoped struct{ scope, switches string }

func scopes(list []scoped) []string {
	var names []string
	for _, s := range list {
		names = append(names, s.scope)
	}
	return names
}
