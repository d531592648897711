package vector

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/column"
)

// catalogue is a small table that keys refer to; a third of its values are missing, a row has no id.
func catalogue(t *testing.T) *Reference {
	t.Helper()
	ids := &column.Dict{Values: []string{"w0", "w1", "w2", "w3", "w4", "w5"}}
	host := &column.Dict{Values: []string{"w1", "host"}}
	table := &column.Table{Rows: 7, Names: []string{"id", "power", "host", "liquid"}, Data: []column.Column{
		texts(ids, 7, "w0", "w1", "w2", "", "w3", "w4", "w5"), ramp(7), texts(host, 7, "w1", "", "host"),
		{Type: column.Bool, Bools: []bool{true, false, false, true, false, true, false}, Valid: column.Bitmap{0b1101011}}}}
	ref, err := NewReference("catalogue", table, "id")
	if err != nil {
		t.Fatal(err)
	}
	return ref
}

// grower makes random expressions of which some read one string column alone.
type grower struct {
	*rand.Rand
	b   *Builder
	ref *Reference
}

func (g *grower) text(depth int) *Expr {
	switch k := g.IntN(7); {
	case depth <= 0 && k < 4:
		return g.b.Column(0, column.String)
	case depth <= 0 && k < 5:
		return g.b.Column(1, column.String)
	case depth <= 0:
		return g.b.Text("w" + strconv.Itoa(k))
	case k < 2:
		return g.b.Make(Coalesce, g.text(depth-1), g.text(depth-1))
	case k < 4:
		return g.b.Make(If, g.flag(depth-1), g.text(depth-1), g.text(depth-1))
	}
	return g.b.Attribute(g.text(depth-1), g.ref, 2)
}

func (g *grower) flag(depth int) *Expr {
	switch k := g.IntN(8); {
	case k == 0 && depth <= 0:
		return g.b.Column(3, column.Bool)
	case k < 2:
		return g.b.Make(Equal, g.text(depth-1), g.text(depth-1))
	case k < 3:
		return g.b.Member(g.text(depth-1), []string{"w1", "w3", "host", "w70"})
	case k < 4 || depth <= 0:
		return g.b.Make(IsNil, g.text(depth-1))
	case k < 5:
		return g.b.Make(Less, g.number(depth-1), g.number(depth-1))
	case k < 6:
		return g.b.Attribute(g.text(depth-1), g.ref, 3)
	case k < 7:
		return g.b.Make(Not, g.flag(depth-1))
	}
	return g.b.Make([]Op{And, Or}[g.IntN(2)], g.flag(depth-1), g.flag(depth-1))
}

func (g *grower) number(depth int) *Expr {
	switch k := g.IntN(8); {
	case k == 0 && depth <= 0:
		return g.b.Column(2, column.Float)
	case k < 3 || depth <= 0:
		return g.b.Attribute(g.text(depth-1), g.ref, 1)
	case k < 4:
		return g.b.Make([]Op{Add, Div, Max, Pow}[g.IntN(4)], g.number(depth-1), g.number(depth-1))
	case k < 5:
		return g.b.Make([]Op{Neg, Exp, Ln, Sqrt}[g.IntN(4)], g.number(depth-1))
	case k < 6:
		return g.b.Make(Coalesce, g.number(depth-1), g.number(depth-1))
	case k < 7:
		return g.b.Number(nasty[g.IntN(len(nasty))])
	}
	return g.b.Make(If, g.flag(depth-1), g.number(depth-1), g.number(depth-1))
}

// published gives a dictionary that grows as a reader's does: a longer one shares its beginning with the one before.
type published struct{ values []string }

func (p *published) grow(by int) *column.Dict {
	for range by {
		p.values = append(p.values, "w"+strconv.Itoa(len(p.values)))
	}
	return &column.Dict{Values: p.values[:len(p.values):len(p.values)]}
}

