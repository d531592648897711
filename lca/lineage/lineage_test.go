package lineage

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/exact"
)

func sumsOf(values ...float64) []exact.Sum {
	out := make([]exact.Sum, len(values))
	for i, v := range values {
		out[i].Add(v)
	}
	return out
}

func floats(sums []exact.Sum) (out []float64) {
	for i := range sums {
		out = append(out, sums[i].Float64())
	}
	return out
}

func TestWhoBearsWhat(t *testing.T) {
	for name, tc := range map[string]struct {
		continues [][]Share
		own, want []float64
	}{
		"nobody continues another":              {[][]Share{{}, {}}, []float64{3, 4}, []float64{3, 4}},
		"a quarter passes, the rest stays":      {[][]Share{{}, {{0, 0.25}}}, []float64{100, 8}, []float64{75, 33}},
		"grandparents' shares pass, too":        {[][]Share{{}, {{0, 0.5}}, {{1, 0.5}}}, []float64{100, 10, 1}, []float64{50, 30, 31}},
		"all passes to two":                     {[][]Share{{}, {{0, 0.75}}, {{0, 0.25}}}, []float64{100, 0, 0}, []float64{0, 75, 25}},
		"thirds as decimals leave nothing":      {[][]Share{{}, {{0, 0.3333333333}}, {{0, 0.3333333333}}, {{0, 0.3333333333}}}, []float64{0.3, 0, 0, 0}, []float64{0, 0.3 - 2*0.3*0.3333333333, 0.3 * 0.3333333333, 0.3 * 0.3333333333}},
		"a merger continues two":                {[][]Share{{}, {}, {{0, 0.5}, {1, 0.125}}}, []float64{10, 80, 1}, []float64{5, 70, 16}},
		"a key of zero":                         {[][]Share{{}, {{0, 0}}}, []float64{10, 1}, []float64{10, 1}},
		"a child that stands before its parent": {[][]Share{{{1, 0.5}}, {}}, []float64{1, 10}, []float64{6, 5}},
	} {
		f, cycle := New(tc.continues)
		if cycle != nil {
			t.Errorf("%s: a cycle %v", name, cycle)
			continue
		}
		got := floats(f.Bear(sumsOf(tc.own...)))
		for i := range got {
			if math.Abs(got[i]-tc.want[i]) > 1e-15*math.Abs(tc.want[i]) {
				t.Errorf("%s: %v, want %v", name, got, tc.want)
				break
			}
		}
	}
}

func TestCyclesAreToldByTheirPath(t *testing.T) {
	for name, tc := range map[string]struct {
		continues [][]Share
		want      []int
	}{
		"of two":              {[][]Share{{{1, 1}}, {{0, 1}}}, []int{0, 1, 0}},
		"of itself":           {[][]Share{{}, {{1, 1}}}, []int{1, 1}},
		"of three, with tail": {[][]Share{{{1, 0.5}}, {{2, 0.5}}, {{3, 0.5}}, {{1, 0.5}}}, []int{1, 3, 2, 1}},
	} {
		if f, got := New(tc.continues); f != nil || !slices.Equal(got, tc.want) {
			t.Errorf("%s: %v, want %v", name, got, tc.want)
		}
	}
}

func TestKeysBeyondOneAreTold(t *testing.T) {
	f, _ := New([][]Share{{}, {{0, 0.7}}, {{0, 0.4}}, {}, {{3, 0.5}}, {{3, 0.5 + 1e-12}}})
	if members, sums := f.Over(); !slices.Equal(members, []int{0}) || fmt.Sprintf("%.3f", sums) != "[1.100]" {
		t.Errorf("%v %v", members, sums)
	}
}

// randomForest makes members that continue earlier ones, keys summing to at most one, of some exactly to one.
func randomForest(r *rand.Rand, n int) (continues [][]Share, own []float64) {
	left := make([]float64, n)
	continues = make([][]Share, n)
	for m := range n {
		left[m] = 1
		own = append(own, math.Ldexp(r.Float64(), r.IntN(80)-40))
		for range r.IntN(3) {
			if m == 0 {
				break
			}
			p := r.IntN(m)
			if left[p] == 0 || slices.ContainsFunc(continues[m], func(s Share) bool { return s.Parent == p }) {
				continue
			}
			key := left[p] * []float64{0.1, 1.0 / 3, 0.5, 1}[r.IntN(4)]
			left[p] -= key
			continues[m] = append(continues[m], Share{p, key})
		}
	}
	return continues, own
}

// Of any ancestry, what all bear adds up to what all had, exactly; the rounded numbers add up to the rounded total, to the bit; nobody bears less than
// nothing; and each bears what arithmetic without rounding says, to 1e-12.
func TestSharesAddUpToTheTotalToTheBit(t *testing.T) {
	for seed := range uint64(500) {
		r := rand.New(rand.NewPCG(seed, 5))
		continues, own := randomForest(r, 1+r.IntN(60))
		f, cycle := New(continues)
		if cycle != nil {
			t.Fatal(cycle)
		}
		if over, _ := f.Over(); over != nil {
			t.Fatalf("seed %d: keys of %v", seed, over)
		}
		bears := f.Bear(sumsOf(own...))
		var all exact.Sum
		for i := range bears {
			all.Merge(&bears[i])
		}
		total := exact.Total(own)
		values := Round(bears, total)
		if all.Float64() != total || exact.Total(values) != total {
			t.Fatalf("seed %d: had %v, bear %v, rounded %v", seed, total, all.Float64(), exact.Total(values))
		}
		want := make([]*big.Rat, len(own)) // what each bears before it hands on; members stand after those that they continue
		stays := make([]*big.Rat, len(own))
		for m := range own {
			want[m] = new(big.Rat).SetFloat64(own[m])
			for _, s := range continues[m] {
				passes := new(big.Rat).Mul(new(big.Rat).SetFloat64(s.Key), want[s.Parent])
				want[m].Add(want[m], passes)
				stays[s.Parent].Sub(stays[s.Parent], passes)
			}
			stays[m] = new(big.Rat).Set(want[m])
		}
		for m := range own {
			w, _ := stays[m].Float64()
			had, _ := want[m].Float64()
			if values[m] < 0 || math.Abs(values[m]-w) > 1e-12*w+1e-15*had {
				t.Fatalf("seed %d: member %d bears %v, want %v", seed, m, values[m], w)
			}
		}
	}
}

// Parts whose nearest numbers do not add up: a third of three ulps each.
func TestRoundedPartsAddUp(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	moved := 0
	for range 2000 {
		parts := make([]exact.Sum, 2+r.IntN(20))
		for i := range parts {
			parts[i].Add(r.Float64())
			parts[i].Add(math.Ldexp(r.Float64(), -54))
		}
		var all exact.Sum
		for i := range parts {
			all.Merge(&parts[i])
		}
		total := all.Float64()
		for range r.IntN(4) { // the total of other roundings
			total = math.Nextafter(total, 10)
		}
		values := Round(parts, total)
		if exact.Total(values) != total {
			t.Fatalf("%v add up to %v, not %v", values, exact.Total(values), total)
		}
		for i := range values {
			if values[i] != parts[i].Float64() {
				moved++
			}
		}
	}
	if moved == 0 {
		t.Error("no case needed a number on the other side")
	}
}
