package datasets

import (
	"fmt"
	"sort"

	"github.com/ai-impact-observatory/ailca/datasets/parquet"
	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// maxTable bounds the rows of a table held in memory.
const maxTable = 1_000_000

// Table reads columns of all parts into memory, in file order, in canonical units. It is for small inventories: more than a million
// rows are a *diag.Invalid.
func (inv *Inventory) Table(columns []string) (*column.Table, error) {
	if inv.rows > maxTable {
		e := &diag.Invalid{}
		e.List.Errorf(diag.TooLarge, diag.Place{File: inv.files[0].Name}, "the %s inventory has %d rows; at most %d are held in memory", inv.kind.Name, inv.rows, maxTable)
		return nil, e
	}
	var fields []lca.Field
	for _, name := range columns {
		f, ok := inv.kind.Column(name)
		if !ok {
			return nil, fmt.Errorf("datasets: %s has no column %q", inv.kind.Name, name)
		}
		fields = append(fields, f.Field)
	}
	b := parquet.NewBuilder(fields)
	for p := range inv.parts {
		if err := inv.gather(b, p, columns); err != nil {
			return nil, err
		}
	}
	return b.Table(), nil
}

// gather appends a part's rows.
func (inv *Inventory) gather(b *parquet.Builder, part int, columns []string) error {
	r, err := inv.Open(part, columns)
	if err != nil {
		return err
	}
	defer r.Close()
	var batch column.Batch
	for {
		more, err := r.Next(&batch)
		if err != nil || !more {
			return err
		}
		for i := range batch.Columns {
			c := &batch.Columns[i]
			for row := range batch.Rows {
				switch {
				case !c.Valid.Get(row):
					b.Missing(i)
				case c.Type == column.String:
					b.Text(i, c.Dict.Values[c.Codes[row]])
				case c.Type == column.Bool:
					b.Truth(i, c.Bools[row])
				default:
					b.Number(i, c.Floats[row])
				}
			}
		}
	}
}

// IDs is a set of ids, of a catalogue for example. A nil or zero IDs is empty.
type IDs struct{ set map[string]bool }

// NewIDs makes a set.
func NewIDs(ids ...string) *IDs {
	s := &IDs{set: make(map[string]bool, len(ids))}
	for _, id := range ids {
		s.set[id] = true
	}
	return s
}

// Has reports whether an id is in the set.
func (s *IDs) Has(id string) bool { return s != nil && s.set[id] }

// Names lists the ids in order.
func (s *IDs) Names() []string {
	if s == nil {
		return nil
	}
	out := make([]string, 0, len(s.set))
	for id := range s.set {
		out = append(out, id)
	}
	sort.Strings(out)
	return out
}

// IDs reads the ids of a small inventory, under the limit of Table.
func (inv *Inventory) IDs() (*IDs, error) {
	t, err := inv.Table([]string{inv.kind.ID})
	if err != nil {
		return nil, err
	}
	return NewIDs(t.Data[0].Dict.Values...), nil
}
