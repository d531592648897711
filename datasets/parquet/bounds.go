package parquet

// Bounds is what a file's footer says of a column's values in a row group. It is a claim of whoever wrote the file: reading the rows does not
// verify it, and a value that would be refused, such as NaN, need not show in it.
type Bounds struct {
	Min, Max         float64 // of numbers, integers and dates, as they are read
	MinText, MaxText string  // of text, compared byte by byte; no string need be equal to them, and they need not be UTF-8
	Missing          int64   // rows without a value, -1 where the file does not say
	Empty            bool    // no row has a value: the bounds mean nothing
}

// claims is a chunk's statistics as they stand in the footer.
type claims struct {
	min, max string
	bounded  bool // there are min and max
	signed   bool // they are of the deprecated kind, whose order is the signed one
	missing  int64
}

// statistics is what is needed of the library's type, which has no name outside of it.
type statistics interface {
	GetMin() []byte
	GetMax() []byte
	GetMinValue() []byte
	GetMaxValue() []byte
	IsSetMin() bool
	IsSetMax() bool
	IsSetMinValue() bool
	IsSetMaxValue() bool
	IsSetNullCount() bool
	GetNullCount() int64
}

// claimsOf copies statistics out of the footer.
func claimsOf(s statistics) *claims {
	c := &claims{missing: -1}
	switch {
	case s.IsSetMinValue() && s.IsSetMaxValue():
		c.min, c.max, c.bounded = string(s.GetMinValue()), string(s.GetMaxValue()), true
	case s.IsSetMin() && s.IsSetMax():
		c.min, c.max, c.bounded, c.signed = string(s.GetMin()), string(s.GetMax()), true, true
	}
	if s.IsSetNullCount() {
		c.missing = s.GetNullCount()
	}
	return c
}

// Bounds returns the bounds of a column, by its index in Columns, in a row group. ok is false where the footer has none, where they cannot be
// as it says, and where the order that they follow is not known.
func (f *File) Bounds(rowGroup, column int) (b Bounds, ok bool) {
	g, c := &f.groups[rowGroup], &f.columns[column]
	s := g.chunks[column].claims
	if s == nil || s.missing < -1 || s.missing > g.rows || s.missing > 0 && !c.Nullable {
		return Bounds{}, false
	}
	b.Missing = s.missing
	switch {
	case s.missing == g.rows:
		b.Empty = true
		return b, true
	case !s.bounded:
		return Bounds{}, false
	case c.as == bytesText:
		b.MinText, b.MaxText = s.min, s.max
		if s.signed || b.MinText > b.MaxText {
			return Bounds{}, false
		}
		return b, true
	}
	k, width := kernelOf(c, c.Type)
	unsigned := c.as == uint32s || c.as == uint64s
	if k == nil || len(s.min) != width || len(s.max) != width || s.signed && unsigned {
		return Bounds{}, false
	}
	var v [2]float64
	if !k(v[:], []byte(s.min+s.max)) || v[0] > v[1] {
		return Bounds{}, false
	}
	b.Min, b.Max = v[0], v[1]
	return b, true
}

// Bytes is how much of the file the given columns of a row group take, compressed.
func (f *File) Bytes(rowGroup int, columns []int) int64 {
	var n int64
	for _, c := range columns {
		ch := f.groups[rowGroup].chunks[c]
		n += ch.to - ch.from
	}
	return n
}
