package merge

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// statement is a row as somebody stated it.
type statement struct {
	table    *column.Table // nil of a new sum
	columns  []int         // of each of the kind's columns where it stands in the table, -1 for none
	row      int
	origin   *Origin // nil of a sum
	identity string  // of the contributor

	id           string // as stated
	published    string // in the base; "" of a new row
	ruled        bool   // in the base, a rule has set alternative_to
	corrects     bool   // its submission declares it to be a correction
	confidential bool
	since        *Origin // the submission whose place in the order it has, of a row that it took the place of; nil for its own

	file, shown, digest string // the table that it stands in, its path for messages, its digest; no digest where rows of it are confidential
	number              int64  // of the row there

	name  string         // the id that it gets; "" where another row stands for it
	other string         // alternative_to by a rule; "" for none
	set   map[int]cell   // values in place of the table's
	by    map[int]string // references as they were stated, where the base has others

	corrected *statement // that it takes the place of
}

// cell is a value: a text, a number, an integer, a date in days since 1970 or a truth value. The zero cell is a missing value.
type cell struct {
	there  bool
	text   string
	number float64
	truth  bool
}

func textCell(text string) cell { return cell{there: text != "", text: text} }

func (s *statement) cell(i int) cell {
	if i < 0 {
		return cell{}
	}
	if c, ok := s.set[i]; ok {
		return c
	}
	return s.read(i)
}

// read is a value as the table has it.
func (s *statement) read(i int) cell {
	if s.table == nil || s.columns[i] < 0 {
		return cell{}
	}
	c := &s.table.Data[s.columns[i]]
	if !c.Valid.Get(s.row) {
		return cell{}
	}
	switch c.Type {
	case column.String:
		return cell{there: true, text: c.Dict.Values[c.Codes[s.row]]}
	case column.Bool:
		return cell{there: true, truth: c.Bools[s.row]}
	}
	return cell{there: true, number: c.Floats[s.row]}
}

func (s *statement) text(i int) string { return s.cell(i).text }

// put sets a value in place of the table's.
func (s *statement) put(i int, c cell) {
	if s.set == nil {
		s.set = map[int]cell{}
	}
	s.set[i] = c
}

// order is the submission by which the statement stands before and behind those of others.
func (s *statement) order() *Origin { return cmp.Or(s.since, s.origin) }

// succeed lets a statement that takes the place of another of its contributor keep that one's place in the order. Of a confidential row the version shows
// nothing: a public one does not have its place, nor the other way round.
func (s *statement) succeed(other *statement) {
	if s.confidential == other.confidential && other.order().before(s.order()) < 0 {
		s.since = other.order()
	}
}

// stated is a value as the contributor stated it: references to own rows by the ids that these had, and no alternative_to of a rule.
func (k *kindMerge) stated(s *statement, i int) cell {
	if i == k.at.alternativeTo && s.ruled {
		return cell{}
	}
	if id, ok := s.by[i]; ok {
		return textCell(id)
	}
	return s.read(i)
}

// differ lists the columns among some in which two statements differ.
func (k *kindMerge) differ(a, b *statement, columns []int) []int {
	var out []int
	for _, i := range columns {
		if k.stated(a, i) != k.stated(b, i) {
			out = append(out, i)
		}
	}
	return out
}

// names lists columns.
func (k *kindMerge) names(columns []int) []string {
	var out []string
	for _, i := range columns {
		out = append(out, k.kind.Columns[i].Name)
	}
	return out
}

// show is a value as changes.csv has it.
func show(f *field, c cell) string {
	switch {
	case !c.there:
		return ""
	case f.Type == lca.Text:
		return c.text
	case f.Type == lca.Boolean:
		return strconv.FormatBool(c.truth)
	}
	return f.CellText(c.number)
}

// place is where a person finds the row.
func (k *kindMerge) place(s *statement, column int) diag.Place {
	p := diag.Place{File: s.shown, Row: s.number}
	if column >= 0 {
		p.Column = k.kind.Columns[column].Name
	}
	return p
}

// rank is how a preference likes a row: less is better.
func (k *kindMerge) rank(s *statement, preference int) int {
	p := k.kind.Merge.Prefer[preference]
	f, _ := k.kind.Column(p.Column)
	at := slices.Index(f.Values, s.text(slices.IndexFunc(k.kind.Columns, func(c field) bool { return c.Name == p.Column })))
	switch {
	case at < 0:
		return len(f.Values)
	case p.Best == "last":
		return len(f.Values) - 1 - at
	}
	return at
}
