package iamc

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/ai-impact-observatory/ailca/lca/diag"
)

func TestAProblemOfAFileHasLineAndColumn(t *testing.T) {
	const (
		head     = "Model,Scenario,Region,Variable,Unit,2025,2030\n"
		good     = "M,S,World,Energy|Use,kWh,1,2\n"
		longHead = "model,scenario,region,variable,unit,year,value\n"
		longGood = "M,S,World,Energy|Use,kWh,2025,1\n"
	)
	for name, tc := range map[string]struct {
		text string
		want []string
	}{
		"no problem":                        {head + good, nil},
		"no problem in the long form":       {longHead + longGood, nil},
		"columns in another order and case": {"2030,UNIT,variable,Region,SCENARIO,model\n2,kWh,Energy|Use,World,S,M\n", nil},
		"years as R writes them":            {strings.ReplaceAll(head, "20", "X20") + good, nil},
		"years as pandas writes them":       {longHead + strings.Replace(longGood, "2025", "2025.0", 1), nil},
		"lines that are empty":              {"\n" + head + "\n\n" + good, nil},
		"nothing":                           {"", []string{"f.csv:1: the file is empty; its first line names the columns [syntax]"}},
		"a workbook":                        {"PK\x03\x04", []string{"f.csv: the file is a ZIP archive, as an Excel workbook is: save the sheet data as CSV [syntax]"}},
		"not UTF-8":                         {head + "\xff\n", []string{"f.csv:2: the file is not UTF-8 text [syntax]"}},
		"too many columns":                  {head + strings.Repeat(",", 2000), []string{"f.csv:2: the row has more than 2000 fields [too-large]"}},
		"no rows":                           {head, []string{"f.csv: the table has no values [missing-value]\n   pyam finds no time domain in it"}},
		"missing columns": {"Model,Scenario,Unit,2025\nM,S,kWh,1\n",
			[]string{"f.csv:1:1: the file has no column region [missing-column]\n | Model,Scenario,Unit,2025\n | ^", "f.csv:1:1: the file has no column variable [missing-column]\n | Model,Scenario,Unit,2025\n | ^"}},
		"semicolons": {"Model;Scenario\n", []string{
			"f.csv:1:1: unknown column \"Model;Scenario\" [unknown-column]\n | Model;Scenario\n | ^\n   pyam would take it for one more dimension of the data",
			"f.csv:1:1: the file has no column model [missing-column]\n | Model;Scenario\n | ^ fields are parted by commas here",
			"f.csv:1:1: the file has no column scenario [missing-column]\n | Model;Scenario\n | ^ fields are parted by commas here",
			"f.csv:1:1: the file has no column region [missing-column]\n | Model;Scenario\n | ^ fields are parted by commas here",
			"f.csv:1:1: the file has no column variable [missing-column]\n | Model;Scenario\n | ^ fields are parted by commas here",
			"f.csv:1:1: the file has no column unit [missing-column]\n | Model;Scenario\n | ^ fields are parted by commas here",
			"f.csv:1:1: the file has neither a column for a year, such as 2025, nor the columns year and value [missing-column]\n | Model;Scenario\n | ^\n   pyam finds no time domain in it"}},
		"no year in the long form": {strings.Replace(longHead, ",year", "", 1),
			[]string{"f.csv:1:1: the file has no column year [missing-column]\n | model,scenario,region,variable,unit,value\n | ^"}},
		"a time in place of a year": {strings.Replace(longHead, "year", "time", 1) + longGood,
			[]string{"f.csv:1:1: the file has no column year [missing-column]\n | model,scenario,region,variable,unit,time,value\n | ^",
				"f.csv:1:37: unknown column \"time\" [unknown-column]\n | model,scenario,region,variable,unit,time,value\n |                                     ^ times within a year are not read: the column is year"}},
		"no years": {"Model,Scenario,Region,Variable,Unit\n",
			[]string{"f.csv:1:1: the file has neither a column for a year, such as 2025, nor the columns year and value [missing-column]\n | Model,Scenario,Region,Variable,Unit\n | ^\n   pyam finds no time domain in it"}},
		"columns that pyam keeps": {"Meta," + head + "x," + good,
			[]string{"f.csv:1:1: a column may not be named \"Meta\" [unknown-column]\n | Meta,Model,Scenario,Region,Variable,Unit,2025,2030\n | ^\n   pyam keeps the name for itself"}},
		"a column without name": {strings.Replace(head, "\n", ",\n", 1) + strings.Replace(good, "\n", ",\n", 1),
			[]string{"f.csv:1:47: a column has no name [unknown-column]\n | Model,Scenario,Region,Variable,Unit,2025,2030,\n |                                               ^"}},
		"a column more": {"Regions," + head + "x," + good,
			[]string{"f.csv:1:1: unknown column \"Regions\" [unknown-column]\n | Regions,Model,Scenario,Region,Variable,Unit,2025,2030\n | ^ did you mean region?\n   pyam would take it for one more dimension of the data"}},
		"a year of five digits": {"20255," + head + "1," + good,
			[]string{"f.csv:1:1: unknown column \"20255\" [unknown-column]\n | 20255,Model,Scenario,Region,Variable,Unit,2025,2030\n | ^ a year is written with four digits"}},
		"columns twice": {"X2030,model," + head + "1,M," + good,
			[]string{"f.csv:1:13: the column \"Model\" stands twice [duplicate-name]\n | X2030,model,Model,Scenario,Region,Variable,Unit,2025,2030\n |             ^\n   pandas renames the second one, and pyam takes it for something else",
				"f.csv:1:54: the column \"2030\" stands twice [duplicate-name]\n | X2030,model,Model,Scenario,Region,Variable,Unit,2025,2030\n |                                                      ^\n   pandas renames the second one, and pyam takes it for something else"}},
		"a field too few and one too many": {head + "M,S\n" + "x," + good + good,
			[]string{"f.csv:2:1: the row has 2 fields; the header has 7 [syntax]\n | M,S\n | ^ a text with a comma needs quotes around it: \"a, b\"",
				"f.csv:3:1: the row has 8 fields; the header has 7 [syntax]\n | x,M,S,World,Energy|Use,kWh,1,2\n | ^ a text with a comma needs quotes around it: \"a, b\""}},
		"a quote within": {head + "\n" + strings.Replace(good, "S,", `S"s,`, 1) + good,
			[]string{"f.csv:3:4: a quote stands within a field, or text follows a closing one [syntax]\n | M,S\"s,World,Energy|Use,kWh,1,2\n |    ^ a quote within a field is written twice: \"so \"\"called\"\" field\"\n   the rest of the file was not read"}},
		"an open quote": {head + strings.Replace(good, "S,", `"S,`, 1) + good,
			[]string{"f.csv:2:1: a quote that opens in this row is not closed as it should [syntax]\n | M,\"S,World,Energy|Use,kWh,1,2\n | ^ a quote within a field is written twice: \"so \"\"called\"\" field\"\n   the rest of the file was not read"}},
		"values that are none": {head + "M,S,World,Energy|Use,kWh,\"1,5\",n/a\n" + "M,Ä,World,Energy|Use,kWh,,inf\nM,T,World,Energy|Use,kWh, ,1e999\n",
			[]string{"f.csv:2:26: expected a number, found \"1,5\" [bad-type]\n | M,S,World,Energy|Use,kWh,\"1,5\",n/a\n |                          ^",
				"f.csv:2:32: expected a number, found \"n/a\" [bad-type]\n | M,S,World,Energy|Use,kWh,\"1,5\",n/a\n |                                ^ leave the field empty where there is no value",
				"f.csv:3:27: expected a number, found \"inf\" [bad-type]\n | M,Ä,World,Energy|Use,kWh,,inf\n |                           ^ leave the field empty where there is no value",
				"f.csv:4:26: expected a number, found \" \" [bad-type]\n | M,T,World,Energy|Use,kWh, ,1e999\n |                          ^ leave the field empty where there is no value",
				"f.csv:4:28: expected a number, found \"1e999\" [bad-type]\n | M,T,World,Energy|Use,kWh, ,1e999\n |                            ^"}},
		"years that are none": {longHead + strings.Replace(longGood, "2025", "2025.5", 1) + strings.Replace(longGood, "2025", "2025-01-01", 1),
			[]string{"f.csv:2:26: expected a year of four digits, found \"2025.5\" [bad-type]\n | M,S,World,Energy|Use,kWh,2025.5,1\n |                          ^\n   pyam takes whole numbers for years, and other texts for times",
				"f.csv:3:26: expected a year of four digits, found \"2025-01-01\" [bad-type]\n | M,S,World,Energy|Use,kWh,2025-01-01,1\n |                          ^\n   pyam takes whole numbers for years, and other texts for times",
			}},
		"a row without values": {head + good + "M,T,World,Energy|Use,kWh,,\n",
			[]string{"f.csv:3:1: warning: M, T, World, Energy|Use [kWh]: the row has no value [missing-value]\n | M,T,World,Energy|Use,kWh,,\n | ^\n   pyam drops it"}},
		"a value twice": {head + "M,S,World,Energy|Use,kWh,1,\n" + good,
			[]string{"f.csv:3:26: M, S, World, Energy|Use [kWh]: a second value of 2025; the first stands in line 2 [duplicate-row]\n | M,S,World,Energy|Use,kWh,1,2\n |                          ^\n   which of them holds cannot be told; pyam refuses duplicate rows"}},
		"a series over two rows": {head + "M,S,World,Energy|Use,kWh,1,\nM,S,World,Energy|Use,kWh,,2\n", nil},
		"names and units": {head + strings.Replace(good, "World", " World", 1) + strings.Replace(good, "kWh", "MWh", 1),
			[]string{"f.csv:2:5: the region \" World\" begins or ends with a space [bad-value]\n | M,S, World,Energy|Use,kWh,1,2\n |     ^\n   pyam takes it for another name, nomenclature refuses it",
				"f.csv:3:22: the variable \"Energy|Use\" has the unit \"MWh\" here and \"kWh\" elsewhere [unit-mismatch]\n | M,S,World,Energy|Use,MWh,1,2\n |                      ^\n   nomenclature refuses a variable of several units"}},
	} {
		var probs diag.List
		Read("f.csv", strings.NewReader(tc.text), &probs)
		same(t, name, &probs, tc.want)
	}
}

