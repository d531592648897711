package reports

import "github.com/ai-impact-observatory/ailca/lca"

// keyFigures are the totals of the study's year in one perspective.
type keyFigures struct {
	Documented string // the activities that they are sums of
	Cards      []card
	Absent     []string // categories without any row
	// NoInterval is said once where it is true of all figures.
	NoInterval string
}

// card is one category's total, under the leading accounting first.
type card struct {
	Name, Title, Indicator, Model string // of the category
	Lead                          keyFigure
	Beside                        []keyFigure // other accountings that give another total
	Same                          bool        // there are others, and they give the same
	Refused                       string      // what was refused of the leading total, in short
}

type keyFigure struct {
	Accounting string
	number
	Interval string
	standing
}

// KeyFigures returns the study's year.
func (p *page) KeyFigures(perspective string) (*keyFigures, error) {
	out := &keyFigures{Documented: p.Documented(perspective)}
	for _, c := range p.categories {
		rows, err := p.byAccounting(func(accounting string) ([]*float64, error) {
			v, err := p.total(p.Year, perspective, accounting, c.Name)
			return []*float64{v}, err
		})
		if err != nil {
			return nil, err
		}
		if len(rows) == 0 {
			out.Absent = append(out.Absent, lower(c.Title))
			continue
		}
		sc := p.Text.scale(c.Unit, *rows[0].Values[0])
		k := card{Name: c.Name, Title: c.Title, Indicator: c.Indicator, Model: c.Model, Same: len(rows) == 1 && len(p.accountings()) > 1}
		for i, r := range rows {
			f := keyFigure{p.Text.titleOf(p.words.Accountings, r.Name), sc.within(*r.Values[0], c.Unit, p.totalInterval(p.Year, perspective, r.Name, c.Name)), p.interval(perspective, r.Name, c, sc),
				p.standing(p.Year, perspective, r.Name, c.Name)}
			if i == 0 {
				k.Lead, k.Refused = f, p.refused(f.standing, perspective)
			} else {
				k.Beside = append(k.Beside, f)
			}
		}
		out.Cards = append(out.Cards, k)
	}
	out.settle(p.Text.NoInterval)
	return out, nil
}

// settle says once what every figure says.
func (k *keyFigures) settle(none string) {
	for _, c := range k.Cards {
		for _, f := range append([]keyFigure{c.Lead}, c.Beside...) {
			if f.Interval != none && !f.NotAssessed {
				return
			}
		}
	}
	k.NoInterval = none
	for i := range k.Cards {
		k.Cards[i].Lead.Interval = ""
		for j := range k.Cards[i].Beside {
			k.Cards[i].Beside[j].Interval = ""
		}
	}
}

// interval prints a total's quantiles, or says why there are none.
func (p *page) interval(perspective, accounting string, c lca.Category, sc step) string {
	sel := p.base
	sel.Year, sel.Perspective, sel.Accounting, sel.Category = p.Year, perspective, accounting, c.Name
	b, of := p.ownInterval(perspective, accounting, c.Name), p.totals[sel]
	switch {
	case b != nil:
		return sc.within(*p.table.value(sel), c.Unit, b).Between + " " + sc.Name
	case of.bare:
		return p.Text.NoInterval
	}
	return p.Text.NoSumInterval
}

// ownInterval is that of a total of the study's year: what the table of intervals gives, else that of a single cell, which is the total's. Those of several cells do not add up: nil.
func (p *page) ownInterval(perspective, accounting, category string) *between {
	if b := p.totalInterval(p.Year, perspective, accounting, category); b != nil {
		return b
	}
	sel := p.base
	sel.Year, sel.Perspective, sel.Accounting, sel.Category = p.Year, perspective, accounting, category
	if of := p.totals[sel]; of != nil && !of.bare && of.rows == 1 {
		return &between{*of.p05, *of.p95}
	}
	return nil
}

// current tells whether a ledger line is of the study's year or of all years.
func (p *page) current(e *lca.Entry) bool { return e.Year == 0 || e.Year == p.Year }
