package estate

func (s ServicePack) do(e *Estate) []Problem { return e.use(s.Machine) }

func (s AddComponents) do(e *Estate) []Problem { return e.use(s.Machine) }

func (s UpgradeWindows) do(e *Estate) []Problem { return e.use(s.Machine) }

func (s Establish) do(e *Estate) []Problem { return e.use(s.Machine) }

func (s Demote) do(e *Estate) []Problem { return e.use(s.Machine) }

func (s Adprep) do(e *Estate) []Problem { return e.use(s.Machine) }

func (s RaiseLevel) do(e *Estate) []Problem { return e.use(s.Machine) }

func (s MoveRoles) do(e *Estate) []Problem { return e.use(s.Machine) }

func (s ForestPrep) do(e *Estate) []Problem { return e.use(s.Machine) }

func (s DomainPrep) do(e *Estate) []Problem { return e.use(s.Machine) }

func (s ExchangeSetup) do(e *Estate) []Problem { return e.use(s.Machine) }

func (s ExchangeUpdate) do(e *Estate) []Problem { return e.use(s.Machine) }

func (s NativeMode) do(e *Estate) []Problem { return e.use(s.Machine) }

func (s PrepareLegacyPermissions) do(e *Estate) []Problem { return e.use(s.Machine) }

func (s PrepareSchema) do(e *Estate) []Problem { return e.use(s.Machine) }

func (s PrepareAD) do(e *Estate) []Problem { return e.use(s.Machine) }

func (s PrepareDomain) do(e *Estate) []Problem { return e.use(s.Machine) }

func (s ExchangeInstall) do(e *Estate) []Problem { return e.use(s.Machine) }

func (s CreateMailboxes) do(e *Estate) []Problem { return e.use(s.Machine) }

func (s MoveMailboxes) do(e *Estate) []Problem { return e.use(s.Machine) }

func (s PublicFolders) do(e *Estate) []Problem { return e.use(s.Machine) }

func (s ExchangeRemove) do(e *Estate) []Problem { return e.use(s.Machine) }

func (s MountStore) do(e *Estate) []Problem { return e.use(s.Machine) }

func (s DisasterRecovery) do(e *Estate) []Problem { return e.use(s.Machine) }

func (s Use) do(e *Estate) []Problem { return e.use(s.Machine) }

func (s Promote) do(e *Estate) []Problem { return e.use(s.Machine) }

func (s Join) do(e *Estate) []Problem { return e.use(s.Machine) }

func (s Install) do(e *Estate) []Problem       { return e.Install(s.Machine) }
func (e *Estate) use(machine string) []Problem { return e.Use(machine) }
