package datasets

import (
	"context"

	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// readLeft reads, of the parts that are left alone, the ids of their rows and what each is a part of. Ids that stand twice are not looked for: a
// row of these parts counts nowhere.
func (c *Checking) readLeft(ctx context.Context) error {
	for part := range c.waiting {
		if !c.left(part) {
			continue
		}
		p := newPartCheck(c, part)
		p.onlyLinks()
		if p.id == nil {
			continue
		}
		if err := c.readLinks(ctx, p); err != nil {
			return err
		}
		c.links.merge(p.gathered)
		c.release(p.gathered)
		c.links.twice = diag.List{}
		c.probs.Merge(&p.probs)
	}
	return nil
}

// onlyLinks keeps of the columns the ids and the references within the kind.
func (p *partCheck) onlyLinks() {
	kept := p.columns[:0]
	for _, col := range p.columns {
		if col == p.id || col.field.References == p.checking.inv.kind.Name {
			col.at = len(kept)
			kept = append(kept, col)
		}
	}
	p.columns = kept
}

// readLinks gathers what a part is set against the others by. What cannot be read goes to the part's problems.
func (c *Checking) readLinks(ctx context.Context, p *partCheck) error {
	var columns []int
	var digests []bool
	for _, col := range p.columns {
		columns = append(columns, col.index)
		digests = append(digests, c.digested(p.part, col.index))
	}
	r, err := c.inv.open(p.part, columns, digests)
	if err != nil {
		p.probs.AddError(err, diag.BadParquet, diag.Place{File: p.file})
		return nil
	}
	defer r.Close()
	var b column.Batch
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		more, err := r.Next(&b)
		if err != nil {
			p.probs.AddError(err, diag.BadParquet, diag.Place{File: p.file})
		}
		if err != nil || !more {
			return nil
		}
		for i, col := range p.columns {
			col.look(&b.Columns[i])
		}
		p.identify(&b)
	}
}
