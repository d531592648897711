package stock

import (
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

// Of 1000 kg a quarter is reused, 250 kg. Of the other 750 kg a fifth is collected, 150 kg, and 600 kg are not.
func TestSplitOfKnownMasses(t *testing.T) {
	for _, c := range []struct {
		mass, reuse, collection float64
		want                    Mass
	}{
		{1000, 0.25, 0.2, Mass{1000, 250, 750, 150, 600}},
		{1000, 0, 0, Mass{1000, 0, 1000, 0, 1000}},
		{1000, 1, 0.5, Mass{1000, 1000, 0, 0, 0}},
		{1000, 0, 1, Mass{1000, 0, 1000, 1000, 0}},
		{0, 0.5, 0.5, Mass{}},
		{0x1.8p-20, 0, 0, Mass{0x1p-19, 0, 0x1p-19, 0, 0x1p-19}},         // 1.5 quanta: 2
		{0x1p-21, 0, 0, Mass{}},                                          // half of one: none
		{0x3p-20, 0.5, 0.5, Mass{0x3p-20, 0x2p-20, 0x1p-20, 0, 0x1p-20}}, // 3 × 0.5 = 1.5: 2; 1 × 0.5 = 0.5: 0
		{0x1p33, 0.5, 0.5, Mass{0x1p33, 0x1p32, 0x1p32, 0x1p31, 0x1p31}},
	} {
		got, err := Split(c.mass, c.reuse, c.collection)
		if err != nil || got != c.want {
			t.Errorf("%v by %v and %v: %v, %v, not %v", c.mass, c.reuse, c.collection, got, err, c.want)
		}
	}
}

func TestMassesAddUpToTheBit(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 4))
	for range 10000 {
		mass := math.Min(math.Exp(12*r.NormFloat64()), 0x1p33)
		reuse, collection := r.Float64(), r.Float64()
		m, err := Split(mass, reuse, collection)
		if err != nil {
			t.Fatal(err)
		}
		if m.Reused+m.Collected+m.Uncollected != m.Retired || m.Uncollected+m.Reused+m.Collected != m.Retired || m.Collected+m.Uncollected != m.EWaste || m.Reused+m.EWaste != m.Retired {
			t.Errorf("%v does not add up", m)
		}
		for _, c := range [][2]float64{{m.Retired, mass}, {m.Reused, mass * reuse}, {m.Collected, mass * (1 - reuse) * collection}, {m.Uncollected, mass * (1 - reuse) * (1 - collection)}} {
			if c[0] < 0 || math.Abs(c[0]-c[1]) > 2*Quantum+1e-15*mass {
				t.Errorf("%v of %v by %v and %v, not %v", c[0], mass, reuse, collection, c[1])
			}
		}
	}
}

func TestWhatIsNoSplitIsRefused(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	for _, c := range []struct {
		mass, reuse, collection float64
		says                    string
		is                      error
	}{
		{-1, 0, 0, "mass: -1 is negative", ErrNegative},
		{nan, 0, 0, "mass: NaN is not a finite number", ErrNotFinite},
		{inf, 0, 0, "mass: +Inf is not", ErrNotFinite},
		{1e10, 0, 0, "mass: 1e+10 is more than 2^33", ErrBeyondGrid},
		{1, -0.1, 0, "the share -0.1 that is reused", nil},
		{1, 1.1, 0, "the share 1.1 that is reused", nil},
		{1, nan, 0, "the share NaN that is reused", nil},
		{1, 0, -0.1, "the share -0.1 that is collected", nil},
		{1, 0, math.Nextafter(1, 2), "that is collected", nil},
		{1, 0, nan, "the share NaN that is collected", nil},
	} {
		m, err := Split(c.mass, c.reuse, c.collection)
		if m != (Mass{}) || err == nil || !strings.Contains(err.Error(), c.says) || c.is != nil && !errors.Is(err, c.is) {
			t.Errorf("%v, %v; it should say %q", m, err, c.says)
		}
	}
}
