package reports

import (
	"strconv"

	"github.com/ai-impact-observatory/ailca/lca"
)

// listed is how many calendar years a figure and its table show at most, the last ones.
const listed = 24

// Years are the calendar years of the figures: every year between the first and the last that has totals, so that a gap is seen.
func (p *page) Years() []int {
	if len(p.years) == 0 {
		return nil
	}
	last := p.years[len(p.years)-1]
	var out []int
	for y := max(p.years[0], last-listed+1); y <= last; y++ {
		out = append(out, y)
	}
	return out
}

// YearFigure shows what is documented in each calendar year, for each category in its own unit; nothing is added over years. It is nil
// where the perspective has no totals.
func (p *page) YearFigure(perspective string) (*figure, error) {
	years := p.Years()
	m := multiples{Years: years, Marked: p.Year, in: p.Text}
	t := &table{
		Caption: p.Text.say("by_year", lower(p.Text.titleOf(p.words.Perspectives, perspective))),
		Columns: []column{{Text: p.Text.column("category"), Raw: "category"}, {Text: p.Text.column("accounting"), Raw: "accounting"},
			{Text: p.Text.column("unit"), Raw: "unit"}},
	}
	for _, y := range years {
		t.Columns = append(t.Columns, column{Text: strconv.Itoa(y), Number: true})
	}
	fields := map[string]string{}
	var clauses, undrawn []string
	var shown []lca.Category
	for _, c := range p.categories {
		rows, err := p.byAccounting(func(accounting string) ([]*float64, error) {
			values := make([]*float64, len(years))
			for i, y := range years {
				var err error
				if values[i], err = p.total(y, perspective, accounting, c.Name); err != nil {
					return nil, err
				}
			}
			return values, nil
		})
		if err != nil {
			return nil, err
		}
		for i, r := range rows {
			sc := p.Text.scale(c.Unit, given(rows[0].Values)...)
			line := []cell{{Text: c.Title, Raw: c.Name}, r.cell(), {Text: sc.Name, Raw: c.Unit}}
			scaled, texts := make([]*float64, len(years)), make([]string, len(years))
			within := make([]*between, len(years))
			drawn := make([]*float64, len(years)) // what is not assessed stands in the table alone
			for j, v := range r.Values {
				assessed := v == nil || p.assessed(years[j], perspective, r.Name, c.Name)
				line = append(line, p.flagged(t, figureCell(sc, c.Unit, v, p.totalInterval(years[j], perspective, r.Name, c.Name)), assessed))
				if v != nil && assessed {
					drawn[j] = v
					s := *v / sc.Factor
					if b := p.totalInterval(years[j], perspective, r.Name, c.Name); b != nil {
						within[j] = &between{b.low / sc.Factor, b.high / sc.Factor}
					}
					scaled[j], texts[j] = &s, line[len(line)-1].Text
				}
			}
			t.Rows = append(t.Rows, line)
			switch {
			case i > 0:
			case len(given(drawn)) == 0:
				undrawn = append(undrawn, c.Title)
			default:
				shown = append(shown, c)
				m.Panels = append(m.Panels, panel{c.Title, sc.Name, scaled, texts, within})
				at, value, peak := p.peak(years, drawn)
				if value != nil {
					clauses = append(clauses, c.Title+" "+p.Text.say("in_year", p.alone(*value, c, p.Year, perspective, r.Name), strconv.Itoa(p.Year)))
				}
				if len(fields) == 0 && value != nil {
					fields = map[string]string{"Category": c.Title, "Year": strconv.Itoa(p.Year), "Value": p.alone(*value, c, p.Year, perspective, r.Name)}
					if at != p.Year {
						fields["Peak"], fields["PeakValue"] = strconv.Itoa(at), p.alone(*peak, c, at, perspective, r.Name)
					}
				}
			}
		}
	}
	if len(fields) == 0 {
		return nil, nil
	}
	f, err := p.figure("years", "years-"+slug(perspective), p.about(perspective), fields, m, p.Text.told(clauses), p.linkMade(t, perspective))
	if err == nil {
		f.Models, f.Note = p.Text.models(shown), p.undrawn(undrawn)+f.Note
		if p.Drawn() {
			f.Note += " " + p.Text.Drawn
		}
	}
	return f, err
}

// alone prints a total that stands in a text, with its interval and the digits that this carries.
func (p *page) alone(value float64, c lca.Category, year int, perspective, accounting string) string {
	return p.Text.scale(c.Unit, value).within(value, c.Unit, p.totalInterval(year, perspective, accounting, c.Name)).words()
}

// peak finds the study's year and the year of the largest value.
func (p *page) peak(years []int, values []*float64) (year int, now, most *float64) {
	for i, v := range values {
		if years[i] == p.Year {
			now = v
		}
		if v != nil && (most == nil || *v > *most) {
			year, most = years[i], v
		}
	}
	return year, now, most
}

// slug makes an id of a name: letters and digits stay, all else becomes a hyphen.
func slug(name string) string {
	out := []byte(name)
	for i, c := range out {
		switch {
		case c >= 'A' && c <= 'Z':
			out[i] = c + 'a' - 'A'
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9':
		default:
			out[i] = '-'
		}
	}
	return string(out)
}
