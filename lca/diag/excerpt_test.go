package diag_test

import (
	"testing"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

func TestAnExcerptEndsWithAWholeCharacter(t *testing.T) {
	for _, c := range []struct {
		text, want string
		most       int
	}{{"", "", 3}, {"abc", "abc", 3}, {"abcd", "abc…", 3}, {"aéb", "a…", 2}, {"aéb", "aé…", 3}} {
		if got := diag.Excerpt(c.text, c.most); got != c.want {
			t.Errorf("%q cut to %d is %q, want %q", c.text, c.most, got, c.want)
		}
	}
}
