package trace

import (
	"fmt"
	"math"

	"github.com/ai-impact-observatory/ailca/lca/exact"
)

// Check computes each node from its children, from the leaves up, and reports the first whose value is not what they come to, to the bit.
func (t *Tree) Check() error { return t.Figure.check() }

func (n *Node) check() error {
	for _, list := range [][]*Node{n.Children, n.Explained} {
		for _, c := range list {
			if err := c.check(); err != nil {
				return err
			}
		}
	}
	got, ok := n.computed()
	if !ok {
		return nil
	}
	if n.Value == nil || math.Float64bits(*n.Value) != math.Float64bits(got) {
		shown := "none"
		if n.Value != nil {
			shown = fmt.Sprint(*n.Value)
		}
		return fmt.Errorf("trace: the value of %s %s is %s, but its %s comes to %v", n.Kind, n.Label, shown, n.Operation, got)
	}
	return nil
}

// computed is what the children come to; false where that is not known.
func (n *Node) computed() (float64, bool) {
	values := make([]float64, len(n.Children))
	for i, c := range n.Children {
		if c.Value == nil {
			return 0, false
		}
		values[i] = *c.Value
	}
	switch n.Operation {
	case Sum:
		var sum exact.Sum
		for i, c := range n.Children {
			sum.Add(values[i])
			for _, more := range c.Remainder {
				sum.Add(more)
			}
		}
		return sum.Float64(), true
	case Product:
		v := 1.0
		for i, c := range n.Children {
			for range times(c.Exponent) {
				v = float64(v * values[i])
			}
		}
		for i, c := range n.Children {
			for range -c.Exponent {
				v /= values[i]
			}
		}
		return v, true
	case Difference:
		return values[0] - values[1], true
	case Negation:
		return -values[0], true
	case Minimum:
		return min(values[0], values[1]), true
	case Maximum:
		return max(values[0], values[1]), true
	case Same:
		return values[0], true
	}
	return 0, false
}

// times is how often a factor of a product is multiplied with.
func times(exponent int) int {
	if exponent == 0 {
		return 1
	}
	return exponent
}
