package reports

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// panel draws a scenario with its upper left corner at x and y, and returns where it ends.
func (d *fanChart) panel(s *Scenario, x, y float64) float64 {
	c := d.c
	first, second := d.title(s)
	if second == "" && d.titles > 1 {
		first, second = "", first
	}
	for _, t := range []string{first, second}[:d.titles] {
		y += fanLine
		if t != "" {
			c.write(x, y, headLook, t)
		}
	}
	for i, t := range d.headline(s) {
		c.write(x, y+float64(fanLine*float64(i+1)), asideLook, t)
	}
	top := y + float64(fanLine*float64(d.values)) + 16
	bottom := top + fanPlot
	from, to := x+d.left, x+d.w-d.right
	atY := func(v float64) float64 { return bottom - float64(d.sc.at(v)*fanPlot) }
	span := float64(max(1, d.last-d.first))
	atX := func(year int) float64 { return from + float64(float64(year-d.first)/span*(to-from)) }
	if d.first == d.last {
		atX = func(int) float64 { return float64((from + to) / 2) }
	}
	for i, tick := range d.sc.ticks {
		look := gridLook
		if tick == 0 {
			look = baseLineLook
		}
		c.line(from, atY(tick), to, atY(tick), look)
		c.write(from-6, atY(tick)+4, tickEndLook, d.ticks[i])
	}
	for _, year := range d.labels(to - from) {
		look := tickLook
		if year == d.year {
			look = tickNowLook
		}
		c.write(atX(year), bottom+16, look, strconv.Itoa(year))
	}
	if b := d.base(); b != nil {
		c.over.add(baseLook, "M"+num(from)+","+num(atY(b.Value))+"H"+num(to))
	}
	points := s.drawn()
	d.band(mostLook, points, (*Projected).most, atX, atY)
	d.band(halfLook, points, (*Projected).half, atX, atY)
	d.course(s, points, atX, atY)
	if p := s.in(d.year); p != nil {
		d.end(p, atX(p.Year), atY(p.Value), to, top, bottom)
	}
	return d.published(s, x, bottom+20, from, atX, atY)
}

// band draws an interval over the years: one area where neighbours have it, a bar where a year has it alone.
func (d *fanChart) band(look string, points []Projected, of func(*Projected) *between, atX func(int) float64, atY func(float64) float64) {
	var upper, lower []string
	var x float64
	flush := func() {
		switch {
		case len(upper) == 1:
			_, high, _ := strings.Cut(upper[0], ",")
			_, low, _ := strings.Cut(lower[0], ",")
			d.c.areas.add(look, "M"+num(x-7)+","+high+"H"+num(x+7)+"V"+low+"H"+num(x-7)+"z")
		case len(upper) > 1:
			slices.Reverse(lower)
			d.c.areas.add(look, "M"+strings.Join(upper, "L")+"L"+strings.Join(lower, "L")+"z")
		}
		upper, lower = nil, nil
	}
	for i := range points {
		b := of(&points[i])
		if b == nil {
			flush()
			continue
		}
		x = atX(points[i].Year)
		upper, lower = append(upper, num(x)+","+num(atY(b.high))), append(lower, num(x)+","+num(atY(b.low)))
	}
	flush()
}

// course draws the line, with a dot at each year that has a value, so that what lies between is seen to be drawn only. A value that is not there leaves a gap.
func (d *fanChart) course(s *Scenario, points []Projected, atX func(int) float64, atY func(float64) float64) {
	missing := func(after, before int) bool {
		return slices.ContainsFunc(s.Years, func(p Projected) bool { return p.Year > after && p.Year < before && !drawable(p.Value) })
	}
	path := ""
	for i := range points {
		p := &points[i]
		move := "L"
		if i == 0 || missing(points[i-1].Year, p.Year) {
			move = "M"
		}
		path += move + num(atX(p.Year)) + "," + num(atY(p.Value))
	}
	d.c.over.add(courseLook, path)
	for i := range points {
		if i > 0 && atX(points[i].Year)-atX(points[i-1].Year) < 7 {
			return // too close to be told apart
		}
	}
	for i := range points {
		d.c.disc(yearLook, atX(points[i].Year), atY(points[i].Value), 2.6)
	}
}

// end writes a value and its ratio beside the plot, at the height of its dot.
func (d *fanChart) end(p *Projected, x, y, edge, top, bottom float64) {
	c := d.c
	c.disc(dotLook, x, y, 4)
	if edge-x > 8 { // the line goes on
		c.over.add(leaderLook, "M"+num(x+6)+","+num(y)+"H"+num(edge+8))
	}
	ratio := d.ratio(p)
	text := min(max(y, top+6), bottom-2)
	if ratio != "" {
		text = min(max(y-3, top+4), bottom-16)
	}
	c.write(edge+13, text+4, strongLook, d.number(d.st, p).Text)
	if ratio != "" {
		c.write(edge+13, text+18, valueLook, ratio)
	}
}

// published draws others' values as diamonds, lettered where there are several, and lists them under the plot.
func (d *fanChart) published(s *Scenario, x, y, from float64, atX func(int) float64, atY func(float64) float64) float64 {
	type letter struct{ x, y float64 }
	var taken []letter
	marks := s.marks()
	for i, m := range marks {
		d.c.diamond(atX(m.Year), atY(m.Value))
		text, year := m.text(d.st), ", "+strconv.Itoa(m.Year)
		name := cleaned(m.Label)
		indent := 20.0
		if len(marks) == 1 {
			d.c.diamond(x+8, y+9)
		} else {
			at := letter{atX(m.Year) - 11, atY(m.Value) + 4}
			look := keyEndLook
			if at.x-10 < from {
				at.x, look = at.x+22, keyLook
			}
			for slices.ContainsFunc(taken, func(o letter) bool { return math.Abs(o.x-at.x) < 12 && math.Abs(o.y-at.y) < 11 }) {
				at.y -= 2
			}
			taken = append(taken, at)
			key := string(rune('A' + i))
			d.c.write(at.x, at.y, look, key)
			d.c.write(x, y+13, strongLook, key)
		}
		value := d.in.pair("", clip(text, d.w-indent-90, 12)) + year
		d.c.write(x+indent, y+13, valueLook, clip(name, d.w-indent-extent(value, 12), 12)+value)
		y += fanLine
	}
	if more := len(s.Published) - len(marks); more > 0 {
		d.c.write(x, y+13, asideLook, d.in.say("more_published", strconv.Itoa(more)))
		y += fanLine
	}
	return y
}

// disc and diamond are marks over areas; a dot within a diamond is seen.
func (c *canvas) disc(look string, x, y, r float64) {
	c.over.add(look, "M"+num(x-r)+","+num(y)+"a"+num(r)+","+num(r)+" 0 1 0 "+num(float64(2*r))+",0a"+num(r)+","+num(r)+" 0 1 0 "+num(float64(-2*r))+",0z")
}

func (c *canvas) diamond(x, y float64) {
	c.over.add(underLook, "M"+num(x)+","+num(y-8)+"l8,8l-8,8l-8,-8z")
	c.over.add(overLook, "M"+num(x)+","+num(y-8)+"l8,8l-8,8l-8,-8z")
}
