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

// Rows are rows whose shapes have as many values.
type Rows struct {
	Shapes []int32     // of each row
	Groups []int32     // of each row
	File   int32       // of all rows, below 2^24
	First  int64       // the number of a row is First + At, below 2^40
	At     []int32     // of each row
	Values [][]float64 // of each value that the shapes' rows bring, that of each row
}

// Shape adds a shape and returns its number. There may be 2^24, of 255 values each.
func (c *Cells) Shape(s Shape) int32 {
	n := shape{part: s.Part, from: int32(len(c.sums)), sums: int32(len(s.Sums))}
	for _, sum := range s.Sums {
		if sum.Value < 0 {
			c.shared = append(c.shared, sum.Shared)
			sum.Value = -int32(len(c.shared))
		}
		c.sums = append(c.sums, shapeSum{sum.Bundle, sum.Value})
	}
	c.shapes = append(c.shapes, n)
	return int32(len(c.shapes) - 1)
}

// shape is a Shape as rows are added by it: what many rows in no order ask for lies close together.
type shape struct{ part, from, sums int32 }

// shapeSum is a bundle, and the value of the row that it gets, or -1 less the place of a shared one.
type shapeSum struct{ bundle, value int32 }

// staged holds rows that wait to be added. Where the cells outgrow a processor's cache, a row's sums are far away in memory, and so are the next one's. So
// rows are first put with those of neighbouring groups, and added when they are many: what they add to is near then, and needed again soon.
type staged struct {
	partitions [][]uint64 // of each range of groups, its rows: group, number of values and shape; file and row; then the values
	shift      uint       // groups of a range, as a power of two
	words      int        // of all
	read       int64      // what warm makes of what it reads: nothing, but reading that nobody uses would be left out
}

// Of what waits: how many words at most, where all groups are near and, unless Cells says less, where they are not; and how many bytes of cells are near.
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

// room is how many words a range of groups is likely to bring until all are added.
func (c *Cells) room() int {
	s := &c.staged
	if s.shift == 31 {
		return stageNear
	}
	return c.far() / len(s.partitions)
}

// far is how many words wait at most.
func (c *Cells) far() int {
	if c.Memory > 0 {
		return min(stageFar, c.Memory/4/8)
	}
	return stageFar
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
	file, words, values := uint64(r.File)<<40, 2+len(r.Values), uint64(len(r.Values))<<24
	for k, group := range r.Groups {
		partition := &s.partitions[group>>s.shift]
		n := len(*partition)
		if n+words > cap(*partition) {
			*partition = slices.Grow(*partition, max(words, c.room()))
		}
		*partition = (*partition)[:n+words]
		out := (*partition)[n : n+words]
		out[0], out[1] = uint64(group)<<32|values|uint64(uint32(r.Shapes[k])), file|uint64(r.First+int64(r.At[k]))
		for v, each := range r.Values {
			out[2+v] = math.Float64bits(each[k])
		}
	}
	s.words += len(r.Groups) * words
	if s.words >= stageNear && (s.shift == 31 || s.words >= c.far()) {
		c.Settle()
	}
}

// Settle adds all rows that wait.
func (c *Cells) Settle() {
	s := &c.staged
	for p := range s.partitions {
		c.warm(p, len(s.partitions[p]))
		c.settle(s.partitions[p])
		s.partitions[p] = s.partitions[p][:0]
	}
	s.words = 0
}

// warm reads the cells of a range of groups from beginning to end, where so many words are to be added to them that most are needed: in their order
// they come from memory many at a time, and one by one as rows need them each would be waited for.
func (c *Cells) warm(partition, words int) {
	s := &c.staged
	if s.shift == 31 || 4*words < c.bytes/len(s.partitions)/entryBytes {
		return
	}
	from := partition << s.shift
	for _, row := range c.blocks {
		for _, b := range row[min(from, len(row)):min(from+1<<s.shift, len(row))] {
			if b == nil {
				continue
			}
			for i := range b.entries {
				s.read += b.entries[i].rows
			}
			for i := 0; i < len(b.index); i += 16 {
				s.read += int64(b.index[i])
			}
		}
	}
}

func (c *Cells) settle(words []uint64) {
	next := words
	for range lookAhead {
		next = c.touch(next)
	}
	for len(words) > 0 {
		next = c.touch(next)
		shape := &c.shapes[words[0]&(1<<24-1)]
		block := c.Block(shape.part, int32(words[0]>>32))
		file, row := int32(words[1]>>40), int64(words[1]&(1<<40-1))
		end := 2 + words[0]>>24&0xff
		values := words[2:end]
		words = words[end:]
		for _, sum := range c.sums[shape.from : shape.from+shape.sums] {
			var amount float64
			if sum.value >= 0 {
				amount = math.Float64frombits(values[sum.value])
			} else {
				amount = c.shared[-1-sum.value]
			}
			e := block.near(sum.bundle)
			if e == nil {
				e = block.entry(sum.bundle, file, row)
			}
			e.rows++
			if row < e.row || file != e.file {
				e.first(file, row)
			}
			if err := e.sum.Add(amount); err != nil {
				block.overflow(sum.bundle, amount, err)
			}
		}
	}
}

// lookAhead is how many rows before it is added to a row's shape is asked for, so that it is there when it is needed.
const lookAhead = 4

// touch asks for the shape of a row, and returns the rows after it.
func (c *Cells) touch(words []uint64) []uint64 {
	if len(words) == 0 {
		return nil
	}
	c.staged.read += int64(c.sums[c.shapes[words[0]&(1<<24-1)].from].bundle)
	return words[2+words[0]>>24&0xff:]
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
