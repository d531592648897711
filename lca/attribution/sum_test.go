package attribution

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// discrete is a random sum of discrete variables in independent blocks, each with some values that are as likely as each other, one of each of its variables:
// every expectation is a finite sum.
type discrete struct {
	Sum
	atoms  [][][]float64 // of each block, each value's of its variables
	blocks [][]int       // the variables of each block
	groups [][]int
	events [][]float64 // all values of all variables, each as likely
	of     []int       // the group of each variable; -1 for none
}

func (s *discrete) at(x []float64) (y float64) {
	for _, m := range s.Monomials {
		product := m.Coefficient
		for _, p := range m.Powers {
			product *= math.Pow(x[p.Variable], float64(p.Exponent))
		}
		y += product
	}
	return y
}

// someSum makes a sum of 6 variables, the last two or three of which depend on each other.
func someSum(r *rand.Rand) *discrete {
	s := &discrete{Sum: Sum{Variables: make([]Variable, 6)}}
	last := 3 + r.IntN(2)
	for v := range last {
		s.blocks = append(s.blocks, []int{v})
	}
	together := []int{5, 4}
	if last == 3 {
		together = []int{4, 3, 5}
	}
	s.blocks = append(s.blocks, together)
	s.events = [][]float64{make([]float64, 6)}
	for _, variables := range s.blocks {
		var atoms [][]float64
		for range 2 + r.IntN(2) {
			var atom []float64
			for range variables {
				x := 0.5 + 2*r.Float64()
				if r.IntN(4) == 0 {
					x = -x
				}
				atom = append(atom, x)
			}
			atoms = append(atoms, atom)
		}
		s.atoms = append(s.atoms, atoms)
		var events [][]float64
		for _, e := range s.events {
			for _, atom := range atoms {
				e = slices.Clone(e)
				for i, v := range variables {
					e[v] = atom[i]
				}
				events = append(events, e)
			}
		}
		s.events = events
	}
	for range 1 + r.IntN(8) {
		m := Monomial{Coefficient: r.NormFloat64()}
		for range r.IntN(6) {
			m.Powers = append(m.Powers, Power{r.IntN(6), r.IntN(6) - 2})
		}
		s.Monomials = append(s.Monomials, m)
	}
	s.Correlated = []Correlated{{Variables: together}}
	s.groups = make([][]int, 3)
	s.of = make([]int, 6)
	for _, variables := range s.blocks {
		g := r.IntN(4) - 1
		for _, v := range variables {
			if s.of[v] = g; g >= 0 {
				s.groups[g] = append(s.groups[g], v)
			}
		}
	}
	return s
}

// moments tells the expectations of products, as means over the atoms of a block, but for those that refused says.
func (s *discrete) moments(refused func([]Power) bool) {
	for b, variables := range s.blocks {
		moment := func(powers []Power) (float64, bool) {
			sum := 0.0
			for _, atom := range s.atoms[b] {
				product := 1.0
				for _, p := range powers {
					product *= math.Pow(atom[slices.Index(variables, p.Variable)], float64(p.Exponent))
				}
				sum += product / float64(len(s.atoms[b]))
			}
			return sum, !refused(powers)
		}
		if len(variables) > 1 {
			s.Correlated[0].Moment = moment
		} else {
			s.Variables[variables[0]].Moment = func(e int) (float64, bool) { return moment([]Power{{variables[0], e}}) }
		}
	}
}

// draw makes the draws all events, each as often as the others, so that what is true of the draws is true of the variables.
func (s *discrete) draw() {
	for v := range s.Variables {
		var draws []float64
		for len(draws) < MinDraws {
			for _, e := range s.events {
				draws = append(draws, e[v])
			}
		}
		s.Variables[v].Draws = draws
	}
}

