package amounts

import (
	"math"
	"math/bits"
	"slices"

	"github.com/ai-impact-observatory/ailca/lca/exact"
	"github.com/ai-impact-observatory/ailca/lca/scratch"
)

// Cells holds what one goroutine adds up of one inventory: sums by group, part and bundle. The sums of one group and part lie together in a block, so
// that adding up a row touches a few places in memory however many sums there are. The zero value is empty and ready.
type Cells struct {
	Memory int  // bytes that the cells are meant to take, so that what waits to be added takes a part of them; 0: no matter
	Spread bool // the spread of each cell's amounts is kept; not to be changed once something was added

	names      [][]string // of each group
	neighbours []int32    // of each group, see Group
	parts      []Part
	blocks     [][]*Block // by part, then group; nil where no row was met
	slab       []Block    // from which blocks are taken
	bytes      int
	shapes     []shape
	sums       []shapeSum // of all shapes
	shared     []float64
	staged     staged
	spill      *scratch.File
	size       int64 // of what was spilled
	runs       []run
}

// Part tells rows of one group apart that stand in different cells.
type Part struct {
	Status Status
	Year   int32  // calendar year; 0 where it is not known
	Units  string // for each functional unit of the inventory 1 where the rows count it, else 0
}

// Block holds the sums of one group and part.
type Block struct {
	owner   *Cells
	entries []entry
	index   []int32 // of more than few entries: 1 + number of an entry, at the place that its bundle gives or the next free one; a power of two, at most two thirds full
	more    *more   // what few blocks have; may be nil
}

// more is what a block has where the spread of its amounts is kept, or a sum left its range.
type more struct {
	spreads []Spread       // parallel to the entries, with as much room; nil where they are not kept
	over    map[int32]bool // bundles whose sum left its range
}

// entry is the sum of a bundle.
type entry struct {
	sum    exact.Grid
	rows   int64
	row    int64 // the first of them, of file
	file   int32
	bundle int32
}

// Sizes in memory, for Bytes.
const (
	blockBytes = 80
	entryBytes = 48
	nameBytes  = 16
	moreBytes  = 32
)

// Group adds a group and returns its number. The caller, who alone knows its groups by number, adds each once; names are kept, not copied. Groups with
// one number of neighbourhood, from 0 and not many, have many bundles in common, for they are of one region, as a rule: their rows are added together.
func (c *Cells) Group(names []string, neighbourhood int32) int32 {
	c.names, c.neighbours = append(c.names, names), append(c.neighbours, neighbourhood)
	c.bytes += 28 + nameBytes*len(names)
	return int32(len(c.names) - 1)
}

// Part returns the number of a part, giving it one if it is new. There are few.
func (c *Cells) Part(p Part) int32 {
	i := slices.Index(c.parts, p)
	if i < 0 {
		i = len(c.parts)
		c.parts, c.blocks = append(c.parts, p), append(c.blocks, nil)
	}
	return int32(i)
}

// Block returns the block of a part and a group; it is made where there is none.
func (c *Cells) Block(part, group int32) *Block {
	row := c.blocks[part]
	if int(group) < len(row) {
		if b := row[group]; b != nil {
			return b
		}
	}
	return c.block(part, group)
}

func (c *Cells) block(part, group int32) *Block {
	if more := len(c.names) - len(c.blocks[part]); more > 0 {
		c.blocks[part] = append(c.blocks[part], make([]*Block, more)...)
		c.bytes += 8 * more
	}
	if len(c.slab) == 0 {
		c.slab = make([]Block, 256)
	}
	b := &c.slab[0]
	c.slab = c.slab[1:]
	b.owner = c
	c.blocks[part][group] = b
	c.bytes += blockBytes
	return b
}

// Bytes is about how much memory the cells take, and the rows that wait to be added.
func (c *Cells) Bytes() int { return c.bytes + 8*c.staged.words }

// Groups counts the groups.
func (c *Cells) Groups() int { return len(c.names) }

// Add adds a row's amount to a bundle's sum, which is made where there is none. A sum that leaves its range is no error yet, but one of the table: which
// amount is too much depends on the order. An amount that no sum takes is exact.ErrNotFinite or exact.ErrOverflow.
//
// content tells the row from others, for the spread, see Rows.Row.
func (b *Block) Add(bundle int32, file int32, row int64, content uint64, amount float64) error {
	e := b.entry(bundle, file, row)
	e.rows++
	if row < e.row || file != e.file {
		e.first(file, row)
	}
	if err := e.sum.Add(amount); err != nil {
		return b.overflow(bundle, amount, err)
	}
	if b.owner.Spread {
		b.spreadOf(bundle).add(amount, content)
	}
	return nil
}

