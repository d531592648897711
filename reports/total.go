package reports

import (
	"fmt"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// Selection fixes all that a total must fix. An empty Scenario selects the rows whose scenario is null; every other field must be given.
type Selection struct {
	Study, Scenario         string
	Year                    int
	Perspective, Accounting string
	Method, Pack            string
	Category                string
}

// whole is the share_of whose rows add up to a total.
const whole = "total"

// Total is the one way to a total: the correctly rounded exact sum of the published cells of exactly one study, scenario, year,
// perspective, accounting, method, pack and category, over rows with share_of = total, in the category's unit. A selection that leaves
// one of them open is refused, since adding over perspectives or accountings has no meaning; so is one without rows (missing is not 0),
// with two units, or with a value that is not finite.
func Total(impacts []lca.Impact, sel Selection) (float64, error) {
	var t Totals
	for i := range impacts {
		if selectionOf(&impacts[i]) == sel {
			t.Add(&impacts[i])
		}
	}
	return t.Total(sel)
}

// Sum is the one way to add up rows that somebody has picked out of an impact table: their exact sum, correctly rounded. Rows that do not add up to
// anything are refused, and the error names every column in which they differ, with two of its values: those of two perspectives, accountings, years,
// categories, studies, scenarios, methods, packs or units. Options are alternatives to what stands in a total, and credits are memo lines: several are not
// added, neither to each other nor to rows of a total. So is a pick without rows (missing is not 0), or with a value that is not finite.
func Sum(picked []lca.Impact) (float64, error) {
	var c cells
	for i := range picked {
		if row := &picked[i]; i == 0 {
			c.add(row)
		} else if err := mixed(&picked[0], row); err != nil {
			return 0, err
		} else {
			c.add(row)
		}
	}
	if len(picked) == 0 {
		var probs diag.List
		probs.Errorf(diag.NoTotal, diag.Place{}, "no row is picked, and missing is not 0")
		return 0, probs.Err()
	}
	return c.total(selectionOf(&picked[0]))
}

// mixed is the error of two rows that do not add up to anything; nil where they do.
func mixed(a, b *lca.Impact) error {
	var probs diag.List
	for _, f := range []struct{ column, a, b string }{
		{"study", a.Study, b.Study}, {"scenario", a.Scenario, b.Scenario}, {"year", yearText(a.Year), yearText(b.Year)}, {"perspective", a.Perspective, b.Perspective},
		{"accounting", a.Accounting, b.Accounting}, {"share_of", a.ShareOf, b.ShareOf}, {"method", a.Method, b.Method}, {"factor_pack", a.Pack, b.Pack},
		{"category", a.Category, b.Category}, {"unit", a.Unit, b.Unit},
	} {
		if f.a != f.b {
			probs.Add(unmixable(f.column, fmt.Sprintf("rows of the %s %q and of %q are not added", f.column, f.a, f.b), "they do not add up to anything"))
		}
	}
	if a.ShareOf != whole && a.ShareOf == b.ShareOf {
		probs.Add(unmixable("share_of", fmt.Sprintf("rows of the share_of %q are not added", a.ShareOf), "an option is an alternative to what stands in a total, and a credit a memo line"))
	}
	return probs.Err()
}

func unmixable(column, message, why string) diag.Problem {
	return diag.Problem{Code: diag.NoTotal, Place: diag.Place{Column: column}, Message: message, Why: why}
}

// open returns an error that names every column which the selection leaves open.
func (s Selection) open() error {
	var probs diag.List
	for _, f := range []struct{ column, value string }{
		{"study", s.Study}, {"year", yearText(s.Year)}, {"perspective", s.Perspective}, {"accounting", s.Accounting},
		{"method", s.Method}, {"factor_pack", s.Pack}, {"category", s.Category},
	} {
		if f.value == "" {
			probs.Add(diag.Problem{
				Code: diag.NoTotal, Place: diag.Place{Column: f.column},
				Message: fmt.Sprintf("a total needs one %s, and none is given", f.column),
				Why:     "rows of different " + f.column + " do not add up to anything",
			})
		}
	}
	return probs.Err()
}

func selectionOf(i *lca.Impact) Selection {
	return Selection{Study: i.Study, Scenario: i.Scenario, Year: i.Year, Perspective: i.Perspective, Accounting: i.Accounting,
		Method: i.Method, Pack: i.Pack, Category: i.Category}
}
