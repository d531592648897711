package rules

import (
	"github.com/ai-impact-observatory/ailca/lca/document"
)

// Formulas is a method that has nothing but quantities, for whoever computes formulas outside of a method, such as a scenario's drivers by year. CompileReadings compiles
// them for a schema of the same kind: names, units and circles are checked as those of a method, and told at their places in the document.
func Formulas(file string, root *document.Node, kind string, quantities []Quantity) *Method {
	return &Method{Name: kind, file: file, root: root, Kinds: []KindRules{{Kind: kind, Block: Block{Quantities: quantities}}}}
}
