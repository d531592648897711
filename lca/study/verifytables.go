package study

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/ai-impact-observatory/ailca/datasets/parquet"
	"github.com/ai-impact-observatory/ailca/lca/column"
)

// firstDiff is where a file is first another one than a new run gives.
type firstDiff struct {
	line   int    // of a text
	row    int64  // of a table
	column string // likewise
	what   string
}

// differs tells where a file of a result folder is first another one than that of a new run. It is asked of files whose digests differ. Only a cancelled context, and what cannot be
// read, is an error.
func differs(ctx context.Context, name string, was, now *os.File) (firstDiff, error) {
	if strings.EqualFold(filepath.Ext(name), ".parquet") {
		return tablesDiffer(ctx, name, was, now)
	}
	return textsDiffer(ctx, was, now)
}

// tablesDiffer compares the columns of two tables, then their rows in their order, then their metadata.
func tablesDiffer(ctx context.Context, name string, was, now *os.File) (firstDiff, error) {
	a, err := openTable(ctx, name, was)
	if err != nil {
		return firstDiff{}, err
	}
	defer a.close()
	b, err := openTable(ctx, "the new run's "+name, now)
	if err != nil {
		return firstDiff{}, err
	}
	defer b.close()
	if x, y := a.heading(), b.heading(); !slices.Equal(x, y) {
		for i := range max(len(x), len(y)) {
			if x, y := at(x, i), at(y, i); x != y {
				return firstDiff{what: fmt.Sprintf("its column %d is %s, that of a new run %s", i+1, x, y)}, nil
			}
		}
	}
	for {
		more, err := a.next()
		if err != nil {
			return firstDiff{}, err
		}
		moreNow, err := b.next()
		if err != nil {
			return firstDiff{}, err
		}
		if !more || !moreNow {
			break
		}
		for c := range a.batch.Columns {
			if !a.same(b, c) {
				return firstDiff{row: a.row, column: a.file.Columns()[c].Name, what: fmt.Sprintf("it says %s, a new run %s", a.value(c), b.value(c))}, nil
			}
		}
	}
	if x, y := a.file.Rows(), b.file.Rows(); x != y {
		return firstDiff{row: min(x, y) + 1, what: fmt.Sprintf("it has %d rows, the first of which are those of a new run, which gives %d", x, y)}, nil
	}
	x, y := a.file.Metadata(), b.file.Metadata()
	for i := range max(len(x), len(y)) {
		if x, y := at(x, i), at(y, i); x != y {
			return firstDiff{what: fmt.Sprintf("its rows are those of a new run, but its metadata says %s, that of a new run %s", entry(x), entry(y))}, nil
		}
	}
	return firstDiff{what: "its rows and metadata are those of a new run, in other bytes: another program wrote it"}, nil
}

// at is an element of a list, zero beyond its end.
func at[T any](list []T, i int) (v T) {
	if i < len(list) {
		v = list[i]
	}
	return v
}

func entry(kv parquet.KeyValue) string {
	if kv.Key == "" {
		return "nothing"
	}
	return kv.Key + " " + cutText(kv.Value)
}

// tableRows reads a table row by row, whatever its row groups.
type tableRows struct {
	ctx    context.Context
	file   *parquet.File
	all    []int // its columns
	group  int   // the next
	reader *parquet.Reader
	batch  column.Batch
	i      int   // the row's place in the batch
	row    int64 // and in the file, from 1
}

func openTable(ctx context.Context, name string, f *os.File) (*tableRows, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	file, err := parquet.Open(name, f, info.Size())
	if err != nil {
		return nil, err
	}
	t := &tableRows{ctx: ctx, file: file}
	for i := range file.Columns() {
		t.all = append(t.all, i)
	}
	return t, nil
}

func (t *tableRows) close() {
	if t.reader != nil {
		t.reader.Close()
	}
}

