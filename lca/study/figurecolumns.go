package study

import (
	"slices"
	"strconv"

	"github.com/ai-impact-observatory/ailca/lca"
)

// impactColumns are the columns of the impact table that figures are picked by, those that hold names ahead of words.
var impactColumns = []string{"item", "model", "organisation", "region", "hardware", "kind", "stage", "year", "perspective", "accounting", "share_of", "quality",
	"category", "unit", "functional_unit", "study", "scenario", "method", "factor_pack"}

// nameColumns are those of them in which a name without a column is looked for.
var nameColumns = impactColumns[:slices.Index(impactColumns, "category")]

// impactWord is what a row has in a column, as a person writes it.
func impactWord(row *lca.Impact, column string) string {
	switch column {
	case "item":
		return row.Item
	case "model":
		return row.Model
	case "organisation":
		return row.Organisation
	case "region":
		return row.Region
	case "hardware":
		return row.Hardware
	case "kind":
		return row.Kind
	case "stage":
		return row.Stage
	case "year":
		return strconv.Itoa(row.Year)
	case "perspective":
		return row.Perspective
	case "accounting":
		return row.Accounting
	case "share_of":
		return row.ShareOf
	case "quality":
		return row.Quality
	case "category":
		return row.Category
	case "unit":
		return row.Unit
	case "functional_unit":
		return row.FunctionalUnit
	case "study":
		return row.Study
	case "scenario":
		return row.Scenario
	case "method":
		return row.Method
	}
	return row.Pack
}

// condition is a column and the word that a row must have in it.
type condition struct{ column, word string }

// conditions pick rows for which all are true.
type conditions []condition

func (c conditions) pick(row *lca.Impact) bool {
	for i := range c {
		if impactWord(row, c[i].column) != c[i].word {
			return false
		}
	}
	return true
}

// without leaves one of them out.
func (c conditions) without(i int) conditions {
	return slices.Delete(slices.Clone(c), i, i+1)
}

// on is the condition on a column; nil where there is none.
func (c conditions) on(column string) *condition {
	for i := range c {
		if c[i].column == column {
			return &c[i]
		}
	}
	return nil
}

func (c condition) String() string { return c.column + "=" + c.word }
