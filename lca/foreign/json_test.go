package foreign

import (
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

func TestAnEntryKnowsItsPlace(t *testing.T) {
	for text, want := range map[string][]string{
		"[\n  {\"a\": 1},\n  {\"a\": 2},\n\n  3]":             {"f.json:2:3", "f.json:3:3", "f.json:5:3"},
		"{\n  \"a\": {\"b\": 1},\n  \"c\": {\n    \"d\": 2}}": {"f.json:2:6", "f.json:3:6"},
	} {
		var probs diag.List
		var got []string
		EachEntry("f.json", strings.NewReader(text), &probs, func(e *Entry) bool {
			got = append(got, e.Place.String())
			return true
		})
		if strings.Join(got, " ") != strings.Join(want, " ") || probs.Err() != nil {
			t.Errorf("%q: %v, expected %v; %v", text, got, want, probs.Err())
		}
	}
}
