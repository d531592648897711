package study

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/draws"
	"github.com/ai-impact-observatory/ailca/lca/montecarlo"
)

// intervals is how sure the figures of a run are.
type intervals struct {
	*drawn
	rows      map[rowForm]*montecarlo.Summary // of the impact table
	ratios    []*montecarlo.Summary           // of the intensity table, by number less 1
	sums      []lca.Interval
	rankings  []lca.Ranking
	causes    []lca.Cause
	noCauses  int            // totals of the study's year whose variance is not parted
	quantiles []lca.Quantile // that the study asks for
	model     *quantities
}

// leastError is the part of a figure that a row has at least whose own error is drawn by itself.
const leastError = 0.002

// probabilities are those of the quantiles that every table gives.
var probabilities = []float64{0.05, 0.5, 0.95}

// draw makes a model of the figures of a run, and draws it.
func (a *assessment) draw(ctx context.Context, o *Options) error {
	f := a.forms
	q := newQuantities(a.p, a.space)
	if len(f.redraws.keys) > 0 {
		var err error
		if q.redrawing, err = a.newRedrawing(ctx, q, o); err != nil {
			return err
		}
	}
	b := f.builder(q)
	sums, rows, ratios := f.sumKeys(), f.rowKeys(), f.ratioOrder()
	for _, k := range sums {
		b.figure(f.sumNames(k), f.aggregates[k])
	}
	for _, k := range rows {
		b.figure(f.rowNames(k), f.rows[k])
	}
	for i, at := range ratios {
		r := f.ratios[at]
		b.figure(f.ratioNames(r), r.impact)
		last := &q.model.Figures[len(q.model.Figures)-1]
		last.Per = b.terms(r.units)
		last.Beside = i > 0 && f.ratios[ratios[i-1]].beside(r)
	}
	drawn, err := a.p.sample(ctx, q, sums, o)
	if err != nil {
		return err
	}
	summaries := drawn.summaries
	in := &intervals{drawn: drawn, rows: map[rowForm]*montecarlo.Summary{}, ratios: make([]*montecarlo.Summary, len(f.ratios)), model: q}
	for i, k := range sums {
		x := f.interval(k, f.aggregates[k].value.Float64(), &summaries[i])
		in.sums = append(in.sums, x)
		for n, probability := range a.p.study.Sampling.Quantiles {
			at := len(probabilities) + n
			in.quantiles = append(in.quantiles, lca.Quantile{Study: x.Study, Scenario: x.Scenario, Year: x.Year, Category: x.Category, Unit: x.Unit, Perspective: x.Perspective,
				Accounting: x.Accounting, By: x.By, Name: x.Name, Probability: probability, Value: summaries[i].Quantiles[at], Low: summaries[i].Low[at], High: summaries[i].High[at],
				Method: x.Method, Pack: x.Pack})
		}
	}
	if in.causes, in.noCauses, err = a.parted(ctx, q, sums, o); err != nil {
		return err
	}
	summaries = summaries[len(sums):]
	for i, k := range rows {
		in.rows[k] = &summaries[i]
	}
	summaries = summaries[len(rows):]
	for i, at := range ratios {
		in.ratios[at] = &summaries[i]
	}
	in.rank(f, ratios, summaries)
	a.intervals, a.impacts.intervals, a.intensities.intervals = in, in, in
	return nil
}

// drawn is what came of drawing a model.
type drawn struct {
	design    *draws.Design
	summaries []montecarlo.Summary // of each figure
	largest   float64              // error of the ends of totals' intervals, as a part of the total
}

// sample draws a model whose first figures are the aggregates. Where the study states a tolerance, draws are doubled until the ends of all totals' intervals
// are known as well, or there are as many as it allows.
func (p *plan) sample(ctx context.Context, q *quantities, sums []aggregateKey, o *Options) (*drawn, error) {
	s := &p.study.Sampling
	for n := s.Draws; ; n = min(2*n, s.MostDraws) {
		design, err := p.design(q, n)
		if err != nil {
			return nil, err
		}
		d := &drawn{design: design}
		d.summaries, err = q.model.Run(ctx, montecarlo.Options{Design: d.design, Probabilities: slices.Concat(probabilities, s.Quantiles), Jobs: o.Jobs, Memory: rowsMemory(o.Memory)})
		if err != nil {
			return nil, err
		}
		if err := p.finite(q, d.summaries); err != nil {
			return nil, err
		}
		for i, k := range sums {
			if x := &d.summaries[i]; k.by == byTotal && x.Quantiles[1] != 0 {
				for _, end := range []int{0, 2} {
					d.largest = max(d.largest, (x.High[end]-x.Low[end])/2/abs(x.Quantiles[1]))
				}
			}
		}
		if s.Tolerance == 0 || d.largest <= s.Tolerance || n >= s.MostDraws {
			return d, nil
		}
	}
}

