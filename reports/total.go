package reports

import (
	"fmt"
	"math"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/exact"
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
	if err := sel.open(); err != nil {
		return 0, err
	}
	var c cells
	for i := range impacts {
		if impacts[i].ShareOf == whole && selectionOf(&impacts[i]) == sel {
			c.add(&impacts[i])
		}
	}
	return c.total(sel)
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

// cells are the rows of one total.
type cells struct {
	units  []string // distinct, in order of appearance
	values []float64
	rows   []*lca.Impact
}

func (c *cells) add(i *lca.Impact) {
	if len(c.units) == 0 || c.units[len(c.units)-1] != i.Unit {
		c.units = append(c.units, i.Unit)
	}
	c.values = append(c.values, i.Value)
	c.rows = append(c.rows, i)
}

func (c *cells) total(sel Selection) (float64, error) {
	var probs diag.List
	refuse := func(code diag.Code, format string, args ...any) (float64, error) {
		probs.Errorf(code, diag.Place{}, "no total of %s, %d, %s, %s: %s", sel.Category, sel.Year, sel.Perspective, sel.Accounting,
			fmt.Sprintf(format, args...))
		return 0, probs.Err()
	}
	switch {
	case len(c.values) == 0:
		return refuse(diag.NoTotal, "the table has no such row with share_of = %s", whole)
	case len(c.units) > 1:
		return refuse(diag.NoTotal, "its rows are in %q and in %q", c.units[0], c.units[1])
	}
	for _, v := range c.values {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return refuse(diag.NotFinite, "a row's value is %v", v)
		}
	}
	sum := exact.Total(c.values)
	if math.IsInf(sum, 0) {
		return refuse(diag.Overflow, "the sum is beyond what a number can hold")
	}
	return sum, nil
}

// gather sorts the rows of an impact table into totals, so that a report reads the table once.
func gather(impacts []lca.Impact) map[Selection]*cells {
	out := map[Selection]*cells{}
	for i := range impacts {
		row := &impacts[i]
		if row.ShareOf != whole {
			continue
		}
		sel := selectionOf(row)
		if out[sel] == nil {
			out[sel] = &cells{}
		}
		out[sel].add(row)
	}
	return out
}
