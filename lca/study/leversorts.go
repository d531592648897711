package study

import (
	"cmp"
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/factors"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/rules"
	"github.com/ai-impact-observatory/ailca/rules/levers"
)

// A difference between two cases is of an action where both count the same sort of figures: with a narrower scope in one of them what is left out would count as saved, and with a margin beside an average the
// question would change and not the answer. What the words of a lever's file leave open, by of or a select that is left out, the pack decides: its rows say of which sort they are.

// sorts refuses a lever whose case has figures of another sort than the case that it is set against, marginal ones of a lever that is not consequential, and factors that nothing reads.
func (x *levering) sorts(l *levers.Lever) error {
	var probs diag.List
	base := x.base.method.Overridden(&l.Under, &diag.List{})
	with := base.Overridden(&l.Overrides, &diag.List{})
	read := func(u *rules.FactorUse) bool {
		if x.base.method.Reads(u.Factor) {
			return true
		}
		p := u.At().ProblemAt(u.Place, diag.UnusedName, "nothing of the method %s reads the factor %q", x.base.method.Ref(), u.Factor)
		p.Hint = "names are the method's own: ailca methods show " + x.base.method.Name
		probs.Add(p)
		return false
	}
	rules.CheckUses(l.Under.Factors, &diag.List{}, func(u *rules.FactorUse, _ []string) {
		if read(u) {
			use := base.Use(u.Factor)
			x.marginal(l, u, &use, &probs)
		}
	})
	rules.CheckUses(l.Overrides.Factors, &diag.List{}, func(u *rules.FactorUse, _ []string) {
		if !read(u) {
			return
		}
		of, than := with.Use(u.Factor), base.Use(u.Factor)
		if len(u.Kinds) > 0 {
			of = with.Use(l.Name + "." + u.Factor)
		}
		if !x.marginal(l, u, &of, &probs) {
			return
		}
		for _, category := range x.base.method.Categories {
			whole, all := x.sortsOf(&of, category, true), x.sortsOf(&than, category, true)
			stray := func(s factors.Select) bool { return !slices.Contains(all, s) }
			if len(whole) == 0 || len(all) == 0 || sameSorts(x.firstSorts(&of, category), x.firstSorts(&than, category)) && !slices.ContainsFunc(whole, stray) {
				continue // what one of them has none of is not known, and told so
			}
			p := u.At().ProblemAt(u.Place, diag.BadValue, "with the lever %s of %s is %s, and without it %s", u.Factor, category, sortNames(whole), sortNames(all))
			p.Why = "the difference would be one of what is counted, not of what is done"
			p.Hint = "name figures of the same sort, or under under those with which both cases are computed"
			probs.Add(p)
			return
		}
	})
	return probs.Err()
}

// marginal refuses marginal figures of a lever that is not consequential, and others in place of marginal ones; false where it does.
func (x *levering) marginal(l *levers.Lever, u, use *rules.FactorUse, probs *diag.List) bool {
	for _, category := range x.base.method.Categories {
		list := x.sortsOf(use, category, true)
		is := func(s factors.Select) bool { return s.Margin == levers.Marginal }
		switch some := slices.ContainsFunc(list, is); {
		case some && l.Approach != levers.Consequential:
			p := u.At().ProblemAt(u.Place, diag.BadValue, "the pack's figures of %s for %s are marginal, and the lever is not said to be consequential", use.Source(), category)
			p.Hint = "approach: consequential"
			probs.Add(p)
			return false
		case some && !slices.ContainsFunc(list, func(s factors.Select) bool { return !is(s) }), !some:
		default:
			probs.Add(u.At().ProblemAt(u.Place, diag.BadValue, "the pack's figures of %s for %s are of several sorts, %s: no other stands for marginal ones", use.Source(), category, sortNames(list)))
			return false
		}
	}
	return true
}

// sortsOf are the sorts of figures of a category that the pack has for a use of a factor, each once, and those that it falls back to.
func (x *levering) sortsOf(use *rules.FactorUse, category string, fallbacks bool) (out []factors.Select) {
	sel := selectOf(use.SelectFor(category))
	choices := []factors.Select{sel}
	for _, f := range use.Fallbacks {
		if kind := selectOf(f.Kind); fallbacks && kind != (factors.Select{}) {
			choices = append(choices, factors.Select{Flow: cmp.Or(kind.Flow, sel.Flow), Point: cmp.Or(kind.Point, sel.Point), Scope: cmp.Or(kind.Scope, sel.Scope), Margin: cmp.Or(kind.Margin, sel.Margin)})
		}
	}
	for i := range x.base.pack.Rows {
		r := &x.base.pack.Rows[i]
		if r.Factor != use.Source() || r.Category != category {
			continue
		}
		s := factors.Select{Flow: r.Flow, Point: r.Point, Scope: r.Scope, Margin: r.Margin}
		if !slices.Contains(out, s) && slices.ContainsFunc(choices, func(c factors.Select) bool { return takes(c, s) }) {
			out = append(out, s)
		}
	}
	return out
}

// firstSorts are those that a use takes first: what it falls back to only where the pack has nothing else.
func (x *levering) firstSorts(use *rules.FactorUse, category string) []factors.Select {
	if first := x.sortsOf(use, category, false); len(first) > 0 {
		return first
	}
	return x.sortsOf(use, category, true)
}

// takes reports whether a choice of figures takes those of a sort.
func takes(c, sort factors.Select) bool {
	return (c.Flow == "" || c.Flow == sort.Flow) && (c.Point == "" || c.Point == sort.Point) && (c.Scope == "" || c.Scope == sort.Scope) && (c.Margin == "" || c.Margin == sort.Margin)
}

func sameSorts(a, b []factors.Select) bool {
	in := func(list []factors.Select) func(factors.Select) bool {
		return func(s factors.Select) bool { return !slices.Contains(list, s) }
	}
	return !slices.ContainsFunc(a, in(b)) && !slices.ContainsFunc(b, in(a))
}

// sortNames names sorts of figures.
func sortNames(list []factors.Select) string {
	var out []string
	for _, s := range list {
		name := s.String()
		if name == "" {
			name = "of no stated sort"
		}
		out = append(out, name)
	}
	slices.Sort(out)
	return strings.Join(out, " or ")
}
