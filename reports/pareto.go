package reports

import (
	"html/template"
	"slices"
	"strconv"

	"github.com/ai-impact-observatory/ailca/lca"
)

// ParetoFigure shows who the study's year of a perspective concentrates on, in the first category and accounting: organisations, models and regions, each with its share and
// with that of all up to it. Nil where the category is not assessed, or where no column has two names.
func (p *page) ParetoFigure(perspective string) (*figure, error) {
	a := p.table.actors[perspective]
	if a == nil || len(p.accountings()) == 0 {
		return nil, nil
	}
	accounting := p.accountings()[0]
	var cat lca.Category
	for _, c := range p.categories {
		if len(a.named(0, c.Name)) > 0 || len(a.named(1, c.Name)) > 0 {
			cat = c
			break
		}
	}
	total, err := p.total(p.Year, perspective, accounting.Name, cat.Name)
	if err != nil || total == nil || cat.Name == "" || !p.assessed(p.Year, perspective, accounting.Name, cat.Name) {
		return nil, err
	}
	sc := p.Text.scale(cat.Unit, *total)
	t := &table{Caption: p.Text.say("actors_table", cat.Title, strconv.Itoa(p.Year), lower(p.Text.titleOf(p.words.Perspectives, perspective)), lower(accounting.Title)),
		Columns: []column{{Text: p.Text.column("by"), Raw: "by"}, {Text: p.Text.column("name"), Raw: "name"},
			{Text: p.Text.column("value"), Unit: sc.Name, Raw: "value [" + cat.Unit + "]", RawUnit: cat.Unit, Number: true},
			{Text: p.Text.column("share"), Raw: "share", Number: true}, {Text: p.Text.column("together"), Raw: "together", Number: true}}}
	d := pareto{in: p.Text}
	var fields map[string]string
	var clauses []string
	mapped, err := p.RegionFigure(perspective)
	if err != nil {
		return nil, err
	}
	for i, name := range actorColumns {
		if i == regionColumn && mapped != nil && fields != nil {
			continue // the map beside it has regions
		}
		c := concentrated(name, a.named(i, cat.Name))
		if c == nil {
			continue
		}
		what := p.Text.say("actors_" + name)
		panel := paretoPanel{Title: upper(what)}
		var sum balanced
		add := func(label, raw string, x actor, plain bool) {
			sum.add(x.value)
			share, together := x.value/c.all, sum.value()/c.all
			var within *between
			if raw != "" {
				within = p.partInterval(p.Year, perspective, accounting.Name, cat.Name, name, raw)
			}
			value := figureCell(sc, cat.Unit, &x.value, within)
			value.Full, value.Between = "", "" // all digits stand in the CSV
			t.Rows = append(t.Rows, []cell{{Text: panel.Title, Raw: name}, {Text: label, Raw: raw}, value, p.Text.partOf(share), p.Text.partOf(together)})
			panel.Bars = append(panel.Bars, paretoBar{Label: label, Share: share, Together: together, Pale: !plain})
			if len(panel.Bars) <= 3 || !plain { // in words the largest are enough
				clauses = append(clauses, label+" "+p.Text.percent(share))
			}
		}
		for _, x := range c.top {
			add(x.name, x.name, x, true)
		}
		if c.rest != nil {
			add(p.Text.many(int64(c.others), "other_names"), "", *c.rest, false)
		}
		if c.bare != nil {
			add(p.Text.say("not_named"), "", *c.bare, false)
		}
		if fields == nil {
			few, share := c.half()
			fields = map[string]string{"Few": strconv.Itoa(few), "Count": count(p.Text, c.count), "What": what, "Share": p.Text.percent(share), "Category": lower(cat.Title), "Year": strconv.Itoa(p.Year)}
			if few == 1 {
				fields["Name"] = c.top[0].name
			}
		}
		d.Panels = append(d.Panels, panel)
	}
	if fields == nil {
		return nil, nil
	}
	regions := slices.ContainsFunc(t.Rows, func(row []cell) bool { return row[0].Raw == actorColumns[regionColumn] })
	f, err := p.figure("actors", "actors-"+slug(perspective), p.about(perspective), fields, d, p.Text.told(clauses), t)
	if err == nil {
		f.Models = p.Text.models([]lca.Category{cat})
		if regions {
			f.Note += " " + p.Text.say("actors_codes")
		}
	}
	return f, err
}

// partOf is a share in a table.
func (w *wording) partOf(share float64) cell {
	return cell{Text: w.percent(share), Raw: raw(share), Value: true}
}

