package engine

import (
	"math/bits"

	"github.com/ai-impact-observatory/ailca/lca/column"
)

// numbers is a small number for each row of a batch, from 0; each is nil where all rows have one.
type numbers struct {
	one  int32
	each []int32
}

func (n numbers) at(row int32) int32 {
	if n.each == nil {
		return n.one
	}
	return n.each[row]
}

// words numbers the strings of a column as they are met, from 1; 0 stands for no value.
type words struct {
	ids    map[string]int32
	values []string // of each number
	bytes  int      // of memory, about
	memo   column.Memo[int32]
	buffer []int32
}

// wordBytes is about what a string takes beside its text: in the map, and in the list.
const wordBytes = 64

func newWords() *words { return &words{ids: map[string]int32{}, values: []string{""}} }

func (w *words) id(s string) int32 {
	id, ok := w.ids[s]
	if !ok {
		id = int32(len(w.values))
		w.ids[s] = id
		w.values = append(w.values, s)
		w.bytes += wordBytes + len(s)
	}
	return id
}

// number gives the numbers of a column's strings.
func (w *words) number(c *column.Column, rows int) numbers {
	if c.Valid != nil && none(c.Valid, rows) {
		return numbers{}
	}
	ids, codes := w.memo.Of(c.Dict, w.id), c.Codes[:rows]
	if c.Valid == nil && same(codes) {
		return numbers{one: ids[codes[0]]}
	}
	w.buffer = grow(w.buffer, rows)
	out := w.buffer
	if c.Valid == nil {
		for i, code := range codes {
			out[i] = ids[code]
		}
		return numbers{each: out}
	}
	for i, code := range codes {
		out[i] = 0
		if c.Valid.Get(i) {
			out[i] = ids[code]
		}
	}
	return numbers{each: out}
}

// same reports whether all are equal.
func same[T comparable](values []T) bool {
	for _, v := range values {
		if v != values[0] {
			return false
		}
	}
	return true
}

// none reports whether no row has a value.
func none(valid column.Bitmap, rows int) bool {
	for _, w := range valid[:(rows+63)/64] {
		if w != 0 {
			return false
		}
	}
	return true
}

// presence is 1 of the rows that have a value.
func presence(valid column.Bitmap, rows int, buffer *[]int32) numbers {
	switch {
	case valid == nil:
		return numbers{one: 1}
	case none(valid, rows):
		return numbers{}
	}
	*buffer = grow(*buffer, rows)
	out := *buffer
	for i := range out {
		out[i] = int32(valid[i>>6] >> (uint(i) & 63) & 1)
	}
	return numbers{each: out}
}

// combination numbers the combinations of several numbers a row, from 0, by combining them two by two as they are met. Not every number need be met.
type combination struct {
	stages []pairs
	count  int // of combinations met
}

// number combines one more number of each row, below a bound, with those so far; the first call is for stage 0, whose numbers stay what they are. Each
// stage must be called for every batch, in order.
func (c *combination) number(stage int, before, next numbers, bound, rows int) numbers {
	for len(c.stages) <= stage {
		c.stages = append(c.stages, pairs{})
	}
	if stage == 0 {
		c.count = bound
		return next
	}
	out := c.stages[stage].number(before, c.count, next, rows)
	c.count = c.stages[stage].count(c.count)
	return out
}

// bytes is about how much memory the combinations take.
func (c *combination) bytes() (n int) {
	for i := range c.stages {
		p := &c.stages[i]
		n += 8*cap(p.back) + 4*cap(p.table) + 12*len(p.far.keys)
	}
	return n
}

// parts gives back what stages numbers were combined to one.
func (c *combination) parts(number int32, out []int32) {
	for stage := len(c.stages) - 1; stage > 0; stage-- {
		if p := &c.stages[stage]; p.back == nil {
			out[stage] = 0
		} else {
			number, out[stage] = p.back[number][0], p.back[number][1]
		}
	}
	if len(c.stages) > 0 {
		out[0] = number
	}
}

// pairs numbers pairs of numbers as they are met. As long as all second numbers are 0, as those of a column without values are, a pair has the number of
// its first.
type pairs struct {
	back   [][2]int32 // the pair of each number; nil as long as all second numbers are 0
	shift  uint
	table  []int32 // 1 + number of a pair, at first << shift | second; of whole firsts
	far    far     // of pairs that would make the table too sparse
	buffer []int32
	filled []int32 // the first number of all rows
}

