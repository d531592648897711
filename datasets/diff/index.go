package diff

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// index reads an inventory and returns an entry for each row, in the order of the ids. An id that stands twice goes to probs.
func (c *comparison) index(inv *datasets.Inventory, probs *diag.List) ([]entry, error) {
	if inv == nil || tooMany(inv, probs) {
		return nil, nil
	}
	out := make([]entry, 0, inv.TotalRows())
	id := slices.Index(c.columns, c.kind.ID)
	for part := range inv.Parts() {
		r, err := inv.OpenDigested(part, c.columns)
		if err != nil {
			return nil, err
		}
		out, err = c.entries(out, r, id)
		r.Close()
		if err != nil {
			return nil, err
		}
	}
	slices.SortFunc(out, func(a, b entry) int {
		return cmp.Or(compare(a.id, b.id), compare(a.rest, b.rest), cmp.Compare(a.row, b.row))
	})
	for i := 1; i < len(out); i++ {
		if out[i].id == out[i-1].id && out[i].id != (column.Digest{}) {
			first, second := min(out[i-1].row, out[i].row), max(out[i-1].row, out[i].row)
			probs.Add(diag.Problem{Code: diag.DuplicateID, Place: diag.Place{File: inv.Files()[0], Column: c.kind.ID},
				Message: fmt.Sprintf("rows %d and %d have the same id: which of them another inventory's row is set against cannot be told", first+1, second+1), Hint: "ailca validate finds all of them"})
			return nil, nil
		}
	}
	return out, nil
}

// entries appends those of a part's rows.
func (c *comparison) entries(out []entry, r datasets.Reader, id int) ([]entry, error) {
	var b column.Batch
	var text []byte
	for {
		if err := c.ctx.Err(); err != nil {
			return nil, err
		}
		more, err := r.Next(&b)
		if err != nil || !more {
			return out, err
		}
		for row := range b.Rows {
			text = text[:0]
			for i := range b.Columns {
				if i != id {
					text = appendCell(text, &b.Columns[i], row)
				}
			}
			e := entry{rest: column.DigestOfBytes(text), row: int64(len(out))}
			if id >= 0 && b.Columns[id].Valid.Get(row) {
				e.id = b.Columns[id].Digests[row]
			}
			out = append(out, e)
		}
	}
}

// appendCell appends a value in a form in which no two values of a column are the same.
func appendCell(text []byte, c *column.Column, row int) []byte {
	if !c.Valid.Get(row) {
		return append(text, 0)
	}
	switch c.Type {
	case column.Digested:
		text = binary.LittleEndian.AppendUint64(append(text, 1), c.Digests[row].Hi)
		return binary.LittleEndian.AppendUint64(text, c.Digests[row].Lo)
	case column.Bool:
		if c.Bools[row] {
			return append(text, 3)
		}
		return append(text, 2)
	}
	v := c.Floats[row]
	if v == 0 {
		v = 0 // without its sign
	}
	return binary.LittleEndian.AppendUint64(append(text, 4), math.Float64bits(v))
}
