package amounts

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
)

// text writes a monomial.
func text(m *Monomials, id int32) string {
	var parts []string
	for _, p := range m.Powers(id) {
		parts = append(parts, fmt.Sprintf("%s^%d", m.At(p.Symbol).Name, p.Exponent))
	}
	return strings.Join(parts, " ")
}

func TestMonomialsAreProductsOfPowersInOrderOfTheirNames(t *testing.T) {
	var m Monomials
	b, a, c := m.Symbol(Symbol{Name: "b", Value: 2}), m.Symbol(Symbol{Name: "a", Value: 3}), m.Symbol(Symbol{Name: "c", Value: 5})
	ba := m.Multiply(b, a, 1)
	for _, tc := range []struct {
		id    int32
		want  string
		value float64
	}{
		{One, "", 1},
		{b, "b^1", 2},
		{ba, "a^1 b^1", 6},
		{m.Multiply(a, b, 1), "a^1 b^1", 6},
		{m.Multiply(ba, c, -1), "a^1 b^1 c^-1", 1.2},
		{m.Multiply(ba, ba, 1), "a^2 b^2", 36},
		{m.Multiply(ba, a, -1), "b^1", 2},
		{m.Multiply(ba, ba, -1), "", 1},
		{m.Multiply(One, c, -2), "c^-2", 0.04},
		{m.Multiply(c, One, 3), "c^1", 5},
		{m.Multiply(m.Multiply(One, c, -2), ba, -1), "a^-1 b^-1 c^-2", divided(1, 3, 2, 5, 5)},
	} {
		if got := text(&m, tc.id); got != tc.want {
			t.Errorf("got %s, want %s", got, tc.want)
		}
		if got := m.Value(tc.id); got != tc.value {
			t.Errorf("%s is %v, want %v", tc.want, got, tc.value)
		}
	}
	if m.Multiply(a, b, 1) != ba || m.Multiply(ba, ba, -1) != One || m.Multiply(ba, a, -1) != b {
		t.Error("equal products have different numbers")
	}
	if m.Powers(Refused) != nil {
		t.Error("what is refused has powers")
	}
}

// divided divides in float64, one division after the other.
func divided(x float64, by ...float64) float64 {
	for _, y := range by {
		x /= y
	}
	return x
}

func TestOfSymbolsWithOneNameTheFirstIsKept(t *testing.T) {
	var m Monomials
	first := m.Symbol(Symbol{Name: "pue", Value: 1.2, Ref: "row 1"})
	if again := m.Symbol(Symbol{Name: "pue", Value: 9}); again != first || m.Value(again) != 1.2 || m.At(m.Powers(again)[0].Symbol).Ref != "row 1" {
		t.Error("a second symbol took the first one's place")
	}
}

// The value and the order of monomials come from names alone: whoever met a symbol first leaves no trace.
func TestMonomialsDoNotShowWhoCameFirst(t *testing.T) {
	values := map[string]float64{"a": 0.1, "b": 0.7, "c": 1.3, "d": 3.3}
	build := func(names ...string) (string, uint64) {
		var m Monomials
		id := One
		for _, n := range names {
			id = m.Multiply(id, m.Symbol(Symbol{Name: n, Value: values[n]}), map[string]int32{"a": 1, "b": -2, "c": 3, "d": -1}[n])
		}
		return text(&m, id), math.Float64bits(m.Value(id))
	}
	want, bits := build("a", "b", "c", "d")
	for range 50 {
		names := []string{"a", "b", "c", "d"}
		rand.Shuffle(4, func(i, j int) { names[i], names[j] = names[j], names[i] })
		if got, gotBits := build(names...); got != want || gotBits != bits {
			t.Fatalf("%v: %s, %x", names, got, gotBits)
		}
	}
}

func TestNamesAndTuplesAreTheSameForEveryWorker(t *testing.T) {
	var s Space
	var wait sync.WaitGroup
	got := make([][]int32, 8)
	for w := range got {
		wait.Add(1)
		go func() {
			defer wait.Done()
			for i := range 500 {
				name := s.Names.ID(fmt.Sprint("name ", (i*7+w)%100))
				tuple := s.Tuples.ID([]int32{name, None})
				mono := s.Monomials.Multiply(s.Monomials.Symbol(Symbol{Name: s.Names.Name(name), Value: 2}), One, 1)
				if s.Tuples.Tuple(tuple)[0] != name || s.Monomials.Value(mono) != 2 {
					t.Error("another worker's numbers")
				}
			}
			for i := range 100 {
				got[w] = append(got[w], s.Names.ID(fmt.Sprint("name ", i)))
			}
		}()
	}
	wait.Wait()
	for w := range got {
		if !slices.Equal(got[w], got[0]) {
			t.Errorf("worker %d has other numbers", w)
		}
	}
	if s.Names.Name(None) != "" || s.Tuples.Tuple(None) != nil {
		t.Error("nothing has a name")
	}
	tuple := []int32{1, 2}
	id := s.Tuples.ID(tuple)
	tuple[0] = 9
	if s.Tuples.Tuple(id)[0] != 1 {
		t.Error("a tuple changed with the caller's slice")
	}
}
