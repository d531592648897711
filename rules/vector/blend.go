package vector

import "github.com/ai-impact-observatory/ailca/lca/column"

// blend takes each row from a or from b. With flags (of a conditional), from a where the flag is set and from b where it is not, and
// a row outside valid has no value; without (of a ??), from a where valid says that it has a value and from b elsewhere.
func (m *Machine) blend(v *Vec, own *memory, a, b *Vec, valid column.Bitmap, flags []bool) {
	out := own.bitmap(m.rows)
	clear(out)
	v.Valid = out
	var codesA, codesB []int32
	switch v.Type {
	case column.Float:
		v.Floats = own.floatsOf(m.rows)
		blendFloats(v.Floats, out, a, b, valid, flags)
		return
	case column.Bool:
		v.Flags = own.flagsOf(m.rows)
	case column.String:
		codesA, codesB = own.words.translate(a, &own.words.a), own.words.translate(b, &own.words.b)
		v.Codes, v.Dict = own.codesOf(m.rows), own.words.publish()
	}
	for i := range m.rows {
		first := valid.Get(i)
		has := flags == nil || first
		if flags != nil {
			first = flags[i]
		}
		from, codes := b, codesB
		if first {
			from, codes = a, codesA
		}
		has = has && from.Has(i)
		if has {
			out.Set(i)
		}
		switch v.Type {
		case column.Bool:
			v.Flags[i] = has && from.Bool(i)
		case column.String:
			v.Codes[i] = 0
			switch {
			case has && from.Const:
				v.Codes[i] = codes[0]
			case has:
				v.Codes[i] = codes[from.Codes[i]]
			}
		}
	}
}

func blendFloats(floats []float64, out column.Bitmap, a, b *Vec, valid column.Bitmap, flags []bool) {
	for i := range floats {
		from := b
		if flags == nil && valid.Get(i) || flags != nil && flags[i] {
			from = a
		}
		floats[i] = 0
		if (flags == nil || valid.Get(i)) && from.Has(i) {
			floats[i] = from.Float(i)
			out.Set(i)
		}
	}
}

// words is a dictionary that a blend of strings makes of those of both sides. It only grows, so that what others know of its codes
// stays true from batch to batch.
type words struct {
	codes  map[string]int32
	values []string
	dict   *column.Dict
	a, b   side
}

// side translates the strings of one side.
type side struct {
	memo     column.Memo[int32]
	constant [1]int32
}

func (w *words) code(text string) int32 {
	code, ok := w.codes[text]
	if !ok {
		if w.codes == nil {
			w.codes = map[string]int32{}
		}
		code = int32(len(w.values))
		w.codes[text] = code
		w.values = append(w.values, text)
	}
	return code
}

// translate gives a side's codes in the blend's dictionary; of a constant the only one.
func (w *words) translate(v *Vec, s *side) []int32 {
	switch {
	case !v.Const:
		return s.memo.Of(v.Dict, w.code)
	case !v.Nil:
		s.constant[0] = w.code(v.Text)
	}
	return s.constant[:]
}

// publish returns the dictionary so far: the one handed out before where it did not grow.
func (w *words) publish() *column.Dict {
	if w.dict == nil || len(w.dict.Values) < len(w.values) {
		w.dict = &column.Dict{Values: w.values[:len(w.values):len(w.values)]}
	}
	return w.dict
}