// conditional is the variance of the expectation of the sum given the variables that are known, by enumeration of all events.
func (s *discrete) conditional(known func(v int) bool) float64 {
	sums, counts, order := map[string]float64{}, map[string]float64{}, []string{}
	mean := 0.0
	for _, e := range s.events {
		var given []float64
		for v, x := range e {
			if known(v) {
				given = append(given, x)
			}
		}
		key := fmt.Sprint(given)
		if counts[key] == 0 {
			order = append(order, key)
		}
		y := s.at(e)
		sums[key] += y
		counts[key]++
		mean += y / float64(len(s.events))
	}
	variance := 0.0
	for _, key := range order {
		d := sums[key]/counts[key] - mean
		variance += d * d * counts[key] / float64(len(s.events))
	}
	return variance
}

// The oracle knows neither products nor moments: it averages the sum over all events in which the known variables are the same.
func TestIndicesAgreeWithEnumerationOfAllEvents(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	varied := 0
	for round := range 400 {
		s := someSum(r)
		mean := 0.0
		for _, e := range s.events {
			mean += s.at(e) / float64(len(s.events))
		}
		variance := s.conditional(func(int) bool { return true })
		if variance > 1e-6 {
			varied++
		}
		for _, way := range []string{"moments", "draws", "moments and draws"} {
			switch way {
			case "moments":
				s.moments(func([]Power) bool { return false })
			case "draws":
				s.draw()
				s.moments(func([]Power) bool { return true })
			case "moments and draws":
				s.moments(func(p []Power) bool { return p[0].Exponent%2 == 0 })
			}
			got, err := s.Split(s.groups)
			if err != nil {
				t.Fatal(err)
			}
			if way == "moments" && !got.FromMoments {
				t.Error("moments are known and not used")
			}
			what := fmt.Sprintf("sum %d by %s: ", round, way)
			near(t, what+"mean", got.Mean.Value, mean, 1e-9*(1+math.Abs(mean)))
			near(t, what+"variance", got.Variance.Value, variance, 1e-9*(1+variance))
			if variance < 1e-6 {
				continue
			}
			for g, x := range got.Groups {
				first := s.conditional(func(v int) bool { return s.of[v] == g })
				rest := s.conditional(func(v int) bool { return s.of[v] != g })
				near(t, fmt.Sprint(what, "first-order index of ", g), x.First.Value, first/variance, 1e-9)
				near(t, fmt.Sprint(what, "total index of ", g), x.Total.Value, 1-rest/variance, 1e-9)
			}
		}
	}
	if varied < 300 {
		t.Errorf("only %d sums vary", varied)
	}
}

// lognormal gives a variable exact moments, E[x^e] = exp(e² σ²/2), and draws.
func lognormal(sigma float64, seed, number, n int) Variable {
	v := Variable{Draws: make([]float64, n), Moment: func(e int) (float64, bool) { return math.Exp(float64(e*e) * sigma * sigma / 2), true }}
	keyed(seed).Fill(0, number, 0, v.Draws)
	for i, u := range v.Draws {
		v.Draws[i] = math.Exp(sigma * normal(u))
	}
	return v
}

// unknown takes the moments away, of products of two monomials only or of single ones, too.
func unknown(s Sum, alsoMeans bool) Sum {
	s.Variables = slices.Clone(s.Variables)
	for v := range s.Variables {
		moment := s.Variables[v].Moment
		s.Variables[v].Moment = func(e int) (float64, bool) {
			x, ok := moment(e)
			return x, ok && !alsoMeans && (e == 1 || e == -1)
		}
	}
	return s
}

var sigmas = []float64{0.4, 0.3, 0.2, 0.1}

// lognormalProduct is x0 x1 / x2 x3, of which E[1/x] is E[x] and the indices are those of a product.
func lognormalProduct(seed, n int) (s Sum, groups [][]int) {
	m := Monomial{Coefficient: 3}
	for i, sigma := range sigmas {
		s.Variables = append(s.Variables, lognormal(sigma, seed, i, n))
		m.Powers = append(m.Powers, Power{i, []int{1, 1, -1, 1}[i]})
		groups = append(groups, []int{i})
	}
	s.Monomials = []Monomial{m}
	return s, groups
}