// count is how many numbers there are, where there are so many first ones.
func (p *pairs) count(firsts int) int {
	if p.back == nil {
		return firsts
	}
	return len(p.back)
}

// number gives the number of each row's pair. firsts is how many first numbers there are.
func (p *pairs) number(a numbers, firsts int, b numbers, rows int) numbers {
	if b.each == nil && b.one == 0 && p.back == nil {
		return a
	}
	if p.back == nil {
		p.back = make([][2]int32, firsts)
		for i := range p.back {
			p.back[i] = [2]int32{int32(i), 0}
			p.remember(int32(i), 0, int32(i))
		}
	}
	if a.each == nil && b.each == nil {
		return numbers{one: p.of(a.one, b.one)}
	}
	p.buffer = grow(p.buffer, rows)
	out := p.buffer
	if a.each == nil {
		p.filled = grow(p.filled, rows)
		for i := range p.filled {
			p.filled[i] = a.one
		}
		a.each = p.filled
	}
	ones, table, shift := a.each[:rows], p.table, p.shift
	if b.each == nil {
		for i, x := range ones {
			if at := int(x)<<shift | int(b.one); b.one>>shift == 0 && at < len(table) && table[at] != 0 {
				out[i] = table[at] - 1
				continue
			}
			out[i] = p.of(x, b.one)
			table, shift = p.table, p.shift
		}
		return numbers{each: out}
	}
	seconds := b.each[:rows]
	for i, x := range ones {
		y := seconds[i]
		if at := int(x)<<shift | int(y); y>>shift == 0 && at < len(table) && table[at] != 0 {
			out[i] = table[at] - 1
			continue
		}
		out[i] = p.of(x, y)
		table, shift = p.table, p.shift
	}
	return numbers{each: out}
}

// of is the number of a pair, given to it where it has none.
func (p *pairs) of(a, b int32) int32 {
	if at := int(a)<<p.shift | int(b); b>>p.shift == 0 && at < len(p.table) && p.table[at] != 0 {
		return p.table[at] - 1
	}
	if n, ok := p.far.get(a, b); ok {
		return n
	}
	n := int32(len(p.back))
	p.back = append(p.back, [2]int32{a, b})
	p.remember(a, b, n)
	return n
}

// minTable and sparse bound the table: it may have so many entries, or so many times the pairs that there are.
const (
	minTable = 1 << 20
	sparse   = 8
)

func (p *pairs) remember(a, b, n int32) {
	shift := max(p.shift, uint(bits.Len32(uint32(b))))
	size := max((int(a)+1)<<shift, len(p.table)>>p.shift<<shift)
	if size > max(minTable, sparse*len(p.back)) {
		p.far.put(a, b, n)
		return
	}
	if shift > p.shift {
		table := make([]int32, len(p.table)>>p.shift<<shift)
		for i, n := range p.table {
			table[i>>p.shift<<shift|i&(1<<p.shift-1)] = n
		}
		p.table, p.shift = table, shift
	}
	if more := size - len(p.table); more > 0 {
		p.table = append(p.table, make([]int32, more)...)
	}
	p.table[int(a)<<shift|int(b)] = n + 1
}

// far is a hash table of pairs: open addressing, at most half full.
type far struct {
	keys    []uint64 // the pair + 1; 0 where none is
	numbers []int32
	count   int
}

func pairKey(a, b int32) uint64 { return uint64(uint32(a))<<32 | uint64(uint32(b)) + 1 }

func (f *far) slot(key uint64) uint64 {
	mask := uint64(len(f.keys) - 1)
	at := key * 0x9E3779B97F4A7C15 >> 32 & mask
	for f.keys[at] != 0 && f.keys[at] != key {
		at = (at + 1) & mask
	}
	return at
}

func (f *far) get(a, b int32) (int32, bool) {
	if f.count == 0 {
		return 0, false
	}
	key := pairKey(a, b)
	at := f.slot(key)
	return f.numbers[at], f.keys[at] == key
}

func (f *far) put(a, b, n int32) {
	if 2*f.count >= len(f.keys) {
		old := *f
		f.keys, f.numbers = make([]uint64, max(1024, 2*len(old.keys))), make([]int32, max(1024, 2*len(old.keys)))
		for i, key := range old.keys {
			if key != 0 {
				at := f.slot(key)
				f.keys[at], f.numbers[at] = key, old.numbers[i]
			}
		}
	}
	at := f.slot(pairKey(a, b))
	f.keys[at], f.numbers[at] = pairKey(a, b), n
	f.count++
}