// Whether a node is computed for each string or for each row, it comes to the same.
func TestForEachStringIsAsForEachRow(t *testing.T) {
	g := grower{rand.New(rand.NewPCG(11, 12)), nil, catalogue(t)}
	byCode := 0
	for range 400 {
		g.b = &Builder{}
		e := []func(int) *Expr{g.number, g.flag, g.text}[g.IntN(3)](1 + g.IntN(4))
		for _, n := range g.b.nodes {
			if n.byCode() {
				byCode++
			}
		}
		m, plain := NewMachine(g.b), newMachine(g.b)
		var first, second published
		for range 6 {
			if g.IntN(5) == 0 {
				m.Forget()
				first, second = published{}, published{}
			}
			a, b := first.grow(g.IntN(4)), second.grow(g.IntN(3))
			if g.IntN(3) == 0 {
				b = a // columns may share a dictionary
			}
			n := edges[g.IntN(7)]
			columns := make([]column.Column, 4)
			_, columns[0] = randomColumn(g.Rand, column.String, n, a)
			_, columns[1] = randomColumn(g.Rand, column.String, n, b)
			_, columns[2] = randomColumn(g.Rand, column.Float, n, nil)
			_, columns[3] = randomColumn(g.Rand, column.Bool, n, nil)
			m.Load(columns, n)
			plain.Load(columns, n)
			plain.Forget()
			got, want := m.Eval(e), plain.Eval(e)
			checkBits(t, got, n)
			for i := range n {
				if x, y := valueOf(got, i), valueOf(want, i); !sameOperand(x, y) {
					t.Fatalf("row %d of %d is %v, row by row %v", i, n, x, y)
				}
			}
		}
	}
	if byCode < 1000 {
		t.Errorf("only %d nodes were computed for each string", byCode)
	}
}

// evaluated counts the strings that a machine computes in a batch, the row without one included.
func evaluated(m *Machine, run func()) int {
	c := m.codes
	before := c.machine.round
	run()
	switch c.machine.round - before {
	case 0:
		return 0
	case 1:
		return c.machine.rows
	}
	return -1
}

func TestEveryStringIsComputedOnce(t *testing.T) {
	ref := catalogue(t)
	var b Builder
	key, x := b.Column(0, column.String), b.Column(1, column.Float)
	power := b.Attribute(key, ref, 1)
	known := b.Make(If, b.Make(Equal, key, b.Text("w1")), b.Make(Mul, power, b.Number(2)), b.Make(Coalesce, power, b.Number(7)))
	e := b.Make(Add, x, known)
	late := b.Make(Equal, key, b.Text("w2"))
	m := NewMachine(&b)
	var words published
	const n = 100
	batch := func(d *column.Dict, exprs ...*Expr) int {
		c := column.Column{Type: column.String, Codes: make([]int32, n), Dict: d}
		for i := range n {
			c.Codes[i] = int32(max(0, len(d.Values)-1-i))
		}
		return evaluated(m, func() {
			m.Load([]column.Column{c, full(n)}, n)
			for _, e := range exprs {
				m.Eval(e)
			}
		})
	}
	if got := batch(words.grow(10), e); got != 11 {
		t.Errorf("of 10 strings and none, %d were computed", got)
	}
	for range 20 {
		d := words.grow(100)
		if got := batch(d, e); got != 100 {
			t.Errorf("100 new strings: %d were computed", got)
		}
		if got := batch(d, e); got != 0 {
			t.Errorf("no new string: %d were computed", got)
		}
		if got := batch(&column.Dict{Values: slices.Clone(d.Values)}, e); got != 0 {
			t.Errorf("the same strings published again: %d were computed", got)
		}
	}
	if got := batch(words.grow(1), late); got != 2012 {
		t.Errorf("what is asked for late: %d were computed, not all", got)
	}
	if got := batch(words.grow(1), late); got != 1 {
		t.Errorf("a new string after that: %d were computed", got)
	}
	if got := batch(words.grow(0), e, late); got != 2 {
		t.Errorf("two new strings of what was not asked for in between: %d were computed", got)
	}
	m.Forget()
	if got := batch(words.grow(0), e); got != 2013 {
		t.Errorf("after they were forgotten %d were computed, not all", got)
	}
	if power := m.stamps[power.id]; power != 0 {
		t.Error("a part of what is computed for each string was computed for rows, too")
	}
}

// A dictionary of many strings is computed a part at a time, so that the memory for that stays small.
func TestManyStringsAreComputedInParts(t *testing.T) {
	var b Builder
	key := b.Column(0, column.String)
	e := b.Make(If, b.Make(IsNil, key), b.Text("none"), b.Make(If, b.Make(Equal, key, b.Text("w4096")), b.Text("it"), key))
	m := NewMachine(&b)
	var words published
	d := words.grow(3*atOnce + 5)
	for _, n := range edges {
		c := column.Column{Type: column.String, Codes: make([]int32, n), Dict: d, Valid: column.NewBitmap(n)}
		for i := range n {
			if i%7 != 0 {
				c.Codes[i] = int32(i * 3)
				c.Valid.Set(i)
			}
		}
		m.Load([]column.Column{c}, n)
		v := m.Eval(e)
		for i := range n {
			want := "none"
			if i%7 != 0 {
				if want = d.Values[i*3]; want == "w4096" {
					want = "it"
				}
			}
			if got := show(v, i); got != want {
				t.Fatalf("row %d of %d is %s, want %s", i, n, got, want)
			}
		}
	}
	if got := cap(m.codes.rows); got > atOnce {
		t.Errorf("memory for %d strings at once", got)
	}
}

