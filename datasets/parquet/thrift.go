package parquet

import "fmt"

// Footers and page headers are Thrift structures in the compact protocol. A library that decodes one believes the sizes written in
// it; a cursor walks the bytes first, allocates nothing, and stops at the first size that the bytes at hand cannot hold.

const maxNesting = 24 // levels of structs and lists in a footer; the format has 6

// Types of the compact protocol.
const (
	wireTrue = 1 + iota
	wireFalse
	wireByte
	wireI16
	wireI32
	wireI64
	wireDouble
	wireBinary
	wireList
	wireSet
	wireMap
	wireStruct
)

// cursor reads compact Thrift. After a failure every read yields zero and short is set; the caller checks once, at the end.
type cursor struct {
	b     []byte
	i     int
	short bool
}

func (c *cursor) fail() { c.short, c.i = true, len(c.b) }

func (c *cursor) byte() byte {
	if c.i >= len(c.b) {
		c.fail()
		return 0
	}
	c.i++
	return c.b[c.i-1]
}

func (c *cursor) varint() uint64 {
	var v uint64
	for shift := uint(0); shift < 64; shift += 7 {
		b := c.byte()
		v |= uint64(b&0x7f) << shift
		if b < 0x80 {
			return v
		}
	}
	c.fail()
	return 0
}

func (c *cursor) zigzag() int64 {
	v := c.varint()
	return int64(v>>1) ^ -int64(v&1)
}

func (c *cursor) take(n uint64) []byte {
	if n > uint64(len(c.b)-c.i) {
		c.fail()
		return nil
	}
	c.i += int(n)
	return c.b[c.i-int(n) : c.i]
}

// field reads the header of a struct's next field; ok is false at the struct's end. last holds the former field's id.
func (c *cursor) field(last *int16) (wire byte, id int16, ok bool) {
	head := c.byte()
	if wire = head & 0x0f; wire == 0 {
		return 0, 0, false
	}
	if delta := head >> 4; delta != 0 {
		*last += int16(delta)
	} else {
		*last = int16(c.zigzag())
	}
	return wire, *last, !c.short
}

// list reads a list's header. Every element takes a byte at least, so a size beyond the bytes left is refused here.
func (c *cursor) list() (wire byte, size int) {
	head := c.byte()
	n := uint64(head >> 4)
	if n == 15 {
		n = c.varint()
	}
	if n > uint64(len(c.b)-c.i) {
		c.fail()
		return 0, 0
	}
	return head & 0x0f, int(n)
}

// skip passes over a value.
func (c *cursor) skip(wire byte, depth int) {
	if depth > maxNesting {
		c.fail()
	}
	if c.short {
		return
	}
	switch wire {
	case wireTrue, wireFalse: // a field's truth stands in its header
	case wireByte:
		c.byte()
	case wireI16, wireI32, wireI64:
		c.varint()
	case wireDouble:
		c.take(8)
	case wireBinary:
		c.take(c.varint())
	case wireList, wireSet:
		element, n := c.list()
		for ; n > 0 && !c.short; n-- {
			c.element(element, depth)
		}
	case wireMap:
		n := c.varint()
		if n > uint64(len(c.b)-c.i) {
			c.fail()
		}
		if n == 0 || c.short {
			return
		}
		types := c.byte()
		for ; n > 0 && !c.short; n-- {
			c.element(types>>4, depth)
			c.element(types&0x0f, depth)
		}
	case wireStruct:
		var last int16
		for {
			w, _, ok := c.field(&last)
			if !ok {
				return
			}
			c.skip(w, depth+1)
		}
	default:
		c.fail()
	}
}

// element passes over a value inside a list or map, where a truth value takes a byte.
func (c *cursor) element(wire byte, depth int) {
	if wire == wireTrue || wire == wireFalse {
		c.byte()
		return
	}
	c.skip(wire, depth+1)
}

// scanFooter walks a footer before a library decodes it. It bounds nesting, every list by the bytes there are, and the number of
// columns and row groups.
func scanFooter(footer []byte) error {
	c := cursor{b: footer}
	var last int16
	for {
		wire, id, ok := c.field(&last)
		if !ok {
			break
		}
		if wire == wireList {
			head := c // lists are looked at twice: once for their size
			_, n := head.list()
			if id == 2 && n > maxColumns+1 {
				return fmt.Errorf("the schema has %d elements; at most %d columns are read", n, maxColumns)
			}
			if id == 4 && n > maxRowGroups {
				return fmt.Errorf("the file has %d row groups; at most %d are read", n, maxRowGroups)
			}
		}
		c.skip(wire, 0)
	}
	if c.short {
		return fmt.Errorf("the footer is cut short or damaged")
	}
	return nil
}

// pageHeader is what stands before a page.
type pageHeader struct {
	kind         int64 // 0 data, 1 index, 2 dictionary, 3 data of version 2
	uncompressed int64
	compressed   int64
	crc          uint32
	hasCRC       bool
	values       int64 // rows of a data page, strings or numbers of a dictionary
	encoding     int64
	levels       int64 // encoding of the definition levels, version 1
	defBytes     int64 // version 2: bytes of definition levels
	repBytes     int64 // version 2: bytes of repetition levels
	plain        bool  // version 2: the values are not compressed
}

// readPageHeader parses a header at the start of b and returns its length; ok is false where b ends too early or holds no header.
func readPageHeader(b []byte) (h pageHeader, n int, ok bool) {
	c := cursor{b: b}
	var last int16
	for {
		wire, id, more := c.field(&last)
		if !more {
			break
		}
		switch {
		case id == 1 && wire == wireI32:
			h.kind = c.zigzag()
		case id == 2 && wire == wireI32:
			h.uncompressed = c.zigzag()
		case id == 3 && wire == wireI32:
			h.compressed = c.zigzag()
		case id == 4 && wire == wireI32:
			h.crc, h.hasCRC = uint32(c.zigzag()), true
		case (id == 5 || id == 7) && wire == wireStruct:
			h.readBody(&c, &h.encoding, &h.levels, new(int64))
		case id == 8 && wire == wireStruct:
			var rows int64
			h.readBody(&c, new(int64), &rows, &h.encoding)
		default:
			c.skip(wire, 1)
		}
	}
	return h, c.i, !c.short
}

// readBody parses the part of a header that depends on the page's kind. Its first field counts values in each kind; the second to
// fourth go where the caller says.
func (h *pageHeader) readBody(c *cursor, second, third, fourth *int64) {
	var last int16
	for {
		wire, id, more := c.field(&last)
		if !more {
			return
		}
		switch {
		case id == 1 && wire == wireI32:
			h.values = c.zigzag()
		case id == 2 && wire == wireI32:
			*second = c.zigzag()
		case id == 3 && wire == wireI32:
			*third = c.zigzag()
		case id == 4 && wire == wireI32:
			*fourth = c.zigzag()
		case id == 5 && wire == wireI32:
			h.defBytes = c.zigzag()
		case id == 6 && wire == wireI32:
			h.repBytes = c.zigzag()
		case id == 7 && (wire == wireTrue || wire == wireFalse):
			h.plain = wire == wireFalse
		default:
			c.skip(wire, 2)
		}
	}
}
