package exact

import (
	"errors"
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

// bigPrecision holds any sum of the float64 range exactly.
const bigPrecision = 2300

// oracle is the sum by math/big, rounded once. big.Float keeps a zero's sign; a sum of 0 is +0 here.
func oracle(values []float64) float64 {
	sum := new(big.Float).SetPrec(bigPrecision)
	for _, x := range values {
		sum.Add(sum, new(big.Float).SetPrec(bigPrecision).SetFloat64(x))
	}
	f, _ := sum.Float64()
	return f + 0
}

func same(a, b float64) bool { return math.Float64bits(a) == math.Float64bits(b) }

// anyFloat draws from every finite bit pattern, not from the numbers that look usual, and often near one exponent.
func anyFloat(t *rapid.T) float64 {
	sign := rapid.Uint64Range(0, 1).Draw(t, "sign")
	exponent := rapid.OneOf(rapid.Uint64Range(0, 2046), rapid.Uint64Range(1000, 1080), rapid.Uint64Range(0, 3), rapid.Uint64Range(2044, 2046)).Draw(t, "exponent")
	mantissa := rapid.OneOf(rapid.Uint64Range(0, mantissaMask), rapid.SampledFrom([]uint64{0, 1, mantissaMask, 1 << 51})).Draw(t, "mantissa")
	return math.Float64frombits(sign<<63 | exponent<<52 | mantissa)
}

// gridFloat is a float64 within ±2^53, down to far below the quantum.
func gridFloat(t *rapid.T) float64 {
	sign := rapid.Uint64Range(0, 1).Draw(t, "sign")
	exponent := rapid.OneOf(rapid.Uint64Range(1023-140, 1023+52), rapid.Uint64Range(1023-131, 1023-120), rapid.Uint64Range(1000, 1050), rapid.Uint64Range(0, 2)).Draw(t, "exponent")
	mantissa := rapid.OneOf(rapid.Uint64Range(0, mantissaMask), rapid.SampledFrom([]uint64{0, 1, mantissaMask, 1 << 51})).Draw(t, "mantissa")
	return math.Float64frombits(sign<<63 | exponent<<52 | mantissa)
}

// withCancellation draws values, and the negatives of some of them with small remainders.
func withCancellation(t *rapid.T, one func(*rapid.T) float64) []float64 {
	values := rapid.SliceOfN(rapid.Custom(one), 0, 40).Draw(t, "values")
	if rapid.Bool().Draw(t, "cancel") {
		for _, x := range values[:len(values):len(values)] {
			values = append(values, -x)
		}
		values = append(values, rapid.SliceOfN(rapid.Custom(one), 0, 3).Draw(t, "rest")...)
	}
	return values
}

func TestSumIsTheExactSumRoundedOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := withCancellation(t, anyFloat)
		if got, want := Total(values), oracle(values); !same(got, want) {
			t.Fatalf("got %g (%x), want %g (%x)", got, math.Float64bits(got), want, math.Float64bits(want))
		}
	})
}

func TestSumGivesTheSameBitsInAnyOrderAndSplit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := withCancellation(t, anyFloat)
		want := Total(values)
		shuffled := rapid.Permutation(values).Draw(t, "order")
		parts := make([]Sum, rapid.IntRange(1, 5).Draw(t, "parts"))
		for _, x := range shuffled {
			parts[rapid.IntRange(0, len(parts)-1).Draw(t, "part")].Add(x)
		}
		for len(parts) > 1 { // two parts at a time, in any order
			i := rapid.IntRange(0, len(parts)-2).Draw(t, "into")
			last := len(parts) - 1
			before := parts[last]
			parts[i].Merge(&parts[last])
			if before != parts[last] {
				t.Fatal("Merge changed its operand")
			}
			parts = parts[:last]
		}
		if got := parts[0].Float64(); !same(got, want) {
			t.Fatalf("got %g, want %g", got, want)
		}
	})
}

func TestGridIsTheSumOfItsRoundedEntries(t *testing.T) {
	quantum := new(big.Float).SetMantExp(big.NewFloat(1), -128)
	rapid.Check(t, func(t *rapid.T) {
		values := withCancellation(t, gridFloat)
		var g Grid
		sum := new(big.Int)
		for _, x := range values {
			if err := g.Add(x); err != nil {
				t.Fatalf("adding %g: %v", x, err)
			}
			sum.Add(sum, toGrid(x))
		}
		exact := new(big.Float).SetPrec(bigPrecision).SetInt(sum)
		exact.Mul(exact, quantum)
		want, _ := exact.Float64()
		if got := g.Float64(); !same(got, want+0) {
			t.Fatalf("got %g, want %g", got, want)
		}
		if g.Sign() != sum.Sign() || g.IsZero() != (sum.Sign() == 0) {
			t.Fatalf("the sign is %d, want %d", g.Sign(), sum.Sign())
		}
	})
}

