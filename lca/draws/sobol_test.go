package draws

import (
	"math"
	"math/bits"
	"os"
	"strconv"
	"strings"
	"testing"
)

func TestUnscrambledPointsAreThoseOfSciPy(t *testing.T) {
	text, err := os.ReadFile("testdata/sobol.txt")
	if err != nil {
		t.Fatal(err)
	}
	var dimensions []string
	seen := 0
	for line := range strings.Lines(string(text)) {
		words := strings.Fields(line)
		if words[0] == "#" {
			dimensions = words[1:]
			continue
		}
		i, err := strconv.Atoi(words[0])
		if err != nil {
			t.Fatal(err)
		}
		for j, w := range words[1:] {
			dimension, _ := strconv.Atoi(dimensions[j])
			want, err := strconv.ParseUint(w, 10, 32)
			if err != nil {
				t.Fatal(err)
			}
			if got := point(&directions()[dimension-1], uint32(i^i>>1)); got != uint32(want) {
				t.Errorf("point %d of dimension %d is %d, not %d", i, dimension, got, want)
			}
			seen++
		}
	}
	if seen < 400 {
		t.Errorf("only %d coordinates were compared", seen)
	}
}

// coordinates are the first 2^m points' of a dimension, in units of 2^-32, from the direction numbers or as a quantity draws them.
func coordinates(t *testing.T, d *Design, dimension, m int) []uint32 {
	t.Helper()
	out := make([]uint32, 1<<m)
	if d == nil {
		for i := range out {
			out[i] = point(&directions()[dimension], uint32(i))
		}
		return out
	}
	u := make([]float64, 1<<m)
	d.Uniforms(d.Ranked[dimension], 0, u)
	for i := range out {
		out[i] = uint32(u[i] * (1 << 32))
	}
	return out
}

// evenly tells whether each of the 2^(a+b) boxes with 2^a slices of x and 2^b of y has as many points as each other.
func evenly(x, y []uint32, a, b int) bool {
	counts := make([]int, 1<<(a+b))
	for i := range x {
		counts[uint64(x[i])>>(32-a)<<b|uint64(y[i])>>(32-b)]++
	}
	for _, n := range counts {
		if n != len(x)>>(a+b) {
			return false
		}
	}
	return true
}

// quality is t of the (t,m,2)-net that 2^m points make of two dimensions: all boxes of 2^(t-m) have 2^t points.
func quality(x, y []uint32) int {
	m := bits.Len(uint(len(x))) - 1
	for t := range m {
		even := true
		for a := 0; a <= m-t; a++ {
			even = even && evenly(x, y, a, m-t-a)
		}
		if even {
			return t
		}
	}
	return m
}

func ranked(t *testing.T) *Design {
	t.Helper()
	var names []string
	for i := range MaxRanked {
		names = append(names, "quantity "+strconv.Itoa(i))
	}
	return design(t, Sobol, 1<<12, names...)
}

// Each dimension alone is a (0,m,1)-net: one point in each of 2^m slices, scrambled or not.
func TestEachDimensionHasOnePointInEachSlice(t *testing.T) {
	d := ranked(t)
	for dimension := range MaxRanked {
		for _, scrambled := range []*Design{nil, d} {
			for _, m := range []int{1, 4, 7, 12} {
				x := coordinates(t, scrambled, dimension, m)
				if !evenly(x, x, m, 0) {
					t.Fatalf("dimension %d: 2^%d points are not one in each slice (scrambled: %v)", dimension+1, m, scrambled != nil)
				}
			}
		}
	}
}

// The first two dimensions are a (0,m,2)-net for all m (Sobol 1967), the best that there is. Of other pairs t is higher; scrambling keeps it.
func TestPairsOfDimensionsFillBoxesAndScramblingKeepsThat(t *testing.T) {
	d := ranked(t)
	for _, m := range []int{4, 8, 10} {
		for _, pair := range [][2]int{{0, 1}, {0, 2}, {1, 2}, {3, 4}, {2, 9}, {20, 21}, {62, 63}} {
			plain := quality(coordinates(t, nil, pair[0], m), coordinates(t, nil, pair[1], m))
			scrambled := quality(coordinates(t, d, pair[0], m), coordinates(t, d, pair[1], m))
			if plain != scrambled {
				t.Errorf("dimensions %d and %d: 2^%d points are a net of quality %d, scrambled %d", pair[0]+1, pair[1]+1, m, plain, scrambled)
			}
			if pair == [2]int{0, 1} && plain != 0 {
				t.Errorf("the first two dimensions are a net of quality %d", plain)
			}
			if plain >= m {
				t.Errorf("dimensions %d and %d: 2^%d points fill no boxes", pair[0]+1, pair[1]+1, m)
			}
		}
	}
}

// Over seeds, a scrambled point is anywhere as likely. Of 4000 seeds each sixteenth has 250 of each point, with a standard deviation of
// 15.3; chi-squared with 15 degrees of freedom is above 44.3 once in 10,000.
func TestAScrambledPointIsAnywhere(t *testing.T) {
	for _, draw := range []int{0, 1, 37} {
		var counts [16]float64
		for seed := range 4000 {
			d, err := New(uint64(seed), Sobol, 64, []string{"a", "b", "c"})
			if err != nil {
				t.Fatal(err)
			}
			var u [1]float64
			d.Uniforms("c", draw, u[:])
			counts[int(u[0]*16)]++
		}
		if x := chiSquared(counts[:]); x > 44.3 {
			t.Errorf("draw %d lies in the sixteenths as %v: chi-squared %.1f", draw, counts, x)
		}
	}
}

// chiSquared is of counts that should be equal.
func chiSquared(counts []float64) (x float64) {
	mean := 0.0
	for _, n := range counts {
		mean += n / float64(len(counts))
	}
	for _, n := range counts {
		x += (n - mean) * (n - mean) / mean
	}
	return x
}

// The mean of a smooth function of eight quantities, 1 exactly, comes out ten times closer than by random draws, and closer than by a
// Latin hypercube: root mean square of 30 seeds.
func TestAMeanIsCloserBySobolPoints(t *testing.T) {
	names := []string{"a", "b", "c", "d", "e", "f", "g", "h"}
	const n = 4096
	off := func(s Sampling) float64 {
		squares := 0.0
		for seed := range 30 {
			d, err := New(uint64(seed), s, n, names)
			if err != nil {
				t.Fatal(err)
			}
			product := make([]float64, n)
			for i := range product {
				product[i] = 1
			}
			u := make([]float64, n)
			for _, name := range names {
				d.Uniforms(name, 0, u)
				for i := range u {
					product[i] *= u[i] + 0.5
				}
			}
			mean := 0.0
			for _, p := range product {
				mean += p / n
			}
			squares += (mean - 1) * (mean - 1) / 30
		}
		return math.Sqrt(squares)
	}
	random, latin, sobol := off(Random), off(LatinHypercube), off(Sobol)
	if !(sobol < random/10 && latin < random/2 && sobol < latin/2) {
		t.Errorf("the mean is off by %.2g with random draws, %.2g with a Latin hypercube, %.2g with Sobol points", random, latin, sobol)
	}
}