// heading says what each column is.
func (t *tableRows) heading() (out []string) {
	for i := range t.file.Columns() {
		c := &t.file.Columns()[i]
		out = append(out, strings.TrimSpace(cutText(c.Name)+" "+parquet.Describe(c.Type)+" "+c.Unit))
	}
	return out
}

// next goes to the next row; false at the end.
func (t *tableRows) next() (bool, error) {
	t.i++
	t.row++
	for t.reader == nil || t.i >= t.batch.Rows {
		if err := t.ctx.Err(); err != nil {
			return false, err
		}
		if t.reader == nil {
			if t.group >= t.file.RowGroups() {
				return false, nil
			}
			r, err := t.file.Read(t.group, t.all)
			if err != nil {
				return false, err
			}
			t.group++
			t.reader, t.batch.Rows = r, 0
		}
		more, err := t.reader.Next(&t.batch)
		if err != nil {
			return false, err
		}
		if t.i = 0; !more {
			err := t.reader.Close()
			if t.reader = nil; err != nil {
				return false, err
			}
		}
	}
	return true, nil
}

// same is whether the rows of two tables with the same columns have the same value in one of them, to the bit.
func (t *tableRows) same(o *tableRows, c int) bool {
	x, y := &t.batch.Columns[c], &o.batch.Columns[c]
	has := x.Valid == nil || x.Valid.Get(t.i)
	switch {
	case has != (y.Valid == nil || y.Valid.Get(o.i)):
		return false
	case !has:
		return true
	case x.Type == column.String:
		return x.Dict.Values[x.Codes[t.i]] == y.Dict.Values[y.Codes[o.i]]
	case x.Type == column.Bool:
		return x.Bools[t.i] == y.Bools[o.i]
	}
	return math.Float64bits(x.Floats[t.i]) == math.Float64bits(y.Floats[o.i])
}

// value is that of a column in the row, as messages show it.
func (t *tableRows) value(c int) string {
	x := &t.batch.Columns[c]
	switch {
	case x.Valid != nil && !x.Valid.Get(t.i):
		return "nothing"
	case x.Type == column.String:
		return cutText(x.Dict.Values[x.Codes[t.i]])
	case x.Type == column.Bool:
		return strconv.FormatBool(x.Bools[t.i])
	}
	return strconv.FormatFloat(x.Floats[t.i], 'g', -1, 64)
}

// longest is how much of a text messages show.
const longest = 80

// cutText shows a text, a long one by its beginning and its digest.
func cutText(text string) string {
	if len(text) <= longest {
		return strconv.Quote(text)
	}
	return strconv.Quote(text[:longest]) + "... of SHA-256 " + sha256Of([]byte(text))
}

// textsDiffer finds the first line in which two texts differ.
func textsDiffer(ctx context.Context, was, now io.Reader) (firstDiff, error) {
	a, b := bufio.NewReaderSize(was, 64<<10), bufio.NewReaderSize(now, 64<<10)
	for line := 1; ; {
		if err := ctx.Err(); err != nil {
			return firstDiff{}, err
		}
		x, errA := a.ReadSlice('\n') // or as much of a long line as the buffer holds
		y, errB := b.ReadSlice('\n')
		for _, err := range []error{errA, errB} {
			if err != nil && err != io.EOF && err != bufio.ErrBufferFull {
				return firstDiff{}, err
			}
		}
		if !bytes.Equal(x, y) {
			i := 0
			for i < min(len(x), len(y)) && x[i] == y[i] {
				i++
			}
			i = max(0, i-20)
			return firstDiff{line: line, what: fmt.Sprintf("it says %s, a new run %s", excerpt(x[i:]), excerpt(y[i:]))}, nil
		}
		if len(x) == 0 {
			return firstDiff{what: "it is that of a new run"}, nil
		}
		if x[len(x)-1] == '\n' {
			line++
		}
	}
}

// excerpt shows the beginning of a text.
func excerpt(text []byte) string {
	if len(text) == 0 {
		return "nothing"
	}
	return strconv.Quote(strings.ToValidUTF8(string(text[:min(len(text), 60)]), "?"))
}
