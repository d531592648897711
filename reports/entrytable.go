package reports

import (
	"cmp"
	"slices"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca"
)

// ClassTable lists a class's entries by value; each category has one unit for all of them, and accountings stand side by side where
// they differ.
func (p *page) ClassTable(c *class) *table {
	t := &table{
		ID:      "class-" + slug(c.Kind) + "-" + slug(c.Name) + "-" + slug(c.Unit),
		Caption: p.Text.say("per", p.className(c), cmp.Or(p.Text.named(c.Unit), p.Text.say("unit"))),
		Note:    p.Text.Sorted,
		Made:    kindID("entries"),
	}
	p.show("entries", t.ID)
	t.Columns = []column{{Text: p.Text.column("name"), Raw: "name"}, {Text: p.Text.column("quality"), Raw: "quality"}}
	for _, e := range c.Entries {
		quality := p.quality(e)
		t.Rows = append(t.Rows, []cell{plain(e.Name()), {Text: p.Text.titleOf(p.words.Qualities, quality), Raw: quality}})
	}
	for _, cat := range c.Categories {
		for _, v := range p.variants(c, cat) {
			unit := cmp.Or(v.unit, cat.Unit)
			sc := p.Text.scale(unit, given(v.values)...)
			col := column{Text: v.title, Unit: sc.Name, Raw: cat.Name + " " + v.name + " [" + unit + "]", RawUnit: unit, Number: true}
			if v.incomplete == len(given(v.values)) {
				col.Note = p.Text.Incomplete
			}
			t.Columns = append(t.Columns, col)
			for i, e := range c.Entries {
				figure := figureCell(sc, unit, v.values[i], e.interval(cat.Name, v.name))
				if v.values[i] != nil && col.Note == "" && !e.values[[2]string{cat.Name, v.name}].Complete {
					figure.Mark, t.Marked = p.Text.Incomplete, p.Text.Refused
				}
				figure.Full = "" // all digits stand in the CSV: many rows are many digits
				t.Rows[i] = append(t.Rows[i], figure)
			}
		}
	}
	p.compared(c, t)
	describe := func(name string, of func(*entry) cell) {
		col := column{Text: p.Text.column(name), Raw: name, Kept: true}
		for i, e := range c.Entries {
			t.Rows[i] = append(t.Rows[i], of(e))
			// a column that says the same of all, or what the name says, is left to the CSV
			col.Kept = col.Kept && (of(e).Text == of(c.Entries[0]).Text && name == "scope" || name == "model" && strings.HasPrefix(e.Name(), e.Model))
		}
		t.Columns = append(t.Columns, col)
	}
	describe("model", func(e *entry) cell { return plain(e.Model) })
	describe("year", func(e *entry) cell { return plain(e.Years) })
	describe("organisation", func(e *entry) cell { return plain(e.Organisation) })
	describe("region", func(e *entry) cell { return plain(e.Region) })
	describe("hardware", func(e *entry) cell { return plain(e.Hardware) })
	t.Columns = append(t.Columns, column{Text: p.Text.Incomplete, Raw: "incomplete", Kept: true})
	for i, e := range c.Entries {
		t.Rows[i] = append(t.Rows[i], plain(strings.Join(e.incomplete(c.Categories), " ")))
	}
	describe("scope", func(e *entry) cell { return cell{Text: p.Text.titleOf(p.words.Scopes, e.Scope), Raw: e.Scope} })
	if c.Count > len(c.Entries) {
		t.Note = p.Text.say("largest_of", count(p.Text, len(c.Entries)), count(p.Text, c.Count)) + " " + t.Note
	}
	return t.cut()
}

// incomplete names the categories of which a part was refused.
func (e *entry) incomplete(categories []lca.Category) []string {
	var out []string
	for _, c := range categories {
		for key, row := range e.values {
			if key[0] == c.Name && !row.Complete && !slices.Contains(out, c.Name) {
				out = append(out, c.Name)
			}
		}
	}
	return out
}

// variant is a category's column of a class under one accounting.
type variant struct {
	name, title, unit string
	values            []*float64
	incomplete        int // how many of them lack a part
}

