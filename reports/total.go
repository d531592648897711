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
