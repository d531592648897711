package reports

import "html/template"

// series is what one colour, hatch and letter stand for in a figure.
type series struct {
	Title  string
	Letter string // may be empty
	Style  int    // the same thing has the same style in every figure
}

// stacked is a figure of 100 % bars: each bar's parts, one for each series, are drawn as shares of the bar's sum.
type stacked struct {
	Series []series
	Bars   []bar

	in *wording
}

type bar struct {
	Label string
	Total string // printed at the bar's end
	Parts []float64

	Shares []float64 // printed in the parts, where these are estimates that do not quite add up; nil: the parts' shares of their sum
}

// share is what is printed of a part.
func (b bar) share(i int) float64 {
	if b.Shares != nil {
		return b.Shares[i]
	}
	return b.Parts[i] / sum(b.Parts)
}

// broken says why a bar cannot be drawn as shares; empty where it can.
func (b bar) broken() bool {
	for _, p := range b.Parts {
		if p < 0 {
			return true
		}
	}
	return !(sum(b.Parts) > 0)
}

// sum is for lengths on a figure, never for what is printed.
func sum(parts []float64) float64 {
	var s float64
	for _, p := range parts {
		s += p
	}
	return s
}

// svg draws the bars: labels at their left where the width allows, else above.
func (s stacked) svg(id string, width float64, title, desc string) template.HTML {
	return draw(s.in, id, width, title, desc, func(c *canvas) float64 {
		y := c.legend(s.Series, 4) + 14
		left, right := 90.0, 60.0
		for _, b := range s.Bars {
			left = min(max(left, extent(b.Label, 13)+18), 216)
			right = min(max(right, extent(b.Total, 13)+18), 230)
		}
		above := width < 500
		if above {
			left, right = 0, 0
		}
		span := width - left - right
		for _, b := range s.Bars {
			top := y
			if above {
				first, second := fold(b.Label, float64((width-extent(b.Total, 12)-16)*0.93)) // it is bold
				if c.write(0, y+11, headLook, first); second != "" {
					y += 15
					c.write(0, y+11, headLook, second)
				}
				c.write(width, y+11, asideEndLook, b.Total)
				top = y + 18
				y += 54
			} else {
				c.label(left-14, top+14, left-14, endLook, b.Label)
				c.write(width, top+19, softEndLook, b.Total)
				y += 40
			}
			c.bar(b, s.Series, left, top, span, 28)
		}
		return y
	})
}

// bar draws one bar, 2 units of white between its parts.
func (c *canvas) bar(b bar, keys []series, x, y, span, height float64) {
	if b.broken() {
		c.rect(x, y, span, height, noneLook)
		c.write(x+10, y+height-10, softLook, c.in.say("no_shares"))
		return
	}
	all := sum(b.Parts)
	for i, part := range b.Parts {
		w := float64(part / all * span)
		if w <= 0 {
			continue
		}
		c.area(keys[i].Style, x, y, max(w-2, min(w, 0.8)), height)
		label := c.in.percent(b.share(i))
		if l := keys[i].Letter; l != "" {
			label = l + " " + label
			if extent(label, 12)+10 > w {
				label = l
			}
		}
		if extent(label, 12)+10 <= w {
			c.write(x+float64((w-2)/2), y+float64(height/2)+4.5, on(keys[i].Style), label)
		}
		x += w
	}
}

// legend draws a line of swatches, wrapped at the width, and returns where it ends.
func (c *canvas) legend(keys []series, y float64) float64 {
	const size = 13.0
	x := 0.0
	for _, k := range keys {
		w := 26 + extent(k.Title, size) + 18
		if x > 0 && x+w-18 > c.width {
			x, y = 0, y+24
		}
		c.area(k.Style, x, y, 18, 16)
		if k.Letter != "" {
			c.write(x+9, y+12, onKey(k.Style), k.Letter)
		}
		c.write(x+25, y+12.5, "", clip(k.Title, c.width-26, size))
		x += w
	}
	return y + 20
}
