package study

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// hole is what contributions without a value have in common: a missing factor, or an amount that cannot be computed.
type hole struct {
	kind, impact                         string // of the first contribution, by flow and year
	flow, year                           int32  // its
	factor, category, region, technology string
	from, to                             int                  // calendar years
	byRule                               map[[2]string]*int64 // rows, by kind and rule
	first                                amounts.Origin
	file                                 string
	place                                diag.Place // of the rule
	subject                              string
	why                                  string
	id, lacks                            string // of the first row, see explain
	gap                                  *Gap   // that accepts it
}

type holeKey struct{ kind, impact, factor, of, category, region, technology string } // of: the pack's name of the factor

// holes gathers contributions without a value.
type holes struct{ found map[holeKey]*hole }

// refusal is a hole as contributions of one rule, year and lookup fall into it.
type refusal struct {
	hole    *hole
	rule    *int64      // rows of this rule
	entries []*entrySum // of the ledger, by accounting
	kind    *kindPlan
	key     holeKey
}

// find gives the hole of a contribution, and asks the study whether it accepts it.
func (h *holes) find(a *assessment, part *part, key *amounts.Key, hasAmount bool) refusal {
	f, p := part.scope.flow, a.p
	kind := p.kinds[f.kind]
	k := a.holeOf(part, key, hasAmount)
	o := h.found[k]
	if o == nil {
		if h.found == nil {
			h.found = map[holeKey]*hole{}
		}
		o = &hole{byRule: map[[2]string]*int64{}, kind: kind.kind.Name, flow: math.MaxInt32, factor: k.factor, category: k.category, region: k.region, technology: k.technology,
			from: int(key.Year), to: int(key.Year), gap: p.study.accepts(k)}
		h.found[k] = o
	}
	if key.Flow < o.flow || key.Flow == o.flow && key.Year < o.year { // what is said of a hole is said of its first rule and year
		o.flow, o.year, o.impact, o.place, o.subject, o.why = key.Flow, key.Year, f.rule.Name, f.spec.Place, f.spec.Subject, ""
		if hasAmount {
			o.why = part.err.Error()
		}
	}
	rule := [2]string{kind.kind.Name, f.rule.Name}
	if o.byRule[rule] == nil {
		o.byRule[rule] = new(int64)
	}
	return refusal{hole: o, rule: o.byRule[rule], kind: kind, key: k}
}

// holeOf says which hole a contribution falls into.
func (a *assessment) holeOf(part *part, key *amounts.Key, hasAmount bool) holeKey {
	f, p := part.scope.flow, a.p
	if !hasAmount {
		return holeKey{kind: p.kinds[f.kind].kind.Name, impact: f.rule.Name, category: part.scope.category}
	}
	// A factor that is missing is one hole, whichever rules and inventories need it.
	k := holeKey{factor: f.rule.Factor, of: p.source(f.rule.Factor), category: part.scope.category}
	// Where the pack holds the factor in no row of the category, it is one hole, whatever is asked.
	if tuple := a.space.Tuples.Tuple(key.Lookup); tuple != nil && slices.Contains(p.pack.Categories(k.of), part.scope.category) {
		k.region, k.technology = a.space.Names.Name(tuple[0]), a.space.Names.Name(tuple[1])
	}
	return k
}

// add records a contribution.
func (r *refusal) add(key *amounts.Key, c *amounts.Cell) {
	o := r.hole
	*r.rule += c.Whole
	o.from, o.to = min(o.from, int(key.Year)), max(o.to, int(key.Year))
	if r.kind.kind.Name == o.kind && (o.file == "" || !o.first.Before(c.First)) {
		o.first = c.First
		o.file = r.kind.files()[c.First.File]
	}
}

// rows counts the rows that need what is missing: of each inventory those of the rule that needs it most, for a row may be needed by several rules.
func (o *hole) rows() int64 {
	most := map[string]int64{}
	for k, n := range o.byRule {
		most[k[0]] = max(most[k[0]], *n)
	}
	var sum int64
	for _, n := range most {
		sum += n
	}
	return sum
}

// accepts finds the gap that names a hole.
func (s *Study) accepts(k holeKey) *Gap {
	for i := range s.Gaps {
		g := &s.Gaps[i]
		match := len(g.Categories) == 0 || slices.Contains(g.Categories, k.category)
		if g.Factor != "" {
			match = match && (g.Factor == k.factor || g.Factor == k.of) && (g.Region == "" || g.Region == k.region) && (g.Technology == "" || g.Technology == k.technology)
		} else {
			match = match && k.factor == "" && (g.Kind == "" || g.Kind == k.kind) && (g.Impact == "" || g.Impact == k.impact)
		}
		if match {
			g.used = true
			return g
		}
	}
	if s.lenient {
		return &Gap{Reason: "every gap is accepted, and told"}
	}
	return nil
}

