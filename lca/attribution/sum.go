package attribution

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
)

// Sum is a sum of products of powers of random variables, Y = Σ c Π x^e.
type Sum struct {
	Monomials []Monomial
	Variables []Variable
	// Correlated are the sets of variables that depend on each other, none in two. All other variables are independent of all.
	Correlated []Correlated
}

// Monomial is a coefficient times a product of powers. One variable may stand in several of them.
type Monomial struct {
	Coefficient float64
	Powers      []Power
}

// Power is a variable, by its place in Sum.Variables, to an exponent, which may be negative.
type Power struct {
	Variable, Exponent int
}

// Variable is known by its draws, by its moments, or by both.
type Variable struct {
	// Draws are its values, draw i of all variables being of one event. They may be missing where Moment knows all.
	Draws []float64
	// Moment is the expectation of a power of the variable, exactly, and whether it is known. It may be nil.
	Moment func(exponent int) (float64, bool)
}

// Correlated is a set of variables that depend on each other.
type Correlated struct {
	Variables []int
	// Moment is the expectation of a product of powers of them, exactly, and whether it is known. Powers are in the order of the variables' places, each
	// variable once, no exponent 0. It may be nil. The Moment of the single variables is not asked.
	Moment func([]Power) (float64, bool)
}

// Split is how a sum's variance goes back to groups of its variables.
type Split struct {
	Mean, Variance Estimate
	// FromMoments says that the moments of the variables gave everything, exactly but for rounding. Draws were not looked at.
	FromMoments bool
	Groups      []Index
}

const (
	// MaxPaired is how many monomials are taken by pairs, at most: two million pairs.
	MaxPaired = 2000
	// batches is how many parts the draws are cut into for standard errors.
	splitBatches = 32
	// MinDraws are needed where draws are.
	MinDraws = 2 * splitBatches
	// student is Student's t with 31 degrees of freedom at 0.975, for intervals of 95 % (NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.2).
	student = 2.040
)

// Split computes mean, variance and the indices of groups of variables. No variable is in two groups, and correlated ones are in one group or in none.
// Variables in no group vary, too, and their own indices are not told. Within a group nothing is assumed of how variables depend on each other, other than
// that they do so within the sets of Sum.Correlated.
//
// In each monomial let P be the product of the group's variables and R that of all others. P and R are independent, so
//
//	E[Y|g] - E[Y]          = Σ c (P - E[P]) E[R]
//	Y - E[Y|all but g]     = Σ c (P - E[P]) R
//
// over the monomials that the group is in, and the indices are the mean squares of the two, over Var(Y). Expectations of products are the products of those of
// their independent parts. None of this is approximate, and no other points are evaluated than the draws.
//
// Of up to 2,000 monomials whose moments are all known, those of the products of two monomials included, everything is exact: mean squares are summed over
// pairs of monomials, with E[RR'] and Cov(P, P') from moments. Indices are good to about 1e-16 over the squared coefficient of variation, and a variance of less
// than 1e-13 of what the pairs' second moments amount to is taken for 0.
//
// In all other cases the mean squares are means over the draws. Expectations are moments where these are known, and means over the draws where not, so
// that the mean of Y is exact where the moments of all its monomials are known. Errors, those of the means included, are from 32 batches of consecutive
// draws, and intervals of 95 % from Student's t; they take the draws as independent, and are too wide of stratified ones. The
// cost is that of the draws times the powers of all monomials, twice where a mean is from draws; the memory does not grow with the draws.
func (s Sum) Split(groups [][]int) (Split, error) {
	c, err := s.compile(groups)
	if err != nil {
		return Split{}, err
	}
	out, ok := Split{}, false
	if len(c.terms) <= MaxPaired || len(c.factors) == 0 {
		out, ok = c.byPairs()
	}
	if !ok {
		if out, err = c.byDraws(); err != nil {
			return Split{}, err
		}
	}
	for _, e := range []Estimate{out.Mean, out.Variance} {
		if !finite(e.Value) {
			return Split{}, errors.New("the mean or the variance is not finite: a draw or a moment is not, or their products leave the range of numbers")
		}
	}
	return out, nil
}

// compiled is a sum with its monomials taken apart by group and by block, each distinct piece held once.
type compiled struct {
	sum      *Sum
	blocks   []Correlated // smallest sets of variables that are independent of each other
	reported int          // groups that the caller asked for; the next one, if any, is of all other variables
	groups   int
	factors  []factor
	parts    []part
	terms    []term
}

