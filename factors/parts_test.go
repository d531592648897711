package factors

import (
	"math"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// The parts of each derived row of the open pack add up to it, and each is a share of its mix times a value of that technology.
func TestPartsOfADerivedRowAddUpToIt(t *testing.T) {
	var probs diag.List
	p := Embedded("open@2025.1", &probs)
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	derived := 0
	for i := range p.Rows {
		r := &p.Rows[i]
		parts := p.Parts(r)
		if r.Derived == nil || r.Value == 0 {
			if parts != nil {
				t.Fatalf("%s is not derived and has %d parts", p.QuantityName(r), len(parts))
			}
			continue
		}
		derived++
		sum := 0.0
		for _, x := range parts {
			sum += x.Weight
			if x.Share.Technology != x.Value.Technology || x.Share.Region != r.Region || x.Value.Category != r.Category {
				t.Fatalf("%s: the part %s × %s", p.QuantityName(r), p.QuantityName(x.Share), p.QuantityName(x.Value))
			}
		}
		if !(math.Abs(sum-1) < 1e-12) {
			t.Fatalf("%s: the parts come to %v of it", p.QuantityName(r), sum)
		}
	}
	if derived < 400 {
		t.Errorf("%d derived rows", derived)
	}
}
