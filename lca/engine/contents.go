package engine

import (
	"math"
	"slices"

	"github.com/ai-impact-observatory/ailca/lca/column"
)

// contents gives each row of a batch a number that its values in the evaluator's columns, or in those of them that Inventory.Content names, and its period give: whatever file, order and way a row is added by, it has
// the same one, and another row another one, unless both are alike in all of these.
type contents struct {
	columns []int    // of the layout
	names   []uint64 // of the columns, mixed
	of      []uint64
	value   []uint64              // of a column
	words   []column.Memo[uint64] // of each column
}

func (c *contents) forget() {
	for i := range c.words {
		c.words[i].Forget()
	}
}

func (c *contents) prepare(l *lane) {
	for at, name := range l.inv.Columns {
		if l.inv.Content == nil || slices.Contains(l.inv.Content, name) {
			c.columns = append(c.columns, at)
		}
	}
	for _, at := range []int{l.layout.from, l.layout.to, l.layout.year} {
		if at >= 0 && !slices.Contains(c.columns, at) {
			c.columns = append(c.columns, at)
		}
	}
	for _, at := range c.columns {
		c.names = append(c.names, column.DigestOf(l.layout.columns[at]).Lo)
	}
	c.words = make([]column.Memo[uint64], len(c.columns))
}

// number numbers the rows of a batch. What a column has is mixed with its name and added up, for columns come in any order.
func (c *contents) number(b *column.Batch) {
	c.of = grow(c.of, b.Rows)
	clear(c.of)
	for k, at := range c.columns {
		x := &b.Columns[at]
		if x.Valid != nil && none(x.Valid, b.Rows) {
			continue
		}
		c.value = grow(c.value, b.Rows)
		switch x.Type {
		case column.String:
			words := c.words[k].Of(x.Dict, func(word string) uint64 { return column.DigestOf(word).Lo })
			for i, code := range x.Codes[:b.Rows] {
				if x.Valid.Get(i) {
					c.value[i] = words[code]
				}
			}
		case column.Bool:
			for i, flag := range x.Bools[:b.Rows] {
				if c.value[i] = 1; flag {
					c.value[i] = 2
				}
			}
		default:
			for i, v := range x.Floats[:b.Rows] {
				c.value[i] = math.Float64bits(v)
			}
		}
		for i, v := range c.value {
			if x.Valid.Get(i) {
				c.of[i] += mixed(c.names[k], v)
			}
		}
	}
}

// mixed mixes a value into a hash: multiplications by odd constants and shifts, as in the finaliser of SplitMix64.
func mixed(h, v uint64) uint64 {
	h = (h ^ v) * 0x9E3779B97F4A7C15
	h = (h ^ h>>30) * 0xBF58476D1CE4E5B9
	return h ^ h>>27
}
