// Package draws gives the quantities of a study the random numbers that their errors are drawn by.
//
// A number depends on the seed, the name of the quantity and the number of the draw, on nothing else: not on the order in which quantities
// are asked for, on how many there are, on workers or the machine. A draw can be had without the draws before it.
package draws

import (
	"fmt"
	"math/bits"
)

// Sampling is how the draws of a quantity lie between 0 and 1.
type Sampling uint8

const (
	// Random draws are independent of each other.
	Random Sampling = iota
	// LatinHypercube puts one draw of each quantity into each of as many equal parts of 0 to 1 as there are draws, in a random order of
	// its own (M. D. McKay, R. J. Beckman and W. J. Conover, Technometrics 21 (1979)).
	LatinHypercube
	// Sobol gives the ranked quantities the dimensions of scrambled Sobol points, which fill all of them evenly together. Other
	// quantities have random draws. Powers of two of draws fill best.
	Sobol
)

var samplings = [...]string{"random", "latin_hypercube", "sobol"}

func (s Sampling) String() string { return samplings[s] }

// Samplings are the names of the samplings.
func Samplings() []string { return append([]string(nil), samplings[:]...) }

// Named returns the sampling of a name.
func Named(name string) (Sampling, bool) {
	for i, n := range samplings {
		if n == name {
			return Sampling(i), true
		}
	}
	return 0, false
}

// Bounds of a design.
const (
	MaxDraws  = 1 << 30
	MaxRanked = 64 // dimensions of the Sobol points
)

// Design is how the quantities of a study are drawn. It is made by New and immutable; several workers may use it at once.
type Design struct {
	Seed     uint64
	Sampling Sampling
	Draws    int
	Ranked   []string // the quantities that have dimensions of the Sobol points, the first dimension first
	rank     map[string]int
}

// New makes a design. ranked are the quantities that matter most, the first most of all; only Sobol uses them.
func New(seed uint64, sampling Sampling, draws int, ranked []string) (*Design, error) {
	switch {
	case int(sampling) >= len(samplings):
		return nil, fmt.Errorf("no such sampling: %d", sampling)
	case draws < 1 || draws > MaxDraws:
		return nil, fmt.Errorf("%d draws, not 1 to %d", draws, MaxDraws)
	case len(ranked) > MaxRanked:
		return nil, fmt.Errorf("%d quantities are ranked, and Sobol points have %d dimensions", len(ranked), MaxRanked)
	}
	d := &Design{Seed: seed, Sampling: sampling, Draws: draws, Ranked: append([]string(nil), ranked...), rank: map[string]int{}}
	for i, name := range d.Ranked {
		if _, ok := d.rank[name]; ok {
			return nil, fmt.Errorf("%q is ranked twice", name)
		}
		d.rank[name] = i
	}
	return d, nil
}

// Uniforms sets out to the draws from..from+len(out)-1 of a quantity, numbers above 0 and below 1. Draws are counted from 0; it panics
// where one is not of the design.
func (d *Design) Uniforms(name string, from int, out []float64) {
	if from < 0 || len(out) > d.Draws-from {
		panic(fmt.Sprintf("draws %d to %d of %d", from, from+len(out)-1, d.Draws))
	}
	random := newStream(d.Seed, "random", name)
	rank, ranked := d.rank[name]
	switch {
	case d.Sampling == LatinHypercube:
		d.latin(name, from, out)
	case d.Sampling == Sobol && ranked:
		d.sobol(name, rank, from, out)
	default:
		random.each(from, len(out), func(i int, x uint64) { out[i] = inside(x) })
	}
}

// latin puts draw k somewhere into the stratum that the quantity's permutation has at k.
func (d *Design) latin(name string, from int, out []float64) {
	order := newPermutation(newStream(d.Seed, "strata", name), d.Draws)
	within := newStream(d.Seed, "within strata", name)
	// The stratum and its part take 52 bits together, less where they end below 1: the sum is exact, and its quotient in the stratum.
	spare := uint(bits.Len(uint(d.Draws))) + 1
	unit := float64(uint64(1) << (52 - spare))
	n := float64(d.Draws)
	within.each(from, len(out), func(i int, x uint64) {
		part := (float64(x>>(12+spare)) + 0.5) / unit
		out[i] = (float64(order.at(uint64(from+i))) + part) / n
	})
}

// sobol gives a quantity one dimension of the points, scrambled.
func (d *Design) sobol(name string, dimension, from int, out []float64) {
	scramble := newScramble(newStream(d.Seed, "scramble", name))
	below := newStream(d.Seed, "below the points", name)
	v := &directions()[dimension]
	x := point(v, uint32(from))
	below.each(from, len(out), func(i int, y uint64) {
		if i > 0 {
			// Counting on changes the last bits of the index up to the one that becomes 1.
			x ^= v.upTo[bits.TrailingZeros32(uint32(from+i))]
		}
		out[i] = inside(uint64(scramble.of(x))<<32 | y>>32)
	})
}
