package study

import (
	"context"
	"fmt"
	"slices"

	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/lca/column"
)

// explained bounds how many holes are looked into: each reads a part of an inventory once more.
const explained = 20

// explain finds out, of amounts that cannot be computed and that the study does not accept, what the first row lacks and how it is called.
func (p *plan) explain(ctx context.Context, run *runState, h *holes) error {
	seen := map[[2]string]bool{}
	for _, o := range h.sorted() {
		at := [2]string{o.kind, o.impact}
		if o.gap != nil || o.factor != "" || seen[at] {
			continue
		}
		if seen[at] = true; len(seen) > explained {
			return nil
		}
		i := slices.IndexFunc(p.kinds, func(k *kindPlan) bool { return k.kind.Name == o.kind })
		if err := p.kinds[i].explain(ctx, p, run, o); err != nil {
			return err
		}
	}
	return nil
}

// explain reads the row and evaluates the rules for it and those beside it.
func (k *kindPlan) explain(ctx context.Context, p *plan, run *runState, o *hole) error {
	flow := -1
	for i, f := range k.program.Flows {
		if f.Impact != nil && f.Impact.Name == o.impact {
			flow = i
		}
	}
	columns := k.program.Columns()
	n := len(columns)
	columns = append(columns, k.kind.ID)
	for part := range k.inventory.Parts() {
		if err := ctx.Err(); err != nil {
			return err
		}
		found, err := k.rowOf(part, columns, o.first, func(b *column.Batch, row int) error {
			if id := b.Columns[n]; id.Valid.Get(row) {
				o.id = fmt.Sprintf(" (%s %s)", k.kind.ID, id.Dict.Values[id.Codes[row]])
			}
			r := k.program.NewRunner(run.space, p)
			r.Start()
			read := *b
			read.Columns = b.Columns[:n]
			if err := r.Evaluate(&read); err != nil {
				return err
			}
			o.lacks = r.Lacking(flow, row)
			return nil
		})
		if found || err != nil {
			return err
		}
	}
	return nil
}

// rowOf reads a part up to a row, where the part holds it, and visits the batch with the row's place in it.
func (k *kindPlan) rowOf(part int, columns []string, at amounts.Origin, visit func(b *column.Batch, row int) error) (found bool, err error) {
	r, err := k.inventory.Open(part, columns)
	if err != nil {
		return false, err
	}
	defer r.Close()
	var b column.Batch
	for {
		more, err := r.Next(&b)
		if err != nil || !more || int32(b.File) != at.File || at.Row < b.First {
			return false, err
		}
		if row := at.Row - b.First; row < int64(b.Rows) {
			return true, visit(&b, int(row))
		}
		if b.First+k.inventory.Rows(part) <= at.Row { // of the first batch: the part ends before the row
			return false, nil
		}
	}
}