// factor is what a monomial has of one block.
type factor struct {
	block  int
	powers []Power
	mean   float64
	known  bool // the mean, from moments
}

// part is what a monomial has of one group: a product of factors of different blocks, in the blocks' order.
type part struct {
	group   int
	factors []int
}

// term is a coefficient times a product of parts of different groups, in the groups' order.
type term struct {
	coefficient float64
	parts       []int
}

func (s *Sum) compile(groups [][]int) (*compiled, error) {
	c := &compiled{sum: s, reported: len(groups), groups: len(groups)}
	block, err := c.partition(groups)
	if err != nil {
		return nil, err
	}
	group := make([]int, len(c.blocks))
	for i := range group {
		group[i] = len(groups)
	}
	for g, members := range groups {
		for _, v := range members {
			group[block[v]] = g
		}
	}
	if slices.Contains(group, len(groups)) {
		c.groups++
	}
	factors, parts := map[string]int{}, map[string]int{}
	for i, m := range s.Monomials {
		powers, err := s.gather(m.Powers)
		if err != nil {
			return nil, fmt.Errorf("monomial %d: %w", i, err)
		}
		if !finite(m.Coefficient) {
			return nil, fmt.Errorf("monomial %d: the coefficient is %v", i, m.Coefficient)
		}
		slices.SortStableFunc(powers, func(a, b Power) int {
			x, y := block[a.Variable], block[b.Variable]
			return cmp.Or(cmp.Compare(group[x], group[y]), cmp.Compare(x, y))
		})
		t := term{coefficient: m.Coefficient}
		for len(powers) > 0 {
			g := group[block[powers[0].Variable]]
			p := part{group: g}
			var key []byte
			for len(powers) > 0 && group[block[powers[0].Variable]] == g {
				b := block[powers[0].Variable]
				n := 1
				for n < len(powers) && block[powers[n].Variable] == b {
					n++
				}
				id, known := factors[spell(powers[:n])]
				if !known {
					id = len(c.factors)
					factors[spell(powers[:n])] = id
					f := factor{block: b, powers: powers[:n:n]}
					f.mean, f.known = c.moment(b, f.powers)
					c.factors = append(c.factors, f)
				}
				p.factors = append(p.factors, id)
				key = binary.AppendVarint(key, int64(id))
				powers = powers[n:]
			}
			id, known := parts[string(key)]
			if !known {
				id = len(c.parts)
				parts[string(key)] = id
				c.parts = append(c.parts, p)
			}
			t.parts = append(t.parts, id)
		}
		c.terms = append(c.terms, t)
	}
	return c, nil
}

// partition makes the blocks, and gives each variable's. It checks that groups are made of whole ones.
func (c *compiled) partition(groups [][]int) (block []int, err error) {
	block = make([]int, len(c.sum.Variables))
	for i := range block {
		block[i] = -1
	}
	for _, set := range c.sum.Correlated {
		for _, v := range set.Variables {
			if v < 0 || v >= len(block) || block[v] >= 0 {
				return nil, fmt.Errorf("correlated variables: there is no variable %d, or it is among two sets", v)
			}
			block[v] = len(c.blocks)
		}
		c.blocks = append(c.blocks, set)
	}
	for v := range block {
		if block[v] < 0 {
			block[v] = len(c.blocks)
			alone := Correlated{Variables: []int{v}}
			if moment := c.sum.Variables[v].Moment; moment != nil {
				alone.Moment = func(p []Power) (float64, bool) { return moment(p[0].Exponent) }
			}
			c.blocks = append(c.blocks, alone)
		}
	}
	members := make([]int, len(c.blocks)) // of the group that the block is in
	group := make([]int, len(block))
	for g, variables := range groups {
		for _, v := range variables {
			if v < 0 || v >= len(block) || group[v] != 0 {
				return nil, fmt.Errorf("group %d: there is no variable %d, or it is in two groups", g, v)
			}
			group[v] = g + 1
			members[block[v]]++
		}
	}
	for b, n := range members {
		of := c.blocks[b].Variables
		for _, v := range of {
			if n != 0 && n != len(of) || group[v] != group[of[0]] {
				return nil, fmt.Errorf("variables %d and others depend on each other, and are not all in one group", of[0])
			}
		}
	}
	return block, nil
}

