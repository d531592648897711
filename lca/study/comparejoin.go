package study

import (
	"cmp"
	"math"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/lca/column"
)

// Rows of two inventories of a kind match by id. What rows without one match by is all that a method reads of them.

// joined says how the rows of an inventory came from those of another one. Rows are numbered over the parts of their inventory.
type joined struct {
	added   []int32    // in B alone, ascending
	removed []int32    // in A alone, ascending
	changed [][2]int32 // the same id in A and in B, and other values, ascending
	renamed int        // rows in A and in B that differ in nothing but the id
}

// rowNumber is what identifies a row, and what stands in it.
type rowNumber struct{ id, content uint64 }

// matched matches rows. columns are what is compared.
func (c *comparing) matched(a, b *datasets.Inventory, columns []string) (*joined, error) {
	was, err := c.numbered(a, columns)
	if err != nil {
		return nil, err
	}
	now, err := c.numbered(b, columns)
	if err != nil {
		return nil, err
	}
	return match(was, now), nil
}

// match finds the rows of A in B.
func match(was, now []rowNumber) *joined {
	out := &joined{}
	found := column.NewBitmap(len(was))
	out.byID(was, now, found)
	out.byContent(was, now, found)
	for j := range was {
		if !found.Get(j) {
			out.removed = append(out.removed, int32(j))
		}
	}
	slices.Sort(out.added)
	slices.SortFunc(out.changed, func(x, y [2]int32) int { return int(x[0]) - int(y[0]) })
	out.rename(was, now)
	return out
}

// byID matches rows that have ids, which are distinct.
func (j *joined) byID(was, now []rowNumber, found column.Bitmap) {
	size := 1
	for size < 2*len(was) {
		size *= 2
	}
	// A table of the rows of A: 1 + number of a row at the place that its id gives or the next free one.
	table := make([]int32, size)
	mask := uint64(size - 1)
	for i, r := range was {
		if r.id == 0 {
			continue
		}
		at := r.id & mask
		for table[at] != 0 {
			at = (at + 1) & mask
		}
		table[at] = int32(i + 1)
	}
	for i, r := range now {
		if r.id == 0 {
			continue
		}
		hit := false
		for at := r.id & mask; table[at] != 0 && !hit; at = (at + 1) & mask {
			k := int(table[at] - 1)
			if was[k].id != r.id || found.Get(k) {
				continue
			}
			found.Set(k)
			if hit = true; was[k].content != r.content {
				j.changed = append(j.changed, [2]int32{int32(k), int32(i)})
			}
		}
		if !hit {
			j.added = append(j.added, int32(i))
		}
	}
}

// byContent matches rows without ids, as many as both have of one content.
func (j *joined) byContent(was, now []rowNumber, found column.Bitmap) {
	without := func(rows []rowNumber) (out []int32) {
		for i, r := range rows {
			if r.id == 0 {
				out = append(out, int32(i))
			}
		}
		slices.SortFunc(out, func(x, y int32) int { return cmp.Or(cmp.Compare(rows[x].content, rows[y].content), cmp.Compare(x, y)) })
		return out
	}
	a := without(was)
	for _, i := range without(now) {
		for len(a) > 0 && was[a[0]].content < now[i].content {
			a = a[1:]
		}
		if len(a) > 0 && was[a[0]].content == now[i].content {
			found.Set(int(a[0]))
			a = a[1:]
		} else {
			j.added = append(j.added, i)
		}
	}
}

// rename takes rows out of those added and removed that differ in nothing but the id.
func (j *joined) rename(was, now []rowNumber) {
	byContent := map[uint64][]int32{}
	for _, i := range j.removed {
		byContent[was[i].content] = append(byContent[was[i].content], i)
	}
	gone := map[int32]bool{}
	j.added = slices.DeleteFunc(j.added, func(i int32) bool {
		same := byContent[now[i].content]
		if len(same) == 0 {
			return false
		}
		gone[same[0]] = true
		byContent[now[i].content] = same[1:]
		j.renamed++
		return true
	})
	j.removed = slices.DeleteFunc(j.removed, func(i int32) bool { return gone[i] })
}

// numbered numbers all rows of an inventory.
func (c *comparing) numbered(inv *datasets.Inventory, columns []string) ([]rowNumber, error) {
	id := inv.Kind().ID
	all := slices.Clone(columns)
	if id != "" {
		all = append(all, id)
	}
	var salts []uint64
	for _, name := range all {
		salts = append(salts, column.DigestOf(name).Lo)
	}
	out := make([]rowNumber, inv.TotalRows())
	starts := startsOf(inv)
	var failed atomic.Pointer[error]
	var next atomic.Int64
	var workers sync.WaitGroup
	for range max(1, min(c.jobs(), inv.Parts())) {
		workers.Go(func() {
			for part := next.Add(1) - 1; part < int64(inv.Parts()) && failed.Load() == nil; part = next.Add(1) - 1 {
				if err := c.numberPart(inv, int(part), all, salts, id != "", out[starts[part]:starts[part+1]]); err != nil {
					failed.CompareAndSwap(nil, &err)
				}
			}
		})
	}
	workers.Wait()
	if err := failed.Load(); err != nil {
		return nil, *err
	}
	return out, nil
}

