package study

import (
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/rules"
)

// CompareMethods loads two methods, embedded ones by name@version or files, and tells what differs between them. Neither needs to compile; what is wrong
// with their form goes to probs, and the result is nil then.
func CompareMethods(was, now string, probs *diag.List) *rules.Comparison {
	before := probs.Count(diag.Error)
	a, b := loadMethod(was, probs), loadMethod(now, probs)
	if a == nil || b == nil || probs.Count(diag.Error) > before {
		return nil
	}
	return rules.Compare(a, b)
}

// Since tells what differs between another method and this one: its predecessor, by name@version or in a file. It is nil where that has errors.
func (c *Compiled) Since(ref string, probs *diag.List) *rules.Comparison {
	before := probs.Count(diag.Error)
	m := loadMethod(ref, probs)
	if m == nil || probs.Count(diag.Error) > before {
		return nil
	}
	return rules.Compare(m, c.Method)
}