// finite refuses figures whose draws are no numbers: it names what they divide by and what is most uncertain of them.
func (p *plan) finite(q *quantities, summaries []montecarlo.Summary) error {
	for i := range summaries {
		s := &summaries[i]
		if sum := s.Mean + s.SD + s.Quantiles[0] + s.Quantiles[len(s.Quantiles)-1]; !math.IsNaN(sum) && !math.IsInf(sum, 0) {
			continue
		}
		figure := &q.model.Figures[i]
		var divisors []string
		for _, t := range slices.Concat(figure.Terms, figure.Per) {
			for _, power := range q.model.Products[t.Product] {
				if name := q.about[power.Variable].title; power.Exponent < 0 && !slices.Contains(divisors, name) {
					divisors = append(divisors, name)
				}
			}
		}
		x := p.study.at("draws").Problem(diag.NotFinite, "some draw of a figure is no finite number: %s", figure.Name)
		x.Why = "a quantity that it is divided by comes to 0, or a spread is so wide that its mean is beyond what a double holds"
		x.Hint = "look at the distributions of the method's parameters and the pack's factors"
		if len(divisors) > 0 {
			slices.Sort(divisors)
			x.Hint = "look at the distributions of what it is divided by: " + strings.Join(divisors[:min(len(divisors), 5)], ", ")
		}
		var probs diag.List
		probs.Add(x)
		return probs.Err()
	}
	return nil
}

// record is what run.json says of it.
func (in *intervals) record(s *Sampling) *sampled {
	out := &sampled{Seed: s.Seed, Points: s.Points.String(), Quantiles: s.Quantiles, Tolerance: s.Tolerance, Quantities: in.model.count(), Dimensions: in.design.Ranked, Redrawn: in.model.redrawing.counts()}
	if s.Tolerance > 0 {
		reached := in.largest <= s.Tolerance
		out.Error, out.Reached = &in.largest, &reached
	}
	return out
}

// describe says how figures were drawn.
func (in *intervals) describe(s *Sampling) string {
	drawn := *s
	drawn.Draws, drawn.Tolerance = in.design.Draws, 0
	return drawn.describe()
}

// unreached says that the tolerance of a study was not reached; empty where it was, or where the study states none.
func (in *intervals) unreached(s *Sampling) string {
	if s.Tolerance == 0 || in.largest <= s.Tolerance {
		return ""
	}
	return fmt.Sprintf("the tolerance of %v is not reached: with %d draws the ends of the totals' intervals may be off by up to %.2g of the median", s.Tolerance, in.design.Draws, in.largest)
}

// undrawn warns of what has no interval, or too narrow a one.
func (a *assessment) undrawn(probs *diag.List) {
	warn := func(hint, format string, args ...any) {
		probs.Add(diag.Problem{Code: diag.NotDrawn, Severity: diag.Warning, Message: fmt.Sprintf(format, args...), Hint: hint})
	}
	const fewer = "group by fewer columns, or allow more: max_intervals, up to 1000000"
	if a.forms.rows == nil {
		warn(fewer, "the table of impacts has more than %d rows: none of them has an interval; totals and their parts have", a.forms.most)
	}
	if a.forms.noRatios {
		warn(fewer, "the table of intensities has more than %d rows: none of them has an interval", a.forms.most)
	}
	if n := a.intervals.noCauses; n > 0 {
		warn("group by fewer columns", "totals: %d are sums of more than %d different products, or of too many quantities: what their variance comes from is not told", n, mostOfCauses)
	}
	if text := a.intervals.unreached(&a.p.study.Sampling); text != "" {
		x := a.p.study.at("tolerance").Problem(diag.NotDrawn, "%s", text)
		x.Severity, x.Hint = diag.Warning, "allow more draws (max_draws), or a larger tolerance"
		probs.Add(x)
	}
	for by, dropped := range a.forms.dropped {
		if dropped {
			warn(fewer, "the totals have more than %d parts: some by %s have no interval", 4*a.forms.most, aggregateNames[by])
		}
	}
	if names := a.intervals.model.atPoints; len(names) > 0 {
		warn("name the inventory of their rows in place of amounts that another run has scanned; ailca run STUDY --explain-plan says which rules have no normal form", "%s: taken at the point value in every draw where a rule has no normal form, so that intervals are too narrow",
			strings.Join(names[:min(len(names), 5)], ", "))
	}
}

