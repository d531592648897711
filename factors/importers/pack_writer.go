package importers

import (
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/ai-impact-observatory/ailca/lca/diag"
	"github.com/ai-impact-observatory/ailca/lca/foreign"
)

// PackWriter writes what an importer reads as a factor pack: a CSV file for each table as rows come, then pack.yaml and a list of what was left out.
// Of each row it remembers where it was read. The first thing that goes wrong stops it; Close says what it was.
type PackWriter struct {
	name   string
	create func(name string) (io.WriteCloser, error)

	tables []*packTable
	files  []string // that rows were read from
	left   *csv.Writer
	closer io.Closer
	count  int
	err    error // the first
}

type packTable struct {
	*Table
	out     *csv.Writer
	file    *counted
	line    int32 // of the file, the next row's
	rows    []rowPlace
	factors []string       // in the order in which they came
	first   map[string]Row // of each factor
}

// counted is a file, and how many bytes were written to it.
type counted struct {
	io.WriteCloser
	bytes int
}

func (c *counted) Write(p []byte) (int, error) {
	n, err := c.WriteCloser.Write(p)
	c.bytes += n
	return n, err
}

// rowPlace is where a row stands in the table, and where it was read.
type rowPlace struct {
	at              int32 // line of the table
	file, line, col int32 // the file by number
}

// LeftFile is the name of the file that lists what was left out: the place, what it was, and why; fields are separated by tabs.
const LeftFile = "left-out.tsv"

// What the loader reads of a pack: how many CSV files, and how many bytes of one.
const (
	maxTables = 200
	maxBytes  = 256 << 20
)

// tableName is what a table may be called: its name becomes that of a file.
var tableName = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,63}$`)

// NewPackWriter writes a pack of a name into files that create makes.
func NewPackWriter(name string, create func(name string) (io.WriteCloser, error)) *PackWriter {
	return &PackWriter{name: name, create: create}
}

// rowColumns are the columns that rows fill; those of the table as a whole stand in pack.yaml.
var rowColumns = []string{"factor", "category", "region", "technology", "valid_from", "valid_to", "value", "unit", "distribution", "boundary", "flow", "point", "scope",
	"margin", "quality", "note"}

// Row implements Sink.
func (w *PackWriter) Row(at diag.Place, t *Table, r Row) {
	table := w.table(t)
	if table == nil {
		return
	}
	if _, ok := table.first[r.Factor]; !ok {
		if len(table.first) == maxFactors {
			w.fail(fmt.Errorf("the table %s has more than %d factors", t.Name, maxFactors))
			return
		}
		table.factors = append(table.factors, r.Factor)
		table.first[r.Factor] = r
	}
	record := []string{r.Factor, r.Category, r.Region, r.Technology, yearOrNone(r.From), yearOrNone(r.To), r.Value, r.Unit, r.Distribution, r.Boundary, r.Flow, r.Point, r.Scope,
		r.Margin, r.Quality, foreign.Shown(r.Note)}
	if t.OwnSources {
		record = append(record, foreign.Shown(cmp.Or(r.Source, t.citation())), cmp.Or(r.URL, t.URL), cmp.Or(r.Released, t.Released))
	}
	table.out.Write(record)
	if table.file.bytes > maxBytes {
		w.fail(fmt.Errorf("the table %s is larger than the %d MiB that are read of one", t.Name, maxBytes>>20))
	}
	table.rows = append(table.rows, rowPlace{table.line, w.file(at.File), int32(at.Line), int32(at.Col)})
	for _, field := range record {
		table.line += int32(strings.Count(field, "\n"))
	}
	table.line++
}

// citation is the source with its date.
func (t *Table) citation() string { return strings.ReplaceAll(t.Source, "{released}", t.Released) }

func yearOrNone(year int) string {
	if year == 0 {
		return ""
	}
	return strconv.Itoa(year)
}

// file is the number of a file that rows are read from.
func (w *PackWriter) file(name string) int32 {
	if n := len(w.files); n > 0 && w.files[n-1] == name {
		return int32(n - 1)
	}
	w.files = append(w.files, name)
	return int32(len(w.files) - 1)
}

// table is the file of a table; it is made for the first row. It is nil once something went wrong.
func (w *PackWriter) table(t *Table) *packTable {
	if w.err != nil {
		return nil
	}
	for _, have := range w.tables {
		if have.Name == t.Name {
			return have
		}
	}
	if !tableName.MatchString(t.Name) {
		w.fail(fmt.Errorf("a table cannot be called %q", t.Name))
		return nil
	}
	if len(w.tables) == maxTables {
		w.fail(fmt.Errorf("a pack has at most %d tables: %s is one more", maxTables, t.Name))
		return nil
	}
	created, err := w.create(t.Name + ".csv")
	if err != nil {
		w.fail(err)
		return nil
	}
	f := &counted{WriteCloser: created}
	table := &packTable{Table: t, out: csv.NewWriter(f), file: f, line: 2, first: map[string]Row{}}
	columns := rowColumns
	if t.OwnSources {
		columns = append(slices.Clone(columns), "source", "url", "released")
	}
	table.out.Write(columns)
	w.tables = append(w.tables, table)
	return table
}

// Left implements Sink.
func (w *PackWriter) Left(l foreign.Left) {
	w.count++
	if w.err != nil {
		return
	}
	if w.left == nil {
		f, err := w.create(LeftFile)
		if err != nil {
			w.fail(err)
			return
		}
		w.left, w.closer = csv.NewWriter(f), f
		w.left.Comma = '\t'
		w.left.Write([]string{"place", "what", "why"})
	}
	w.left.Write([]string{foreign.Shown(foreign.Plain(l.Place.String())), foreign.Shown(l.What), foreign.Shown(l.Why)})
}

func (w *PackWriter) fail(errs ...error) {
	for _, err := range errs {
		w.err = cmp.Or(w.err, err)
	}
}

// Rows is how many rows were written.
func (w *PackWriter) Rows() int {
	n := 0
	for _, t := range w.tables {
		n += len(t.rows)
	}
	return n
}

// LeftOut is how many records were left out.
func (w *PackWriter) LeftOut() int { return w.count }

// TableCount says how much of a table was written.
type TableCount struct {
	Name, Licence string
	Rows          int
}

// Tables lists the tables in the order in which they were begun.
func (w *PackWriter) Tables() (out []TableCount) {
	for _, t := range w.tables {
		out = append(out, TableCount{t.Name, t.Licence, len(t.rows)})
	}
	return out
}

// Close writes pack.yaml. Factors are defined as the newest pack of the program that has them does, else as this package knows them; the pack defines those
// that its rows name. from says what was imported, for who reads the pack.
func (w *PackWriter) Close(f Format, from string) error {
	for _, t := range w.tables {
		t.out.Flush()
		w.fail(t.out.Error(), t.file.Close())
	}
	if w.left != nil {
		w.left.Flush()
		w.fail(w.left.Error(), w.closer.Close())
	}
	if len(w.tables) == 0 {
		w.fail(errors.New("there is no row to write a pack of"))
	}
	if w.err != nil {
		return w.err
	}
	text, err := w.describe(f, from)
	if err != nil {
		return err
	}
	out, err := w.create("pack.yaml")
	if err != nil {
		return err
	}
	_, err = out.Write(text)
	w.fail(err, out.Close())
	return w.err
}
