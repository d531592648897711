package amounts

import (
	"cmp"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/exact"
)

// spreadRow is a row of the test: an amount, and whether it enters one cell or two.
type spreadRow struct {
	group  int
	bundle int
	amount float64
	row    uint64
}

// plainSpreads computes what cells must have from the list of all amounts that enter each.
func plainSpreads(rows []spreadRow, bundles [][]Target) map[string]Spread {
	met := map[string][]spreadRow{}
	for _, r := range rows {
		for _, t := range bundles[r.bundle] {
			key := fmt.Sprint("group ", r.group, " flow ", t.Flow)
			met[key] = append(met[key], r)
		}
	}
	out := map[string]Spread{}
	for key, list := range met {
		sum := new(big.Float).SetPrec(600)
		for _, r := range list {
			sum.Add(sum, new(big.Float).SetFloat64(r.amount*r.amount))
		}
		quanta, accuracy := sum.SetMantExp(sum, 128-32).Int(nil)
		if accuracy != big.Exact {
			panic("the test's amounts must have squares on the grid")
		}
		var s Spread
		if quanta.BitLen() > 191 {
			s.Squares = Beyond
		} else {
			var word [24]byte
			quanta.FillBytes(word[:])
			if err := s.Squares.UnmarshalBinary(word[:]); err != nil {
				panic(err)
			}
		}
		slices.SortFunc(list, func(a, b spreadRow) int {
			return cmp.Or(cmp.Compare(math.Abs(b.amount), math.Abs(a.amount)), cmp.Compare(b.amount, a.amount), cmp.Compare(a.row, b.row))
		})
		for i, r := range list[:min(len(list), len(s.Largest))] {
			if r.amount != 0 {
				s.Largest[i], s.Rows[i] = r.amount, r.row
			}
		}
		out[key] = s
	}
	return out
}

