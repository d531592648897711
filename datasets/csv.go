package datasets

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/ai-impact-observatory/ailca/datasets/parquet"
	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// MaxCSV bounds the bytes of a CSV file.
const MaxCSV = 64 << 20

// FromCSV reads an inventory that a person wrote as CSV: the header names columns of the kind in any order, an empty cell is a missing
// value, numbers are in canonical units, dates are YYYY-MM-DD, truth values are true and false. Each problem goes to probs at line
// and column; the table is nil where there are errors. It has the kind's columns, those that the file lacks all missing.
func FromCSV(kind *Kind, name string, r io.Reader, probs *diag.List) *column.Table {
	before := probs.Count(diag.Error)
	c := &csvFile{kind: kind, name: name, probs: probs, builder: parquet.NewBuilder(kind.Fields())}
	text, err := io.ReadAll(io.LimitReader(r, MaxCSV+1))
	switch {
	case err != nil:
		probs.Errorf(diag.Syntax, diag.Place{File: name}, "not readable: %v", err)
	case len(text) > MaxCSV:
		probs.Errorf(diag.TooLarge, diag.Place{File: name}, "the file has more than %d bytes; write a large inventory as Parquet", MaxCSV)
	case !utf8.Valid(text):
		probs.Errorf(diag.Syntax, diag.Place{File: name}, "the file is not UTF-8 text")
	default:
		c.read(strings.TrimPrefix(string(text), "\ufeff"))
	}
	if probs.Count(diag.Error) > before {
		return nil
	}
	return c.builder.Table()
}

type csvFile struct {
	kind    *Kind
	name    string
	probs   *diag.List
	builder *parquet.Builder
	columns []int // of each column of the kind where it stands in a record, -1 for none
	ids     map[string]int
}

func (c *csvFile) read(text string) {
	r := csv.NewReader(strings.NewReader(text))
	r.ReuseRecord = true
	header, err := r.Read()
	if err == io.EOF {
		c.probs.Errorf(diag.Syntax, diag.Place{File: c.name, Line: 1}, "the file is empty; its first line names the columns")
		return
	}
	if err != nil {
		c.syntax(err)
		return
	}
	c.header(r, header)
	c.ids = map[string]int{}
	for {
		record, err := r.Read()
		if err == io.EOF {
			return
		}
		if err != nil {
			c.syntax(err)
			if !errors.Is(err, csv.ErrFieldCount) { // what follows a broken quote is not to be trusted
				return
			}
			continue
		}
		if c.builder.Rows() == maxTable {
			c.probs.Errorf(diag.TooLarge, diag.Place{File: c.name}, "the file has more than %d rows; write a large inventory as Parquet", maxTable)
			return
		}
		c.record(r, record)
	}
}

func (c *csvFile) syntax(err error) {
	p := diag.Problem{Code: diag.Syntax, Place: diag.Place{File: c.name}, Message: err.Error()}
	var at *csv.ParseError
	if errors.As(err, &at) {
		p.Place.Line, p.Place.Col, p.Message = at.Line, at.Column, at.Err.Error()
		if errors.Is(err, csv.ErrFieldCount) {
			p.Place.Col, p.Message = 0, "the line has not as many cells as the header"
			p.Hint = `a text with a comma needs quotes around it: "a, b"`
		}
	}
	c.probs.Add(p)
}

func (c *csvFile) header(r *csv.Reader, header []string) {
	at := make(map[string]int, len(header))
	for i, name := range header {
		line, col := r.FieldPos(i)
		place := diag.Place{File: c.name, Line: line, Col: col}
		if _, twice := at[name]; twice {
			c.probs.Errorf(diag.DuplicateName, place, "the column %s stands twice", quote(name))
		}
		at[name] = i
		if _, known := c.kind.Column(name); !known {
			p := diag.Problem{Code: diag.UnknownColumn, Place: place, Message: fmt.Sprintf("%s has no column %s", c.kind.Name, quote(name))}
			if near := diag.Nearest(name, c.kind.Names()); near != "" {
				p.Hint = fmt.Sprintf("did you mean %s?", near)
			}
			c.probs.Add(p)
		}
	}
	for _, f := range c.kind.Columns {
		i, ok := at[f.Name]
		if !ok {
			i = -1
			if f.Required {
				c.probs.Add(diag.Problem{Code: diag.MissingColumn, Place: diag.Place{File: c.name, Line: 1}, Message: fmt.Sprintf("the column %q is missing", f.Name), Hint: f.Doc})
			}
		}
		c.columns = append(c.columns, i)
	}
}

func (c *csvFile) record(r *csv.Reader, record []string) {
	ends := make(map[string]float64, 2)
	for i := range c.kind.Columns {
		f := &c.kind.Columns[i]
		at := c.columns[i]
		if at < 0 || record[at] == "" {
			c.builder.Missing(i)
			if at >= 0 && f.Required {
				c.add(r, at, f, f.missing())
			}
			continue
		}
		v, wrong := f.parse(record[at])
		if wrong != nil {
			c.add(r, at, f, wrong)
		}
		v.add(c.builder, i, f.Type)
		switch {
		case f.Name == c.kind.ID:
			line, _ := r.FieldPos(at)
			if first, twice := c.ids[v.text]; twice {
				c.add(r, at, f, &fault{diag.DuplicateID, fmt.Sprintf("the id %s stands already in line %d", quote(v.text), first), ""})
			} else {
				c.ids[v.text] = line
			}
		case f.Type == lca.Date && wrong == nil:
			ends[f.Name] = v.number
		}
	}
	for i := range c.kind.Columns {
		f := &c.kind.Columns[i]
		end, ok := ends[f.Name]
		begin, both := ends[f.After]
		if ok && both && end < begin {
			c.add(r, c.columns[i], f, &fault{diag.OutOfRange, fmt.Sprintf("%s %s is before %s %s", f.Name, dateText(end), f.After, dateText(begin)), ""})
		}
	}
}

// add places a fault at a cell.
func (c *csvFile) add(r *csv.Reader, at int, f *Field, wrong *fault) {
	line, col := r.FieldPos(at)
	c.probs.Add(wrong.at(diag.Place{File: c.name, Line: line, Col: col, Column: f.Name}))
}
