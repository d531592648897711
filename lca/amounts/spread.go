package amounts

import (
	"encoding/binary"
	"math"

	"github.com/ai-impact-observatory/ailca/lca/exact"
)

// Spread tells, beside a cell's sum, how the sum is spread over the amounts that entered it: what errors of the amounts that are independent of each
// other need. The largest bear most of such an error; of all others the variance follows from the sum of their squares.
//
// It is kept where Cells.Spread asks for it, and depends on no order, split or worker. Each amount that is added counts by itself. A row brings a cell
// one amount, as a rule, for its years lie in different cells; of a row whose rule has several terms with one monomial, or of a row over several
// years, the parts count as separate amounts, so that of errors that such parts share the sum of squares tells too little: for parts of one sign at
// least 1/n of theirs, n being how many a row has.
type Spread struct {
	// Squares is the exact sum of the amounts' squares, each rounded to a float64 and multiplied by SquareScale. Squares below 2^-97 (those of amounts
	// below 2.5e-15) are rounded to 0. What does not fit stays at Beyond: squares are not negative, so that whether it does not fit does not depend on
	// the order, and a sum that is Beyond is never taken for a smaller one.
	Squares exact.Grid
	// Largest are the amounts of largest magnitude, descending, the positive one first where two have the same; 0 for none.
	Largest [4]float64
	// Rows tells the rows of Largest from all others, wherever amounts of theirs stand: see Rows.Row. Of amounts alike those of the least numbers are kept.
	Rows [4]uint64
}

// SquareScale brings squares into the range of exact.Grid: sums of squares below 2^95 fit, which are those of 1 amount of 2^47 (1.4e14), of 10^6
// amounts of 2^37 (1.4e11).
const SquareScale = 0x1p-32

// Beyond is a sum of squares that does not fit: the largest number of the grid.
var Beyond = exact.Grid{math.MaxUint64, math.MaxUint64, math.MaxInt64}

func square(x float64) float64 { return float64(float64(x*x) * SquareScale) }

// add adds an amount of a row that a sum takes.
func (s *Spread) add(x float64, row uint64) {
	if s.Squares.Add(square(x)) != nil {
		s.Squares = Beyond
	}
	if x != 0 && math.Abs(x) >= math.Abs(s.Largest[3]) && before(x, row, s.Largest[3], s.Rows[3]) {
		s.insert(x, row)
	}
}

// before is the order of Largest.
func before(x float64, row uint64, y float64, other uint64) bool {
	a, b := math.Abs(x), math.Abs(y)
	return a > b || a == b && (x > y || x == y && row < other)
}

func (s *Spread) insert(x float64, row uint64) {
	at := len(s.Largest) - 1
	for ; at > 0 && before(x, row, s.Largest[at-1], s.Rows[at-1]); at-- {
		s.Largest[at], s.Rows[at] = s.Largest[at-1], s.Rows[at-1]
	}
	s.Largest[at], s.Rows[at] = x, row
}

// Merge adds the amounts of another one.
func (s *Spread) Merge(o *Spread) {
	if s.Squares.AddGrid(&o.Squares) != nil {
		s.Squares = Beyond
	}
	for i, x := range o.Largest {
		if x == 0 || !before(x, o.Rows[i], s.Largest[3], s.Rows[3]) {
			break
		}
		s.insert(x, o.Rows[i])
	}
}

// Valid reports whether it is one of amounts: Largest in order, finite and among the squares.
func (s *Spread) Valid() bool {
	var least exact.Grid
	for i, x := range s.Largest {
		if !(math.Abs(x) < 1<<63) || i > 0 && before(x, s.Rows[i], s.Largest[i-1], s.Rows[i-1]) || x == 0 && s.Rows[i] != 0 {
			return false
		}
		if least.Add(square(x)) != nil {
			return s.Squares == Beyond
		}
	}
	rest := s.Squares
	return s.Squares.Sign() >= 0 && rest.AddGrid(negative(&least)) == nil && rest.Sign() >= 0
}

func negative(g *exact.Grid) *exact.Grid {
	n := g.Neg()
	return &n
}

// Rest is what the cell has beside the largest amounts: the sum of the others, and the sum of their squares, both exact before they are rounded once.
// Where the squares are Beyond, theirs is the most that it can be of as many rows: that of amounts all as large as the least of the largest, or the
// square of their sum where that is more. The cell must have a Spread.
func (c *Cell) Rest() (amount, squares float64) {
	rest, left := c.Sum, c.Spread.Squares
	amount = c.Sum.Float64()
	fits := true
	for _, x := range c.Spread.Largest {
		var s exact.Grid
		if s.Add(square(x)) == nil {
			left.AddGrid(negative(&s)) // from what holds it already
		}
		fits = fits && rest.Add(-x) == nil
		amount -= x
	}
	if fits { // it may not where amounts of both signs are near the end of the range
		amount = rest.Float64()
	}
	if c.Spread.Squares != Beyond {
		return amount, float64(left.Float64() / SquareScale)
	}
	least := c.Spread.Largest[3]
	return amount, max(float64(amount*amount), float64(float64(max(c.Rows-4, 0))*float64(least*least)))
}

// spreadBytes is the size of a Spread: in memory, and in a scratch file.
const spreadBytes = 88

func (s *Spread) append(to []byte) []byte {
	to, _ = s.Squares.AppendBinary(to) // it has no error
	for i, x := range s.Largest {
		to = binary.LittleEndian.AppendUint64(to, math.Float64bits(x))
		to = binary.LittleEndian.AppendUint64(to, s.Rows[i])
	}
	return to
}

// read reads what append wrote.
func (s *Spread) read(from []byte) error {
	if err := s.Squares.UnmarshalBinary(from[:24]); err != nil {
		return err
	}
	for i := range s.Largest {
		s.Largest[i] = math.Float64frombits(binary.LittleEndian.Uint64(from[24+16*i:]))
		s.Rows[i] = binary.LittleEndian.Uint64(from[32+16*i:])
	}
	return nil
}

// spreadOf is that of a bundle that has an entry.
func (b *Block) spreadOf(bundle int32) *Spread {
	if len(b.index) == 0 {
		for i := range b.entries {
			if b.entries[i].bundle == bundle {
				return &b.more.spreads[i]
			}
		}
	}
	mask := uint32(len(b.index) - 1)
	for at := uint32(bundle) & mask; ; at = (at + 1) & mask {
		if i := b.index[at] - 1; b.entries[i].bundle == bundle {
			return &b.more.spreads[i]
		}
	}
}

// spreads are those of a block's entries; nil where none are kept.
func (b *Block) spreads() []Spread {
	if b.more == nil {
		return nil
	}
	return b.more.spreads
}
