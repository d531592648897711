package merge

import (
	"cmp"
	"encoding/csv"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/ai-impact-observatory/ailca/datasets"
)

// Action is what became of rows.
type Action string

const (
	Kept       Action = "kept"       // a row of the base
	Added      Action = "added"      // a new row
	Corrected  Action = "corrected"  // a new row that takes the place of an earlier one of the same contributor
	Replaced   Action = "replaced"   // that earlier one; it is not in the version
	Duplicate  Action = "duplicate"  // stands in another row; it is not in the version
	Conflict   Action = "conflict"   // a new row whose id another contributor's row has, with other values; that one counts
	Held       Action = "held"       // rows of a submission that the base holds
	Aggregated Action = "aggregated" // confidential rows in a sum, which has the id
	Suppressed Action = "suppressed" // confidential rows of groups that no sum may be published of
	Left       Action = "left out"   // confidential rows that enter no sum
	Value      Action = "value"      // a value that differs, of the row named above; it accounts for no row
)

var actions = []Action{Held, Kept, Added, Corrected, Conflict, Replaced, Duplicate, Value, Aggregated, Suppressed, Left}

// Change is a line of changes.csv. Over all lines, rows add up to the rows of the base and of all submissions that were named.
type Change struct {
	Kind       string
	ID         string // that the row has in the version, or had
	Action     Action
	Rows       int64  // input rows that the line accounts for
	Submission string // digest of the one that the row is of; empty of confidential rows
	Other      string // digest of the submission of the other row
	OtherID    string
	Column     string
	Old, New   string
	Reason     string
	Counts     int // of a row whose id stood before: 1 where it counts now, -1 where it counts no more; not written, the reason says it

	row, other *statement // whose ids are known in the end
}

// settle fills in the ids that the rows got.
func (c *Change) settle() {
	if c.row != nil {
		c.ID = c.row.shownID()
	}
	if c.other != nil {
		c.OtherID = c.other.shownID()
	}
}

func (s *statement) shownID() string { return cmp.Or(s.name, s.published, s.id) }

var changesHeader = []string{"kind", "id", "action", "rows", "submission", "other_submission", "other_id", "column", "old", "new", "reason"}

func sortChanges(changes []Change) {
	slices.SortStableFunc(changes, func(a, b Change) int {
		return cmp.Or(strings.Compare(a.Kind, b.Kind), strings.Compare(a.ID, b.ID), cmp.Compare(slices.Index(actions, a.Action), slices.Index(actions, b.Action)),
			strings.Compare(a.Submission, b.Submission), strings.Compare(a.Other, b.Other), strings.Compare(a.Column, b.Column), strings.Compare(a.Reason, b.Reason))
	})
}

// writeChanges writes changes.csv.
func writeChanges(w io.Writer, changes []Change) error {
	c := csv.NewWriter(w)
	if err := c.Write(changesHeader); err != nil {
		return err
	}
	for _, x := range changes {
		record := []string{x.Kind, neutral(x.ID), string(x.Action), strconv.FormatInt(x.Rows, 10), x.Submission, x.Other, neutral(x.OtherID), x.Column, neutral(x.Old), neutral(x.New), neutral(x.Reason)}
		if err := c.Write(record); err != nil {
			return err
		}
	}
	c.Flush()
	return c.Error()
}

// neutral is a text by the rule of the packages' CSV files, save that nothing stays nothing and a number a number.
func neutral(text string) string {
	if text == "" {
		return text
	}
	if _, err := strconv.ParseFloat(text, 64); err == nil {
		return text
	}
	return datasets.Escaped(text)
}
