package amounts

import (
	"math"
	"slices"
)

// Shape is what rows have in common that are added together: the part and the bundles that their amounts enter.
type Shape struct {
	Part int32
	Sums []ShapeSum
}

// ShapeSum is one of a row's amounts: the Value'th that it brings, or one that all rows share where Value is -1.
type ShapeSum struct {
	Bundle int32
	Value  int32
	Shared float64
}

// Rows are rows that bring as many values.
type Rows struct {
	Shapes []int32     // of each row
	Groups []int32     // of each row
	File   int32       // of all rows, below 2^24
	First  int64       // the number of a row is First + At, below 2^40
	At     []int32     // of each row
	Values [][]float64 // of each value that the shapes' rows bring, that of each row
	Row    []uint64    // where spreads are kept: of each row a number that its content gives, which tells it from others wherever it stands
}

// MaxValues is how many values a row may bring.
const MaxValues = 255

// Shape adds a shape and returns its number. There may be 2^24, of MaxValues each.
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

// ForgetShapes adds all rows that wait and forgets the shapes: their numbers begin anew.
func (c *Cells) ForgetShapes() {
	c.Settle()
	c.shapes, c.sums, c.shared = nil, nil, nil
}

// shape is a Shape as rows are added by it: what many rows in no order ask for lies close together.
type shape struct{ part, from, sums int32 }

// shapeSum is a bundle, and the value of the row that it gets, or -1 less the place of a shared one.
type shapeSum struct{ bundle, value int32 }

// staged holds rows that wait to be added. Where the cells outgrow a processor's cache, a row's sums are far away in memory, and so are the next one's. So
// rows are first put with those of other groups of a partition, and added when they are many: what they add to is near then, and needed again soon.
type staged struct {
	partitions [][]uint64 // of each, its rows: group, number of values and shape; file and row; the number of its content, where spreads are kept; then the values
	of         []int32    // of each group, its partition; groups that are newer are of the last
	groups     []int32    // in the order of the partitions
	size       int        // groups of a partition; 0: all are near, and there is one partition
	words      int        // of all
	read       int64      // what warm makes of what it reads: nothing, but reading that nobody uses would be left out
}

// Of what waits: how many words at most, where all groups are near and, unless Cells says less, where they are not; how many for each byte of cells, so that each
// line of these that is fetched is added to several times; and how many bytes of cells are near.
const (
	stageNear = 1 << 12
	stageFar  = 1 << 22
	stageEach = 0.25
	nearBytes = 1 << 19
)

// arrange makes partitions of groups whose cells lie within nearBytes, of groups that are neighbours in the first place. Nothing may wait.
func (s *staged) arrange(c *Cells) {
	if c.bytes <= nearBytes {
		s.size, s.of = 0, s.of[:0]
		s.resize(1)
		return
	}
	size := max(1, nearBytes/(c.bytes/len(c.names)))
	if len(s.of) != len(c.names) || s.size == 0 {
		s.order(c)
	} else if size == s.size {
		return
	}
	s.size = size
	for at, g := range s.groups {
		s.of[g] = int32(at / size)
	}
	s.resize((len(s.groups)-1)/size + 1)
}

// order sorts the groups by their neighbourhoods.
func (s *staged) order(c *Cells) {
	s.of, s.groups = make([]int32, len(c.names)), make([]int32, len(c.names))
	starts := []int32{0}
	for _, n := range c.neighbours {
		for len(starts) <= int(n)+1 {
			starts = append(starts, 0)
		}
		starts[n+1]++
	}
	for i := 1; i < len(starts); i++ {
		starts[i] += starts[i-1]
	}
	for g, n := range c.neighbours {
		s.groups[starts[n]] = int32(g)
		starts[n]++
	}
}

// resize makes room anew for another number of partitions: each takes its share of it.
func (s *staged) resize(partitions int) {
	if len(s.partitions) != partitions {
		s.partitions = make([][]uint64, partitions)
	}
}

// room is how many words a range of groups is likely to bring until all are added.
func (c *Cells) room() int {
	s := &c.staged
	if s.size == 0 {
		return stageNear
	}
	return c.far() / len(s.partitions)
}

