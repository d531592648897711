package elementary

import (
	"math"
	"testing"
)

var (
	inf  = math.Inf(1)
	nan  = math.NaN()
	zero = math.Copysign(0, -1) // -0
)

func TestSpecialValuesOfOneArgument(t *testing.T) {
	const least = math.SmallestNonzeroFloat64
	for _, c := range []struct {
		name    string
		f       func(float64) float64
		x, want float64
	}{
		{"Exp", Exp, 0, 1}, {"Exp", Exp, zero, 1}, {"Exp", Exp, inf, inf}, {"Exp", Exp, -inf, 0}, {"Exp", Exp, nan, nan},
		{"Exp", Exp, least, 1}, {"Exp", Exp, -least, 1}, {"Exp", Exp, math.MaxFloat64, inf}, {"Exp", Exp, -math.MaxFloat64, 0},
		// The last argument with a finite result and the first without: ln(2^1024) is 709.78271289338397310...
		{"Exp", Exp, 0x1.62e42fefa39efp+9, 0x1.fffffffffff2ap+1023}, {"Exp", Exp, 0x1.62e42fefa39fp+9, inf},
		// The same for zero: -ln(2^-1075) is 745.13321910194110842...
		{"Exp", Exp, -0x1.74910d52d3051p+9, least}, {"Exp", Exp, -0x1.74910d52d3052p+9, 0},
		{"Ln", Ln, 1, 0}, {"Ln", Ln, 0, -inf}, {"Ln", Ln, zero, -inf}, {"Ln", Ln, inf, inf}, {"Ln", Ln, -inf, nan}, {"Ln", Ln, -1, nan},
		{"Ln", Ln, -least, nan}, {"Ln", Ln, nan, nan},
		{"Log2", Log2, 1, 0}, {"Log2", Log2, 8, 3}, {"Log2", Log2, 0, -inf}, {"Log2", Log2, zero, -inf}, {"Log2", Log2, inf, inf},
		{"Log2", Log2, -inf, nan}, {"Log2", Log2, -1, nan}, {"Log2", Log2, nan, nan}, {"Log2", Log2, least, -1074},
	} {
		if got := c.f(c.x); !same(got, c.want) {
			t.Errorf("%s(%x) is %x, want %x", c.name, c.x, got, c.want)
		}
	}
}

func TestSpecialValuesOfPow(t *testing.T) {
	const huge = math.MaxFloat64 // an even whole number
	for _, c := range []struct{ x, y, want float64 }{
		{nan, 0, 1}, {nan, zero, 1}, {0, 0, 1}, {inf, 0, 1}, {-inf, zero, 1}, {5, 0, 1},
		{1, nan, 1}, {1, inf, 1}, {1, -inf, 1}, {1, huge, 1}, {1, -huge, 1},
		{nan, 1, nan}, {2, nan, nan}, {nan, nan, nan}, {0, nan, nan}, {-1, nan, nan}, {nan, inf, nan}, {inf, nan, nan},
		{0, -1, inf}, {zero, -1, -inf}, {0, -3, inf}, {zero, -3, -inf}, {0, -2, inf}, {zero, -2, inf}, {0, -0.5, inf}, {zero, -0.5, inf},
		{0, -inf, inf}, {zero, -inf, inf}, {zero, -huge, inf},
		{0, 1, 0}, {zero, 1, zero}, {zero, 3, zero}, {zero, 2, 0}, {zero, 0.5, 0}, {0, inf, 0}, {zero, inf, 0}, {zero, huge, 0},
		{-1, inf, 1}, {-1, -inf, 1}, {-1, huge, 1}, {-1, 1<<53 - 1, -1}, {-1, 1 << 53, 1}, {-1, -(1<<53 - 1), -1},
		{2, inf, inf}, {-2, inf, inf}, {2, -inf, 0}, {-2, -inf, 0}, {0.5, inf, 0}, {-0.5, inf, 0}, {0.5, -inf, inf}, {-0.5, -inf, inf},
		{inf, 1, inf}, {inf, 0.5, inf}, {inf, -1, 0}, {inf, -0.5, 0}, {inf, inf, inf}, {inf, -inf, 0},
		{-inf, 1, -inf}, {-inf, 3, -inf}, {-inf, 2, inf}, {-inf, 0.5, inf}, {-inf, -1, zero}, {-inf, -3, zero}, {-inf, -2, 0}, {-inf, -0.5, 0},
		{-inf, inf, inf}, {-inf, -inf, 0},
		{-1, 0.5, nan}, {-8, 1. / 3, nan}, {-2, -1.5, nan}, {-huge, 5e-324, nan},
		{-2, 3, -8}, {-2, 2, 4}, {-2, -1, -0.5}, {-2, 1023, -0x1p1023}, {-2, 1025, -inf}, {-2, 1024, inf}, {-2, -1075, zero}, {-2, -1076, 0}, {-2, -1077, zero},
		{2, 10, 1024}, {10, 3, 1000}, {9, 0.5, 3}, {27, 2, 729}, {0.5, 1, 0.5}, {10, -1, 0.1}, {10, 22, 1e22}, {10, 308, 1e308}, {10, 309, inf}, {10, -400, 0},
		{huge, huge, inf}, {huge, -huge, 0}, {5e-324, huge, 0}, {5e-324, -huge, inf}, {5e-324, 1, 5e-324}, {huge, 1, huge}, {huge, -1, 0x1.0p-1024},
		{2, 5e-324, 1}, {huge, 5e-324, 1}, {5e-324, -5e-324, 1}, {1 + 0x1p-52, huge, inf}, {1 - 0x1p-53, huge, 0},
	} {
		if got := Pow(c.x, c.y); !same(got, c.want) {
			t.Errorf("Pow(%x, %x) is %x, want %x", c.x, c.y, got, c.want)
		}
	}
}