// pareto is a figure of who makes up a total: in each panel bars for the names, the largest first, and a step for what all up to there come to, on one axis of shares.
type pareto struct {
	Panels []paretoPanel

	in *wording
}

type paretoPanel struct {
	Title string
	Bars  []paretoBar
}

type paretoBar struct {
	Label           string
	Share, Together float64 // of all, 0 to 1
	Pale            bool    // of several names, or of none
}

func (d pareto) svg(id string, width float64, title, desc string) template.HTML {
	return draw(d.in, id, width, title, desc, func(c *canvas) float64 {
		y := c.paretoLegend(4) + 22
		for _, panel := range d.Panels {
			y = c.pareto(panel, y) + 30
		}
		return y - 24
	})
}

// paretoLegend says what bars and steps are, and returns where it ends.
func (c *canvas) paretoLegend(y float64) float64 {
	x := 0.0
	for i, key := range []string{"actors_bar", "actors_step"} {
		text := c.in.say(key)
		if w := 26 + extent(text, 13); x > 0 && x+w > c.width {
			x, y = 0, y+24
		}
		look := yearLook
		if i > 0 {
			look = otherLook
			c.over.add(overLook, "M"+num(x+18)+","+num(y)+"v16")
		}
		c.rect(x, y, 18, 16, look)
		c.write(x+25, y+12.5, "", text)
		x += 26 + extent(text, 13) + 18
	}
	return y + 20
}

// paretoDot stands between a share and what it comes to with those above.
const paretoDot = " · "

// pareto draws a panel and returns where it ends.
func (c *canvas) pareto(p paretoPanel, y float64) float64 {
	labels, row := 216.0, 26.0
	if c.width < 500 {
		labels, row = 0, 40
	}
	const height = 14.0
	left, right := labels, c.width-50
	at := func(share float64) float64 { return left + float64(share*(right-left)) }
	for _, b := range p.Bars { // where both shares stand at the end of a row there must be room for them
		if both := c.in.percent(b.Share) + paretoDot + c.in.percent(b.Together); at(b.Together)+6+extent(both, 12) > c.width && at(b.Share)+5+extent(c.in.percent(b.Share), 12)+4 >= at(b.Together-b.Share) {
			right = min(right, c.width-6-extent(both, 12))
		}
	}
	c.write(0, y, headLook, p.Title)
	top := y + 24
	bottom := top + float64(row*float64(len(p.Bars)))
	for _, tick := range []float64{0, 0.25, 0.5, 0.75, 1} {
		c.line(at(tick), top-4, at(tick), bottom, gridLook)
		if tick == 0.25 || tick == 0.75 {
			continue
		}
		c.write(max(at(tick), 10), top-9, tickLook, c.in.percent(tick))
	}
	before, step := 0.0, ""
	for i, b := range p.Bars {
		middle := top + float64(row*(float64(i)+0.5))
		if labels > 0 {
			c.label(labels-14, middle, labels-14, endLook, b.Label)
		} else {
			c.write(0, middle-6, "", clip(b.Label, c.width, 13))
			middle += 9
		}
		look := yearLook
		if b.Pale {
			look = softLook
		}
		c.rect(left, middle-height/2, max(at(b.Share)-left, 1), height, look)
		share, together := c.in.percent(b.Share), c.in.percent(b.Together)
		if i > 0 {
			from := max(at(before), at(b.Share))
			c.rect(from, middle-height/2, max(at(b.Together)-from, 0), height, otherLook)
			switch end := at(b.Share) + 5 + extent(share, 12); {
			case end+4 < at(before):
				c.write(at(b.Share)+5, middle+4.5, valueLook, share)
				c.write(at(b.Together)+6, middle+4.5, strongLook, together)
			default: // no room for both where they belong
				c.write(at(b.Together)+6, middle+4.5, valueLook, share+paretoDot+together)
			}
		} else {
			c.write(at(b.Together)+6, middle+4.5, strongLook, together)
		}
		// the step: along the row's end to the next one
		x := num(at(b.Together))
		if i == 0 {
			step = "M" + x + "," + num(middle-height/2)
		} else {
			step += "H" + x
		}
		if i == len(p.Bars)-1 {
			step += "V" + num(middle+height/2)
		} else {
			step += "V" + num(top+float64(row*float64(i+1)))
		}
		before = b.Together
	}
	c.over.add(overLook, step)
	return bottom
}