// toGrid rounds a value to quanta by rational arithmetic, half to even.
func toGrid(x float64) *big.Int {
	r := new(big.Rat).SetFloat64(x)
	r.Mul(r, new(big.Rat).SetInt(new(big.Int).Lsh(big.NewInt(1), 128)))
	floor := new(big.Int).Div(r.Num(), r.Denom()) // Euclidean: the floor, for the denominator is positive
	rest := new(big.Rat).Sub(r, new(big.Rat).SetInt(floor))
	if c := rest.Cmp(big.NewRat(1, 2)); c > 0 || c == 0 && floor.Bit(0) == 1 {
		floor.Add(floor, big.NewInt(1))
	}
	return floor
}

func TestGridGivesTheSameBitsInAnyOrderAndSplit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := withCancellation(t, gridFloat)
		var want Grid
		for _, x := range values {
			if err := want.Add(x); err != nil {
				t.Fatal(err)
			}
		}
		parts := make([]Grid, rapid.IntRange(1, 5).Draw(t, "parts"))
		for _, x := range rapid.Permutation(values).Draw(t, "order") {
			if err := parts[rapid.IntRange(0, len(parts)-1).Draw(t, "part")].Add(x); err != nil {
				t.Fatal(err)
			}
		}
		for len(parts) > 1 {
			last := len(parts) - 1
			stored, err := parts[last].MarshalBinary()
			var read Grid
			if err != nil || len(stored) != 24 || read.UnmarshalBinary(stored) != nil {
				t.Fatalf("stored as %x, %v", stored, err)
			}
			if err := parts[rapid.IntRange(0, last-1).Draw(t, "into")].AddGrid(&read); err != nil {
				t.Fatal(err)
			}
			parts = parts[:last]
		}
		if parts[0] != want {
			t.Fatalf("got %x, want %x", parts[0], want)
		}
		negative := want.Neg()
		if !same(negative.Float64()+0, -want.Float64()+0) || negative.Neg() != want {
			t.Fatalf("the negative of %g is %g", want.Float64(), negative.Float64())
		}
		if err := negative.AddGrid(&want); err != nil || !negative.IsZero() {
			t.Fatalf("less itself it is %g, %v", negative.Float64(), err)
		}
	})
}

func TestGridRefusesWhatItCannotHold(t *testing.T) {
	below := math.Nextafter(0x1p63, 0)
	for name, tc := range map[string]struct {
		values []float64
		want   error // of the last one
	}{
		"the largest value":                  {[]float64{below}, nil},
		"the smallest value":                 {[]float64{-below}, nil},
		"2^63":                               {[]float64{0x1p63}, ErrOverflow},
		"-2^63":                              {[]float64{-0x1p63}, ErrOverflow},
		"the largest float64":                {[]float64{math.MaxFloat64}, ErrOverflow},
		"plus infinity":                      {[]float64{math.Inf(1)}, ErrNotFinite},
		"minus infinity":                     {[]float64{math.Inf(-1)}, ErrNotFinite},
		"not a number":                       {[]float64{math.NaN()}, ErrNotFinite},
		"a sum of 2^63":                      {[]float64{0x1p62, 0x1p62}, ErrOverflow},
		"a sum of -2^63":                     {[]float64{-0x1p62, -0x1p62}, ErrOverflow},
		"a sum far above":                    {[]float64{below, below}, ErrOverflow},
		"a sum far below":                    {[]float64{-below, -below}, ErrOverflow},
		"a quantum below 2^63":               {[]float64{0x1p62, -0x1p-128, 0x1p62}, nil},
		"a quantum above -2^63":              {[]float64{-0x1p62, 0x1p-128, -0x1p62}, nil},
		"both ends":                          {[]float64{below, -below, -below}, nil},
		"a value that rounds to no quantum":  {[]float64{0x1p-129}, nil},
		"the smallest subnormal":             {[]float64{math.SmallestNonzeroFloat64}, nil},
		"a sum that goes over by one quanta": {[]float64{0x1p62, -0x1p-128, 0x1p62, 0x1p-128}, ErrOverflow},
	} {
		t.Run(name, func(t *testing.T) {
			var g Grid
			for i, x := range tc.values {
				before, err := g, g.Add(x)
				want := tc.want
				if i < len(tc.values)-1 {
					want = nil
				}
				if !errors.Is(err, want) || want == nil && err != nil {
					t.Fatalf("value %d: %v, want %v", i, err, want)
				}
				if err != nil && g != before {
					t.Fatal("the sum was changed by an addition that failed")
				}
			}
			// As one addition of two sums, the same.
			var h, last Grid
			n := len(tc.values) - 1
			for _, x := range tc.values[:n] {
				if err := h.Add(x); err != nil {
					t.Fatal(err)
				}
			}
			if last.Add(tc.values[n]) == nil {
				if err := h.AddGrid(&last); err != tc.want {
					t.Fatalf("as sums: %v, want %v", err, tc.want)
				}
			}
		})
	}
}

