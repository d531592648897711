package study

import (
	"strings"
	"time"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
)

// checkReview refuses a review of nobody, of no day, or without a statement, and comments without an answer: whoever cites a reviewed study relies on all of them.
func (s *Study) checkReview(at *document.Node, probs *diag.List) {
	if s.Review == nil || at == nil || at.Kind != document.Map {
		return // told by whoever decodes
	}
	filled := func(n *document.Node, keys ...string) {
		for _, key := range keys {
			if text := n.Get(key); text != nil && text.Kind == document.Scalar && strings.TrimSpace(text.Text) == "" {
				probs.Add(text.Problem(diag.MissingValue, "%s is empty", key))
			}
		}
	}
	filled(at, "reviewer", "statement")
	if date := at.Get("date"); date != nil && date.Kind == document.Scalar {
		if _, err := time.Parse(time.DateOnly, date.Text); err != nil {
			p := date.Problem(diag.BadValue, "%q is no date", diag.Excerpt(date.Text, 80))
			p.Hint = "write year-month-day: 2026-01-31"
			probs.Add(p)
		}
	}
	if comments := at.Get("comments"); comments != nil {
		for _, c := range comments.Items {
			filled(c, "comment", "answer")
		}
	}
}
