package rules

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/document"
	"github.com/ai-impact-observatory/ailca/lca/unit"
)

// Example is a row of an inventory with the results that are expected of it: a published calculation, done again by the method. It stands alone:
// the tables that the row refers to and the factors' values are its own. Of the factor pack it uses definitions alone: names, keys and units.
type Example struct {
	Name    string          `doc:"name,required"`
	Kind    string          `doc:"kind,required"`
	Doc     string          `doc:"doc"`
	Source  string          `doc:"source"`
	Row     *document.Node  `doc:"row,required"` // values by column
	Tables  *document.Node  `doc:"tables"`       // rows by table
	Factors []ExampleFactor `doc:"factors"`
	Choices *document.Node  `doc:"choices"`         // options in place of the method's defaults
	Expect  *document.Node  `doc:"expect,required"` // values by quantity, impact (and category) or functional unit
	Class   *document.Node  `doc:"class"`           // quality classes, by the same names
	Tier    *document.Node  `doc:"tier"`            // numbers of tiers, from 1, by quantity
	Within  string          `doc:"within"`          // relative tolerance, or printed: half a unit of the last digit that is written
	At      *document.Node  `doc:"@"`

	within  float64
	printed bool
}

// ExampleFactor is a factor's value in an example. What it does not say of region, technology and year holds for all.
type ExampleFactor struct {
	Factor     string         `doc:"factor,required"`
	Category   string         `doc:"category"`
	Region     string         `doc:"region"`
	Technology string         `doc:"technology"`
	Year       int            `doc:"year"`
	Value      float64        `doc:"value,required"`
	Unit       string         `doc:"unit,required"`
	Boundary   string         `doc:"boundary"` // of an embodied value
	Class      string         `doc:"class"`    // empty: the best
	At         *document.Node `doc:"@"`
}

const (
	// maxExamples bounds the examples of a method.
	maxExamples = 1000
	// defaultWithin is the relative tolerance where an example states none.
	defaultWithin = 1e-9
	// asPrinted is the tolerance of a value that was rounded to the digits written: half a unit of the last one.
	asPrinted = "printed"
)

// examples reads the form of a method's examples; names and units are checked by NewTrial, for the columns of a kind are known only there.
func (l *loader) examples(n *document.Node) {
	if n == nil || n.Kind == document.Null {
		return
	}
	if n.Kind != document.List {
		l.probs.Add(n.Problem(diag.BadType, "expected a list of examples, found %s", n.Kind))
		return
	}
	if len(n.Items) > maxExamples {
		l.probs.Add(n.Problem(diag.TooLarge, "a method has at most %d examples, not %d", maxExamples, len(n.Items)))
		return
	}
	seen := map[string]bool{}
	for _, item := range n.Items {
		var e Example
		if !l.decode(item, &e) {
			continue
		}
		if seen[e.Name] {
			l.probs.Add(item.Get("name").Problem(diag.DuplicateName, "two examples are named %q", e.Name))
		}
		seen[e.Name] = true
		e.within = defaultWithin
		if e.printed = e.Within == asPrinted; e.printed {
			e.within = 0
		} else if at := item.Get("within"); at != nil {
			var why string
			if e.within, _, why = measure(e.Within, unit.One); why != "" {
				l.probs.Add(at.Problem(diag.BadValue, "%s", why))
			} else if !(e.within >= 0 && e.within < 1) {
				l.probs.Add(at.Problem(diag.OutOfRange, "a relative tolerance is from 0 to less than 100 %%, not %s", e.Within))
			}
		}
		for _, f := range e.Factors {
			if f.Value < 0 {
				l.probs.Add(f.At.Get("value").Problem(diag.OutOfRange, "a factor is not negative"))
			}
			if f.Category != "" {
				l.category(f.At.Get("category"), f.Category)
			}
			l.classOf(f.At.Get("class"), f.Class, 0)
		}
		l.m.Examples = append(l.m.Examples, e)
	}
}

// measure reads "1287 MWh", or a bare number in the unit that is due; the value comes in that unit. why says what is wrong with the text.
func measure(text string, due unit.Unit) (value float64, given unit.Unit, why string) {
	number, unitText, hasUnit := strings.Cut(strings.TrimSpace(text), " ")
	value, err := strconv.ParseFloat(number, 64)
	switch {
	case number == "" || strings.Trim(number, "0123456789.eE+-") != "" || err != nil && !math.IsInf(value, 0):
		return 0, due, fmt.Sprintf("%q is no number with or without a unit, such as 1287 or 1287 MWh", excerpt(text))
	case err != nil:
		return 0, due, fmt.Sprintf("the number %s is out of range", excerpt(number))
	case !hasUnit:
		return value, due, ""
	}
	if given, err = unit.Parse(strings.TrimSpace(unitText)); err != nil {
		return 0, due, err.Error()
	}
	f, ok := unit.Factor(given, due)
	if !ok {
		return 0, due, fmt.Sprintf("%s (%s) cannot be converted to %s (%s)", show(given), given.Dimension(), show(due), due.Dimension())
	}
	if value = float64(value * f); math.IsInf(value, 0) {
		return 0, due, fmt.Sprintf("the number %s is out of range in %s", excerpt(text), show(due))
	}
	return value, given, ""
}

// halfDigit is half a unit of the last digit of a number as it is written: 0.005 of 1.43, 0.5 of 120, 0.5e-9 of 7e-9.
func halfDigit(number string) float64 {
	mantissa, exponent, _ := strings.Cut(strings.ToLower(number), "e")
	_, decimals, _ := strings.Cut(mantissa, ".")
	power, _ := strconv.Atoi(exponent) // 0 where there is none
	half, _ := strconv.ParseFloat("0.5e"+strconv.Itoa(power-len(decimals)), 64)
	return half
}

// excerpt cuts a long text of a file.
func excerpt(text string) string { return diag.Excerpt(text, 60) }

// Kinds tells what rules may read of kinds of inventory, and what is wrong with a row's values.
type Kinds interface {
	// Schema describes a kind without the tables that it refers to; id is the column that identifies its rows.
	Schema(kind string) (s *Schema, id string, ok bool)
	// Fault says what is wrong with a value in a column, beyond its type and unit; empty where nothing is.
	Fault(kind string, field lca.Field, text string, number float64) string
}