func lognormalModel() model {
	var means, cv2 []float64
	for _, s := range sigmas {
		means, cv2 = append(means, math.Exp(s*s/2)), append(cv2, math.Expm1(s*s))
	}
	return product("product", nil, means, cv2)
}

// Each estimate is within four of its own standard errors, which are 0 where moments are known.
func TestIndicesOfAProductOfLognormalsAgreeWithTheClosedForm(t *testing.T) {
	want := lognormalModel()
	for _, n := range []int{1000, 10_000, 100_000} {
		s, groups := lognormalProduct(n, n)
		for i, s := range []Sum{s, unknown(s, false), unknown(s, true)} {
			got, err := s.Split(groups)
			if err != nil || got.FromMoments != (i == 0) {
				t.Fatal(got, err)
			}
			what := fmt.Sprintf("%d draws, way %d: ", n, i)
			within(t, what+"mean", got.Mean, 3*want.mean, 4)
			if i < 2 && got.Mean.Error != 0 {
				t.Errorf("%sthe mean is exact and has an error of %v", what, got.Mean.Error)
			}
			within(t, what+"variance", got.Variance, 9*want.variance, 4)
			for g, x := range got.Groups {
				within(t, fmt.Sprint(what, "first-order index of ", g), x.First, want.first[g], 4)
				within(t, fmt.Sprint(what, "total index of ", g), x.Total, want.totals[g], 4)
				if bound := 3 / math.Sqrt(float64(n)); x.First.Error > bound || x.Total.Error > bound {
					t.Errorf("%serrors of %v and %v of group %d", what, x.First.Error, x.Total.Error, g)
				}
			}
		}
	}
}

func TestIntervalsOfIndicesHoldTheTruthAsOftenAsTheySay(t *testing.T) {
	want := lognormalModel()
	for _, alsoMeans := range []bool{false, true} {
		counts := make([]covered, 2*len(sigmas)+2)
		for seed := range 400 {
			s, groups := lognormalProduct(seed, 3200)
			got, err := unknown(s, alsoMeans).Split(groups)
			if err != nil {
				t.Fatal(err)
			}
			counts[0].what, counts[1].what = "variance", "mean"
			counts[0].count(got.Variance, 9*want.variance)
			if alsoMeans {
				counts[1].count(got.Mean, 3*want.mean)
			}
			for g, x := range got.Groups {
				for i, e := range []Estimate{x.First, x.Total} {
					c := &counts[2+2*g+i]
					c.what = fmt.Sprintf("group %d, %s, means from draws: %v", g, []string{"first", "total"}[i], alsoMeans)
					c.count(e, []float64{want.first[g], want.totals[g]}[i])
				}
			}
		}
		for _, c := range counts {
			if c.asked > 0 {
				c.check(t)
			}
		}
	}
}

// additive is 2 x0 + 3 x1 - x2 + 4 x3, with groups of two, one and one.
func additive(n int) (s Sum, groups [][]int) {
	for i, c := range []float64{2, 3, -1, 4} {
		s.Variables = append(s.Variables, lognormal(sigmas[i], 7, i, n))
		s.Monomials = append(s.Monomials, Monomial{c, []Power{{i, 1}}})
	}
	return s, [][]int{{0, 3}, {1}, {2}}
}

func TestIndicesOfAPartitionOfASumOfVariablesAddUpToOne(t *testing.T) {
	s, groups := additive(10_000)
	for _, s := range []Sum{s, unknown(s, false)} {
		got, err := s.Split(groups)
		if err != nil {
			t.Fatal(err)
		}
		first := 0.0
		for g, x := range got.Groups {
			first += x.First.Value
			near(t, fmt.Sprint("total less first index of ", g), x.Total.Value-x.First.Value, 0, 1e-12)
		}
		if got.FromMoments {
			near(t, "the sum", first, 1, 1e-14)
		} else { // the draws of independent variables covary by chance: by 1/√n of their deviations
			near(t, "the sum", first, 1, 4*math.Sqrt(3.0/10_000))
		}
	}
}