// A choice between string columns has one growing dictionary, whatever a batch happens to need of either: what others know of its codes,
// they keep.
func TestAChoiceBetweenStringsKeepsItsDictionary(t *testing.T) {
	var b Builder
	x, y := b.Column(0, column.String), b.Column(1, column.String)
	either := b.Make(Coalesce, x, y)
	chosen := b.Make(If, b.Make(IsNil, b.Column(2, column.Float)), x, y)
	tests := []*Expr{b.Member(either, []string{"b", "q"}), b.Make(Equal, chosen, b.Text("a"))}
	m := NewMachine(&b)
	first, second := &column.Dict{Values: []string{"a", "b"}}, &column.Dict{Values: []string{"q", "a"}}
	var known [2][]string
	for turn, c := range []struct {
		x, y  string // each row's
		z     column.Column
		wants [2]string // of both tests
	}{
		{"b", "a", column.Column{Floats: make([]float64, 3)}, [2]string{"true", "true"}},
		{"", "q", column.Column{Floats: make([]float64, 3)}, [2]string{"true", "false"}},
		{"a", "q", column.Column{Floats: make([]float64, 3), Valid: column.Bitmap{0}}, [2]string{"false", "true"}},
		{"b", "", column.Column{Floats: make([]float64, 3), Valid: column.Bitmap{0}}, [2]string{"true", "false"}},
		{"", "", column.Column{Floats: make([]float64, 3)}, [2]string{"-", "-"}},
		{"b", "a", column.Column{Floats: make([]float64, 3)}, [2]string{"true", "true"}},
	} {
		columns := []column.Column{texts(first, 3, c.x), texts(second, 3, c.y), c.z}
		for i := range 2 {
			if columns[i].Valid.Count() == 3 {
				columns[i].Valid = nil
			}
		}
		m.Load(columns, 3)
		for k, e := range tests {
			if got := show(m.Eval(e), 2); got != c.wants[k] {
				t.Errorf("turn %d, test %d is %s, want %s", turn, k, got, c.wants[k])
			}
		}
		for k, e := range []*Expr{either, chosen} {
			d := m.Eval(e).Dict
			if len(d.Values) < len(known[k]) || !slices.Equal(d.Values[:len(known[k])], known[k]) {
				t.Errorf("turn %d: choice %d has another dictionary, %q after %q", turn, k, d.Values, known[k])
			}
			known[k] = d.Values
		}
	}
}

func TestABuilderKnowsWhatANodeReads(t *testing.T) {
	ref := catalogue(t)
	var b Builder
	s, u, x := b.Column(0, column.String), b.Column(1, column.String), b.Column(2, column.Float)
	either := b.Make(Coalesce, s, u)
	for _, c := range []struct {
		name   string
		e      *Expr
		source *Expr
		byCode bool
	}{
		{"a column", s, s, false},
		{"a number", x, nil, false},
		{"a constant", b.Text("a"), nil, false},
		{"an operation on constants", b.Make(Less, b.Number(1), b.Number(2)), nil, false},
		{"a comparison with a constant", b.Make(Equal, s, b.Text("a")), s, true},
		{"whether there is a string", b.Make(IsNil, s), s, false},
		{"no string or one", b.Make(Or, b.Make(IsNil, s), b.Make(Equal, b.Text("a"), s)), s, true},
		{"a way of two steps", b.Attribute(b.Attribute(s, ref, 2), ref, 1), s, true},
		{"a column twice", b.Make(Equal, s, b.Attribute(s, ref, 2)), s, true},
		{"two columns", b.Make(Equal, s, u), nil, false},
		{"a constant between", b.Make(If, b.Make(Less, b.Number(1), b.Number(2)), s, b.Text("a")), s, true},
		{"either of two columns", either, either, false},
		{"an attribute of either", b.Make(Sqrt, b.Attribute(either, ref, 1)), either, true},
		{"either and one of them", b.Make(Equal, either, s), nil, false},
		{"a string and a number", b.Make(Add, x, b.Attribute(s, ref, 1)), nil, false},
	} {
		if c.e.source != c.source || c.e.byCode() != c.byCode {
			t.Errorf("%s: source %v, by code %t", c.name, c.e.source, c.e.byCode())
		}
	}
}
