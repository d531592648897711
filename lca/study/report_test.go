package study

import (
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

func TestAReportOfNothingIsRefused(t *testing.T) {
	var probs diag.List
	if r := OpenReport(t.Context(), nil, "", "", &probs); r != nil || !strings.Contains(probs.Err().Error(), "the result of a run is needed") {
		t.Errorf("it says %v", probs.Err())
	}
}
