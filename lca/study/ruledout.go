package study

import (
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/rules"
)

// ruleOut finds the parts of which the study's filter keeps no row, by what the file says of them. They are not opened: their rows are counted as
// filtered out, and nothing of them is checked.
func (k *kindPlan) ruleOut() {
	k.ruledOut = nil
	for part := range k.inventory.Parts() {
		out := k.program.RulesOut(func(column string) (rules.Bounds, bool) {
			b, ok := k.inventory.Bounds(part, column)
			return rules.Bounds(b), ok
		})
		if !out {
			continue
		}
		if k.ruledOut == nil {
			k.ruledOut = make([]bool, k.inventory.Parts())
		}
		k.ruledOut[part] = true
	}
}

// leftOut notes how many rows a run did not read: what is wrong with them is told by a check of the inventory alone.
func (p *plan) leftOut(probs *diag.List) {
	for _, k := range p.kinds {
		var rows int64
		for part, out := range k.ruledOut {
			if out {
				rows += k.inventory.Rows(part)
			}
		}
		if rows == 0 {
			continue
		}
		x := p.study.at("where", k.kind.Name).Problem(diag.NotRead, "%d of %d rows of %s were neither read nor checked: by the bounds in the files, the condition keeps none of their row groups",
			rows, k.inventory.TotalRows(), k.kind.Name)
		x.Severity, x.Hint = diag.Note, "ailca validate checks all rows"
		probs.Add(x)
	}
}
