package levers

import (
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
	"github.com/ai-impact-observatory/ailca/rules"
)

// Sets says what the lever sets, an entry each: name = formula, when condition (kinds), and factors that it looks up otherwise.
func (l *Lever) Sets() (out []string) {
	for i := range l.Overrides.Set {
		o := &l.Overrides.Set[i]
		text := o.Name + " = " + strings.TrimSpace(o.Expr.Text)
		if o.When != nil {
			text += ", when " + strings.TrimSpace(o.When.Text)
		}
		out = append(out, text+ofKinds(o.Kinds))
	}
	return append(out, usesIn(l.Overrides.Factors)...)
}

// LooksUp names the method's factors that the lever looks up otherwise, in either case.
func (l *Lever) LooksUp() (out []string) {
	for _, n := range []*document.Node{l.Under.Factors, l.Overrides.Factors} {
		rules.CheckUses(n, &diag.List{}, func(u *rules.FactorUse, _ []string) {
			if len(out) == 0 || out[len(out)-1] != u.Factor {
				out = append(out, u.Factor)
			}
		})
	}
	return out
}

// UnderWhat says which factors both cases of a lever that stands apart are computed with.
func (l *Lever) UnderWhat() []string { return usesIn(l.Under.Factors) }

func usesIn(n *document.Node) (out []string) {
	rules.CheckUses(n, &diag.List{}, func(u *rules.FactorUse, _ []string) {
		text := u.Factor
		if u.Of != "" {
			text += " from " + u.Of
		}
		var words []string
		for _, word := range []string{u.Select.Flow, u.Select.Point, u.Select.Scope, u.Select.Margin} {
			if word != "" {
				words = append(words, word)
			}
		}
		if len(words) > 0 {
			text += " that is " + strings.Join(words, ", ")
		}
		out = append(out, text+ofKinds(u.Kinds))
	})
	return out
}

func ofKinds(kinds []string) string {
	if len(kinds) == 0 {
		return ""
	}
	return " (" + strings.Join(kinds, ", ") + ")"
}