// gather orders powers by variable, adds up the exponents of each, and leaves out those that are 0.
func (s *Sum) gather(powers []Power) ([]Power, error) {
	powers = slices.Clone(powers)
	for _, p := range powers {
		if p.Variable < 0 || p.Variable >= len(s.Variables) {
			return nil, fmt.Errorf("there is no variable %d", p.Variable)
		}
	}
	slices.SortStableFunc(powers, func(a, b Power) int { return cmp.Compare(a.Variable, b.Variable) })
	out := powers[:0]
	for _, p := range powers {
		if n := len(out); n > 0 && out[n-1].Variable == p.Variable {
			out[n-1].Exponent += p.Exponent
		} else {
			out = append(out, p)
		}
	}
	return slices.DeleteFunc(out, func(p Power) bool { return p.Exponent == 0 }), nil
}

func (c *compiled) moment(block int, powers []Power) (float64, bool) {
	if c.blocks[block].Moment == nil {
		return 0, false
	}
	return c.blocks[block].Moment(powers)
}

func spell(powers []Power) string {
	var b []byte
	for _, p := range powers {
		b = binary.AppendVarint(binary.AppendVarint(b, int64(p.Variable)), int64(p.Exponent))
	}
	return string(b)
}

// means are the parts' expectations, as products of the factors'.
func (c *compiled) means(factors func(int) float64) []float64 {
	out := make([]float64, len(c.parts))
	for i, p := range c.parts {
		out[i] = 1
		for _, f := range p.factors {
			out[i] = float64(out[i] * factors(f))
		}
	}
	return out
}

// mean is the sum's expectation.
func (c *compiled) mean(parts []float64) (sum float64) {
	for _, t := range c.terms {
		product := t.coefficient
		for _, p := range t.parts {
			product = float64(product * parts[p])
		}
		sum += product
	}
	return sum
}

// vanishing is the ratio of a variance to the sum of the pairs' second moments, without their signs, below which it is rounding: some hundreds of ulps.
const vanishing = 1e-13

// pair is two parts of one group: the expectation of their product, and that less the product of their expectations.
type pair struct {
	together, covariance float64
	known                bool
}

// byPairs computes everything from moments. It reports false where one is not known.
func (c *compiled) byPairs() (Split, bool) {
	for _, f := range c.factors {
		if !f.known {
			return Split{}, false
		}
	}
	means := c.means(func(f int) float64 { return c.factors[f].mean })
	pairs := map[[2]int]pair{}
	moments := map[[2]int]pair{}
	first, totals := make([]float64, c.groups), make([]float64, c.groups)
	variance, size := 0.0, 0.0
	var s side
	for i, a := range c.terms {
		if len(a.parts) == 0 {
			continue // a constant
		}
		for j, b := range c.terms[:i+1] {
			if !shareGroup(c, a, b) {
				continue
			}
			s.reset(float64(a.coefficient * b.coefficient))
			if i != j {
				s.weight = float64(2 * s.weight)
			}
			for k, l := 0, 0; k < len(a.parts) || l < len(b.parts); {
				switch {
				case l == len(b.parts) || k < len(a.parts) && c.parts[a.parts[k]].group < c.parts[b.parts[l]].group:
					s.add(-1, means[a.parts[k]], pair{together: means[a.parts[k]]})
					k++
				case k == len(a.parts) || c.parts[b.parts[l]].group < c.parts[a.parts[k]].group:
					s.add(-1, means[b.parts[l]], pair{together: means[b.parts[l]]})
					l++
				default:
					p, q := a.parts[k], b.parts[l]
					at := [2]int{min(p, q), max(p, q)}
					both, seen := pairs[at]
					if !seen {
						both = c.pair(p, q, moments)
						pairs[at] = both
					}
					if !both.known {
						return Split{}, false
					}
					s.add(c.parts[p].group, float64(means[p]*means[q]), both)
					k++
					l++
				}
			}
			variance += s.spread(first, totals)
			size += math.Abs(s.size())
		}
	}
	out := Split{Mean: exactly(c.mean(means)), FromMoments: true, Groups: make([]Index, c.reported)}
	if variance <= float64(vanishing*size) {
		return out, true
	}
	out.Variance = exactly(variance)
	for g := range out.Groups {
		out.Groups[g] = Index{exactly(max(0, first[g]) / variance), exactly(max(0, totals[g]) / variance)}
	}
	return out, true
}

