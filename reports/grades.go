package reports

import (
	"cmp"
	"html/template"
	"slices"
	"strconv"

	"github.com/ai-impact-observatory/ailca/lca"
)

// graded is what one kind of activity comes to at one stage in one category, by quality class.
type graded struct {
	perspective, kind, stage, category string
	classes                            map[string]float64
	all, share                         float64 // share is of the category's total
}

// best is the class of the largest part, the better one of two as large, and how much of all it is.
func (g *graded) best(classes []string) (class string, part float64) {
	for _, c := range classes {
		if v := g.classes[c]; class == "" && v > 0 || v > g.classes[class] {
			class = c
		}
	}
	return class, g.classes[class] / g.all
}

// grades reads from the ledger what the study's totals under the first accounting were calculated from. Parts that are not above 0, or whose category is not assessed, are left out; undrawn names the latter.
func (p *page) grades() (out []*graded, undrawn []string) {
	if len(p.accountings()) == 0 {
		return nil, nil
	}
	accounting := p.accountings()[0].Name
	for i := range p.Ledger {
		e := &p.Ledger[i]
		if e.Type != "value" || e.Year != p.Year || e.Accounting != accounting || e.Value == nil || e.Class == "" || !(*e.Value >= 0) || !drawable(*e.Value) {
			continue
		}
		if !p.assessed(p.Year, e.Perspective, accounting, e.Category) {
			if title := p.category(e.Category).Title; !slices.Contains(undrawn, title) {
				undrawn = append(undrawn, title)
			}
			continue
		}
		at := slices.IndexFunc(out, func(g *graded) bool {
			return g.perspective == e.Perspective && g.kind == e.Kind && g.stage == e.Subject && g.category == e.Category
		})
		if at < 0 {
			at = len(out)
			out = append(out, &graded{perspective: e.Perspective, kind: e.Kind, stage: e.Subject, category: e.Category, classes: map[string]float64{}})
		}
		g := out[at]
		g.classes[e.Class] += *e.Value
		g.all += *e.Value
		if e.Share != nil {
			g.share += *e.Share
		}
	}
	out = slices.DeleteFunc(out, func(g *graded) bool { return !(g.all > 0) })
	stages, kinds := lca.Names(p.words.Stages), p.kindNames()
	slices.SortStableFunc(out, func(a, b *graded) int {
		return cmp.Or(comparePerspectives(a.perspective, b.perspective), cmp.Compare(slices.Index(kinds, a.kind), slices.Index(kinds, b.kind)), cmp.Compare(vocabularyPlace(stages, a.stage), vocabularyPlace(stages, b.stage)),
			cmp.Compare(a.stage, b.stage), cmp.Compare(p.placeOf(a.category), p.placeOf(b.category)))
	})
	return out, undrawn
}

func (p *page) placeOf(category string) int {
	return slices.IndexFunc(p.categories, func(c lca.Category) bool { return c.Name == category })
}

// gradedRows is how many rows the figure of grades has at most.
const gradedRows = 14

