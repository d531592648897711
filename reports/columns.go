package reports

import (
	"html/template"
	"strconv"
)

// multiples is a figure of small column charts over the same calendar years, one for each thing in its own unit.
type multiples struct {
	Years  []int
	Marked int // the year drawn in full ink
	Panels []panel

	in *wording
}

type panel struct {
	Title, Unit string
	Values      []*float64 // for each year, in Unit; nil where not supplied
	Texts       []string   // what is printed of each value
	Within      []*between // the interval of each value, in Unit; nil of one that has none
}

func (m multiples) svg(id string, width float64, title, desc string) template.HTML {
	return draw(m.in, id, width, title, desc, func(c *canvas) float64 {
		const gap, height = 36.0, 192.0
		across := 3
		if width < 500 {
			across = 1
		}
		across = min(across, max(1, len(m.Panels)))
		w := min((width-float64(gap*float64(across-1)))/float64(across), 420)
		for i, p := range m.Panels {
			x, y := float64(float64(i%across)*(w+gap)), float64(float64(i/across)*(height+30))
			c.panel(m, p, x, y, w, height)
		}
		rows := (len(m.Panels) + across - 1) / across
		return float64(float64(rows)*(height+30)) - 22
	})
}

// panel draws columns from a base line of zero; values below zero hang under it.
func (c *canvas) panel(m multiples, p panel, x, y, w, h float64) {
	first, second := fold(p.Title, float64(w*0.95))
	if second == "" {
		first, second = "", first
	}
	c.write(x, y+13, headLook, first)
	c.write(x, y+29, headLook, second)
	c.write(x, y+45, asideLook, p.Unit)
	low, high, peak := 0.0, 0.0, -1
	for i, v := range p.Values {
		if v == nil {
			continue
		}
		low, high = min(low, *v), max(high, *v)
		if b := p.Within[i]; b != nil { // all of an interval is seen
			low, high = min(low, b.low), max(high, b.high)
		}
		if peak < 0 || *v > *p.Values[peak] {
			peak = i
		}
	}
	top, bottom := y+72, y+h-22
	if high == low {
		high = low + 1
	}
	at := func(v float64) float64 { return bottom - float64((v-low)/(high-low)*(bottom-top)) }
	slot := w / float64(max(1, len(m.Years)))
	every := 1
	for slot*float64(every) < 33 {
		every++
	}
	marked := len(m.Years) - 1
	for i, year := range m.Years {
		if year == m.Marked {
			marked = i
		}
	}
	c.line(x, at(0), x+w, at(0), baseLineLook)
	for i, year := range m.Years {
		middle := x + float64(slot*(float64(i)+0.5))
		column, label, value := otherLook, tickLook, peakLook
		if year == m.Marked {
			column, label, value = yearLook, tickNowLook, peakNowLook
		}
		if abs(marked-i)%every == 0 {
			c.write(middle, y+h-5, label, strconv.Itoa(year))
		}
		v := p.Values[i]
		if v == nil {
			c.write(middle, bottom-5, tickLook, "–")
			continue
		}
		from, to := at(max(*v, 0)), at(min(*v, 0))
		c.rect(middle-min(slot*0.36, 18), from, float64(2*min(slot*0.36, 18)), max(to-from, 1), column)
		if b := p.Within[i]; b != nil && b.high > b.low {
			c.upright(middle, at(b.high), at(b.low), min(slot*0.18, 6))
			from = min(from, at(b.high))
		}
		if i == peak || year == m.Marked {
			c.write(middle, from-6, value, p.Texts[i])
		}
	}
}

// upright draws an interval over a column: a light line and a dark one in it, each with ends.
func (c *canvas) upright(x, top, bottom, half float64) {
	path := "M" + num(x) + "," + num(top) + "V" + num(bottom) + "M" + num(x-half) + "," + num(top) + "h" + num(float64(2*half)) + "M" + num(x-half) + "," + num(bottom) + "h" + num(float64(2*half))
	for _, look := range []string{underLook, overLook} {
		c.over.add(look, path)
	}
}

func abs(i int) int { return max(i, -i) }
