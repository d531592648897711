// Package parquet reads and writes the tables of an assessment as Parquet files. It knows what a number, a date and a text are and
// nothing of what they mean.
//
// Reading treats every file as a stranger's. A file is checked before it is decoded, memory is bounded by what limits.go says and
// not by what the file declares, all decoding happens on the caller's goroutine, a panic of a decoder becomes an error, and every
// error names file, row group, column and, where one value is at fault, row. What the checks cannot see is a file whose damage
// decodes to other numbers: pages with a checksum are checked against it, the rest only a digest finds.
//
// Writing is deterministic: the same table gives the same bytes whatever the batches in which it was handed over.
package parquet

import (
	"fmt"
	"io"
	"sync"

	"github.com/apache/arrow/go/v17/parquet/compress"
	"github.com/apache/arrow/go/v17/parquet/schema"

	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// KeyValue is an entry of a file's metadata.
type KeyValue struct{ Key, Value string }

// UnitKey is the metadata key under which a file states the unit of a column.
func UnitKey(column string) string { return "ailca.unit." + column }

// Column describes a column of a file.
type Column struct {
	Name     string
	Physical string        // Parquet's physical type
	Logical  string        // Parquet's logical type, "none" where there is none
	Type     lca.FieldType // that it is read as unless Accepts says that another may be asked for
	Unit     string        // from the file's metadata; "" where it states none
	Nullable bool
	Hint     string // not empty: nothing here reads the column, and what to write instead

	as     carrier
	scale  int32
	schema *schema.Column
}

// File is an open Parquet file. It is safe for concurrent use: each Reader has its own state.
type File struct {
	name    string
	r       io.ReaderAt
	columns []Column
	groups  []group
	rows    int64
	meta    []KeyValue
	spare   sync.Pool // of *chunkReader
}

// group is a row group: its chunks stand in the order of the file's columns.
type group struct {
	rows   int64
	first  int64 // number of its first row in the file, from 1
	chunks []chunk
}

// chunk is where a column of a row group lies.
type chunk struct {
	from, to int64 // bytes of the file
	codec    compress.Compression
	claims   *claims // nil: the footer has no statistics
}

// Open checks a file's footer and returns the file, or a *diag.Invalid. The name stands in messages. The caller keeps r open until
// the last Reader is closed.
func Open(name string, r io.ReaderAt, size int64) (f *File, err error) {
	f = &File{name: name, r: r}
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the footer is damaged (%v)", p)
		}
		if err != nil {
			f, err = nil, invalid(diag.BadParquet, diag.Place{File: name}, "not readable as Parquet: %v", err)
		}
	}()
	return f, f.open(size)
}

// Columns describes the columns in file order. The slice is shared: do not change it.
func (f *File) Columns() []Column { return f.columns }

// Column returns the index of a column by name, -1 for none.
func (f *File) Column(name string) int {
	for i := range f.columns {
		if f.columns[i].Name == name {
			return i
		}
	}
	return -1
}

// Name is what messages call the file.
func (f *File) Name() string { return f.name }

// Rows counts the file's rows.
func (f *File) Rows() int64 { return f.rows }

// RowGroups counts the file's row groups.
func (f *File) RowGroups() int { return len(f.groups) }

// RowGroupRows counts the rows of a row group.
func (f *File) RowGroupRows(i int) int64 { return f.groups[i].rows }

// Metadata lists the file's key-value metadata in file order. The slice is shared: do not change it.
func (f *File) Metadata() []KeyValue { return f.meta }

// Lookup returns the first metadata value of a key.
func (f *File) Lookup(key string) (string, bool) {
	for _, kv := range f.meta {
		if kv.Key == key {
			return kv.Value, true
		}
	}
	return "", false
}

// invalid makes the error of one problem.
func invalid(code diag.Code, at diag.Place, format string, args ...any) *diag.Invalid {
	e := &diag.Invalid{}
	e.List.Errorf(code, at, format, args...)
	return e
}
