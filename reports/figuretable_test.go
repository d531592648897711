package reports

import (
	"html"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// figuresOf are all figures of a page.
func figuresOf(t *testing.T, p *page) (out []*figure) {
	t.Helper()
	add := func(f *figure, err error) {
		if err != nil {
			t.Fatal(err)
		}
		if f != nil {
			out = append(out, f)
		}
	}
	for _, x := range p.Perspectives() {
		add(p.YearFigure(x.Name))
		add(p.StageFigure(x.Name))
		add(p.ParetoFigure(x.Name))
		add(p.RegionFigure(x.Name))
		add(p.FlowFigure(x.Name))
		add(p.QualityFigure(x.Name))
		add(p.CauseFigure(x.Name))
		add(p.LeverFigure(x.Name))
		if p.Outlook != nil {
			add(p.OutlookFigure(x.Name))
		}
		if p.Before != nil {
			add(p.ChangeFigure(p.Year, x.Name))
		}
	}
	add(p.RowsFigure())
	add(p.GradeFigure())
	add(p.AgeFigure())
	for _, k := range p.Kinds() {
		for _, c := range k.Classes {
			add(p.ClassFigure(c))
		}
		add(p.VolumeFigure(k))
	}
	return out
}

var (
	textOfFigure = regexp.MustCompile(`<g([^>]*)>|</g>|<text([^>]*)>([^<]*)</text>`)
	aNumber      = regexp.MustCompile(`[0-9][0-9,.  ]*[0-9]|[0-9]`)
)

// numbersSaid are the numbers that a table says: those of its cells and headings.
func numbersSaid(t *table) map[string]bool {
	out := map[string]bool{}
	note := func(text string) {
		for _, n := range aNumber.FindAllString(text, -1) {
			out[n] = true
		}
	}
	note(t.Caption)
	for _, c := range t.Columns {
		note(c.Text)
		note(c.Unit)
	}
	for _, row := range t.Rows {
		for _, c := range row {
			note(c.Text)
			note(c.Between)
		}
	}
	return out
}

// Each number that stands in a figure stands in its table: values with the same digits, shares as what the table's values come to. Marks of axes are written smaller, and are no values.
func TestNumbersOfFiguresAreThoseOfTheirTables(t *testing.T) {
	e, _ := changed(t)
	for _, language := range Languages() {
		p, err := newPageIn(e, wordings()[language])
		if err != nil {
			t.Fatal(err)
		}
		figures := figuresOf(t, p)
		if len(figures) < 9 {
			t.Fatalf("%d figures", len(figures))
		}
		checked := 0
		for _, f := range figures {
			said := numbersSaid(f.Table)
			names := map[string]bool{}
			for _, row := range f.Table.Rows {
				for _, c := range row {
					if !c.Value {
						names[c.Text] = true
					}
				}
			}
			for _, part := range shares(p, f.Table) {
				for _, n := range aNumber.FindAllString(part, -1) {
					said[n] = true
				}
			}
			for _, svg := range []string{string(f.Wide), string(f.Narrow)} {
				group := "" // attributes that texts of a group have in common
				for _, m := range textOfFigure.FindAllStringSubmatch(svg, -1) {
					if !strings.HasPrefix(m[0], "<text") {
						group = m[1]
						continue
					}
					text := html.UnescapeString(m[3])
					if axis := strings.Contains(group+m[2], `class="tick`) || strings.Contains(group+m[2], "sign"); axis || isName(names, text) {
						continue
					}
					for _, n := range aNumber.FindAllString(text, -1) {
						if checked++; !said[n] {
							t.Errorf("%s, %s: %q of %q stands in no cell of the table", language, f.ID, n, text)
						}
					}
				}
			}
		}
		if checked < 150 {
			t.Errorf("%s: %d numbers of figures were read", language, checked)
		}
	}
}

// isName reports whether a text is a name of the table, or the beginning or end of one that was broken or cut.
func isName(names map[string]bool, text string) bool {
	text = strings.TrimSuffix(text, "…")
	for name := range names {
		if text != "" && (strings.HasPrefix(name, text) || strings.HasSuffix(name, text)) && len([]rune(text)) > 4 {
			return true
		}
	}
	return false
}

// shares are what each number of a row is of the row's last one.
func shares(p *page, t *table) (out []string) {
	for _, row := range t.Rows {
		var values []float64
		for _, c := range row {
			if v, err := strconv.ParseFloat(c.Raw, 64); err == nil && c.Value {
				values = append(values, v)
			}
		}
		if len(values) < 2 {
			continue
		}
		all := values[len(values)-1]
		for _, v := range values {
			if all != 0 {
				out = append(out, p.Text.percent(v/all))
			}
		}
	}
	return out
}
