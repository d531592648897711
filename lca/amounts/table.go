package amounts

import (
	"cmp"
	"slices"

	"github.com/ai-impact-observatory/ailca/lca/scratch"
)

// Table is the amounts of a run.
type Table struct {
	Space *Space
	lists []list
	files []*scratch.File
}

// list is the cells of an inventory from one worker: those in memory, or a run of those that were spilled.
type list struct {
	inventory int
	cells     *Cells
	run       *run
}

// Group is the cells of one group of rows of an inventory.
type Group struct {
	Inventory int         // index among the run's inventories
	Names     []string    // of the columns that it is made by, "" for none
	Units     string      // for each functional unit of the inventory 1 where the rows count it, else 0
	Cells     []Entry     // sorted by flow, year, class, status, lookup, unless and monomial, by value
	Portions  [][]Portion // of a group that is gathered, those of each cell; nil of others
}

// Entry is a cell with its key.
type Entry struct {
	Key  Key
	Cell Cell
}

// Add adds cells of an inventory, which must not be changed afterwards.
func (t *Table) Add(inventory int, cells *Cells) {
	if cells.spill != nil { // without a run, too, where the first could not be written
		t.files = append(t.files, cells.spill)
	}
	for i := range cells.runs {
		t.lists = append(t.lists, list{inventory: inventory, run: &cells.runs[i]})
	}
	if cells.Groups() > 0 {
		t.lists = append(t.lists, list{inventory: inventory, cells: cells})
	}
}

// walk goes through the groups of a list in the order of their names.
type walk interface {
	names() []string     // of the current group; good until next
	blocks() []heldBlock // of the current group; good until the walk ends
	next() (bool, error) // goes to the next group
}

// memoryWalk goes through cells in memory.
type memoryWalk struct {
	cells  *Cells
	groups []int32
	at     int
	held   []heldBlock
}

func (c *Cells) walk() *memoryWalk {
	w := &memoryWalk{cells: c, at: -1}
	met := make([]bool, len(c.names)) // not every group has a row
	for _, row := range c.blocks {
		for group, b := range row {
			met[group] = met[group] || b != nil
		}
	}
	for group, has := range met {
		if has {
			w.groups = append(w.groups, int32(group))
		}
	}
	names := ranks(c.names)
	slices.SortFunc(w.groups, func(a, b int32) int { return slices.Compare(names[a], names[b]) })
	return w
}

func (w *memoryWalk) names() []string { return w.cells.names[w.groups[w.at]] }

func (w *memoryWalk) next() (bool, error) {
	w.at++
	return w.at < len(w.groups), nil
}

func (w *memoryWalk) blocks() []heldBlock {
	w.held = w.held[:0]
	group := w.groups[w.at]
	for p, row := range w.cells.blocks {
		if int(group) < len(row) && row[group] != nil {
			w.held = append(w.held, heldBlock{w.cells.parts[p], row[group]})
		}
	}
	return w.held
}

// ranks gives, of each group, the places of its names among all of their column.
func ranks(groups [][]string) [][]int32 {
	out := make([][]int32, len(groups))
	if len(groups) == 0 {
		return out
	}
	width := len(groups[0])
	flat := make([]int32, len(groups)*width)
	for i := range out {
		out[i] = flat[i*width : (i+1)*width]
	}
	for column := range width {
		place := map[string]int32{}
		for _, names := range groups {
			place[names[column]] = 0
		}
		sorted := make([]string, 0, len(place))
		for name := range place {
			sorted = append(sorted, name)
		}
		slices.Sort(sorted)
		for i, name := range sorted {
			place[name] = int32(i)
		}
		for i, names := range groups {
			out[i][column] = place[names[column]]
		}
	}
	return out
}

// cursor is a walk with the inventory that its list is of.
type cursor struct {
	walk
	inventory int
}

// compare orders cursors by what they stand at.
func (c *cursor) compare(d *cursor) int {
	return cmp.Or(cmp.Compare(c.inventory, d.inventory), slices.Compare(c.names(), d.names()))
}

// Groups visits all groups in the order of inventory, names and units. A group is good until visit returns; an error of visit ends the walk. It may
// be called again.
func (t *Table) Groups(visit func(g *Group) error) error {
	return t.Gathered(func(int) int { return 0 }, visit)
}

// Gathered visits groups as if the last columns of each inventory, as many as split tells, did not key its cells: the same groups with the same cells
// in the same order as Groups of such a table, each cell with its portions. No more than the groups at hand are held.
func (t *Table) Gathered(split func(inventory int) int, visit func(g *Group) error) error {
	var cursors []*cursor
	for _, l := range t.lists {
		c := &cursor{inventory: l.inventory}
		if l.run != nil {
			c.walk = l.run.walk(len(t.lists))
		} else {
			c.walk = l.cells.walk()
		}
		more, err := c.next()
		if err != nil {
			return err
		}
		if more {
			cursors = append(cursors, c)
		}
	}
	return t.expand(func(yield func(g heldGroup) bool) error {
		gather := gatherer{split: split, yield: yield}
		for len(cursors) > 0 {
			first := slices.MinFunc(cursors, (*cursor).compare)
			g := heldGroup{inventory: first.inventory, names: slices.Clone(first.names())}
			for i := 0; i < len(cursors); i++ {
				c := cursors[i]
				for c.inventory == g.inventory && slices.Equal(c.names(), g.names) {
					g.blocks = append(g.blocks, c.blocks()...)
					more, err := c.next()
					if err != nil {
						return err
					}
					if !more {
						cursors = slices.Delete(cursors, i, i+1)
						i--
						break
					}
				}
			}
			if !gather.add(g) {
				return nil
			}
		}
		gather.done()
		return nil
	}, visit)
}

// order gives the places of tuples and monomials among all that there are, by value, so that keys can be compared by numbers.
type order struct{ tuples, monomials []int32 }

func (s *Space) order() order {
	return order{places(s.Tuples.count(), s.compareTuples), places(s.Monomials.count(), s.Monomials.Compare)}
}

// places gives each number's place in an order; that of -1, which comes first, stands at 0.
func places(count int, compare func(a, b int32) int) []int32 {
	sorted := make([]int32, count)
	for i := range sorted {
		sorted[i] = int32(i)
	}
	slices.SortFunc(sorted, compare)
	out := make([]int32, count+1)
	for place, n := range sorted {
		out[n+1] = int32(place + 1)
	}
	return out
}

// compare orders keys of one group by value.
func (o *order) compare(a, b *Key) int {
	switch {
	case a.Flow != b.Flow:
		return cmp.Compare(a.Flow, b.Flow)
	case a.Year != b.Year:
		return cmp.Compare(a.Year, b.Year)
	case a.Class != b.Class:
		return cmp.Compare(a.Class, b.Class)
	case a.Status != b.Status:
		return cmp.Compare(a.Status, b.Status)
	case a.Lookup != b.Lookup:
		return cmp.Compare(o.tuples[a.Lookup+1], o.tuples[b.Lookup+1])
	case a.Unless != b.Unless:
		return cmp.Compare(o.tuples[a.Unless+1], o.tuples[b.Unless+1])
	}
	return cmp.Compare(o.monomials[a.Mono+1], o.monomials[b.Mono+1])
}
