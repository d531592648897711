package datasets

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ai-impact-observatory/ailca/datasets/parquet"
	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/names"
)

// fault is what is wrong with one value.
type fault struct {
	code    diag.Code
	message string
	hint    string
}

// at makes a fault a problem.
func (f *fault) at(p diag.Place) diag.Problem {
	return diag.Problem{Code: f.code, Place: p, Message: f.message, Hint: f.hint}
}

// value is a cell: text, a number (a date in days since 1970) or a truth value.
type value struct {
	text   string
	number float64
	truth  bool
}

// add appends a value to a column of a type.
func (v value) add(b *parquet.Builder, i int, t lca.FieldType) {
	switch t {
	case lca.Text:
		b.Text(i, v.text)
	case lca.Boolean:
		b.Truth(i, v.truth)
	default:
		b.Number(i, v.number)
	}
}

// parse reads a cell of a CSV file. An empty text is for the caller to judge.
func (f *Field) parse(text string) (v value, wrong *fault) {
	switch f.Type {
	case lca.Text:
		return value{text: text}, f.word(text)
	case lca.Boolean:
		if text != "true" && text != "false" {
			return v, &fault{diag.BadType, fmt.Sprintf("%q is neither true nor false", text), ""}
		}
		return value{truth: text == "true"}, nil
	case lca.Date:
		t, err := time.Parse(time.DateOnly, text)
		if err != nil || t.Year() < 1 {
			return v, &fault{diag.BadType, fmt.Sprintf("%q is not a date", text), "write YYYY-MM-DD, such as 2024-03-01"}
		}
		return value{number: float64(t.Unix() / 86400)}, nil
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(n) || math.IsInf(n, 0) || strings.ContainsAny(text, "xX_pP") {
		return v, &fault{diag.BadType, fmt.Sprintf("%q is not a number", text), "write digits with a point, such as 1287000 or 4.05e22, without unit or thousands separators"}
	}
	if f.Type == lca.Integer && (n != math.Trunc(n) || math.Abs(n) > 1<<53) {
		return v, &fault{diag.BadType, fmt.Sprintf("%q is not a whole number within ±2^53", text), ""}
	}
	return value{number: n}, f.bounds(n)
}

// regionRegistry is the name of the registry of regions in a kind's file.
const regionRegistry = "regions"

// region says what is wrong with a text that is no region's code.
func region(column, text string) *fault {
	regions := names.Regions()
	hint := "an ISO 3166-1 alpha-3 code such as FRA, or WOR where nothing is known"
	if code, ok := regions.Canonical(text); ok {
		hint = "write " + code
	} else if near := regions.Nearest(text); near != "" && len(text) > 3 {
		hint = fmt.Sprintf("did you mean %s? %s", near, hint)
	}
	return &fault{diag.BadValue, fmt.Sprintf("%s %s is not in the registry of regions", column, quote(text)), hint}
}

// accepts reports whether a text may stand in the column: it is one of its list and in its registry.
func (f *Field) accepts(text string) bool {
	if f.Registry == regionRegistry {
		_, ok := names.Regions().Lookup(text)
		return ok
	}
	return f.Values == nil || slices.Contains(f.Values, text)
}

// word says what is wrong with a text that must be one of a list or stand in a registry.
func (f *Field) word(text string) *fault {
	if f.accepts(text) {
		return nil
	}
	if f.Registry == regionRegistry {
		return region(f.Name, text)
	}
	hint := "one of " + strings.Join(f.Values, ", ")
	if near := diag.Nearest(text, f.Values); near != "" {
		hint = fmt.Sprintf("did you mean %s? %s", near, hint)
	}
	return &fault{diag.BadValue, fmt.Sprintf("%s is not a value of %s", quote(text), f.Name), hint}
}

// Word says what is wrong with a text that something puts into the column, at the place of that; false where nothing is.
func (f *Field) Word(text string, at diag.Place) (diag.Problem, bool) {
	if wrong := f.word(text); wrong != nil {
		return wrong.at(at), true
	}
	return diag.Problem{}, false
}

// Number says what is wrong with a number in the canonical unit that something puts into the column, at the place of that; false where nothing is.
func (f *Field) Number(v float64, at diag.Place) (diag.Problem, bool) {
	if wrong := f.bounds(v); wrong != nil {
		return wrong.at(at), true
	}
	return diag.Problem{}, false
}

// bounds says what is wrong with a number in the canonical unit.
func (f *Field) bounds(n float64) *fault {
	unit := ""
	if f.Unit != "" && f.Unit != "1" {
		unit = " " + f.Unit
	}
	switch {
	case f.Min != nil && n < *f.Min:
		message := fmt.Sprintf("%s is %v%s; it cannot be below %v", f.Name, n, unit, *f.Min)
		if *f.Min == 0 {
			message = fmt.Sprintf("%s is %v%s; it cannot be negative", f.Name, n, unit)
		}
		return &fault{diag.OutOfRange, message, ""}
	case f.Max != nil && n > *f.Max:
		return &fault{diag.OutOfRange, fmt.Sprintf("%s is %v%s; it cannot be above %v", f.Name, n, unit, *f.Max), ""}
	}
	return nil
}

// missing is the fault of a required value that is not there.
func (f *Field) missing() *fault {
	return &fault{diag.MissingValue, fmt.Sprintf("%s is missing; every row needs it", f.Name), f.Doc}
}

// quote shows a text from a file: quoted, and cut where it is long.
func quote(text string) string {
	return strconv.Quote(diag.Excerpt(text, 80))
}

// dateText writes a date as it stands in a CSV file.
func dateText(days float64) string {
	return time.Unix(int64(math.Floor(days))*86400, 0).UTC().Format(time.DateOnly)
}
