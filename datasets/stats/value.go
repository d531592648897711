package stats

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/lca"
)

// Value is a number of a column, which may be a date.
type Value struct {
	Type lca.FieldType
	V    float64
}

// Text writes the value: a date as YYYY-MM-DD, the day on which an instant lies; a number with as many digits as it has.
func (v Value) Text() string {
	if v.Type == lca.Date {
		return datasets.DateText(v.V)
	}
	return datasets.NumberText(v.V)
}

// Short writes the value for people: a date as it is, a whole year or small whole number too, another number with four digits.
func (v Value) Short() string {
	if v.Type == lca.Date {
		return v.Text()
	}
	if v.V == math.Trunc(v.V) && math.Abs(v.V) < 1e6 {
		return datasets.NumberText(v.V)
	}
	return strconv.FormatFloat(v.V, 'g', 4, 64)
}

// MarshalJSON writes a date as a text, any other value as a number.
func (v Value) MarshalJSON() ([]byte, error) {
	if v.Type == lca.Date {
		return json.Marshal(v.Text())
	}
	return json.Marshal(v.V)
}

// cut is the beginning of a text that is long.
func cut(text string) string {
	if len(text) <= shownText {
		return strings.Clone(text)
	}
	return strings.ToValidUTF8(text[:shownText-3], "") + "…"
}
