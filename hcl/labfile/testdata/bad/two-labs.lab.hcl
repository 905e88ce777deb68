lab "x" {}
lab "y" {} # ERROR: Second lab block
