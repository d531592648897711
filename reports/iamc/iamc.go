// Package iamc writes and reads scenario results in the format of the Integrated Assessment Modeling Consortium (IAMC): the columns model, scenario, region,
// variable and unit, and a value for each year. It is how energy and climate scenarios are exchanged; pyam analyses such tables, nomenclature checks them
// against lists of agreed names, the databases of IIASA hold them.
//
// pyam is written in Python and is no part of our tests. What it demands stands in Table.Check and in the readers as rules, each with the file that it follows:
// pyam 3 (IAMconsortium/pyam) and nomenclature (IAMconsortium/nomenclature), as published under these names. An error is what one of them refuses or would take
// for something else, or what we never publish; a warning is what they read and people may not expect.
package iamc

import (
	"cmp"
	"slices"
)

// Series names a line of a scenario: what was computed, by which model, for which scenario and region, in which unit.
type Series struct {
	Model    string // with its version, such as "ailca 1.0"
	Scenario string
	Region   string // the total is World, as pyam's aggregate_region has it (pyam/core.py)
	Variable string // from the general to the particular, parts joined by "|": "Final Energy|Data Centers|Electricity"
	Unit     string // empty for a number without dimension
}

// dimensions are the columns that name a series, in the order of the format (pyam/utils.py: IAMC_IDX).
var dimensions = [...]string{"model", "scenario", "region", "variable", "unit"}

const (
	model = iota
	scenario
	region
	variable
	unit
)

// names are the series' texts in the order of dimensions.
func (s *Series) names() [5]string {
	return [...]string{s.Model, s.Scenario, s.Region, s.Variable, s.Unit}
}

// Compare orders by model, scenario, region, variable and unit, each by its bytes.
func (s Series) Compare(other Series) int {
	return cmp.Or(cmp.Compare(s.Model, other.Model), cmp.Compare(s.Scenario, other.Scenario), cmp.Compare(s.Region, other.Region),
		cmp.Compare(s.Variable, other.Variable), cmp.Compare(s.Unit, other.Unit))
}

// Point is a value of a year.
type Point struct {
	Year  int
	Value float64
}

// Row is a series with its values. A year that it has no value of is not there.
type Row struct {
	Series
	Points []Point // by year
}

// Table is scenario results. What it writes does not depend on the order in which values were added. The zero value is empty and ready.
type Table struct {
	index  map[Series]int
	series []Series
	points [][]Point // of each series, in the order in which they were added
	count  int
}

// Add adds a value. Everything is accepted here: Check tells what cannot be written, a second value of a year and a number that is none included.
func (t *Table) Add(s Series, year int, value float64) {
	i := t.line(s)
	t.points[i] = append(t.points[i], Point{year, value})
	t.count++
}

// line is the number of a series, which is new where it was not met.
func (t *Table) line(s Series) int {
	i, ok := t.index[s]
	if !ok {
		if t.index == nil {
			t.index = map[Series]int{}
		}
		i = len(t.series)
		t.index[s], t.series, t.points = i, append(t.series, s), append(t.points, nil)
	}
	return i
}

// Len is how many values there are.
func (t *Table) Len() int { return t.count }

// Value is a series' value of a year; false where there is none.
func (t *Table) Value(s Series, year int) (float64, bool) {
	if i, ok := t.index[s]; ok {
		for _, p := range t.points[i] {
			if p.Year == year {
				return p.Value, true
			}
		}
	}
	return 0, false
}

// Rows are the series in order, each with its points by year. They are the caller's.
func (t *Table) Rows() []Row {
	rows := make([]Row, len(t.series))
	for i, s := range t.series {
		rows[i] = Row{s, slices.Clone(t.points[i])}
		slices.SortStableFunc(rows[i].Points, func(a, b Point) int { return cmp.Compare(a.Year, b.Year) })
	}
	slices.SortFunc(rows, func(a, b Row) int { return a.Compare(b.Series) })
	return rows
}

// Years are the years that any series has a value of, ascending.
func (t *Table) Years() []int {
	met := map[int]bool{}
	var years []int
	for _, points := range t.points {
		for _, p := range points {
			if !met[p.Year] {
				met[p.Year] = true
				years = append(years, p.Year)
			}
		}
	}
	slices.Sort(years)
	return years
}

// scenarioName is what pyam calls the index of meta indicators (pyam/utils.py: META_IDX).
type scenarioName struct{ model, scenario string }

// scenarios are the models' scenarios, in order.
func scenarios(rows []Row) []scenarioName {
	var out []scenarioName
	for i := range rows {
		if s := (scenarioName{rows[i].Model, rows[i].Scenario}); len(out) == 0 || out[len(out)-1] != s {
			out = append(out, s)
		}
	}
	return out
}
