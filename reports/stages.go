package reports

import (
	"sort"
	"strconv"

	"github.com/ai-impact-observatory/ailca/lca"
)

// drawn is how many stages a bar shows at most; beyond, the smallest are drawn as one and stand apart in the table only.
const drawn = 6

// StageFigure shows the study's year by life-cycle stage, a bar for each category; what is not assessed stands in its table alone. It is
// nil where the year has no totals.
func (p *page) StageFigure(perspective string) (*figure, error) {
	stages := p.stages(perspective)
	t := &table{
		Caption: p.Text.say("by_stage", strconv.Itoa(p.Year), lower(p.Text.titleOf(p.words.Perspectives, perspective))),
		Columns: []column{{Text: p.Text.column("category"), Raw: "category"}, {Text: p.Text.column("accounting"), Raw: "accounting"},
			{Text: p.Text.column("unit"), Raw: "unit"}},
	}
	for _, s := range stages {
		t.Columns = append(t.Columns, column{Text: p.Text.titleOf(p.words.Stages, s), Raw: s, Number: true})
	}
	t.Columns = append(t.Columns, column{Text: p.Text.column("total"), Raw: "total", Number: true})

	var bars []bar
	var undrawn []string
	var shown []lca.Category
	for _, c := range p.categories {
		rows, err := p.byAccounting(func(accounting string) ([]*float64, error) { return p.byStage(perspective, accounting, c, stages) })
		if err != nil {
			return nil, err
		}
		for i, r := range rows {
			all := r.Values[len(stages)]
			sc := p.Text.scale(c.Unit, *all)
			line := []cell{{Text: c.Title, Raw: c.Name}, r.cell(), {Text: sc.Name, Raw: c.Unit}}
			b := bar{Label: c.Title, Total: sc.within(*all, c.Unit, p.totalInterval(p.Year, perspective, r.Name, c.Name)).String()}
			state := p.standing(p.Year, perspective, r.Name, c.Name)
			assessed := !state.NotAssessed
			line[0] = p.flagged(t, line[0], assessed)
			if state.Incomplete {
				b.Total += ", " + p.Text.Incomplete
			}
			for j, v := range r.Values {
				within := p.totalInterval(p.Year, perspective, r.Name, c.Name)
				if j < len(stages) {
					within = p.partInterval(p.Year, perspective, r.Name, c.Name, "stage", stages[j])
				}
				figure := figureCell(sc, c.Unit, v, within)
				if j < len(stages) {
					b.Parts = append(b.Parts, value(v))
				} else {
					figure = p.flagged(t, figure, assessed)
				}
				line = append(line, figure)
			}
			t.Rows = append(t.Rows, line)
			switch {
			case i > 0:
			case !assessed:
				undrawn = append(undrawn, c.Title)
			default:
				bars, shown = append(bars, b), append(shown, c)
			}
		}
	}
	if len(t.Rows) == 0 {
		return nil, nil
	}
	if len(bars) == 0 { // partial sums alone, which the table has
		f, err := p.figure("stages", "stages-"+slug(perspective), p.about(perspective), map[string]string{"Nothing": "yes", "Year": strconv.Itoa(p.Year)}, stacked{}, "", p.linkMade(t, perspective))
		if err == nil {
			f.Wide, f.Narrow, f.Note = "", "", p.undrawn(undrawn)
		}
		return f, err
	}
	figure := pool(stacked{Series: p.stageSeries(stages), Bars: bars, in: p.Text})
	lead, share := largest(bars[0].Parts)
	fields := map[string]string{"Stage": p.Text.titleOf(p.words.Stages, stages[lead]), "Share": p.Text.percent(share), "Category": lower(bars[0].Label), "Year": strconv.Itoa(p.Year),
		"Missing": upper(p.missingKinds(perspective)), "StageIn": lower(p.Text.titleOf(p.words.Stages, stages[lead]))}
	f, err := p.figure("stages", "stages-"+slug(perspective), p.about(perspective), fields, figure, figure.words(), p.linkMade(t, perspective))
	if err == nil {
		f.Models, f.Note = p.Text.models(shown), p.undrawn(undrawn)+f.Note
	}
	return f, err
}

// stages are those of the perspective's totals in the study's year, in the vocabulary's order.
func (p *page) stages(perspective string) []string {
	seen := map[string]bool{}
	for sel, c := range p.totals {
		if sel.Perspective == perspective && sel.Year == p.Year {
			for i := range c.stages {
				seen[c.stages[i].name] = true
			}
		}
	}
	return ordered(lca.Names(p.words.Stages), seen)
}

// byStage gives each stage's sum of cells and, last, the category's total; all nil where there is none.
func (p *page) byStage(perspective, accounting string, c lca.Category, stages []string) ([]*float64, error) {
	out := make([]*float64, len(stages)+1)
	all, err := p.total(p.Year, perspective, accounting, c.Name)
	if err != nil || all == nil {
		return out, err
	}
	out[len(stages)] = all
	sel := p.base
	sel.Year, sel.Perspective, sel.Accounting, sel.Category = p.Year, perspective, accounting, c.Name
	for i, sum := range split(p.totals[sel].stages, stages) {
		out[i] = sum
	}
	return out, nil
}

func (p *page) stageSeries(stages []string) []series {
	seen := map[string]bool{}
	for _, s := range stages {
		seen[s] = true
	}
	names := terms(p.words.Stages, seen)
	all := make([]series, len(names))
	for i, n := range names {
		all[i] = series{Title: p.Text.titleOf(p.words.Stages, n), Style: i}
	}
	return choose(all, names, stages)
}

// pool draws all but the series with the largest shares as one.
func pool(s stacked) stacked {
	if len(s.Series) <= drawn {
		return s
	}
	order := make([]int, len(s.Series))
	most := make([]float64, len(s.Series))
	for i := range order {
		order[i] = i
		for _, b := range s.Bars {
			if !b.broken() {
				most[i] = max(most[i], b.Parts[i]/sum(b.Parts))
			}
		}
	}
	sort.SliceStable(order, func(i, j int) bool { return most[order[i]] > most[order[j]] })
	keep := append([]int(nil), order[:drawn-1]...)
	sort.Ints(keep)
	out := stacked{in: s.in}
	for _, k := range keep {
		out.Series = append(out.Series, s.Series[k])
	}
	out.Series = append(out.Series, series{Title: s.in.say("others"), Style: len(s.Series)})
	for _, b := range s.Bars {
		pooled := bar{Label: b.Label, Total: b.Total}
		for _, k := range keep {
			pooled.Parts = append(pooled.Parts, b.Parts[k])
		}
		rest := 0.0
		for _, k := range order[drawn-1:] {
			rest += b.Parts[k]
		}
		pooled.Parts = append(pooled.Parts, rest)
		out.Bars = append(out.Bars, pooled)
	}
	return out
}

// words says each bar's shares.
func (s stacked) words() string {
	var clauses []string
	for _, b := range s.Bars {
		clause := b.Label + ", " + b.Total
		for i, part := range b.Parts {
			if part > 0 && !b.broken() {
				clause += ", " + lower(s.Series[i].Title) + " " + s.in.percent(part/sum(b.Parts))
			}
		}
		clauses = append(clauses, clause)
	}
	return s.in.told(clauses)
}

// largest is the largest part and its share.
func largest(parts []float64) (at int, share float64) {
	for i, part := range parts {
		if part > parts[at] {
			at = i
		}
	}
	if all := sum(parts); all != 0 {
		share = parts[at] / all
	}
	return at, share
}

func value(v *float64) float64 {
	if v == nil {
		return 0
	}
	return *v
}
