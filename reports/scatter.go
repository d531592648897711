package reports

import (
	"html/template"
	"math"
	"strconv"
)

// scatter is a figure of what each unit takes against how many units there are, both on logarithmic axes, so that what takes as much in all lies on a falling line. Names stand where there is room.
type scatter struct {
	Series           []series // classes of points
	Title, Unit, Per string   // of the upright axis, its unit and what it is per
	Total            string   // unit of X times Y in the table's unit
	Factor           float64  // of Unit in the table's unit
	Points           []point  // those that are named first, first

	in *wording
}

type point struct {
	Label string
	X, Y  float64 // both above 0
	Class int
}

// box is what a mark or name covers.
type box struct{ x0, y0, x1, y1 float64 }

func (a box) meets(b box) bool { return a.x0 < b.x1 && b.x0 < a.x1 && a.y0 < b.y1 && b.y0 < a.y1 }

const scatterDot = 5.5 // half the width of a dot

func (d scatter) svg(id string, width float64, title, desc string) template.HTML {
	return draw(d.in, id, width, title, desc, func(c *canvas) float64 {
		top := c.marks(d.Series, d.classes(), 4) + 20
		first, second := fold(d.Title, float64(width*0.95))
		if c.write(0, top, headLook, first); second != "" {
			top += 16
			c.write(0, top, headLook, second)
		}
		c.write(0, top+17, asideLook, d.Unit+", "+c.in.say("both_logarithmic"))
		frame := box{46, top + 44, width - 66, top + 44 + 330}
		if width < 500 {
			frame.x0, frame.x1, frame.y1 = 40, width-54, top+44+290
		}
		var xs, ys []float64
		for _, p := range d.Points {
			xs, ys = append(xs, p.X), append(ys, p.Y)
		}
		across, up := apart(xs), apart(ys)
		for _, tick := range up.ticks { // long ones get the room that they take
			frame.x0 = max(frame.x0, extent(c.in.tickText(tick), 11)+8)
		}
		const inset = 14.0
		atX := func(v float64) float64 {
			return frame.x0 + inset + float64(across.at(v)*(frame.x1-frame.x0-2*inset))
		}
		atY := func(v float64) float64 {
			return frame.y1 - inset - float64(up.at(v)*(frame.y1-frame.y0-2*inset))
		}
		last := -100.0 // where the text before ends
		for _, tick := range across.ticks {
			c.line(atX(tick), frame.y0, atX(tick), frame.y1, gridLook)
			if half := float64(extent(english().tickText(tick), 11) / 2); atX(tick)-half > last+8 { // the same ones in every language
				c.write(atX(tick), frame.y1+16, tickLook, c.in.tickText(tick))
				last = atX(tick) + half
			}
		}
		for _, tick := range up.ticks {
			c.line(frame.x0, atY(tick), frame.x1, atY(tick), gridLook)
			c.write(frame.x0-6, atY(tick)+4, tickEndLook, c.in.tickText(tick))
		}
		c.write(frame.x1, frame.y1+34, asideEndLook, c.in.say("number_of", d.Per))
		taken := c.totals(d, frame, inset, across, up)
		for _, p := range d.Points {
			x, y := atX(p.X), atY(p.Y)
			c.shape(p.Class, x, y, scatterDot/9.5)
			taken = append(taken, box{x - scatterDot - 2, y - scatterDot - 2, x + scatterDot + 2, y + scatterDot + 2})
		}
		for _, p := range d.Points {
			if name, x, y, ok := place(p, atX(p.X), atY(p.Y), box{frame.x0, frame.y0, width, frame.y1}, &taken); ok {
				c.write(x, y, valueLook, name)
			}
		}
		return frame.y1 + 42
	})
}

// classes are those that points have, in order.
func (d scatter) classes() (out []int) {
	for i := range d.Series {
		for _, p := range d.Points {
			if p.Class == i {
				out = append(out, i)
				break
			}
		}
	}
	return out
}

// marks draws a legend of shapes, and returns where it ends.
func (c *canvas) marks(keys []series, classes []int, y float64) float64 {
	x := 0.0
	for _, i := range classes {
		w := 20 + extent(keys[i].Title, 13)
		if x > 0 && x+w > c.width {
			x, y = 0, y+24
		}
		c.shape(i, x+7, y+8, scatterDot/9.5)
		c.write(x+20, y+12.5, "", keys[i].Title)
		x += w + 18
	}
	return y + 20
}

