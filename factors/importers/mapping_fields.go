package importers

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/ai-impact-observatory/ailca/factors"
	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/dist"
	"github.com/ai-impact-observatory/ailca/lca/foreign"
	"github.com/ai-impact-observatory/ailca/lca/names"
	"github.com/ai-impact-observatory/ailca/lca/unit"
)

// fault is what is wrong with a text. Where leave is set, a row that has it is left out and not an error.
type fault struct {
	message, hint string
	leave         bool
}

func (f *fault) Error() string { return f.message }

// rowField is a key of a row in a mapping.
type rowField struct {
	key   string
	into  func(r *Row) *string               // nil: of a number, written by its own code
	check func(text string) (string, *fault) // the text as it goes into the table; nil: any
	own   bool                               // of the provenance: a table whose rows have it has sources of its own
	must  bool                               // has to be given
}

var rowFields = []rowField{
	{key: "factor", into: func(r *Row) *string { return &r.Factor }, check: form(`^[a-z][a-z0-9_]{0,63}$`, "a factor's name, lower case with underscores"), must: true},
	{key: "category", into: func(r *Row) *string { return &r.Category }, check: word("category", categories())},
	{key: "region", into: func(r *Row) *string { return &r.Region }, check: regionText},
	{key: "technology", into: func(r *Row) *string { return &r.Technology }},
	{key: "year", check: yearText},
	{key: "from", check: yearText},
	{key: "to", check: yearText},
	{key: "value", into: func(r *Row) *string { return &r.Value }},
	{key: "unit", into: func(r *Row) *string { return &r.Unit }, check: unitText, must: true},
	{key: "distribution", into: func(r *Row) *string { return &r.Distribution }, check: distributionText, must: true},
	{key: "boundary", into: func(r *Row) *string { return &r.Boundary }, check: word("boundary", factors.Boundaries())},
	{key: "flow", into: func(r *Row) *string { return &r.Flow }, check: selector(func(s *factors.Select) *string { return &s.Flow })},
	{key: "point", into: func(r *Row) *string { return &r.Point }, check: selector(func(s *factors.Select) *string { return &s.Point })},
	{key: "scope", into: func(r *Row) *string { return &r.Scope }, check: selector(func(s *factors.Select) *string { return &s.Scope })},
	{key: "margin", into: func(r *Row) *string { return &r.Margin }, check: selector(func(s *factors.Select) *string { return &s.Margin })},
	{key: "quality", into: func(r *Row) *string { return &r.Quality }, check: word("quality", lca.Names(lca.Words().Qualities)), must: true},
	{key: "source", into: func(r *Row) *string { return &r.Source }, own: true},
	{key: "url", into: func(r *Row) *string { return &r.URL }, check: addressText, own: true},
	{key: "released", into: func(r *Row) *string { return &r.Released }, check: dateText, own: true},
	{key: "note", into: func(r *Row) *string { return &r.Note }},
}

func rowKeys() []string {
	out := make([]string, len(rowFields))
	for i, f := range rowFields {
		out[i] = f.key
	}
	return out
}

func categories() []string {
	var out []string
	for _, c := range lca.Words().Categories {
		out = append(out, c.Name)
	}
	return out
}

// word checks that a text is one of a few.
func word(what string, known []string) func(string) (string, *fault) {
	return func(text string) (string, *fault) {
		if slices.Contains(known, text) {
			return text, nil
		}
		return "", &fault{message: fmt.Sprintf("unknown %s %q", what, clipped(text)), hint: meant(text, known)}
	}
}

// form checks that a text has a form.
func form(pattern, like string) func(string) (string, *fault) {
	re := regexp.MustCompile(pattern)
	return func(text string) (string, *fault) {
		if re.MatchString(text) {
			return text, nil
		}
		return "", &fault{message: fmt.Sprintf("expected %s, found %q", like, clipped(text))}
	}
}

// selector checks a word of what kind of electricity figure a row is.
func selector(field func(*factors.Select) *string) func(string) (string, *fault) {
	return func(text string) (string, *fault) {
		var s factors.Select
		*field(&s) = text
		if err := s.Check(); err != nil {
			return "", &fault{message: err.Error()}
		}
		return text, nil
	}
}

func regionText(text string) (string, *fault) {
	code, ok := names.Regions().Canonical(text)
	if ok {
		return code, nil
	}
	wrong := &fault{message: place{name: text}.why(), leave: true}
	if near := names.Regions().Nearest(text); near != "" {
		wrong.hint = "did you mean " + near + "?"
	}
	return "", wrong
}

func addressText(text string) (string, *fault) {
	if address(text) == "" {
		return "", &fault{message: fmt.Sprintf("expected an address that begins with https://, found %q", clipped(text))}
	}
	return text, nil
}

func dateText(text string) (string, *fault) {
	if !factors.IsDate(text) {
		return "", &fault{message: fmt.Sprintf("expected a date such as 2025, 2025-03 or 2025-03-14, found %q", clipped(text))}
	}
	return text, nil
}

func unitText(text string) (string, *fault) {
	if _, err := unit.Parse(text); err != nil {
		return "", &fault{message: err.Error()}
	}
	return text, nil
}

var pedigreeForm = regexp.MustCompile(`^pedigree\([1-5](, *[1-5]){4}\)$`)

// distributionText checks a distribution, in which the word value stands for the value of the row.
func distributionText(text string) (string, *fault) {
	if pedigreeForm.MatchString(text) {
		return text, nil
	}
	if strings.HasPrefix(text, "pedigree") {
		return "", &fault{message: fmt.Sprintf("expected five scores from 1 to 5, as pedigree(2,1,1,1,2), found %q", text)}
	}
	_, err := dist.Parse(valueWord.ReplaceAllString(text, "1"))
	name, _, _ := strings.Cut(text, "(")
	if family, ok := dist.Named(strings.TrimSpace(name)); ok && valueWord.MatchString(text) && family.Ordered() {
		err = nil // whether its bounds hold a value is seen with the value
	}
	if err != nil {
		return "", &fault{message: err.Error(), hint: "fixed, pedigree(2,1,1,1,2), or one such as lognormal(value, 1.2), in which value is the row's"}
	}
	return text, nil
}

var valueWord = regexp.MustCompile(`\bvalue\b`)

// yearText checks a year; 2023.0, as tables of numbers write it, is one.
func yearText(text string) (string, *fault) {
	y, err := foreign.ParseNumber(text)
	if err != nil || y < firstYear || y > lastYear || y != float64(int(y)) {
		return "", &fault{message: fmt.Sprintf("expected a year from %d to %d, found %q", firstYear, lastYear, clipped(text))}
	}
	return strconv.Itoa(int(y)), nil
}

// meant answers a word that is not in a list: the nearest one, or all of a short list.
func meant(word string, known []string) string {
	if near := diag.Nearest(word, known); near != "" {
		return "did you mean " + strconv.Quote(near) + "?"
	}
	if len(known) > 40 {
		return ""
	}
	return "known: " + strings.Join(known, ", ")
}
