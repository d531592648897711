// Package diff says what differs between two inventories of one kind: rows that were added, removed or changed, told apart by their ids, and rows that
// have another id and are the same otherwise.
//
// Of each row two digests are held and no value: what a comparison needs in memory is bounded by MaxRows, and values are read again where they differ.
package diff

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// MaxRows is how many rows each of the inventories has at most: 40 bytes are held of each.
const MaxRows = 1 << 23

// What became of a row.
const (
	Added   = "added"
	Removed = "removed"
	Renamed = "renamed" // another id, and the same otherwise
	Changed = "changed"
)

// Change is a row that is only in one of the inventories or was renamed, or a value that is another one.
type Change struct {
	What   string `json:"change"`
	ID     string `json:"id"`
	Column string `json:"column"` // of a Changed row; of a Renamed one that of the id
	Was    string `json:"was"`    // empty where there was no value
	Now    string `json:"now"`
}

// ColumnCount counts the rows of both inventories in which a column's value is another one.
type ColumnCount struct {
	Column string `json:"column"`
	Rows   int64  `json:"rows"`
}

// Result is what a comparison found.
type Result struct {
	Kind    string        `json:"kind"`
	Was     int64         `json:"rows_was"`
	Now     int64         `json:"rows_now"`
	Same    int64         `json:"same"`
	Added   int64         `json:"added"`
	Removed int64         `json:"removed"`
	Renamed int64         `json:"renamed"`
	Changed int64         `json:"changed"`
	Columns []ColumnCount `json:"columns"` // those with changed values, in the order of the kind
	Changes []Change      `json:"changes"` // removed, renamed, added, then changed, each in the order of the rows, up to a limit
	More    int64         `json:"more"`    // changes beyond the limit
}

// Differs reports whether the inventories hold different rows, their order aside.
func (r *Result) Differs() bool { return r.Added+r.Removed+r.Renamed+r.Changed > 0 }

// Compare compares two inventories of a kind, of which one may be nil and then has no rows. At most limit changes are listed, all are counted. What stands in
// the way goes to probs, and the result is nil: more rows than MaxRows, or an id that stands twice.
func Compare(ctx context.Context, was, now *datasets.Inventory, limit int, probs *diag.List) (*Result, error) {
	kind := now
	if now == nil {
		kind = was
	}
	c := &comparison{ctx: ctx, kind: kind.Kind(), was: was, now: now, limit: limit, out: &Result{Kind: kind.Kind().Name, Columns: []ColumnCount{}, Changes: []Change{}}}
	for _, f := range c.kind.Columns {
		if has(was, f.Name) || has(now, f.Name) {
			c.columns = append(c.columns, f.Name)
		}
	}
	a, err := c.index(was, probs)
	if err != nil {
		return nil, err
	}
	b, err := c.index(now, probs)
	if err != nil || probs.Count(diag.Error) > 0 {
		return nil, err
	}
	c.out.Was, c.out.Now = int64(len(a)), int64(len(b))
	c.match(a, b)
	c.rename()
	return c.out, c.list()
}

func has(inv *datasets.Inventory, column string) bool { return inv != nil && inv.Has(column) }

// entry stands for a row.
type entry struct {
	id   column.Digest // the zero one where the row has none
	rest column.Digest // of the row without its id
	row  int64         // from 0, over all files
}

func compare(a, b column.Digest) int {
	return cmp.Or(cmp.Compare(a.Hi, b.Hi), cmp.Compare(a.Lo, b.Lo))
}

// pair is a row of the first inventory and the one of the second that has its id.
type pair struct{ was, now int64 }

// comparison is a comparison under way.
type comparison struct {
	ctx      context.Context
	kind     *datasets.Kind
	was, now *datasets.Inventory
	columns  []string
	limit    int
	removed  []entry
	added    []entry
	renamed  []pair
	changed  []pair
	out      *Result
}

// match sets the rows with an id against each other by it, the others by all that they say. Both lists are ordered by id, then by the rest, then by row.
func (c *comparison) match(a, b []entry) {
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		order := 1
		switch {
		case j == len(b):
			order = -1
		case i < len(a):
			order = compare(a[i].id, b[j].id)
			if order == 0 && a[i].id == (column.Digest{}) {
				order = compare(a[i].rest, b[j].rest)
			}
		}
		switch {
		case order < 0:
			c.removed = append(c.removed, a[i])
			i++
		case order > 0:
			c.added = append(c.added, b[j])
			j++
		default:
			if a[i].rest == b[j].rest {
				c.out.Same++
			} else {
				c.changed = append(c.changed, pair{a[i].row, b[j].row})
			}
			i, j = i+1, j+1
		}
	}
}

// rename joins rows that are gone with new ones that say the same under another id.
func (c *comparison) rename() {
	byRest := func(a, b entry) int { return cmp.Or(compare(a.rest, b.rest), cmp.Compare(a.row, b.row)) }
	slices.SortFunc(c.removed, byRest)
	slices.SortFunc(c.added, byRest)
	var gone, fresh []entry
	i, j := 0, 0
	for i < len(c.removed) && j < len(c.added) {
		switch order := compare(c.removed[i].rest, c.added[j].rest); {
		case order < 0:
			gone = append(gone, c.removed[i])
			i++
		case order > 0:
			fresh = append(fresh, c.added[j])
			j++
		default:
			c.renamed = append(c.renamed, pair{c.removed[i].row, c.added[j].row})
			i, j = i+1, j+1
		}
	}
	c.removed, c.added = append(gone, c.removed[i:]...), append(fresh, c.added[j:]...)
	byRow := func(a, b entry) int { return cmp.Compare(a.row, b.row) }
	slices.SortFunc(c.removed, byRow)
	slices.SortFunc(c.added, byRow)
	byWas := func(a, b pair) int { return cmp.Compare(a.was, b.was) }
	slices.SortFunc(c.renamed, byWas)
	slices.SortFunc(c.changed, byWas)
	c.out.Removed, c.out.Added, c.out.Renamed, c.out.Changed = int64(len(c.removed)), int64(len(c.added)), int64(len(c.renamed)), int64(len(c.changed))
}

// tooMany refuses an inventory of more rows than are compared.
func tooMany(inv *datasets.Inventory, probs *diag.List) bool {
	if inv.TotalRows() <= MaxRows {
		return false
	}
	probs.Add(diag.Problem{Code: diag.TooLarge, Place: diag.Place{File: inv.Files()[0]}, Message: fmt.Sprintf("the %s inventory has %d rows; at most %d are compared", inv.Kind().Name, inv.TotalRows(), MaxRows),
		Hint: "compare it file by file"})
	return true
}
