package study

import (
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/factors"
	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/amounts"
	"github.com/ai-impact-observatory/ailca/lca/exact"
	"github.com/ai-impact-observatory/ailca/lca/unit"
	"github.com/ai-impact-observatory/ailca/rules"
)

// A run has far fewer questions to the factor pack than it has cells: what is found for a flow, year and lookup is kept with all that follows from it, so
// that a contribution costs arithmetic and no search.

// flow is a rule with its words as places in the vocabulary.
type flow struct {
	at                          int32
	rule                        *rules.Impact // nil of a functional unit
	spec                        *rules.FlowRule
	unit                        bool
	rules                       *rules.KindRules // that it is one of
	kind                        int
	stage, perspective, shareOf uint8
	energy                      float64 // what an amount is multiplied by to be in kWh; 0: it is no energy, or needs no factor
	scopes                      map[scopeKey]*scope
	account                     accountOf // what it is to the account of both perspectives
}

type scopeKey struct {
	year     int32
	category string
}

// scope is what contributions of one flow, year and category have in common.
type scope struct {
	flow       *flow
	year       int32
	category   string
	categoryAt uint8
	under      []under
	hole       refusal // of amounts that cannot be computed
}

// under is a scope under one accounting: where its contributions are recorded, each made for the first of them.
type under struct {
	name       string
	accounting uint8
	burden     int // place in a ratio
	rows       *impactBin
	values     []*entrySum // ledger entries, by class
	ways       []*entrySum // and by way
	energy     *[2]exact.Sum
	incomplete bool
}

// answerKey is what an answer depends on.
type answerKey struct{ flow, year, lookup, unless int32 }

// answer is what the pack says of the cells of a key: a part for each category, save those in which a factor's row already holds the amount.
type answer struct{ parts []*part }

type part struct {
	scope   *scope
	found   *factors.Found // nil where the rule states the value itself, and where refused
	factor  float64        // in the category's unit per unit of the amount
	class   int            // of the factor's row
	ways    []int          // that led to the row, see way
	refused bool           // there is no factor
	err     error          // why
	lookup  int32
	hole    refusal // of the missing factor
}

// row is that of the factor; nil of none.
func (x *part) row() *factors.Row {
	if x.found == nil {
		return nil
	}
	return x.found.Row
}

// monomial is a product of symbols at their point values, with the ways that led to these.
type monomial struct {
	known bool
	value float64
	ways  []int
}

func (a *assessment) flow(i int) flow {
	p, words := a.p, lca.Words()
	f := flow{at: int32(i), spec: &p.flows[i], rule: p.flows[i].Impact, unit: p.flows[i].Unit != nil, kind: p.flowKind[i], scopes: map[scopeKey]*scope{}}
	name := p.kinds[f.kind].kind.Name
	f.rules = &p.method.Kinds[slices.IndexFunc(p.method.Kinds, func(k rules.KindRules) bool { return k.Kind == name })]
	if r := f.rule; r != nil {
		f.stage, f.perspective, f.shareOf = placeOf(words.Stages, r.Stage), placeOf(words.Perspectives, r.Perspective), placeOf(words.ShareOf, r.ShareOf)
		if r.Factor != "" {
			f.energy = kilowattHours(f.spec.Measure)
		}
	}
	return f
}

func (f *flow) scope(year int32, category string) *scope {
	k := scopeKey{year, category}
	s := f.scopes[k]
	if s == nil {
		words := lca.Words()
		s = &scope{flow: f, year: year, category: category, categoryAt: placeOfCategory(category)}
		for _, name := range f.rule.Accountings {
			u := under{name: name, accounting: placeOf(words.Accountings, name), values: make([]*entrySum, len(words.Qualities))}
			u.burden = burdenAt(s.categoryAt, f.perspective, u.accounting)
			s.under = append(s.under, u)
		}
		f.scopes[k] = s
	}
	return s
}

// answer is that of a cell.
func (a *assessment) answer(key *amounts.Key) *answer {
	k := answerKey{key.Flow, key.Year, key.Lookup, key.Unless}
	if found := a.answers[k]; found != nil {
		return found
	}
	f := &a.flows[key.Flow]
	out := &answer{}
	for _, category := range f.rule.Covers() {
		if key.Unless != amounts.None && a.p.held(a.space, f.rule, category, key) {
			continue
		}
		if f.rule.Category != "" {
			x := &part{scope: f.scope(key.Year, category), lookup: key.Lookup}
			x.ways = a.standingIn(f, nil)
			out.parts = append(out.parts, x)
			continue
		}
		x := a.part(f, category, key)
		if x.refused && len(f.standIns(category)) > 0 {
			continue // others stand in: what they lack is told of them
		}
		if x.refused && a.p.filler != nil {
			a.fill(x, f, category, key)
		}
		out.parts = append(out.parts, x)
	}
	a.answers[k] = out
	return out
}