func TestAGroupOfAllVariablesExplainsAll(t *testing.T) {
	s, _ := additive(1000)
	s.Monomials = append(s.Monomials, Monomial{5, []Power{{0, 1}, {1, -1}, {3, 2}}}, Monomial{1, nil})
	for _, s := range []Sum{s, unknown(s, false)} {
		got, err := s.Split([][]int{{0, 1, 2, 3}})
		if err != nil {
			t.Fatal(err)
		}
		near(t, "the total index", got.Groups[0].Total.Value, 1, 1e-12)
		near(t, "the first-order index", got.Groups[0].First.Value, 1, 1e-12)
	}
}

// Each of a perfectly correlated pair's members would have half of the variance if they were independent; together they have what one variable of twice the
// coefficient has.
func TestVariablesThatAreTheSameAreOneGroup(t *testing.T) {
	s := Sum{Variables: make([]Variable, 3), Correlated: []Correlated{{Variables: []int{0, 1}}}}
	for i, v := range []int{0, 0, 1} {
		s.Variables[i].Draws = lognormal(0.3, 3, v, 50_000).Draws
		s.Monomials = append(s.Monomials, Monomial{1, []Power{{i, 1}}})
	}
	got, err := s.Split([][]int{{0, 1}, {2}})
	if err != nil {
		t.Fatal(err)
	}
	within(t, "index of the pair", got.Groups[0].First, 0.8, 4)
	within(t, "index of the other", got.Groups[1].First, 0.2, 4)
}

func TestWhatIsTakenOffItselfHasNoVariance(t *testing.T) {
	s, groups := lognormalProduct(1, 1000)
	m := s.Monomials[0]
	s.Monomials = append(s.Monomials, Monomial{-m.Coefficient, m.Powers})
	for _, s := range []Sum{s, unknown(s, true)} {
		got, err := s.Split(groups)
		if err != nil || got.Mean.Value != 0 || got.Variance != (Estimate{}) || !slices.Equal(got.Groups, make([]Index, len(groups))) {
			t.Error(got, err)
		}
	}
}

// A variable that is always 0.1 may have a second moment that is some ulps off the square of the first.
func TestAConstantHasNoVariance(t *testing.T) {
	s := Sum{Monomials: []Monomial{{2, []Power{{0, 1}, {0, -1}}}, {3, nil}, {1, []Power{{1, 1}}}}, Variables: []Variable{{}, {Moment: func(e int) (float64, bool) {
		return math.Pow(0.1, float64(e)) * (1 + 4e-16*float64(e*e)), true
	}}}}
	got, err := s.Split([][]int{{0}, {1}})
	if err != nil || got.Variance != (Estimate{}) || got.Groups[1] != (Index{}) {
		t.Error(got, err)
	}
	near(t, "the mean", got.Mean.Value, 5.1, 1e-14)
}

// largeSum has products of a common variable, one of ten and one of many, as cells have of parameters and of factors.
func largeSum(monomials, n int) (s Sum, groups [][]int) {
	const tens = 11
	for v := range tens {
		s.Variables = append(s.Variables, lognormal(0.02+0.01*float64(v), 11, v, n))
		groups = append(groups, []int{v})
	}
	many := []int{}
	for m := range monomials {
		if m%4 == 0 {
			many = append(many, len(s.Variables))
			s.Variables = append(s.Variables, lognormal(0.3, 11, len(s.Variables), n))
		}
		s.Monomials = append(s.Monomials, Monomial{1 / float64(1+m), []Power{{0, 1}, {1 + m%10, 1}, {len(s.Variables) - 1, 1}}})
	}
	return s, append(groups, many)
}

