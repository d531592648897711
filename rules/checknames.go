package rules

import (
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
	"github.com/ai-impact-observatory/ailca/lca/unit"
	"github.com/ai-impact-observatory/ailca/rules/vector"
)

// checkNames is what the formulas of checks have beyond those of a method: definitions, which stand for the formula behind them, lists of words
// behind in, and dates, which are compared and subtracted. A result never depends on any of it.
type checkNames struct {
	definitions []definition
	lists       map[string][]string
}

// definition is a name for a formula that several checks use.
type definition struct {
	name string
	expr *document.Node
}

// resolve finds a definition. The nil checkNames has none.
func (x *checkNames) resolve(c *compiler, name string, fail report) (out *node, defined bool) {
	if x == nil {
		return nil, false
	}
	at := slices.IndexFunc(x.definitions, func(d definition) bool { return d.name == name })
	if at < 0 {
		return nil, false
	}
	if c.inCycle(reading{name: name}, fail) {
		return nil, true
	}
	c.stack = append(c.stack, reading{name: name})
	n := c.check(x.definitions[at].expr)
	c.stack = c.stack[:len(c.stack)-1]
	if n == nil {
		return nil, true
	}
	copied := *n
	return &copied, true
}

func (x *checkNames) names() (out []string) {
	if x != nil {
		for _, d := range x.definitions {
			out = append(out, d.name)
		}
	}
	return out
}

func (x *checkNames) list(name string) ([]string, bool) {
	if x == nil {
		return nil, false
	}
	words, ok := x.lists[name]
	return words, ok
}

// dates compares two dates, or subtracts them, which gives a time in days; nil for any other operator.
func (k *checker) dates(operator string, a, b *node, at diag.Place) *node {
	switch operator {
	case "-":
		return &node{op: vector.Sub, args: []*node{a, b}, unit: unit.MustParse("d"), at: at}
	case "<", "<=", ">", ">=":
		if operator[0] == '>' {
			a, b = b, a
		}
		op := vector.Less
		if strings.HasSuffix(operator, "=") {
			op = vector.LessEqual
		}
		return &node{op: op, typ: column.Bool, args: []*node{a, b}, at: at}
	}
	return nil
}

// noFactors is what formulas know of factors where there are none.
type noFactors struct{}

func (noFactors) FactorUnit(string) (per, value unit.Unit, keys []string, ok bool) { return }
