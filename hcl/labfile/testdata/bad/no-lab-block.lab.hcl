network "corp" { subnet = "10.0.0.0/24" }
# ERROR nowhere: No lab block
