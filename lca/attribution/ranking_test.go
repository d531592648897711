package attribution

import (
	"math"
	"slices"
	"testing"
)

// pairOf draws two normal variables with a correlation.
func pairOf(n int, meanA, sdA, meanB, sdB, rho float64) (a, b []float64) {
	a, b = make([]float64, n), make([]float64, n)
	keyed(n).Fill(0, 0, 0, a)
	keyed(n).Fill(0, 1, 0, b)
	for i := range a {
		x, y := normal(a[i]), normal(b[i])
		a[i], b[i] = meanA+sdA*x, meanB+sdB*(rho*x+math.Sqrt(1-rho*rho)*y)
	}
	return a, b
}

// The difference of two normal variables is normal; the exponentials of both have the same order. The bound is four standard errors of a share.
func TestOneNormalExceedsAnotherAsOftenAsTheClosedFormSays(t *testing.T) {
	for _, n := range []int{1000, 10_000, 100_000} {
		for _, rho := range []float64{-0.5, 0, 0.9} {
			a, b := pairOf(n, 1, 1, 0.5, 2, rho)
			z := 0.5 / math.Sqrt(1+4-4*rho)
			want := math.Erfc(-z/math.Sqrt2) / 2
			bound := 4 * math.Sqrt(want*(1-want)/float64(n))
			near(t, "the probability for normals", Exceeds(a, b), want, bound)
			for i := range a {
				a[i], b[i] = math.Exp(a[i]), math.Exp(b[i])
			}
			near(t, "the probability for lognormals", Exceeds(a, b), want, bound)
			near(t, "both probabilities together", Exceeds(a, b)+Exceeds(b, a), 1, 1e-15)
		}
	}
}

func TestTiesCountHalf(t *testing.T) {
	near(t, "the probability", Exceeds([]float64{1, 2, 3, 3}, []float64{1, 1, 4, 3}), 0.5, 0)
}

func TestWhatIsBetweenTheThresholdsIsNotDistinguishable(t *testing.T) {
	for _, c := range []struct {
		p    float64
		want Order
	}{{0, Smaller}, {0.09, Smaller}, {0.1, NotDistinguishable}, {0.5, NotDistinguishable}, {0.9, NotDistinguishable}, {0.91, Larger}, {1, Larger}} {
		if got := Compare(c.p, 0.9); got != c.want {
			t.Errorf("a probability of %v: %v, not %v", c.p, got, c.want)
		}
	}
}

// Normals of one deviation and no correlation, a distance of d apart, are told apart at 0.9 where d > 1.2816 √2 = 1.81.
func TestAnItemsRankIsAsWideAsItsDrawsLeaveIt(t *testing.T) {
	means := []float64{0, 9, 1, 8, 2.2, 5}
	items := make([][]float64, len(means))
	for i, m := range means {
		items[i] = make([]float64, 20_000)
		keyed(5).Fill(0, i, 0, items[i])
		for d, u := range items[i] {
			items[i][d] = m + normal(u)
		}
	}
	got, err := Ranks(items, 0.9)
	// 0 and 1, 1 and 2.2, 8 and 9 are too near; 0 and 2.2 are not.
	if want := []Rank{{5, 6}, {1, 2}, {4, 6}, {1, 2}, {4, 5}, {3, 3}}; err != nil || !slices.Equal(got, want) {
		t.Errorf("ranks %v, not %v (%v)", got, want, err)
	}
}

// A large error that all share leaves the order as sure as without it.
func TestASharedErrorCancelsInARanking(t *testing.T) {
	items := [][]float64{make([]float64, 1000), make([]float64, 1000)}
	for d := range items[0] {
		shared := math.Exp(3 * math.Sin(float64(d)))
		items[0][d], items[1][d] = shared, 1.01*shared
	}
	if got, err := Ranks(items, 0.9); err != nil || !slices.Equal(got, []Rank{{2, 2}, {1, 1}}) {
		t.Error(got, err)
	}
}

func TestWhatRanksRefuse(t *testing.T) {
	for name, f := range map[string]func() ([]Rank, error){
		"draws of two lengths": func() ([]Rank, error) { return Ranks([][]float64{{1}, {1, 2}}, 0.9) },
		"no draws":             func() ([]Rank, error) { return Ranks([][]float64{{}}, 0.9) },
		"a threshold of 0.4":   func() ([]Rank, error) { return Ranks([][]float64{{1}}, 0.4) },
	} {
		if _, err := f(); err == nil {
			t.Errorf("%s are taken", name)
		}
	}
}
