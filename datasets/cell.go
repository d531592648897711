package datasets

import (
	"strconv"

	"github.com/ai-impact-observatory/ailca/lca"
)

// Cell is a value of a row: text, a number (a date in days since 1970) or a truth value, by its field's type.
type Cell struct {
	Text   string
	Number float64
	Truth  bool
}

// ParseCell reads a value as a person writes it into a CSV file, and says what is wrong with it and what to write instead; why is empty where nothing is.
func (f *Field) ParseCell(text string) (c Cell, why, hint string) {
	v, wrong := f.parse(text)
	if wrong != nil {
		return c, wrong.message, wrong.hint
	}
	return Cell{v.text, v.number, v.truth}, "", ""
}

// RefusesText says why a text cannot stand in the column; empty where it can.
func (f *Field) RefusesText(text string) string {
	if len(text) > maxString {
		return "longer than " + strconv.Itoa(maxString) + " bytes"
	}
	return f.word(text).why()
}

// maxString is how many bytes a text of an inventory has at most; readers refuse longer ones.
const maxString = 64 << 10

// RefusesNumber says why a number in the column's unit cannot stand in it; empty where it can.
func (f *Field) RefusesNumber(v float64) string {
	if f.Type == lca.Integer && (v != float64(int64(v)) || v > 1<<53 || v < -1<<53) {
		return "not a whole number within ±2^53"
	}
	return f.bounds(v).why()
}

// CellText writes a number, a date or a truth value as it stands in a CSV file.
func (f *Field) CellText(v float64) string {
	if f.Type == lca.Boolean {
		return strconv.FormatBool(v != 0)
	}
	return numberText(f.Type, v)
}

// why is the message of a fault; empty without one.
func (f *fault) why() string {
	if f == nil {
		return ""
	}
	return f.message
}
