package amounts

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// target is a cell of a flow and monomial, counted and whole.
func target(flow, mono int32) Target {
	return Target{Flow: flow, Mono: mono, Lookup: None, Unless: None, Counted: true, Whole: true}
}

// groupsOf lists a table's groups, each with its cells as text.
func groupsOf(t *testing.T, table *Table) (out []string) {
	t.Helper()
	if err := table.Groups(func(g *Group) error {
		for _, e := range g.Cells {
			lookup := ""
			if tuple := table.Space.Tuples.Tuple(e.Key.Lookup); tuple != nil {
				lookup = table.Space.Names.Name(tuple[0])
			}
			k, c := e.Key, &e.Cell
			out = append(out, fmt.Sprintf("%d %s %s: flow %d, %d, class %d, %s [%s] %s = %v of %d rows, %d whole, from %d:%d", g.Inventory, strings.Join(g.Names, "+"), g.Units,
				k.Flow, k.Year, k.Class, k.Status, lookup, text(&table.Space.Monomials, k.Mono), c.Sum.Float64(), c.Rows, c.Whole, c.First.File, c.First.Row))
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return out
}

func tableOf(space *Space, cells ...*Cells) *Table {
	table := &Table{Space: space}
	for _, c := range cells {
		c.Settle()
		table.Add(0, c)
	}
	return table
}

// An amount that enters several cells is added once and stands in each of them.
func TestABundlesSumStandsInAllItsCells(t *testing.T) {
	s := &Space{}
	pue := s.Monomials.Symbol(Symbol{Name: "pue", Value: 2})
	both := s.Bundles.ID([]Target{target(0, One), target(1, pue)})
	first := s.Bundles.ID([]Target{target(0, One)})
	again := target(0, One) // a further amount of a row that the cell counts already
	again.Counted, again.Whole = false, false
	c := &Cells{}
	b := c.Block(c.Part(Part{Year: 2024, Units: "1"}), c.Group([]string{"a", ""}, 0))
	for row, amount := range []float64{1, 2, 4} {
		if err := b.Add(both, 0, int64(row+1), 0, amount); err != nil {
			t.Fatal(err)
		}
	}
	b.Add(first, 0, 9, 0, 0.5)
	b.Add(s.Bundles.ID([]Target{again}), 0, 9, 0, 0.25)
	want := []string{
		"0 a+ 1: flow 0, 2024, class 0, in total []  = 7.75 of 4 rows, 4 whole, from 0:1",
		"0 a+ 1: flow 1, 2024, class 0, in total [] pue^1 = 7 of 3 rows, 3 whole, from 0:1",
	}
	if got := groupsOf(t, tableOf(s, c)); !slices.Equal(got, want) {
		t.Errorf("got\n%s", strings.Join(got, "\n"))
	}
}

// Groups come in the order of their names and cells in that of their keys' values, whoever came first and whatever numbers they have.
func TestTablesAreSortedByValue(t *testing.T) {
	build := func(seed uint64) []string {
		r := rand.New(rand.NewPCG(seed, 1))
		s := &Space{}
		type row struct {
			names          []string
			part           Part
			flow           int32
			class          uint8
			lookup, symbol string
		}
		var rows []row
		for _, name := range []string{"", "a", "b"} {
			for _, units := range []string{"0", "1"} {
				for _, year := range []int32{2023, 2024} {
					for _, status := range []Status{InTotal, Sample} {
						for _, lookup := range []string{"", "DEU", "FRA"} {
							for _, symbol := range []string{"", "x", "y", "refused"} {
								rows = append(rows, row{[]string{name, "z"}, Part{status, year, units}, int32(len(symbol) % 2), uint8(len(lookup) % 2), lookup, symbol})
							}
						}
					}
				}
			}
		}
		r.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
		workers := []*Cells{{}, {}, {}}
		groups := []map[string]int32{{}, {}, {}}
		for _, x := range rows {
			w := r.IntN(len(workers))
			g, ok := groups[w][x.names[0]]
			if !ok {
				g = workers[w].Group(x.names, 0)
				groups[w][x.names[0]] = g
			}
			target := Target{Flow: x.flow, Class: x.class, Mono: One, Lookup: None, Unless: None, Counted: true}
			if x.lookup != "" {
				target.Lookup = s.Tuples.ID([]int32{s.Names.ID(x.lookup), None})
			}
			switch x.symbol {
			case "refused":
				target.Mono = Refused
			case "":
			default:
				target.Mono = s.Monomials.Symbol(Symbol{Name: x.symbol})
			}
			workers[w].Block(workers[w].Part(x.part), g).Add(s.Bundles.ID([]Target{target}), 0, 1, 0, 1)
		}
		return groupsOf(t, tableOf(s, workers...))
	}
	want := build(0)
	if len(want) != 3*2*2*2*3*4 {
		t.Fatalf("%d cells", len(want))
	}
	if !slices.IsSortedFunc(want, func(a, b string) int { return strings.Compare(a[:4], b[:4]) }) {
		t.Errorf("the groups are not in order:\n%s", strings.Join(want, "\n"))
	}
	for seed := range uint64(5) {
		if got := build(seed); !reflect.DeepEqual(got, want) {
			t.Fatalf("another order gives\n%s\nnot\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
}

// A table does what a map does: one cell for each key, with the sum, the rows and the first row of all that entered it, whether the rows were added at
// once or waited, and whatever worker had them.
func TestCellsAreThoseOfTheirKeys(t *testing.T) {
	for _, groups := range []int{1, 40, 5000} { // the last outgrow what is near
		s := &Space{}
		r := rand.New(rand.NewPCG(1, uint64(groups)))
		type key struct {
			group      int
			year, flow int32
			mono       int32
		}
		type cell struct {
			sum         float64
			rows, whole int64
			first       Origin
		}
		plain := map[key]*cell{}
		var workers []*Cells
		for range 2 {
			c := &Cells{}
			for g := range groups {
				c.Group([]string{fmt.Sprintf("group %06d", g)}, int32(g%7))
			}
			workers = append(workers, c)
		}
		monos := []int32{One}
		for i := range 30 {
			monos = append(monos, s.Monomials.Symbol(Symbol{Name: fmt.Sprintf("symbol %02d", i)}))
		}
		for i := range 400 {
			c, year := workers[i%2], int32(2020+i%5)
			shape := Shape{Part: c.Part(Part{Year: year})}
			var targets [3]Target
			for v := range targets {
				targets[v] = target(int32(v), monos[r.IntN(len(monos))])
			}
			shape.Sums = []ShapeSum{{s.Bundles.ID(targets[:1]), 0, 0}, {s.Bundles.ID(targets[1:2]), 1, 0}, {s.Bundles.ID(targets[2:]), -1, 0.5}}
			number := c.Shape(shape)
			rows := Rows{File: int32(i % 3), First: int64(i) * 1000, Values: make([][]float64, 2)}
			for k := range 1 + r.IntN(300) {
				g := r.IntN(groups)
				rows.Groups, rows.Shapes, rows.At = append(rows.Groups, int32(g)), append(rows.Shapes, number), append(rows.At, int32(k))
				amounts := []float64{float64(r.IntN(1000)), float64(r.IntN(1000)) / 8, 0.5}
				rows.Values[0], rows.Values[1] = append(rows.Values[0], amounts[0]), append(rows.Values[1], amounts[1])
				origin := Origin{rows.File, rows.First + int64(k)}
				for v, target := range targets {
					at := key{g, year, target.Flow, target.Mono}
					if plain[at] == nil {
						plain[at] = &cell{first: origin}
					}
					p := plain[at]
					p.sum, p.rows, p.whole = p.sum+amounts[v], p.rows+1, p.whole+1
					if origin.Before(p.first) {
						p.first = origin
					}
				}
			}
			c.AddRows(&rows)
		}
		n := 0
		err := tableOf(s, workers...).Groups(func(g *Group) error {
			var number int
			fmt.Sscanf(g.Names[0], "group %d", &number)
			for _, e := range g.Cells {
				n++
				p := plain[key{number, e.Key.Year, e.Key.Flow, e.Key.Mono}]
				if p == nil || e.Cell.Sum.Float64() != p.sum || e.Cell.Rows != p.rows || e.Cell.Whole != p.whole || e.Cell.First != p.first {
					t.Fatalf("%s, %+v: %+v, want %+v", g.Names[0], e.Key, e.Cell, p)
				}
			}
			return nil
		})
		if err != nil || n != len(plain) {
			t.Errorf("%d cells of %d keys, %v", n, len(plain), err)
		}
	}
}

// Sums that are each in range and together are not are found where they meet.
func TestASumOutOfRangeIsAnErrorOfTheTable(t *testing.T) {
	s := &Space{}
	bundle := s.Bundles.ID([]Target{target(3, One)})
	worker := func(amounts ...float64) *Cells {
		c := &Cells{}
		b := c.Block(c.Part(Part{Year: 2024}), c.Group([]string{"a"}, 0))
		for i, v := range amounts {
			if err := b.Add(bundle, 0, int64(i+1), 0, v); err != nil {
				t.Fatal(err)
			}
		}
		return c
	}
	for _, table := range []*Table{tableOf(s, worker(0x1p62), worker(0x1p62)), tableOf(s, worker(0x1p62, 0x1p62)), tableOf(s, worker(1), worker(0x1p62, 0x1p62))} {
		var over *Overflow
		if err := table.Groups(func(*Group) error { return nil }); !errors.As(err, &over) || over.Entry.Key.Flow != 3 || over.Entry.Cell.First != (Origin{0, 1}) {
			t.Errorf("got %v", err)
		}
	}
	c := worker()
	if c.Block(0, 0).Add(bundle, 0, 1, 0, 0x1p63) == nil {
		t.Error("an amount beyond the range was taken")
	}
}

func TestAnErrorOfAVisitEndsTheWalk(t *testing.T) {
	s := &Space{}
	c := &Cells{}
	part := c.Part(Part{})
	for _, name := range []string{"a", "b"} {
		c.Block(part, c.Group([]string{name}, 0)).Add(s.Bundles.ID([]Target{target(0, One)}), 0, 1, 0, 1)
	}
	stop := errors.New("stop")
	visits := 0
	if err := tableOf(s, c).Groups(func(*Group) error { visits++; return stop }); err != stop || visits != 1 {
		t.Errorf("%d visits, %v", visits, err)
	}
}