// far is how many words wait at most.
func (c *Cells) far() int {
	n := min(stageFar, max(stageNear, int(stageEach*float64(c.bytes))))
	if c.Memory > 0 {
		n = min(n, c.Memory/4/8)
	}
	return n
}

// AddRows adds rows. An amount that no sum takes, exact.ErrNotFinite or exact.ErrOverflow, must not be among them.
func (c *Cells) AddRows(r *Rows) {
	s := &c.staged
	if s.words == 0 {
		s.arrange(c)
	}
	last := len(s.partitions) - 1
	head := c.head()
	file, words, values := uint64(r.File)<<40, head+len(r.Values), uint64(len(r.Values))<<24
	for k, group := range r.Groups {
		at := last
		if int(group) < len(s.of) {
			at = int(s.of[group])
		}
		partition := &s.partitions[at]
		n := len(*partition)
		if n+words > cap(*partition) {
			*partition = slices.Grow(*partition, max(words, c.room()))
		}
		*partition = (*partition)[:n+words]
		out := (*partition)[n : n+words]
		out[0], out[1] = uint64(group)<<32|values|uint64(uint32(r.Shapes[k])), file|uint64(r.First+int64(r.At[k]))
		if head > 2 {
			out[2] = r.Row[k]
		}
		for v, each := range r.Values {
			out[head+v] = math.Float64bits(each[k])
		}
	}
	s.words += len(r.Groups) * words
	if s.words >= stageNear && (s.size == 0 || s.words >= c.far()) {
		c.Settle()
	}
}

// head is how many words of a row that waits come before its values.
func (c *Cells) head() int {
	if c.Spread {
		return 3
	}
	return 2
}

// Settle adds all rows that wait.
func (c *Cells) Settle() {
	s := &c.staged
	for p := range s.partitions {
		c.warm(p, len(s.partitions[p]))
		c.settle(s.partitions[p])
		s.partitions[p] = s.partitions[p][:0]
		// Where rows come in the order of their groups, one range after the other takes all that waits: its memory must not stay with each.
		if s.size > 0 && cap(s.partitions[p]) > 3*c.room() {
			s.partitions[p] = nil
		}
	}
	s.words = 0
}

// warm reads the cells of a range of groups from beginning to end, where so many words are to be added to them that most are needed: in their order
// they come from memory many at a time, and one by one as rows need them each would be waited for.
func (c *Cells) warm(partition, words int) {
	s := &c.staged
	if s.size == 0 || 4*words < c.bytes/len(s.partitions)/entryBytes {
		return
	}
	for _, g := range s.groups[min(partition*s.size, len(s.groups)):min((partition+1)*s.size, len(s.groups))] {
		for _, row := range c.blocks {
			if int(g) >= len(row) || row[g] == nil {
				continue
			}
			b := row[g]
			for i := range b.entries {
				s.read += b.entries[i].rows
			}
			for i := range b.spreads() {
				s.read += int64(b.more.spreads[i].Squares[0])
			}
			for i := 0; i < len(b.index); i += 16 {
				s.read += int64(b.index[i])
			}
		}
	}
}

// settle adds the rows of a partition.
func (c *Cells) settle(words []uint64) {
	next, head := words, c.head()
	for range lookAhead {
		next = c.touch(next, head)
	}
	for len(words) > 0 {
		next = c.touch(next, head)
		shape := &c.shapes[words[0]&(1<<24-1)]
		block := c.Block(shape.part, int32(words[0]>>32))
		file, row := int32(words[1]>>40), int64(words[1]&(1<<40-1))
		content := words[head-1] // of rows whose spread is kept; else nobody asks
		end := head + int(words[0]>>24&0xff)
		values := words[head:end]
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
			} else if c.Spread {
				block.spreadOf(sum.bundle).add(amount, content)
			}
		}
	}
}

// lookAhead is how many rows before it is added to a row's shape is asked for, so that it is there when it is needed.
const lookAhead = 4

// touch asks for the shape of a row, and returns the rows after it.
func (c *Cells) touch(words []uint64, head int) []uint64 {
	if len(words) == 0 {
		return nil
	}
	c.staged.read += int64(c.sums[c.shapes[words[0]&(1<<24-1)].from].bundle)
	return words[head+int(words[0]>>24&0xff):]
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
