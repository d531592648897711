package published

import (
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/unit"
)

// Figure is a number as it was published, with its unit: "1287 MWh". It is exact, as is every conversion of it.
type Figure struct {
	Text   string
	Number *big.Rat // in Unit
	Unit   unit.Unit
	Bare   bool // without a unit
	digits int  // how many significant ones are written
}

// maxDigits bounds the text of a number: what follows takes time and memory with it.
const maxDigits = 60

// parseFigure reads a figure; why says what is wrong with the text.
func parseFigure(text string) (f Figure, why string) {
	text = strings.TrimSpace(text)
	number, unitText, hasUnit := strings.Cut(text, " ")
	value, err := strconv.ParseFloat(number, 64)
	switch {
	case number == "" || strings.Trim(number, "0123456789.eE+-") != "" || err != nil && !math.IsInf(value, 0):
		return f, fmt.Sprintf("%q is no number with or without a unit, such as 1287 or 1287 MWh", excerpt(text))
	case err != nil || len(number) > maxDigits || value == 0 && strings.ContainsAny(mantissa(number), "123456789"):
		return f, fmt.Sprintf("the number %s is out of range", excerpt(number))
	}
	f = Figure{Text: text, Unit: unit.One, Bare: !hasUnit, digits: significant(number), Number: new(big.Rat)}
	if value != 0 { // of 0e999999999 the power is not to be computed
		f.Number.SetString(number) // as large as its digits: the value is within float64's range
	}
	if hasUnit {
		if f.Unit, err = unit.Parse(strings.TrimSpace(unitText)); err != nil {
			return f, err.Error()
		}
	}
	return f, ""
}

func mantissa(number string) string {
	before, _, _ := strings.Cut(strings.ToLower(number), "e")
	return before
}

// significant counts a number's digits from the first that is not 0.
func significant(number string) int {
	digits := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, mantissa(number))
	return len(strings.TrimLeft(digits, "0"))
}

// in is the figure's number in another unit, exactly; false where it measures something else.
func (f *Figure) in(to unit.Unit) (*big.Rat, bool) { return convert(f.Number, f.Unit, to) }

// convert brings a number from one unit to another, exactly.
func convert(v *big.Rat, from, to unit.Unit) (*big.Rat, bool) {
	by, ok := unit.Exact(from, to)
	if !ok {
		return nil, false
	}
	return new(big.Rat).Mul(v, by), true
}
