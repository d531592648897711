package main

import (
	"encoding/json"
	"strconv"

	"github.com/ai-impact-observatory/ailca/reports"
)

// absent is a figure that there is none of: empty for people, null for programs, never 0.
type absent struct{}

func (absent) String() string               { return "" }
func (absent) MarshalJSON() ([]byte, error) { return []byte("null"), nil }

// rounded is a figure that the table for people has as it is published, and JSON and CSV with all digits.
type rounded struct{ all, published float64 }

func (r rounded) String() string               { return strconv.FormatFloat(r.all, 'g', -1, 64) }
func (r rounded) MarshalJSON() ([]byte, error) { return json.Marshal(r.all) }

// table prints four digits, or as many more as are published.
func (r rounded) table() string {
	text := strconv.FormatFloat(r.published, 'g', 4, 64)
	if v, err := strconv.ParseFloat(text, 64); err != nil || v != r.published {
		return strconv.FormatFloat(r.published, 'g', -1, 64)
	}
	return text
}

// within are the cells of a value and of the ends of its interval, which are absent where there is none.
func within(value float64, low, high *float64) (v, l, h any) {
	if low == nil || high == nil {
		return value, absent{}, absent{}
	}
	if *low == *high {
		return value, *low, *high
	}
	a, b, c := reports.Rounded(value, *low, *high)
	return rounded{value, a}, rounded{*low, b}, rounded{*high, c}
}
