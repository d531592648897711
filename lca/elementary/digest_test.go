package elementary

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math"
	"math/rand/v2"
	"testing"
)

// digest is of the bits of the results below, on any machine. Since results are correctly rounded it has no reason ever to change.
const digest = "1685fe3e3582ff6c8e861eb66a66c8d65ff54264fbbcc2b277d3e5348e130798"

// TestBitsAreTheSameOnEveryMachine hashes 20,000 results. The arguments are made of random bits and of what is exact on every machine.
func TestBitsAreTheSameOnEveryMachine(t *testing.T) {
	r := rand.New(rand.NewPCG(17, 18))
	special := []float64{0, zero, 1, -1, 2, -2, 0.5, 3, inf, -inf, nan, 5e-324, -5e-324, math.MaxFloat64, -math.MaxFloat64, 709.8, -745.2}
	argument := func() float64 {
		switch r.IntN(10) {
		case 0:
			return special[r.IntN(len(special))]
		case 1:
			return math.Float64frombits(r.Uint64())
		case 2: // about 1
			return math.Float64frombits(math.Float64bits(1) + r.Uint64N(1<<50) - 1<<49)
		}
		return math.Ldexp(float64(r.Uint64()>>11), r.IntN(24)-64) // 0 to 2^12
	}
	hash := sha256.New()
	add := func(y float64) {
		var b [8]byte
		binary.LittleEndian.PutUint64(b[:], math.Float64bits(y))
		hash.Write(b[:])
	}
	for range 5_000 {
		x := argument()
		add(Exp(x))
		add(Ln(x))
		add(Log2(x))
		add(Pow(x, argument()))
	}
	if got := hex.EncodeToString(hash.Sum(nil)); got != digest {
		t.Errorf("the digest is %s, want %s", got, digest)
	}
}
