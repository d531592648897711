package datasets

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/ai-impact-observatory/ailca/datasets/parquet"
	"github.com/ai-impact-observatory/ailca/lca"
	"github.com/ai-impact-observatory/ailca/lca/column"
	"github.com/ai-impact-observatory/ailca/lca/diag"
)

func TestAProblemInACSVFileHasLineAndColumn(t *testing.T) {
	const head = "fleet_id,hardware_id,in_service,retired,count,count_basis,scope,source,licence,quality\n"
	const good = "f1,h100,2024-03-01,,8,installed,volume,s,CC0-1.0,reported\n"
	for name, tc := range map[string]struct {
		text string
		want []string
	}{
		"no problem":                   {head + good, nil},
		"nothing":                      {"", []string{"f.csv:1: the file is empty; its first line names the columns [syntax]"}},
		"a byte order mark":            {"\ufeff" + head + good, nil},
		"not UTF-8":                    {head + "\xff\n", []string{"f.csv: the file is not UTF-8 text [syntax]"}},
		"an unknown column":            {"fleet_ids," + head + "x," + good, []string{"f.csv:1:1: fleet has no column \"fleet_ids\" [unknown-column]\n   did you mean fleet_id?"}},
		"a column twice":               {"count," + head + "8," + good, []string{`f.csv:1:47: the column "count" stands twice [duplicate-name]`}},
		"a missing column":             {strings.Replace(head, "scope,", "", 1) + strings.Replace(good, "volume,", "", 1), []string{"f.csv:1: the column \"scope\" is missing [missing-column]\n   volume rows enter totals, others do not"}},
		"a cell too many":              {head + "x," + good + strings.Replace(good, "f1", "", 1), []string{"f.csv:2: the line has not as many cells as the header [syntax]\n   a text with a comma needs quotes around it: \"a, b\"", "f.csv:3:1 column fleet_id: fleet_id is missing; every row needs it [missing-value]\n   identifier of the row"}},
		"an open quote":                {head + strings.Replace(good, ",s,", `,"s,`, 1), []string{"f.csv:2:40: the quote that opens here is not closed [syntax]"}},
		"text behind a quote":          {head + strings.Replace(good, ",s,", `,"s"t,`, 1), []string{`f.csv:2:43: text follows a closing quote [syntax]`}},
		"a quote in a cell":            {head + strings.Replace(good, ",s,", `,s"t,`, 1), []string{`f.csv:2:41: a quote stands within a cell [syntax]`}},
		"lines that end as on Windows": {strings.ReplaceAll(head+"\n"+good, "\n", "\r\n"), nil},
		"a number with a unit":         {head + strings.Replace(good, ",8,", ",8 pcs,", 1), []string{"f.csv:2:21 column count: \"8 pcs\" is not a number [bad-type]\n   write digits with a point, such as 1287000 or 4.05e22, without unit or thousands separators"}},
		"a number in hexadecimal":      {head + strings.Replace(good, ",8,", ",0x8p0,", 1), []string{"f.csv:2:21 column count: \"0x8p0\" is not a number [bad-type]\n   write digits with a point, such as 1287000 or 4.05e22, without unit or thousands separators"}},
		"a negative count":             {head + strings.Replace(good, ",8,", ",-8,", 1), []string{"f.csv:2:21 column count: count is -8; it cannot be negative [out-of-range]"}},
		"a date the other way":         {head + strings.Replace(good, "2024-03-01", "01/03/2024", 1), []string{"f.csv:2:9 column in_service: \"01/03/2024\" is not a date [bad-type]\n   write YYYY-MM-DD, such as 2024-03-01"}},
		"a day that is not there":      {head + strings.Replace(good, "2024-03-01", "2023-02-29", 1), []string{"f.csv:2:9 column in_service: \"2023-02-29\" is not a date [bad-type]\n   write YYYY-MM-DD, such as 2024-03-01"}},
		"a word of no list":            {head + strings.Replace(good, "installed", "in use", 1), []string{"f.csv:2:23 column count_basis: \"in use\" is not a value of count_basis [bad-value]\n   one of shipped, installed, planned"}},
		"an id twice":                  {head + good + good, []string{`f.csv:3:1 column fleet_id: the id "f1" stands already in line 2 [duplicate-id]`}},
	} {
		t.Run(name, func(t *testing.T) {
			k, _ := KindByName("fleet")
			var probs diag.List
			table := FromCSV(k, "f.csv", strings.NewReader(tc.text), &probs)
			var got []string
			for _, p := range probs.Problems() {
				got = append(got, p.String())
			}
			if strings.Join(got, "\n") != strings.Join(tc.want, "\n") {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(tc.want, "\n"))
			}
			if (table == nil) != (tc.want != nil) {
				t.Errorf("table %v with problems %v", table, got)
			}
		})
	}
}

