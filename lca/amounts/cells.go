package amounts

import "github.com/ai-impact-observatory/ailca/lca/exact"

// Cells holds cells by key. The cells of one status, group and year, to which a row adds all its amounts, lie together in a block, so that adding up
// a row touches a few places in memory however many cells there are. The zero value is empty and ready; it belongs to one goroutine.
type Cells struct {
	blocks []*Block
	at     map[uint64]*Block
	count  int
}

// Block holds the cells of one status, group and year.
type Block struct {
	owner   *Cells
	status  Status
	group   int32
	year    int32
	latest  Origin // of the rows that were added
	entries []entry
	rest    []rest  // of each entry
	index   []int32 // of more than few entries: 1 + number of an entry, at the place that its hash gives or the next free one; a power of two, at most three quarters full
}

// entry is what adding to a cell touches, with what tells the cell from the others of its block: 64 bytes, a line of a processor's cache.
type entry struct {
	sum                        exact.Grid
	rows                       int64
	flow, mono, lookup, unless int32
	class                      uint8
	_                          [15]byte
}

// rest is what is written when a cell is made, and seldom later.
type rest struct {
	first   Origin
	partial int64 // rows that are not whole: of a later year or a further term
}

// Year is the year of the block's cells.
func (b *Block) Year() int { return int(b.year) }

// Len is the number of cells.
func (c *Cells) Len() int { return c.count }

// Block returns the block of a status, group and year; it is made where there is none. Years lie within ±2^28.
func (c *Cells) Block(status Status, group, year int32) *Block {
	key := uint64(uint32(group))<<32 | uint64(uint32(year)<<3|uint32(status))
	b := c.at[key]
	if b == nil {
		b = &Block{owner: c, status: status, group: group, year: year}
		if c.at == nil {
			c.at = map[uint64]*Block{}
		}
		c.at[key] = b
		c.blocks = append(c.blocks, b)
	}
	return b
}

// Put adds a cell to that of its key; it is made where there is none.
func (c *Cells) Put(k Key, d *Cell) error {
	b := c.Block(k.Status, k.Group, k.Year)
	n := b.entry(k.Flow, k.Class, k.Mono, k.Lookup, k.Unless, d.First)
	e, r := &b.entries[n], &b.rest[n]
	if d.First.Before(r.first) {
		r.first = d.First
	}
	e.rows += d.Rows
	r.partial += d.Rows - d.Whole
	return e.sum.AddGrid(&d.Sum)
}

// Each visits all cells, in no order that means anything.
func (c *Cells) Each(visit func(k Key, cell Cell)) {
	for _, b := range c.blocks {
		for i := range b.entries {
			e, r := &b.entries[i], &b.rest[i]
			visit(Key{Flow: e.flow, Year: b.year, Class: e.class, Status: b.status, Group: b.group, Mono: e.mono, Lookup: e.lookup, Unless: e.unless},
				Cell{Sum: e.sum, Rows: e.rows, Whole: e.rows - r.partial, First: r.first})
		}
	}
}

// hash mixes what tells a cell from the others of its block: 64-bit multiplications by odd constants (the golden ratio's and two large primes), of
// which the upper half is well mixed.
func hash(flow int32, class uint8, mono, lookup, unless int32) uint32 {
	x := (uint64(uint32(flow))<<32 | uint64(uint32(mono))) * 0x9E3779B97F4A7C15
	y := (uint64(uint32(lookup))<<32 | uint64(uint32(unless))) * 0xC2B2AE3D27D4EB4F
	x ^= x>>29 ^ y ^ y>>31 ^ uint64(class)<<17
	return uint32(x * 0x165667B19E3779F9 >> 32)
}

// Add adds a row's amount to the cell of a flow, class, monomial, lookup and unless; it is made where there is none. counted is false of a further
// amount of a row that the cell holds already, whole true of a row's first amount.
func (b *Block) Add(flow int32, class uint8, mono, lookup, unless int32, row Origin, amount float64, counted, whole bool) error {
	n := b.entry(flow, class, mono, lookup, unless, row)
	if row.Before(b.latest) { // as a rule rows come in their order, and what comes later is no cell's first
		if r := &b.rest[n]; row.Before(r.first) {
			r.first = row
		}
	} else {
		b.latest = row
	}
	e := &b.entries[n]
	switch {
	case counted && whole:
		e.rows++
	case counted:
		e.rows++
		b.rest[n].partial++
	case whole:
		b.rest[n].partial--
	}
	return e.sum.Add(amount)
}

// entry is the number of a cell; it is made where there is none.
func (b *Block) entry(flow int32, class uint8, mono, lookup, unless int32, first Origin) int {
	if len(b.index) == 0 {
		for i := range b.entries {
			if e := &b.entries[i]; e.flow == flow && e.mono == mono && e.lookup == lookup && e.unless == unless && e.class == class {
				return i
			}
		}
	} else {
		mask := uint32(len(b.index) - 1)
		for at := hash(flow, class, mono, lookup, unless) & mask; b.index[at] != 0; at = (at + 1) & mask {
			e := &b.entries[b.index[at]-1]
			if e.flow == flow && e.mono == mono && e.lookup == lookup && e.unless == unless && e.class == class {
				return int(b.index[at] - 1)
			}
		}
	}
	if n := len(b.entries); n >= few && len(b.index) < n+n/3+2 {
		b.grow()
	}
	b.entries = append(b.entries, entry{flow: flow, class: class, mono: mono, lookup: lookup, unless: unless})
	b.rest = append(b.rest, rest{first: first})
	b.owner.count++
	if len(b.index) > 0 {
		b.place(len(b.entries) - 1)
	}
	return len(b.entries) - 1
}

// few entries are gone through one by one: they lie in as many lines of the cache as an index would.
const few = 6

// grow doubles the index.
func (b *Block) grow() {
	b.index = make([]int32, max(16, 2*len(b.index)))
	for i := range b.entries {
		b.place(i)
	}
}

func (b *Block) place(i int) {
	e, mask := &b.entries[i], uint32(len(b.index)-1)
	at := hash(e.flow, e.class, e.mono, e.lookup, e.unless) & mask
	for b.index[at] != 0 {
		at = (at + 1) & mask
	}
	b.index[at] = int32(i + 1)
}
