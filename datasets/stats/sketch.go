package stats

import (
	"cmp"
	"encoding/binary"
	"math"
	"slices"

	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/draws/stat"
)

// distinct counts values by the least of their hashes: exactly while there are no more than are kept, else from how close the least ones stand.
type distinct struct {
	least []uint64 // kept hashes, with others behind them that were not looked at yet
	bound uint64   // hashes from it on are not among the kept; 0: no bound
}

// keptHashes is up to how many values are counted exactly. The error beyond is about one part in the root of it, 0.4 %.
const keptHashes = 1 << 16

func (d *distinct) add(hash uint64) {
	if d.bound != 0 && hash >= d.bound {
		return
	}
	if d.least = append(d.least, hash); len(d.least) == 2*keptHashes {
		d.trim()
	}
}

func (d *distinct) trim() {
	slices.Sort(d.least)
	d.least = slices.Compact(d.least)
	if len(d.least) > keptHashes {
		d.least = d.least[:keptHashes+1]
		d.bound = d.least[keptHashes]
	}
}

// count is how many values there are, and whether that is exact.
func (d *distinct) count() (n int64, exactly bool) {
	d.trim()
	if d.bound == 0 {
		return int64(len(d.least)), true
	}
	return int64(math.Round(float64(keptHashes) / (float64(d.bound) / (1 << 64)))), false
}

func hashOf(v float64) uint64 {
	if v == 0 {
		v = 0 // without its sign
	}
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], math.Float64bits(v))
	return column.DigestOfBytes(b[:]).Hi
}

// spread tells how numbers lie. Up to a number of values it holds them; beyond, it counts them in cells each 1/128 of its lower end wide, dates in cells
// of a day or, where there are too many days, of the least power of two of days with which there are not.
type spread struct {
	dates    bool // numbers are days since 1970
	n        int64
	min, max float64
	values   []float64
	cells    map[int64]int64 // nil while values are held
	width    uint            // of dates: a cell has two to its power of days
}

// exactly reports whether quantiles are values of rows: of dates to the day, which is all that is shown of them.
func (s *spread) exactly() bool { return s.cells == nil || s.dates && s.width == 0 }

// cell is that of a number.
func (s *spread) cell(v float64) int64 {
	if s.dates {
		const far = 1 << 53
		return int64(math.Floor(min(max(v, -far), far))) >> s.width
	}
	return int64(stat.Place(v) >> (64 - cellBits))
}

// count counts a number in its cell. How wide cells are in the end depends on the numbers alone: one that is not too narrow for all is not for some.
func (s *spread) count(v float64) {
	s.cells[s.cell(v)]++
	for s.dates && len(s.cells) > heldValues {
		s.width++
		wider := make(map[int64]int64, len(s.cells))
		for cell, n := range s.cells {
			wider[cell>>1] += n
		}
		s.cells = wider
	}
}

// middle is a number amid a cell.
func (s *spread) middle(cell int64) float64 {
	if s.dates {
		return float64(cell<<s.width + 1<<s.width>>1)
	}
	return stat.At(uint64(cell)<<(64-cellBits) | 1<<(63-cellBits))
}

// heldValues is up to how many values quantiles are exact.
const heldValues = 1 << 16

// cellBits is how many of the highest bits of a number's place in order make its cell: sign, exponent and 7 bits of the fraction.
const cellBits = 19

func (s *spread) add(v float64) {
	if s.n == 0 {
		s.min, s.max = v, v
	}
	s.n++
	s.min, s.max = min(s.min, v), max(s.max, v)
	switch {
	case s.cells != nil:
		s.count(v)
	case len(s.values) < heldValues:
		s.values = append(s.values, v)
	default:
		s.cells = map[int64]int64{}
		for _, held := range append(s.values, v) {
			s.count(held)
		}
		s.values = nil
	}
}

// weighted is a value and how many there are of it, or of those near it.
type weighted struct {
	v float64
	n int64
}

