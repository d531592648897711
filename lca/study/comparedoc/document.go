// Package comparedoc writes a comparison of two studies as a page for people.
package comparedoc

import (
	"github.com/ai-impact-observatory/ailca/lca/study"
	"github.com/ai-impact-observatory/ailca/reports"
)

// Of documents a comparison.
func Of(c *study.Comparison) *reports.Document {
	return &reports.Document{Kicker: "Comparison of two editions", Title: c.A.Study + " to " + c.B.Study}
}