// variants are the accountings of a category that differ within the class.
func (p *page) variants(c *class, cat lca.Category) []variant {
	var out []variant
	for _, a := range p.words.Accountings {
		v := variant{name: a.Name, title: cat.Title, values: make([]*float64, len(c.Entries))}
		for i, e := range c.Entries {
			v.values[i] = e.value(cat.Name, a.Name)
			if row := e.values[[2]string{cat.Name, a.Name}]; v.values[i] != nil {
				v.unit = row.Unit
				if !row.Complete {
					v.incomplete++
				}
			}
		}
		known := func(w variant) bool { return slices.EqualFunc(w.values, v.values, same) }
		if len(given(v.values)) > 0 && !slices.ContainsFunc(out, known) {
			out = append(out, v)
		}
	}
	if len(out) > 1 {
		for i := range out {
			out[i].title += ", " + lower(p.Text.titleOf(p.words.Accountings, out[i].name))
		}
	}
	return out
}

// dotted is how many entries a figure shows at most.
const dotted = 15

// overlapping is what the name of a class says of entries that stand within other entries, or state what others state: they are listed, never drawn side by side.
var overlapping = []string{"part of another row", "alternative to another row"}

// charts tells whether a class has a figure.
func (c *class) charts() bool {
	within := func(words string) bool { return strings.Contains(c.Name, words) }
	return c.Count >= 3 && len(c.Categories) > 0 && !slices.ContainsFunc(overlapping, within)
}

// spread takes entries evenly from an order, the first and the last among them.
func spread(entries []*entry) []*entry {
	return spreadOf(entries, dotted)
}

// spreadOf takes at most that many.
func spreadOf(entries []*entry, most int) []*entry {
	if len(entries) <= most {
		return entries
	}
	out := make([]*entry, most)
	for i := range out {
		out[i] = entries[i*(len(entries)-1)/(most-1)]
	}
	return out
}

// ClassFigure shows how far a class's entries lie apart, over the class's table: the first impact category, and the first indicator
// beside it. It is nil for a class other than the first of its kind that charts.
func (p *page) ClassFigure(c *class) (*figure, error) {
	if !c.Drawn {
		return nil, nil
	}
	entries := spread(c.figured)
	d := dots{Series: letters(titles(p.words.Qualities)), in: p.Text}
	for _, e := range entries {
		d.Labels = append(d.Labels, e.Name())
	}
	var fields map[string]string
	var clauses []string
	for _, cat := range leads(c.Categories) {
		v := p.variants(c, cat)[0]
		values := make([]*float64, len(entries))
		for i, e := range entries {
			values[i] = e.value(cat.Name, v.name)
		}
		if len(given(values)) == 0 {
			continue
		}
		unit := cmp.Or(v.unit, cat.Unit)
		sc := p.Text.scale(unit, given(values)...)
		a := axis{Title: v.title, Unit: sc.Name, Class: make([]int, len(entries)), Values: make([]*float64, len(entries)), Between: make([]*between, len(entries))}
		for i, e := range entries {
			if values[i] != nil {
				scaled := *values[i] / sc.Factor
				a.Values[i] = &scaled
				if b := e.interval(cat.Name, v.name); b != nil {
					a.Between[i] = &between{b.low / sc.Factor, b.high / sc.Factor}
				}
				a.Class[i] = max(0, slices.Index(lca.Names(p.words.Qualities), e.values[[2]string{cat.Name, v.name}].Quality))
				if len(d.Axes) == 0 {
					clauses = append(clauses, e.Name()+" "+sc.within(*values[i], unit, e.interval(cat.Name, v.name)).words())
				}
			}
		}
		d.Axes = append(d.Axes, a)
		if fields == nil {
			span := c.span(cat.Name, v.name, v.values)
			numerator, _, _ := strings.Cut(unit, "/")
			fields = map[string]string{"Category": lower(cat.Title), "Count": count(p.Text, span.count), "Low": p.end(c, cat.Name, v.name, span.low, numerator), "High": p.end(c, cat.Name, v.name, span.high, numerator), "Unit": cmp.Or(p.Text.named(c.Unit), p.Text.say("unit"))}
			if span.low != span.high {
				fields["Span"] = "yes"
			}
		}
	}
	if fields == nil {
		return nil, nil
	}
	f, err := p.figure("entries", "entries-"+slug(c.Kind)+"-"+slug(c.Name), p.className(c), fields, d, p.Text.told(clauses), p.ClassTable(c))
	if err != nil {
		return nil, err
	}
	f.Models = p.Text.models(c.Categories)
	if p.Drawn() {
		f.Note += " " + p.Text.Drawn
	} else {
		f.Note += " " + p.Text.Unsure
	}
	switch {
	case c.Count > len(c.Entries):
		f.Note = p.Text.say("drawn_sample", count(p.Text, len(entries)), count(p.Text, c.Count)) + " " + f.Note
	case c.Count > len(entries):
		f.Note = p.Text.say("drawn_some", count(p.Text, len(entries)), count(p.Text, len(c.Entries))) + " " + f.Note
	}
	return f, err
}

