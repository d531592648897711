package stat

import (
	"math"
	"math/big"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// reference is a data set of NIST with its certified mean and standard deviation, to 15 digits.
type reference struct {
	name     string
	mean, sd float64
	values   []float64
	digits   int // of the standard deviation that the values allow: 1e7 + 0.1 as a float64 has lost the rest
}

func references(t *testing.T) (out []reference) {
	t.Helper()
	text, err := os.ReadFile("testdata/nist.txt")
	if err != nil {
		t.Fatal(err)
	}
	number := func(word string) float64 {
		x, err := strconv.ParseFloat(word, 64)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	for line := range strings.Lines(string(text)) {
		words := strings.Fields(line)
		switch {
		case words[0] == "#":
		case words[0][0] >= 'A':
			out = append(out, reference{name: words[0], mean: number(words[1]), sd: number(words[2]), digits: 13})
		default:
			for _, w := range words {
				out[len(out)-1].values = append(out[len(out)-1].values, number(w))
			}
		}
	}
	// NIST's file has 3 for the 957th digit, ...5778053..., and certifies what comes of that.
	digits := piDigits(5000)
	if digits[956] != 8 {
		t.Fatalf("the 957th digit of pi is %v", digits[956])
	}
	digits[956] = 3
	out = append(out, reference{"PiDigits", 4.53480000000000, 2.86733906028871, digits, 14})
	out = append(out, reference{"NumAcc1", 10000002, 1, []float64{10000001, 10000003, 10000002}, 15})
	// one value, then 500 times 0.1 less and 0.1 more
	about := func(value, less, more float64) []float64 {
		return append([]float64{value}, slices.Repeat([]float64{less, more}, 500)...)
	}
	out = append(out, reference{"NumAcc2", 1.2, 0.1, about(1.2, 1.1, 1.3), 14})
	out = append(out, reference{"NumAcc3", 1000000.2, 0.1, about(1000000.2, 1000000.1, 1000000.3), 9})
	return append(out, reference{"NumAcc4", 10000000.2, 0.1, about(10000000.2, 10000000.1, 10000000.3), 8})
}

// piDigits are the first digits of π, 3, 1, 4, ..., by Machin's π/4 = 4 arctan(1/5) - arctan(1/239).
func piDigits(n int) (out []float64) {
	scale := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n+10)), nil)
	arctan := func(x int64) *big.Int {
		sum, power := new(big.Int), new(big.Int).Div(scale, big.NewInt(x))
		for k := int64(1); power.Sign() != 0; k += 4 {
			sum.Add(sum, new(big.Int).Div(power, big.NewInt(k)))
			power.Div(power, big.NewInt(x*x))
			sum.Sub(sum, new(big.Int).Div(power, big.NewInt(k+2)))
			power.Div(power, big.NewInt(x*x))
		}
		return sum
	}
	pi := new(big.Int).Mul(arctan(5), big.NewInt(16))
	pi.Sub(pi, new(big.Int).Mul(arctan(239), big.NewInt(4)))
	for _, digit := range pi.String()[:n] {
		out = append(out, float64(digit-'0'))
	}
	return out
}

// digitsOf is how many digits of a certified number came out.
func digitsOf(got, certified float64) float64 {
	if got == certified {
		return 15
	}
	return -math.Log10(math.Abs(got-certified) / math.Abs(certified))
}

func TestMeansAndDeviationsAreThoseThatNISTCertifies(t *testing.T) {
	counts := map[string]int{"Lew": 200, "Lottery": 218, "Mavro": 50, "Michelso": 100, "PiDigits": 5000, "NumAcc1": 3, "NumAcc2": 1001, "NumAcc3": 1001, "NumAcc4": 1001}
	for _, r := range references(t) {
		if len(r.values) != counts[r.name] {
			t.Errorf("%s has %d values, not %d", r.name, len(r.values), counts[r.name])
		}
		m := NewSample(len(r.values))
		m.Set(r.values)
		mean, sd := digitsOf(m.Mean(), r.mean), digitsOf(m.SD(), r.sd)
		t.Logf("%s: %.1f digits of the mean, %.1f of the standard deviation", r.name, mean, sd)
		if mean < 14 || sd < float64(r.digits) {
			t.Errorf("%s: mean %v, standard deviation %v; certified %v and %v", r.name, m.Mean(), m.SD(), r.mean, r.sd)
		}
	}
}
