package scenarios

import (
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// Every embedded scenario loads, which includes that it comes to what its source prints.
func TestEmbeddedScenariosComeToWhatIsPublished(t *testing.T) {
	for _, ref := range Names() {
		var probs diag.List
		s := Embedded(ref, &probs)
		if err := probs.Err(); err != nil {
			t.Errorf("%s: %v", ref, err)
			continue
		}
		if s.Ref() != ref {
			t.Errorf("%s calls itself %s", ref, s.Ref())
		}
		for _, o := range s.Outcomes() {
			t.Logf("%-32s %-60s %12.6g %12.6g %+.2g %s", ref, o.What, o.Value, o.Computed, o.Difference, o.Class)
		}
	}
}