func TestAFormThatWasNotAskedForIsRefused(t *testing.T) {
	var probs diag.List
	ReadWide("f.csv", strings.NewReader(sampleLong), &probs)
	same(t, "wide", &probs, []string{"f.csv:1:1: the file is in the long form: it has a column value [syntax]\n | model,scenario,region,variable,unit,year,value\n | ^"})
	probs = diag.List{}
	if ReadLong("f.csv", strings.NewReader(sampleWide), &probs); probs.Count(diag.Error) == 0 {
		t.Error("the wide form is read as the long one")
	}
}

func TestAFileThatTheSystemDoesNotGive(t *testing.T) {
	var probs diag.List
	Read("f.csv", io.MultiReader(strings.NewReader("Model"), iotest.ErrReader(errors.New("gone"))), &probs)
	same(t, "gone", &probs, []string{"f.csv: the file cannot be read: gone [syntax]"})
}

func TestALargeFileIsRefused(t *testing.T) {
	if testing.Short() {
		t.Skip("takes hundreds of megabytes")
	}
	var probs diag.List
	Read("f.csv", io.LimitReader(zeros{}, maxBytes+1), &probs)
	same(t, "bytes", &probs, []string{"f.csv: the file is larger than 64 MiB [too-large]"})

	var b strings.Builder
	b.WriteString("Model,Scenario,Region,Variable,Unit")
	for year := 1000; year < 2990; year++ {
		b.WriteString("," + strconv.Itoa(year))
	}
	for i := range maxPoints/1990 + 2 {
		b.WriteString("\nM,S,R,V" + strconv.Itoa(i) + "," + strings.Repeat(",1", 1990))
	}
	probs = diag.List{}
	Read("f.csv", strings.NewReader(b.String()), &probs)
	if got := told(&probs); len(got) != 1 || !strings.HasPrefix(got[0], "f.csv:2012:1: more than 4000000 values: the rest of the file was not read [too-large]") {
		t.Errorf("told is %q", got)
	}
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

// Whatever a file holds, it is refused or comes back from both forms as it was read.
func FuzzRead(f *testing.F) {
	f.Add(sampleWide)
	f.Add(sampleLong)
	f.Add("2030,UNIT,variable,Region,SCENARIO,model\n2,'-,Energy|Use,World,\"S, \"\"t\"\"\",'=M\n\n-0,'-,Energy|Use,World,''S,M\r\n")
	f.Add("Model,Scenario,Region,Variable,Unit,X2025\n\"M\nN\",S,R,V,,5e-324\n")
	f.Fuzz(func(t *testing.T, text string) {
		var probs diag.List
		table := Read("f.csv", strings.NewReader(text), &probs)
		told(&probs)
		if probs.Count(diag.Error) > 0 {
			return
		}
		for form, write := range map[string]func(io.Writer) error{"wide": table.WriteWide, "long": table.WriteLong} {
			var b bytes.Buffer
			if err := write(&b); err != nil {
				t.Fatalf("%s: read without error and not written: %v", form, err)
			}
			var again diag.List
			if back := Read("g.csv", &b, &again); again.Err() != nil || !sameRows(back.Rows(), table.Rows()) {
				t.Fatalf("%s: %v, was %+v, is %+v", form, again.Err(), table.Rows(), back.Rows())
			}
		}
	})
}
