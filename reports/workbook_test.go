package reports

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// strangers are texts that would be something else to one of the programs that read a report.
var strangers = []string{`=HYPERLINK("https://example.org/x","y")`, "+1+1", "-1+1", "@SUM(1)", "</script><script>alert(1)</script>", `"`, "a\nb: [c\n- d", "<!--", "*/ alert(1) //", "\u2028", "\x01", "'", "${x} {{.}}", "_x0041_", "\xff"}

// poisoned is the example with a payload in each of its texts that come from data.
func poisoned(payload string) *Edition {
	e := example()
	e.Outlook = outlook()
	e.Title, e.Goal, e.ScopeText, e.Edition, e.RunID, e.Licence, e.MethodTitle, e.PackTitle, e.Software = payload, payload, payload, payload, payload, payload, payload, payload, payload
	e.Exclusions[0], e.Gaps[0].Reason, e.CutOffs[0].Name, e.Parameters[0].Source, e.Cases[0].Note = payload, payload, payload, payload, payload
	for i := range e.Items {
		it := &e.Items[i]
		it.Model, it.Organisation, it.Source, it.Licence, it.Assumption, it.URL = payload, payload, payload, payload, payload, "https://example.org/"+payload
	}
	for i := range e.Intensities {
		e.Intensities[i].ComparisonClass, e.Intensities[i].Model = payload, payload
	}
	for i := range e.Impacts {
		if x := &e.Impacts[i]; x.Stage == "transport" {
			x.Stage = payload
		} else if x.Category == "e_waste" {
			x.Category = payload
		}
	}
	for i := range e.Ledger {
		e.Ledger[i].Detail, e.Ledger[i].Subject = payload, payload
	}
	for i := range e.Sources {
		e.Sources[i].Source, e.Sources[i].Licence = payload, payload
	}
	e.Sources[0].URL = "https://example.org/" + payload
	e.Sources[1].URL = "javascript:" + payload
	return e
}

// tablesOf are the tables of an edition's page.
func tablesOf(t testing.TB, e *Edition) []TableFile {
	t.Helper()
	tables, err := WriteWithTables(io.Discard, e, "en")
	if err != nil {
		t.Fatal(err)
	}
	return tables
}

