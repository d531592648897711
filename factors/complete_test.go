package factors

import (
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

func TestACompletedPackHasWhatItLackedAndKeepsItsOwn(t *testing.T) {
	var probs diag.List
	old, now := Embedded("open@2025.1", &probs), Embedded("open@2025.2", &probs)
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	p := old.Completed(now)
	key := Key{Factor: "silicon", Category: "climate_change", Technology: "gpu-die"}
	want, err := now.Resolve(key, Select{}, Policy{})
	if err != nil {
		t.Fatal(err)
	}
	got, err := p.Resolve(key, Select{}, Policy{})
	if err != nil || got.Row.Value != want.Row.Value || got.Row.Place() != want.Row.Place() {
		t.Errorf("silicon is %v, %v", got.Row, err)
	}
	if _, has := old.Definition("silicon"); has {
		t.Error("the pack itself changed")
	}
	for i := range old.Rows {
		if a, b := &old.Rows[i], &p.Rows[i]; a.String() != b.String() || a.Value != b.Value || p.Rows[b.ID].String() != a.String() {
			t.Fatalf("row %d is %v, not %v", i, b, a)
		}
	}
	if now.Completed(old) != now {
		t.Error("a pack that lacks nothing is not itself")
	}
}
