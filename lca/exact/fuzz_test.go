package exact

import (
	"encoding/binary"
	"math"
	"math/big"
	"testing"
)

// floats reads eight bytes as a value; what is not finite is made finite.
func floats(data []byte) []float64 {
	var values []float64
	for ; len(data) >= 8 && len(values) < 200; data = data[8:] {
		b := binary.LittleEndian.Uint64(data)
		if b>>52&exponentMask == exponentMask {
			b ^= 1 << 52
		}
		values = append(values, math.Float64frombits(b))
	}
	return values
}

func seeds(f *testing.F) {
	for _, values := range [][]float64{{1, 1e100, -1e100}, {math.MaxFloat64, math.MaxFloat64}, {5e-324, -1}, {0x1p62, 0x1p-129}, {0x1.8p-128, -0x1p-76}} {
		var data []byte
		for _, x := range values {
			data = binary.LittleEndian.AppendUint64(data, math.Float64bits(x))
		}
		f.Add(data)
	}
}

func FuzzSum(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		values := floats(data)
		want := oracle(values)
		if got := Total(values); !same(got, want) {
			t.Fatalf("%x: got %x, want %x", values, got, want)
		}
		var parts [2]Sum
		for i := range values {
			parts[i&1].Add(values[len(values)-1-i])
		}
		parts[1].Merge(&parts[0])
		if got := parts[1].Float64(); !same(got, want) {
			t.Fatalf("%x: in parts got %x, want %x", values, got, want)
		}
	})
}

func FuzzGrid(f *testing.F) {
	seeds(f)
	limit := new(big.Int).Lsh(big.NewInt(1), 191)
	f.Fuzz(func(t *testing.T, data []byte) {
		var g Grid
		sum := new(big.Int)
		for _, x := range floats(data) {
			next := new(big.Int).Set(sum)
			fits := math.Abs(x) < 0x1p63
			if fits {
				next.Add(next, toGrid(x))
				fits = next.CmpAbs(limit) < 0
			}
			if err := g.Add(x); (err == nil) != fits {
				t.Fatalf("adding %x to %x: %v", x, g, err)
			}
			if fits {
				sum = next
			}
		}
		exact := new(big.Float).SetPrec(bigPrecision).SetInt(sum)
		want, _ := exact.SetMantExp(exact, -128).Float64()
		if got := g.Float64(); !same(got, want) {
			t.Fatalf("got %x, want %x", got, want)
		}
		stored, _ := g.MarshalBinary()
		var read Grid
		if err := read.UnmarshalBinary(stored); err != nil || read != g {
			t.Fatalf("%x is read back as %x, %v", g, read, err)
		}
	})
}
