package importers

import "github.com/ai-impact-observatory/ailca/lca/foreign"

// csvRecords are the records of a CSV file.
type csvRecords struct{ c *foreign.CSV }

func (s *csvRecords) columns() []string           { return s.c.Columns() }
func (s *csvRecords) column(name string) int      { return s.c.Index(name) }
func (s *csvRecords) next() bool                  { return s.c.Next() }
func (s *csvRecords) number() int                 { return s.c.Rows() }
func (s *csvRecords) text(i int) string           { return s.c.TextAt(i) }
func (s *csvRecords) bytes(i int) []byte          { return s.c.BytesAt(i) }
func (s *csvRecords) float(i int) (float64, bool) { return s.c.NumberAt(i) }
func (s *csvRecords) unread(j *job)               { j.unread(s.c) }
func (s *csvRecords) close()                      {}

func (s *csvRecords) left() foreign.Left { return foreign.Left{Place: s.c.At(""), What: "record"} }
