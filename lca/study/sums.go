package study

import "github.com/ai-impact-observatory/ailca/lca/exact"

// cell adds values exactly. Most cells of a result take one value or two, whose exact sum, rounded once, is what float64 arithmetic gives; more are added in
// an exact.Sum that is lent to the cell. The zero value is empty.
type cell struct {
	values int // up to 3, which stands for more
	a, b   float64
	sum    *exact.Sum
}

// sums lends accumulators, so that there are as many as cells need at one time.
type sums struct{ free []*exact.Sum }

func (s *sums) add(c *cell, v float64) {
	switch c.values {
	case 0:
		c.a = v
	case 1:
		c.b = v
	case 2:
		if n := len(s.free); n > 0 {
			c.sum, s.free = s.free[n-1], s.free[:n-1]
			*c.sum = exact.Sum{}
		} else {
			c.sum = &exact.Sum{}
		}
		c.sum.Add(c.a)
		c.sum.Add(c.b)
		c.sum.Add(v)
	default:
		c.sum.Add(v)
		return
	}
	c.values++
}

// take returns the exact sum, rounded to the nearest float64, and empties the cell. A sum of 0 is +0, as exact.Sum's is.
func (s *sums) take(c *cell) float64 {
	var v float64
	switch c.values {
	case 1:
		v = c.a + 0
	case 2:
		v = c.a + c.b + 0
	case 3:
		v = c.sum.Float64()
		s.free = append(s.free, c.sum)
	}
	*c = cell{}
	return v
}