// apart is a logarithmic axis of values above 0, however close they are.
func apart(values []float64) scaling {
	low, high := values[0], values[0]
	for _, v := range values {
		low, high = min(low, v), max(high, v)
	}
	s := decades(low, high)
	if s.low == s.high { // all are the same power of ten
		s = decades(float64(low/2), float64(high*2))
	}
	if s.high-s.low < 2 && len(s.ticks) < 4 { // a step for each 1, 2 and 5
		s.ticks = nil
		for e := int(math.Floor(s.low)); e <= int(math.Ceil(s.high)); e++ {
			for _, m := range []string{"1", "2", "5"} {
				if tick, _ := strconv.ParseFloat(m+"e"+strconv.Itoa(e), 64); log10(tick) >= s.low-1e-9 && log10(tick) <= s.high+1e-9 {
					s.ticks = append(s.ticks, tick)
				}
			}
		}
	}
	return s
}

// totals draws lines of equal totals, powers of ten, with what they are at their upper ends, and returns what these texts cover.
func (c *canvas) totals(d scatter, frame box, inset float64, across, up scaling) (taken []box) {
	width, height := frame.x1-frame.x0-float64(2*inset), frame.y1-frame.y0-float64(2*inset)
	perX, perY := width/(across.high-across.low), height/(up.high-up.low)
	shift := log10(d.Factor)
	// the total, as a logarithm, at the corners of the frame
	low, high := across.low-inset/perX+up.low-inset/perY+shift, across.high+inset/perX+up.high+inset/perY+shift
	every := 1
	for (high-low)/float64(every) > 6 {
		every++
	}
	last := 0.0 // where the text before ends
	for e := int(low) - 1; e <= int(high)+1; e++ {
		if (e%every+every)%every != 0 {
			continue
		}
		// y = e - x in logarithms of the axes
		total := float64(e) - shift
		y := func(x float64) float64 {
			return frame.y1 - inset - float64((total-(across.low+(x-frame.x0-inset)/perX)-up.low)*perY)
		}
		x := func(y float64) float64 {
			return frame.x0 + inset + float64((total-(up.low+(frame.y1-inset-y)/perY)-across.low)*perX)
		}
		left, right := max(frame.x0, x(frame.y0)), min(frame.x1, x(frame.y1))
		if right-left < 40 {
			continue
		}
		c.lines.add(isoLook, "M"+num(left)+","+num(y(left))+"L"+num(right)+","+num(y(right)))
		step := c.in.scale(d.Total, pow10(e))
		text := number{Text: c.in.tickText(pow10(e) / step.Factor), Unit: step.Name}.String()
		const half = 33.0
		switch {
		case left > frame.x0 && left-half > last+6 && left+half < c.width:
			c.write(left, frame.y0-6, tickLook, text)
			last = left + half
		case left == frame.x0 && y(left) > frame.y0+16:
			c.write(left+8, y(left)+2, tickStartLook, text)
			taken = append(taken, box{left, y(left) - 10, left + 12 + float64(2*half), y(left) + 6})
		}
	}
	return taken
}

// pow10 is a power of ten.
func pow10(e int) float64 {
	v, _ := strconv.ParseFloat("1e"+strconv.Itoa(e), 64)
	return v
}

// place finds room for a point's name beside it, and takes it; ok is false where there is none.
func place(p point, x, y float64, frame box, taken *[]box) (name string, left, base float64, ok bool) {
	name = clip(p.Label, 150, 12)
	w := extent(name, 12)
	const gap, up, down = scatterDot + 4, 9.0, 3.0
	for _, at := range [][2]float64{{x + gap, y + 4}, {x - gap - w, y + 4}, {x - float64(w/2), y - gap - 4}, {x - float64(w/2), y + gap + 11},
		{x - w + gap, y - gap - 4}, {x - gap, y - gap - 4}, {x - w + gap, y + gap + 11}, {x - gap, y + gap + 11}} {
		b := box{at[0] - 2, at[1] - up - 2, at[0] + w + 2, at[1] + down + 2}
		if b.x0 < frame.x0 || b.x1 > frame.x1 || b.y0 < frame.y0 || b.y1 > frame.y1 {
			continue
		}
		free := true
		for _, t := range *taken {
			free = free && !b.meets(t)
		}
		if free {
			*taken = append(*taken, b)
			return name, at[0], at[1], true
		}
	}
	return "", 0, 0, false
}