// A cell's spread is that of a list of all its amounts, to the bit, for any order of rows, split among workers and spill.
func TestASpreadIsThatOfAllAmountsOfItsCell(t *testing.T) {
	space := &Space{}
	a, b, c := target(0, One), target(1, One), target(2, One)
	again := a // a further amount of a row that the cell has already
	again.Counted, again.Whole = false, false
	bundles := [][]Target{{a}, {a, b}, {c}, {b, c}, {again}}
	var ids []int32
	for _, targets := range bundles {
		ids = append(ids, space.Bundles.ID(targets))
	}
	r, alike := rand.New(rand.NewPCG(7, 8)), rand.New(rand.NewPCG(11, 12))
	var rows []spreadRow
	for range 3000 {
		x := spreadRow{group: r.IntN(20), bundle: r.IntN(len(bundles))}
		switch r.IntN(6) {
		case 0:
			x.amount = float64(r.IntN(5) - 2) // ties, of both signs, and nothing
		case 1:
			x.amount = -float64(r.IntN(1000)) / 8
		default:
			x.amount = math.Ldexp(r.Float64(), r.IntN(40)-15)
		}
		if x.group >= 18 && r.IntN(3) > 0 {
			x.amount = math.Ldexp(r.Float64()-0.5, 45+r.IntN(8)) // squares leave the grid
		}
		x.row = uint64(alike.IntN(2000)) // some are alike
		rows = append(rows, x)
	}
	want := plainSpreads(rows, bundles)
	beyond := 0
	for _, s := range want {
		if s.Squares == Beyond {
			beyond++
		}
	}
	if len(want) != 60 || beyond == 0 {
		t.Fatalf("the rows try too little: %d cells, %d beyond", len(want), beyond)
	}
	for seed := range uint64(30) {
		r := rand.New(rand.NewPCG(seed, 9))
		r.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
		workers := make([]*Cells, 1+r.IntN(4))
		groups := make([]map[int]int32, len(workers))
		for w := range workers {
			workers[w], groups[w] = &Cells{Spread: true}, map[int]int32{}
		}
		spills, dir := int(seed%3)*20, t.TempDir()
		for i, x := range rows {
			w := r.IntN(len(workers))
			c := workers[w]
			if spills > 0 && r.IntN(len(rows)) < spills {
				if err := c.Spill(dir); err != nil {
					t.Fatal(err)
				}
				groups[w] = map[int]int32{}
			}
			g, ok := groups[w][x.group]
			if !ok {
				g = c.Group([]string{fmt.Sprint("group ", x.group)}, 0)
				groups[w][x.group] = g
			}
			part := c.Part(Part{Year: 2024})
			if r.IntN(2) == 0 {
				if err := c.Block(part, g).Add(ids[x.bundle], 0, int64(i+1), x.row, x.amount); err != nil {
					t.Fatal(err)
				}
				continue
			}
			shape := c.Shape(Shape{Part: part, Sums: []ShapeSum{{Bundle: ids[x.bundle]}}})
			c.AddRows(&Rows{Shapes: []int32{shape}, Groups: []int32{g}, At: []int32{int32(i + 1)}, Values: [][]float64{{x.amount}}, Row: []uint64{x.row}})
		}
		table := tableOf(space, workers...)
		got := map[string]Spread{}
		if err := table.Groups(func(g *Group) error {
			for _, e := range g.Cells {
				if !e.Cell.Spread.Valid() {
					t.Errorf("%+v is said to be none of amounts", *e.Cell.Spread)
				}
				got[fmt.Sprint(g.Names[0], " flow ", e.Key.Flow)] = *e.Cell.Spread
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		for key, s := range want {
			if got[key] != s {
				t.Fatalf("order %d, %s: %+v, want %+v", seed, key, got[key], s)
			}
		}
		if len(got) != len(want) {
			t.Errorf("%d cells, want %d", len(got), len(want))
		}
		if err := table.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func spreadOf(amounts ...float64) *Cell {
	c := &Cell{Spread: &Spread{}}
	for _, x := range amounts {
		c.Sum.Add(x)
		c.Spread.add(x, 7)
		c.Rows++
	}
	return c
}

func TestRestIsWhatTheLargestLeave(t *testing.T) {
	amount, squares := spreadOf(1, 7, -3, 9, 5, 2, 8).Rest()
	if amount != 1-3+2 || squares != 1+9+4 {
		t.Errorf("got %v, %v", amount, squares)
	}
	if amount, squares := spreadOf(0.1, 1e9).Rest(); amount != 0 || squares != 0 {
		t.Errorf("of no more than four amounts: %v, %v", amount, squares)
	}
	// Squares that do not fit are not taken for small ones: five amounts of 2^60 leave one, of both signs two.
	if amount, squares := spreadOf(0x1p60, 0x1p60, 0x1p60, 0x1p60, 0x1p60).Rest(); amount != 0x1p60 || squares != 0x1p120 {
		t.Errorf("beyond: %v, %v", amount, squares)
	}
	if amount, squares := spreadOf(0x1p60, 0x1p60, 0x1p60, 0x1p60, -0x1p60, 0x1p60-0x1p10, 0x1p10-0x1p60).Rest(); amount != -0x1p60 || squares < 0x1p120+0x1p120 {
		t.Errorf("beyond, of both signs: %v, %v", amount, squares)
	}
}

func TestWhatIsNoSpreadOfAmountsIsSaidToBeNone(t *testing.T) {
	good := *spreadOf(3, -2, 1).Spread
	if !good.Valid() || !(&Spread{}).Valid() || !spreadOf(0x1p62, 0x1p62).Spread.Valid() {
		t.Error("a spread of amounts is said to be none")
	}
	for what, s := range map[string]Spread{
		"not in order":             {Squares: good.Squares, Largest: [4]float64{1, -2, 3}},
		"not a number":             {Squares: good.Squares, Largest: [4]float64{math.NaN()}},
		"out of range":             {Squares: Beyond, Largest: [4]float64{0x1p63}},
		"larger than their square": {Squares: good.Squares, Largest: [4]float64{4}},
		"rows alike not in order":  {Squares: good.Squares, Largest: [4]float64{1, 1}, Rows: [4]uint64{2, 1}},
		"a row without an amount":  {Squares: good.Squares, Rows: [4]uint64{1}},
		"of negative squares":      {Squares: good.Squares.Neg()},
	} {
		if s.Valid() {
			t.Errorf("%s: %+v is taken for a spread", what, s)
		}
	}
}

// Cells that are put into others bring their spread; those that have none make it unknown.
func TestPutCellsKeepTheirSpread(t *testing.T) {
	s := &Space{}
	for _, known := range []bool{true, false} {
		c := &Cells{Spread: true}
		b := c.Block(c.Part(Part{Year: 2024}), c.Group([]string{"a"}, 0))
		put := spreadOf(1, 2, 3, 4, 5)
		put.Whole = 2
		want := *spreadOf(1, 2, 3, 4, 5, 6).Spread
		if !known {
			put.Spread = nil
			want = Spread{Squares: Beyond, Largest: [4]float64{6}, Rows: [4]uint64{7}}
		}
		b.Put(&s.Bundles, target(0, One), put)
		b.Add(s.Bundles.ID([]Target{target(0, One)}), 0, 1, 7, 6)
		n := 0
		if err := tableOf(s, c).Groups(func(g *Group) error {
			n += len(g.Cells)
			if got := *g.Cells[0].Cell.Spread; got != want || g.Cells[0].Cell.Rows != 6 {
				t.Errorf("got %+v of %d rows, want %+v", got, g.Cells[0].Cell.Rows, want)
			}
			return nil
		}); err != nil || n != 1 {
			t.Errorf("%d cells, %v", n, err)
		}
	}
}

func TestSpreadsThatAreNotAskedForAreNil(t *testing.T) {
	s := &Space{}
	with, without := &Cells{Spread: true}, &Cells{}
	for _, c := range []*Cells{with, without} {
		c.Block(c.Part(Part{}), c.Group([]string{"a"}, 0)).Add(s.Bundles.ID([]Target{target(0, One)}), 0, 1, 0, 2)
	}
	if with.Bytes() < without.Bytes()+spreadBytes {
		t.Errorf("spreads are not counted: %d bytes, without %d", with.Bytes(), without.Bytes())
	}
	for what, table := range map[string]*Table{"none": tableOf(s, without), "one of two": tableOf(s, with, without)} {
		if err := table.Groups(func(g *Group) error {
			if g.Cells[0].Cell.Spread != nil {
				t.Errorf("%s: %+v", what, g.Cells[0].Cell.Spread)
			}
			return nil
		}); err != nil {
			t.Error(err)
		}
	}
}

// Whether squares fit depends on no order: what is beyond stays there.
func TestSquaresBeyondTheGridStayThere(t *testing.T) {
	var s Spread
	s.Merge(&Spread{Squares: Beyond})
	s.add(1, 1)
	s.add(0, 2)
	s.Merge(&Spread{Squares: exact.Grid{1}})
	if s.Squares != Beyond {
		t.Errorf("got %v", s.Squares)
	}
}