func TestGridRoundsTinyValuesHalfToEven(t *testing.T) {
	for _, tc := range []struct{ value, want float64 }{
		{0x1p-128, 0x1p-128},
		{0x1p-129, 0},               // half of one quantum: to 0
		{0x1.8p-128, 0x1p-127},      // one and a half: to 2
		{0x1.4p-127, 0x1p-127},      // two and a half: to 2
		{0x1.000002p-129, 0x1p-128}, // just above a half
		{-0x1p-129, 0},
		{-0x1.8p-128, -0x1p-127},
		{0x1p-1074, 0},
		{0x1.fffffffffffffp-76, 0x1.fffffffffffffp-76}, // its last bit is one quantum
		{0x1.fffffffffffffp-77, 0x1p-76},               // its last bit is half a quantum: to even
		{0x1.0000000000001p-77, 0x1p-77},               // likewise
		{0x1.ffffffffffffep-77, 0x1.ffffffffffffep-77},
		{math.Copysign(0, -1), 0},
	} {
		var g Grid
		if err := g.Add(tc.value); err != nil || !same(g.Float64(), tc.want) {
			t.Errorf("%x enters as %x, %v; want %x", tc.value, g.Float64(), err, tc.want)
		}
	}
}

// A tie between two float64 is decided by whatever lies below it, at any distance.
func TestTiesAreDecidedByTheLastBit(t *testing.T) {
	total := func(t *testing.T, grid bool, values ...float64) float64 {
		if !grid {
			return Total(values)
		}
		var g Grid
		for _, x := range values {
			if err := g.Add(x); err != nil {
				t.Fatal(err)
			}
		}
		return g.Float64()
	}
	check := func(t *testing.T, grid bool, base, last int) {
		even := math.Ldexp(1, base)
		half := math.Ldexp(1, base-53)
		odd := even + 2*half
		next := odd + 2*half
		for _, tc := range []struct {
			values []float64
			want   float64
		}{
			{[]float64{even, half}, even},
			{[]float64{odd, half}, next},
			{[]float64{even, half, half / 2}, odd},
			{[]float64{odd, half, -half / 2}, odd},
		} {
			if got := total(t, grid, tc.values...); !same(got, tc.want) {
				t.Errorf("%x: got %x, want %x", tc.values, got, tc.want)
			}
		}
		for k := base - 54; k >= last; k-- {
			bit := math.Ldexp(1, k)
			for _, sign := range []float64{1, -1} {
				up, down := total(t, grid, sign*even, sign*half, sign*bit), total(t, grid, sign*odd, sign*half, -sign*bit)
				if !same(up, sign*odd) || !same(down, sign*odd) {
					t.Errorf("2^%d with its half bit: 2^%d more gives %x, less %x; want %x", base, k, up, down, sign*odd)
				}
			}
		}
	}
	for _, base := range []int{62, 61, 40, 1, 0, -1, -2, -40, -64, -74} {
		t.Run("grid", func(t *testing.T) { check(t, true, base, -128) })
	}
	for _, base := range []int{1023, 1000, 32, 0, -1, -33, -900, -1020} {
		t.Run("sum", func(t *testing.T) { check(t, false, base, -1074) })
	}
}

func TestStoredSumsThatAreNoneAreRefused(t *testing.T) {
	g := Grid{1, 2, 3}
	for _, stored := range [][]byte{nil, make([]byte, 23), make([]byte, 25), append([]byte{0x80}, make([]byte, 23)...)} {
		if err := g.UnmarshalBinary(stored); err == nil || g != (Grid{1, 2, 3}) {
			t.Errorf("%x is read as %x", stored, g)
		}
	}
}

