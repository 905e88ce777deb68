# The rules that the estate must satisfy. Words in {braces} are filled with what
# a step is about. A rule whose confidence is not "H" can only warn. The source
# keys stand in tables/sources.csv.

rule "DH-E2003-X64" {
  verdict    = "block"
  title      = "Exchange 2003 on 64-bit Windows"
  what       = "Machine \"{machine}\" runs 64-bit Windows, and {product} is to be installed on it."
  why        = "Its Setup installs a 32-bit file system driver (ExIFS), which 64-bit Windows cannot load."
  remedy     = "Install the machine from a 32-bit disc."
  source     = "E1 E6 E29"
  confidence = "H"
}
