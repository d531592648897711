package draws

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math"
	"slices"
	"strings"
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

// Of a thousand million draws too, which are not drawn all, a draw lies inside of its stratum, and no two strata are the same.
func TestStrataOfTheMostDraws(t *testing.T) {
	d := design(t, LatinHypercube, MaxDraws)
	order := newPermutation(newStream(d.Seed, "strata", "a"), d.Draws)
	u := make([]float64, 1000)
	seen := map[uint64]bool{}
	for _, from := range []int{0, 12_345, MaxDraws - 1000} {
		d.Uniforms("a", from, u)
		for i, x := range u {
			stratum := order.at(uint64(from + i))
			if seen[stratum] || uint64(x*MaxDraws) != stratum || x <= 0 || x >= 1 {
				t.Fatalf("draw %d is %v, in stratum %d", from+i, x, stratum)
			}
			seen[stratum] = true
		}
	}
}

// The vectors of Random123's tests/kat_vectors for philox4x32 with 10 rounds; the third is of the digits of π.
func TestPhiloxGivesTheKnownAnswers(t *testing.T) {
	const all = 0xffffffff
	for _, c := range []struct {
		counter [4]uint32
		key     [2]uint32
		want    [4]uint32
	}{
		{[4]uint32{}, [2]uint32{}, [4]uint32{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
		{[4]uint32{all, all, all, all}, [2]uint32{all, all}, [4]uint32{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
		{[4]uint32{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, [2]uint32{0xa4093822, 0x299f31d0}, [4]uint32{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
	} {
		if got := philox(c.counter, c.key); got != c.want {
			t.Errorf("philox of %x with %x is %x, not %x", c.counter, c.key, got, c.want)
		}
	}
}

// Every order of few draws is as likely as each other. Chi-squared is compared to what it exceeds once in 10,000 times, for n! - 1 degrees
// of freedom.
func TestStrataComeInAnyOrder(t *testing.T) {
	const keys = 24_000
	for n, most := range map[int]float64{2: 15.1, 3: 25.7, 4: 58.6} {
		orders := map[string]float64{}
		for key := range keys {
			p := newPermutation(newStream(uint64(key), "strata", "a"), n)
			order := ""
			for k := range n {
				order += string(rune('a' + p.at(uint64(k))))
			}
			orders[order]++
		}
		var counts []float64
		for _, c := range orders {
			counts = append(counts, c)
		}
		factorial := []int{1, 1, 2, 6, 24}[n]
		if x := chiSquared(counts); len(counts) != factorial || x > most {
			t.Errorf("of %d draws there are %d orders of %d, chi-squared %.1f above %.1f", n, len(counts), factorial, x, most)
		}
	}
	// Of more draws: each comes to each stratum as often. 99 × 99 degrees of freedom, about normal with the variance 2 × 99 × 99.
	counts := make([]float64, 100*100)
	for key := range keys {
		p := newPermutation(newStream(uint64(key), "strata", "b"), 100)
		for k := range 100 {
			counts[100*k+int(p.at(uint64(k)))]++
		}
	}
	const free = 99 * 99
	if x := chiSquared(counts); math.Abs(x-free) > 4*math.Sqrt(2*free) {
		t.Errorf("100 draws come to 100 strata with chi-squared %.0f, not about %d", x, free)
	}
}

// Of two independent quantities the correlation of n draws has a standard deviation of 1/√n, and n draws over a grid of 8 by 8 a chi-squared
// with 63 degrees of freedom (less with strata), above 115 once in 10,000. Neighbouring draws of one name are independent too.
func TestQuantitiesAreIndependent(t *testing.T) {
	const n = 10_000
	for _, s := range everySampling {
		d := design(t, s, n) // of Sobol nothing is ranked: random
		names := []string{"pue", "pue ", "electricity FRA 2023", "electricity FRA 2024", "load_factor"}
		draws := map[string][]float64{}
		for _, name := range names {
			draws[name] = all(d, name)
		}
		independent := func(what string, x, y []float64) {
			correlation := 0.0
			counts := make([]float64, 64)
			for i := range x {
				correlation += 12 * (x[i] - 0.5) * (y[i] - 0.5) / float64(len(x))
				counts[int(x[i]*8)*8+int(y[i]*8)]++
			}
			if math.Abs(correlation) > 4/math.Sqrt(n) || chiSquared(counts) > 115 {
				t.Errorf("%v, %s: correlation %.3f, chi-squared %.1f", s, what, correlation, chiSquared(counts))
			}
		}
		for i, a := range names {
			for _, b := range names[:i] {
				independent(a+" and "+b, draws[a], draws[b])
			}
			independent(a+" and its next draw", draws[a][1:], draws[a][:n-1])
			independent(a+" and its draw after the next", draws[a][2:], draws[a][:n-2])
		}
	}
}

// Uniform draws: of 100,000 in 256 parts chi-squared has 255 degrees of freedom, above 346 once in 10,000.
func TestRandomDrawsAreUniform(t *testing.T) {
	counts := make([]float64, 256)
	for _, u := range all(design(t, Random, 100_000), "a") {
		counts[int(u*256)]++
	}
	if x := chiSquared(counts); x > 346 {
		t.Errorf("chi-squared is %.1f", x)
	}
}

func TestADesignRefusesWhatItCannotDraw(t *testing.T) {
	var many []string
	for i := range 65 {
		many = append(many, string(rune('A'+i)))
	}
	for want, try := range map[string]func() (*Design, error){
		"65 quantities are ranked":     func() (*Design, error) { return New(1, Sobol, 10, many) },
		`"a" is ranked twice`:          func() (*Design, error) { return New(1, Sobol, 10, []string{"a", "b", "a"}) },
		"0 draws":                      func() (*Design, error) { return New(1, Random, 0, nil) },
		"1073741825 draws, not 1 to 1": func() (*Design, error) { return New(1, Random, 1<<30+1, nil) },
		"no such sampling":             func() (*Design, error) { return New(1, Sampling(7), 10, nil) },
	} {
		if _, err := try(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v; want an error with %q", err, want)
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("a draw beyond the last one was given")
		}
	}()
	design(t, Random, 10).Uniforms("a", 5, make([]float64, 6))
}

func TestSamplingsHaveNames(t *testing.T) {
	for _, s := range everySampling {
		if named, ok := Named(s.String()); !ok || named != s {
			t.Errorf("%v is not known by its name", s)
		}
	}
	if _, ok := Named("halton"); ok || len(Samplings()) != 3 {
		t.Error("there are other samplings")
	}
}

// digest is of the bits of draws of all samplings, on any machine. It changes when the same study would be drawn otherwise.
const digest = "56906d65e540aa4d9868e6eea9cc001953bab38ae79c773fd3e7ff113a927e20"

func TestBitsAreTheSameOnEveryMachine(t *testing.T) {
	hash := sha256.New()
	for _, s := range everySampling {
		for _, n := range []int{1, 1000, 4096} {
			d := design(t, s, n, "b", "c", "a")
			for _, name := range []string{"a", "b", "é"} {
				for _, u := range all(d, name) {
					var b [8]byte
					binary.LittleEndian.PutUint64(b[:], math.Float64bits(u))
					hash.Write(b[:])
				}
			}
		}
	}
	if got := hex.EncodeToString(hash.Sum(nil)); got != digest {
		t.Errorf("the digest is %s, want %s", got, digest)
	}
}
