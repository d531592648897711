package dist

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/draws"
	"github.com/ai-impact-observatory/ailca/lca/exact"
)

const many = 100_000

// sample draws a distribution.
func sample(t testing.TB, d Dist, sampling draws.Sampling) []float64 {
	t.Helper()
	design, err := draws.New(17, sampling, many, nil)
	if err != nil {
		t.Fatal(err)
	}
	out := make([]float64, many)
	design.Uniforms(d.String(), 0, out)
	d.Fill(out, out)
	return out
}

// Of n draws the mean has a standard error of sd/√n and the variance one of √((m4 - variance²)/n), m4 being the fourth central moment,
// here that of the draws. Of lognormal(3, 26) it is not to be had of 100,000 draws: those are of gsd2 2 and 4.
func TestMomentsOfDrawsAreThoseOfTheDistribution(t *testing.T) {
	for _, text := range append(every, "lognormal(3, 2)", "lognormal(3, 4)", "lognormal_interval(1, 10)") {
		d := parsed(t, text)
		if text == "lognormal(3, 26)" {
			continue
		}
		x := sample(t, d, draws.Random)
		mean := exact.Total(x) / many
		var second, fourth float64
		for _, v := range x {
			square := (v - mean) * (v - mean)
			second += square / many
			fourth += square * square / many
		}
		if off := math.Abs(mean - d.Mean()); off > 4*math.Sqrt(d.Variance()/many) {
			t.Errorf("%s: the mean of the draws is %v, of the distribution %v", text, mean, d.Mean())
		}
		if off := math.Abs(second - d.Variance()); off > 4*math.Sqrt(max(0, fourth-second*second)/many)+1e-18 {
			t.Errorf("%s: the variance of the draws is %v, of the distribution %v", text, second, d.Variance())
		}
	}
}

// The moments of the closed forms, by hand.
func TestMoments(t *testing.T) {
	for _, c := range []struct {
		text           string
		mean, variance float64
	}{
		{"uniform(1, 3)", 2, 4. / 12},
		{"triangular(0, 0, 3)", 1, 9. / 18},                         // (0+0+3)/3; (0+0+9-0-0-0)/18
		{"triangular(1, 2, 6)", 3, (1 + 4 + 36 - 2 - 6 - 12) / 18.}, // (a²+b²+c²-ab-ac-bc)/18
		{"normal(1.5, 0.2)", 1.5, 0.04},
		// sigma = ln(e²)/2 = 1: e^(1/2), e (e-1)
		{"lognormal(1, 7.38905609893065)", math.Sqrt(math.E), math.E * (math.E - 1)},
		// sigma = 0.01, to 13 digits of its square since gsd2 is rounded: the variance is close to (median sigma)²: e^s (e^s - 1), s = 0.0001
		{"lognormal(1, 1.02020134002675581)", 1.0000500012500208, 1.00015001166720837e-4},
		// a half-normal: √(2/π), 1 - 2/π
		{"truncated_normal(0, 1, 0, 40)", math.Sqrt(2 / math.Pi), 1 - 2/math.Pi},
		{"pert(1, 2, 9)", 3, (3 - 1) * (9 - 3) / 7.},
		{"discrete(1 1, 2 2, 4 1)", 2.25, (1.25*1.25 + 2*0.25*0.25 + 1.75*1.75) / 4},
		{"empirical(1, 2, 6)", 3, (4 + 1 + 9) / 3.},
	} {
		d := parsed(t, c.text)
		if math.Abs(d.Mean()-c.mean) > 1e-15*c.mean || math.Abs(d.Variance()-c.variance) > 1e-13*c.variance {
			t.Errorf("%s: mean %v, variance %v, want %v and %v", c.text, d.Mean(), d.Variance(), c.mean, c.variance)
		}
	}
	if d := (Dist{}); d.Mean() == d.Mean() || d.Variance() == d.Variance() || d.Quantile(0.5) == d.Quantile(0.5) || d.CDF(1) == d.CDF(1) {
		t.Error("a fixed value has moments")
	}
}

func TestTheIntervalOfALognormalHoldsWhatItSays(t *testing.T) {
	d := parsed(t, "lognormal_interval(0.2, 0.9)")
	for u, want := range map[float64]float64{0.025: 0.2, 0.975: 0.9} {
		if x := d.Quantile(u); math.Abs(x-want) > 1e-15 {
			t.Errorf("the quantile of %v is %v, not %v", u, x, want)
		}
	}
	// gsd2 stands for two standard deviations: 0.9545 in all
	g := parsed(t, "lognormal(0.4, 1.5)")
	if part := g.CDF(0.6) - g.CDF(0.4/1.5); math.Abs(part-0.9544997361036416) > 1e-14 {
		t.Errorf("between median/gsd2 and median*gsd2 lie %v", part)
	}
}

// The fill of a block and the quantile of one are the same bits, whether or not the fill is in place.
func TestAFillIsTheQuantilesOfItsNumbers(t *testing.T) {
	design, err := draws.New(3, draws.Random, 300, nil)
	if err != nil {
		t.Fatal(err)
	}
	u, out := make([]float64, 300), make([]float64, 300)
	design.Uniforms("u", 0, u)
	for _, text := range every {
		d := parsed(t, text)
		d.Fill(u, out)
		for i := range u {
			if x := d.Quantile(u[i]); x != out[i] {
				t.Fatalf("%s: the quantile of %v is %v, by the fill %v", text, u[i], x, out[i])
			}
		}
	}
}

// digest is of the bits of all families' draws and moments, on any machine.
const digest = "35a1d78dd39023bdb94c53f118c90a37424fff06e5a5b4b5efaa20f4de364c0f"

func TestBitsAreTheSameOnEveryMachine(t *testing.T) {
	hash := sha256.New()
	add := func(y float64) {
		var b [8]byte
		binary.LittleEndian.PutUint64(b[:], math.Float64bits(y))
		hash.Write(b[:])
	}
	for _, text := range every {
		d := parsed(t, text)
		for _, x := range sample(t, d, draws.Random)[:5000] {
			add(x)
			add(d.CDF(x))
		}
		median, _ := d.Median()
		add(median)
		add(d.Mean())
		add(d.Variance())
	}
	if got := hex.EncodeToString(hash.Sum(nil)); got != digest {
		t.Errorf("the digest is %s, want %s", got, digest)
	}
}
