package levers

import (
	"cmp"
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
	"github.com/ai-impact-observatory/ailca/rules"
)

// Marginal is the word of margin that makes a lever consequential.
const Marginal = "marginal"

// nothing reports whether a map is left out or empty.
func nothing(n *document.Node) bool {
	return n == nil || n.Kind == document.Null || n.Kind == document.Map && len(n.Fields) == 0
}

// checkFactors refuses factors of two margins in one difference, as far as the lever names them: marginal ones stand in both cases, and the lever says that it is consequential. What it leaves open depends on the
// factor pack, and is told where the lever is computed.
func (l *Lever) checkFactors(probs *diag.List) {
	if n := l.root.Get("approach"); n != nil && l.Approach != Attributional && l.Approach != Consequential {
		p := n.Problem(diag.UnknownName, "there is no approach %q", l.Approach)
		p.Hint = "one of " + Attributional + ", " + Consequential
		probs.Add(p)
	}
	if n := l.root.Get("accountings"); n != nil && len(l.Accountings) > 0 && !l.Apart() {
		p := n.Problem(diag.BadValue, "accountings are named of a lever whose cases have factors of their own")
		p.Why = "what others do is added up under each accounting"
		probs.Add(p)
	}
	known := lca.Names(lca.Words().Accountings)
	for i, name := range l.Accountings {
		if !slices.Contains(known, name) {
			p := l.root.Get("accountings").Items[i].Problem(diag.UnknownName, "there is no accounting %q", diag.Excerpt(name, 80))
			p.Hint = "one of " + strings.Join(known, ", ")
			probs.Add(p)
		}
	}
	under, marginal := map[string][]string{}, false // words of margin, by factor
	rules.CheckUses(l.Under.Factors, probs, func(u *rules.FactorUse, margins []string) {
		under[u.Factor] = margins
		marginal = marginal || slices.Contains(margins, Marginal)
		if len(u.Kinds) > 0 {
			probs.Add(u.At("kinds").Problem(diag.BadValue, "under says with which factors both cases are computed, of whatever kind"))
		}
		l.checkMargins(u, margins, probs)
	})
	rules.CheckUses(l.Overrides.Factors, probs, func(u *rules.FactorUse, margins []string) {
		if than := under[u.Factor]; len(margins)+len(than) > 0 && !slices.Equal(margins, than) && (slices.Contains(margins, Marginal) || len(margins) > 0 && len(than) > 0) {
			p := u.At().ProblemAt(u.Place, diag.BadValue, "the lever's case has %s of another sort than the case that it is set against, %s beside %s", u.Factor, strings.Join(margins, " or "), cmp.Or(strings.Join(than, " or "), "average"))
			p.Hint = "name factors of the same margin under under, with which both cases are computed"
			probs.Add(p)
		}
		l.checkMargins(u, margins, probs)
	})
	if l.Approach == Consequential && !marginal {
		p := l.root.Get("approach").Problem(diag.BadValue, "a consequential lever says under under which marginal factors it is computed with")
		p.Hint = "under: {electricity: {select: {margin: marginal}}}"
		probs.Add(p)
	}
}

// checkMargins refuses a marginal factor of a lever that is not consequential, and another one beside it.
func (l *Lever) checkMargins(u *rules.FactorUse, margins []string, probs *diag.List) {
	switch {
	case !slices.Contains(margins, Marginal):
	case l.Approach != Consequential:
		p := u.At().ProblemAt(u.Place, diag.BadValue, "%s is marginal, and the lever is not said to be consequential", u.Factor)
		p.Hint = "approach: consequential"
		probs.Add(p)
	case len(margins) > 1:
		probs.Add(u.At().ProblemAt(u.Place, diag.BadValue, "%s is of several sorts, %s: marginal factors stand for nothing but what a change causes, and no other stands for them", u.Factor, strings.Join(margins, ", ")))
	}
}
