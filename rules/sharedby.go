package rules

import (
	"maps"
	"slices"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// CheckSharedBy looks for the column by whose words rows share errors, in a method's block of uncertainty. columns are those of each kind that the method has rules
// for. It is an error where no kind has a text column of that name, since all rows of a class would share one error, whoever stated them. So do all rows of a
// kind that alone lacks it: of kinds, those that are asked about, there is a warning for each.
func (m *Method) CheckSharedBy(columns map[string][]lca.Field, kinds []string, probs *diag.List) {
	if m.Uncertainty == nil || m.Uncertainty.Inventory == nil || len(columns) == 0 {
		return
	}
	e := m.Uncertainty.Inventory
	at := e.node.Get("shared_by")
	if at == nil || at.Cut || !nameForm.MatchString(e.SharedBy) {
		return // as the loader has told
	}
	var texts []string
	has := map[string]bool{}
	other := false // a column of the name that holds no text
	for _, kind := range slices.Sorted(maps.Keys(columns)) {
		for _, f := range columns[kind] {
			if f.Type == lca.Text {
				texts = append(texts, f.Name)
			}
			if f.Name == e.SharedBy {
				has[kind], other = f.Type == lca.Text, other || f.Type != lca.Text
			}
		}
	}
	const why = "rows without a word in the column share one error with all others of their class that have none"
	if !slices.Contains(texts, e.SharedBy) {
		p := at.Problem(diag.UnknownName, "no kind of the method has a column %s: all rows of a class would share one error", e.SharedBy)
		if other {
			p = at.Problem(diag.BadType, "the column %s holds no text: all rows of a class would share one error", e.SharedBy)
		}
		p.Why = why
		p.Hint = "shared_by: source"
		if near := diag.Nearest(e.SharedBy, texts); near != "" {
			p.Hint = "did you mean " + near + "?"
		}
		probs.Add(p)
		return
	}
	for _, kind := range kinds {
		if has[kind] {
			continue
		}
		p := at.Problem(diag.MissingColumn, "%s has no text column %s: all its rows of a class share one error", kind, e.SharedBy)
		p.Severity, p.Why, p.Hint = diag.Warning, why, "shared_by: a text column that all kinds have, such as source"
		probs.Add(p)
	}
}
