package amounts

import (
	"cmp"
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/exact"
)

// heldGroup is a group's blocks.
type heldGroup struct {
	inventory int
	names     []string
	blocks    []heldBlock
	portions  []heldGroup // of a group that is gathered, those that it is made of, in the order of their names
}

type heldBlock struct {
	part  Part
	block *Block
}

// expander makes cells of blocks: each sum of a bundle goes to all cells that it stands for.
type expander struct {
	bundles [][]Target
	order   *order
	group   Group
	over    []Key // of cells whose sum is out of range
	summed  Block
	free    []Spread // room for those of cells
	at      []int32  // of each bundle, 1 + the place of its entry in summed, 0 between sums
}

// each hands on a group's cells, those of each pattern of units on its own.
func (x *expander) each(g *heldGroup, visit func(g *Group) error) error {
	x.group.Inventory, x.group.Names = g.inventory, g.names
	slices.SortStableFunc(g.blocks, func(a, b heldBlock) int {
		return cmp.Or(strings.Compare(a.part.Units, b.part.Units), cmp.Compare(a.part.Year, b.part.Year), cmp.Compare(a.part.Status, b.part.Status))
	})
	for held := g.blocks; len(held) > 0; {
		n := 1
		for n < len(held) && held[n].part.Units == held[0].part.Units {
			n++
		}
		x.group.Units, x.group.Cells, x.over = held[0].part.Units, x.group.Cells[:0], x.over[:0]
		for rest := held[:n]; len(rest) > 0; {
			same := 1
			for same < len(rest) && rest[same].part == rest[0].part {
				same++
			}
			x.expand(rest[0].part, x.sum(rest[:same]))
			rest = rest[same:]
		}
		if err := x.merge(); err != nil {
			return err
		}
		if err := visit(&x.group); err != nil {
			return err
		}
		held = held[n:]
	}
	return nil
}

// sum adds up blocks of one part, from several workers or runs: one block, itself where there is one.
func (x *expander) sum(held []heldBlock) *Block {
	if len(held) == 1 {
		return held[0].block
	}
	if x.at == nil {
		x.at = make([]int32, len(x.bundles))
	}
	out := &x.summed
	out.entries, out.more = out.entries[:0], &more{}
	spread := !slices.ContainsFunc(held, func(h heldBlock) bool { return h.block.spreads() == nil && len(h.block.entries) > 0 })
	for _, h := range held {
		for i := range h.block.entries {
			e := &h.block.entries[i]
			if h.block.isOver(e.bundle) {
				out.markOver(e.bundle)
			}
			at := x.at[e.bundle]
			if at == 0 {
				out.entries = append(out.entries, *e)
				x.at[e.bundle] = int32(len(out.entries))
				if spread {
					out.more.spreads = append(out.more.spreads, h.block.more.spreads[i])
				}
				continue
			}
			to := &out.entries[at-1]
			if spread {
				out.more.spreads[at-1].Merge(&h.block.more.spreads[i])
			}
			to.rows += e.rows
			to.first(e.file, e.row)
			if to.sum.AddGrid(&e.sum) != nil {
				out.markOver(e.bundle)
			}
		}
	}
	for i := range out.entries {
		x.at[out.entries[i].bundle] = 0
	}
	return out
}

// copied copies a spread, for a cell of its own.
func (x *expander) copied(s *Spread) *Spread {
	if len(x.free) == 0 {
		x.free = make([]Spread, 64)
	}
	out := &x.free[0]
	x.free = x.free[1:]
	*out = *s
	return out
}

func (x *expander) expand(part Part, block *Block) {
	spreads := block.spreads()
	for i := range block.entries {
		e := &block.entries[i]
		for _, t := range x.bundles[e.bundle] {
			cell := Cell{Sum: e.sum, First: Origin{e.file, e.row}}
			if spreads != nil {
				cell.Spread = x.copied(&spreads[i])
			}
			if t.Counted {
				cell.Rows = e.rows
			}
			if t.Whole {
				cell.Whole = e.rows
			}
			key := Key{Flow: t.Flow, Year: part.Year, Class: t.Class, Status: part.Status, Mono: t.Mono, Lookup: t.Lookup, Unless: t.Unless}
			x.group.Cells = append(x.group.Cells, Entry{key, cell})
			if block.isOver(e.bundle) {
				x.over = append(x.over, key)
			}
		}
	}
}

// Overflow is the error of a sum out of range. The cell says whose sum it is and which rows it has.
type Overflow struct {
	Inventory int
	Entry     Entry
}

func (o *Overflow) Error() string { return exact.ErrOverflow.Error() }

func (o *Overflow) Unwrap() error { return exact.ErrOverflow }

// merge sorts the group's cells and adds up those of one key.
func (x *expander) merge() error {
	slices.SortFunc(x.group.Cells, func(a, b Entry) int { return x.order.compare(&a.Key, &b.Key) })
	out := x.group.Cells[:0]
	for _, e := range x.group.Cells {
		if n := len(out); n > 0 && out[n-1].Key == e.Key {
			last := &out[n-1].Cell
			last.Rows += e.Cell.Rows
			last.Whole += e.Cell.Whole
			if e.Cell.First.Before(last.First) {
				last.First = e.Cell.First
			}
			if e.Cell.Spread == nil {
				last.Spread = nil
			} else if last.Spread != nil {
				last.Spread.Merge(e.Cell.Spread)
			}
			if last.Sum.AddGrid(&e.Cell.Sum) != nil {
				x.over = append(x.over, e.Key)
			}
			continue
		}
		out = append(out, e)
	}
	x.group.Cells = out
	if len(x.over) > 0 {
		first := slices.MinFunc(x.over, func(a, b Key) int { return x.order.compare(&a, &b) })
		return &Overflow{x.group.Inventory, out[slices.IndexFunc(out, func(e Entry) bool { return e.Key == first })]}
	}
	return nil
}
