package reports

import (
	"cmp"
	"slices"

	"github.com/ai-impact-observatory/ailca/lca"
)

// volume is an entry with how much of it there was: Units times Value is Impact.
type volume struct {
	*entry
	label string
	row   *lca.Intensity
}

const (
	volumesShown = 30 // entries that a figure of volumes shows at most
	volumesApart = 2  // the largest volume over the smallest from which there is something to see
)

// volumeScope is the scope of real activity: units of other scopes are those of a benchmark or a sample, and say nothing of how much there was.
const volumeScope = "volume"

// volumesOf are a class's entries of real activity in a category and accounting, by total, largest first; nil where fewer than three are, or all are of about one size.
func (p *page) volumesOf(c *class, category, accounting string) []volume {
	var out []volume
	models := map[string]int{}
	entries := c.figured
	if len(entries) > volumesShown {
		entries = spreadOf(entries, volumesShown)
	}
	for _, e := range entries {
		row := e.values[[2]string{category, accounting}]
		if e.Scope != volumeScope || e.value(category, accounting) == nil || !(row.Value > 0 && row.Units > 0) || !drawable(row.Value) || !drawable(row.Units) || !drawable(row.Impact) {
			continue
		}
		out = append(out, volume{entry: e, row: row})
		models[e.Model]++
	}
	if len(out) < 3 {
		return nil
	}
	for i := range out {
		out[i].label = out[i].Name()
		if m := out[i].Model; m != "" && models[m] == 1 {
			out[i].label = m
		}
	}
	slices.SortStableFunc(out, func(a, b volume) int {
		return cmp.Or(-cmp.Compare(a.row.Impact, b.row.Impact), cmp.Compare(a.label, b.label))
	})
	units := values(out, func(v volume) float64 { return v.row.Units })
	if slices.Max(units) < volumesApart*slices.Min(units) {
		return nil
	}
	return out
}

func values(of []volume, value func(v volume) float64) (out []float64) {
	for _, v := range of {
		out = append(out, value(v))
	}
	return out
}

// median of at least one value; of an even number the mean of the two in the middle.
func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	return float64(sorted[(n-1)/2]/2) + float64(sorted[n/2]/2)
}

// VolumeFigure shows whether the entries of a kind have large totals because there is much of them or because each unit takes much: intensity against volume, of the class with most entries of real
// activity. Nil where none has such entries.
func (p *page) VolumeFigure(k *kind) (*figure, error) {
	var of *class
	var shown []volume
	var cat lca.Category
	var v variant
	for _, c := range k.Classes {
		if !c.charts() {
			continue
		}
		lead := leads(c.Categories)[0]
		which := p.variants(c, lead)
		if len(which) == 0 {
			continue
		}
		if list := p.volumesOf(c, lead.Name, which[0].name); len(list) > len(shown) {
			of, shown, cat, v = c, list, lead, which[0]
		}
	}
	if of == nil {
		return nil, nil
	}
	unit := cmp.Or(v.unit, cat.Unit)
	intensities, units := values(shown, func(v volume) float64 { return v.row.Value }), values(shown, func(v volume) float64 { return v.row.Units })
	totals := values(shown, func(v volume) float64 { return v.row.Impact })
	sc, whole := p.Text.scale(unit, intensities...), p.Text.scale(cat.Unit, totals...)
	per := cmp.Or(p.Text.named(of.Unit), p.Text.say("unit"))
	t := &table{Caption: p.Text.say("volumes_table", cat.Title, p.className(of)), Columns: []column{{Text: p.Text.column("name"), Raw: "name"},
		{Text: p.Text.column("volume"), Unit: per, Raw: "volume", Number: true}, {Text: p.Text.column("intensity"), Unit: sc.Name, Raw: "intensity [" + unit + "]", RawUnit: unit, Number: true},
		{Text: p.Text.column("total"), Unit: whole.Name, Raw: "total [" + cat.Unit + "]", RawUnit: cat.Unit, Number: true}, {Text: p.Text.column("quality"), Raw: "quality"}}}
	d := scatter{Series: letters(titles(p.words.Qualities)), Title: v.title, Unit: sc.Name, Per: per, Total: cat.Unit, Factor: sc.Factor, in: p.Text}
	var clauses []string
	bare := func(c cell) cell { // all digits stand in the CSV, intervals in the table of the class
		c.Full, c.Between, c.Low, c.High = "", "", "", ""
		return c
	}
	number := func(v float64) cell { return cell{Text: p.Text.short(v), Raw: raw(v), Value: true} }
	for i, x := range shown {
		intensity := bare(figureCell(sc, unit, &intensities[i], x.interval(cat.Name, v.name)))
		if !x.row.Complete {
			intensity.Mark, t.Marked = p.Text.Incomplete, p.Text.Refused
		}
		t.Rows = append(t.Rows, []cell{{Text: x.label, Raw: cmp.Or(x.row.Item, x.label)}, number(units[i]), intensity, bare(p.digits(whole, totals[i], cat.Unit, x.interval(cat.Name, v.name).times(units[i])).cell()), {Text: p.Text.titleOf(p.words.Qualities, x.row.Quality), Raw: x.row.Quality}})
		d.Points = append(d.Points, point{Label: x.label, X: units[i], Y: intensities[i] / sc.Factor, Class: max(0, slices.Index(lca.Names(p.words.Qualities), x.row.Quality))})
		if i < 2 { // in words the largest are enough
			clauses = append(clauses, p.Text.pair(x.label, p.Text.short(units[i])+" "+per+", "+intensity.Text+" "+sc.Name))
		}
	}
	middle, typical := median(units), median(intensities)
	t.Rows = append(t.Rows, []cell{{Text: p.Text.say("median_of"), Raw: "median"}, number(middle), bare(p.digits(sc, typical, unit, nil).cell()), {Break: true, Value: true}, blank("")})
	fields := map[string]string{"Count": count(p.Text, len(shown)), "Name": shown[0].label, "Volume": p.Text.roughly(units[0] / middle), "Intensity": p.Text.roughly(intensities[0] / typical)}
	if p.voluminous == nil && shown[0].row.Item != "" {
		p.voluminous = shown[0].row
	}
	f, err := p.figure("volumes", "volumes-"+slug(k.Name), p.Text.say("per", p.className(of), per), fields, d, p.Text.told(clauses), t)
	if err == nil {
		f.Models = p.Text.models([]lca.Category{cat})
		if len(shown) < of.Count {
			f.Note = p.Text.say("volumes_some", count(p.Text, len(shown)), count(p.Text, of.Count)) + " " + f.Note
		}
	}
	return f, err
}

// roughly is a ratio with two digits, as many as are told of what is not known well.
func (w *wording) roughly(ratio float64) string {
	return w.atPlace(ratio, magnitude(ratio)-1)
}
