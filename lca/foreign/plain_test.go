package foreign_test

import (
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/foreign"
)

func TestATextThatASpreadsheetWouldComputeIsShownAsText(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "a=1": "a=1", "'a": "'a", " =1": " =1", "é": "é",
		"=1+1": "'=1+1", "+1": "'+1", "-1": "'-1", "@SUM(A1)": "'@SUM(A1)", "＝1": "'＝1", "\t=1": "'\t=1", "\n=1": "'\n=1",
	} {
		if got := foreign.Shown(text); got != want {
			t.Errorf("%q is shown as %q, want %q", text, got, want)
		}
	}
}
