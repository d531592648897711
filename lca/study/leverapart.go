package study

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/factors"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/rules"
	"github.com/ai-impact-observatory/ailca/rules/levers"
)

// A lever stands apart where both of its cases are computed with other factors than the study's, such as marginal ones: the study under these factors, and the same with the lever. It is known what it does
// where these factors are known of all rows that enter a total, so that no average stands in for a marginal factor, and where the study as it is lacks nothing that they lack.

// under computes the study with the factors that a lever's cases share; nil, with the reason, where the method cannot do it and that is no problem.
func (x *levering) under(l *levers.Lever) (*leverCase, string, error) {
	p, why, err := x.leniently(x.plan(&l.Under, nil))
	if why != "" || err != nil {
		return nil, why, err
	}
	c, err := x.assessed(p)
	return c, "", err
}

// impossible says why a lever cannot be computed: numbers that the study does not give, or factors that the pack does not define.
func (x *levering) impossible(l *levers.Lever) (why string, lacks []string) {
	if names := l.Lacking(); len(names) > 0 {
		return fmt.Sprintf("the study does not give %s, which is left to it (lever_parameters)", strings.Join(names, ", ")), nil
	}
	return "", x.undefined(l)
}

// undefined names the factors that a lever asks for by the pack's names and that the pack does not define.
func (x *levering) undefined(l *levers.Lever) (out []string) {
	for _, o := range []*rules.Overrides{&l.Under, &l.Overrides} {
		rules.CheckUses(o.Factors, &diag.List{}, func(u *rules.FactorUse, _ []string) {
			if _, defined := x.base.pack.Definition(u.Of); u.Of != "" && !defined && !slices.Contains(out, u.Of) {
				out = append(out, u.Of)
			}
		})
	}
	return out
}

// lacking names what a lever's cases lack that the study as it is has, and what they have that it lacks.
func (x *levering) lacking(l *levers.Lever, base, alone *leverCase) (lacks, fills []string) {
	m := x.base.method
	if l.Apart() {
		m = m.Overridden(&l.Under, &diag.List{})
	}
	m = m.Overridden(&l.Overrides, &diag.List{})
	where := map[string][]string{} // places of what is looked up otherwise, by what it is
	add := func(list []string, o holeKey, others map[holeKey]bool) []string {
		use, whole := m.Use(o.factor), o
		if whole.factor = use.Whole(); others[o] || others[whole] {
			return list
		}
		name, place := x.nameOfHole(m, l, o)
		if place != "" && !slices.Contains(where[name], place) {
			where[name] = append(where[name], place)
		}
		if !slices.Contains(list, name) {
			return append(list, name)
		}
		return list
	}
	if l.Apart() {
		for _, o := range sortedHoles(base.lacks) {
			lacks = add(lacks, o, x.as.lacks)
		}
	}
	for _, o := range sortedHoles(alone.lacks) {
		lacks = add(lacks, o, x.as.lacks)
	}
	for i, name := range lacks {
		if places := where[name]; len(places) > 0 {
			lacks[i] = name + " (" + strings.Join(places, " ") + ")"
		}
	}
	for _, o := range sortedHoles(x.as.lacks) {
		if whole, part := m.Use(o.factor), m.Use(l.Name+"."+o.factor); whole.By() == "" && part.By() == "" { // what is looked up otherwise is another hole
			fills = add(fills, o, alone.lacks)
		}
	}
	return lacks, fills
}

// nameOfHole names what has no value. A factor that the lever looks up otherwise is called as the pack calls it, with what parts it from the study's own, and its place stands apart: there are as many as the
// study has. Where the pack has no row of that sort it is of no place.
func (x *levering) nameOfHole(m *rules.Method, l *levers.Lever, o holeKey) (name, place string) {
	use := m.Use(o.factor)
	if o.factor == "" || use.By() != l.Name {
		return spaced(cmp.Or(o.factor, o.impact), o.region, o.technology, o.category), ""
	}
	was, source := x.base.method.Use(strings.TrimPrefix(o.factor, l.Name+".")), cmp.Or(o.of, use.Source())
	sel, asked := use.SelectFor(o.category), was.SelectFor(o.category)
	var apart []string
	for _, pair := range [][2]string{{sel.Flow, asked.Flow}, {sel.Point, asked.Point}, {sel.Scope, asked.Scope}, {sel.Margin, asked.Margin}} {
		if pair[0] != pair[1] && pair[0] != "" {
			apart = append(apart, pair[0])
		}
	}
	name = source
	if len(apart) > 0 {
		name += " (" + strings.Join(apart, ", ") + ")"
	}
	if x.supplied(source, o.category, selectOf(sel)) {
		place = spaced(o.region, o.technology)
	}
	return spaced(name, o.category), place
}

// spaced joins words, the empty ones left out.
func spaced(words ...string) string {
	return strings.Join(slices.DeleteFunc(words, func(w string) bool { return w == "" }), " ")
}

// supplied reports whether the pack has any row of a sort of figure.
func (x *levering) supplied(factor, category string, sel factors.Select) bool {
	for i := range x.base.pack.Rows {
		r := &x.base.pack.Rows[i]
		if r.Factor == factor && r.Category == category && takes(sel, factors.Select{Flow: r.Flow, Point: r.Point, Scope: r.Scope, Margin: r.Margin}) {
			return true
		}
	}
	return false
}
