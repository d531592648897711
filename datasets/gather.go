package datasets

import (
	"context"
	"slices"

	"github.com/ai-impact-observatory/ailca/lca/column"
)

// gathered is what some rows of a part have that is to be set against the other parts'. Only what the classes cover need be in it.
type gathered struct {
	ids   []idSlot
	own   []use // references to the inventory's own ids
	edges []edge
	lines []edge // which rows continue which
	alike likenesses
}

func (g *gathered) size() int {
	return len(g.ids) + len(g.own) + len(g.edges) + len(g.lines) + g.alike.size()
}

// use is a reference.
type use struct {
	field *Field
	text  string
	id    column.Digest
	row   place
}

// edge says that a row is a part of another, counts in its place or continues it.
type edge struct{ from, to column.Digest }

// segment is how much is gathered before it is delivered.
const segment = 1 << 16

// gathered is an empty one, in the memory of one that was merged where there is any.
func (c *Checking) gathered() *gathered {
	if g, ok := c.spare.Get().(*gathered); ok {
		return g
	}
	return &gathered{}
}

// release gives the memory to the next one.
func (c *Checking) release(g *gathered) {
	clear(g.own) // lets go of the texts
	g.ids, g.own, g.edges, g.lines = g.ids[:0], g.own[:0], g.edges[:0], g.lines[:0]
	g.alike.twins, g.alike.spans = g.alike.twins[:0], g.alike.spans[:0]
	c.spare.Put(g)
}

// identify gathers the rows' ids, and what each is a part of or continues.
func (p *partCheck) identify(b *column.Batch) {
	if p.id == nil || p.id.none {
		return
	}
	id := &b.Columns[p.id.at]
	keys := id.Digests
	if keys == nil {
		keys = p.id.spread(id, b.Rows)
	}
	first, covered := place(p.before+b.First), class(p.checking.ids.Load())
	ids := p.gathered.ids
	for row, k := range keys {
		if covered.covers(k) && k != blank && k != (column.Digest{}) {
			ids = append(ids, newIDSlot(k, first+place(row)))
		}
	}
	p.gathered.ids = ids
	for i, c := range p.columns {
		if c.none || c.field.References != p.checking.inv.kind.Name {
			continue
		}
		into, bound := &p.gathered.edges, &p.checking.edges
		if c.field.Name == p.checking.inv.kind.Roles.Continues {
			into, bound = &p.gathered.lines, &p.checking.lines
		}
		col, wholes, covered := &b.Columns[i], c.digests(b.Columns[i].Dict), class(bound.Load())
		for row, k := range keys {
			if col.Valid.Get(row) && id.Valid.Get(row) && covered.covers(k) {
				*into = append(*into, edge{k, wholes[col.Codes[row]]})
			}
		}
	}
}

// references looks at each distinct reference once.
func (p *partCheck) references(c *columnCheck, b *column.Batch) {
	col := &b.Columns[c.at]
	gather := func(row int, code int32, id column.Digest) use {
		return use{c.field, col.Dict.Values[code], id, place(p.before + b.First + int64(row))}
	}
	if c.losts > 0 {
		for row, code := range col.Codes {
			if c.lost[code] && col.Valid.Get(row) {
				c.lost[code] = false
				c.losts--
				p.lost = append(p.lost, gather(row, code, column.Digest{}))
			}
		}
	}
	if c.field.References != p.checking.inv.kind.Name {
		return
	}
	if n := c.known - len(c.seen); n > 0 {
		c.seen = append(c.seen, make([]bool, n)...)
	}
	keys, covered := c.digests(col.Dict), class(p.checking.own.Load())
	for row, code := range col.Codes {
		if !col.Valid.Get(row) || c.seen[code] {
			continue
		}
		c.seen[code] = true
		if covered.covers(keys[code]) {
			p.gathered.own = append(p.gathered.own, gather(row, code, keys[code]))
		}
	}
}

// digests returns the digest of each string of a dictionary.
func (c *columnCheck) digests(d *column.Dict) []column.Digest {
	for len(c.keys) < len(d.Values) {
		c.keys = append(c.keys, column.DigestOf(d.Values[len(c.keys)]))
	}
	return c.keys
}

// spread returns the digest of each row's string, the zero one where there is none.
func (c *columnCheck) spread(col *column.Column, rows int) []column.Digest {
	keys, out := c.digests(col.Dict), make([]column.Digest, rows)
	for row, code := range col.Codes {
		if col.Valid.Get(row) {
			out[row] = keys[code]
		}
	}
	return out
}

// narrow drops what the classes do not cover.
func (g *gathered) narrow(l *links) {
	g.ids = slices.DeleteFunc(g.ids, func(e idSlot) bool { return !l.ids.class.has(e.halves) })
	g.own = slices.DeleteFunc(g.own, func(u use) bool { return !l.own.class.covers(u.id) })
	g.edges = slices.DeleteFunc(g.edges, func(e edge) bool { return !l.edges.class.covers(e.from) })
	g.lines = slices.DeleteFunc(g.lines, func(e edge) bool { return !l.lines.class.covers(e.from) })
}

// deliver hands in what was gathered.
func (p *partCheck) deliver(ctx context.Context, last bool) {
	g := p.gathered
	var done *partCheck
	if last {
		done, p.gathered, p.columns, p.alike = p, nil, nil, nil
	} else {
		p.gathered = p.checking.gathered()
	}
	p.checking.deliver(ctx, p.part, g, done)
}
