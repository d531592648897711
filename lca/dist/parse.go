package dist

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// maxText bounds what Parse looks at, in bytes.
const maxText = 256

// Parse reads "fixed" or "family(number, number)", such as "triangular(1.08, 1.2, 1.6)" or "lognormal(0.4, 1.2)". Numbers are
// decimal; spaces may stand between the parts.
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
		return Dist{}, fmt.Errorf("unknown distribution %q; known: %s", name, strings.Join(forms(), ", "))
	}
	want := families[family].params
	if !call {
		if len(want) > 0 {
			return Dist{}, fmt.Errorf("write %s(%s)", name, strings.Join(want, ", "))
		}
		return Dist{family: family}, nil
	}
	if len(want) == 0 {
		return Dist{}, fmt.Errorf("%s takes no parameters", name)
	}
	list, after, closed := strings.Cut(rest, ")")
	if !closed || after != "" {
		return Dist{}, fmt.Errorf("write %s(%s)", name, strings.Join(want, ", "))
	}
	parts := strings.Split(list, ",")
	params := make([]float64, len(parts))
	for i, part := range parts {
		v, err := decimal(strings.TrimSpace(part))
		if err != nil {
			return Dist{}, err
		}
		params[i] = v
	}
	return New(family, params...)
}

// forms are the families as they are written, with the names of their parameters.
func forms() []string {
	out := make([]string, len(families))
	for i, f := range families {
		if out[i] = f.name; len(f.params) > 0 {
			out[i] += "(" + strings.Join(f.params, ", ") + ")"
		}
	}
	return out
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
	parts := make([]string, len(f.params))
	for i := range parts {
		parts[i] = strconv.FormatFloat(d.p[i], 'g', -1, 64)
	}
	return f.name + "(" + strings.Join(parts, ", ") + ")"
}

func expected(params []string) string {
	if len(params) == 0 {
		return "no parameters"
	}
	return fmt.Sprintf("%d parameters (%s)", len(params), strings.Join(params, ", "))
}
