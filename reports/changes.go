package reports

import (
	"cmp"
	"strconv"

	"github.com/ai-impact-observatory/ailca/lca"
)

// Before is an edition that came before, as its tables have it.
type Before struct {
	Study, Edition string
	Year           int // of its headline figures
	Method, Pack   string
	RunID          string
	Totals         *Totals
	Intervals      []lca.Interval
	Causes         []lca.ComparisonPart // what the differences of totals go back to; nil: nobody has compared the editions
}

// total is a total of the former edition; nil where it has none.
func (b *Before) total(year int, perspective, accounting, category string) *float64 {
	return b.Totals.Of(year, perspective, accounting, category)
}

func (b *Before) within(year int, perspective, accounting, category string) *between {
	for i := range b.Intervals {
		if x := &b.Intervals[i]; x.By == whole && x.Year == year && x.Perspective == perspective && x.Accounting == accounting && x.Category == category {
			return &between{x.P05, x.P95}
		}
	}
	return nil
}

// BeforeName is what the former edition is called.
func (p *page) BeforeName() string { return cmp.Or(p.Before.Edition, p.Before.Study) }

// Restated are the years of both editions' headline figures, each once, ascending.
func (p *page) Restated() []int {
	a, b := min(p.Before.Year, p.Year), max(p.Before.Year, p.Year)
	if a == b {
		return []int{a}
	}
	return []int{a, b}
}

// ChangeTable sets the totals of a year in the former edition beside those in this one; nil where neither has any.
func (p *page) ChangeTable(year int) (*table, error) {
	t := &table{ID: "changes-" + strconv.Itoa(year), Caption: p.Text.say("changes", strconv.Itoa(year), p.BeforeName())}
	for _, name := range []string{"perspective", "category", "accounting", "unit"} {
		t.Columns = append(t.Columns, column{Text: p.Text.column(name), Raw: name})
	}
	for _, name := range []string{"before", "now", "change", "ratio"} {
		t.Columns = append(t.Columns, column{Text: p.Text.column(name), Raw: name, Number: true})
	}
	for _, perspective := range p.words.Perspectives {
		for _, c := range p.categories {
			rows, err := p.byAccounting(func(accounting string) ([]*float64, error) {
				now, err := p.total(year, perspective.Name, accounting, c.Name)
				return []*float64{p.Before.total(year, perspective.Name, accounting, c.Name), now}, err
			})
			if err != nil {
				return nil, err
			}
			for _, r := range rows {
				was, now := r.Values[0], r.Values[1]
				sc := p.Text.scale(c.Unit, given(r.Values)...)
				first := p.flagged(t, cell{Text: c.Title, Raw: c.Name}, p.assessed(year, perspective.Name, r.Name, c.Name))
				row := []cell{{Text: perspective.Title, Raw: perspective.Name}, first, r.cell(), {Text: sc.Name, Raw: c.Unit},
					figureCell(sc, c.Unit, was, p.Before.within(year, perspective.Name, r.Name, c.Name)), figureCell(sc, c.Unit, now, p.totalInterval(year, perspective.Name, r.Name, c.Name))}
				change, ratio := cell{Value: true, Break: true}, cell{Value: true, Break: true}
				if was != nil && now != nil {
					d := *now - *was
					change = cell{Text: p.Text.signed(d/sc.Factor, p.Text.short), Raw: raw(d), Value: true}
					if *was > 0 {
						ratio = cell{Text: p.Text.times(*now, *was, nil), Raw: raw(*now / *was), Value: true}
					}
				}
				t.Rows = append(t.Rows, append(row, change, ratio))
			}
		}
	}
	if len(t.Rows) == 0 {
		return nil, nil
	}
	return t, nil
}