// startsOf are the numbers of the first rows of an inventory's parts, and the number of rows.
func startsOf(inv *datasets.Inventory) []int64 {
	starts := []int64{0}
	for part := range inv.Parts() {
		starts = append(starts, starts[part]+inv.Rows(part))
	}
	return starts
}

func (c *comparing) numberPart(inv *datasets.Inventory, part int, columns []string, salts []uint64, hasID bool, out []rowNumber) error {
	r, err := inv.OpenDigested(part, columns)
	if err != nil {
		return err
	}
	defer r.Close()
	var b column.Batch
	for at := 0; ; at += b.Rows {
		if err := c.ctx.Err(); err != nil {
			return err
		}
		more, err := r.Next(&b)
		if err != nil || !more {
			return err
		}
		rows := out[at : at+b.Rows]
		for i := range b.Columns {
			x := &b.Columns[i]
			isID := hasID && i == len(b.Columns)-1
			for row := range rows {
				if !x.Valid.Get(row) {
					continue
				}
				var v uint64
				switch x.Type {
				case column.Digested:
					v = x.Digests[row].Lo
				case column.Bool:
					if v = 1; x.Bools[row] {
						v = 2
					}
				default:
					v = math.Float64bits(x.Floats[row])
				}
				if isID {
					rows[row].id = v | 1 // 0 is none
					continue
				}
				rows[row].content += mixedNumber(salts[i], v)
			}
		}
	}
}

// mixedNumber mixes a value into a number: multiplications by odd constants and shifts, as in the finaliser of SplitMix64.
func mixedNumber(h, v uint64) uint64 {
	h = (h ^ v) * 0x9E3779B97F4A7C15
	h = (h ^ h>>30) * 0xBF58476D1CE4E5B9
	return h ^ h>>27
}

// rowsOf holds rows of an inventory in memory, in the order of their numbers, which must ascend.
func (c *comparing) rowsOf(inv *datasets.Inventory, columns []string, rows []int32) (*column.Table, error) {
	like := &column.Table{Names: columns}
	for _, name := range columns {
		f, _ := inv.Kind().Column(name)
		like.Data = append(like.Data, column.Column{Type: typeOf(f.Field.Type)})
	}
	b := newTableBuilder(like)
	starts := startsOf(inv)
	for part := 0; part < inv.Parts() && len(rows) > 0; part++ {
		if int64(rows[0]) >= starts[part+1] {
			continue
		}
		r, err := inv.Open(part, columns)
		if err != nil {
			return nil, err
		}
		first := starts[part]
		var batch column.Batch
		for len(rows) > 0 && int64(rows[0]) < starts[part+1] {
			more, err := r.Next(&batch)
			if err == nil && !more {
				break
			}
			if err == nil {
				err = c.ctx.Err()
			}
			if err != nil {
				r.Close()
				return nil, err
			}
			for len(rows) > 0 && int64(rows[0]) < first+int64(batch.Rows) {
				for i := range batch.Columns {
					b.cell(i, &batch.Columns[i], int(int64(rows[0])-first))
				}
				b.rows++
				rows = rows[1:]
			}
			first += int64(batch.Rows)
		}
		if err := r.Close(); err != nil {
			return nil, err
		}
	}
	return &column.Table{Names: columns, Data: b.columns(), Rows: b.rows}, nil
}

// picked are some rows of a table, in the order of their numbers; numbers has those of the table's rows, ascending.
func picked(t *column.Table, numbers, rows []int32) *column.Table {
	b := newTableBuilder(t)
	for _, n := range rows {
		at, _ := slices.BinarySearch(numbers, n)
		b.add(t, at)
	}
	return &column.Table{Names: t.Names, Data: b.columns(), Rows: b.rows}
}

func sameCell(a, b *column.Column, row int) bool {
	has := a.Valid.Get(row)
	if has != b.Valid.Get(row) {
		return false
	}
	if !has {
		return true
	}
	switch a.Type {
	case column.String:
		return a.Dict.Values[a.Codes[row]] == b.Dict.Values[b.Codes[row]]
	case column.Bool:
		return a.Bools[row] == b.Bools[row]
	}
	return math.Float64bits(a.Floats[row]) == math.Float64bits(b.Floats[row])
}