// ordered are the values, or the middles of the cells, in their order.
func (s *spread) ordered() (out []weighted) {
	if s.cells == nil {
		slices.Sort(s.values)
		for _, v := range s.values {
			out = append(out, weighted{v, 1})
		}
		return out
	}
	for cell, n := range s.cells {
		out = append(out, weighted{min(max(s.middle(cell), s.min), s.max), n})
	}
	slices.SortFunc(out, func(a, b weighted) int { return cmp.Or(cmp.Compare(a.v, b.v), cmp.Compare(a.n, b.n)) })
	return out
}

// quantiles of shares in rising order.
func (s *spread) quantiles(shares ...float64) (out []float64) {
	passed := int64(0)
	list := s.ordered()
	for _, w := range list {
		passed += w.n
		for len(out) < len(shares) && float64(passed) >= shares[len(out)]*float64(s.n) {
			out = append(out, w.v)
		}
	}
	return out
}

// byRatios reports whether the twelfths that are drawn are ratios: of positive numbers over three powers of ten and more, not of dates.
func (s *spread) byRatios() bool { return !s.dates && s.min > 0 && s.max/s.min >= 1000 }

// spark draws how many values lie in each twelfth between the least and the greatest.
func (s *spread) spark() string {
	const bins = 12
	scale := func(v float64) float64 { return float64(v/2) - float64(s.min/2) } // halves: no difference overflows
	if s.byRatios() {
		scale = func(v float64) float64 { return float64(stat.Place(v) - stat.Place(s.min)) }
	}
	width := scale(s.max)
	if !(width > 0) {
		return ""
	}
	var counts [bins]int64
	most := int64(0)
	for _, w := range s.ordered() {
		i := min(int(scale(w.v)/width*bins), bins-1)
		counts[i] += w.n
		most = max(most, counts[i])
	}
	blocks := []rune("▁▂▃▄▅▆▇█")
	var out []rune
	for _, n := range counts {
		if n == 0 {
			out = append(out, '·')
			continue
		}
		out = append(out, blocks[(n*8-1)/most])
	}
	return string(out)
}

// frequent finds the texts that stand in more than one of candidates+1 rows (Misra and Gries): those are among what it holds, whatever the order.
type frequent struct {
	held   map[column.Digest]*Count
	pruned bool // there were too many: counts are too low
}

// candidates is how many texts are held at least, once there are more.
const candidates = 1 << 12

// shownText bounds the bytes of a text that is held.
const shownText = 160

func (f *frequent) add(d column.Digest, text string, rows int64) {
	if c := f.held[d]; c != nil {
		c.Rows += rows
		return
	}
	if f.held == nil {
		f.held = map[column.Digest]*Count{}
	}
	f.held[d] = &Count{cut(text), rows}
	if len(f.held) > 2*candidates {
		f.prune()
	}
}

// prune takes from every count that of the first one too many, and drops what is left with nothing.
func (f *frequent) prune() {
	f.pruned = true
	var rows []int64
	for _, c := range f.held {
		rows = append(rows, c.Rows)
	}
	slices.SortFunc(rows, func(a, b int64) int { return cmp.Compare(b, a) })
	less := rows[candidates]
	for d, c := range f.held {
		if c.Rows -= less; c.Rows <= 0 {
			delete(f.held, d)
		}
	}
}

// restart begins to count the candidates anew.
func (f *frequent) restart() {
	for _, c := range f.held {
		c.Rows = 0
	}
}

func (f *frequent) count(d column.Digest, rows int64) {
	if c := f.held[d]; c != nil {
		c.Rows += rows
	}
}

// top are the most frequent texts; of too many, those alone that are sure to be found.
func (f *frequent) top(present int64, most int) (out []Count) {
	for _, c := range f.held {
		if !f.pruned || c.Rows > present/(candidates+1) {
			out = append(out, *c)
		}
	}
	slices.SortFunc(out, func(a, b Count) int { return cmp.Or(byRows(a, b), cmp.Compare(a.Value, b.Value)) })
	return out[:min(len(out), most)]
}

func byRows(a, b Count) int { return cmp.Compare(b.Rows, a.Rows) }
