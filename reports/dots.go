package reports

import (
	"html/template"
	"slices"
	"strings"
)

// dots is a figure of named values in one or more panels, each panel a quantity with an axis of its own. A dot carries the letter of
// its value's class.
type dots struct {
	Labels []string
	Series []series // classes
	Axes   []axis
}

type axis struct {
	Title, Unit string
	Values      []*float64 // for each label, in Unit; nil where not supplied
	Class       []int      // index into Series for each label
	Between     []*between // in Unit; nil where there is none
}

func (d dots) svg(id string, width float64, title, desc string) template.HTML {
	return draw(id, width, title, desc, func(c *canvas) float64 {
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
	left, right := x+14, x+w-66 // room for the figure beside the last dot
	sc := scaleOf(append(slices.Clone(a.Values), a.ends()...))
	at := func(v float64) float64 { return left + float64(sc.at(v)*(right-left)) }

	c.write(x, y+4, `font-weight="600"`, clip(a.Title, w, 13))
	note := a.Unit
	if sc.log {
		note += ", logarithmic"
	}
	c.write(x, y+21, `font-size="12" fill="`+soft+`"`, note)
	y += 50
	bottom := y + float64(row*float64(len(a.Values)))
	lastLabel := x - 100.0
	for _, tick := range sc.ticks {
		c.line(at(tick), y-8, at(tick), bottom, `stroke="`+line+`"`)
		if at(tick)-lastLabel > 46 {
			c.write(at(tick), y-13, `text-anchor="middle" font-size="11" fill="`+soft+`"`, tickText(tick))
			lastLabel = at(tick)
		}
	}
	for i, v := range a.Values {
		middle := y + float64(row*(float64(i)+0.5))
		if names != nil {
			if labels > 0 {
				c.label(labels-16, middle, labels-16, `text-anchor="end"`, names[i])
			} else {
				c.write(x, middle-8, "", clip(names[i], w, 13))
			}
		}
		if labels == 0 {
			middle += 8
		}
		if v == nil || sc.log && *v <= 0 {
			c.write(left-8, middle+4, `font-size="12" fill="`+soft+`"`, "not supplied")
			continue
		}
		if !sc.log {
			c.line(at(0), middle, at(*v), middle, `stroke="`+pale+`" stroke-width="3"`)
		}
		right := at(*v) + 16
		text := short(*v)
		if b := a.between(i); b != nil && (!sc.log || b.low > 0) {
			c.line(at(b.low), middle, at(b.high), middle, `stroke="`+soft+`" stroke-width="2"`)
			right = max(right, at(b.high)+7)
			text = step{Factor: 1}.within(*v, "", b).Text
		}
		c.dot(d.Series, a.Class[i], at(*v), middle)
		c.write(right, middle+4.5, `font-size="12"`, text)
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
	fill, _ := style(class)
	if shape := shapes[class%len(shapes)]; shape == nil {
		c.areas.add(`fill="`+fills[fill].fill+`"`, "M"+num(x-9.5)+","+num(y)+"a9.5,9.5 0 1 0 19,0a9.5,9.5 0 1 0 -19,0z")
	} else {
		points := make([]string, len(shape))
		for i, p := range shape {
			points[i] = num(x+p[0]) + "," + num(y+p[1])
		}
		c.areas.add(`fill="`+fills[fill].fill+`"`, "M"+strings.Join(points, "L")+"z")
	}
	c.write(x, y+4, `text-anchor="middle" font-size="10.5" font-weight="700" fill="`+fills[fill].text+`"`, keys[class].Letter)
}