func TestWhatIsTooLargeForPairsIsTakenByDraws(t *testing.T) {
	s, groups := largeSum(MaxPaired, 2000)
	exact, err := s.Split(groups)
	if err != nil || !exact.FromMoments {
		t.Fatal(err)
	}
	s.Monomials = append(s.Monomials, Monomial{Coefficient: 1})
	got, err := s.Split(groups)
	if err != nil || got.FromMoments {
		t.Fatal(err)
	}
	near(t, "the mean", got.Mean.Value, exact.Mean.Value+1, 1e-12)
	within(t, "the variance", got.Variance, exact.Variance.Value, 4)
	for g, x := range got.Groups {
		within(t, fmt.Sprint("first-order index of ", g), x.First, exact.Groups[g].First.Value, 4)
		within(t, fmt.Sprint("total index of ", g), x.Total, exact.Groups[g].Total.Value, 4)
	}
}

func TestWhatASumRefuses(t *testing.T) {
	draws := make([]float64, MinDraws)
	known := func(int) (float64, bool) { return 1, true }
	two := []Variable{{Draws: draws}, {Draws: draws}}
	of := func(v, e int) []Monomial { return []Monomial{{1, []Power{{v, e}}}} }
	for _, c := range []struct {
		sum    Sum
		groups [][]int
		want   string
	}{
		{Sum{Variables: two}, [][]int{{0}, {0}}, "group 1: there is no variable 0, or it is in two groups"},
		{Sum{Variables: two}, [][]int{{2}}, "group 0: there is no variable 2"},
		{Sum{Variables: two, Correlated: []Correlated{{Variables: []int{0, 1}}}}, [][]int{{0}, {1}}, "not all in one group"},
		{Sum{Variables: two, Correlated: []Correlated{{Variables: []int{0, 1}}}}, [][]int{{1}}, "not all in one group"},
		{Sum{Variables: two, Correlated: []Correlated{{Variables: []int{0}}, {Variables: []int{0}}}}, nil, "among two sets"},
		{Sum{Variables: two, Monomials: of(2, 1)}, nil, "monomial 0: there is no variable 2"},
		{Sum{Variables: two, Monomials: []Monomial{{math.NaN(), nil}}}, nil, "monomial 0: the coefficient is NaN"},
		{Sum{Variables: two, Monomials: of(0, -1)}, nil, "not finite"},
		{Sum{Variables: []Variable{{Draws: draws[1:]}}, Monomials: of(0, 1)}, nil, "63 draws"},
		{Sum{Variables: []Variable{{}}, Monomials: of(0, 1)}, nil, "0 draws"},
		{Sum{Variables: []Variable{{Draws: draws}, {Draws: append(draws, 1)}}, Monomials: append(of(0, 1), of(1, 1)...)}, nil, "65 draws, and others 64"},
		{Sum{Variables: []Variable{{Moment: func(int) (float64, bool) { return math.Inf(1), true }}}, Monomials: of(0, 1)}, nil, "not finite"},
	} {
		if _, err := c.sum.Split(c.groups); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, not one of %q", err, c.want)
		}
	}
	if _, err := (Sum{Variables: []Variable{{Moment: known}}, Monomials: of(0, 1)}).Split(nil); err != nil {
		t.Error("draws are asked for where moments are known:", err)
	}
}

// BenchmarkSplit reports the time of one power of one draw, or of one pair of monomials.
func BenchmarkSplit(b *testing.B) {
	const n = 10_000
	for _, monomials := range []int{200, MaxPaired} {
		s, groups := largeSum(monomials, n)
		for _, c := range []struct {
			name, unit string
			sum        Sum
			work       float64
		}{
			{"by pairs", "ns/pair", s, float64(monomials) * float64(monomials+1) / 2},
			{"by draws, exact means", "ns/power", unknown(s, false), 3 * n * float64(monomials)},
			{"by draws", "ns/power", unknown(s, true), 3 * n * float64(monomials)},
		} {
			b.Run(fmt.Sprintf("%d monomials %s", monomials, c.name), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if _, err := c.sum.Split(groups); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/c.work, c.unit)
			})
		}
	}
}
