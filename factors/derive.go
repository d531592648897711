package factors

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/unit"
)

// derivation computes rows of a factor: for each region and period of a mix, the sum over its technologies of share × the
// technology's value.
type derivation struct {
	factor, mix, per *Definition
	categories       []string
	selects          Select // what kind of figure the rows are
	place            diag.Place
	table            *Table // stands in for the file of the rows
}

// derive appends the derived rows to the pack, in order of pack.yaml, category, region and period.
//
// A technology of the mix that has a share but no value leaves the region and period without a row: a note says so; a share of exactly 0
// needs no value. Where the pack's files hold the same value already, that one stands. The sum is taken in order of technology; shares are used
// as they are, adding up to 1 within 1e-9. The row's distribution is fixed, since a sum of products of the rows in Derived has no closed
// form: who draws, draws those.
func (l *loader) derive() bool {
	if l.failed() {
		return false // rows are missing: what was computed without them would be wrong
	}
	var out []Row
	for _, d := range l.derived {
		for _, category := range d.categories {
			out = append(out, l.deriveCategory(d, category)...)
		}
	}
	for i := range out {
		out[i].ID = int32(len(l.pack.Rows))
		l.pack.Rows = append(l.pack.Rows, out[i])
	}
	return len(out) > 0
}

func (l *loader) deriveCategory(d derivation, category string) []Row {
	p := l.pack
	s := p.series[seriesKey{d.per.Name, category}]
	if s == nil {
		l.note(d, "no row of %s %s is derived: %s holds no value of that category", d.factor.Name, category, d.per.Name)
		return nil
	}
	if err := p.Ambiguity(d.per.Name, category, Select{}); err != nil {
		l.probs.Errorf(diag.BadValue, d.place, "%v", err)
		return nil
	}
	target, text := l.derivedUnit(d, s, category)
	var out []Row
	lacking := map[string]*absent{} // by technology
	groups := l.mixes(d.mix)
	for _, group := range groups {
		first := &p.Rows[group[0]]
		row := Row{Factor: d.factor.Name, Category: category, Region: first.Region, region: first.region, technology: l.pack.technologies.code(""), From: first.From, To: first.To,
			Measure: l.measures.measure(target, text, "none"), Form: l.forms.one(Form{Flow: d.selects.Flow, Point: d.selects.Point, Scope: d.selects.Scope, Margin: d.selects.Margin}),
			Origin: &Origin{Series: first.Series}, layer: first.layer, mix: first.layer, order: first.order, table: d.table, line: int32(d.place.Line)}
		if l.written(&row) {
			continue
		}
		complete := true
		var terms []term
		for _, id := range group {
			mix := &p.Rows[id]
			if mix.Value == 0 {
				continue
			}
			value := l.perTechnology(d, s, mix)
			if value == nil {
				complete = false
				if lacking[mix.Technology] == nil {
					lacking[mix.Technology] = &absent{}
				}
				lacking[mix.Technology].add(mix)
				continue
			}
			terms = append(terms, term{mix, value})
		}
		if complete && l.sum(&row, d, terms) {
			out = append(out, row)
		}
	}
	for _, technology := range slices.Sorted(maps.Keys(lacking)) {
		l.note(d, "%s %s is not derived for %d of %d regions and periods: %s holds no value of %s (%s)",
			d.factor.Name, category, lacking[technology].count, len(groups), d.per.Name, technology, lacking[technology])
	}
	return out
}

// perTechnology is the row that gives a technology's value over all of a mix's period, or nil.
func (l *loader) perTechnology(d derivation, s *series, mix *Row) *Row {
	place := placeKey{l.pack.regions.find(""), mix.technology}
	if d.per.byRegion {
		place.region = mix.region
	}
	r := l.pack.find(s, place, mix.From, &Select{})
	if r == nil || r.From != 0 && (mix.From == 0 || r.To < mix.To) {
		return nil
	}
	return r
}

// written reports whether the pack's files hold a row of the same kind for a year of this one.
func (l *loader) written(row *Row) bool {
	s := l.pack.series[seriesKey{row.Factor, row.Category}]
	if s == nil {
		return false
	}
	return slices.ContainsFunc(s.rows(row.region, row.technology), func(id int32) bool {
		r := &l.pack.Rows[id]
		return r.layer >= row.layer && r.selectors() == row.selectors() && r.overlaps(row)
	})
}

// derivedUnit is the unit in which a technology's values are written where all are written in one, else the category's own.
func (l *loader) derivedUnit(d derivation, s *series, category string) (unit.Unit, string) {
	var texts []string
	var u unit.Unit
	for _, id := range s.ids {
		if r := &l.pack.Rows[id]; !slices.Contains(texts, r.UnitText) && len(texts) < 2 {
			texts, u = append(texts, r.UnitText), r.Unit
		}
	}
	if len(texts) != 1 {
		u, _ = d.factor.expects(category)
	}
	return u, u.String()
}

// term is a product of the sum: a technology's share and value.
type term struct{ share, value *Row }

// sum fills a row's value and provenance from its terms; false, with the problem reported, where the value is not finite.
func (l *loader) sum(row *Row, d derivation, terms []term) bool {
	quality := lca.Names(lca.Words().Qualities)
	worst := 0
	var sources, licences, arithmetic []string
	origin := Origin{Series: row.Series}
	for _, t := range terms {
		factor, _ := l.scale(t.value, row.Unit, row.UnitText)
		part := l.share(t.share)
		value := float64(t.value.Value * factor)
		row.Value = float64(part*value) + row.Value
		arithmetic = append(arithmetic, t.share.Technology+" "+number(part)+" × "+number(value))
		for _, r := range []*Row{t.share, t.value} {
			row.Derived = append(row.Derived, r.ID)
			worst = max(worst, slices.Index(quality, r.Quality))
			row.layer = max(row.layer, r.layer)
			if r.published > row.published {
				row.published, origin.Released = r.published, r.Released
			}
			sources = appendNew(sources, r.Source)
			licences = appendNew(licences, r.Licence)
		}
	}
	if math.IsInf(row.Value, 0) || math.IsNaN(row.Value) {
		l.probs.Errorf(diag.Overflow, d.place, "%s for %s is not finite", row.title(), row.period())
		return false
	}
	slices.Sort(licences)
	origin.Quality = quality[worst]
	origin.Source = "computed from " + d.mix.Name + " and " + d.per.Name + ": " + strings.Join(sources, "; ")
	origin.Licence = "derived from " + strings.Join(licences, "; ")
	origin.URL = terms[0].share.URL
	row.Origin = l.origins.one(origin)
	row.Note = "sum of share × value in " + row.UnitText + ": " + strings.Join(arithmetic, " + ")
	return true
}

func (l *loader) note(d derivation, format string, args ...any) {
	l.probs.Add(diag.Problem{Code: diag.MissingValue, Severity: diag.Note, Place: d.place, Message: fmt.Sprintf(format, args...)})
}

// absent counts what was left out and names the first of it.
type absent struct {
	count int
	names []string
}

func (a *absent) add(r *Row) {
	const named = 5
	if a.count++; len(a.names) < named {
		a.names = append(a.names, strings.TrimSpace(r.Region+" "+r.period()))
	}
}

func (a *absent) String() string {
	out := strings.Join(a.names, ", ")
	if more := a.count - len(a.names); more > 0 {
		out += " and " + strconv.Itoa(more) + " more"
	}
	return out
}

func number(v float64) string { return strconv.FormatFloat(v, 'g', 6, 64) }

func appendNew(list []string, s string) []string {
	if slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}