func TestSumOfNastyValues(t *testing.T) {
	const tiny, huge = math.SmallestNonzeroFloat64, math.MaxFloat64
	inf := math.Inf(1)
	for name, tc := range map[string]struct {
		values []float64
		want   float64
	}{
		"nothing":                                 {nil, 0},
		"a negative zero":                         {[]float64{math.Copysign(0, -1)}, 0},
		"what plain addition loses":               {[]float64{1, 1e100, 1, -1e100}, 2},
		"what Neumaier's sum loses":               {[]float64{1e100, 1, 1e200, -1e200, -1e100}, 1},
		"the largest, twice and back":             {[]float64{huge, huge, -huge}, huge},
		"the largest with all that is below half": {[]float64{huge, 0x1.fffffffffffffp969}, huge},
		"the largest with a half of its last bit": {[]float64{huge, 0x1p970}, inf},
		"the smallest, likewise":                  {[]float64{-huge, -0x1p970}, -inf},
		"that half and one bit less":              {[]float64{huge, 0x1p970, -tiny}, huge},
		"a tie with a subnormal that decides":     {[]float64{1, 0x1p-53, tiny}, math.Nextafter(1, 2)},
		"a tie to even":                           {[]float64{1, 0x1p-53}, 1},
		"a tie to even upwards":                   {[]float64{0x1.0000000000001p0, 0x1p-53}, 0x1.0000000000002p0},
		"a tie less a subnormal":                  {[]float64{0x1.0000000000001p0, 0x1p-53, -tiny}, 0x1.0000000000001p0},
		"subnormals":                              {[]float64{tiny, tiny, tiny}, 3 * tiny},
		"a subnormal below the smallest normal":   {[]float64{0x1p-1022, -tiny}, 0x1p-1022 - tiny},
		"two halves of the smallest normal":       {[]float64{0x1p-1023, 0x1p-1023}, 0x1p-1022},
		"the largest less a subnormal":            {[]float64{huge, -tiny}, huge},
		"all gone":                                {[]float64{huge, tiny, -huge, -tiny}, 0},
		"all gone but the last bit":               {[]float64{huge, tiny, -huge}, tiny},
		"infinity":                                {[]float64{inf, -huge}, inf},
		"minus infinity":                          {[]float64{1, -inf}, -inf},
		"both infinities":                         {[]float64{inf, 1, -inf}, math.NaN()},
		"not a number":                            {[]float64{math.NaN(), 1}, math.NaN()},
	} {
		t.Run(name, func(t *testing.T) {
			var s, reversed, merged Sum
			for i := range tc.values {
				var single Sum
				single.Add(tc.values[i])
				merged.Merge(&single)
				s.Add(tc.values[i])
				reversed.Add(tc.values[len(tc.values)-1-i])
			}
			for _, got := range []float64{s.Float64(), reversed.Float64(), merged.Float64()} {
				if !same(got, tc.want) && !(math.IsNaN(got) && math.IsNaN(tc.want)) {
					t.Errorf("got %g (%x), want %g", got, got, tc.want)
				}
			}
			if finite := !math.IsInf(tc.want, 0) && !math.IsNaN(tc.want); s.IsFinite() != finite {
				t.Errorf("IsFinite is %v", !finite)
			}
		})
	}
}

func TestManyAdditionsCarryInTime(t *testing.T) {
	// 100,000 times the value that fills limbs most, with either sign, and merges after other numbers of additions.
	for _, x := range []float64{math.MaxFloat64, math.Float64frombits(31<<52 | mantissaMask), -math.Float64frombits(1055<<52 | mantissaMask)} {
		var s, merged Sum
		var parts [7]Sum
		for i := range 100_000 {
			s.Add(x)
			parts[i%7].Add(x)
		}
		for i := range parts {
			merged.Merge(&parts[i])
		}
		want := new(big.Float).SetPrec(bigPrecision).SetFloat64(x)
		want.Mul(want, big.NewFloat(100_000))
		f, _ := want.Float64()
		if !same(s.Float64(), f) || !same(merged.Float64(), f) {
			t.Errorf("%g: got %g and %g, want %g", x, s.Float64(), merged.Float64(), f)
		}
		for range 100_000 {
			s.Add(-x)
		}
		s.Add(3)
		if s.Float64() != 3 {
			t.Errorf("%g: less itself it is %g, want 3", x, s.Float64())
		}
	}
}

func TestNothingIsAllocated(t *testing.T) {
	var g, h Grid
	var s Sum
	x, total := 1.5, 0.0
	if n := testing.AllocsPerRun(100, func() {
		if g.Add(x) != nil || g.Add(math.Inf(1)) != ErrNotFinite || g.Add(0x1p63) != ErrOverflow || h.AddGrid(&g) != nil {
			t.Fatal("an addition went wrong")
		}
		s.Add(x)
		total += s.Float64() + h.Float64()
		x = -x
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
