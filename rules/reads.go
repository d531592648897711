package rules

import "slices"

// Reads names the quantities that a flow's amount depends on, itself or through others, without the rungs at which they are read; sorted.
func (p *Program) Reads(flow int) []string {
	var out []string
	met := map[*quantity]bool{}
	var walk func(n *node)
	walk = func(n *node) {
		if n == nil {
			return
		}
		for _, a := range n.args {
			walk(a)
		}
		if q := n.quantity; n.leaf == quantityLeaf && q != nil && !met[q] {
			met[q] = true
			out = append(out, q.source.Name)
			for i := range q.tiers {
				walk(q.tiers[i].node)
			}
		}
	}
	walk(p.flows[flow].node)
	slices.Sort(out)
	return slices.Compact(out)
}
