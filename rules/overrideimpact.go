package rules

import (
	"slices"
)

// impactNames lists the impacts of the kind. Formulas do not read them: only what overrides one may read it, by its bare name.
func (c *compiler) impactNames() (out []string) {
	for i := range c.m.Kinds {
		if k := &c.m.Kinds[i]; k.Kind == c.schema.Kind {
			for n := range k.Impacts {
				out = append(out, k.Impacts[n].Name)
			}
		}
	}
	return out
}

// counted is an impact's amount or value, in its unit, as overrides of the impact make it; nil where there are problems, which are reported. formula compiles it as the method has it.
func (c *compiler) counted(r *Impact, formula func() *node) *node {
	if len(c.m.overrides) == 0 || slices.Contains(c.names(), r.Name) { // a quantity of that name is what is overridden
		return formula()
	}
	return c.countedIn(r, c.scope.world, formula)
}

// countedIn is what counted gives where those overrides apply that are in a world.
func (c *compiler) countedIn(r *Impact, in world, formula func() *node) (n *node) {
	at, list := c.lastOf(r.Name, in)
	if at < 0 {
		c.inScope(scope{world: in, steps: in}, func() { n = formula() })
		return n
	}
	without := in &^ (1 << at)
	before := c.countedIn(r, without, formula)
	if before == nil {
		return nil
	}
	o := c.m.overrides[at]
	c.inScope(scope{world: without, steps: without, of: o, impact: r.Name, counted: before}, func() {
		n = c.overridden(list, reading{name: "impact " + r.Name, world: in}, before)
	})
	c.compiled(o, list)
	return n
}
