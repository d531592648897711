package reports

import (
	"slices"
	"sort"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca"
)

// page is what section templates read: the edition, and views of its tables.
type page struct {
	*Edition
	Text       *wording
	Sections   []*section
	Others     []otherPage // in other languages
	words      *lca.Vocabulary
	table      *Totals
	base       Selection // study, scenario, method and pack of all impacts
	totals     map[Selection]*cells
	categories []lca.Category // the vocabulary's, then what else the tables hold
	years      []int          // of totals, ascending
	intervals  map[intervalKey]*lca.Interval
	below      map[lca.Intensity]*lca.Ranking // by what names an entry

	voluminous               *lca.Intensity // the entry that the first figure of volumes names
	shownKinds, shownFigures []string       // of the sections that are written, in their order
}

// otherPage is the page in another language.
type otherPage struct {
	Language string // its code
	Name     string // in itself
	Title    string // what the link says, in the other language
	File     string
}

// newPage refuses an edition whose impacts are not of one study, scenario, method and pack: its totals would have no meaning.
func newPage(e *Edition) (*page, error) { return newPageIn(e, english()) }

func newPageIn(e *Edition, text *wording) (*page, error) {
	e = e.translated(text.Language)
	p := &page{Edition: e, Text: text, words: text.vocabulary(), table: e.Totals}
	if e.Outlook != nil {
		for i := range e.Outlook.Cases {
			e.Outlook.Cases[i].Foreign = p.foreignTo(e.Outlook.Cases[i].Translations)
		}
	}
	if p.table == nil {
		p.table = totalsOf(e.Impacts, e.Year)
	}
	for _, h := range e.Holdings {
		p.table.Items(h.Perspective, h.Kind, h.Now, h.Ever)
	}
	if p.table.mixed != nil {
		return nil, p.table.mixed
	}
	p.totals, p.base = p.table.sums, p.table.base
	if p.table.rows == 0 {
		p.base = Selection{Study: e.Study, Method: e.Method, Pack: e.Pack}
	}
	p.sure()
	p.categories = append(p.categories, p.words.Categories...)
	for _, u := range p.table.units {
		p.meet(u.category, u.unit)
	}
	if e.Listed != nil {
		e.Listed.end()
		for _, u := range e.Listed.units {
			unit, _, _ := strings.Cut(u.unit, "/")
			p.meet(u.category, unit)
		}
	}
	for i := range e.Intensities {
		unit, _, _ := strings.Cut(e.Intensities[i].Unit, "/")
		p.meet(e.Intensities[i].Category, unit)
	}
	for sel := range p.totals {
		if !slices.Contains(p.years, sel.Year) {
			p.years = append(p.years, sel.Year)
		}
	}
	sort.Ints(p.years)
	return p, nil
}

// meet adds a category that the vocabulary does not know.
func (p *page) meet(name, unit string) {
	if !slices.ContainsFunc(p.categories, func(c lca.Category) bool { return c.Name == name }) {
		p.categories = append(p.categories, lca.Category{Name: name, Title: p.Text.humanise(name), Unit: unit})
	}
}

// category returns a category by name; one that no table holds has a title made of its name.
func (p *page) category(name string) lca.Category {
	for _, c := range p.categories {
		if c.Name == name {
			return c
		}
	}
	return lca.Category{Name: name, Title: p.Text.humanise(name)}
}

// total is the year's total of a category, nil where no row is supplied. The selection is complete, so this is what Total returns.
func (p *page) total(year int, perspective, accounting, category string) (*float64, error) {
	sel := p.base
	sel.Year, sel.Perspective, sel.Accounting, sel.Category = year, perspective, accounting, category
	c := p.totals[sel]
	if c == nil {
		return nil, nil
	}
	if err := sel.open(); err != nil {
		return nil, err
	}
	sum, err := c.total(sel)
	return &sum, err
}

// Perspectives are those that have totals in any year, in the vocabulary's order.
func (p *page) Perspectives() []lca.Term {
	return p.present(p.words.Perspectives, func(s Selection) string { return s.Perspective })
}

// accountings are those that have totals in any year; the first leads.
func (p *page) accountings() []lca.Term {
	return p.present(p.words.Accountings, func(s Selection) string { return s.Accounting })
}

func (p *page) present(known []lca.Term, of func(Selection) string) []lca.Term {
	seen := map[string]bool{}
	for sel := range p.totals {
		seen[of(sel)] = true
	}
	var out []lca.Term
	for _, name := range ordered(lca.Names(known), seen) {
		term := lca.Term{Name: name, Title: p.Text.titleOf(known, name)}
		for _, t := range known {
			if t.Name == name {
				term = t
			}
		}
		out = append(out, term)
	}
	return out
}

// ordered lists what was seen: what is known in its order, then the rest by name.
func ordered(known []string, seen map[string]bool) []string {
	var out, rest []string
	for _, k := range known {
		if seen[k] {
			out = append(out, k)
		}
	}
	for s := range seen {
		if !slices.Contains(known, s) {
			rest = append(rest, s)
		}
	}
	sort.Strings(rest)
	return append(out, rest...)
}

// accounted are figures under one accounting, or under all of them where they do not depend on it.
type accounted struct {
	Name, Title string
	Joined      []string // names of all the accountings that give these figures
	Values      []*float64
}

// byAccounting asks for figures under each accounting and joins accountings under which they are all the same.
func (p *page) byAccounting(figures func(accounting string) ([]*float64, error)) ([]accounted, error) {
	var out []accounted
	for _, a := range p.accountings() {
		values, err := figures(a.Name)
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(values, func(v *float64) bool { return v != nil }) {
			continue
		}
		joined := false
		for i := range out {
			if slices.EqualFunc(out[i].Values, values, same) {
				out[i].Title += ", " + lower(a.Title)
				if out[i].Joined = append(out[i].Joined, a.Name); len(out[i].Joined) == len(p.accountings()) {
					out[i].Title = p.Text.Each
				}
				joined = true
			}
		}
		if !joined {
			out = append(out, accounted{a.Name, a.Title, []string{a.Name}, values})
		}
	}
	return out, nil
}

func same(a, b *float64) bool { return a == nil && b == nil || a != nil && b != nil && *a == *b }

// given are the values that are supplied.
func given(values []*float64) []float64 {
	var out []float64
	for _, v := range values {
		if v != nil {
			out = append(out, *v)
		}
	}
	return out
}

// cell names the accountings.
func (a accounted) cell() cell { return cell{Text: a.Title, Raw: strings.Join(a.Joined, " ")} }

// figureCell prints a value in a step, or nothing for what is not supplied.
func figureCell(s step, unit string, v *float64, within *between) cell {
	if v == nil {
		return cell{Value: true}
	}
	return s.within(*v, unit, within).cell()
}
