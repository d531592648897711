package workbook

import (
	"bytes"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// written is a workbook of a table with texts that would be something else, and numbers at the ends of their range.
func written(t testing.TB) []byte {
	t.Helper()
	b := New(About{Title: "<T> & \"t\"", Identifier: "1"}, "first", "second")
	defer b.Close()
	for i, text := range texts {
		b.Text("first", 0, i+1, text)
		b.Number("first", 1, i+1, numbers[i%len(numbers)])
	}
	b.Table("first", Headings([]string{"=text", "number"}), len(texts), []int{20, 10})
	b.Text("second", 0, 1, "first")
	b.Link("second", 0, 1, "first")
	b.Table("second", Headings([]string{"sheet"}), 1, nil)
	var out bytes.Buffer
	if err := b.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

var (
	texts   = []string{"=HYPERLINK(\"https://example.org\")", "+1", "-1", "@a", "2025", "1e3", "TRUE", " a ", "a\nb\tc", "</t><script>", "_x0041_", "a_x000a_b", "é, 漢字, 😀", strings.Repeat("a", 32767)}
	numbers = []float64{0.1, -1, 1e-300, math.MaxFloat64, 5e-324, 1234567890123456, 1.0000000000000002, 0}
)

func opened(t *testing.T, text []byte) *excelize.File {
	t.Helper()
	book, err := excelize.OpenReader(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { book.Close() })
	return book
}

func TestTextsStayTextsAndNumbersHaveAllTheirDigits(t *testing.T) {
	book := opened(t, written(t))
	for i, want := range texts {
		cell := "A" + strconv.Itoa(i+2)
		got, err := book.GetCellValue("first", cell, excelize.Options{RawCellValue: true})
		kind, _ := book.GetCellType("first", cell)
		formula, _ := book.GetCellFormula("first", cell)
		if err != nil || got != want || kind != excelize.CellTypeSharedString || formula != "" {
			t.Errorf("%s is %.40q of type %d, formula %q, want %.40q: %v", cell, got, kind, formula, want, err)
		}
		cell = "B" + strconv.Itoa(i+2)
		got, _ = book.GetCellValue("first", cell, excelize.Options{RawCellValue: true})
		kind, _ = book.GetCellType("first", cell)
		if v, err := strconv.ParseFloat(got, 64); err != nil || v != numbers[i%len(numbers)] || kind != excelize.CellTypeUnset {
			t.Errorf("%s is %q of type %d, want %v", cell, got, kind, numbers[i%len(numbers)])
		}
	}
	tables, err := book.GetTables("first")
	if err != nil || len(tables) != 1 || tables[0].Range != "A1:B15" || tables[0].Name != "table_first" {
		t.Errorf("the tables are %+v: %v", tables, err)
	}
	if has, where, _ := book.GetCellHyperLink("second", "A2"); !has || where != "'first'!A1" {
		t.Errorf("the link leads to %q", where)
	}
}

func TestWhatACellDoesNotTakeIsSeenToBeMissing(t *testing.T) {
	b := New(About{}, "s")
	defer b.Close()
	b.Text("s", 0, 0, strings.Repeat("é", 40000))
	b.Number("s", 1, 0, math.Inf(1))
	var out bytes.Buffer
	if err := b.Write(&out); err != nil {
		t.Fatal(err)
	}
	book := opened(t, out.Bytes())
	if got, _ := book.GetCellValue("s", "A1"); got != strings.Repeat("é", 32766)+"…" {
		t.Errorf("a long text has %d characters and ends in %q", len([]rune(got)), got[len(got)-6:])
	}
	if got, _ := book.GetCellValue("s", "B1"); got != "+Inf" {
		t.Errorf("an infinity is %q", got)
	}
}

func TestTheSameContentGivesTheSameBytes(t *testing.T) {
	first := written(t)
	for range 20 {
		if !bytes.Equal(written(t), first) {
			t.Fatal("two writes differ")
		}
	}
}

func TestHeadingsAreThoseOfATable(t *testing.T) {
	got := Headings([]string{"year", "a\nb", "", "Year", "YEAR", strings.Repeat("x", 300), strings.Repeat("X", 300), "_x0041_", "p05"})
	want := []string{"year", "a b", "column 3", "Year (2)", "YEAR (3)", strings.Repeat("x", 255), strings.Repeat("X", 251) + " (2)", "_ x0041_", "p05"}
	if !slices.Equal(got, want) {
		t.Errorf("headings are\n%q, want\n%q", got, want)
	}
}
