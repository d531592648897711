package vector

import "github.com/ai-impact-observatory/ailca/lca/column"

// words is a dictionary of a node's own: of a blend of strings, made of those of both sides, or of a table's results. It only grows, so
// that what others know of its codes stays true from batch to batch.
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
