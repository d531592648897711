package factors

import (
	"cmp"
	"math"
	"slices"
)

// lint is a mistake to look for.
type lint struct {
	LintRule
	look func(c *linter)
}

// lints are what tables of factors have been wrong by. To add one, add its entry. What no table may hold at all (a negative consumption of water, a
// row without a licence) is an error of Load under the code of the same form.
var lints = []lint{
	{LintRule{"primary-energy-floor", "primary energy below 3.6 MJ/kWh",
		"1 kWh is 3.6 MJ: a lower value counts a part of the primary energy only, such as that of fossil fuels"}, primaryEnergyFloor},
	{LintRule{"carbon-range", "climate change of electricity above 2 kg CO2e/kWh",
		"no power station emits so much; mostly g are written as kg, or MWh as kWh"}, carbonRange},
	{LintRule{"far-from-neighbours", "a value 1000 times off the median of its kind",
		"a difference of more than 1000 times is mostly a slip of a unit or a decimal point"}, farFromNeighbours},
	{LintRule{"far-from-other-years", "a value 1000 times off that of the year before",
		"a difference of more than 1000 times is mostly a slip of a unit or a decimal point"}, farFromOtherYears},
	{LintRule{"copied-values", "the same value in three years or more",
		"a value that does not move was copied from year to year; written once with the years that it was taken for it says so"}, copiedValues},
	{LintRule{"mixed-units", "one table gives one kind of figure in several units",
		"tables of mixed units are mostly put together from sources that mean different things"}, mixedUnits},
	{LintRule{"restated", "a release gives another value than the one before",
		"results computed before differ from results computed now: say so where both are published"}, restated},
	{LintRule{"no-uncertainty", "no distribution is stated",
		"a figure without one is taken as exact; where nothing better is known, state a pedigree"}, noUncertainty},
	{LintRule{"no-address", "no address of the source is given",
		"nobody can follow the source"}, noAddress},
	{LintRule{"unknown-licence", "the registry has no such licence",
		"whether the value may be passed on is not known; lca/licence/licences.csv lists the licences"}, unknownLicence},
	{LintRule{"forbidden-licence", "the licence forbids redistribution",
		"a pack that holds the value must not be passed on"}, forbiddenLicence},
	{LintRule{"mixed-licences", "one table has rows under several licences, or a share-alike table stands beside others",
		"one table has one licence, and a share-alike one stands in a pack of its own: else the whole is under its licence"}, mixedLicences},
}

func primaryEnergyFloor(c *linter) {
	const least = 3.6
	c.perKilowattHour("primary_energy", "MJ/kWh", func(r *Row, value float64) {
		if value < least*(1-slack) {
			c.tell(r, "%s for %s is %s, below 3.6 MJ/kWh", r.title(), r.period(), quantity(r.Value, r.UnitText))
		}
	})
}

func carbonRange(c *linter) {
	const most = 2
	c.perKilowattHour("climate_change", "kg CO2e/kWh", func(r *Row, value float64) {
		if value > most {
			c.tell(r, "%s for %s is %s, above 2 kg CO2e/kWh", r.title(), r.period(), quantity(r.Value, r.UnitText))
		}
	})
}

// A value is remarkable where it differs by more than a factor of remarkable from the median of at least enough others.
const (
	remarkable = 1000
	enough     = 5
)

// apart reports whether two values differ by more than a factor of remarkable.
func apart(a, b float64) bool { return a > remarkable*b || b > remarkable*a }

func farFromNeighbours(c *linter) {
	c.each(func(rows []*Row) {
		want, ok := c.pack.Unit(rows[0].Factor, rows[0].Category)
		if !ok || rows[0].Category == "" {
			return
		}
		text := want.String()
		type figure struct {
			row   *Row
			value float64
		}
		var figures []figure
		for _, r := range rows {
			if v, ok := c.in(r, want, text); ok && v > 0 {
				figures = append(figures, figure{r, v})
			}
		}
		if len(figures) < enough {
			return
		}
		slices.SortFunc(figures, func(a, b figure) int { return cmp.Or(cmp.Compare(a.value, b.value), cmp.Compare(a.row.ID, b.row.ID)) })
		median := figures[len(figures)/2].value
		for _, f := range figures {
			if apart(f.value, median) {
				c.tell(f.row, "%s is %s, the median of the %d figures of its kind %s", f.row.title(), quantity(f.row.Value, f.row.UnitText), len(figures), quantity(median, text))
			}
		}
	})
}

func farFromOtherYears(c *linter) {
	c.eachPlace(func(rows []*Row) {
		for i := 1; i < len(rows); i++ {
			was, r := rows[i-1], rows[i]
			before, ok := c.in(was, r.Unit, r.UnitText)
			if ok && r.From != 0 && was.From != 0 && was.published == r.published && before > 0 && r.Value > 0 && apart(before, r.Value) {
				c.tell(r, "%s for %s is %s, for %s %s", r.title(), r.period(), quantity(r.Value, r.UnitText), was.period(), quantity(was.Value, was.UnitText))
			}
		}
	})
}

