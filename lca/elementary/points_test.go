package elementary

import (
	"math"
	"math/rand/v2"
)

// function is one of the package's functions, what it is compared with and the arguments that it is tried on. Only Pow takes y.
type function struct {
	name    string
	of      func(x, y float64) float64
	want    func(x, y float64) float64                   // from 340 bits, rounded once
	parts   func(x, y float64) (hi, lo float64, ok bool) // the first computation, ok if it may decide
	exactly func(x, y float64) float64                   // the second
	points  func(r *rand.Rand) (x, y float64)
}

var functions = []function{
	{
		name: "Exp",
		of:   func(x, _ float64) float64 { return Exp(x) },
		want: func(x, _ float64) float64 { return wantExp(x) },
		parts: func(x, _ float64) (hi, lo float64, ok bool) {
			hi, lo, _ = exp(x, 0)
			return hi, lo, math.Abs(x) < plain
		},
		exactly: func(x, _ float64) float64 {
			if math.Abs(x) > 740 {
				return Exp(x)
			}
			return expExactly(fixed(x), false)
		},
		points: func(r *rand.Rand) (x, y float64) { return expPoint(r), 0 },
	},
	{
		name:    "Ln",
		of:      func(x, _ float64) float64 { return Ln(x) },
		want:    func(x, _ float64) float64 { return nearest(bigLn(number(x))) },
		parts:   func(x, _ float64) (hi, lo float64, ok bool) { hi, lo = ln(x); return hi, lo, true },
		exactly: func(x, _ float64) float64 { return lnExactly(x).round() },
		points:  func(r *rand.Rand) (x, y float64) { return lnPoint(r), 0 },
	},
	{
		name:    "Log2",
		of:      func(x, _ float64) float64 { return Log2(x) },
		want:    func(x, _ float64) float64 { return nearest(bigLog2(x)) },
		parts:   func(x, _ float64) (hi, lo float64, ok bool) { hi, lo = log2(x); return hi, lo, true },
		exactly: func(x, _ float64) float64 { return lnExactly(x).times(log2e).round() },
		points:  func(r *rand.Rand) (x, y float64) { return lnPoint(r), 0 },
	},
	{
		name: "Pow",
		of:   Pow,
		want: wantPow,
		parts: func(x, y float64) (hi, lo float64, ok bool) {
			h, l := ln(x)
			p := float64(h * y)
			hi, lo, _ = exp(p, math.FMA(h, y, -p)+float64(l*y))
			return hi, lo, math.Abs(p) < plain
		},
		exactly: func(x, y float64) float64 {
			if p := math.Log(x) * y; x == 1 || math.Abs(p) > 740 {
				return Pow(x, y)
			}
			return powExactly(x, y, false)
		},
		points: powPoint,
	},
}

func wantExp(x float64) float64 {
	switch {
	case x > 1000:
		return math.Inf(1)
	case x < -1000:
		return 0
	}
	return nearest(bigExp(number(x)))
}

// wantPow is x^y for finite x > 0. The 340 bits are first rounded to 250, which an exact result has to spare: else the middle between two
// float64 would be rounded by the error of the series.
func wantPow(x, y float64) float64 {
	l := product(bigLn(number(x)), number(y))
	switch f := nearest(l); {
	case f > 1000:
		return math.Inf(1)
	case f < -1000:
		return 0
	}
	return nearest(bigExp(l).SetPrec(250))
}

// finite has random bits: all exponents alike.
func finite(r *rand.Rand) float64 {
	for {
		if x := math.Float64frombits(r.Uint64()); !math.IsNaN(x) && !math.IsInf(x, 0) {
			return x
		}
	}
}

// near is a number some few ulp from x.
func near(r *rand.Rand, x float64) float64 {
	return math.Float64frombits(math.Float64bits(x) + uint64(r.IntN(9)) - 4)
}

func expPoint(r *rand.Rand) float64 {
	switch r.IntN(8) {
	case 0:
		return finite(r)
	case 1: // results about 1
		return math.Ldexp(2*r.Float64()-1, -r.IntN(70))
	case 2: // where a table's entry gives way to the next
		return near(r, (float64(r.IntN(256000)-128000)+0.5)*(math.Ln2/128))
	case 3: // next to the overflow and where results turn subnormal and zero
		return near(r, []float64{709.782712893384, -708.3964185322641, -745.1332191019411, -plain, plain, overflow, underflow}[r.IntN(7)])
	case 4: // subnormal results
		return -708 - 38*r.Float64()
	case 5: // short numbers
		return float64(r.IntN(1<<16)-1<<15) / 128
	}
	return 1456*r.Float64() - 746
}

func lnPoint(r *rand.Rand) float64 {
	switch r.IntN(8) {
	case 0: // subnormal
		return math.Float64frombits(1 + r.Uint64N(1<<52-1)>>r.IntN(52))
	case 1: // near 1
		return 1 + math.Ldexp(2*r.Float64()-1, -r.IntN(53))
	case 2:
		return math.Float64frombits(math.Float64bits(1) + r.Uint64N(2000) - 1000)
	case 3: // where a table's entry gives way to the next
		return math.Ldexp(math.Float64frombits(lnFrom+r.Uint64N(steps)<<45+r.Uint64N(9)-4), r.IntN(2000)-1000)
	case 4: // near powers of two
		return near(r, math.Ldexp(1, r.IntN(2000)-1000))
	case 5: // whole
		return float64(1 + r.Uint64N(1<<53)>>r.IntN(53))
	}
	return math.Abs(finite(r))
}

func powPoint(r *rand.Rand) (x, y float64) {
	switch r.IntN(8) {
	case 0:
		return lnPoint(r), finite(r)
	case 1: // short numbers: exact results, and some in the middle between two
		return float64(1 + r.IntN(2000)), float64(r.IntN(65) - 32)
	case 2:
		return float64(1+r.IntN(1<<20)) / 64, float64(r.IntN(129)-64) / 8
	case 3: // 1 and a hair to huge powers
		x = math.Float64frombits(math.Float64bits(1) + r.Uint64N(2000) - 1000)
	case 4: // as in rules: quantities and everyday exponents
		return math.Exp(4 * r.NormFloat64()), 3 * r.NormFloat64()
	default:
		x = lnPoint(r)
	}
	l := math.Log(x)
	if l == 0 {
		return x, finite(r)
	}
	if r.IntN(4) == 0 {
		return x, near(r, []float64{709.782712893384, -708.3964185322641, -745.1332191019411}[r.IntN(3)]/l)
	}
	return x, (1456*r.Float64() - 746) / l
}
