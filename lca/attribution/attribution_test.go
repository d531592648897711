package attribution

import (
	"math"
	"math/big"
	"math/bits"
	"math/rand/v2"
	"slices"
	"testing"
)

// The glove game: a left glove, and two right ones of which a pair needs one. The textbook's Shapley values are 4/6, 1/6 and 1/6.
func TestTheGloveGame(t *testing.T) {
	values := make([]float64, 8)
	for set := range values {
		if set&1 != 0 && set&6 != 0 {
			values[set] = 1
		}
	}
	got := Shapley(3, values)
	for i, want := range []float64{4. / 6, 1. / 6, 1. / 6} {
		if math.Abs(got[i]-want) > 1e-15 {
			t.Errorf("player %d gets %v, not %v", i, got[i], want)
		}
	}
}

// The oracle goes through all orders in exact arithmetic.
func allOrders(players int, values []float64) []*big.Rat {
	out := make([]*big.Rat, players)
	for i := range out {
		out[i] = new(big.Rat)
	}
	count := int64(0)
	var walk func(set int, marginals []*big.Rat)
	walk = func(set int, order []*big.Rat) {
		if set == 1<<players-1 {
			count++
			for i := range out {
				out[i].Add(out[i], order[i])
			}
			return
		}
		for i := range players {
			if set>>i&1 == 0 {
				next := slices.Clone(order)
				next[i] = new(big.Rat).Sub(new(big.Rat).SetFloat64(values[set|1<<i]), new(big.Rat).SetFloat64(values[set]))
				walk(set|1<<i, next)
			}
		}
	}
	walk(0, make([]*big.Rat, players))
	for i := range out {
		out[i].Quo(out[i], big.NewRat(count, 1))
	}
	return out
}

func someGame(r *rand.Rand, players int) []float64 {
	values := make([]float64, 1<<players)
	for i := range values {
		values[i] = r.NormFloat64() * math.Exp(5*r.NormFloat64())
	}
	return values
}

func TestPartsAreTheMeanOverAllOrders(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for range 60 {
		players := 1 + r.IntN(5)
		values := someGame(r, players)
		size := 0.0
		for _, v := range values {
			size = max(size, math.Abs(v))
		}
		got := Shapley(players, values)
		for i, want := range allOrders(players, values) {
			w, _ := want.Float64()
			if math.Abs(got[i]-w) > 1e-14*size {
				t.Errorf("player %d of %d gets %v, not %v", i, players, got[i], w)
			}
		}
	}
}

// exchange is the game with A and B exchanged.
func exchange(values []float64) []float64 {
	out := make([]float64, len(values))
	for set := range values {
		out[set] = values[len(values)-1-set]
	}
	return out
}

func TestSwappingTheStatesChangesTheSignsToTheBit(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 1))
	for range 200 {
		players := 1 + r.IntN(6)
		values := someGame(r, players)
		there, back := Shapley(players, values), Shapley(players, exchange(values))
		for i := range there {
			if there[i] != -back[i] {
				t.Errorf("player %d: %v there and %v back", i, there[i], back[i])
			}
		}
		d := values[len(values)-1] - values[0]
		p, rest := Parts(d, there)
		q, back0 := Parts(-d, back)
		for i := range p {
			if p[i] != -q[i] {
				t.Errorf("part %d: %v there and %v back", i, p[i], q[i])
			}
		}
		if rest != -back0 {
			t.Errorf("%v is left there, %v back", rest, back0)
		}
	}
}

func TestAPlayerThatChangesNothingGetsNothing(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 1))
	for range 200 {
		values := someGame(r, 5)
		idle := r.IntN(5)
		for set := range values {
			values[set] = values[set&^(1<<idle)]
		}
		got := Shapley(5, values)
		parts, _ := Parts(values[31]-values[0], got)
		if got[idle] != 0 || parts[idle] != 0 {
			t.Errorf("it gets %v, %v in parts", got[idle], parts[idle])
		}
	}
}

func TestPlayersThatDoTheSameGetTheSameToTheBit(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 1))
	for range 200 {
		values := someGame(r, 5)
		for set := range values { // players 1 and 3 are exchangeable
			other := set&^(1<<1|1<<3) | set>>1&1<<3 | set>>3&1<<1
			values[set] = values[min(set, other)]
		}
		if got := Shapley(5, values); got[1] != got[3] {
			t.Errorf("they get %v and %v", got[1], got[3])
		}
	}
}

