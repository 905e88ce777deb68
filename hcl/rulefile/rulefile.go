// Package rulefile reads files of rules: blocks of sentences that a person can
// correct without reading Go.
//
//	rule "DH-E2003-X64" {
//	  verdict    = "block"
//	  title      = "Exchange 2003 on 64-bit Windows"
//	  what       = "Machine \"{machine}\" runs 64-bit Windows."
//	  why        = "Its Setup installs a 32-bit driver."
//	  remedy     = "Install the machine from a 32-bit disc."
//	  source     = "E1 E6"
//	  confidence = "H"
//	}
//
// It promises that a file which is read has every argument that a rule needs,
// and none that no rule has. What the words mean is for the caller.
//
// Floor 0. What leaves it are strings.
package rulefile

import (
	"fmt"

	"github.com/hashicorp/hcl/v2/hclsimple"
)

// Rule is one block, as it is written. Remedy may be empty.
type Rule struct {
	ID         string `hcl:"id,label"`
	Verdict    string `hcl:"verdict"`
	Title      string `hcl:"title"`
	What       string `hcl:"what"`
	Why        string `hcl:"why"`
	Remedy     string `hcl:"remedy,optional"`
	Source     string `hcl:"source"`
	Confidence string `hcl:"confidence"`
}

// Read gives the rules of a file in the order in which they are written. The
// name ends in ".hcl" and stands in the errors, with the line.
func Read(name string, text []byte) ([]Rule, error) {
	var file struct {
		Rules []Rule `hcl:"rule,block"`
	}
	if err := hclsimple.Decode(name, text, nil, &file); err != nil {
		return nil, fmt.Errorf("read rules: %w", err)
	}
	return file.Rules, nil
}