// shareGroup tells whether two terms have parts of one group: others do not covary.
func shareGroup(c *compiled, a, b term) bool {
	for k, l := 0, 0; k < len(a.parts) && l < len(b.parts); {
		switch x, y := c.parts[a.parts[k]].group, c.parts[b.parts[l]].group; {
		case x == y:
			return true
		case x < y:
			k++
		default:
			l++
		}
	}
	return false
}

// pair computes the moments of two parts of one group, block by block: of products of independent factors, E[ΠXX'] - ΠE[X]E[X'] is the sum over blocks of their
// own covariance, times the product of E[XX'] of those before and of E[X]E[X'] of those after, which loses nothing where covariances are small.
func (c *compiled) pair(p, q int, moments map[[2]int]pair) pair {
	out := pair{together: 1, known: true}
	a, b := c.parts[p].factors, c.parts[q].factors
	for k, l := 0, 0; k < len(a) || l < len(b); {
		var apart float64
		var both pair
		switch {
		case l == len(b) || k < len(a) && c.factors[a[k]].block < c.factors[b[l]].block:
			apart = c.factors[a[k]].mean
			both = pair{together: apart, known: true}
			k++
		case k == len(a) || c.factors[b[l]].block < c.factors[a[k]].block:
			apart = c.factors[b[l]].mean
			both = pair{together: apart, known: true}
			l++
		default:
			f, g := a[k], b[l]
			apart = float64(c.factors[f].mean * c.factors[g].mean)
			at := [2]int{min(f, g), max(f, g)}
			var seen bool
			if both, seen = moments[at]; !seen {
				both.together, both.known = c.product(f, g)
				both.covariance = both.together - apart
				moments[at] = both
			}
			k++
			l++
		}
		if !both.known {
			return pair{}
		}
		out.covariance = float64(out.covariance*apart) + float64(out.together*both.covariance)
		out.together = float64(out.together * both.together)
	}
	return out
}

// product is the expectation of the product of two factors of one block.
func (c *compiled) product(f, g int) (float64, bool) {
	powers, err := c.sum.gather(append(slices.Clone(c.factors[f].powers), c.factors[g].powers...))
	switch {
	case err != nil:
		return 0, false
	case len(powers) == 0:
		return 1, true
	}
	return c.moment(c.factors[f].block, powers)
}

// side holds the groups of a pair of terms, side by side.
type side struct {
	weight                      float64
	groups                      []int // -1: in one of the terms only, so nothing covaries
	apart, together, covariance []float64
	apartAfter, togetherAfter   []float64 // products of what stands behind
}

func (s *side) reset(weight float64) {
	*s = side{weight, s.groups[:0], s.apart[:0], s.together[:0], s.covariance[:0], s.apartAfter, s.togetherAfter}
}

func (s *side) add(group int, apart float64, both pair) {
	s.groups = append(s.groups, group)
	s.apart = append(s.apart, apart)
	s.together = append(s.together, both.together)
	s.covariance = append(s.covariance, both.covariance)
}

// size is the second moment of the pair.
func (s *side) size() float64 {
	product := s.weight
	for _, x := range s.together {
		product = float64(product * x)
	}
	return product
}

// spread gives the pair's part of the variance and adds its parts of the groups' variances.
func (s *side) spread(first, totals []float64) (variance float64) {
	n := len(s.groups)
	s.apartAfter = append(s.apartAfter[:0], make([]float64, n+1)...)
	s.togetherAfter = append(s.togetherAfter[:0], make([]float64, n+1)...)
	s.apartAfter[n], s.togetherAfter[n] = s.weight, s.weight
	for i := n - 1; i >= 0; i-- {
		s.apartAfter[i] = float64(s.apartAfter[i+1] * s.apart[i])
		s.togetherAfter[i] = float64(s.togetherAfter[i+1] * s.together[i])
	}
	apart, together := 1.0, 1.0
	for i, g := range s.groups {
		if g >= 0 {
			first[g] += float64(apart * s.covariance[i] * s.apartAfter[i+1])
			totals[g] += float64(together * s.covariance[i] * s.togetherAfter[i+1])
			variance += float64(together * s.covariance[i] * s.apartAfter[i+1])
		}
		apart = float64(apart * s.apart[i])
		together = float64(together * s.together[i])
	}
	return variance
}
