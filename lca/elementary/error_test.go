package elementary

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

// The rounding test holds only if the first computation keeps its bound; here it keeps half of it.
func TestTheFirstComputationKeepsItsBound(t *testing.T) {
	for _, f := range functions {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(11, 12))
			worst := 0.0
			for range 20_000 {
				x, y := f.points(r)
				hi, lo, ok := f.parts(x, y)
				if !ok {
					continue
				}
				var exact *big.Float
				var bound float64
				switch f.name {
				case "Exp", "Pow":
					l := number(x)
					bound = expError
					if f.name == "Pow" {
						l = product(bigLn(l), number(y))
						bound += powError * math.Abs(nearest(l))
					}
					exact = bigExp(l)
					exact.SetMantExp(exact, int(math.Round(math.Log2(hi/nearest(exact)))))
				case "Ln":
					exact = bigLn(number(x))
					bound = lnError * math.Abs(hi)
				case "Log2":
					exact = bigLog2(x)
					bound = lnError * math.Abs(hi)
				}
				off := math.Abs(nearest(difference(difference(exact, number(hi)), number(lo))))
				if bound == 0 {
					bound = math.SmallestNonzeroFloat64
				}
				if off > bound/2 {
					t.Errorf("%s of %x, %x is off by %x, half the bound is %x", f.name, x, y, off, bound/2)
				}
				worst = max(worst, off/bound)
			}
			t.Logf("%s: at most %.3f of the bound", f.name, worst)
		})
	}
}

// The second computation is right for arguments that do not need it, too.
func TestTheSecondComputationIsCorrectlyRounded(t *testing.T) {
	for _, f := range functions {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(13, 14))
			for range 5_000 {
				x, y := f.points(r)
				if got, want := f.exactly(x, y), f.want(x, y); !same(got, want) {
					t.Errorf("%s of %x, %x is %x, want %x", f.name, x, y, got, want)
				}
			}
		})
	}
}

func TestTheSecondComputationKeepsItsBound(t *testing.T) {
	value := func(a wide) *big.Float {
		v := new(big.Float).SetPrec(precision)
		for i, w := range a.size() {
			v.Add(v, new(big.Float).SetMantExp(new(big.Float).SetUint64(w), 64*i-192))
		}
		if a.negative() {
			v.Neg(v)
		}
		return v
	}
	r := rand.New(rand.NewPCG(15, 16))
	bounds := map[string]float64{"exp": 0x1p-182, "exp near 1": 0x1p-189, "ln": 0x1p-182, "ln near 1": 0x1p-189}
	worst := map[string]float64{}
	for range 5_000 {
		x, y := 1456*r.Float64()-746, lnPoint(r)
		name := "exp"
		if r.IntN(2) == 0 {
			x, name = 1.4*r.Float64()-0.7, "exp near 1"
		}
		m, k := fixed(x).exp()
		exact := bigExp(number(x))
		off := difference(value(m), exact.SetMantExp(exact, -k))
		worst[name] = max(worst[name], math.Abs(nearest(off)))

		name = "ln"
		if y >= 0.7 && y <= 1.3 {
			name = "ln near 1"
		}
		off = difference(value(lnExactly(y)), bigLn(number(y)))
		worst[name] = max(worst[name], math.Abs(nearest(off)))
	}
	for name, bound := range bounds {
		t.Logf("%s is off by at most %x", name, worst[name])
		if worst[name] > bound || worst[name] == 0 {
			t.Errorf("%s is off by %x, the bound being %x", name, worst[name], bound)
		}
	}
}
