stage "windows" {
  step "install" { on = machine }
}
stage "forest" {
  after = stage.windows
  step "promote" {
    on     = machine.dc["hq-1"]
    domain = "contoso.test"
  }
  dynamic "step" {
    for_each = { for key, dc in machine.dc : key => dc if key != "hq-1" }
    labels   = ["join", "join-${step.key}"]
    content {
      on      = step.value
      domain  = "contoso.test"
      through = machine.dc["hq-1"]
      after   = [step.promote]
    }
  }
  step "run" {
    on      = [machine.client, machine.dc["hq-2"]]
    command = "echo ${var.banner}"
  }
  step "run" "all" {
    on          = concat([machine.dc["hq-1"]], machine.client[*])
    environment = { for m in machine : m.name => m.computer_name }
  }
  dynamic "check" {
    for_each = toset(["netlogon", "dns"])
    iterator = service
    labels   = [service.value]
    content {
      on      = machine.dc
      service = [service.value]
    }
  }
}
