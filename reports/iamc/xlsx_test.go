package iamc

import (
	"bytes"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"github.com/xuri/excelize/v2"
)

func TestAWorkbookHoldsDataAndMeta(t *testing.T) {
	table := sample()
	table.Add(Series{"=cmd()", "<S> & _x0041_x0042_", "World", "Efficiency|PUE", ""}, 2025, math.SmallestNonzeroFloat64)
	written := text(t, func(b *bytes.Buffer) error { return table.WriteXLSX(b) })
	book, err := excelize.OpenReader(bytes.NewReader([]byte(written)))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	if got := book.GetSheetList(); !slices.Equal(got, []string{"data", "meta"}) {
		t.Errorf("the sheets are %q", got)
	}
	rows, err := book.GetRows("data", excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	want := table.Rows()
	if len(rows) != len(want)+1 || !slices.Equal(rows[0], []string{"Model", "Scenario", "Region", "Variable", "Unit", "2025", "2030"}) {
		t.Fatalf("the rows are %q", rows)
	}
	for i, row := range want {
		cells := rows[i+1]
		if !slices.Equal(cells[:4], []string{row.Model, row.Scenario, row.Region, row.Variable}) || cells[4] != row.Unit {
			t.Errorf("row %d is %q", i+2, cells)
		}
		for _, p := range row.Points {
			cell, _ := excelize.CoordinatesToCellName(6+(p.Year-2025)/5, i+2)
			kind, _ := book.GetCellType("data", cell)
			if v, err := strconv.ParseFloat(cells[5+(p.Year-2025)/5], 64); err != nil || v != p.Value || kind != excelize.CellTypeUnset && kind != excelize.CellTypeNumber {
				t.Errorf("%s is %q of type %d, want %v", cell, cells[5+(p.Year-2025)/5], kind, p.Value)
			}
		}
	}
	for _, cell := range []string{"F4", "E4"} { // missing
		if v, _ := book.GetCellValue("data", cell); v != "" {
			t.Errorf("%s is %q", cell, v)
		}
	}
	if formula, _ := book.GetCellFormula("data", "A2"); formula != "" {
		t.Errorf("a text became the formula %q", formula)
	}
	meta, err := book.GetRows("meta")
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range [][]string{{"model", "scenario", "exclude"}, {"=cmd()", "<S> & _x0041_x0042_", "FALSE"}, {"ailca 1.0", "High", "FALSE"}, {"ailca 1.0", "Low", "FALSE"}} {
		if len(meta) != 4 || !slices.Equal(meta[i], want) {
			t.Fatalf("meta is %q", meta)
		}
	}
	if kind, _ := book.GetCellType("meta", "C2"); kind != excelize.CellTypeBool {
		t.Errorf("exclude is of type %d", kind)
	}
}

// excelize ranges over a map of the sheets that it streams, so that some writes would differ.
func TestEveryWriteOfAWorkbookGivesTheSameBytes(t *testing.T) {
	first := text(t, func(b *bytes.Buffer) error { return sample().WriteXLSX(b) })
	for range 40 {
		if text(t, func(b *bytes.Buffer) error { return sample().WriteXLSX(b) }) != first {
			t.Fatal("two writes differ")
		}
	}
}

func TestAWorkbookHoldsEveryYear(t *testing.T) {
	var table Table
	for year := firstYear; year <= lastYear; year++ { // 9,000 of at most 16,384 columns
		table.Add(Series{"M", "S", "R", "V", ""}, year, 1)
	}
	text(t, func(b *bytes.Buffer) error { return table.WriteXLSX(b) })
	for i := range 111 {
		table.Add(Series{"M", "S", "R", "V" + strconv.Itoa(i), ""}, 2025, 1)
	}
	var b bytes.Buffer
	if err := table.WriteXLSX(&b); err == nil || err.Error() != "112 series of 9000 years make 1017565 cells; a workbook has at most 1000000: write CSV [too-large]" {
		t.Errorf("a large workbook gives %v", err)
	}
}

// pandas reads a file for pyam. Where it is installed, it is asked what it makes of ours.
func TestPandasReadsWhatIsWritten(t *testing.T) {
	if err := exec.Command("python3", "-c", "import pandas, openpyxl").Run(); err != nil {
		t.Skip("python3 with pandas and openpyxl is not installed")
	}
	dir := t.TempDir()
	save(t, filepath.Join(dir, "wide.csv"), wideText(t, sample()))
	save(t, filepath.Join(dir, "long.csv"), longText(t, sample()))
	save(t, filepath.Join(dir, "book.xlsx"), text(t, func(b *bytes.Buffer) error { return sample().WriteXLSX(b) }))
	out, err := exec.Command("python3", "-c", `
import sys, pandas as pd
d = sys.argv[1]
index = ["model", "scenario", "region", "variable", "unit"]
def series(df):
    df = df.rename(columns={c: str(c).lower() for c in df.columns})
    df = df.assign(unit=df["unit"].fillna(""))
    assert not df[index].isnull().any().any()
    if "value" not in df.columns:
        df = df.melt(id_vars=index, var_name="year").dropna()
    df["year"] = df["year"].astype(int)
    s = df.set_index(index + ["year"])["value"].sort_index()
    assert not s.index.duplicated().any() and s.dtype == "float64"
    return s
wide = series(pd.read_csv(d + "/wide.csv", float_precision="round_trip"))
assert len(wide) == 6
assert wide.equals(series(pd.read_csv(d + "/long.csv", float_precision="round_trip")))
assert wide.equals(series(pd.read_excel(d + "/book.xlsx", sheet_name="data")))
meta = pd.read_excel(d + "/book.xlsx", sheet_name="meta")
assert list(meta.columns) == ["model", "scenario", "exclude"] and not meta["exclude"].any() and meta["exclude"].dtype == bool
`, dir).CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func save(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
