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
// needs no value. Where a file of the mix's layer or of one above holds the same value already, Resolve takes that one. The sum is taken in order of technology; shares
// are used as they are, adding up to 1 within 1e-9. The row's distribution is fixed, since a sum of products of the rows in Derived has no closed
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
	var out []Row
	lacking := map[string]*absent{} // by technology
	count := 0
	for _, group := range l.mixes(d.mix) {
		first := &p.Rows[group[0]]
		for _, years := range l.parts(d, s, group) {
			count++
			row := Row{Factor: d.factor.Name, Category: category, Region: first.Region, region: first.region, technology: p.technologies.code(""), From: years.from, To: years.to,
				Form:   l.forms.one(Form{Flow: d.selects.Flow, Point: d.selects.Point, Scope: d.selects.Scope, Margin: d.selects.Margin}),
				Origin: &Origin{Series: first.Series}, layer: first.layer, stands: 2 * first.layer, order: first.order, published: first.published, table: d.table, line: int32(d.place.Line)}
			complete := true
			var terms []term
			for _, id := range group {
				mix := &p.Rows[id]
				if mix.Value == 0 {
					continue
				}
				value := p.find(s, l.perTechnology(d, mix), years.from, &Select{})
				if value == nil {
					complete = false
					if lacking[mix.Technology] == nil {
						lacking[mix.Technology] = &absent{}
					}
					lacking[mix.Technology].add(&row)
					continue
				}
				terms = append(terms, term{mix, value})
			}
			if complete && l.sum(&row, d, terms) {
				out = append(out, row)
			}
		}
	}
	for _, technology := range slices.Sorted(maps.Keys(lacking)) {
		l.note(d, "%s %s is not derived for %d of %d regions and periods: %s holds no value of %s (%s)",
			d.factor.Name, category, lacking[technology].count, count, d.per.Name, technology, lacking[technology])
	}
	return out
}

// perTechnology is where the values of a mix's technology stand.
func (l *loader) perTechnology(d derivation, mix *Row) placeKey {
	at := placeKey{l.pack.regions.find(""), mix.technology}
	if d.per.byRegion {
		at.region = mix.region
	}
	return at
}

// years is a period, both included; 0 and 0: any year.
type years struct{ from, to int }

// parts divides a mix's period where a value of one of its technologies begins or ends: within a part all are the same for each year.
func (l *loader) parts(d derivation, s *series, group []int32) []years {
	whole := years{l.pack.Rows[group[0]].From, l.pack.Rows[group[0]].To}
	begins := []int{whole.from}
	for _, id := range group {
		at := l.perTechnology(d, &l.pack.Rows[id])
		for _, value := range s.rows(at.region, at.technology) {
			r := &l.pack.Rows[value]
			for _, year := range [...]int{r.From, r.To + 1} {
				if r.From != 0 && whole.from < year && year <= whole.to {
					begins = append(begins, year)
				}
			}
		}
	}
	slices.Sort(begins)
	begins = slices.Compact(begins)
	out := make([]years, len(begins))
	for i, from := range begins {
		out[i] = years{from, whole.to}
		if i > 0 {
			out[i-1].to = from - 1
		}
	}
	return out
}

// derivedUnit is the unit in which the values of a sum are written where all are written in one, else the category's own.
func derivedUnit(d derivation, category string, terms []term) unit.Unit {
	one := terms[0].value
	for _, t := range terms {
		if t.value.UnitText != one.UnitText {
			u, _ := d.factor.expects(category)
			return u
		}
	}
	return one.Unit
}

// term is a product of the sum: a technology's share and value.
type term struct{ share, value *Row }

// sum fills a row's value and provenance from its terms; false, with the problem reported, where the value is not finite.
func (l *loader) sum(row *Row, d derivation, terms []term) bool {
	quality := lca.Names(lca.Words().Qualities)
	worst, latest := 0, int32(0)
	target := derivedUnit(d, row.Category, terms)
	row.Measure = l.measures.measure(target, target.String(), "none")
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
			if r.published > latest {
				latest, origin.Released = r.published, r.Released
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
