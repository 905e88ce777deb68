package estate

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
