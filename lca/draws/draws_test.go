package draws

import (
	"math"
	"slices"
	"testing"
)

func design(t testing.TB, sampling Sampling, draws int, ranked ...string) *Design {
	t.Helper()
	d, err := New(17, sampling, draws, ranked)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func all(d *Design, name string) []float64 {
	out := make([]float64, d.Draws)
	d.Uniforms(name, 0, out)
	return out
}

var everySampling = []Sampling{Random, LatinHypercube, Sobol}

func TestDrawsLieInsideOfZeroToOne(t *testing.T) {
	if lowest, highest := inside(0), inside(math.MaxUint64); lowest != 0x1p-53 || highest != 1-0x1p-53 {
		t.Errorf("the numbers go from %v to %v", lowest, highest)
	}
	for _, s := range everySampling {
		for _, n := range []int{1, 2, 3, 10, 1000, 4096} {
			for _, u := range all(design(t, s, n, "a"), "a") {
				if !(u > 0 && u < 1) {
					t.Fatalf("%v of %d draws: %v", s, n, u)
				}
			}
		}
	}
}

// Whoever computes a block of draws gets the same as whoever computes all.
func TestADrawNeedsNoOther(t *testing.T) {
	for _, s := range everySampling {
		d := design(t, s, 1000, "other", "a")
		whole := all(d, "a")
		for _, block := range [][2]int{{0, 1}, {1, 1}, {1, 2}, {7, 500}, {999, 1}, {512, 488}, {1000, 0}} {
			part := make([]float64, block[1])
			d.Uniforms("a", block[0], part)
			if !slices.Equal(part, whole[block[0]:block[0]+block[1]]) {
				t.Errorf("%v: draws %d to %d are others alone", s, block[0], block[0]+block[1])
			}
		}
	}
}

func TestDrawsOfANameStayWhenOthersAreAdded(t *testing.T) {
	for _, s := range everySampling {
		alone := all(design(t, s, 500, "a"), "a")
		d := design(t, s, 500, "a", "b", "c")
		all(d, "b")
		if !slices.Equal(all(d, "a"), alone) {
			t.Errorf("%v: the draws of a change with b and c", s)
		}
		if slices.Equal(all(d, "b"), alone) {
			t.Errorf("%v: a and b have the same draws", s)
		}
		other, err := New(18, s, 500, []string{"a"})
		if err != nil {
			t.Fatal(err)
		}
		if slices.Equal(all(other, "a"), alone) {
			t.Errorf("%v: the seed does not matter", s)
		}
	}
}

func TestALatinHypercubeHasOneDrawInEachStratum(t *testing.T) {
	for _, n := range []int{1, 2, 3, 5, 64, 100, 1000, 4097, 100_000} {
		d := design(t, LatinHypercube, n)
		for _, name := range []string{"pue", "electricity FRA 2024"} {
			seen := make([]bool, n)
			for _, u := range all(d, name) {
				stratum := int(u * float64(n))
				if seen[stratum] {
					t.Fatalf("%d draws of %s: two in stratum %d", n, name, stratum)
				}
				seen[stratum] = true
			}
		}
	}
}