// many is in how many years a value stands for it to be remarkable.
const many = 3

func copiedValues(c *linter) {
	c.eachPlace(func(rows []*Row) {
		for start := 0; start < len(rows); {
			end := start + 1
			for end < len(rows) && rows[end].From == rows[end-1].To+1 && rows[end].Value == rows[start].Value && rows[end].UnitText == rows[start].UnitText &&
				rows[end].published == rows[start].published {
				end++
			}
			if r := rows[start]; end-start >= many && r.From != 0 && r.Value != 0 {
				to := rows[end-1].To
				c.tell(r, "%s is %s in each of %d years from %d to %d", r.title(), quantity(r.Value, r.UnitText), to-r.From+1, r.From, to)
			}
			start = end
		}
	})
}

func mixedUnits(c *linter) {
	c.each(func(rows []*Row) {
		first := map[*Table]*Row{}
		told := map[[2]string]bool{}
		for _, r := range slices.SortedFunc(slices.Values(rows), func(a, b *Row) int { return cmp.Compare(a.ID, b.ID) }) {
			if r.Derived != nil {
				continue
			}
			was := first[r.table]
			if was == nil {
				first[r.table] = r
				continue
			}
			if key := [2]string{r.table.shown, r.UnitText}; r.UnitText != was.UnitText && !told[key] {
				told[key] = true
				c.tell(r, "%s is in %q here and in %q at %s", r.title(), r.UnitText, was.UnitText, was.Place())
			}
		}
	})
}

func restated(c *linter) {
	c.eachPlace(func(rows []*Row) {
		for i, r := range rows {
			if r.Series == "" {
				continue
			}
			for j := i - 1; j >= 0; j-- { // the newest of the releases before
				was := rows[j]
				if was.published == r.published || !was.overlaps(r) {
					continue
				}
				if before, ok := c.in(was, r.Unit, r.UnitText); ok && math.Abs(before-r.Value) > slack*r.Value {
					c.tell(r, "%s for %s is %s as released %s, was %s as released %s", r.title(), r.period(), quantity(r.Value, r.UnitText), r.Released, quantity(was.Value, was.UnitText), was.Released)
				}
				break
			}
		}
	})
}

// own calls f for each row that stands in a table.
func (c *linter) own(f func(r *Row)) {
	for i := range c.pack.Rows {
		if r := &c.pack.Rows[i]; r.Derived == nil {
			f(r)
		}
	}
}

func noUncertainty(c *linter) {
	c.own(func(r *Row) {
		if r.Uncertainty == "none" && r.Value != 0 {
			c.tell(r, "%s for %s is stated without its uncertainty", r.title(), r.period())
		}
	})
}

func noAddress(c *linter) {
	c.own(func(r *Row) {
		if r.URL == "" {
			c.tell(r, "%s for %s has no address of its source", r.title(), r.period())
		}
	})
}

func unknownLicence(c *linter) {
	c.own(func(r *Row) {
		if _, ok := LicenceNamed(r.Licence); !ok {
			c.tell(r, "%s for %s is under %q, which the registry of licences does not have", r.title(), r.period(), r.Licence)
		}
	})
}

func forbiddenLicence(c *linter) {
	c.own(func(r *Row) {
		if l, _ := LicenceNamed(r.Licence); l.Redistribute == "no" {
			c.tell(r, "%s for %s is under %s, which forbids redistribution", r.title(), r.period(), r.Licence)
		}
	})
}

func mixedLicences(c *linter) {
	first := map[*Table]*Row{}
	told := map[string]bool{}
	plain := make([]*Row, len(c.pack.Layers))  // of each layer the first under a licence that does not ask to share alike,
	shared := make([]*Row, len(c.pack.Layers)) // and the first under one that does
	c.own(func(r *Row) {
		was := first[r.table]
		if was == nil {
			first[r.table] = r
		} else if key := r.table.shown + " " + r.Licence; was.Licence != r.Licence && !told[key] {
			told[key] = true
			c.tell(r, "the table has rows under %s, and at %s under %s", r.Licence, was.Place(), was.Licence)
		}
		kind := plain
		if l, _ := LicenceNamed(r.Licence); l.Redistribute == "share-alike" {
			kind = shared
		}
		if kind[r.layer] == nil {
			kind[r.layer] = r
		}
	})
	for i := range shared {
		if s, p := shared[i], plain[i]; s != nil && p != nil {
			c.tell(s, "the pack has rows under %s, which asks to share alike, and at %s under %s", s.Licence, p.Place(), p.Licence)
		}
	}
}
