package trace

import (
	"encoding/json"
	"math"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/exact"
)

func leaf(v float64) *Node { return (&Node{Kind: Column, Label: "x"}).Is(v) }

func TestAValueIsThatOfItsChildren(t *testing.T) {
	to := func(n *Node, exponent int) *Node { n.Exponent = exponent; return n }
	tenth, seven := 0.1, 0.7 // no constants, which Go would multiply exactly
	for name, tc := range map[string]struct {
		op       Op
		children []*Node
		want     float64
	}{
		"a sum is exact and rounded once": {Sum, []*Node{leaf(1), leaf(0x1p-53), leaf(0x1p-60)}, 1 + 0x1p-52},
		"a remainder counts":              {Sum, []*Node{leaf(1), {Kind: Rest, Value: leaf(0x1p-53).Value, Remainder: []float64{0x1p-80}}}, 1 + 0x1p-52},
		"factors are multiplied in order": {Product, []*Node{leaf(0.1), leaf(3), leaf(0.7)}, float64(float64(tenth*3) * seven)},
		"powers, then divisions":          {Product, []*Node{to(leaf(3), 2), to(leaf(7), -1), to(leaf(0.1), -2)}, 9 / (10 * seven) / tenth / tenth},
		"a difference":                    {Difference, []*Node{leaf(1), leaf(0.1)}, 0.9},
		"a negation":                      {Negation, []*Node{leaf(2)}, -2},
		"a minimum":                       {Minimum, []*Node{leaf(2), leaf(1)}, 1},
		"a maximum":                       {Maximum, []*Node{leaf(2), leaf(1)}, 2},
		"the same":                        {Same, []*Node{leaf(2)}, 2},
	} {
		n := (&Node{Kind: Operation, Label: name, Operation: tc.op, Children: tc.children}).Is(tc.want)
		tree := &Tree{Figure: (&Node{Kind: Figure, Operation: Same, Children: []*Node{n}}).Is(tc.want)}
		if err := tree.Check(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		wrong := math.Nextafter(tc.want, 100)
		n.Value = &wrong
		if err := tree.Check(); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: a value that is one bit off is taken: %v", name, err)
		}
	}
	beside := (&Node{Kind: Formula, Label: "beside", Operation: Same, Children: []*Node{leaf(1)}}).Is(2)
	if err := (&Tree{Figure: (&Node{Kind: Figure, Explained: []*Node{beside}}).Is(1)}).Check(); err == nil {
		t.Error("what explains a node is not checked")
	}
}

func TestANodeWithoutANumberHasNoValue(t *testing.T) {
	for _, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		if n := leaf(v); n.Value != nil {
			t.Errorf("%v has the value %v", v, *n.Value)
		}
	}
	if _, err := json.Marshal(leaf(math.NaN())); err != nil {
		t.Error(err)
	}
}

// What remains of a sum of rows stands exactly in the node, whatever the quantum does to small numbers.
func TestWhatRemainsIsExact(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 9))
	for range 300 {
		var g exact.Grid
		for range 1 + r.IntN(40) {
			v := math.Ldexp(r.NormFloat64(), r.IntN(185)-125)
			if err := g.Add(v); err != nil {
				t.Fatal(err)
			}
		}
		shown := math.Ldexp(r.NormFloat64(), r.IntN(185)-140)
		want := gridRat(t, g)
		want.Sub(want, new(big.Rat).SetFloat64(shown))
		var sum exact.Sum
		AddGrid(&sum, g)
		sum.Add(-shown)
		n := Remaining(Rest, "the rest", &sum)
		got := new(big.Rat).SetFloat64(*n.Value)
		for _, more := range n.Remainder {
			got.Add(got, new(big.Rat).SetFloat64(more))
		}
		if got.Cmp(want) != 0 {
			t.Fatalf("%v and %v is not %v", *n.Value, n.Remainder, want)
		}
		if rounded, _ := want.Float64(); rounded != *n.Value {
			t.Fatalf("the value is %v, rounded it is %v", *n.Value, rounded)
		}
	}
}

// gridRat is a sum as its bytes have it.
func gridRat(t *testing.T, g exact.Grid) *big.Rat {
	negative := g.Sign() < 0
	if negative {
		g = g.Neg()
	}
	bytes, err := g.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	out := new(big.Rat).SetFrac(new(big.Int).SetBytes(bytes), new(big.Int).Lsh(big.NewInt(1), 128))
	if negative {
		out.Neg(out)
	}
	return out
}

func TestTheLargestSumIsAddedExactly(t *testing.T) {
	for _, sign := range []float64{1, -1} {
		var g exact.Grid
		for _, v := range []float64{0x1p62, 0x1.fffffffffffffp61, 0x1p-52} { // just below 2^63, and rounds to it
			if err := g.Add(sign * v); err != nil {
				t.Fatal(err)
			}
		}
		if g.Float64() != sign*0x1p63 {
			t.Fatalf("the sum rounds to %v", g.Float64())
		}
		var sum exact.Sum
		AddGrid(&sum, g)
		n := Remaining(Rest, "", &sum)
		got := new(big.Rat).SetFloat64(*n.Value)
		for _, more := range n.Remainder {
			got.Add(got, new(big.Rat).SetFloat64(more))
		}
		if got.Cmp(gridRat(t, g)) != 0 {
			t.Errorf("%v and %v", *n.Value, n.Remainder)
		}
	}
}
