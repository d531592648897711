package diff

import (
	"cmp"
	"slices"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/lca/column"
)

// chunk is how many changed rows are held at a time.
const chunk = 1 << 15

// list reads what the changes need of the values: ids, and of changed rows every column.
func (c *comparison) list() error {
	room := c.limit
	take := func(n int) int {
		n = min(n, room)
		room -= n
		return n
	}
	removed := make([]int64, take(len(c.removed)))
	for i := range removed {
		removed[i] = c.removed[i].row
	}
	renamed := c.renamed[:take(len(c.renamed))]
	added := make([]int64, take(len(c.added)))
	for i := range added {
		added[i] = c.added[i].row
	}
	gone, err := c.ids(c.was, removed)
	if err != nil {
		return err
	}
	before, after := make([]int64, len(renamed)), make([]int64, len(renamed))
	for i, p := range renamed {
		before[i], after[i] = p.was, p.now
	}
	old, err := c.ids(c.was, before)
	if err != nil {
		return err
	}
	other, err := c.ids(c.now, after)
	if err != nil {
		return err
	}
	fresh, err := c.ids(c.now, added)
	if err != nil {
		return err
	}
	for _, id := range gone {
		c.out.Changes = append(c.out.Changes, Change{What: Removed, ID: id})
	}
	for i := range renamed {
		c.out.Changes = append(c.out.Changes, Change{What: Renamed, ID: old[i], Column: c.kind.ID, Was: old[i], Now: other[i]})
	}
	for _, id := range fresh {
		c.out.Changes = append(c.out.Changes, Change{What: Added, ID: id})
	}
	counts := make([]int64, len(c.columns))
	for pairs := range slices.Chunk(c.changed, chunk) {
		if err := c.values(pairs, counts); err != nil {
			return err
		}
	}
	total := int64(len(c.removed) + len(c.renamed) + len(c.added))
	for i, n := range counts {
		if total += n; n > 0 {
			c.out.Columns = append(c.out.Columns, ColumnCount{c.columns[i], n})
		}
	}
	c.out.More = total - int64(len(c.out.Changes))
	return nil
}

// ids reads the ids of rows, in the order of the rows given.
func (c *comparison) ids(inv *datasets.Inventory, rows []int64) ([]string, error) {
	out := make([]string, len(rows))
	err := c.each(inv, rows, []string{c.kind.ID}, func(i int, b *column.Batch, row int) {
		out[i] = text(c.kind, c.kind.ID, &b.Columns[0], row)
	})
	return out, err
}

func text(k *datasets.Kind, name string, c *column.Column, row int) string {
	f, _ := k.Column(name)
	return datasets.ValueText(f.Type, c, row)
}

// values compares changed rows column by column: it counts what differs, and lists it while there is room.
func (c *comparison) values(pairs []pair, counts []int64) error {
	was, now := make([]int64, len(pairs)), make([]int64, len(pairs))
	for i, p := range pairs {
		was[i], now[i] = p.was, p.now
	}
	ids, cells, present := make([]string, len(pairs)), make([]string, len(pairs)*len(c.columns)), make([]bool, len(pairs)*len(c.columns))
	err := c.each(c.was, was, c.columns, func(i int, b *column.Batch, row int) {
		for k, name := range c.columns {
			cells[i*len(c.columns)+k] = text(c.kind, name, &b.Columns[k], row)
			present[i*len(c.columns)+k] = b.Columns[k].Valid.Get(row)
			if name == c.kind.ID {
				ids[i] = cells[i*len(c.columns)+k]
			}
		}
	})
	if err != nil {
		return err
	}
	type found struct {
		pair int
		Change
	}
	var list []found
	room := c.limit - len(c.out.Changes)
	err = c.each(c.now, now, c.columns, func(i int, b *column.Batch, row int) {
		for k, name := range c.columns {
			at := i*len(c.columns) + k
			after := text(c.kind, name, &b.Columns[k], row)
			if after == cells[at] && b.Columns[k].Valid.Get(row) == present[at] {
				continue
			}
			counts[k]++
			if room > 0 && i < room { // each pair differs at least once: those behind have no room
				list = append(list, found{i, Change{Changed, ids[i], name, cells[at], after}})
			}
		}
	})
	if err != nil {
		return err
	}
	slices.SortStableFunc(list, func(a, b found) int { return cmp.Compare(a.pair, b.pair) })
	for _, f := range list[:min(len(list), max(room, 0))] {
		c.out.Changes = append(c.out.Changes, f.Change)
	}
	return nil
}

// each reads columns of rows, and hands each with its index among those given. Parts without any of the rows are not read.
func (c *comparison) each(inv *datasets.Inventory, rows []int64, columns []string, f func(i int, b *column.Batch, row int)) error {
	order := make([]int, len(rows))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(rows[a], rows[b]) })
	first, next := int64(0), 0
	for part := 0; next < len(order); part++ {
		end := first + inv.Rows(part)
		if rows[order[next]] < end {
			r, err := inv.Open(part, columns)
			if err != nil {
				return err
			}
			next, err = c.part(r, rows, order, next, first, f)
			r.Close()
			if err != nil {
				return err
			}
		}
		first = end
	}
	return nil
}

// part hands on the rows of one part, whose first row is numbered first, and returns which of the order is next.
func (c *comparison) part(r datasets.Reader, rows []int64, order []int, next int, first int64, f func(i int, b *column.Batch, row int)) (int, error) {
	var b column.Batch
	for {
		if err := c.ctx.Err(); err != nil {
			return next, err
		}
		more, err := r.Next(&b)
		if err != nil || !more {
			return next, err
		}
		end := first + int64(b.Rows)
		for next < len(order) && rows[order[next]] < end {
			f(order[next], &b, int(rows[order[next]]-first))
			next++
		}
		if first = end; next == len(order) {
			return next, nil
		}
	}
}
