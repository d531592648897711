package datasets

import (
	"context"
	"slices"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// Open reads columns of a part like Inventory.Open, and checks all columns of its rows on the way: of a batch in which a value is at
// fault, and from then on of all parts, no row is handed on, while reading and checking goes on to the end. What a reader hands on is
// thus sound row by row; ids that stand twice and references within the kind are only known in the end.
func (c *Checking) Open(ctx context.Context, part int, columns []string) (Reader, error) {
	r, err := c.open(ctx, part, columns)
	if err != nil {
		return nil, err
	}
	return r, nil
}

func (c *Checking) open(ctx context.Context, part int, columns []string) (*checkedReader, error) {
	asked, err := c.inv.kind.indices(columns)
	if err != nil {
		return nil, err
	}
	p := newPartCheck(c, part)
	r := &checkedReader{ctx: ctx, check: p}
	var all []int
	for i := range p.columns {
		all = append(all, p.columns[i].index)
	}
	checked := len(all)
	for _, k := range asked {
		at := slices.Index(all, k)
		if at < 0 { // the file lacks it
			at, all = len(all), append(all, k)
		}
		r.at = append(r.at, at)
	}
	digests := make([]bool, len(all))
	for i, k := range all[:checked] {
		digests[i] = !slices.Contains(asked, k) && c.digested(part, k)
	}
	if r.r, err = c.inv.open(part, all, digests); err != nil {
		p.probs.AddError(err, diag.BadParquet, diag.Place{File: p.file})
		p.deliver(ctx, true)
		return nil, err
	}
	return r, nil
}

// digested reports whether a column that nobody asked for is read as digests, for which the many distinct strings of ids, or of addresses,
// need not be told apart. Few strings that stand in many rows take few bytes, and codes are cheaper.
func (c *Checking) digested(part, column int) bool {
	f := &c.inv.kind.Columns[column]
	if c.opt.Suspect && f.free() && (f.Name != c.inv.kind.ID || c.inv.rows <= maxNamed) {
		return false // its texts are looked at
	}
	if f.Type != lca.Text || f.References != "" || f.Values != nil || f.Registry != "" {
		return false
	}
	const many = 4 // bytes a row
	return f.Name == c.inv.kind.ID || c.inv.Bytes(part, []string{f.Name}) > many*c.inv.parts[part].rows
}

// maxNamed bounds the rows whose ids are looked at for what they tell of a person: each row has another one.
const maxNamed = 1 << 17

// checkedReader reads all columns of a part, checks them and hands on some of them.
type checkedReader struct {
	ctx   context.Context
	r     *partReader
	check *partCheck
	all   column.Batch
	at    []int // of each column asked for the column of all
	asked column.Batch
	done  bool
	err   error
}

// Next checks the next rows and hands them on.
func (r *checkedReader) Next(b *column.Batch) (bool, error) {
	for !r.done {
		if err := r.ctx.Err(); err != nil {
			return false, err
		}
		more, err := r.r.Next(&r.all)
		if err != nil || !more {
			if err != nil {
				r.check.probs.AddError(err, diag.BadParquet, diag.Place{File: r.check.file})
			}
			r.done, r.err = true, err
			r.check.deliver(r.ctx, true)
			break
		}
		r.check.batch(&r.all)
		if r.check.gathered.size() > segment {
			r.check.deliver(r.ctx, false)
		}
		if c := r.check.checking; c.found.Load() && c.opt.Watch == nil {
			continue
		}
		if len(b.Columns) != len(r.at) {
			b.Columns = make([]column.Column, len(r.at))
		}
		b.Rows, b.First, b.File = r.all.Rows, r.all.First, r.all.File
		for i, k := range r.at {
			b.Columns[i] = r.all.Columns[k]
		}
		return true, nil
	}
	return false, r.err
}

// Close closes the part's reader. A part that was left before its end makes the checking incomplete.
func (r *checkedReader) Close() error {
	if !r.done {
		c := r.check.checking
		c.mu.Lock()
		c.fail()
		c.mu.Unlock()
	}
	return r.r.Close()
}