// sorted lists the holes by value.
func (h *holes) sorted() []*hole {
	var out []*hole
	for _, o := range h.found {
		out = append(out, o)
	}
	slices.SortFunc(out, func(a, b *hole) int {
		return cmp.Or(strings.Compare(a.kind, b.kind), cmp.Compare(a.place.Line, b.place.Line), strings.Compare(a.impact, b.impact), strings.Compare(a.factor, b.factor),
			strings.Compare(a.region, b.region), strings.Compare(a.technology, b.technology), rankCategory(a.category, b.category))
	})
	return out
}

// report adds the holes that the study does not accept as errors, and its accepted gaps that nothing needed as warnings.
func (h *holes) report(s *Study, probs *diag.List) {
	// One amount that cannot be computed is one problem, whatever number of categories it leaves open.
	seen := map[[2]string]bool{}
	for _, o := range h.sorted() {
		if o.gap != nil {
			continue
		}
		at := diag.Place{File: o.file, Row: o.first.Row}
		if o.factor == "" {
			if k := [2]string{o.kind, o.impact}; seen[k] {
				continue
			} else {
				seen[k] = true
			}
			why := fmt.Sprintf("no tier of what it uses has all its inputs (rule at %s)", o.place)
			if o.lacks != "" {
				why = fmt.Sprintf("%s (rule at %s)", o.lacks, o.place)
			}
			probs.Add(diag.Problem{Code: diag.MissingAmount, Place: at,
				Message: fmt.Sprintf("the rule %s needs %s, which cannot be computed for this row%s%s", o.impact, o.subject, o.id, others(o.rows())),
				Why:     why,
				Hint:    fmt.Sprintf("supply the inputs, or accept the gap in the study: {kind: %s, impact: %s, reason: ...}", o.kind, o.impact)})
			continue
		}
		p := diag.Problem{Code: diag.MissingFactor, Place: at,
			Message: fmt.Sprintf("no value of the factor %s for %s%s%s%s, needed by this row%s", o.factor, o.category, in(" in ", o.region), in(" of ", o.technology), years(o.from, o.to), others(o.rows())),
			Why:     o.why, Hint: fmt.Sprintf("supply it in the pack, or accept the gap in the study: {factor: %s, categories: [%s]%s%s, reason: ...}", o.factor, o.category, in(", region: ", o.region), in(", technology: ", o.technology))}
		probs.Add(p)
	}
	if probs.Count(diag.Error) > 0 {
		return // what is refused may hide what a gap is for
	}
	for i := range s.Gaps {
		if g := &s.Gaps[i]; !g.used {
			p := g.At.Problem(diag.UnusedGap, "no row needs this gap")
			p.Severity = diag.Warning
			p.Hint = "remove it: it could hide a later hole"
			probs.Add(p)
		}
	}
}

// gaps refuses accepted gaps whose names mean nothing.
func (p *plan) gaps(probs *diag.List) {
	var factorNames []string
	for _, d := range p.pack.Definitions {
		factorNames = append(factorNames, d.Name)
	}
	for _, u := range p.method.Factors {
		if !slices.Contains(factorNames, u.Factor) {
			factorNames = append(factorNames, u.Factor)
		}
	}
	known := func(g *Gap, key, name string, names []string) {
		if name == "" || slices.Contains(names, name) {
			return
		}
		x := g.At.Get(key).Problem(diag.UnknownName, "there is no %s %q", key, name)
		x.Hint = oneOf(name, names)
		probs.Add(x)
	}
	for i := range p.study.Gaps {
		g := &p.study.Gaps[i]
		known(g, "factor", g.Factor, factorNames)
		if _, is := datasets.KindByName(g.Kind); is && !p.method.Has(g.Kind) {
			x := g.At.Get("kind").Problem(diag.UnknownName, "the method %s has no rules for %s", p.method.Ref(), g.Kind)
			x.Hint = "remove this gap: gaps are those of a method, and go with it"
			probs.Add(x)
			continue
		} else if g.Kind != "" && !is {
			continue // reported with the study
		}
		var impacts []string
		for _, k := range p.method.Kinds {
			for _, r := range k.Impacts {
				if (g.Kind == "" || g.Kind == k.Kind) && !slices.Contains(impacts, r.Name) {
					impacts = append(impacts, r.Name)
				}
			}
		}
		if g.Impact != "" && len(impacts) == 0 {
			x := g.At.Get("impact").Problem(diag.UnknownName, "there is no impact %q: the method %s has none", g.Impact, p.method.Ref())
			probs.Add(x)
			continue
		}
		known(g, "impact", g.Impact, impacts)
	}
}

func in(before, word string) string {
	if word == "" {
		return ""
	}
	return before + word
}

func years(from, to int) string {
	switch {
	case from == 0 && to == 0:
		return ""
	case from == to:
		return fmt.Sprintf(" in %d", from)
	}
	return fmt.Sprintf(" in %d to %d", from, to)
}

func others(rows int64) string {
	if rows <= 1 {
		return ""
	}
	return fmt.Sprintf(" and %d more", rows-1)
}
