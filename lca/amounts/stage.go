package amounts

import (
	"math"
	"slices"
)

// Shape is what rows have in common that are added together: the part and the bundles that their amounts enter.
type Shape struct {
	Part   int32
	Sums   []ShapeSum
	Values int // amounts that a row brings
}

// ShapeSum is one of a row's amounts: the Value'th that it brings, or one that all rows share where Value is -1.
type ShapeSum struct {
	Bundle int32
	Value  int32
	Shared float64
}

// Rows are rows of one shape.
type Rows struct {
	Shape  int32
	Groups []int32     // of each row
	File   int32       // of all rows, below 2^24
	First  int64       // the number of a row is First + At, below 2^40
	At     []int32     // of each row
	Values [][]float64 // of each value that the shape's rows bring, that of each row
}

// Shape adds a shape and returns its number.
func (c *Cells) Shape(s Shape) int32 {
	c.shapes = append(c.shapes, s)
	return int32(len(c.shapes) - 1)
}

// staged holds rows that wait to be added. Where the cells outgrow a processor's cache, a row's sums are far away in memory, and so are the next one's. So
// rows are first put with those of neighbouring groups, and added when they are many: what they add to is near then, and needed again soon.
type staged struct {
	partitions [][]uint64 // of each range of groups, its rows: group and shape, file and row, then the values
	shift      uint       // groups of a range, as a power of two
	words      int        // of all
}

// Of what waits: how many words at most, where all groups are near and where they are not; and how many bytes of cells are near.
const (
	stageNear = 1 << 12
	stageFar  = 1 << 22
	nearBytes = 1 << 19
)

// arrange chooses ranges of groups whose cells lie within nearBytes. Nothing may wait.
func (s *staged) arrange(c *Cells) {
	groups := max(1, len(c.names))
	s.shift = 0
	for groups>>s.shift > 1 && c.bytes/groups<<(s.shift+1) <= nearBytes {
		s.shift++
	}
	if c.bytes <= nearBytes {
		s.shift = 31
	}
}

// AddRows adds rows. An amount that no sum takes, exact.ErrNotFinite or exact.ErrOverflow, must not be among them.
func (c *Cells) AddRows(r *Rows) {
	s := &c.staged
	if s.words == 0 {
		s.arrange(c)
	}
	for last := (len(c.names) - 1) >> s.shift; len(s.partitions) <= last; {
		s.partitions = append(s.partitions, nil)
	}
	shape, file, words := uint64(uint32(r.Shape)), uint64(r.File)<<40, 2+len(r.Values)
	for k, group := range r.Groups {
		partition := &s.partitions[group>>s.shift]
		n := len(*partition)
		if n+words > cap(*partition) {
			*partition = slices.Grow(*partition, words)
		}
		*partition = (*partition)[:n+words]
		out := (*partition)[n : n+words]
		out[0], out[1] = uint64(group)<<32|shape, file|uint64(r.First+int64(r.At[k]))
		for v, each := range r.Values {
			out[2+v] = math.Float64bits(each[k])
		}
	}
	s.words += len(r.Groups) * words
	if s.words >= stageNear && (s.shift == 31 || s.words >= stageFar) {
		c.Settle()
	}
}

// Settle adds all rows that wait.
func (c *Cells) Settle() {
	s := &c.staged
	for p := range s.partitions {
		c.settle(s.partitions[p])
		s.partitions[p] = s.partitions[p][:0]
	}
	s.words = 0
}

func (c *Cells) settle(words []uint64) {
	for len(words) > 0 {
		shape := &c.shapes[uint32(words[0])]
		block := c.Block(shape.Part, int32(words[0]>>32))
		file, row := int32(words[1]>>40), int64(words[1]&(1<<40-1))
		values := words[2 : 2+shape.Values]
		words = words[2+shape.Values:]
		for i := range shape.Sums {
			sum := &shape.Sums[i]
			amount := sum.Shared
			if sum.Value >= 0 {
				amount = math.Float64frombits(values[sum.Value])
			}
			e := block.near(sum.Bundle)
			if e == nil {
				e = block.entry(sum.Bundle, file, row)
			}
			e.rows++
			if row < e.row || file != e.file {
				e.first(file, row)
			}
			if err := e.sum.Add(amount); err != nil {
				block.overflow(sum.Bundle, amount, err)
			}
		}
	}
}

// near finds the entry of a bundle where it is the first to be looked at; nil else.
func (b *Block) near(bundle int32) *entry {
	if len(b.index) > 0 {
		if n := b.index[int(bundle)&(len(b.index)-1)]; n > 0 {
			if e := &b.entries[n-1]; e.bundle == bundle {
				return e
			}
		}
	}
	return nil
}
