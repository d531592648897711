package amounts

import (
	"slices"

	"github.com/ai-impact-observatory/ailca/lca/exact"
)

// Portion is what rows of certain words bring to a gathered cell.
type Portion struct {
	Names  []string // of the columns that are gathered over, "" for none
	Sum    exact.Grid
	Rows   int64
	Spread *Spread // nil where it is not kept
}

// gatherer joins groups that come in the order of their names and differ in their last ones alone.
type gatherer struct {
	split func(inventory int) int // how many of an inventory's names these are
	yield func(g heldGroup) bool
	held  heldGroup // joined so far, if it has portions
}

// add takes the next group; it is false where no more are wanted.
func (j *gatherer) add(g heldGroup) bool {
	split := j.split(g.inventory)
	if split == 0 {
		return j.done() && j.yield(g)
	}
	names := g.names[:len(g.names)-split]
	if j.held.portions == nil || j.held.inventory != g.inventory || !slices.Equal(j.held.names, names) {
		if !j.done() {
			return false
		}
		j.held = heldGroup{inventory: g.inventory, names: names}
	}
	j.held.blocks = append(j.held.blocks, g.blocks...)
	g.names = g.names[len(names):]
	j.held.portions = append(j.held.portions, g)
	return true
}

// done hands on what was joined.
func (j *gatherer) done() bool {
	g := j.held
	j.held = heldGroup{}
	return g.portions == nil || j.yield(g)
}

// portions adds, to the cells of a gathered group, of which there is one group for each pattern of units, what each group that it is made of has of
// them. Both are in the order of their keys.
func (x *expander) portions(held *heldGroup, groups []Group) error {
	for i := range groups {
		groups[i].Portions = make([][]Portion, len(groups[i].Cells))
	}
	for i := range held.portions {
		err := x.each(&held.portions[i], func(g *Group) error {
			to := &groups[slices.IndexFunc(groups, func(o Group) bool { return o.Units == g.Units })]
			at := 0
			for _, e := range g.Cells {
				for to.Cells[at].Key != e.Key {
					at++
				}
				to.Portions[at] = append(to.Portions[at], Portion{Names: g.Names, Sum: e.Cell.Sum, Rows: e.Cell.Rows, Spread: e.Cell.Spread})
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}
