package reports

// key is an entry of a legend that shows a mark of its own, 18 wide and 16 high.
type key struct {
	title string
	mark  func(x, y float64)
}

// keys draws a legend of marks, wrapped at the width, and returns where it ends.
func (c *canvas) keys(list []key, y float64) float64 {
	const size = 13.0
	x := 0.0
	for _, k := range list {
		w := 26 + extent(k.title, size) + 14
		if x > 0 && x+w-14 > c.width {
			x, y = 0, y+22
		}
		k.mark(x, y)
		c.write(x+25, y+12.5, "", clip(k.title, c.width-26, size))
		x += w
	}
	return y + 20
}
