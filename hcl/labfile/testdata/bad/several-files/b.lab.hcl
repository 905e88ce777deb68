network "corp" { subnet = "10.30.0.0/24" } # ERROR: Duplicate name
lab "y" {} # ERROR: Second lab block
locals { a = local.b }
