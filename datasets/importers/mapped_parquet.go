package importers

import (
	"math"
	"slices"
	"strconv"

	"github.com/ai-impact-observatory/ailca/datasets/parquet"
	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/foreign"
)

// parquetRecords are the rows of a Parquet file, of which only the columns that are asked for are read.
type parquetRecords struct {
	j      *job
	probs  *diag.List
	file   *parquet.File
	names  []string
	wanted []int // columns of the file, in the order of the batch
	types  []lca.FieldType
	group  int
	reader *parquet.Reader
	batch  column.Batch
	row    int
	count  int64
}

// newParquetRecords opens the file; nil, with the problem told, where it cannot be read.
func newParquetRecords(j *job, probs *diag.List) *parquetRecords {
	f, err := parquet.Open(j.Name, j.R, j.Size)
	if err != nil {
		probs.AddError(err, diag.BadParquet, diag.Place{File: j.Name})
		return nil
	}
	s := &parquetRecords{j: j, probs: probs, file: f}
	for _, c := range f.Columns() {
		s.names = append(s.names, c.Name)
	}
	return s
}

func (s *parquetRecords) columns() []string { return s.names }

func (s *parquetRecords) column(name string) int {
	i := s.file.Column(name)
	if i < 0 {
		return -1
	}
	if at := slices.Index(s.wanted, i); at >= 0 {
		return at
	}
	t := s.file.Columns()[i].Type
	if p, ok := s.file.Check(i, t); !ok {
		s.probs.Add(p)
		return -1
	}
	s.wanted, s.types = append(s.wanted, i), append(s.types, t)
	return len(s.wanted) - 1
}

func (s *parquetRecords) next() bool {
	s.row++
	s.count++
	for s.row >= s.batch.Rows {
		if s.reader == nil {
			if s.group == s.file.RowGroups() {
				return false
			}
			r, err := s.file.ReadAs(s.group, s.wanted, s.types)
			s.group++
			if err != nil {
				s.probs.AddError(err, diag.BadParquet, diag.Place{File: s.j.Name})
				return false
			}
			s.reader = r
		}
		more, err := s.reader.Next(&s.batch)
		if err != nil {
			s.probs.AddError(err, diag.BadParquet, diag.Place{File: s.j.Name})
			return false
		}
		if !more {
			s.close()
			s.batch.Rows = 0
		}
		s.row = 0
	}
	return true
}

func (s *parquetRecords) number() int { return int(s.count) }

func (s *parquetRecords) left() foreign.Left {
	return foreign.Left{Place: diag.Place{File: s.j.Name, Row: s.count}, What: "row"}
}

func (s *parquetRecords) text(i int) string {
	if i < 0 {
		return ""
	}
	c := &s.batch.Columns[i]
	if !c.Valid.Get(s.row) {
		return ""
	}
	switch c.Type {
	case column.String:
		return c.Dict.Values[c.Codes[s.row]]
	case column.Bool:
		return strconv.FormatBool(c.Bools[s.row])
	}
	if s.types[i] == lca.Date {
		return dateOfDay(c.Floats[s.row])
	}
	if v := c.Floats[s.row]; math.Abs(v) < 1<<53 && v == math.Trunc(v) {
		return strconv.FormatInt(int64(v), 10) // an id is no measurement: 1234567, not 1.234567e+06
	}
	return strconv.FormatFloat(c.Floats[s.row], 'g', -1, 64)
}

func (s *parquetRecords) bytes(i int) []byte { return []byte(s.text(i)) }

func (s *parquetRecords) float(i int) (float64, bool) {
	if i < 0 {
		return 0, false
	}
	c := &s.batch.Columns[i]
	if !c.Valid.Get(s.row) {
		return 0, false
	}
	if c.Type == column.Float {
		return c.Floats[s.row], true
	}
	text := s.text(i)
	if text == "" {
		return 0, false
	}
	v, err := foreign.ParseNumber(text)
	if err != nil {
		p := diag.Problem{Code: diag.BadType, Place: diag.Place{File: s.j.Name, Row: s.count, Column: s.names[s.wanted[i]]}, Message: "expected a number, found " + strconv.Quote(clipped(text))}
		if foreign.MeansNone(text) {
			p.Hint = missingHint
		}
		s.probs.Add(p)
		return 0, false
	}
	return v, true
}

func (s *parquetRecords) unread(j *job) {
	for i, name := range s.names {
		if !slices.Contains(s.wanted, i) {
			j.columns = append(j.columns, foreign.Plain(name))
			j.to.Left(Left{foreign.Left{Place: diag.Place{File: j.Name}, What: foreign.Plain(name), Why: "the mapping does not name it"}, Column})
		}
	}
}

func (s *parquetRecords) close() {
	if s.reader != nil {
		s.reader.Close()
		s.reader = nil
	}
}