// workbookOf is an edition's workbook, read back.
func workbookOf(t testing.TB, e *Edition, tables []TableFile) (*excelize.File, []byte) {
	t.Helper()
	var out bytes.Buffer
	if err := WriteWorkbook(&out, e, tables); err != nil {
		t.Fatal(err)
	}
	book, err := excelize.OpenReader(bytes.NewReader(out.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { book.Close() })
	return book, out.Bytes()
}

// Every cell of every table stands in the workbook: numbers are the numbers of the CSV to the last digit, texts are its texts, and what is missing is no cell.
func TestAWorkbookHoldsTheCSVOfEveryTable(t *testing.T) {
	e := example()
	e.Outlook = outlook()
	tables := tablesOf(t, e)
	book, _ := workbookOf(t, e, tables)
	sheets := book.GetSheetList()
	contents := grid(t, book, "Contents")
	if len(sheets) != len(tables)+1 || sheets[0] != "Contents" || sheets[len(sheets)-1] != "Sources" || len(contents) != len(tables)+1 || !slices.Equal(contents[0], []string{"sheet", "table", "rows", "file"}) {
		t.Fatalf("%d tables, the sheets are %q, %d lines of contents", len(tables), sheets, len(contents))
	}
	cells := 0
	for i, line := range contents[1:] {
		at := slices.IndexFunc(tables, func(x TableFile) bool { return x.Path() == line[3] })
		if at < 0 || line[0] != sheets[i+1] || line[1] != tables[at].Caption || line[2] != strconv.Itoa(tables[at].Rows()) || len(line[0]) > 31 {
			t.Fatalf("line %d of the contents is %q", i+2, line)
		}
		records := records(t, tables[at].CSV)
		if len(records) != tables[at].Rows()+1 {
			t.Errorf("%s has %d records, the table %d rows", line[3], len(records), tables[at].Rows())
		}
		cells += sameCells(t, book, line[0], records, tables[at].Fields())
		made, err := book.GetTables(line[0])
		if last, _ := excelize.CoordinatesToCellName(len(records[0]), len(records)); err != nil || len(made) != 1 || made[0].Range != "A1:"+last {
			t.Errorf("%s has the tables %+v: %v", line[0], made, err)
		}
	}
	if cells < 1500 {
		t.Errorf("%d cells were compared", cells)
	}
}

func records(t testing.TB, text []byte) [][]string {
	t.Helper()
	out, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func grid(t testing.TB, book *excelize.File, sheet string) [][]string {
	t.Helper()
	rows, err := book.GetRows(sheet, excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// sameCells compares a sheet with a CSV cell by cell, and returns how many it has.
func sameCells(t testing.TB, book *excelize.File, sheet string, records [][]string, fields []Field) int {
	t.Helper()
	rows := grid(t, book, sheet)
	n := 0
	for i, record := range records {
		if len(record) != len(fields) || i >= len(rows) || len(rows[i]) > len(record) {
			t.Errorf("%s, row %d: %d columns, the CSV has %d and names %d", sheet, i+1, len(rows[i]), len(record), len(fields))
			continue
		}
		for j, want := range record {
			n++
			cell, _ := excelize.CoordinatesToCellName(j+1, i+1)
			got := ""
			if j < len(rows[i]) {
				got = rows[i][j]
			}
			kind, _ := book.GetCellType(sheet, cell)
			if formula, _ := book.GetCellFormula(sheet, cell); formula != "" {
				t.Errorf("%s!%s is the formula %q", sheet, cell, formula)
			}
			v, err := strconv.ParseFloat(want, 64)
			switch {
			case i > 0 && fields[j].Number && want != "":
				if x, wrong := strconv.ParseFloat(got, 64); err != nil || wrong != nil || x != v || kind != excelize.CellTypeUnset {
					t.Errorf("%s!%s is %q of type %d, the CSV has the number %s", sheet, cell, got, kind, want)
				}
			case want == "":
				if got != "" || kind != excelize.CellTypeUnset {
					t.Errorf("%s!%s is %q, the CSV has nothing", sheet, cell, got)
				}
			case inert(got) != want || kind == excelize.CellTypeUnset && err != nil:
				t.Errorf("%s!%s is %q of type %d, the CSV has the text %q", sheet, cell, got, kind, want)
			}
		}
	}
	return n
}

func TestTextsOfStrangersAreTextsInAWorkbook(t *testing.T) {
	for _, payload := range strangers {
		e := poisoned(payload)
		tables := tablesOf(t, e)
		book, _ := workbookOf(t, e, tables)
		met := 0
		for _, sheet := range book.GetSheetList() {
			for i, row := range grid(t, book, sheet) {
				for j, text := range row {
					cell, _ := excelize.CoordinatesToCellName(j+1, i+1)
					kind, _ := book.GetCellType(sheet, cell)
					if formula, _ := book.GetCellFormula(sheet, cell); formula != "" || kind == excelize.CellTypeFormula {
						t.Errorf("%q became the formula %q in %s!%s", payload, formula, sheet, cell)
					}
					want := strings.Map(func(r rune) rune {
						if r == '\x01' {
							return '\uFFFD'
						}
						return r
					}, strings.ToValidUTF8(payload, "\uFFFD"))
					if i > 0 && text == want && kind == excelize.CellTypeSharedString {
						met++
					}
				}
			}
		}
		if met < 50 {
			t.Errorf("%q stands in %d cells only", payload, met)
		}
	}
}

func TestTheSameTablesGiveTheSameWorkbook(t *testing.T) {
	e := example()
	tables := tablesOf(t, e)
	_, first := workbookOf(t, e, tables)
	for range 8 {
		e := example()
		if _, again := workbookOf(t, e, tablesOf(t, e)); !bytes.Equal(first, again) {
			t.Fatal("two writes differ")
		}
	}
}

// A sheet is found again in the next edition, whatever other tables that one has.
func TestSheetsHaveNamesOfTheirOwn(t *testing.T) {
	long := "class-deployments-" + strings.Repeat("text-", 12)
	of := func(ids ...string) (tables []TableFile) {
		for _, id := range ids {
			tables = append(tables, TableFile{ID: id})
		}
		return tables
	}
	got := sheetNames(of("contents", "sources", "history", long+"a", long+"b", "years-service", "register"))
	seen := map[string]bool{}
	for _, name := range got {
		if low := strings.ToLower(name); len(name) > 31 || seen[low] || low == "history" || low == "contents" {
			t.Errorf("%q names no sheet of its own", name)
		} else {
			seen[low] = true
		}
	}
	if alone := sheetNames(of(long + "b")); alone[0] != got[4] || got[5] != "years-service" || got[6] != "Sources" {
		t.Errorf("the sheets are %q, one alone %q", got, alone)
	}
}

func TestTablesThatAreTooLargeMakeNoWorkbook(t *testing.T) {
	large := &table{ID: "large", Columns: make([]column, 1000), Rows: make([][]cell, 1000)}
	var out bytes.Buffer
	err := WriteWorkbook(&out, &Edition{}, []TableFile{{ID: "large", of: large}})
	var many *TooManyCells
	if !errors.As(err, &many) || many.Cells != 1_001_008 || out.Len() > 0 {
		t.Errorf("%v, %d bytes", err, out.Len())
	}
	if want := "1001008 cells are more than the 1000000 that a workbook takes; the CSV files have them"; err.Error() != want {
		t.Errorf("it says %q", err)
	}
}

// What the columns are said to be is what the CSV holds.
func TestTheFieldsOfATableAreTrueOfItsCSV(t *testing.T) {
	e := example()
	e.Outlook = outlook()
	units := 0
	for _, x := range tablesOf(t, e) {
		fields, all := x.Fields(), records(t, x.CSV)
		if len(all) < 2 {
			t.Errorf("%s has no rows", x.ID)
		}
		names := map[string]bool{}
		for j, f := range fields {
			if f.Name != all[0][j] || f.Name == "" || names[f.Name] || f.Title == "" {
				t.Errorf("%s: column %d is %q with the title %q, the CSV has %q", x.ID, j+1, f.Name, f.Title, all[0][j])
			}
			names[f.Name] = true
			if f.Unit != "" {
				units++
			}
			for _, record := range all[1:] {
				if _, err := strconv.ParseFloat(record[j], 64); f.Number && err != nil && record[j] != "" {
					t.Errorf("%s: %s is said to be a number, and holds %q", x.ID, f.Name, record[j])
				}
			}
		}
	}
	if units < 10 {
		t.Errorf("%d columns have a unit", units)
	}
}
