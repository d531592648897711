package reports

import (
	"html/template"
	"math"
	"strconv"
)

// Styles of a tornado's bars, of all figures' styles. A letter stands ahead of each number, so that nothing is told by colour alone.
const (
	lowStyle  = 1
	highStyle = 2
)

func (t *Tornado) svg(id string, width float64, title, desc string) template.HTML {
	return draw(t.in, id, width, title, desc, func(c *canvas) float64 {
		rows, smaller := t.rows()
		if len(rows) == 0 {
			c.write(0, 16, softLook, "No driver has a result.")
			return 24
		}
		st, sc := t.step(), t.scaling(rows)
		y := c.keys(tornadoKeys(c, t.center(st, width-26)), 4) + 16
		labels, beside := 236.0, 20.0
		for i := range rows {
			low, high := rows[i].texts(st, t.Center.Value)
			beside = max(beside, extent("H "+low, 12)+8, extent("H "+high, 12)+8)
		}
		row := 44.0
		for i := range rows {
			if _, second := fold(cleaned(rows[i].Label), labels-12); second != "" {
				row = 56
			}
		}
		if width < 500 {
			labels, row = 0, 72
		}
		left, right := labels+beside, width-beside
		x := func(v float64) float64 { return left + float64(sc.at(v)*(right-left)) }
		ticks := sc.texts(st)
		unit := st.Name
		if sc.low > 0 || sc.ticks[len(sc.ticks)-1] < 0 {
			if unit != "" {
				unit += "; "
			}
			unit += "the axis has no 0"
		}
		c.write(labels, y, asideLook, unit)
		y += 32
		bottom := y + float64(row*float64(len(rows)))
		last := -100.0
		for i, tick := range sc.ticks {
			c.line(x(tick), y-8, x(tick), bottom, gridLook)
			if half := float64(extent(ticks[i], 11) / 2); x(tick)-half > last+6 {
				c.write(x(tick), y-13, tickLook, ticks[i])
				last = x(tick) + half
			}
		}
		c.over.add(overLook, "M"+num(x(t.Center.Value))+","+num(y-8)+"V"+num(bottom))
		for i := range rows {
			d := &rows[i]
			middle := y + float64(row*(float64(i)+0.5))
			if labels > 0 {
				c.named(d, labels-8, middle, labels-12)
			} else {
				c.write(0, middle-18, haloLook, clip(cleaned(d.Label), width, 13))
				c.write(0, middle-2, asideHaloLook, d.settings(int(width/2/(12*0.6))-3))
				middle += 17
			}
			t.bar(c, d, st, x, middle)
		}
		y = bottom + 8
		if smaller > 0 {
			c.write(0, y+12, asideLook, "Of no larger range, in the table alone: "+strconv.Itoa(smaller)+" more")
			y += 20
		}
		return y
	})
}

// named writes a driver's name and settings beside its bar.
func (c *canvas) named(d *Driver, x, middle, width float64) {
	settings := d.settings(int(width/2/(12*0.6)) - 3)
	first, second := fold(cleaned(d.Label), width)
	lines := []struct{ attrs, text string }{{endLook, first}, {endLook, second}, {asideEndLook, settings}}
	n := 0
	for _, l := range lines {
		if l.text != "" {
			n++
		}
	}
	y := middle + 4.5 - float64(7.5*float64(n-1))
	for _, l := range lines {
		if l.text != "" {
			c.write(x, y, l.attrs, l.text)
			y += 15
		}
	}
}

// bar draws a driver's two results from the central one: side by side, or one above the other where they lie on one side.
func (t *Tornado) bar(c *canvas, d *Driver, st step, x func(float64) float64, middle float64) {
	center := t.Center.Value
	low, high := d.texts(st, center)
	type end struct {
		style  int
		key    string
		result float64
		text   string
	}
	ends := []end{{lowStyle, "L", d.Low.Result, low}, {highStyle, "H", d.High.Result, high}}
	aside := d.Low.Result < center && d.High.Result < center || d.Low.Result > center && d.High.Result > center
	for i, e := range ends {
		top, height := middle-10, 20.0
		if aside {
			top, height = middle-13+float64(14*float64(i)), 12
		}
		from, to := x(center), x(e.result)
		c.area(e.style, min(from, to), top, max(math.Abs(to-from), 1.5), height)
		below := e.result < center || e.result == center && ends[1-i].result > center
		at, look := max(from, to)+6, valueLook
		if below {
			at, look = min(from, to)-6, valueEndLook
		}
		if e.result == center && ends[1-i].result == center { // on either side of the line
			at, look = x(center)+6, valueLook
			if i == 0 {
				at, look = x(center)-6, valueEndLook
			}
		}
		c.write(at, top+float64(height/2)+4.5, look, e.key+" "+e.text)
	}
}

// tornadoKeys explain the bars and the line that they begin at.
func tornadoKeys(c *canvas, center string) []key {
	bar := func(style int, letter string) func(x, y float64) {
		return func(x, y float64) {
			c.area(style, x, y, 18, 16)
			c.write(x+9, y+12, onKey(style), letter)
		}
	}
	return []key{
		{center, func(x, y float64) { c.over.add(overLook, "M"+num(x+9)+","+num(y)+"v16") }},
		{"Driver low", bar(lowStyle, "L")}, {"Driver high", bar(highStyle, "H")},
	}
}

// scaling is linear: from 0 unless all results are far away from it, since bars begin at the central one.
func (t *Tornado) scaling(rows []Driver) scaling {
	low, high := t.Center.Value, t.Center.Value
	for i := range rows {
		low, high = min(low, rows[i].least(t.Center.Value)), max(high, rows[i].most(t.Center.Value))
	}
	span := high - low
	if span == 0 {
		margin := math.Abs(low) / 10
		return linear(low-margin, high+margin)
	}
	switch {
	case low > 0 && low < span:
		low = 0
	case high < 0 && -high < span:
		high = 0
	}
	return linear(low, high)
}
