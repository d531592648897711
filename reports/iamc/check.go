package iamc

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// First and last year of the format as we take it. pyam takes any whole number for a year (pyam/utils.py: to_time); one that has not four digits is a mistake.
const (
	firstYear = 1000
	lastYear  = 9999
)

// Check adds to probs what pyam and nomenclature would refuse of the table once it is written, or take for something else:
//
//   - every name by the rules of names.go;
//   - a table without a value: of the wide form pyam says "No time domain in the data" (pyam/utils.py: _intuit_column_groups);
//   - two values of a series in a year: "Duplicate rows in `data`" (pyam/utils.py: format_data);
//   - a value that is not finite: pyam drops NaN (pyam/utils.py: _format_data_to_series) and keeps infinity; neither is a result;
//   - a year that has not four digits (pyam/utils.py: to_time takes whole numbers alone);
//   - a variable in several units: pyam's unit_mapping (pyam/core.py) lists them, and nomenclature finds the list nowhere (nomenclature/codelist.py: validate_units);
//   - as warnings: names that differ in the case of letters alone, which both take for two, and a column of numbers alone, which pandas makes numbers of.
func (t *Table) Check(probs *diag.List) {
	if t.count == 0 {
		probs.Add(noValues(diag.Place{}))
	}
	c := newChecker(probs)
	for _, row := range t.Rows() {
		c.series(&row.Series, func(_ int, code diag.Code, message string) diag.Problem {
			return diag.Problem{Code: code, Message: message}
		})
		for i, p := range row.Points {
			if i > 0 && row.Points[i-1].Year == p.Year {
				probs.Add(duplicate(diag.Problem{}, &row.Series, p.Year, ""))
			}
			if math.IsNaN(p.Value) || math.IsInf(p.Value, 0) {
				probs.Errorf(diag.NotFinite, diag.Place{}, "%s: the value of %d is %v", row.words(), p.Year, p.Value)
			}
			if p.Year < firstYear || p.Year > lastYear {
				probs.Errorf(diag.OutOfRange, diag.Place{}, "%s: %d is no year of four digits", row.words(), p.Year)
			}
		}
	}
	c.end(diag.Place{})
}

func noValues(at diag.Place) diag.Problem {
	return diag.Problem{Code: diag.MissingValue, Place: at, Message: "the table has no values", Why: "pyam finds no time domain in it"}
}

func duplicate(p diag.Problem, s *Series, year int, where string) diag.Problem {
	p.Code, p.Message = diag.DuplicateRow, fmt.Sprintf("%s: a second value of %d%s", s.words(), year, where)
	p.Why = "which of them holds cannot be told; pyam refuses duplicate rows"
	return p
}

// words name the series for a message.
func (s *Series) words() string {
	return strings.Join([]string{s.Model, s.Scenario, s.Region, s.Variable}, ", ") + " [" + s.Unit + "]"
}

// problemAt makes a problem at a dimension's text of the series that is checked.
type problemAt func(dimension int, code diag.Code, message string) diag.Problem

// checker applies the rules to one series after the other. Each name is judged where it is met first.
type checker struct {
	probs   *diag.List
	met     [5]map[string]bool
	folded  [5]map[string]string // the first of the names that are equal but for the case of letters
	numbers [5]bool              // all names so far are numbers
	words   [5]bool              // all names so far are True or False
	units   map[string]string    // the first of each variable
	told    map[[2]string]bool   // variables with another unit
}

func newChecker(probs *diag.List) *checker {
	c := &checker{probs: probs, units: map[string]string{}, told: map[[2]string]bool{}}
	for d := range dimensions {
		c.met[d], c.folded[d], c.numbers[d], c.words[d] = map[string]bool{}, map[string]string{}, true, true
	}
	return c
}

func (c *checker) series(s *Series, at problemAt) {
	for d, name := range s.names() {
		if c.met[d][name] {
			continue
		}
		c.met[d][name] = true
		for _, f := range append(judge(d, name), judgeCell(d, name)...) {
			p := at(d, f.code, fmt.Sprintf("the %s %s %s", dimensions[d], strconv.Quote(diag.Excerpt(name, 80)), f.message))
			p.Severity, p.Why, p.Hint = f.severity, f.why, f.hint
			c.probs.Add(p)
		}
		c.numbers[d] = c.numbers[d] && readsAsNumber(name)
		c.words[d] = c.words[d] && slices.Contains(booleans, name)
		folded := strings.ToLower(name)
		if first, ok := c.folded[d][folded]; ok {
			p := at(d, diag.SuspectedTwin, fmt.Sprintf("the %ss %q and %q differ in the case of letters alone", dimensions[d], first, name))
			p.Severity, p.Why = diag.Warning, "pyam and nomenclature take them for two"
			c.probs.Add(p)
		} else {
			c.folded[d][folded] = name
		}
	}
	first, ok := c.units[s.Variable]
	if !ok {
		c.units[s.Variable] = s.Unit
	} else if key := [2]string{s.Variable, s.Unit}; first != s.Unit && !c.told[key] {
		c.told[key] = true
		p := at(unit, diag.UnitMismatch, fmt.Sprintf("the variable %q has the unit %q here and %q elsewhere", s.Variable, s.Unit, first))
		p.Why = "nomenclature refuses a variable of several units"
		c.probs.Add(p)
	}
}

// booleans are the words that pandas makes truth values of where a column has no others (pandas/_libs/parsers.pyx).
var booleans = []string{"True", "TRUE", "true", "False", "FALSE", "false"}

// readsAsNumber reports whether pandas may take a text for a number.
func readsAsNumber(text string) bool {
	_, err := strconv.ParseFloat(text, 64)
	return err == nil && !strings.ContainsAny(text, "xXpP_")
}

// end tells of the columns that pandas would not read as text.
func (c *checker) end(at diag.Place) {
	for d, name := range dimensions {
		what := "a number"
		if c.words[d] {
			what = "True or False"
		}
		if len(c.met[d]) == 0 || !c.numbers[d] && !c.words[d] {
			continue
		}
		example := slices.Sorted(maps.Keys(c.met[d]))[0]
		c.probs.Add(diag.Problem{Code: diag.BadType, Severity: diag.Warning, Place: at, Message: fmt.Sprintf("every %s is %s, such as %q", name, what, example),
			Why: "pandas, which pyam reads files with, makes no text of such a column: 1.10 becomes 1.1, and filters by name find nothing"})
	}
}
