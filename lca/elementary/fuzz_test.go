package elementary

import (
	"math"
	"testing"
)

// FuzzElementary compares all four functions with the series of big_test.go.
func FuzzElementary(f *testing.F) {
	for _, x := range []float64{0, 1, 2, -1.5, 0x1p-53, 1 + 0x1p-52, 709.78, -745.13, 5e-324, math.MaxFloat64, inf, -inf, nan} {
		f.Add(x, 0.5)
		f.Add(x, x)
	}
	f.Add(3.0, 34.0)
	f.Add(-0x1p-215*3, 5.0)
	f.Fuzz(func(t *testing.T, x, y float64) {
		for _, c := range functions {
			// What is not finite and positive is TestSpecialValues'; here it must come back.
			got := c.of(x, y)
			switch finite := x-x == 0 && y-y == 0; {
			case !finite, c.name != "Exp" && x == 0:
			case c.name == "Exp" || x > 0:
				if want := c.want(x, y); !same(got, want) {
					t.Errorf("%s(%x, %x) is %x, want %x", c.name, x, y, got, want)
				}
			case c.name == "Pow" && y == math.Trunc(y):
				want := wantPow(-x, y)
				if math.Mod(y, 2) != 0 {
					want = -want
				}
				if !same(got, want) {
					t.Errorf("Pow(%x, %x) is %x, want %x", x, y, got, want)
				}
			case got == got && !(c.name == "Pow" && y == 0):
				t.Errorf("%s(%x, %x) is %x", c.name, x, y, got)
			}
		}
	})
}
