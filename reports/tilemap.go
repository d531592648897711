package reports

import (
	_ "embed"
	"html/template"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/ai-impact-observatory/ailca/lca"
)

//go:embed regions.yaml
var regionsText []byte

// tileRows are the rows of the schematic map: codes of countries, "-" where there is none.
var tileRows = sync.OnceValue(func() (out [][]string) {
	var file struct {
		Rows []string `doc:"rows,required"`
	}
	embedded("reports/regions.yaml", regionsText, &file)
	for _, row := range file.Rows {
		out = append(out, strings.Fields(row))
	}
	return out
})

// tileOf is where a country stands in the map; ok is false of one that has no tile.
func tileOf(code string) (row, col int, ok bool) {
	for row, codes := range tileRows() {
		if col := slices.Index(codes, code); col >= 0 && code != "-" {
			return row, col, true
		}
	}
	return 0, 0, false
}

// shades are styles of what a unit takes, of the least first.
var shades = [...]int{1, 3, 4, 2, 5, 0}

// spokenShare is the share of a total from which a region counts for the range that a title states: what is next to nothing anywhere says little.
const spokenShare = 0.01

// mappedRegions is how many regions the map shows, the largest.
const mappedRegions = 25

// RegionFigure shows where the study's total of a perspective arises and how much each unit of activity takes there: the first category over the vocabulary's first indicator, by country, on a
// schematic map. Totals are circles and never shades. Nil where fewer than two countries have a tile and both figures.
func (p *page) RegionFigure(perspective string) (*figure, error) {
	a := p.table.actors[perspective]
	first := leads(p.words.Categories)
	if a == nil || len(p.accountings()) == 0 || len(first) < 2 {
		return nil, nil
	}
	accounting, cat, per := p.accountings()[0], first[0], first[1]
	total, err := p.total(p.Year, perspective, accounting.Name, cat.Name)
	if err != nil || total == nil || !(*total > 0) || !p.assessed(p.Year, perspective, accounting.Name, cat.Name) || !p.assessed(p.Year, perspective, accounting.Name, per.Name) {
		return nil, err
	}
	amounts := map[string]float64{}
	for _, x := range a.named(regionColumn, per.Name) {
		amounts[x.name] = x.value
	}
	all := a.named(regionColumn, cat.Name)
	shown := all[:min(mappedRegions, len(all))]
	unit := cat.Unit + "/" + per.Unit
	var intensities []float64
	for _, x := range shown {
		if v := x.value / amounts[x.name]; amounts[x.name] > 0 && v > 0 && drawable(v) {
			intensities = append(intensities, v)
		}
	}
	if len(intensities) < 2 {
		return nil, nil
	}
	sc, whole := p.Text.scale(unit, intensities...), p.Text.scale(cat.Unit, *total)
	steps := linear(0, slices.Max(intensities)/sc.Factor).ticks
	d := tileMap{in: p.Text, Unit: sc.Name, Total: lower(cat.Title)}
	level := func(v float64) int { // the first step that it does not pass
		return max(0, min(len(steps)-2, slices.IndexFunc(steps, func(s float64) bool { return v/sc.Factor <= s })-1))
	}
	levelText := func(i int) string { return p.Text.to(p.Text.tickText(steps[i]), p.Text.tickText(steps[i+1])) }
	for i := range len(steps) - 1 {
		d.Series = append(d.Series, series{Title: levelText(i) + " " + sc.Name, Style: shades[i%len(shades)]})
	}
	t := &table{Caption: p.Text.say("regions_table", cat.Title, strconv.Itoa(p.Year), per.Title, lower(p.Text.titleOf(p.words.Perspectives, perspective)), lower(accounting.Title)),
		Columns: []column{{Text: p.Text.column("region"), Raw: "region"}, {Text: p.Text.column("per_unit"), Unit: sc.Name, Raw: "per unit [" + unit + "]", RawUnit: unit, Number: true}, {Text: p.Text.column("shade"), Unit: sc.Name, Raw: "shade"},
			{Text: p.Text.column("total"), Unit: whole.Name, Raw: "total [" + cat.Unit + "]", RawUnit: cat.Unit, Number: true}, {Text: p.Text.column("share"), Raw: "share", Number: true}}}
	bare := func(c cell) cell {
		c.Full = "" // all digits stand in the CSV
		return c
	}
	var clauses, without []string
	mostShare := 0.0
	low, high, most := actor{value: math.Inf(1)}, actor{}, actor{}
	for _, x := range shown {
		name := x.name
		if name == "" {
			name = p.Text.say("not_named")
		}
		value := bare(figureCell(whole, cat.Unit, &x.value, p.partInterval(p.Year, perspective, accounting.Name, cat.Name, "region", x.name)))
		v := x.value / amounts[x.name]
		known := amounts[x.name] > 0 && v > 0 && drawable(v)
		intensity, shade := cell{Value: true}, blank("")
		if known {
			intensity, shade = bare(p.digits(sc, v, unit, nil).cell()), plain(levelText(level(v)))
		}
		t.Rows = append(t.Rows, []cell{{Text: name, Raw: x.name}, intensity, shade, value, p.Text.partOf(x.value / *total)})
		clauses = append(clauses, name+" "+value.Text+" "+whole.Name+", "+intensity.Text+" "+sc.Name)
		row, col, ok := tileOf(x.name)
		if !ok || !known {
			without = append(without, name)
			continue
		}
		if most.name == "" { // of those with a tile that of the largest total
			most = actor{x.name, v}
			mostShare = x.value / *total
		}
		if v < low.value && x.value >= spokenShare*(*total) {
			low = actor{x.name, v}
		}
		if v > high.value && x.value >= spokenShare*(*total) {
			high = actor{x.name, v}
		}
		d.Tiles = append(d.Tiles, tile{Row: row, Col: col, Code: x.name, Style: d.Series[level(v)].Style, Text: x.name + " " + number{Text: value.Text, Unit: whole.Name}.String(), Size: x.value / all[0].value})
	}
	if len(d.Tiles) < 2 {
		return nil, nil
	}
	d.Series = slices.DeleteFunc(d.Series, func(s series) bool {
		return !slices.ContainsFunc(d.Tiles, func(t tile) bool { return t.Style == s.Style })
	})
	text := func(v float64) string { return p.digits(p.Text.scale(unit, v), v, unit, nil).String() }
	fields := map[string]string{"Most": most.name, "MostValue": text(most.value), "MostShare": p.Text.percent(mostShare), "Share": p.Text.tickText(100*spokenShare) + p.Text.Numbers.Percent, "Category": lower(cat.Title), "Unit": lower(per.Title), "Year": strconv.Itoa(p.Year)}
	if low.name != high.name { // several regions are large enough to be spoken of
		fields["Low"], fields["LowRegion"], fields["High"], fields["HighRegion"] = text(low.value), low.name, text(high.value), high.name
	}
	f, err := p.figure("regions", "regions-"+slug(perspective), p.about(perspective), fields, d, p.Text.told(clauses), t)
	if err == nil {
		f.Models = p.Text.models([]lca.Category{cat})
		if len(without) > 0 {
			f.Note += " " + p.Text.say("no_tile", p.Text.enumerate(without))
		}
		if len(all) > len(shown) {
			f.Note += " " + p.Text.say("regions_some", count(p.Text, len(shown)), count(p.Text, len(all)))
		}
	}
	return f, err
}