func TestAnEmptyCellIsAMissingValue(t *testing.T) {
	k, _ := KindByName("fleet")
	var probs diag.List
	table := FromCSV(k, "f.csv", strings.NewReader("fleet_id,hardware_id,in_service,retired,count,count_basis,scope,source,licence,quality\nf1,\"h, 100\",2024-03-01,,8,installed,volume,s,CC0-1.0,reported\n"), &probs)
	if err := probs.Err(); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"hardware_id": "h, 100", "in_service": "2024-03-01", "retired": "", "count": "8", "owner": ""} {
		f, _ := k.Column(name)
		c, ok := table.Lookup(name)
		if !ok || cellText(f.Type, c, 0) != want {
			t.Errorf("%s is not %q", name, want)
		}
	}
}

func TestATextIsNoFormulaToASpreadsheet(t *testing.T) {
	for text, want := range map[string]string{
		"=1+1": "'=1+1", "+49 30": "'+49 30", "-x": "'-x", "@SUM(A1)": "'@SUM(A1)", "\tx": "'\tx", "\r\nx": "'\r\nx", "＝1": "'＝1",
		"'quoted'": "''quoted'", "'=1": "''=1", "": "'", "'": "''", "a=b": "a=b", "a\r\nb": "a\r\nb", "5 '": "5 '",
	} {
		if got := Escaped(text); got != want {
			t.Errorf("%q is written as %q, want %q", text, got, want)
		}
		if got := unescaped(Escaped(text)); got != text {
			t.Errorf("%q comes back as %q", text, got)
		}
	}
	// What a person wrote is left as it is.
	if got := unescaped("'s-Hertogenbosch"); got != "'s-Hertogenbosch" {
		t.Errorf("an apostrophe at the start of a word became %q", got)
	}
}

// Whatever stands in an inventory, its CSV file reads back as the same table, and no text in it begins as a formula does.
func TestWhatWriteCSVWritesFromCSVReads(t *testing.T) {
	k, _ := KindByName("fleet")
	text := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", "'", "''", "=1", "'=1", "-", "@", "+", "\t", "\r", "\n", "\r\n", "a\r\nb", "\"", "a,b", " x ", "\ufeff", "＝", "'s"}),
		rapid.StringMatching(`['=+@\-\t\r\n",]{0,4}[a-z]?`))
	rapid.Check(t, func(t *rapid.T) {
		b := parquet.NewBuilder(k.Fields())
		rows := rapid.IntRange(0, 5).Draw(t, "rows")
		for row := range rows {
			for i, f := range k.Columns {
				switch {
				case f.Name == k.ID:
					b.Text(i, fmt.Sprint(row)+text.Draw(t, "id"))
				case !f.Required && rapid.Bool().Draw(t, "missing"):
					b.Missing(i)
				case f.Values != nil:
					b.Text(i, rapid.SampledFrom(f.Values).Draw(t, f.Name))
				case f.Registry != "":
					b.Text(i, "FRA")
				case f.Type == lca.Text:
					b.Text(i, text.Draw(t, f.Name))
				case f.Type == lca.Boolean:
					b.Truth(i, rapid.Bool().Draw(t, f.Name))
				case f.Type == lca.Date:
					b.Number(i, 20000)
				case f.Max != nil:
					b.Number(i, *f.Max)
				default:
					b.Number(i, float64(rapid.Uint32().Draw(t, f.Name))+1)
				}
			}
		}
		table := b.Table()
		var out bytes.Buffer
		if err := WriteCSV(&out, k, table); err != nil {
			t.Fatal(err)
		}
		var probs diag.List
		back := FromCSV(k, "f.csv", bytes.NewReader(out.Bytes()), &probs)
		if back == nil || back.Rows != rows {
			t.Fatalf("%q does not read back: %v", out.String(), probs.Err())
		}
		for row := range rows {
			for i, f := range k.Columns {
				a, z := &table.Data[i], &back.Data[i]
				if a.Valid.Get(row) != z.Valid.Get(row) || ValueText(f.Type, a, row) != ValueText(f.Type, z, row) {
					t.Fatalf("row %d, %s: %q became %q", row, f.Name, ValueText(f.Type, a, row), ValueText(f.Type, z, row))
				}
			}
		}
	})
}

