package datasets

import (
	"maps"
	"slices"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
)

// Merge says how statements of several contributors come together. The columns that it does not name are a row's values.
type Merge struct {
	Origin       []string     `doc:"origin"`       // where a row was read from: rows that differ in nothing else are the same
	Digest       string       `doc:"digest"`       // column of Origin: the digest of the file
	Provenance   []string     `doc:"provenance"`   // how its figures came to be known: rows that differ in nothing else but the origin state the same
	Source       string       `doc:"source"`       // column of the source
	Licence      string       `doc:"licence"`      // column of the source's licence
	Confidential Match        `doc:"confidential"` // rows that are published only within sums
	Prefer       []Preference `doc:"prefer"`       // which of two statements counts, the first that tells them apart
}

// Preference prefers a row by a column's word: the first or the last of the column's list is the best. A missing word is worse than any.
type Preference struct {
	Column string `doc:"column,required"`
	Best   string `doc:"best,required"` // first or last
}

// Aggregate says how rows become a sum. A column that it does not name is missing in the sum.
type Aggregate struct {
	By       []string          `doc:"by"`       // words that the rows of a sum have in common
	Years    []string          `doc:"years"`    // dates whose calendar year they have in common; the sum has its first day
	Sum      []Sum             `doc:"sum"`      // what is added
	Mean     map[string]string `doc:"mean"`     // what is averaged, to the sum that weighs it
	Worst    []string          `doc:"worst"`    // of which the sum has the last word of the column's list, or the largest number
	Constant map[string]string `doc:"constant"` // texts of every sum
}

// Sum is a column whose values add up. A row without a value there has the product of those of Or, where it has all of them. Either is
// multiplied by that of Share, where the row has one.
type Sum struct {
	Column string   `doc:"column,required"`
	Or     []string `doc:"or"`
	Share  string   `doc:"share"`
}

// need reports a column that is not there, or of another type.
type need func(at *document.Node, what, name string, types ...lca.FieldType)

// checkMerge looks at the columns that the rules of merging name.
func (k *Kind) checkMerge(file kindFile, need need, probs *diag.List) {
	at, m := file.At.Get("merge"), &k.Merge
	every := []lca.FieldType{lca.Text, lca.Number, lca.Integer, lca.Date, lca.Boolean}
	for _, name := range slices.Concat(m.Origin, m.Provenance) {
		need(at, "merge", name, every...)
	}
	for _, name := range []string{m.Digest, m.Source, m.Licence, m.Confidential.Column} {
		if name != "" {
			need(at, "merge", name, lca.Text)
		}
	}
	for _, p := range m.Prefer {
		need(at.Get("prefer"), "prefer", p.Column, lca.Text)
		if p.Best != "first" && p.Best != "last" {
			probs.Add(at.Get("prefer").Problem(diag.BadValue, "%q is neither first nor last", p.Best))
		}
	}
}

// checkSums looks at the columns that sums are made of: each has one part, and those that a row must have are all among them.
func (k *Kind) checkSums(file kindFile, need need, probs *diag.List) {
	if k.Sums == nil {
		return
	}
	at, a := file.At.Get("aggregate"), k.Sums
	parts := map[string]int{k.ID: 1, k.Merge.Source: 1, k.Merge.Licence: 1}
	part := func(key, name string, types ...lca.FieldType) {
		need(at.Get(key), key, name, types...)
		parts[name]++
		if parts[name] > 1 {
			probs.Add(at.Get(key).Problem(diag.DuplicateName, "%s: the column %q has another part in a sum already", key, name))
		}
	}
	numeric := []lca.FieldType{lca.Number, lca.Integer}
	for _, name := range a.By {
		part("by", name, lca.Text)
	}
	for _, name := range a.Years {
		part("years", name, lca.Date)
	}
	sums := map[string]bool{}
	for _, s := range a.Sum {
		part("sum", s.Column, numeric...)
		sums[s.Column] = true
		for _, name := range s.Or {
			need(at.Get("sum"), "sum", name, numeric...)
		}
		if s.Share != "" {
			need(at.Get("sum"), "sum", s.Share, numeric...)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(a.Mean)) {
		part("mean", name, numeric...)
		if !sums[a.Mean[name]] {
			probs.Add(at.Get("mean").Get(name).Problem(diag.UnknownName, "mean: %q is no column that is added", a.Mean[name]))
		}
	}
	for _, name := range a.Worst {
		part("worst", name, lca.Text, lca.Number, lca.Integer)
	}
	for _, name := range slices.Sorted(maps.Keys(a.Constant)) {
		part("constant", name, lca.Text)
	}
	for _, f := range k.Columns {
		if f.Required && parts[f.Name] == 0 {
			probs.Add(at.Problem(diag.MissingKey, "every row needs the column %q, of which a sum would have nothing", f.Name))
		}
	}
}
