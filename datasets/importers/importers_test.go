package importers

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/ai-impact-observatory/ailca/datasets"
	"github.com/ai-impact-observatory/ailca/lca/diag"
)

// imported is what an import gave, read back through the inventory that it wrote.
type imported struct {
	report *Report
	rows   []map[string]string // texts by column, as in a CSV file; columns without a value are absent
	left   []string            // lines of the list: place, part, what, why, separated by " | "
	told   string              // problems, one a line
	hints  string              // problems with what follows their first lines
	file   []byte
}

// nopWriter is a buffer that can be closed.
type closableBuffer struct{ bytes.Buffer }

func (*closableBuffer) Close() error { return nil }

// importFiles imports files of a format and reads the inventory. A problem is in told; then there may be no rows.
func importFiles(t *testing.T, format string, o Options, files ...File) imported {
	t.Helper()
	f, ok := Find(format)
	if !ok {
		t.Fatalf("no format %s", format)
	}
	var probs diag.List
	var out bytes.Buffer
	var list closableBuffer
	w := NewWriter(&out, func() (io.WriteCloser, error) { return &list, nil })
	for i := range files {
		if files[i].Digest == "" {
			sum := sha256.New()
			io.Copy(sum, io.NewSectionReader(files[i].R, 0, files[i].Size))
			files[i].Digest = fmt.Sprintf("sha256:%x", sum.Sum(nil))
		}
	}
	r := Import(f, files, o, w, &probs)
	if err := w.Close(r); err != nil {
		t.Fatalf("%s: %v", format, err)
	}
	got := imported{report: r, file: out.Bytes()}
	for _, p := range probs.Problems() {
		line, _, _ := strings.Cut(p.String(), "\n")
		got.told += line + "\n"
		got.hints += p.String() + "\n"
	}
	for i, line := range strings.Split(strings.TrimRight(list.String(), "\n"), "\n") {
		if i > 0 {
			got.left = append(got.left, strings.ReplaceAll(line, "\t", " | "))
		}
	}
	if r == nil || r.Rows == 0 || probs.Err() != nil {
		return got
	}
	counts(t, r)
	k, _ := datasets.KindByName(r.Kind)
	inv := datasets.OpenInventory(k, []datasets.File{{Name: format + ".parquet", R: bytes.NewReader(got.file), Size: int64(len(got.file))}}, &probs)
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	if err := inv.Check(t.Context(), datasets.CheckOptions{}, &probs); err != nil || probs.Err() != nil {
		t.Fatalf("%s gives an inventory that does not hold: %v %v", format, err, probs.Err())
	}
	var columns []string
	for _, c := range k.Columns {
		if inv.Has(c.Name) {
			columns = append(columns, c.Name)
		}
	}
	table, err := inv.Table(columns)
	if err != nil {
		t.Fatal(err)
	}
	for row := range table.Rows {
		m := map[string]string{}
		for i, name := range columns {
			c := &table.Data[i]
			if !c.Valid.Get(row) {
				continue
			}
			f, _ := k.Column(name)
			if c.Codes != nil {
				m[name] = c.Dict.Values[c.Codes[row]]
			} else {
				m[name] = f.CellText(c.Floats[row])
			}
		}
		got.rows = append(got.rows, m)
	}
	return got
}

// counts checks that records add up, in each file and by reason.
func counts(t *testing.T, r *Report) {
	t.Helper()
	for _, f := range r.Files {
		if f.Records != f.Used+f.Left {
			t.Errorf("%s: %d records, %d used and %d left out", f.Name, f.Records, f.Used, f.Left)
		}
		n := int64(0)
		for _, why := range f.Why {
			n += why.Count
		}
		if n != f.Left {
			t.Errorf("%s: %d left out, reasons for %d", f.Name, f.Left, n)
		}
	}
}

// text is a file with a text.
func text(name, content string) File {
	return File{Name: name, R: strings.NewReader(content), Size: int64(len(content))}
}

// published opens a published file, or skips the test where there is none.
func published(t *testing.T, path string) File {
	t.Helper()
	folder := os.Getenv("AILCA_OPENDATA")
	if folder == "" {
		folder = "../../../shared/opendata"
	}
	content, err := os.ReadFile(filepath.Join(folder, filepath.FromSlash(path)))
	if err != nil {
		t.Skipf("the published file is not here (AILCA_OPENDATA names the folder): %v", err)
	}
	return File{Name: filepath.Base(path), R: bytes.NewReader(content), Size: int64(len(content))}
}

// want checks that a row holds what is listed, as "column: text" lines; "column: -" is a column without a value.
func (got *imported) want(t *testing.T, row int, lines string) {
	t.Helper()
	if row >= len(got.rows) {
		t.Fatalf("%d rows, no row %d\n%s", len(got.rows), row, got.told)
	}
	for line := range strings.Lines(strings.TrimSpace(lines)) {
		column, text, _ := strings.Cut(strings.TrimSpace(line), ": ")
		if have := got.rows[row][column]; have != strings.TrimPrefix(text, "-") && !(text == "-" && have == "") {
			t.Errorf("row %d: %s is %q, want %q", row, column, have, text)
		}
	}
}

// find is the first row with a text in a column.
func (got *imported) find(t *testing.T, column, text string) int {
	t.Helper()
	for i, r := range got.rows {
		if r[column] == text {
			return i
		}
	}
	t.Fatalf("no row has %s %q", column, text)
	return -1
}

// number is a text as a number.
func number(t *testing.T, text string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}
