package verify

import (
	"bufio"
	"context"
	"errors"
	"io"
	"slices"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/datasets/parquet"
	"github.com/ai-impact-observatory/ailca/datasets/parquet/second"
	"github.com/ai-impact-observatory/ailca/datasets/publish"
	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// tables reads each table in both formats. A file that is not the one that was published is not looked into.
func (v *verification) tables(d *publish.Descriptor) {
	for i := range d.Resources {
		r := &d.Resources[i]
		if r.Format != "parquet" || v.ctx.Err() != nil {
			continue
		}
		if _, sound := v.sizes[r.Path]; !sound {
			continue
		}
		t := &reading{v: v, r: r, fields: fields(r)}
		if j := slices.IndexFunc(d.Resources, func(o publish.Resource) bool { return o.Kind == r.Kind && o.Format == "csv" }); j >= 0 {
			if _, sound := v.sizes[d.Resources[j].Path]; sound {
				t.csv = &d.Resources[j]
			}
		}
		if t.fields != nil {
			t.read()
		}
	}
}

// reading is the reading of one table.
type reading struct {
	v      *verification
	r      *publish.Resource
	csv    *publish.Resource // nil: there is none, or it is not sound
	fields []lca.Field

	file    *opened
	table   *parquet.File
	rows    *datasets.CSVReader // nil where it is not compared any further
	segment int64               // rows that are digested together
	sums    []second.Sum
	digests [][]second.Digest
}

func (t *reading) read() {
	v := t.v
	if t.file = v.open(t.r.Path); t.file == nil {
		return
	}
	defer t.file.close()
	if !t.open() {
		return
	}
	if t.csv != nil {
		f := v.open(t.csv.Path)
		if f == nil {
			return
		}
		defer f.close()
		rows, err := datasets.NewCSVReader(v.at(t.csv.Path).File, bufio.NewReader(io.NewSectionReader(f, 0, f.info.Size())), t.fields)
		v.add(t.csv.Path, err)
		t.rows = rows
	}
	report := Table{Kind: t.r.Kind, Rows: t.r.Rows, Columns: len(t.fields)}
	if !t.ours() {
		return
	}
	report.CSV = t.rows != nil
	report.Second = t.theirs()
	v.out.Tables = append(v.out.Tables, report)
}

// add tells an error of a file.
func (v *verification) add(name string, err error) {
	if err != nil && !errors.Is(err, context.Canceled) {
		v.probs.AddError(err, diag.BadParquet, v.at(name))
	}
}

// open opens the Parquet file and compares its columns with what the descriptor says.
func (t *reading) open() bool {
	v := t.v
	table, err := parquet.Open(v.at(t.r.Path).File, t.file, t.file.info.Size())
	if err != nil {
		v.add(t.r.Path, err)
		return false
	}
	before := v.probs.Count(diag.Error)
	if table.Rows() != t.r.Rows {
		v.errorf(diag.TablesDiffer, t.r.Path, "the file has %d rows, the descriptor says %d", table.Rows(), t.r.Rows)
	}
	if kind, _ := table.Lookup(datasets.KindKey); kind != t.r.Kind {
		v.errorf(diag.TablesDiffer, t.r.Path, "the file is one of %.200q, the descriptor says %.200q", kind, t.r.Kind)
	}
	columns := table.Columns()
	if len(columns) != len(t.fields) {
		v.errorf(diag.TablesDiffer, t.r.Path, "the file has %d columns, the descriptor %d", len(columns), len(t.fields))
		return false
	}
	for i, f := range t.fields {
		if c := &columns[i]; c.Name != f.Name || c.Type != f.Type || c.Unit != f.Unit {
			v.errorf(diag.TablesDiffer, t.r.Path, "column %d is %.200q, %s, in %.40q; the descriptor says %.200q, %s, in %.40q", i+1, c.Name, c.Type, c.Unit, f.Name, f.Type, f.Unit)
		}
	}
	t.table = table
	// At most a few thousand segments, whatever the rows: a digest of each is held.
	t.segment = max(64<<10, (table.Rows()+1023)/1024)
	t.sums, t.digests = make([]second.Sum, len(t.fields)), make([][]second.Digest, len(t.fields))
	return v.probs.Count(diag.Error) == before
}

// ours reads the Parquet file to its end, compares every row with the CSV file's and digests every column.
func (t *reading) ours() bool {
	done := int64(0)
	all := make([]int, len(t.fields))
	for i := range all {
		all[i] = i
	}
	for g := range t.table.RowGroups() {
		r, err := t.table.Read(g, all)
		if err == nil {
			err = t.group(r, &done)
			r.Close()
		}
		if err != nil {
			t.v.add(t.r.Path, err)
			return false
		}
	}
	if done%t.segment != 0 {
		t.cut()
	}
	if t.rows != nil {
		if more, err := t.rows.Next(); err != nil {
			t.v.add(t.csv.Path, err)
			t.rows = nil
		} else if more {
			t.differ(t.rows.Place(0), "the CSV file has more rows than the Parquet file, which has %d", done)
		}
	}
	return true
}

// differ tells that the two formats say different things. The first difference is told: what follows may follow from it.
func (t *reading) differ(at diag.Place, format string, args ...any) {
	t.v.probs.Errorf(diag.TablesDiffer, at, format, args...)
	t.rows = nil
}

func (t *reading) group(r *parquet.Reader, done *int64) error {
	var b column.Batch
	for {
		if err := t.v.ctx.Err(); err != nil {
			return err
		}
		more, err := r.Next(&b)
		if err != nil || !more {
			return err
		}
		for row := range b.Rows {
			t.compare(&b, row)
			for i := range t.fields {
				addTo(&t.sums[i], t.fields[i].Type, &b.Columns[i], row)
			}
			if *done++; *done%t.segment == 0 {
				t.cut()
			}
		}
	}
}

// compare sets a row against the CSV file's.
func (t *reading) compare(b *column.Batch, row int) {
	if t.rows == nil {
		return
	}
	more, err := t.rows.Next()
	switch {
	case err != nil:
		t.v.add(t.csv.Path, err)
		t.rows = nil
	case !more:
		t.differ(t.v.at(t.csv.Path), "the CSV file ends ahead of row %d of the Parquet file", b.First+int64(row))
	default:
		if i, here, there := t.rows.Differs(b, row); i >= 0 {
			t.differ(t.rows.Place(i), "the CSV file says %s, row %d of the Parquet file %s", here, b.First+int64(row), there)
		}
	}
}

func addTo(s *second.Sum, typ lca.FieldType, c *column.Column, row int) {
	switch {
	case !c.Valid.Get(row):
		s.Missing()
	case typ == lca.Text:
		s.Text(c.Dict.Values[c.Codes[row]])
	case typ == lca.Boolean:
		s.Truth(c.Bools[row])
	default:
		s.Number(c.Floats[row])
	}
}

// cut ends a segment.
func (t *reading) cut() {
	for i := range t.sums {
		t.digests[i] = append(t.digests[i], t.sums[i].Next())
	}
}

// theirs has the second implementation read the file, and reports whether it agrees on every value.
func (t *reading) theirs() bool {
	v := t.v
	got, err := second.Read(v.ctx, second.Options{Command: v.o.Second, Memory: v.o.Memory, Deadline: v.o.Deadline}, t.file.File, t.file.info.Size(), t.segment)
	switch {
	case v.ctx.Err() != nil:
		return false
	case err != nil:
		v.probs.Add(diag.Problem{Code: diag.SecondReader, Place: v.at(t.r.Path), Message: err.Error(), Why: "a file that only one program can read is not verified"})
		return false
	}
	before := v.probs.Count(diag.Error)
	disagree := func(column, format string, args ...any) {
		at := v.at(t.r.Path)
		at.Column = column
		v.probs.Errorf(diag.SecondReader, at, "the second implementation "+format, args...)
	}
	if got.Rows != t.table.Rows() || len(got.Columns) != len(t.fields) {
		disagree("", "reads %d rows and %d columns, the first %d and %d", got.Rows, len(got.Columns), t.table.Rows(), len(t.fields))
		return false
	}
	for i, f := range t.fields {
		switch {
		case got.Columns[i] != f.Name:
			disagree(f.Name, "reads the column %.200q in its place", got.Columns[i])
		case len(got.Sums[i]) != len(t.digests[i]):
			disagree(f.Name, "reads %d segments, the first %d", len(got.Sums[i]), len(t.digests[i]))
		default:
			for s, d := range got.Sums[i] {
				if d != t.digests[i][s] {
					first := int64(s) * t.segment
					disagree(f.Name, "reads other values somewhere in rows %d to %d", first+1, min(first+t.segment, t.table.Rows()))
					break
				}
			}
		}
	}
	return v.probs.Count(diag.Error) == before
}
