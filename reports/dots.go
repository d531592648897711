package reports

import (
	"html/template"
	"slices"
	"strings"
)

// dots is a figure of named values in one or more panels, each panel a quantity with an axis of its own. A dot carries the letter of
// its value's class; where values have intervals it is small, so that they are seen, and the letter stands ahead of the figure beside it.
type dots struct {
	Labels []string
	Series []series // classes
	Axes   []axis

	in *wording
}

type axis struct {
	Title, Unit string
	Values      []*float64 // for each label, in Unit; nil where not supplied
	Class       []int      // index into Series for each label
	Between     []*between // in Unit; nil where there is none
}

func (d dots) svg(id string, width float64, title, desc string) template.HTML {
	return draw(d.in, id, width, title, desc, func(c *canvas) float64 {
		y := c.legend(d.Series, 4) + 20
		if width < 500 {
			for _, a := range d.Axes {
				y = c.dots(d, d.Labels, a, y, 0, 0, width) + 26
			}
			return y - 16
		}
		const gap = 26.0
		labels := 90.0
		for _, l := range d.Labels {
			labels = min(max(labels, extent(l, 13)+20), 212)
		}
		w := (width - labels - float64(gap*float64(len(d.Axes)-1))) / float64(max(1, len(d.Axes)))
		end := y
		for i, a := range d.Axes {
			names := d.Labels
			if i > 0 {
				names = nil // they stand at the first panel
			}
			end = c.dots(d, names, a, y, labels, labels+float64(float64(i)*(w+gap)), w)
		}
		return end
	})
}

// heads is how many lines the titles of panels take that are beside each other.
func (d dots) heads(w float64) int {
	for _, a := range d.Axes {
		if _, second := fold(a.Title, float64(w*0.93)); second != "" {
			return 2
		}
	}
	return 1
}

// dots draws one panel and returns where it ends. With labels > 0 the names stand at its left, else above each dot.
func (c *canvas) dots(d dots, names []string, a axis, y, labels, x, w float64) float64 {
	row := 30.0
	for _, name := range d.Labels {
		if _, second := fold(name, labels-16); second != "" {
			row = 36
		}
	}
	if labels == 0 {
		row = 42
	}
	intervals := slices.ContainsFunc(a.Between, func(b *between) bool { return b != nil })
	left, right := x+14, x+w-66 // room for the figure beside the last dot
	if intervals {
		right -= 12 // and for a letter
	}
	sc := scaleOf(append(slices.Clone(a.Values), a.ends()...))
	at := func(v float64) float64 { return left + float64(sc.at(v)*(right-left)) }

	first, second := fold(a.Title, float64(w*0.93)) // it is bold
	c.write(x, y+4, headLook, first)
	if second != "" {
		y += 15
		c.write(x, y+4, headLook, second)
	} else if labels > 0 && d.heads(w) > 1 {
		y += 15
	}
	note := a.Unit
	if sc.log {
		note += ", " + c.in.say("logarithmic")
	}
	c.write(x, y+21, asideLook, note)
	y += 50
	bottom := y + float64(row*float64(len(a.Values)))
	lastLabel := x - 100.0
	for _, tick := range sc.ticks {
		c.line(at(tick), y-8, at(tick), bottom, gridLook)
		if at(tick)-lastLabel > 46 {
			c.write(at(tick), y-13, tickLook, c.in.tickText(tick))
			lastLabel = at(tick)
		}
	}
	for i, v := range a.Values {
		middle := y + float64(row*(float64(i)+0.5))
		if names != nil {
			if labels > 0 {
				c.label(labels-16, middle, labels-16, endLook, names[i])
			} else {
				c.write(x, middle-8, "", clip(names[i], w, 13))
			}
		}
		if labels == 0 {
			middle += 8
		}
		if v == nil || sc.log && *v <= 0 {
			c.write(left-8, middle+4, asideLook, c.in.or().Missing)
			continue
		}
		if !sc.log {
			c.line(at(0), middle, at(*v), middle, stemLook)
		}
		if !intervals {
			c.dot(d.Series, a.Class[i], at(*v), middle)
			c.write(at(*v)+16, middle+4.5, valueLook, c.in.short(*v))
			continue
		}
		text, end := c.in.short(*v), at(*v)+smallDot
		if b := a.between(i); b != nil {
			from := left
			if !sc.log || b.low > 0 {
				from = at(b.low)
			}
			c.whisker(from, at(b.high), middle)
			text, end = step{Factor: 1, in: c.in}.within(*v, "", b).Text, max(end, at(b.high))
		}
		c.shape(a.Class[i], at(*v), middle, smallDot/9.5)
		c.write(end+7, middle+4.5, strongLook, d.Series[a.Class[i]].Letter)
		c.write(end+20, middle+4.5, valueLook, text)
	}
	return bottom + 6
}

// between is the interval of a value; nil where there is none.
func (a *axis) between(i int) *between {
	if i >= len(a.Between) {
		return nil
	}
	return a.Between[i]
}

// ends are those of all intervals, as far as a logarithmic axis could have them.
func (a *axis) ends() []*float64 {
	var out []*float64
	for i := range a.Between {
		if b := a.Between[i]; b != nil && b.low > 0 {
			out = append(out, &b.low, &b.high)
		}
	}
	return out
}

// shapes tell classes apart beside colour and letter: corners around the middle; the first is a disc.
var shapes = [...][][2]float64{
	nil, {{-8.5, -8.5}, {8.5, -8.5}, {8.5, 8.5}, {-8.5, 8.5}}, {{0, -12}, {12, 0}, {0, 12}, {-12, 0}}, {{0, -12}, {12, 9}, {-12, 9}},
}

// dot draws a class's shape with its letter.
func (c *canvas) dot(keys []series, class int, x, y float64) {
	c.shape(class, x, y, 1)
	c.write(x, y+4, letterOn(class), keys[class].Letter)
}

// shape draws a class's shape at a size; 1 has room for a letter.
func (c *canvas) shape(class int, x, y, size float64) {
	fill, _ := style(class)
	look := fillLook(fill)
	shape := shapes[class%len(shapes)]
	if shape == nil {
		r, across := num(float64(9.5*size)), num(float64(19*size))
		c.areas.add(look, "M"+num(x-float64(9.5*size))+","+num(y)+"a"+r+","+r+" 0 1 0 "+across+",0a"+r+","+r+" 0 1 0 -"+across+",0z")
		return
	}
	points := make([]string, len(shape))
	for i, p := range shape {
		points[i] = num(x+float64(p[0]*size)) + "," + num(y+float64(p[1]*size))
	}
	c.areas.add(look, "M"+strings.Join(points, "L")+"z")
}

const (
	smallDot = 4.0 // half the width of a dot with an interval
	capped   = 8.0 // half the height of an interval's ends: beyond the dot, however short the interval
)

// whisker draws an interval over a dot: its ends are seen where the dot is wider than it.
func (c *canvas) whisker(from, to, y float64) { c.over.add(whiskerLook, whiskerPath(from, to, y)) }

// whiskerOver draws an interval over a bar, with the page's ground around it: its ink alone is not seen on every fill.
func (c *canvas) whiskerOver(from, to, y float64) {
	c.over.add(underLook, whiskerPath(from, to, y))
	c.whisker(from, to, y)
}

func whiskerPath(from, to, y float64) string {
	return "M" + num(from) + "," + num(y-capped) + "v" + num(2*capped) + "M" + num(to) + "," + num(y-capped) + "v" + num(2*capped) + "M" + num(from) + "," + num(y) + "H" + num(to)
}