func FuzzFromCSV(f *testing.F) {
	f.Add("fleet_id,count\nx,1\n")
	f.Add("\"")
	f.Fuzz(func(t *testing.T, text string) {
		k, _ := KindByName("fleet")
		var probs diag.List
		FromCSV(k, "f.csv", strings.NewReader(text), &probs)
	})
}

// Where no carriage return and no mark stands in a text, package encoding/csv reads the same records, and refuses what is refused here.
func TestRecordsAreThoseOfEncodingCSV(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`([a, "\n]|"a"|"",|"a""b"|é){0,12}`).Draw(t, "text")
		oracle := csv.NewReader(strings.NewReader(text))
		oracle.FieldsPerRecord = -1
		want, wrong := oracle.ReadAll()
		var got [][]string
		r := newCSVRecords(strings.NewReader(text))
		err := r.next()
		for ; err == nil; err = r.next() {
			got = append(got, slices.Clone(r.fields))
		}
		if (err != io.EOF) != (wrong != nil) || err == io.EOF && !reflect.DeepEqual(got, want) {
			t.Fatalf("%q: %q, %v; encoding/csv: %q, %v", text, got, err, want, wrong)
		}
	})
}

// endless is a file that is larger than memory.
type endless struct{ start string }

func (e *endless) Read(p []byte) (int, error) {
	n := copy(p, e.start)
	for i := n; i < len(p); i++ {
		p[i] = 'x'
	}
	e.start = e.start[n:]
	return len(p), nil
}

func TestACSVFileWithoutEndIsGivenUp(t *testing.T) {
	fields := []lca.Field{{Name: "a", Type: lca.Text}, {Name: "b", Type: lca.Text}}
	for name, tc := range map[string]struct{ start, want string }{
		"in a cell":        {"a,b\n1,", "f.csv:2:3: the cell has more than 65536 bytes [too-large]"},
		"in quotes":        {"a,b\n1,\"", "f.csv:2:3: the cell has more than 65536 bytes [too-large]"},
		"in many cells":    {"a,b\n" + strings.Repeat(",", 10), "f.csv:2:4: the line has more than 3 cells [syntax]"},
		"in the header":    {"a,", "f.csv:1:3: the cell has more than 65536 bytes [too-large]"},
		"in another shape": {"a,b\n1\n", "f.csv:2:1 column a: the line has not as many cells as the header [syntax]"},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := NewCSVReader("f.csv", &endless{tc.start}, fields)
			for err == nil {
				_, err = r.Next()
			}
			if err.Error() != tc.want {
				t.Errorf("got %v, want %s", err, tc.want)
			}
		})
	}
}

// One value is written in one way, wherever a person may meet it.
func TestWholeNumbersHaveNoExponent(t *testing.T) {
	kind, _ := KindByName("fleet")
	count, _ := kind.Column("origin_row")
	whole := column.Column{Floats: []float64{1e6}}
	if cell, table := count.CellText(1e6), ValueText(count.Type, &whole, 0); count.Type != lca.Integer || cell != "1000000" || table != cell {
		t.Errorf("a cell is %s, in a table %s", cell, table)
	}
}
