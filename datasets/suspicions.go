package datasets

import (
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// Suspicion is one thing that a check with CheckOptions.Suspect looks for.
type Suspicion struct {
	Name      string
	Severity  diag.Severity
	Code      diag.Code
	Kinds     []string
	Condition string
	Why       string
	Source    string
}

// Suspicions lists what a check with CheckOptions.Suspect looks for, as the kinds and the patterns of personal data have it.
func Suspicions() []Suspicion {
	out := []Suspicion{
		{"duplicate_volume_row", diag.Error, diag.DuplicateRow, KindNames(), "all columns but the id and the origin are the same as those of an earlier row, scope is volume and the row says whose it is; rows that are single events, or do not say when and how much, take no part",
			"a total would count it twice", "the kinds' twins"},
		{"duplicate_row", diag.Warning, diag.DuplicateRow, KindNames(), "the same of rows that enter no total, or do not say whose they are", "what counts rows would count it twice", "the kinds' twins"},
	}
	for _, k := range Kinds() {
		if t := &k.Twins; len(t.Need) > 0 {
			amounts := append(append([]string{}, t.Amounts...), t.ByDay...)
			condition := "the same " + strings.Join(append(append([]string{}, t.Need...), t.Same...), ", ") + " and time as an earlier row under another id"
			if len(amounts) > 0 {
				condition += ", and one amount of " + strings.Join(amounts, ", ")
			}
			out = append(out, Suspicion{"suspected_duplicate_" + k.Name, diag.Error, diag.SuspectedTwin, []string{k.Name}, condition + "; a warning where one of them enters no total", "the same activity counted twice would double its impact", "the kind's twins"})
		}
		if o := &k.Overlaps; len(o.Need) > 0 {
			condition := "the same " + strings.Join(o.Need, ", ") + " as another row of scope volume, more than a day in common, and no difference of " + strings.Join(o.Apart, ", ")
			if len(o.Apart) == 0 {
				condition = strings.TrimSuffix(condition, ", and no difference of ")
			}
			if len(o.Same) > 0 {
				condition += "; a warning where none of " + strings.Join(o.Same, ", ") + " is the same"
			}
			out = append(out, Suspicion{"overlap_" + k.Name, diag.Error, diag.Overlap, []string{k.Name}, condition + "; ailca run looks for it, too", "what both rows count would enter a total twice", "the kind's overlaps"})
		}
	}
	for _, p := range PersonalPatterns() {
		out = append(out, Suspicion{"personal_" + p.Name, diag.Warning, diag.PersonalData, KindNames(), p.Title + " in a column of free text", p.Reason, "datasets/personal.yaml"})
	}
	return out
}
