package reports

import (
	"html/template"
	"math"
	"slices"
	"strconv"
)

// fanChart is a fan with what its panels share.
type fanChart struct {
	*Fan
	c           *canvas
	st          step
	sc          scaling
	ticks       []string
	first, last int     // year
	year        int     // whose values are written
	w           float64 // of a panel
	left, right float64 // of it, beside what is plotted
	titles      int     // lines that panels have, those beside each other as many as one needs
	values      int     // likewise
}

// heights of a panel's parts.
const (
	fanPlot = 132.0
	fanLine = 16.0 // of text
)

func (f *Fan) svg(id string, width float64, title, desc string) template.HTML {
	return draw(f.in, id, width, title, desc, func(c *canvas) float64 {
		panels, left := f.panels()
		if len(panels) == 0 {
			c.write(0, 16, softLook, f.in.say("no_scenario"))
			return 24
		}
		d := &fanChart{Fan: f, c: c, st: f.step(), year: f.labelled()}
		d.axes(panels)
		const gap = 24.0
		across := 1
		if width >= 500 {
			across = min(3, len(panels))
			if len(panels) == 4 {
				across = 2
			}
		}
		d.w = min((width-float64(gap*float64(across-1)))/float64(across), 420)
		d.measure(panels)
		y := c.keys(f.keys(c, d.st), 4)
		about := f.in.say("one_scale")
		if d.st.Name != "" && d.st.Name != "1" {
			about = f.in.say("one_scale_in", d.st.Name)
		}
		first, second := fold(about, width)
		said := []string{first, second}
		if half, most := f.bands(); half || most {
			said = append(said, f.in.say("bands_of"))
		}
		for _, t := range said {
			if t != "" {
				c.write(0, y+12, asideLook, t)
				y += 20
			}
		}
		y += 8
		for len(panels) > 0 {
			n := min(across, len(panels))
			end := y
			d.align(panels[:n])
			for i, s := range panels[:n] {
				end = max(end, d.panel(s, float64(float64(i)*(d.w+gap)), y))
			}
			panels, y = panels[n:], end+22
		}
		if left > 0 {
			c.write(0, y, asideLook, f.in.say("in_table_alone", strconv.Itoa(left)))
			y += 22
		}
		return y - 16
	})
}

// keys explain what the panels hold.
func (f *Fan) keys(c *canvas, st step) []key {
	out := []key{{cleaned(f.line()), func(x, y float64) {
		c.over.add(courseLook, "M"+num(x)+","+num(y+8)+"h18")
		c.disc(yearLook, x+9, y+8, 2.6)
	}}}
	area := func(look string) func(x, y float64) {
		return func(x, y float64) { c.areas.add(look, "M"+num(x)+","+num(y+1)+"h18v14h-18z") }
	}
	half, most := f.bands()
	if most { // first, since it lies below
		out = append(out, key{f.in.say("interval_of", f.in.say("most")), area(mostLook)})
	}
	if half {
		out = append(out, key{f.in.say("interval_of", f.in.say("half")), area(halfLook)})
	}
	if b := f.base(); b != nil {
		out = append(out, key{f.in.pair(strconv.Itoa(b.Year), f.baseText(st)), func(x, y float64) { c.over.add(baseLook, "M"+num(x)+","+num(y+8)+"h18") }})
	}
	if f.marked() {
		out = append(out, key{f.in.say("by_others"), func(x, y float64) { c.diamond(x+9, y+8) }})
	}
	return out
}

// axes chooses the axes that all panels share.
func (d *fanChart) axes(panels []*Scenario) {
	low, high := 0.0, 0.0
	see := func(values ...float64) {
		for _, v := range values {
			low, high = min(low, v), max(high, v)
		}
	}
	d.first, d.last = math.MaxInt32, 0
	if b := d.base(); b != nil {
		see(b.Value)
	}
	for _, s := range panels {
		for _, p := range s.drawn() {
			d.first, d.last = min(d.first, p.Year), max(d.last, p.Year)
			see(p.Value)
			for _, b := range []*between{p.half(), p.most()} {
				if b != nil {
					see(b.low, b.high)
				}
			}
		}
		for _, m := range s.marks() {
			d.first, d.last = min(d.first, m.Year), max(d.last, m.Year)
			see(m.Value)
		}
	}
	d.sc = linear(low, high)
	d.ticks = d.sc.texts(d.st)
}

// texts are the steps of a linear axis in a unit, with as many decimals as tell them apart.
func (s scaling) texts(st step) []string {
	out := make([]string, len(s.ticks))
	for i, tick := range s.ticks {
		out[i] = st.in.tickText(tick / st.Factor)
		if apart, err := strconv.ParseFloat(strconv.FormatFloat((s.ticks[len(s.ticks)-1]-s.ticks[0])/st.Factor/float64(len(s.ticks)-1), 'e', 2, 64), 64); err == nil && apart > 0 {
			out[i] = st.in.atPlace(tick/st.Factor, magnitude(apart))
		}
	}
	return out
}

// measure finds the room that texts take beside what is plotted, the same in every panel.
func (d *fanChart) measure(panels []*Scenario) {
	d.left, d.right = 16, 14
	for _, t := range d.ticks {
		d.left = max(d.left, extent(t, 11)+7)
	}
	for _, s := range panels {
		if p := s.in(d.year); p != nil {
			d.right = max(d.right, 15+extent(d.number(d.st, p).Text, 12.5), 15+extent(d.ratio(p), 12))
		}
	}
}

// align finds how many lines stand above the plots of panels that are beside each other.
func (d *fanChart) align(panels []*Scenario) {
	d.titles, d.values = 1, 1
	for _, s := range panels {
		if _, second := d.title(s); second != "" {
			d.titles = 2
		}
		d.values = max(d.values, len(d.headline(s)))
	}
}

func (d *fanChart) title(s *Scenario) (first, second string) {
	return fold(cleaned(s.Title), float64(d.w*0.93)) // it is bold
}

// headline is the value of the labelled year and, in a line of its own, its interval.
func (d *fanChart) headline(s *Scenario) []string {
	year := strconv.Itoa(d.year)
	p := s.in(d.year)
	if p == nil {
		return []string{d.in.say("no_value", year)}
	}
	n := d.number(d.st, p)
	out := []string{d.in.pair(year, n.String())}
	if n.Between != "" {
		out = append(out, d.in.pair(d.in.say(p.level()), n.Between))
	}
	return out
}

// labels are the years that are written under a plot: those that matter, then others in regular steps as there is room.
func (d *fanChart) labels(width float64) []int {
	const room = 38.0
	year := width / float64(max(1, d.last-d.first))
	apart := 1
	for _, n := range []int{1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000} {
		if apart = n; float64(float64(n)*year) >= room {
			break
		}
	}
	want := []int{d.year, d.last, d.first}
	for k := 1; k <= 30; k++ {
		want = append(want, d.year-k*apart, d.year+k*apart)
	}
	var out []int
	for _, y := range want {
		near := func(o int) bool { return float64(float64(abs(o-y))*year) < room }
		if y >= d.first && y <= d.last && !slices.ContainsFunc(out, near) {
			out = append(out, y)
		}
	}
	return out
}
