package vector

import (
	"math/bits"
	"slices"

	"github.com/ai-impact-observatory/ailca/lca/column"
)

// codes evaluates nodes over the strings of their source's dictionary, as if these were the rows of a batch.
type codes struct {
	machine *Machine
	dict    *column.Dict // what is loaded: of the machine's given node the entries from one on, as many as are left or computed at once
	from    int
	rows    []int32
	valid   column.Bitmap
}

// atOnce is how many strings are computed at a time at most.
const atOnce = 4096

// load makes entries of a table the rows of a batch: entry 0 is the row without a string, entry c+1 is code c.
func (c *codes) load(source *Expr, dict *column.Dict, from, to int) {
	m := c.machine
	if m.given == source && c.dict == dict && c.from == from {
		return // what another node has had computed of them stands
	}
	c.dict, c.from = dict, from
	c.rows = grow(&c.rows, to-from)
	m.given, m.value = source, Vec{Type: column.String, Codes: c.rows, Dict: dict}
	for i := range c.rows {
		c.rows[i] = int32(from + i - 1)
	}
	if from == 0 {
		c.rows[0] = 0
		c.valid = grow(&c.valid, words64(len(c.rows)))
		c.valid.Fill(len(c.rows))
		c.valid.Clear(0)
		m.value.Valid = c.valid
	}
	m.Load(nil, to-from)
}

func (c *codes) forget() {
	c.machine.Forget()
	c.machine.given, c.dict = nil, nil
}

// table holds what a node comes to for each entry: for a row without a string, then for each code of a dictionary.
type table struct {
	strings []string // of the dictionary so far
	has     []uint8  // 1 where the entry has a value
	floats  []float64
	flags   []uint8 // 1 where the value is true
	codes   []int32 // in words
	words   words   // of a string node
	lacking bool    // a code has no value
}

func (t *table) forget() {
	t.restart()
	t.words = words{}
}

func (t *table) restart() {
	t.strings, t.has, t.floats, t.flags, t.codes, t.lacking = nil, t.has[:0], t.floats[:0], t.flags[:0], t.codes[:0], false
}

// continues reports whether a dictionary begins with the strings that the table has. One that outgrew its memory and was copied is looked
// through, which is little beside computing all again.
func (t *table) continues(d *column.Dict) bool {
	return d.Continues(t.strings) || len(d.Values) >= len(t.strings) && slices.Equal(d.Values[:len(t.strings)], t.strings)
}

// add takes the next entries from a node's value over them.
func (t *table) add(v *Vec, entries int) {
	for i := range entries {
		has := v.Has(i)
		t.lacking = t.lacking || !has && len(t.has) > 0
		t.has = append(t.has, uint8(one(has)))
		switch v.Type {
		case column.Float:
			number := 0.0
			if has {
				number = v.Float(i)
			}
			t.floats = append(t.floats, number)
		case column.Bool:
			t.flags = append(t.flags, uint8(one(has && v.Bool(i))))
		case column.String:
			code := int32(0)
			if has {
				code = t.words.code(v.String(i))
			}
			t.codes = append(t.codes, code)
		}
	}
}

// pick gives each row what the node comes to for its string, having computed that for the strings that are new.
func (m *Machine) pick(e *Expr, source, v *Vec, own *memory) {
	t := &own.table
	if !t.continues(source.Dict) {
		t.restart()
	}
	for all := 1 + len(source.Dict.Values); len(t.has) < all; {
		from := len(t.has)
		to := min(all, from+atOnce)
		m.codes.load(e.source, source.Dict, from, to)
		t.add(m.codes.machine.Eval(e), to-from)
	}
	t.strings = source.Dict.Values

	*v = Vec{Type: e.Type}
	switch e.Type {
	case column.Float:
		v.Floats = grow(&own.floats, m.rows)
		pickEach(m, v.Floats, t.floats, source, t.has[0] != 0)
	case column.String:
		v.Codes, v.Dict = grow(&own.codes, m.rows), t.words.publish()
		pickEach(m, v.Codes, t.codes, source, true) // a code is zero where there is none
	case column.Bool:
		v.Bits = grow(&own.bits, words64(m.rows))
		m.pickBits(v.Bits, t.flags, source)
	}
	switch {
	case t.lacking:
		v.Valid = grow(&own.valid, words64(m.rows))
		m.pickBits(v.Valid, t.has, source)
	case t.has[0] == 0:
		v.Valid = source.Valid
	}
}

// pickEach gives each row its entry of a table; rows without a string only where theirs matters.
func pickEach[T any](m *Machine, out, table []T, source *Vec, missing bool) {
	if entries := table[1:]; len(entries) > 0 { // else no row has a string
		for i, c := range source.Codes[:len(out)] {
			out[i] = entries[c]
		}
	}
	if !missing || source.Valid == nil {
		return
	}
	for w, has := range source.Valid {
		for rows := m.in(w) &^ has; rows != 0; rows &= rows - 1 {
			out[w*64+bits.TrailingZeros64(rows)] = table[0]
		}
	}
}

// pickBits gives each row a bit, its entry of a table.
func (m *Machine) pickBits(out column.Bitmap, table []uint8, source *Vec) {
	entries, missing := table[1:], -uint64(table[0])
	for w := range out {
		var picked uint64
		if has := source.has(w); has != 0 && len(entries) > 0 {
			picked = pickWord(entries, source.Codes[w*64:min(w*64+64, m.rows)]) & has
		}
		out[w] = picked | missing&m.in(w)&^source.has(w)
	}
}

// pickWord makes a word of the bits of up to 64 codes, eight in one go.
func pickWord(t []uint8, codes []int32) (word uint64) {
	j := 0
	for ; j+8 <= len(codes); j += 8 {
		c := codes[j : j+8 : j+8]
		word |= (uint64(t[c[0]]) | uint64(t[c[1]])<<1 | uint64(t[c[2]])<<2 | uint64(t[c[3]])<<3 |
			uint64(t[c[4]])<<4 | uint64(t[c[5]])<<5 | uint64(t[c[6]])<<6 | uint64(t[c[7]])<<7) << (j & 63)
	}
	for ; j < len(codes); j++ {
		word |= uint64(t[codes[j]]) << (j & 63)
	}
	return word
}