// sumKeys are the aggregates in their order: scenario, year, perspective, accounting, category, column, name.
func (f *forms) sumKeys() []aggregateKey {
	var out []aggregateKey
	for k := range f.aggregates {
		out = append(out, k)
	}
	slices.SortFunc(out, func(a, b aggregateKey) int {
		return cmp.Or(cmp.Compare(a.scenario, b.scenario), cmp.Compare(a.year, b.year), cmp.Compare(a.perspective, b.perspective), cmp.Compare(a.accounting, b.accounting), cmp.Compare(a.category, b.category),
			cmp.Compare(a.by, b.by), strings.Compare(a.name, b.name))
	})
	return out
}

// figureNames are the name of a figure, and that of the errors of the rows behind it, which are the same ones in each category and under each accounting.
type figureNames struct{ name, rows string }

func (f *forms) sumNames(k aggregateKey) figureNames {
	w := lca.Words()
	of := fmt.Sprintf("sum %d %s %s %q", k.year, w.Perspectives[k.perspective].Name, aggregateNames[k.by], k.name)
	names := figureNames{fmt.Sprintf("%s %s %s", of, w.Accountings[k.accounting].Name, w.Categories[k.category].Name), of}
	if f.totalsOnly { // of a projection, whose rows are those of the study's year in all years and scenarios
		names.name = fmt.Sprintf("%s %s", f.a.impacts.scenarios[k.scenario], names.name)
		names.rows = fmt.Sprintf("sum %d %s %s %q", f.a.p.study.Year, w.Perspectives[k.perspective].Name, aggregateNames[k.by], k.name)
	}
	return names
}

// rowKeys are the rows of the impact table that have intervals, in an order that names give.
func (f *forms) rowKeys() []rowForm {
	var out []rowForm
	for k := range f.rows {
		out = append(out, k)
	}
	slices.SortFunc(out, func(a, b rowForm) int {
		x, y := &a.bin.key, &b.bin.key
		return cmp.Or(cmp.Compare(x.year, y.year), cmp.Compare(x.perspective, y.perspective), cmp.Compare(x.accounting, y.accounting), cmp.Compare(x.category, y.category),
			cmp.Compare(x.stage, y.stage), cmp.Compare(x.kind, y.kind), cmp.Compare(a.group, b.group), cmp.Compare(a.class, b.class), cmp.Compare(a.shareOf, b.shareOf))
	})
	return out
}

func (f *forms) rowNames(k rowForm) figureNames {
	w, x := lca.Words(), &k.bin.key
	of := fmt.Sprintf("row %d %s %s %s %s %s %q", x.year, w.Perspectives[x.perspective].Name, w.Stages[x.stage].Name, f.a.p.kinds[x.kind].kind.Name, w.Qualities[k.class].Name,
		w.ShareOf[k.shareOf].Name, f.groupNames(k.group))
	return figureNames{fmt.Sprintf("%s %s %s", of, w.Accountings[x.accounting].Name, w.Categories[x.category].Name), of}
}

// groupNames are the names of a result group.
func (f *forms) groupNames(group uint32) []string {
	out := make([]string, groupColumns)
	for i := range out {
		out[i] = f.a.names.columns[i].name(group)
	}
	return out
}

// errorName is under what a row's own error is drawn.
func (f *forms) errorName(e rowError) string {
	name := fmt.Sprintf("row %s %q %q %s %x %d", f.a.p.kinds[f.kinds[e.group]].kind.Name, f.groupNames(e.group), f.splits.keys[e.split], f.spreads.keys[e.spread].name, e.row, e.like)
	if e.part > 0 {
		name += fmt.Sprintf(" %q", f.parts.keys[e.part-1])
	}
	return name
}

