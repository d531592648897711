package factors

import (
	"cmp"
	"fmt"
	"slices"
)

// Choice is one of several rows that answer the same key.
type Choice struct {
	Row    *Row
	Chosen bool
	Why    string // it was chosen, or another one in its place
}

// Choices lists every row of a factor that a filter lets through, in groups of those that answer one key: the same category, region, technology,
// kind of figure and year. The first of a group is the one that Resolve takes. Groups are in order of category, region, technology, kind of figure and
// first year. With a year, rows that are not valid in it are left out.
func (p *Pack) Choices(factor string, year int, wanted func(*Row) bool) []Choice {
	var rows []*Row
	for i := range p.Rows {
		if r := &p.Rows[i]; r.Factor == factor && (year == 0 || r.covers(year)) && wanted(r) {
			rows = append(rows, r)
		}
	}
	place := func(a, b *Row) int {
		return cmp.Or(cmp.Compare(a.Category, b.Category), cmp.Compare(a.Region, b.Region), cmp.Compare(a.Technology, b.Technology),
			cmp.Compare(a.selectors().String(), b.selectors().String()))
	}
	slices.SortStableFunc(rows, func(a, b *Row) int { return cmp.Or(place(a, b), cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To)) })
	var out []Choice
	for len(rows) > 0 {
		n := 1
		for n < len(rows) && place(rows[0], rows[n]) == 0 && (year != 0 || rows[n].From == rows[0].From && rows[n].To == rows[0].To) {
			n++
		}
		group := rows[:n]
		rows = rows[n:]
		slices.SortStableFunc(group, func(a, b *Row) int {
			if a.before(b) {
				return -1
			}
			if b.before(a) {
				return 1
			}
			return 0
		})
		for i, r := range group {
			c := Choice{Row: r, Chosen: i == 0}
			switch {
			case i > 0:
				c.Why = p.precedes(group[0], r)
			case n > 1:
				c.Why = p.precedes(r, group[1])
			default:
				c.Why = "the only one"
			}
			out = append(out, c)
		}
	}
	return out
}

// precedes says in what a row comes before another.
func (p *Pack) precedes(first, second *Row) string {
	switch {
	case first.layer != second.layer:
		return fmt.Sprintf("%s lies over %s", p.Layer(first).Ref, p.Layer(second).Ref)
	case first.rank != second.rank:
		return fmt.Sprintf("boundary %s is fuller than %s", first.Boundary, cmp.Or(second.Boundary, "none"))
	case first.order != second.order:
		why := ""
		if int(first.order) < len(p.Series) {
			why = ": " + p.Series[first.order].Why
		}
		return fmt.Sprintf("series %s is preferred to %s%s", first.Series, cmp.Or(second.Series, "none"), why)
	case first.published != second.published:
		return fmt.Sprintf("released %s, after %s", first.Released, second.Released)
	}
	return "the mix it was derived from lies over that of the other"
}