// tileMap is a schematic map in which each country is a tile of one size: shaded by what a unit takes there, with a circle for the total.
type tileMap struct {
	Series []series // shades
	Unit   string   // of the shades
	Total  string   // what circles are
	Tiles  []tile   // by total, the largest first

	in *wording
}

type tile struct {
	Row, Col   int
	Code, Text string
	Style      int
	Size       float64 // of the largest total, 0 to 1
}

func (d tileMap) svg(id string, width float64, title, desc string) template.HTML {
	return draw(d.in, id, width, title, desc, func(c *canvas) float64 {
		y := c.legend(d.Series, 4) + 14
		c.write(0, y, asideLook, c.in.say("circles", d.Total))
		y += 14
		pitch, gap, most := 29.0, 3.0, 40.0
		if width < 500 {
			pitch, gap, most = 13, 2, 17
		}
		rows := tileRows()
		for r, codes := range rows { // all countries that have a tile, quietly: dashes as wide as a row
			for i := 0; i < len(codes); i++ {
				from := i
				for i < len(codes) && codes[i] != "-" {
					i++
				}
				if i > from {
					c.lines.add(tileLook(pitch), "M"+num(float64(float64(from)*pitch))+","+num(y+float64((float64(r)+0.5)*pitch))+"h"+num(float64(float64(i-from)*pitch)-gap))
				}
			}
		}
		var taken []box
		for _, t := range d.Tiles {
			x, top := float64(float64(t.Col)*pitch), y+float64(float64(t.Row)*pitch)+float64(gap/2)
			c.area(t.Style, x, top, pitch-gap, pitch-gap)
			if pitch > 20 {
				c.write(x+float64((pitch-gap)/2), top+17, onKey(t.Style), t.Code)
			}
		}
		for i, t := range d.Tiles {
			x, middle := float64(float64(t.Col)*pitch)+float64((pitch-gap)/2), y+float64((float64(t.Row)+0.5)*pitch)
			r := max(2.5, float64(most*math.Sqrt(t.Size)))
			arc := "a" + num(r) + "," + num(r) + " 0 1 0 "
			c.over.add(overLook, "M"+num(x-r)+","+num(middle)+arc+num(float64(2*r))+",0"+arc+num(float64(-2*r))+",0z")
			taken = append(taken, box{x - float64(pitch/2), middle - float64(pitch/2), x + float64(pitch/2), middle + float64(pitch/2)})
			if i < 6 {
				far := max(r, pitch/2) - scatterDot
				c.callout(t, x, middle, far, box{0, y, width, y + float64(float64(len(rows))*pitch)}, &taken)
			}
		}
		return y + float64(float64(len(rows))*pitch) + 4
	})
}

// callout writes beside a tile what its total is, or where there is no room for it which country it is.
func (c *canvas) callout(t tile, x, y, far float64, frame box, taken *[]box) {
	for _, text := range []string{t.Text, t.Code} {
		for _, side := range []float64{far, -far} {
			if name, left, base, ok := beside(text, x+side, y, side > 0, frame, taken); ok {
				c.write(left, base, strongLook, name)
				return
			}
		}
	}
}

// tileLook draws a line as tiles, which are as wide as figure.css says.
func tileLook(pitch float64) string {
	if pitch < 20 {
		return `class="tiles small"`
	}
	return `class="tiles"`
}

// beside finds room for a name at the right or left of a point, and takes it.
func beside(name string, x, y float64, right bool, frame box, taken *[]box) (string, float64, float64, bool) {
	w := extent(name, 12)
	left := x + scatterDot + 4
	if !right {
		left = x - scatterDot - 4 - w
	}
	b := box{left - 2, y - 9, left + w + 2, y + 8}
	if b.x0 < frame.x0 || b.x1 > frame.x1 || slices.ContainsFunc(*taken, b.meets) {
		return "", 0, 0, false
	}
	*taken = append(*taken, b)
	return name, left, y + 4, true
}