// errorTitle is what a person calls it.
func (f *forms) errorTitle(e rowError) string {
	names := slices.DeleteFunc(f.groupNames(e.group), func(s string) bool { return s == "" })
	out := strings.Join(names, " · ") + " (" + f.spreads.keys[e.spread].name + ")"
	if f.groupNames(e.group)[0] == "" { // a group of many rows
		out += fmt.Sprintf(", row %04x", e.row>>48)
	}
	return out
}

// interval is a row of the table of intervals.
func (f *forms) interval(k aggregateKey, value float64, s *montecarlo.Summary) lca.Interval {
	w, p := lca.Words(), f.a.p
	c := &w.Categories[k.category]
	out := lca.Interval{Study: p.study.Name, Scenario: f.a.impacts.scenarios[k.scenario], Year: int(k.year), Category: c.Name, Unit: c.Unit, Perspective: w.Perspectives[k.perspective].Name,
		Accounting: w.Accountings[k.accounting].Name, By: aggregateNames[k.by], Name: k.name, Value: value, P05: s.Quantiles[0], P50: s.Quantiles[1], P95: s.Quantiles[2],
		P05Error: float64((s.High[0] - s.Low[0]) / 2), P95Error: float64((s.High[2] - s.Low[2]) / 2), Mean: s.Mean, Method: p.method.Ref(), Pack: p.pack.Ref()}
	if s.Mean != 0 {
		cv := s.SD / abs(s.Mean)
		out.CV = &cv
	}
	return out
}

// ratioOrder are the rows of the intensity table by what may be compared, the largest first.
func (f *forms) ratioOrder() []int {
	out := make([]int, len(f.ratios))
	names, points := make([]string, len(f.ratios)), make([]float64, len(f.ratios))
	for i := range out {
		out[i], names[i], points[i] = i, f.ratioNames(f.ratios[i]).name, f.ratios[i].value
	}
	slices.SortFunc(out, func(a, b int) int {
		return cmp.Or(f.ratios[a].compareClass(f.ratios[b]), -cmp.Compare(points[a], points[b]), strings.Compare(names[a], names[b]))
	})
	return out
}

// compareClass orders rows by comparison class, category, perspective and accounting: rows alike may be compared.
func (r *ratioForm) compareClass(o *ratioForm) int {
	return cmp.Or(cmp.Compare(r.kind, o.kind), strings.Compare(r.unit, o.unit), strings.Compare(r.text, o.text), cmp.Compare(r.burden, o.burden))
}

func (r *ratioForm) beside(o *ratioForm) bool { return r.compareClass(o) == 0 }

func (f *forms) ratioNames(r *ratioForm) figureNames {
	of := fmt.Sprintf("ratio %s %q %q %q %d %q", f.a.p.kinds[r.kind].kind.Name, r.unit, r.text, r.scope, r.year, f.groupNames(r.group))
	return figureNames{fmt.Sprintf("%s %d", of, r.burden), of}
}

// compareSpreads orders spreads by what they are.
func (f *forms) compareSpreads(a, b int32) int {
	x, y := &f.spreads.keys[a], &f.spreads.keys[b]
	return cmp.Or(strings.Compare(x.name, y.name), cmp.Compare(x.gsd2, y.gsd2), cmp.Compare(x.shared, y.shared))
}

// row is the interval of a row of the impact table; nil where there is none. So is that of no intervals.
func (in *intervals) row(k rowForm) (p05, p50, p95 *float64) {
	if in == nil {
		return nil, nil, nil
	}
	return ends(in.rows[k])
}

// ratio is the interval of a row of the intensity table, by the number of its form.
func (in *intervals) ratio(number uint32) (p05, p50, p95 *float64) {
	if in == nil || number == 0 || len(in.ratios) == 0 {
		return nil, nil, nil
	}
	return ends(in.ratios[number-1])
}

// ends are the quantiles that the tables give; nil where there is no summary.
func ends(s *montecarlo.Summary) (p05, p50, p95 *float64) {
	if s == nil {
		return nil, nil, nil
	}
	return &s.Quantiles[0], &s.Quantiles[1], &s.Quantiles[2]
}
