package reports

import (
	"slices"
	"strconv"
)

// Sheet is the table behind the figure: all scenarios with all their years, in the figure's unit.
func (f *Fan) Sheet(key, caption string) *Sheet {
	st, base := f.step(), f.base()
	unit := ""
	if st.Name != "" && st.Name != "1" {
		unit = ", " + st.Name
	}
	out := &Sheet{Key: key, Caption: caption, Columns: []string{"Scenario", "Year", f.line() + unit, "50 %", "90 %"}}
	if base != nil {
		out.Columns = append(out.Columns, "Ratio to "+strconv.Itoa(base.Year))
		out.Rows = append(out.Rows, row("Base year", strconv.Itoa(base.Year), f.in.short(base.Value/st.Factor), "", "", "×1"))
	}
	ends := func(p *Projected, b *between) string { return st.within(p.Value, f.Unit, b).Between }
	for i := range f.Scenarios {
		s := &f.Scenarios[i]
		years := slices.Clone(s.Years)
		slices.SortStableFunc(years, func(a, b Projected) int { return a.Year - b.Year })
		for _, p := range years {
			cells := []string{s.Title, strconv.Itoa(p.Year), "not supplied", "", "", ""}
			if drawable(p.Value) {
				cells = []string{s.Title, strconv.Itoa(p.Year), f.number(st, &p).Text, ends(&p, p.half()), ends(&p, p.most()), f.ratio(&p)}
			}
			out.Rows = append(out.Rows, row(cells[:len(out.Columns)]...))
		}
		for _, m := range s.Published {
			text := "not supplied"
			if drawable(m.Value) {
				text = m.text(st)
			}
			out.Rows = append(out.Rows, row([]string{s.Title + ", published: " + m.Label, strconv.Itoa(m.Year), text, "", "", ""}[:len(out.Columns)]...))
		}
	}
	return out
}

// row is a row of plain texts.
func row(texts ...string) (out []Cell) {
	for _, t := range texts {
		out = append(out, Cell{Words(t)})
	}
	return out
}