// end prints the smallest or largest value of a class with the digits that its interval carries.
func (p *page) end(c *class, category, accounting string, v float64, unit string) string {
	for _, e := range slices.Concat(c.Entries, c.figured) {
		if x := e.value(category, accounting); x != nil && *x == v {
			return p.Text.scale(unit, v).within(v, unit, e.interval(category, accounting)).String()
		}
	}
	return p.Text.one(v, unit).String()
}

// className is what a comparison class is called.
func (p *page) className(c *class) string {
	return cmp.Or(p.Text.humanise(c.Name), p.Text.say("no_comparison_class"))
}

// leads are the first category of each type, in order.
func leads(categories []lca.Category) []lca.Category {
	var out []lca.Category
	for _, c := range categories {
		if !slices.ContainsFunc(out, func(o lca.Category) bool { return o.Type == c.Type }) {
			out = append(out, c)
		}
	}
	return out
}

func titles(terms []lca.Term) []string {
	out := make([]string, len(terms))
	for i, t := range terms {
		out[i] = t.Title
	}
	return out
}

// itemTable lists a kind's inventory rows with their sources.
func (p *page) itemTable(k *kind) *table {
	t := &table{ID: "items-" + slug(k.Name), Caption: p.Text.say("by_name", k.Title)}
	for _, name := range []string{"name", "model", "year", "scope", "quality", "comparison_class", "source", "licence", "assumption", "url"} {
		t.Columns = append(t.Columns, column{Text: p.Text.column(name), Raw: name})
	}
	t.Columns[1].Kept, t.Columns[9].Kept = true, true // in the name, and behind the source
	for i := range p.Items {
		it := &p.Items[i]
		if it.Kind != k.Name {
			continue
		}
		if !strings.HasPrefix(cmp.Or(it.Item, it.Model), it.Model) {
			t.Columns[1].Kept = false
		}
		assumption := cell{Text: it.Assumption, Break: true}
		t.Rows = append(t.Rows, []cell{plain(cmp.Or(it.Item, it.Model)), plain(it.Model), plain(span(it.Years)), plain(p.Text.titleOf(p.words.Scopes, it.Scope)),
			plain(p.Text.titleOf(p.words.Qualities, it.Quality)), cell{Text: p.Text.humanise(it.ComparisonClass), Raw: it.ComparisonClass}, link(it.Source, it.URL), plain(it.Licence), assumption, plain(it.URL)})
	}
	if len(t.Rows) == 0 {
		return nil
	}
	return t.cut()
}

// compared adds a column that says of each entry how sure it is that it is below the one above it, in the class's first category.
func (p *page) compared(c *class, t *table) {
	if !p.Drawn() || len(c.Categories) == 0 {
		return
	}
	lead := c.Categories[0]
	v := p.variants(c, lead)[0]
	col := column{Text: p.Text.column("above"), Unit: lower(lead.Title), Raw: "below the one above it, " + lead.Name, Number: true}
	met := false
	var cells []cell
	for _, e := range c.Entries {
		x := cell{Break: true, Value: true}
		if row := e.values[[2]string{lead.Name, v.name}]; row != nil {
			if r := p.ranking(row); r != nil && r.Below != nil {
				met = true
				x = cell{Text: p.Text.percent(*r.Below), Raw: raw(*r.Below), Value: true}
				if !r.Distinguishable {
					x.Text = p.Text.Alike
				}
			}
		}
		cells = append(cells, x)
	}
	if !met {
		return
	}
	t.Columns = append(t.Columns, col)
	for i := range t.Rows {
		t.Rows[i] = append(t.Rows[i], cells[i])
	}
}
