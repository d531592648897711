package rules

import (
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
)

// ProblemAt makes a problem at a place in the method's file, with its source line.
func (m *Method) ProblemAt(at diag.Place, code diag.Code, format string, args ...any) diag.Problem {
	return m.root.ProblemAt(at, code, format, args...)
}

// Has reports whether the method has rules for a kind of inventory.
func (m *Method) Has(kind string) bool {
	for i := range m.Kinds {
		if m.Kinds[i].Kind == kind {
			return true
		}
	}
	return false
}

// At is the value at keys of what the method says of a factor, or the nearest one above it; a number is a place in a list. It is nil of a factor
// that the method only names.
func (u *FactorUse) At(keys ...any) *document.Node {
	n := u.node
	for _, k := range keys {
		var below *document.Node
		switch k := k.(type) {
		case string:
			below = n.Get(k)
		case int:
			if n != nil && k < len(n.Items) {
				below = n.Items[k]
			}
		}
		if below != nil {
			n = below
		}
	}
	return n
}
