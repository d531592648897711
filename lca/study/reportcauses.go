package study

import (
	"fmt"
	"math"
	"os"
	"path/filepath"

	"github.com/ai-impact-observatory/ailca/datasets/parquet"
	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/reports"
)

// comparisonFile is the table of a comparison in the folder that it was written to.
const comparisonFile = "comparison.parquet"

// comparedCauses reads from a comparison's folder what the differences between an edition and the former one go back to. The folder has no digest that another record states: so each total that it compares must
// be that of the editions.
func comparedCauses(folder string, e *reports.Edition) error {
	var probs diag.List
	at := diag.Place{File: filepath.ToSlash(filepath.Join(folder, comparisonFile))}
	root, err := os.OpenRoot(folder)
	if err != nil {
		probs.Add(diag.Problem{Code: diag.NotFound, Place: diag.Place{File: filepath.ToSlash(folder)}, Message: "the folder of a comparison is needed: " + noFolder(err), Hint: "ailca compare FORMER THIS --write DIR makes one"})
		return probs.Err()
	}
	defer root.Close()
	f, size, err := openWithin(root, comparisonFile)
	if err != nil {
		probs.Add(diag.Problem{Code: diag.MissingFile, Place: at, Message: "the table of the comparison: " + cause(err), Hint: "ailca compare FORMER THIS --write DIR makes one"})
		return probs.Err()
	}
	defer f.Close()
	table, err := parquet.Open(at.File, f, size)
	if err != nil {
		return err
	}
	rows, err := parquet.ReadRows[lca.ComparisonPart](table, mostRows)
	if err != nil {
		return err
	}
	before := e.Before
	for i := range rows {
		r := &rows[i]
		if r.StudyA != before.Study || r.StudyB != e.Study {
			probs.Add(diag.Problem{Code: diag.Inconsistent, Place: at, Message: fmt.Sprintf("it compares %s with %s, and the report is of %s after %s", r.StudyA, r.StudyB, e.Study, before.Study), Hint: "compare the former edition with this one, in this order"})
			return probs.Err()
		}
		if r.By != aggregateNames[byTotal] {
			continue
		}
		for _, x := range []struct {
			edition    string
			said       *float64
			totals     *reports.Totals
			method     string
			pack       string
			methodSaid string
			packSaid   string
		}{{before.Study, r.A, before.Totals, before.Method, before.Pack, r.MethodA, r.PackA}, {e.Study, r.B, e.Totals, e.Method, e.Pack, r.MethodB, r.PackB}} {
			is := x.totals.Of(r.Year, r.Perspective, r.Accounting, r.Category)
			if (is == nil) != (x.said == nil) || is != nil && math.Abs(*is-*x.said) > 1e-9*math.Abs(*is) || x.method != x.methodSaid || x.pack != x.packSaid {
				probs.Add(diag.Problem{Code: diag.Inconsistent, Place: at, Message: fmt.Sprintf("the %s of %d, %s, %s, that it has of %s is not that of the edition, or was computed by another method or factor pack", r.Category, r.Year, r.Perspective, r.Accounting, x.edition), Hint: "compare the result folders that the report is made of"})
				return probs.Err()
			}
		}
		before.Causes = append(before.Causes, *r)
	}
	return nil
}