// part asks the pack for a factor in a category.
func (a *assessment) part(f *flow, category string, key *amounts.Key) *part {
	x := &part{scope: f.scope(key.Year, category), lookup: key.Lookup}
	found, err := a.p.find(a.space, f.rule.Factor, category, key.Lookup, int(key.Year))
	if err != nil {
		x.refused, x.err = true, err
		return x
	}
	x.found, x.class = &found, classIndex(found.Row.Quality)
	x.factor = float64(found.Row.Value * a.p.toCategory(found.Row))
	x.ways = a.standingIn(f, a.ledger.waysTo(&found))
	return x
}

// inTotal reports whether a flow adds up to totals, and so to intensities and to what the ledger says of totals: an option is an alternative beside them, a credit a memo line.
func (f *flow) inTotal() bool { return f.shareOf == 0 } // the first of share_of is total

// standIns are the impacts that stand in for a flow's in a category.
func (f *flow) standIns(category string) []string { return f.rules.StandIns(f.rule, category) }

// standingIn adds to the ways of a contribution that it stands in for that of another impact, whose factor has no row.
func (a *assessment) standingIn(f *flow, ways []int) []int {
	for i := range f.rule.Unless {
		if u := &f.rule.Unless[i]; u.For != "" {
			ways = append(ways, a.ledger.ways.number(way{entryFallback, a.p.source(u.Factor), "no row: " + f.rule.Name + " in place of " + u.For}))
		}
	}
	return ways
}

// find resolves a factor's lookup in a category.
func (p *plan) find(space *amounts.Space, factor, category string, lookup int32, year int) (factors.Found, error) {
	region, technology := "", ""
	if tuple := space.Tuples.Tuple(lookup); tuple != nil {
		region, technology = space.Names.Name(tuple[0]), space.Names.Name(tuple[1])
	}
	return p.resolve(factor, category, region, technology, year)
}

// source is the pack's name of a factor that the method names.
func (p *plan) source(factor string) string {
	use := p.method.Use(factor)
	return use.Source()
}

// held reports whether a factor's row already holds an amount.
func (p *plan) held(space *amounts.Space, r *rules.Impact, category string, key *amounts.Key) bool {
	pair := space.Tuples.Tuple(key.Unless)
	for i := range r.Unless {
		u := &r.Unless[i]
		found, err := p.resolve(u.Factor, category, "", space.Names.Name(pair[rules.UnlessKey(i)]), int(key.Year))
		if err == nil && u.Holds(found.Row.Boundary) {
			return true
		}
	}
	return false
}

// toCategory is what a row's value is multiplied by to be in the category's unit per unit of activity.
func (p *plan) toCategory(row *factors.Row) float64 {
	to, _ := p.pack.Unit(row.Factor, row.Category)
	f, _ := unit.Factor(row.Unit, to) // the pack's loader has refused rows in other dimensions
	return f
}

// monomial is that of a number.
func (a *assessment) monomial(id int32) *monomial {
	for int(id) >= len(a.monomials) {
		a.monomials = append(a.monomials, monomial{})
	}
	m := &a.monomials[id]
	if m.known {
		return m
	}
	m.known, m.value = true, a.space.Monomials.Value(id)
	for _, p := range a.space.Monomials.Powers(id) {
		if found, ok := factorOf(a.space.Monomials.At(p.Symbol).Ref); ok {
			for _, w := range a.ledger.waysTo(&found) {
				if !slices.Contains(m.ways, w) {
					m.ways = append(m.ways, w)
				}
			}
		}
	}
	return m
}

// factorOf is the factor's row that a symbol stands for, by itself or within bounds.
func factorOf(ref any) (factors.Found, bool) {
	if within, ok := ref.(rules.Within); ok {
		ref = within.Of.Ref
	}
	found, ok := ref.(factors.Found)
	return found, ok
}

// way is what is to be said of how a factor's row came to be taken: a fallback from what was asked for, or a row of a pack that lies over another.
type way struct{ entry, factor, detail string }

// waysTo are the numbers of the ways that led to a row; none where it is the undermost pack's own and exactly what was asked for.
func (l *ledger) waysTo(found *factors.Found) []int {
	var out []int
	if !found.Exact() {
		out = append(out, l.ways.number(way{entryFallback, found.Row.Factor, strings.Join(found.Steps(), ", ")}))
	}
	for _, r := range l.p.pack.Overlaid(found.Row) {
		out = append(out, l.ways.number(way{entryOverlay, r.Factor, l.p.pack.Layer(r).Ref + ": " + r.String()}))
	}
	return out
}
