package exact

import (
	"math"
	"math/rand/v2"
	"testing"
)

// rows are 64 Ki values over eight orders of magnitude, as energies of rows are.
func rows() []float64 {
	r := rand.New(rand.NewPCG(1, 2))
	values := make([]float64, 1<<16)
	for i := range values {
		values[i] = math.Exp(r.NormFloat64()*3) * 1e3
	}
	return values
}

var sink float64

// report gives the time of one addition.
func report(b *testing.B, additions int) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(additions), "ns/add")
}

func BenchmarkPlain(b *testing.B) {
	values := rows()
	for b.Loop() {
		var s float64
		for _, x := range values {
			s += x
		}
		sink = s
	}
	report(b, len(values))
}

func BenchmarkNeumaier(b *testing.B) {
	values := rows()
	for b.Loop() {
		var s, c float64
		for _, x := range values {
			t := s + x
			if math.Abs(s) >= math.Abs(x) {
				c += s - t + x
			} else {
				c += x - t + s
			}
			s = t
		}
		sink = s + c
	}
	report(b, len(values))
}

func BenchmarkGrid(b *testing.B) {
	var g Grid
	values := rows()
	for b.Loop() {
		g = Grid{}
		for _, x := range values {
			if err := g.Add(x); err != nil {
				b.Fatal(err)
			}
		}
	}
	report(b, len(values))
	sink = g.Float64()
}

// BenchmarkGridGroups adds each value to one of 72,000 groups, as a scan does.
func BenchmarkGridGroups(b *testing.B) {
	groups := make([]Grid, 72_000)
	values := rows()
	r := rand.New(rand.NewPCG(3, 4))
	at := make([]int32, len(values))
	for i := range at {
		at[i] = r.Int32N(int32(len(groups)))
	}
	for b.Loop() {
		for i, x := range values {
			if err := groups[at[i]].Add(x); err != nil {
				b.Fatal(err)
			}
		}
	}
	report(b, len(values))
}

func BenchmarkSum(b *testing.B) {
	values := rows()
	for b.Loop() {
		sink = Total(values)
	}
	report(b, len(values))
}

func BenchmarkSumFloat64(b *testing.B) {
	var s Sum
	for _, x := range rows() {
		s.Add(x)
	}
	for b.Loop() {
		sink = s.Float64()
	}
}
