package column

import (
	"fmt"
	"strings"
	"testing"
)

func TestABitmapHoldsOneBitARow(t *testing.T) {
	for _, n := range []int{0, 1, 63, 64, 65, 128, 130} {
		b := NewBitmap(n)
		if len(b) != (n+63)/64 || b.Count() != 0 {
			t.Fatalf("%d rows: %d words, %d set", n, len(b), b.Count())
		}
		for i := 0; i < n; i += 3 {
			b.Set(i)
		}
		for i := range n {
			if b.Get(i) != (i%3 == 0) {
				t.Fatalf("%d rows: row %d is %t", n, i, b.Get(i))
			}
		}
		if want := (n + 2) / 3; b.Count() != want {
			t.Errorf("%d rows: %d set, want %d", n, b.Count(), want)
		}
		for i := 0; i < n; i += 3 {
			b.Clear(i)
			b.Clear(i) // twice is once
		}
		if b.Count() != 0 {
			t.Errorf("%d rows: %d set after all were cleared", n, b.Count())
		}
	}
}

// Bits past the last row stay zero, also where the bitmap is longer or was set before: counts and intersections rely on it.
func TestFillSetsTheRowsAndNothingElse(t *testing.T) {
	for _, n := range []int{0, 1, 63, 64, 65, 127, 128, 191, 192} {
		b := Bitmap{^uint64(0), ^uint64(0), ^uint64(0)}
		b.Fill(n)
		if b.Count() != n {
			t.Errorf("%d rows: %d set", n, b.Count())
		}
		if n > 0 && !b.Get(n-1) || n < 192 && b.Get(n) {
			t.Errorf("%d rows: the last row is %t", n, n > 0 && b.Get(n-1))
		}
	}
}

func TestNoBitmapMeansThatEveryRowHasAValue(t *testing.T) {
	var b Bitmap
	if !b.Get(0) || !b.Get(1000) {
		t.Error("a nil bitmap lacks a row")
	}
}

func TestAMemoTranslatesEachStringOnce(t *testing.T) {
	var m Memo[string]
	var asked []string
	upper := func(s string) string {
		asked = append(asked, s)
		return strings.ToUpper(s)
	}
	step := func(d *Dict, want string, askedFor string) {
		t.Helper()
		asked = nil
		if got := fmt.Sprint(m.Of(d, upper)); got != want {
			t.Errorf("%v gives %s, want %s", d, got, want)
		}
		if got := strings.Join(asked, " "); got != askedFor {
			t.Errorf("asked for %q, want %q", got, askedFor)
		}
	}
	values := make([]string, 0, 3)
	values = append(values, "a", "b")
	step(&Dict{Values: values[:2:2]}, "[A B]", "a b")
	step(&Dict{Values: values[:2:2]}, "[A B]", "")
	values = append(values, "c")
	step(&Dict{Values: values[:3:3]}, "[A B C]", "c")
	values = append(values, "d") // the memory is outgrown: the whole is another dictionary
	step(&Dict{Values: values}, "[A B C D]", "a b c d")
	step(&Dict{Values: values[:1]}, "[A]", "a") // a shorter one is another, too
	step(&Dict{Values: []string{"x"}}, "[X]", "x")
	step(&Dict{}, "[]", "")
	step(nil, "[]", "")
	step(&Dict{Values: values}, "[A B C D]", "a b c d")
	m.Forget()
	step(&Dict{Values: values}, "[A B C D]", "a b c d")
}

func TestATableFindsItsColumnsByName(t *testing.T) {
	table := Table{Rows: 1, Names: []string{"a", "b"}, Data: []Column{{Floats: []float64{1}}, {Floats: []float64{2}}}}
	if c, ok := table.Lookup("b"); !ok || c.Floats[0] != 2 {
		t.Errorf("b is %v, %t", c, ok)
	}
	if _, ok := table.Lookup("c"); ok {
		t.Error("c was found")
	}
}

func TestTypesHaveNames(t *testing.T) {
	if got := fmt.Sprint(Float, String, Bool, Digested); got != "number string boolean digest" {
		t.Error(got)
	}
}

// The digests are XXH3's, so that whoever has the strings can compute them: the first is in that hash's own table of tests.
func TestADigestTellsStringsApart(t *testing.T) {
	if got, want := DigestOf(""), (Digest{0x99aa06d3014798d8, 0x6001c324468d497f}); got != want {
		t.Errorf("the empty string has %x, want %x", got, want)
	}
	seen := map[Digest]string{{}: "no string"}
	text := strings.Repeat("d1é", 200)
	for n := range len(text) {
		d := DigestOf(text[:n])
		if other, ok := seen[d]; ok {
			t.Errorf("%q has the digest of %q", text[:n], other)
		}
		seen[d] = text[:n]
		if d != DigestOfBytes([]byte(text[:n])) {
			t.Errorf("the bytes of %q have another digest", text[:n])
		}
	}
}
