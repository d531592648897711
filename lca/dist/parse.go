package dist

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// maxText bounds what Parse looks at, in bytes.
const maxText = 64 * MaxValues

// Parse reads "fixed" or "family(number, number)", such as "triangular(1.08, 1.2, 1.6)", "lognormal(0.4, 1.2)" or
// "discrete(0.8 3, 1 1)", in which a weight follows each value. Numbers are decimal; spaces may stand between the parts.
func Parse(text string) (Dist, error) {
	if len(text) > maxText {
		return Dist{}, fmt.Errorf("a distribution has at most %d characters", maxText)
	}
	name, rest, call := strings.Cut(strings.TrimSpace(text), "(")
	name = strings.TrimSpace(name)
	family, ok := Named(name)
	if !ok {
		if near := diag.Nearest(name, Names()); near != "" {
			return Dist{}, fmt.Errorf("unknown distribution %q; did you mean %s?", name, near)
		}
		return Dist{}, fmt.Errorf("unknown distribution %q; known: %s", name, strings.Join(Forms(), ", "))
	}
	want := families[family].params
	if !call {
		if len(want) > 0 {
			return Dist{}, fmt.Errorf("write %s", form(family))
		}
		return Dist{family: family}, nil
	}
	if len(want) == 0 {
		return Dist{}, fmt.Errorf("%s takes no parameters", name)
	}
	list, after, closed := strings.Cut(rest, ")")
	if !closed || after != "" {
		return Dist{}, fmt.Errorf("write %s", form(family))
	}
	var params []float64
	for part := range strings.SplitSeq(list, ",") {
		words := []string{strings.TrimSpace(part)}
		if family == Discrete {
			if words = strings.Fields(part); len(words) != 2 {
				return Dist{}, fmt.Errorf("%q is not a value and its weight: write %s", strings.TrimSpace(part), form(family))
			}
		}
		for _, word := range words {
			v, err := decimal(word)
			if err != nil {
				return Dist{}, err
			}
			params = append(params, v)
		}
	}
	return New(family, params...)
}

// Forms are the families as they are written, with the names of their parameters.
func Forms() []string {
	out := make([]string, len(families))
	for i := range families {
		out[i] = form(Family(i))
	}
	return out
}

func form(family Family) string {
	f := families[family]
	switch {
	case f.list:
		return f.name + "(" + strings.Join(f.params, " ") + ", ...)"
	case len(f.params) > 0:
		return f.name + "(" + strings.Join(f.params, ", ") + ")"
	}
	return f.name
}

// Named returns the family of a name.
func Named(name string) (Family, bool) {
	for i, f := range families {
		if f.name == name {
			return Family(i), true
		}
	}
	return 0, false
}

// decimal reads a plain decimal number: no hexadecimal, no underscores, no words such as inf.
func decimal(text string) (float64, error) {
	if text == "" || strings.Trim(text, "+-.0123456789eE") != "" {
		return 0, fmt.Errorf("%q is not a decimal number", text)
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return 0, fmt.Errorf("%q is not a finite decimal number", text)
	}
	return v, nil
}

// String is the canonical text: Parse reads it back to an equal Dist.
func (d Dist) String() string {
	f := families[d.family]
	if len(f.params) == 0 {
		return f.name
	}
	text := []byte(f.name + "(")
	for i, p := range d.Params() {
		switch {
		case i == 0:
		case f.list && i%len(f.params) != 0:
			text = append(text, ' ')
		default:
			text = append(text, ", "...)
		}
		text = strconv.AppendFloat(text, p, 'g', -1, 64)
	}
	return string(append(text, ')'))
}

func expected(family Family) string {
	f := families[family]
	switch {
	case f.list:
		return fmt.Sprintf("one or more of (%s)", strings.Join(f.params, " "))
	case len(f.params) == 0:
		return "no parameters"
	}
	return fmt.Sprintf("%d parameters (%s)", len(f.params), strings.Join(f.params, ", "))
}