// Put adds a cell of another table. Its rows and first row count as those of the target. Where spreads are kept and it has none, its squares are Beyond.
func (b *Block) Put(bundles *Bundles, t Target, c *Cell) {
	both := min(c.Rows, c.Whole)
	sum := &c.Sum
	for _, part := range []struct {
		rows           int64
		counted, whole bool
	}{{both, true, true}, {c.Rows - both, true, false}, {c.Whole - both, false, true}} {
		if part.rows == 0 && sum == nil || part.rows == 0 && (c.Rows > 0 || c.Whole > 0) {
			continue
		}
		t.Counted, t.Whole = part.counted, part.whole
		e := b.entry(bundles.ID([]Target{t}), c.First.File, c.First.Row)
		e.first(c.First.File, c.First.Row)
		e.rows += part.rows
		if sum != nil {
			if e.sum.AddGrid(sum) != nil {
				b.markOver(e.bundle)
			}
			if s := c.Spread; b.owner.Spread {
				if s == nil {
					s = &Spread{Squares: Beyond}
				}
				b.spreadOf(e.bundle).Merge(s)
			}
		}
		sum = nil
	}
}

func (b *Block) markOver(bundle int32) {
	if b.more == nil {
		b.more = &more{}
	}
	if b.more.over == nil {
		b.more.over = map[int32]bool{}
	}
	b.more.over[bundle] = true
}

func (b *Block) isOver(bundle int32) bool { return b.more != nil && b.more.over[bundle] }

func (b *Block) overflow(bundle int32, amount float64, err error) error {
	if !(math.Abs(amount) < 1<<63) {
		return err
	}
	b.markOver(bundle)
	return nil
}

// first notes a row that may come before the first one so far.
func (e *entry) first(file int32, row int64) {
	if o := (Origin{file, row}); o.Before(Origin{e.file, e.row}) {
		e.file, e.row = file, row
	}
}

// entry is that of a bundle; it is made where there is none, with its first row.
func (b *Block) entry(bundle int32, file int32, row int64) *entry {
	if len(b.index) == 0 {
		for i := range b.entries {
			if b.entries[i].bundle == bundle {
				return &b.entries[i]
			}
		}
	} else {
		mask := uint32(len(b.index) - 1)
		for at := uint32(bundle) & mask; b.index[at] != 0; at = (at + 1) & mask {
			if e := &b.entries[b.index[at]-1]; e.bundle == bundle {
				return e
			}
		}
	}
	return b.newEntry(entry{bundle: bundle, file: file, row: row})
}

func (b *Block) newEntry(e entry) *entry {
	if n := len(b.entries); n == cap(b.entries) {
		larger := make([]entry, n, n+n/2+2)
		copy(larger, b.entries)
		b.owner.bytes += entryBytes * (cap(larger) - n)
		b.entries = larger
		if b.owner.Spread {
			b.growSpreads(cap(larger))
		}
	}
	b.entries = append(b.entries, e)
	n := len(b.entries)
	if b.owner.Spread {
		b.more.spreads = b.more.spreads[:n]
	}
	if n > few && 3*n > 2*len(b.index) {
		size := 1 << bits.Len(uint(2*n-1)) // the next power of two
		b.owner.bytes += 4 * (size - len(b.index))
		b.index = make([]int32, size)
		for i := range b.entries {
			b.place(i)
		}
	} else if len(b.index) > 0 {
		b.place(n - 1)
	}
	return &b.entries[n-1]
}

// growSpreads makes room for so many entries' spreads.
func (b *Block) growSpreads(room int) {
	if b.more == nil {
		b.more = &more{}
	}
	if b.more.spreads == nil {
		b.owner.bytes += moreBytes
	}
	larger := make([]Spread, len(b.more.spreads), room)
	copy(larger, b.more.spreads)
	b.owner.bytes += spreadBytes * (room - len(larger))
	b.more.spreads = larger
}

// few entries are gone through one by one: they lie in as many lines of the cache as an index would.
const few = 4

func (b *Block) place(i int) {
	mask := uint32(len(b.index) - 1)
	at := uint32(b.entries[i].bundle) & mask
	for b.index[at] != 0 {
		at = (at + 1) & mask
	}
	b.index[at] = int32(i + 1)
}