func TestPartsAddUpToTheDifferenceInAnyOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 1))
	left := 0
	for range 2000 {
		players := 1 + r.IntN(6)
		values := someGame(r, players)
		if r.IntN(2) == 0 { // changes of one sign do not cancel
			for set := range values {
				values[set] = 1
				for i := range players {
					values[set] += float64(set>>i&1) * float64(i+1) / 7
				}
			}
		}
		d := values[len(values)-1] - values[0]
		exactly := Shapley(players, values)
		parts, rest := Parts(d, exactly)
		if rest != 0 {
			left++
		}
		for range 5 {
			sum := 0.0
			for _, i := range r.Perm(players) {
				sum += parts[i]
			}
			if sum+rest != d {
				t.Fatalf("%v adds up to %v, with %v, not to %v", parts, sum, rest, d)
			}
		}
		size := math.Abs(d)
		for _, p := range exactly {
			size += math.Abs(p)
		}
		for i := range parts {
			if math.Abs(parts[i]-exactly[i]) > 0x1p-50*size*float64(players) {
				t.Errorf("%v became %v", exactly[i], parts[i])
			}
		}
	}
	if left == 0 || left > 1200 {
		t.Errorf("%d of 2000 differences are no multiple of the quantum: parts that cancel should be tried, and others", left)
	}
}

func TestPartsOfNothing(t *testing.T) {
	if parts, rest := Parts(0, []float64{0, 0}); parts[0] != 0 || parts[1] != 0 || rest != 0 {
		t.Error(parts, rest)
	}
	if parts, rest := Parts(1, nil); len(parts) != 0 || rest != 1 {
		t.Error(parts, rest)
	}
	if parts, rest := Parts(5e-324, []float64{5e-324}); parts[0]+rest != 5e-324 {
		t.Error(parts, rest)
	}
}

// Owen values by their definition, all orders of unions and of members within, against the two steps of Shapley and Coalitions.
func TestUnionsGiveOwenValues(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 1))
	unions := [][]int{{0, 1}, {2}, {3, 4, 5}}
	for range 20 {
		values := someGame(r, 6)
		want := make([]float64, 6)
		orders := 0.0
		for _, u := range permutations(3) {
			var walk func(k int, order []int)
			walk = func(k int, order []int) {
				if k == len(u) {
					orders++
					set := 0
					for _, i := range order {
						want[i] += values[set|1<<i] - values[set]
						set |= 1 << i
					}
					return
				}
				for _, p := range permutations(len(unions[u[k]])) {
					next := slices.Clone(order)
					for _, m := range p {
						next = append(next, unions[u[k]][m])
					}
					walk(k+1, next)
				}
			}
			walk(0, nil)
		}
		got := make([]float64, 6)
		for u, members := range unions {
			for others, w := range Coalitions(3, u) {
				if w == 0 {
					continue
				}
				changed := 0
				for o := range unions {
					if others>>o&1 != 0 {
						for _, i := range unions[o] {
							changed |= 1 << i
						}
					}
				}
				inner := make([]float64, 1<<len(members))
				for set := range inner {
					at := changed
					for k, i := range members {
						at |= set >> k & 1 << i
					}
					inner[set] = values[at]
				}
				for k, part := range Shapley(len(members), inner) {
					got[members[k]] += w * part
				}
			}
		}
		size := 0.0
		for _, v := range values {
			size = max(size, math.Abs(v))
		}
		for i := range got {
			if math.Abs(got[i]-want[i]/orders) > 1e-13*size {
				t.Errorf("player %d gets %v, not %v", i, got[i], want[i]/orders)
			}
		}
	}
}

func permutations(n int) (out [][]int) {
	if n == 0 {
		return [][]int{nil}
	}
	for _, p := range permutations(n - 1) {
		for at := range n {
			out = append(out, slices.Insert(slices.Clone(p), at, n-1))
		}
	}
	return out
}

// A union's part by the weights of all orders is its Shapley value; by one set alone it is what it does after that set.
func TestAUnionsPartIsThatOfItsWeights(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 1))
	for range 50 {
		values := someGame(r, 4)
		for of, want := range Shapley(4, values) {
			if got := Union(of, Coalitions(4, of), values); got != want {
				t.Errorf("union %d gets %v, not %v", of, got, want)
			}
			weights := make([]float64, 16)
			before := r.IntN(16) &^ (1 << of)
			weights[before] = 1
			if got := Union(of, weights, values); got != values[before|1<<of]-values[before] {
				t.Errorf("union %d after %b gets %v", of, before, got)
			}
		}
	}
}

func TestWeightsAddUpToOne(t *testing.T) {
	for n := 1; n <= 8; n++ {
		for of := range n {
			sum := 0.0
			for set, w := range Coalitions(n, of) {
				if set>>of&1 != 0 && w != 0 {
					t.Errorf("the set %b of %d holds the union itself", set, n)
				}
				sum += w
			}
			if math.Abs(sum-1) > 1e-15*float64(bits.Len(uint(n))+4) {
				t.Errorf("of %d unions: %v", n, sum)
			}
		}
	}
}
