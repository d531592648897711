package attribution

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"math"
	"testing"
)

// keyed are independent random points, keyed by seed, matrix, column and number.
type keyed uint64

func (k keyed) Fill(matrix, column, from int, out []float64) {
	stream := key(k).of(99).of(matrix).of(column)
	for i := range out {
		out[i] = (float64(stream.of(from+i)>>12) + 0.5) * 0x1p-52
	}
}

// normal is the standard normal distribution's quantile.
func normal(u float64) float64 { return math.Sqrt2 * math.Erfinv(2*u-1) }

// pointwise makes a Function of one of a single point.
func pointwise(quantities int, f func(x []float64) float64) Function {
	return func(points, values []float64) error {
		for i := range values {
			values[i] = f(points[i*quantities : (i+1)*quantities])
		}
		return nil
	}
}

// within fails where an estimate is more than some of its standard errors away from the truth, and rounding.
func within(t *testing.T, what string, e Estimate, truth, errors float64) {
	t.Helper()
	if !(math.Abs(e.Value-truth) <= errors*e.Error+1e-12*math.Abs(truth)) {
		t.Errorf("%s is %v ± %v, not %v", what, e.Value, e.Error, truth)
	}
}

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s is %v, not %v", what, got, want)
	}
}

// covered counts how many of some intervals hold a truth, and adds up squared deviations from it over squared standard errors.
type covered struct {
	what        string
	hold, asked int
	squares     float64
}

func (c *covered) count(e Estimate, truth float64) {
	c.asked++
	if e.Low <= truth && truth <= e.High {
		c.hold++
	}
	c.squares += (e.Value - truth) * (e.Value - truth) / (e.Error * e.Error)
}

// check wants 88 to 99 % of 95 % intervals to hold the truth, and estimates to deviate from it by 0.8 to 1.25 of their standard errors. Of 400 seeds the share
// has itself a standard error of 1.1 %, and the other one of about 3.5 %.
func (c *covered) check(t *testing.T) {
	t.Helper()
	if share := float64(c.hold) / float64(c.asked); share < 0.88 || share > 0.99 {
		t.Errorf("%s: %.1f %% of the 95 %% intervals hold the truth", c.what, 100*share)
	}
	if deviation := math.Sqrt(c.squares / float64(c.asked)); !(deviation > 0.8 && deviation < 1.25) {
		t.Errorf("%s: estimates deviate by %.2f of their standard errors", c.what, deviation)
	}
}

// The digest was computed on amd64 and is the same on arm64: the functions here are made of sums, products and quotients only.
func TestBitsAreTheSameOnEveryMachine(t *testing.T) {
	hash := fnv.New64a()
	add := func(xs ...float64) {
		for _, x := range xs {
			binary.Write(hash, binary.LittleEndian, x)
		}
	}
	f := pointwise(3, func(x []float64) float64 { return float64(x[0]*x[1]) + 1/(1+x[2]) })
	indices, err := Sobol(f, 3, SobolOptions{Points: keyed(1), Draws: 2500, Replicates: 50, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	addIndex := func(x Index) {
		for _, e := range []Estimate{x.First, x.Total} {
			add(e.Value, e.Error, e.Low, e.High)
		}
	}
	for _, x := range indices.Indices {
		addIndex(x)
	}
	effects, err := Morris(f, 3, MorrisOptions{Trajectories: 20, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range effects {
		add(e.Mean, e.Absolute, e.Spread, e.Error)
	}
	s := Sum{Variables: make([]Variable, 3), Monomials: []Monomial{{1.1, []Power{{0, 1}, {1, 2}}}, {0.7, []Power{{1, -1}, {2, 3}}}, {0.3, []Power{{0, -2}, {2, 1}}}}}
	for v := range s.Variables {
		s.Variables[v].Draws = make([]float64, 1000)
		keyed(2).Fill(0, v, 0, s.Variables[v].Draws)
		for i := range s.Variables[v].Draws {
			s.Variables[v].Draws[i] += 0.5
		}
	}
	split, err := s.Split([][]int{{0}, {1}, {2}})
	if err != nil {
		t.Fatal(err)
	}
	add(split.Mean.Value, split.Mean.Error, split.Variance.Value, split.Variance.Error)
	for _, x := range split.Groups {
		addIndex(x)
	}
	for v := range s.Variables { // uniform on 0.5 to 1.5, but for E[x^-1] and the like, which are as good as any for bits
		s.Variables[v].Moment = func(e int) (float64, bool) { return 1 + float64(e*e)/24, true }
	}
	if split, err = s.Split([][]int{{0}, {1, 2}}); err != nil || !split.FromMoments {
		t.Fatal(split, err)
	}
	add(split.Mean.Value, split.Variance.Value)
	for _, x := range split.Groups {
		addIndex(x)
	}
	if got, want := fmt.Sprintf("%016x", hash.Sum64()), "5d01c3aa0060511c"; got != want {
		t.Errorf("digest %s, not %s", got, want)
	}
}
