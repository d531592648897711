package factors

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/unit"
)

func TestEveryEmbeddedPackLoadsAndEveryRowIsSourced(t *testing.T) {
	refs := EmbeddedNames()
	if len(refs) == 0 {
		t.Fatal("no pack is embedded")
	}
	for _, ref := range refs {
		var probs diag.List
		p := Embedded(ref, &probs)
		if p == nil || probs.Count(diag.Error) > 0 {
			t.Fatalf("%s: %s", ref, strings.Join(headlines(&probs), "\n"))
		}
		for _, problem := range probs.Problems() {
			t.Logf("%s", problem)
		}
		if len(p.Rows) == 0 {
			t.Errorf("%s is empty", ref)
		}
		for i, r := range p.Rows {
			if r.Source == "" || r.Licence == "" || r.Released == "" || r.Quality == "" || r.Place().File == "" || r.Place().Line == 0 {
				t.Errorf("%s: row %d has no source, licence, date, quality or place: %+v", ref, i, r)
			}
			want, ok := p.Unit(r.Factor, r.Category)
			if _, fits := unit.Factor(r.Unit, want); !ok || !fits {
				t.Errorf("%s: row %d is in %s, which is not %s", ref, i, r.UnitText, want)
			}
			if r.Derived != nil && math.Abs(derivedAgain(p, &r)-r.Value) > 1e-12*r.Value {
				t.Errorf("%s: row %d is %v, the rows it was derived from give %v", ref, i, r.Value, derivedAgain(p, &r))
			}
			found, err := p.Resolve(Key{r.Factor, r.Category, r.Region, r.Technology, r.From}, r.selectors(), Policy{})
			if err != nil || !found.Exact() {
				t.Errorf("%s: row %d is not found by its own key: %v", ref, i, err)
			}
		}
	}
}

// derivedAgain multiplies out a derived row in the order opposite to the one it was computed in.
func derivedAgain(p *Pack, r *Row) float64 {
	total := 0.0
	for i := len(r.Derived) - 2; i >= 0; i -= 2 {
		share, value := p.Rows[r.Derived[i]], p.Rows[r.Derived[i+1]]
		toOne, _ := unit.Factor(share.Unit, unit.One)
		toRow, _ := unit.Factor(value.Unit, r.Unit)
		total += share.Value * toOne * value.Value * toRow
	}
	return total
}

// A pack that is part of the program is read once; one of its rows' days, or one that something lies over, is another.
func TestAnEmbeddedPackIsReadOnceAndShared(t *testing.T) {
	ref := EmbeddedNames()[0]
	var probs diag.List
	at, _ := EmbeddedAt(ref, &probs)
	alone := Embedded(ref, &probs)
	if alone == nil || alone != Embedded(ref, &probs) || alone != Stack([]At{at}, Options{}, &probs) {
		t.Error("it is read anew")
	}
	if p := Stack([]At{at}, Options{AsOf: "2100-01-01"}, &probs); p == alone || p.AsOf == "" {
		t.Error("that of a day is that of all days")
	}
	if p := Stack([]At{at, at}, Options{}, &probs); p == alone || len(p.Layers) != 2 || len(alone.Layers) != 1 {
		t.Error("two layers are one")
	}
	var a, b diag.List
	Embedded(ref, &a)
	Embedded(ref, &b)
	if x, y := headlines(&a), headlines(&b); !slices.Equal(x, y) {
		t.Errorf("first it says %q, then %q", x, y)
	}
}