// GradeFigure shows how good the data are that each part of the study's totals rests on: kinds of activity and stages by category. Nil where the ledger does not have two parts.
func (p *page) GradeFigure() (*figure, error) {
	parts, undrawn := p.grades()
	if len(parts) < 2 {
		return nil, nil
	}
	seen := map[string]bool{}
	var categories []lca.Category
	for _, g := range parts {
		for c := range g.classes {
			seen[c] = true
		}
	}
	for _, c := range p.categories {
		if slices.ContainsFunc(parts, func(g *graded) bool { return g.category == c.Name }) {
			categories = append(categories, c)
		}
	}
	classes, keys := p.classSeries(seen)
	t := &table{Caption: p.Text.say("grades_table", strconv.Itoa(p.Year), lower(p.accountings()[0].Title)), Columns: []column{{Text: p.Text.column("kind"), Raw: "kind"}, {Text: p.Text.column("stage"), Raw: "stage", Kept: true},
		{Text: p.Text.column("perspective"), Raw: "perspective", Kept: true}, {Text: p.Text.column("category"), Raw: "category"}, {Text: p.Text.column("class"), Raw: "class"},
		{Text: p.Text.column("of_part"), Raw: "share of the part", Number: true}, {Text: p.Text.column("share"), Raw: "share of the total", Number: true}}}
	d := matrix{in: p.Text, Series: keys}
	for _, c := range categories {
		d.Columns = append(d.Columns, c.Title)
	}
	var clauses []string
	counts := map[string]int{}
	left := 0
	for i, g := range parts {
		label := upper(p.Text.noun(g.kind).Many) + ", " + lower(p.Text.titleOf(p.words.Stages, g.stage))
		other := func(o *graded) bool { return o.kind == g.kind && o.stage == g.stage && o.perspective != g.perspective }
		if slices.ContainsFunc(parts, other) { // the same thing in two perspectives
			label += ", " + lower(p.Text.titleOf(p.words.Perspectives, g.perspective))
		}
		if i == 0 || parts[i-1].kind != g.kind || parts[i-1].stage != g.stage || parts[i-1].perspective != g.perspective {
			if len(d.Rows) == gradedRows {
				left = len(parts) - i
				break
			}
			d.Rows = append(d.Rows, matrixRow{Label: label, Cells: make([]matrixCell, len(categories))})
		}
		class, share := g.best(classes)
		counts[class]++
		category := p.category(g.category)
		at := slices.Index(classes, class)
		text := keys[at].Letter
		if share < 1 {
			text += " " + p.Text.percent(share)
		}
		d.Rows[len(d.Rows)-1].Cells[slices.IndexFunc(categories, func(c lca.Category) bool { return c.Name == g.category })] = matrixCell{Text: text, Style: keys[at].Style, Filled: true}
		t.Rows = append(t.Rows, []cell{{Text: label, Raw: g.kind}, {Text: p.Text.titleOf(p.words.Stages, g.stage), Raw: g.stage}, {Text: p.Text.titleOf(p.words.Perspectives, g.perspective), Raw: g.perspective},
			{Text: category.Title, Raw: g.category}, {Text: keys[at].Title, Raw: class}, p.Text.partOf(share), p.Text.partOf(g.share)})
		if share < 1 { // the others are of one class, as the table says
			clauses = append(clauses, label+", "+lower(category.Title)+p.Text.say("colon")+" "+lower(keys[at].Title)+" "+p.Text.percent(share))
		}
	}
	most := classes[0]
	for _, c := range classes {
		if counts[c] > counts[most] {
			most = c
		}
	}
	fields := map[string]string{"Part": count(p.Text, counts[most]), "All": count(p.Text, len(t.Rows)), "Year": strconv.Itoa(p.Year), "Class": lower(p.classTitle(most))}
	if len(clauses) == 0 { // each part is of one class
		clauses = []string{t.Caption}
	}
	f, err := p.figure("grades", "grades", "", fields, d, p.Text.told(clauses), t)
	if err == nil {
		f.Models, f.Note = p.Text.models(categories), p.undrawn(undrawn)+f.Note
		if left > 0 {
			f.Note = p.Text.many(int64(left), "grades_left") + " " + f.Note
		}
	}
	return f, err
}

// matrix is a figure of cells in rows and columns, each in the style of a class and with its letter.
type matrix struct {
	Series  []series
	Columns []string
	Axis    bool // columns are marks of an axis
	Rows    []matrixRow

	in *wording
}

type matrixRow struct {
	Label string
	Cells []matrixCell // for each column
}

type matrixCell struct {
	Text   string
	Style  int
	Filled bool // false: there is nothing
}

func (d matrix) svg(id string, width float64, title, desc string) template.HTML {
	return draw(d.in, id, width, title, desc, func(c *canvas) float64 {
		y := c.legend(d.Series, 4) + 12
		labels, head, row := 212.0, 44.0, 38.0
		if width < 500 {
			labels, head, row = 0, 128, 58
		}
		w := min((width-labels)/float64(max(1, len(d.Columns))), 120)
		short := !slices.ContainsFunc(d.Columns, func(name string) bool { return extent(name, 13) > w-4 })
		switch {
		case short:
			head = 24
		case labels == 0: // as tall as the longest name, in two lines where one is longer
			longest := 0.0
			for _, name := range d.Columns {
				longest = max(longest, extent(name, 13)+14)
			}
			head = min(head, longest)
		}
		look, along := middleLook, ""
		if d.Axis {
			look, along = tickLook, " "+tickStartLook
		}
		for i, name := range d.Columns {
			x := labels + float64(w*(float64(i)+0.5))
			if labels > 0 || short {
				c.label(x-1.5, y+float64(head/2)-4, w-4, look, name)
				continue
			}
			first, second := fold(name, head-6)
			for j, s := range []string{first, second} {
				if s != "" {
					c.write(0, 0, `transform="translate(`+num(x+float64(float64(j)*15)-2)+" "+num(y+head-6)+`) rotate(-90)"`+along, s)
				}
			}
		}
		y += head
		for _, r := range d.Rows {
			top := y
			if labels > 0 {
				c.label(labels-14, y+float64(row/2)-2, labels-14, endLook, r.Label)
			} else {
				c.write(0, y+14, "", clip(r.Label, width, 13))
				top += 21
			}
			for i, cell := range r.Cells {
				x := labels + float64(w*float64(i))
				if !cell.Filled {
					c.over.add(baseLineLook, "M"+num(x+float64(w/2)-5)+","+num(top+16)+"h8")
					continue
				}
				c.area(cell.Style, x, top, w-3, 31)
				c.write(x+float64((w-3)/2), top+20, on(cell.Style), cell.Text)
			}
			y += row
		}
		return y
	})
}
